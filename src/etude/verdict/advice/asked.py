"""The five questions and the red flags, in words: as they are shown, and as a person is asked.

A question speaks for fine-tuning where it is a yes, a red flag against it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Asked:
    """``text``: as it is shown. ``ask``: as a person is asked, where nothing in the project tells.
    ``short``: a question in a few words, where it is named as what is missing."""

    key: str
    text: str
    ask: str
    short: str = ""


QUESTIONS = (
    Asked(
        "repeats",
        "Is it one narrow task that comes again and again?",
        "Does the same narrow task come again and again, a hundred times a month or more?",
        "does it come often enough?",
    ),
    Asked(
        "enough_examples",
        "Are there many examples of exactly the right answer?",
        "Could you soon have a few hundred examples of exactly the right answer?",
        "are there enough examples?",
    ),
    Asked(
        "steady_answers",
        "Is it a matter of doing it the same way, not of knowing what is new?",
        "Do the answers follow from the input and from your way of doing it, without facts that "
        "change (prices, dates, stock)?",
        "is it a matter of doing it the same way?",
    ),
    Asked(
        "gap_left",
        "Would better instructions and a few examples still leave a gap?",
        "With good instructions and a few examples in the prompt, are too many answers still wrong?",
        "is a gap left at all?",
    ),
    Asked(
        "worth_it",
        "Would closing that gap save real time or money?",
        "Would it save you real time or money if those answers were right?",
        "would closing it pay?",
    ),
)
FLAGS = (
    Asked(
        "few_and_varied",
        "Only a few items a month, each of another kind",
        "Are there only a few items a month, each of another kind?",
    ),
    Asked(
        "still_changing",
        "The voice, the format or the categories are still changing",
        "Will the voice, the format or the categories change within the next months?",
    ),
    Asked(
        "prompt_untried",
        "No strong prompt has been tried yet",
        "Has nobody yet tried clear instructions with good examples, and improved them on real cases?",
    ),
    Asked(
        "about_our_files",
        "It is mostly about knowing what is in your files",
        "Is it mostly about knowing what is in your documents, price lists or systems?",
    ),
    Asked(
        "always_edited",
        "Everything is edited heavily anyway",
        "Is every answer edited heavily anyway, however good it is?",
    ),
    Asked(
        "cant_be_stated",
        "Nobody can say what a right answer is",
        "Would two people who know the work often disagree about which answer is right?",
    ),
)
ALL = {one.key: one for one in (*QUESTIONS, *FLAGS)}
CORRECTED = Asked(
    "corrected_per_100",
    "Of 100 answers today, those that a person corrects",
    "Of 100 answers as they are made today, about how many does a person correct?",
)
