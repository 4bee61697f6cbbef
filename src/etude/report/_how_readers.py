"""How figures of those who read answers came about: a model as the judge, and people."""

from __future__ import annotations

from etude.records.comparison import Comparison
from etude.records.judgement import Agreement, ContestRow, CriterionRow, JudgeReport, PairsByModel
from etude.report import _figures as figures
from etude.report._behind import Behind, Link
from etude.report._how import SIDES, How, elsewhere, how
from etude.report.summary import titles

_KAPPA = (
    "Cohen's kappa: how far they agree beyond what chance would bring, as a share of what chance "
    "leaves. 1 is full agreement, 0 is chance."
)
_IDENTICAL = (
    "Answers that are the same letter for letter were shown to nobody and count as the same, in "
    "proportion to the pairs that were compared."
)


def of_criterion(comparison: Comparison, behind: Behind | None, row: CriterionRow) -> How:
    """The share of a candidate's answers to which the model said yes."""
    link = _answers(behind, row.candidate)
    unread = f"; {row.unmeasured:,} it could not be asked of" if row.unmeasured else ""
    return how(
        "Answers to which the model said yes, divided by all that it was asked of: as it said, not put "
        "right for its mistakes.",
        [
            f"{figures.counted(row.n, 'answer')} to examples {_side(comparison)}{unread}",
            "what it said of each answer is not in rows.html, the answers are" if link else "",
            elsewhere(behind) if link else "",
        ],
        [link],
    )


def of_rates(found: JudgeReport) -> How:
    """How often the model finds what people call good, and what they call bad."""
    n = max(one.n for one in found.agreements)
    return how(
        "Of the answers that people called good, the share to which the model said yes (sensitivity); "
        "of those they called bad, the share to which it said no (specificity). Shares and differences "
        "of the judge are put right by both (Rogan–Gladen, MOVER-R).",
        [
            f"{figures.counted(n, 'answer')} that both have spoken of",
            "range: 95 %, Wilson's limits",
        ],
    )


def of_same(one: Agreement) -> How:
    """Answers of which both said the same."""
    return how(
        f"Both said yes to {one.both_yes:,} and no to {one.both_no:,}. Only the model said yes to "
        f"{one.only_model:,}, only people to {one.only_person:,}.",
        [f"{figures.counted(one.n, 'answer')} that both have spoken of"],
    )


def of_kappa(one: Agreement) -> How:
    """Agreement beyond chance."""
    return how(
        _KAPPA,
        [
            f"{figures.counted(one.n, 'answer')} that both have spoken of",
            "range: 95 %, the large-sample error with half an answer added to each count",
        ],
    )


def of_model_s_pairs(comparison: Comparison, behind: Behind | None, one: PairsByModel) -> How:
    """How often a model found an answer better than the baseline's, in both orders."""
    n = one.better + one.same + one.worse
    return how(
        "Inputs on which the model named this way's answer in both orders, those where its word "
        f"changed with the order counting half: ({one.better:,} + {one.same:,} / 2) of {n:,}. "
        f"{_IDENTICAL}",
        [
            f"{figures.counted(n, 'input')}, {one.identical:,} answered alike letter for letter",
            "range: 95 %, Bonett–Price over groups, halved",
            elsewhere(behind),
        ],
        [_both(comparison, behind, one.candidate, one.against)],
    )


def of_place(one: PairsByModel) -> How:
    """Pairs in which the model went by the place."""
    return how(
        "Pairs in which it named the same place in both orders, and so another answer each time, "
        "divided by the pairs that it was asked of and that could be read.",
        [f"{figures.counted(one.asked, 'pair')}"],
    )


def of_same_as_people(one: PairsByModel) -> How:
    """Pairs on which model and people gave the same word."""
    return how(
        "Pairs that people compared too and on which the model's word in both orders is theirs: "
        "better, the same or worse.",
        [f"{figures.counted(one.people, 'pair')}"],
    )


def of_people(comparison: Comparison, behind: Behind | None, row: ContestRow) -> How:
    """What people said who compared two answers blind."""
    return how(
        "Inputs on which people who did not know whose answer is whose found this way's better, the "
        f"same, or worse. Its figure is ({row.better:,} + {row.same:,} / 2) of {row.n:,}, "
        f"{_share(row)}. {_IDENTICAL}",
        [
            f"{figures.counted(row.n, 'input')}, {row.identical:,} answered alike letter for letter",
            elsewhere(behind),
        ],
        [_both(comparison, behind, row.candidate, row.against)],
    )


def _share(row: ContestRow) -> str:
    return figures.percent((row.better + row.same / 2) / row.n, row.n)


def _side(comparison: Comparison) -> str:
    return SIDES[comparison.scored_on]


def _answers(behind: Behind | None, name: str) -> Link | None:
    return None if behind is None else behind.link(name, "answer", "answers")


def _both(comparison: Comparison, behind: Behind | None, name: str, against: str) -> Link | None:
    """To the answers of both side by side."""
    if behind is None or f"{against}|output" not in behind.rows.columns:
        return None
    called = titles(comparison)
    beside = f"with both answers, “{called.get(against, against)}” beside"
    return behind.link(name, f"row {beside}", f"rows {beside}", second=against)
