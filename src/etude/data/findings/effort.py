"""What it costs to leave what reading and splitting found, and a person's time to mend it.

The audits say it in their own findings; these are made in many small places, and told here once.
The times are estimates of ours for somebody who knows the work, not measurements.
"""

from __future__ import annotations

from dataclasses import dataclass

from etude.records.dataset import Finding

MOST = 100
"""Rows that are mended one by one; more of one sort are mended where they come from."""


@dataclass(frozen=True)
class Effort:
    """``costs``: of leaving it. ``each``: seconds for one of what is counted, at most ``MOST`` times;
    ``once``: minutes for the whole. ``hint``: what to do, where the finding itself does not say."""

    costs: str
    each: float = 0.0
    once: float = 0.0
    hint: str | None = None


_AN_EXAMPLE = 120.0
_A_FEW = 5 * _AN_EXAMPLE
"""Seconds to find one example with its right answer, and the few that a label lacks."""
_LUCK = "whatever wins may have won by luck"

EFFORTS: dict[str, Effort] = {
    "rejected_rows": Effort(
        "nothing is learned from them, and nothing is measured on them", each=20
    ),
    "duplicate_ids": Effort("a decision about one of them may be taken for another's", each=5),
    "label_spelling": Effort("nothing here; other programs will see two labels", once=1),
    "label_without_examples": Effort("whoever asks for it is answered wrongly", each=_A_FEW),
    "holdout_only_label": Effort("it is measured, and always answered wrongly", each=_A_FEW),
    "unmeasured_label": Effort("how well it is answered, nobody will know", each=_A_FEW),
    "single_example_label": Effort("how well it is answered, nobody will know", each=_A_FEW),
    "rare_label": Effort("how well it is answered can hardly be measured", each=_A_FEW),
    "few_examples": Effort(_LUCK, once=60),
    "small_holdout": Effort(_LUCK, once=5),
    "no_holdout_yet": Effort("comparing takes longer than it would", each=_AN_EXAMPLE),
    "copies_of_holdout": Effort("there are fewer examples to learn from than it seems", each=2),
    "large_group": Effort(
        "so few independent examples measure little",
        once=5,
        hint="see whether `group` under `data` in etude.yaml names the right column, and whether "
        "the texts differ in more than what all of them share",
    ),
    "duplicates": Effort(
        "what stands twice is learned twice as hard", each=1, hint="keep one of each"
    ),
    "near_duplicates": Effort(
        "variants of one text add little", each=4, hint="keep one of each, or add other examples"
    ),
    "conflicts": Effort("the model learns to guess between them", each=15),
    "several_answers_to_one": Effort(
        "where one is better, the model learns the worse too",
        each=10,
        hint="see whether each is good, and keep the best",
    ),
    "shared_instructions": Effort("a model is told only what stands in etude.yaml", once=2),
    "instructions_in_conversations": Effort(
        "a model reads them twice, and each is paid for", once=2
    ),
    "tools": Effort("no way of doing the task can be compared on them", once=5),
    "pictures": Effort("no way of doing the task can be compared on them", once=5),
    "too_long_for_model": Effort("what decides the answer may stand where it is not seen", each=30),
    "not_english": Effort("this model will answer them badly", once=10),
    "ideal_answers_fail": Effort("right answers are marked wrong, or wrong ones taught", each=20),
    "decisions_not_applied": Effort("what they were to mend is as it was", once=2),
    "decisions_damaged": Effort("what they say is not done", each=10, once=2),
    "rights": Effort(
        "if somebody objects later, the model would have to be trained again", once=15
    ),
}
"""By the code of the finding."""

INFORMING = frozenset(
    {
        "reading",
        "examples_shape",
        "decisions",
        "sides_joined",
        "never_scored",
        "stock_phrases",
        "several_answers",
        "goes_on",
        "named",
    }
)
"""Codes that say how the examples were read or parted: nothing is at fault."""


def with_effort(finding: Finding) -> Finding:
    """The finding with what it costs and how long mending takes; one that says nothing of what is to
    be done only informs, and stays as it is."""
    effort = EFFORTS.get(finding.code)
    hint = finding.hint or (effort.hint if effort is not None else None)
    if effort is None or hint is None:
        return finding
    minutes = effort.once + effort.each * min(finding.count, MOST) / 60
    update = {"costs": effort.costs, "hint": hint, "minutes": max(0.1, round(minutes, 1))}
    return finding.model_copy(update=update)
