from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etude.errors import StoreError
from etude.records.comparison import Comparison
from etude.records.estimate import Estimate
from etude.records.labour import Labour
from etude.records.task import Assumption, Boundaries
from etude.report._facts import shown_path
from etude.report._settings import settings_of
from etude.report.page import page, write_report
from etude.verdict._pairs import Difference
from etude.verdict.economics import payback

from . import fixtures
from .parsed import Read, assert_harmless


@pytest.mark.parametrize("name", fixtures.COMPARISONS)
def test_a_page_is_whole_and_asks_nothing_of_others(name: str, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    write_report(fixtures.COMPARISONS[name](), path)
    html = path.read_text("utf-8")
    read = Read(html)
    assert_harmless(read)
    assert "http:" not in html
    assert "https:" not in html
    assert "url(" not in html
    policies = [value for _t, attribute, value in read.attributes if attribute == "content"]
    assert any(value.startswith("default-src 'none'; style-src 'sha256-") for value in policies)
    assert "\x00" not in html
    ids = [value for _tag, attribute, value in read.attributes if attribute == "id"]
    assert len(ids) == len(set(ids))
    links = {value[1:] for _t, attribute, value in read.attributes if attribute == "href"}
    assert links <= set(ids)


def test_the_verdict_comes_first_with_the_next_command() -> None:
    text = Read(page(fixtures.dont_fine_tune())).text
    places = [
        text.index(words)
        for words in (
            "Don't fine-tune",
            "etude predict",
            "Is that certain?",
            "Settled",
            "What was tried",
            "How good each one is",
            "What quality costs",
            "When does it pay back?",
            "Each candidate in detail",
            "Every pair compared",
            "What was assumed",
            "The examples",
            "What left this machine",
            "How it was measured",
        )
    ]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("cant_tell", ["Provisional", "about 840 more", "at most 6.1 points", "for now"]),
        ("quick", ["Quick run", "more examples alone may not", "not measured", "Provisional"]),
        ("many_labels", ["Exploratory", "Settled", "77, with"]),
        ("none_good_enough", ["None is good enough", "✗ quality not met", "✗ cost not met"]),
        ("endpoint", ["Rows were sent to:", "llm.example.org"]),
        ("odd_texts", ["High stakes"]),
        ("fine_tune", ["recommended", "less than a month", "not among the finalists"]),
    ],
)
def test_how_certain_it_is_in_words(name: str, words: list[str]) -> None:
    text = Read(page(fixtures.COMPARISONS[name]())).text
    for word in words:
        assert word in text


def test_nothing_left_this_machine() -> None:
    assert "✓ Nothing." in Read(page(fixtures.dont_fine_tune())).text


def test_every_hash_is_named() -> None:
    comparison = fixtures.dont_fine_tune()
    text = Read(page(comparison)).text
    wanted = [
        comparison.run,
        comparison.task_hash,
        comparison.dataset.id,
        comparison.dataset.holdout_id,
        *(c.candidate_id for c in comparison.candidates),
        *(s.sha256 for s in comparison.dataset.sources),
        "AMD EPYC",
        "torch 2.13.0",
    ]
    for value in wanted:
        assert str(value) in text


def test_exact_statistics_stand_behind_the_exact_terms() -> None:
    html = page(fixtures.dont_fine_tune())
    assert '<td class="number exact">' in html
    assert "checked" not in html.split("<main>")[0].split("</style>")[1]
    assert 'id="exact" checked' in page(fixtures.dont_fine_tune(), technical=True)


def test_p_values_are_called_by_their_test_and_by_what_they_leave_out() -> None:
    whole = fixtures.dont_fine_tune()
    (n,) = {c.quality.n for c in whole.candidates if c.quality}
    made = [(c, c.quality and c.quality.model_copy(update={"groups": n})) for c in whole.candidates]
    each = tuple(c.model_copy(update={"quality": quality}) for c, quality in made)
    alone = whole.model_copy(update={"candidates": each})
    assert "P-values: McNemar" in page(alone).replace("&#39;", "'")
    assert "P-values: signs flipped at random, whole groups at a time" in page(whole)
    macro = whole.model_copy(update={"measured_by": "macro_f1"})
    assert "P-values: answers of the two swapped at random" in page(macro)
    assert ">mid-p<" not in page(whole)
    folded = alone.dataset.model_copy(update={"scheme": "cross_fitting"})
    html = page(alone.model_copy(update={"dataset": folded}))
    assert "they can look surer than the range that decides" in html
    assert "look surer" not in page(alone)


def test_where_no_difference_would_show_for_sure_it_says_so() -> None:
    comparison = fixtures.dont_fine_tune()
    assert "about 3.1\u00a0points with 2,000 examples" in page(comparison)
    found = comparison.detectable.model_copy(update={"beyond_reach": True, "groups_left_out": True})
    html = page(comparison.model_copy(update={"detectable": found}))
    assert "none for sure with 2,000 examples: more than the 3.1\u00a0points by which" in html
    assert "fewer than 80 % of such comparisons" in html
    assert "Examples of one group count as independent here" in html
    assert "about 3.1\u00a0points" not in html


def test_the_page_holds_no_rows_nor_secrets_nor_home_folders() -> None:
    for build in fixtures.COMPARISONS.values():
        html = page(build())
        for secret in (
            "SECRET BOUNDARY",
            "hunter2",
            "LLM_API_KEY",
            "jo@example.org",
            "/home/mara",
            "a row of data",
        ):
            assert secret not in html


def test_settings_that_could_hold_rows_are_counted() -> None:
    found = dict(
        settings_of(
            {
                "k": 9,
                "rate": 0.1 + 0.2,
                "on": True,
                "layers": [1, 2],
                "texts": ["a row", "another"],
                "prompt": "x" * 61,
                "nested": {"texts": ["a row"], "form": "meaning"},
                "by_text": {"a row": {"another row": 1}},
            }
        )
    )
    assert found["k"] == "9"
    assert found["rate"] == "0.3"
    assert found["layers"] == "[1, 2]"
    assert found["texts"] == "2 entries"
    assert found["prompt"] == "a text of 61 characters"
    assert found["nested.texts"] == "1 entry"
    assert found["nested.form"] == "meaning"


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("data/a.csv", "data/a.csv"),
        ("/home/jo/a.csv", "a.csv"),
        ("../x/a.csv", "a.csv"),
        ("C:\\Users\\jo\\a.csv", "a.csv"),
    ],
)
def test_paths_outside_the_project_are_cut(path: str, shown: str) -> None:
    assert shown_path(path) == shown


def test_many_labels_show_only_the_most_confused() -> None:
    html = page(fixtures.many_labels())
    assert 'class="matrix"' not in html
    assert "What it mixes up most" in html
    assert 'class="matrix"' in page(fixtures.dont_fine_tune())


@given(st.text(min_size=1), st.text(min_size=1), st.text(min_size=1))
@settings(deadline=None, derandomize=True, max_examples=15)
def test_any_text_stays_text(label: str, sentence: str, name: str) -> None:
    comparison = fixtures.build(
        labels=(label, label + "2", label + "3"),
        n=60,
        specs=[fixtures.Spec("probe", name, 4, 0.9, 6.0, 0.1)],
        verdict={
            "decision": "dont_fine_tune",
            "recommended": "probe@builtin:minilm",
            "sentence": sentence,
            "reasons": (sentence,),
            "next_command": sentence,
            "baseline": None,
        },
    )
    html = page(comparison)
    assert_harmless(Read(html))
    html.encode("utf-8")


def test_a_page_that_cannot_be_written_leaves_what_stood_there(tmp_path: Path) -> None:
    target = tmp_path / "report.html"
    target.mkdir()
    (target / "file").write_text("kept")
    with pytest.raises(StoreError):
        write_report(fixtures.quick(), target)
    assert [path.name for path in tmp_path.rglob("*")] == ["report.html", "file"]


def test_the_payback_shows_its_parts_and_what_it_hangs_on() -> None:
    made = fixtures.dont_fine_tune()
    plain, shown = page(made), page(accounted(made))
    for words in ("Cleaning them, over 12 months", "Left of it, over 12 months", "It hangs on "):
        assert words not in plain
        assert words in shown
    assert "Machine for retraining, over 12 months" not in shown  # it comes to nothing


def test_the_payback_says_where_collecting_counts_nothing() -> None:
    field = "economics.hours_to_collect"
    assumed = Assumption(field=field, value="6", sentence=f"6 hours; change {field} in etude.yaml")
    made = accounted(fixtures.dont_fine_tune())
    said = f"Collecting counts nothing, for the examples are there; state {field} to count it."
    assert said not in page(made)
    guessed = made.model_copy(update={"assumptions": (*made.assumptions, assumed)})
    assert said in page(guessed)


def test_the_payback_is_of_hand_overs_where_phrases_send_requests_to_people() -> None:
    made = accounted(fixtures.dont_fine_tune())
    left = Labour(
        per_1000=Estimate(value=240.0, low=200.0, high=290.0),
        wrong=0.1,
        handed=0.5,
        hands_over=False,
    )
    people = tuple(c.model_copy(update={"labour": left}) for c in made.candidates)
    made = made.model_copy(update={"candidates": people})
    bounds = Boundaries(phrases=("my lawyer",))
    task = made.task.model_copy(update={"boundaries": bounds})
    plain, handing = page(made), page(made.model_copy(update={"task": task}))
    for words in ("times the difference in right answers", "at its best; of right answers"):
        assert words in plain
        assert words not in handing
    assert "times the difference in wrong answers that stand" in handing


def accounted(made: Comparison) -> Comparison:
    """With a payback whose parts are known."""
    names = [c.name for c in made.candidates if c.quality is not None]
    found = payback(
        made.task.economics,
        made.candidate(names[-1]).model_copy(update={"fit_seconds": 0.0, "trained": True}),
        made.candidate(names[0]),
        Difference(0.05, 0.02, 0.08, None),
        cleaning=2,
    )
    return made.model_copy(update={"paybacks": (found,)})
