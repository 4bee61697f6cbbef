"""What a model and people said about answers, and how far the model agrees with the people.

``Label`` and ``PairLabel`` are lines of ``judgements.jsonl``; the rest stands in a comparison. No text
of an answer is in here.
"""

from __future__ import annotations

from typing import Literal

from etude.records._base import Record

Said = Literal["yes", "no"]
Preferred = Literal["a", "b", "same"]


class Label(Record):
    """What a person says of one answer by one criterion.

    ``of`` and ``answer``: hashes of the row and of the answer as they were shown
    (``etude.data.overlay.row_hash``); ``question``: that of the criterion's words. Where one of them is
    another now, the label is of something else and does not count.
    """

    sort: Literal["label"] = "label"
    row: str
    of: str
    answer: str
    criterion: str
    question: str
    said: Said
    at: str
    by: str | None = None


class PairLabel(Record):
    """What a person says of two answers to one input, shown as A and B without names.

    ``of``, ``a`` and ``b``: hashes of the row and of the answers, as in ``Label``: whose answers they
    were does not matter, so what was said counts again wherever the same two stand beside each other.
    """

    sort: Literal["pair"] = "pair"
    row: str
    of: str
    a: str
    b: str
    said: Preferred
    at: str
    by: str | None = None


class ContestRow(Record):
    """A candidate's answers beside another's, on ``n`` inputs.

    ``better``, ``same`` and ``worse`` add up to ``n``; ``identical`` of the same are so letter for
    letter, and nobody was asked. ``left``: pairs of answers that nobody has compared yet.
    """

    candidate: str
    against: str
    better: int
    same: int
    worse: int
    identical: int
    left: int

    @property
    def n(self) -> int:
        """Inputs on which the two were compared."""
        return self.better + self.same + self.worse


class PeopleReport(Record):
    """What people who compared answers blind said, against the ``baseline``'s and otherwise.

    ``judged``: the candidates that enough was said of to decide on, the baseline among them.
    ``to_judge``: pairs to compare before anything is decided by it; 0 where it is. ``aside``: the
    answers are to examples that are kept aside.
    """

    baseline: str
    rows: tuple[ContestRow, ...]
    judged: tuple[str, ...]
    to_judge: int
    aside: bool

    @property
    def pairs(self) -> int:
        """Pairs of answers that were compared, identical ones set apart."""
        return sum(row.n - row.identical for row in self.rows)

    @property
    def left(self) -> int:
        """Pairs with the baseline's answers that nobody has compared yet: of the ways that are judged,
        or of all where none is."""
        return sum(
            row.left
            for row in self.rows
            if row.against == self.baseline and (not self.judged or row.candidate in self.judged)
        )


class Agreement(Record):
    """A model beside a person on the same answers, by one criterion; "" is all criteria together.

    Counts of answers; ``kappa`` is Cohen's with a 95 % interval, None where it can't be said.
    """

    criterion: str
    both_yes: int
    only_model: int
    only_person: int
    both_no: int
    kappa: float | None
    low: float | None
    high: float | None

    @property
    def n(self) -> int:
        """Answers that both have spoken of."""
        return self.both_yes + self.only_model + self.only_person + self.both_no


class CriterionRow(Record):
    """Of how many of a candidate's answers the model said yes, and how many it could not be asked of;
    as it said, not put right for its mistakes."""

    candidate: str
    criterion: str
    yes: int
    n: int
    unmeasured: int


class PairsByModel(Record):
    """A candidate's answers beside the baseline's, compared by a model in both orders.

    ``better``, ``same`` and ``worse`` are of inputs; where the model's word changed with the order it
    is the same, and so are the ``identical``, which it was not asked of. Of ``asked`` pairs that could
    be read it named the ``first`` place, or the ``second``, in both orders: there it went by the place.
    ``unmeasured`` pairs could not be read. ``value``: how often it is better, the same counting half,
    with its range (95 %). ``people``: pairs that people compared too, ``agreed`` of them with the same
    word.
    """

    candidate: str
    against: str
    better: int
    same: int
    worse: int
    identical: int
    asked: int
    first: int
    second: int
    unmeasured: int
    value: float
    low: float
    high: float
    people: int = 0
    agreed: int = 0

    @property
    def bias(self) -> float:
        """The share of the pairs on which the place was named and not the answer."""
        return (self.first + self.second) / self.asked if self.asked else 0.0


class JudgeReport(Record):
    """A model as the judge of one comparison.

    ``trusted``: it agrees with people well enough to decide. ``why_not``: in words, where it does
    not. ``more_labels``: about how many answers more a person has to label. ``unmeasured``: the
    largest share of a candidate's answers that it could not be asked of.
    """

    model: str
    criteria: dict[str, str]
    agreements: tuple[Agreement, ...]
    rows: tuple[CriterionRow, ...]
    trusted: bool
    why_not: str = ""
    more_labels: int = 0
    unmeasured: float = 0.0
    sensitivity: tuple[float, float, float] | None = None
    """Low, middle and high of the share of a person's yes that the model says too (95 %)."""
    specificity: tuple[float, float, float] | None = None
    """The same of a person's no."""
    pairs: tuple[PairsByModel, ...] = ()
    """Where it was asked to compare answers: it decides nothing by that."""
