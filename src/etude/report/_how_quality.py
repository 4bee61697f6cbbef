"""How figures on right and wrong came about: metrics, differences, checks, fields, measures."""

from __future__ import annotations

from etude.records.candidate import CandidateReport, Quality
from etude.records.comparison import Comparison
from etude.records.task import WRITING
from etude.records.verdict import Detectable
from etude.report import _figures as figures
from etude.report import _readings as readings
from etude.report._behind import Behind, Link
from etude.report._how import How, elsewhere, how, ranged, scored_on
from etude.report.summary import titles

FORMULAS = {
    "accuracy": "Right answers, divided by all answers. No answer, and one that is no category, is "
    "wrong.",
    "macro_f1": "For each category, F1: the harmonic mean of recall and precision. Then the plain mean "
    "over categories, so that a rare one counts as much as a common one.",
    "exact": "Answers in which nothing differs from the ideal one, divided by all answers.",
    "field_f1": "Twice the values that agree with the ideal record, divided by all values of the ideal "
    "records and of the answers. No answer has no value.",
    "all_checks": "Answers that pass every check that has a say on them, divided by all answers. No "
    "answer passes none.",
    "chrf": "Letters in sixes or fewer and words in twos or fewer that an answer shares with the ideal "
    "one (chrF++), as a mean over answers. No answer counts 0.",
    "judge": "Answers of which the model that judges says yes to every criterion, divided by all that "
    "it was asked of.",
    "person": "Of the answers that people compared blind with the baseline's, the share that they "
    "preferred; the same counts half.",
}
"""By metric; one that is not here is called by its name alone."""
MEASURES = {
    "retyping": "Letters to insert, delete or change to get the ideal answer (Levenshtein), divided by "
    "its length; no answer counts 1.",
    "length": "Words of the answer, divided by those of the ideal one.",
    "rouge_l": "The longest row of words, gaps allowed, that the answer shares with the ideal one: "
    "twice its length, divided by the words of both.",
    "cosine": "The cosine between the encoder's vectors of the answer and the ideal one, on up to 200 "
    "answers spread evenly.",
    "unsupported_facts": "Answers with a number or a name that neither the input, nor what was shown "
    "with it, nor the ideal answer has.",
    "unsupported_values": "Of the values in an answer, the share that neither the source nor the ideal "
    "record has.",
    "parse_rate": "Answers that can be read as JSON, divided by all.",
    "schema_rate": "Answers that keep the schema, divided by all.",
}
_SCHEMA = "the schema"
"""What a fault of an answer's shape is said to be of in the table of rows."""
CHECKS = (
    "For each check, the answers that pass it, divided by those that it has a say on. Range: Wilson's "
    "limits, each answer counted by itself, 95 %."
)
FIELDS = (
    "For each field, twice the values that agree with the ideal record, divided by the values wanted "
    "and given together (F1), after texts, numbers and dates are made alike. No range is made for one "
    "field."
)
CLASSES = (
    "Found (recall): of the examples of a category, the share that was answered with it. Right when "
    "said (precision): of the answers that name a category, the share that is right. No range is made "
    "for one category."
)


LOSS = How(
    "How far another candidate may be above this one: the far end of the ranges of their differences, "
    "which hold together for all pairs."
)
MORE = How(
    "True differences may lie anywhere in their ranges, and further examples narrow those. Of 2,000 "
    "draws of both, with so many 19 in 20 settle which way is enough; near ways are nearer than they "
    "look, so that really it is four in five or more."
)


def of_detectable(d: Detectable) -> How:
    """The smallest true difference that would show."""
    seen = (
        "Even if one of two ways were right on every example where they differ, that would be seen in "
        "fewer than 80 % of such comparisons."
        if d.beyond_reach
        else "A true difference as large as this is seen in 80 % of such comparisons."
    )
    groups = (
        " Examples of one group count as independent here: dev can't say how alike they are."
        if d.groups_left_out
        else ""
    )
    return how(
        f"{seen} It follows from how often two ways differ ({figures.percent(d.discordance)} of "
        f"examples, on dev) and from {figures.counted(d.comparisons, 'comparison')} at once.{groups}"
    )


def how_of(comparison: Comparison, text: str) -> How:
    """What a whole table stands on: all of its figures are of the same scored examples."""
    q = next(c.quality for c in comparison.candidates if c.quality is not None)
    return how(text, [scored_on(comparison, q)])


def wrong_answers(
    comparison: Comparison, behind: Behind | None, name: str, **narrow: str
) -> Link | None:
    """To the answers that are wrong, or where a text was asked for, that somebody must mend."""
    if behind is None:
        return None
    if comparison.task.kind in WRITING:
        words = "answer to be mended", "answers to be mended"
    else:
        words = "wrong answer", "wrong answers"
    return behind.link(name, *words, show="wrong", **narrow)


def of_quality(comparison: Comparison, behind: Behind | None, c: CandidateReport) -> How | None:
    """The figure that decides; None where it was not measured."""
    return None if c.quality is None else of_metric(comparison, behind, c, c.quality)


def of_metric(comparison: Comparison, behind: Behind | None, c: CandidateReport, q: Quality) -> How:
    """A metric of a candidate; with the rows that it gets wrong where it counts what is right."""
    links = [wrong_answers(comparison, behind, c.name)] if _of_right(comparison, q) else []
    return how(
        FORMULAS.get(q.metric, "The mean of the metric over all answers."),
        [scored_on(comparison, q), ranged(q), elsewhere(behind) if any(links) else ""],
        links,
    )


def _of_right(comparison: Comparison, q: Quality) -> bool:
    """Whether what it lacks are answers that the page of rows calls wrong."""
    task = comparison.task
    whole = "all_checks" if task.checks and task.kind != "extract" else "exact"
    return q.metric in {"accuracy", "macro_f1", "field_f1", whole}


def of_invalid(
    comparison: Comparison, behind: Behind | None, c: CandidateReport, q: Quality
) -> How:
    """Answers that are no category, or break the schema."""
    if c.fields:
        narrow, text = (
            {"check": _SCHEMA},
            "Answers that don't keep the schema, no answer among them.",
        )
    else:
        narrow, text = {"show": "none"}, "Answers that are no category of the task, or none at all."
    link = behind.link(c.name, "of them", "of them", **narrow) if behind is not None else None
    here = link if link and behind and (behind.apart or link.count == c.invalid) else None
    return how(
        text,
        [scored_on(comparison, q), elsewhere(behind) if here else ""],
        [here],
    )


def of_failures(comparison: Comparison, q: Quality) -> How:
    """Requests that no answer came of."""
    return how(
        "Nothing came that could be read: it was refused, took too long, was empty or had no end.",
        [scored_on(comparison, q)],
    )


def of_difference(comparison: Comparison, behind: Behind | None, a: str, b: str) -> How | None:
    """``b`` minus ``a``; None where the two were not compared."""
    q = comparison.candidate(b).quality
    pair = next((p for p in comparison.pairs if {p.a, p.b} == {a, b}), None)
    if pair is None or q is None or readings.difference(comparison, b, a) is None:
        return None
    called = titles(comparison)
    links = [] if behind is None else only(behind, a, b, called)
    return how(
        f"Both answered the same examples: the figure of “{called[b]}” less that of “{called[a]}”, "
        "taken example by example.",
        [
            scored_on(comparison, q),
            ranged(pair.difference, " for all pairs together"),
            elsewhere(behind) if any(links) else "",
        ],
        links,
    )


def only(behind: Behind, a: str, b: str, called: dict[str, str]) -> list[Link | None]:
    """Rows on which one of two is right and the other wrong."""
    return [
        behind.link(a, row, rows, second=b, show=f"only-{which}")
        for which, one in (("first", a), ("second", b))
        for row, rows in [
            (
                f"row where only “{called[one]}” is right",
                f"rows where only “{called[one]}” is right",
            )
        ]
    ]
