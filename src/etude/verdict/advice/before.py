"""Steps that come before any model: the work itself, the examples, the knowledge.

Each gives its step, or None where it does not apply.
"""

from __future__ import annotations

from etude.records.advice import Step
from etude.records.task import WRITING, Task
from etude.verdict.advice import _money
from etude.verdict.advice._words import counted, percent
from etude.verdict.advice.case import Case
from etude.verdict.advice.known import LOOKING_UP, best_simple, fresh_share
from etude.verdict.advice.questions import FEW, MANY

MUCH_TO_MEND = 0.2
"""Share of the examples that have an error or a warning, from which on they are cleaned first."""
FIX_FIRST = 3
"""Faults that are named."""


def state_it(case: Case) -> Step | None:
    """Where nobody agrees on what is right, nothing can be learned."""
    if case.replied("cant_be_stated") != "yes":
        return None
    return Step(
        key="change_workflow",
        title="Agree first on what a right answer is",
        why=case.because("cant_be_stated"),
        takes=(
            "Let two people who know the work answer the same twenty texts, each alone.",
            "Where they differ, write the rule that settles it into the instructions.",
            "A model can't learn what people don't agree on; that hour beats any training.",
        ),
        command="etude review --finding conflicts"
        if case.evidence.examples.conflicting
        else "etude check",
    )


def clean(case: Case) -> Step | None:
    """Where much of the examples is doubtful, every result would be measured with it."""
    found = case.evidence.examples
    errors = [fault for fault in found.faults if fault.severity == "error"]
    rows = max(found.doubtful, *(fault.count for fault in found.faults), 0)
    if not errors and rows < MUCH_TO_MEND * found.usable:
        return None
    first = (errors or list(found.faults))[:FIX_FIRST]
    lines = [f"{fault.sentence}. {_shown_by(fault.command)}" for fault in first]
    if found.minutes:
        lines.append(f"About {_money.minutes(found.minutes)} of a person's time in all.")
    return Step(
        key="clean_data",
        title="Clean the examples first",
        why=f"The examples: {found.grade}. Every result would be measured with what is wrong in them.",
        takes=tuple(lines),
        command="etude check --rows found.csv",
    )


def _shown_by(command: str) -> str:
    return f"Its rows: {command}"


def good_enough(case: Case) -> Step | None:
    """A simple way meets the bar already, by the task as it is now."""
    tried = case.evidence.tried
    if case.replied("gap_left") != "no" or (tried is not None and tried.changed):
        return None
    simple = best_simple(case.evidence)
    named = f"“{simple.title}”" if simple is not None else "the way you do it now"
    return Step(
        key="do_nothing",
        title="Train nothing: use the simple way",
        why=case.because("gap_left"),
        takes=(f"Use {named}, and come back when what you ask of it changes.",),
        command='etude predict "a new text"' if simple is not None else "etude compare --quick",
    )


_CHANGE = {
    "few_and_varied": (
        "Leave it to a person, with a good template",
        "With so few items, each of another kind, nothing is repeated that could be learned.",
    ),
    "still_changing": (
        "Settle the voice and the format first",
        "A model would learn today's way; every change would mean new examples and a new training.",
    ),
    "always_edited": (
        "Look at the work after the answer, not at the model",
        "If every answer is rewritten anyway, a better one saves nothing. Ask those who edit what they "
        "change, and why: often the order is wrong, not the answer.",
    ),
}


_OF_LABELS = {
    "still_changing": (
        "Settle the categories first",
        "A model would learn today's categories; every change would mean new examples and a new "
        "training.",
    )
}
"""What is said otherwise where there is no voice to settle."""


def change_workflow(case: Case) -> Step | None:
    """What is wrong is the work around the answer."""
    labelled = case.evidence.task.kind in ("classify", "image")
    for key, (title, what) in (_CHANGE | (_OF_LABELS if labelled else {})).items():
        if case.replied(key) == "yes":
            doubtful = case.evidence.examples.wavering if key == "still_changing" else 0
            return Step(
                key="change_workflow",
                title=title,
                why=case.because(key),
                takes=(what,),
                command="etude review" if doubtful else "etude check",
            )
    return None


def connect(case: Case) -> Step | None:
    """Facts that change are looked up; where that was measured, its figures say what it buys."""
    tried = case.evidence.tried
    if tried is not None and tried.looked_up:
        return None
    if case.evidence.task.kind not in WRITING:
        return _put_beside(case)
    if "yes" not in (case.replied("about_our_files"), _no(case.replied("steady_answers"))):
        return None
    share, knowledge = fresh_share(case.evidence.examples), case.evidence.task.data.knowledge
    depends = (
        f" {percent(share, case.evidence.examples.usable)} of the answers do so." if share else ""
    )
    return Step(
        key="connect_knowledge",
        title="Connect your knowledge: look facts up, don't train them in",
        why=f"The answers depend on facts that the input does not give or that change.{depends}",
        takes=(
            _how_to_connect(case.evidence.task),
            "Look-up finds the right passage for each request, so a changed price is right at once.",
            "What is trained in goes on being said after it has changed.",
        ),
        command="etude compare" if knowledge else "etude check",
    )


def _how_to_connect(task: Task) -> str:
    knowledge = task.data.knowledge
    if not knowledge:
        return (
            "Put the documents into a folder and name it: data: {knowledge: docs/} in etude.yaml."
        )
    if not set(task.ladder) & set(LOOKING_UP):
        return (
            f"{knowledge} is named already; put retrieval on the ladder in etude.yaml to read it."
        )
    return f"{knowledge} is named already: look-up reads it; see what it buys."


def _put_beside(case: Case) -> Step | None:
    """For what sorts: no way looks documents up, so what a category depends on stands in the input."""
    data = case.evidence.task.data
    made_of_columns = isinstance(data.input, tuple) or "{{" in (data.input or "")
    if case.replied("about_our_files") != "yes" or made_of_columns:
        return None
    return Step(
        key="connect_knowledge",
        title="Put what the category depends on into the input",
        why="You say that it is mostly about knowing what is in your files, and ways that sort read "
        "the input alone.",
        takes=(
            "Add a column with what your files say about each text.",
            "Make the input of both columns: data: {input: [text, that column]} in etude.yaml.",
        ),
        command="etude check",
    )


def _no(reply: str) -> str:
    return "yes" if reply == "no" else "no"


def add_examples(case: Case) -> Step | None:
    """There are too few, or they are not what is asked for."""
    if case.replied("enough_examples") != "no":
        return None
    found = case.evidence.examples
    if found.independent < MANY:
        need = f"{counted(MANY - found.independent, 'more example')} would make {MANY}; the first "
        need += f"{max(FEW - found.independent, 25)} teach the most."
    else:
        need = f"At least ten of each category: {found.thin} have fewer."
    curve = case.evidence.examples.curve
    lines = [need] if found.kept_checks is None or found.independent < MANY else []
    lines += [curve.sentence] if curve is not None and curve.gain is not None else []
    lines.append("Take them from real work, as different from one another as the work is.")
    return Step(
        key="add_examples",
        title="Add examples of exactly the right answer",
        why=case.because("enough_examples"),
        takes=tuple(lines),
        command="etude check --measure",
    )
