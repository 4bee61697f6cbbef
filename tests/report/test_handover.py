"""When a candidate hands over, as the page and the terminal say it."""

from __future__ import annotations

from typing import Any

import pytest

from etude.records.comparison import Comparison
from etude.records.estimate import Estimate
from etude.records.handover import Calibrator, CurvePoint, FieldSureness, Handover
from etude.report import _handover, _view
from etude.report.page import page
from tests.report import fixtures


def found(**more: Any) -> Handover:
    shares = [(i + 1) / 20 for i in range(20)]
    points = tuple(
        CurvePoint(
            sure=0.995 - 0.4 * share**2,
            coverage=share,
            precision=0.995 - 0.06 * share**2,
            low=0.96 - 0.05 * share,
            high=1 - 0.04 * share**2,
        )
        for share in shares
    )
    given: dict[str, Any] = {
        "precision_asked": 0.98,
        "confidence": 0.95,
        "stated": True,
        "threshold": 0.83,
        "sure": 0.81,
        "reason": None,
        "n": 400,
        "groups": 380,
        "coverage": Estimate(value=0.71, low=0.66, high=0.75),
        "precision": Estimate(value=0.986, low=0.966, high=0.995),
        "curve": points,
        "auroc": 0.9,
        "aurc": 0.01,
        "ece": 0.02,
        "calibrator": Calibrator(slope=1, intercept=0),
        "score": "the probability of the label",
        "method": "Learn-then-Test",
    }
    return Handover(**(given | more))


def with_it(handover: Handover | None) -> Comparison:
    made = fixtures.dont_fine_tune()
    candidates = tuple(c.model_copy(update={"handover": handover}) for c in made.candidates)
    return made.model_copy(update={"candidates": candidates})


def plain(words: str) -> str:
    return words.replace("\u00a0", " ")


def test_the_sentence_says_how_much_it_answers_alone() -> None:
    assert plain(_handover.sentence(found())) == (
        "It can answer 71 % (66 % to 75 %) of what comes in by itself with at least 98 % right "
        "(95 % sure); the rest goes to a person."
    )


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"precision_asked": 0.985}, "at least 98.5 % right"),
        ({"coverage": Estimate(value=1, low=0.99, high=1)}, "everything by itself"),
        (
            {"coverage": Estimate(value=0, low=0, high=0.01), "precision": None},
            "all go to a person",
        ),
        ({"threshold": None, "coverage": None, "reason": "too few"}, "all of them: too few"),
        ({"precision_asked": None}, "Nobody asked"),
    ],
)
def test_other_ends_are_said_too(more: dict[str, Any], words: str) -> None:
    assert words in plain(_handover.sentence(found(**more)))


def test_the_recommended_one_is_told_beside_the_verdict_where_it_was_asked() -> None:
    told = [one.text for one in _view.statements(with_it(found())) if one.word == "By itself"]
    assert len(told) == 1
    assert told[0].startswith("it can answer")
    for silent in (None, found(precision_asked=None)):
        assert "By itself" not in [one.word for one in _view.statements(with_it(silent))]


def test_what_a_person_gets_for_its_words_is_said_beside_the_verdict() -> None:
    plain_one = with_it(found())
    assert "To a person" not in [one.word for one in _view.statements(plain_one)]
    held = plain_one.model_copy(update={"by_phrase": 3})
    (told,) = [one.text for one in _view.statements(held) if one.word == "To a person"]
    n = max(c.quality.n for c in held.candidates if c.quality)
    assert told.startswith(f"3 of the {n:,} scored examples hold a phrase of boundaries.phrases")


def test_where_none_is_good_enough_the_best_may_still_answer_a_part() -> None:
    made = with_it(found())
    verdict = made.verdict.model_copy(update={"recommended": None})
    words = _handover.of_best(made.model_copy(update={"verdict": verdict}))
    assert words is not None
    assert "71" in words


def test_what_asking_again_bought_is_said_in_pairs() -> None:
    html = plain(page(with_it(found(ask_again=5, auroc_once=0.71))))
    assert "the right one is the surer in 90 % of pairs, and 71 % without that." in html
    alone = plain(page(with_it(found(ask_again=1))))
    assert "is asked 1 more time to see" in alone
    assert "in 90 % of pairs." in alone
    assert "Every text is asked" not in page(with_it(found()))


def test_the_page_draws_the_curve_with_the_chosen_point() -> None:
    html = page(with_it(found()))
    assert "Does it know when to hand over?" in html
    assert 'class="likely"' in html
    assert "chosen: answers 71 %, right 99 %" in html
    assert "AUROC 0.900" in html
    bare = page(with_it(None))
    assert "Does it know when to hand over?" not in bare
    assert 'class="likely"' not in page(with_it(found(curve=())))


def test_fields_stand_in_a_table_in_plain_words() -> None:
    calibrator = Calibrator(slope=1, intercept=0)
    given: dict[str, Any] = {"n": 400, "auroc": 0.87, "ece": 0.03, "calibrator": calibrator}
    fields = (
        FieldSureness(name="customer", right=0.93, **given),
        FieldSureness(name="<items>", right=1.0, **given | {"auroc": None, "n": 12}),
        FieldSureness(name="city", right=0.0, **given | {"auroc": None, "ece": None}),
    )
    view = _handover.view(with_it(found(fields=fields)).candidates[0])
    assert view is not None
    assert [
        (one.name, plain(one.right), plain(one.surer), plain(one.off), one.few)
        for one in view.fields
    ] == [
        ("customer", "93 %", "87 % of pairs", "3 points", False),
        ("<items>", "100 %", "never wrong here", "3 points", True),
        ("city", "0 %", "never right here", "not measured", False),
    ]
    html = page(with_it(found(fields=fields)))
    assert "Which field to look at first?" in html
    assert "&lt;items&gt;" in html
    assert "“Few”: under 30 examples to learn the confidence from" in html
    assert "Which field to look at first?" not in page(with_it(found()))
    assert "“Few”: under 30 examples to learn" not in page(with_it(found(fields=fields[:1])))


def test_the_caption_names_only_what_is_drawn() -> None:
    whole = page(with_it(found()))
    assert "dashed: what is asked; diamond: where it hands over." in whole
    open_ = found(threshold=None, coverage=None, precision=None, reason="there are too few")
    html = page(with_it(open_))
    assert "dashed: what is asked." in html
    assert "diamond" not in html
    nobody = page(with_it(open_.model_copy(update={"precision_asked": None})))
    assert "point by point." in nobody
    assert "the more of them are right" not in nobody
