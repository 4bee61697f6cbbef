"""Figures of judges, of people and of behaviour open to how they came about, and to rows."""

from __future__ import annotations

from etude.records.comparison import Comparison
from etude.records.judgement import (
    Agreement,
    ContestRow,
    CriterionRow,
    JudgeReport,
    PairsByModel,
    PeopleReport,
)
from etude.report._behaving import behaving
from etude.report._behind import behind
from etude.report._failing import failing
from etude.report._judge import judge
from etude.report._people import people
from etude.report.page import page

from .parsed import Read, assert_harmless
from .test_behaving import FOUND, GATED, cases
from .test_how import labelled, links

NAME, OTHER = "probe@builtin:minilm", "prompt@builtin:minilm"
AGREED = Agreement(
    criterion="", both_yes=70, only_model=6, only_person=4, both_no=40, kappa=0.8, low=0.7, high=0.9
)
JUDGE = JudgeReport(
    model="a-judge",
    criteria={"polite": "Is it polite?"},
    agreements=(AGREED,),
    rows=(CriterionRow(candidate=NAME, criterion="polite", yes=90, n=120, unmeasured=2),),
    trusted=True,
    sensitivity=(0.9, 0.95, 0.98),
    specificity=(0.75, 0.87, 0.94),
    pairs=(
        PairsByModel(
            candidate=NAME, against=OTHER, better=40, same=30, worse=20, identical=10, asked=80,
            first=3, second=1, unmeasured=0, value=0.61, low=0.53, high=0.69, people=50, agreed=41,
        ),
    ),
)  # fmt: skip
PEOPLE = PeopleReport(
    baseline=OTHER,
    rows=(
        ContestRow(
            candidate=NAME, against=OTHER, better=24, same=10, worse=16, identical=4, left=30
        ),
    ),
    judged=(NAME, OTHER),
    to_judge=0,
    aside=False,
)


def read(comparison: Comparison) -> Comparison:
    return comparison.model_copy(update={"judge": JUDGE, "people": PEOPLE})


def test_every_figure_of_a_judge_opens() -> None:
    comparison, rows = labelled("holdout")
    linked = behind(comparison, rows)
    found = judge(read(comparison), linked)
    assert found is not None
    (row,) = found.rows
    ((text, how),) = row.cells
    assert text.startswith("75")
    assert "120 answers" in how.of
    assert "2 it could not be asked of" in how.of
    assert [link.count for link in how.links] == [200]
    (one,) = found.agreements
    assert "yes to 70 and no to 40" in one.how_same.text
    assert "Cohen's kappa" in one.how_kappa.text
    (pair,) = found.pairs
    assert "(40 + 30 / 2) of 90" in pair.how_preferred.text
    assert found.how_rates is not None
    assert "114 answers" not in found.how_rates.of
    assert "120 answers" in found.how_rates.of


def test_people_s_counts_open_to_both_answers_side_by_side() -> None:
    comparison, rows = labelled("holdout")
    found = people(read(comparison), behind(comparison, rows))
    assert found is not None
    (row,) = found.rows
    assert "(24 + 10 / 2) of 50, 58" in row.how.text
    (link,) = row.how.links
    assert "second=prompt" in link.href
    assert link.count == 200
    alone = people(read(comparison))
    assert alone is not None
    assert alone.rows[0].how.links == ()


def test_the_page_has_them_and_stays_harmless() -> None:
    comparison, rows = labelled("holdout")
    text = page(read(comparison), rows=rows)
    assert_harmless(Read(text))
    assert "How this is counted" in text
    assert any(asked.get("second") == OTHER for asked, _ in links(text))


def test_cases_that_fail_lead_to_what_went_wrong_and_gates_to_how_they_are_decided() -> None:
    suites = failing(GATED, FOUND, cases())
    found = behaving(GATED, FOUND, suites)
    assert found is not None
    failed = [
        cell.how
        for line in found.lines
        for cell in line.cells
        if cell is not None and cell.how is not None and cell.how.links
    ]
    text = page(GATED, behaved=FOUND, cases=suites)
    for how in failed:
        target = how.links[0].href.removeprefix("#")
        assert f'id="{target}"' in text
    assert all("At most" in how.text for _, how in found.gates)
    assert found.gates
    clean = next(
        cell for line in found.lines for cell in line.cells if cell and cell.value.startswith("0 ")
    )
    assert clean.how is not None
    assert "rule of three" in clean.how.of
    assert "else it is not certain" in text
