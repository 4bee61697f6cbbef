"""From the replies to a standing: four or five yes, three, or two and fewer.

An open question is neither: the standing is said only where it is the same whether every open
question turns out a no or a yes.
"""

from __future__ import annotations

from collections.abc import Sequence

from etude.records.advice import Answered, Standing
from etude.verdict.advice.asked import ALL

WORTH, NEARLY = 4, 3
"""Yeses of the five."""


def standing(yes: int) -> Standing:
    """What so many yeses mean."""
    if yes >= WORTH:
        return "worth_testing"
    return "close_gap_first" if yes >= NEARLY else "improve_setup"


def bounds(questions: Sequence[Answered]) -> tuple[Standing, Standing]:
    """The standing if every open question is a no, and if every one is a yes."""
    yes = sum(one.reply == "yes" for one in questions)
    open_ones = sum(one.reply == "unknown" for one in questions)
    return standing(yes), standing(yes + open_ones)


_MEANS: dict[Standing, str] = {
    "worth_testing": "fine-tuning is worth testing",
    "close_gap_first": "close the gap first, then test fine-tuning",
    "improve_setup": "improve the set-up; fine-tuning would not help yet",
}


def sentence(questions: Sequence[Answered]) -> str:
    """The count in words, with the named gaps."""
    yes = sum(one.reply == "yes" for one in questions)
    unknown = sum(one.reply == "unknown" for one in questions)
    low, high = bounds(questions)
    counted = f"{yes} of {len(questions)} yes"
    if unknown:
        counted += f", {unknown} not known"
    if low == high == "close_gap_first":
        gaps = " ".join(ALL[one.key].short for one in questions if one.reply == "no")
        return f"{counted}: close the gap first ({gaps}), then test fine-tuning."
    if low == high:
        return f"{counted}: {_MEANS[low]}."
    return (
        f"{counted}: it hangs on what is not known. If all of that is yes, {_MEANS[high]}; "
        f"if none of it is, {_MEANS[low]}."
    )
