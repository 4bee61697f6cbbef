"""The ladder with a chat endpoint, from the question to the report."""

from __future__ import annotations

import json
import re
from collections import Counter

import polars as pl
import pytest

import etude
from etude.project import CompareOptions
from etude.workflow import keeping
from tests.endpoint._chat import ChatServer
from tests.endpoint.conftest import PRICE_IN, PRICE_OUT, Make, Run

FULL = "prompt, few_shot, retrieval, probe, finetune"


def test_an_endpoint_alone_climbs_three_rungs_and_costs_its_tokens(make: Make, run: Run) -> None:
    with ChatServer(delay=0.002) as server:
        folder = make(server, ", concurrency: 3", ladder=FULL)
        ran = run("compare", "--yes", "--json", project=folder)
        assert ran.code == 0, ran.err
        assert server.most <= 3
        times = Counter(Counter(server.answered).values())
        assert set(times) == {1, 3}, "once; what is scored three times, to see whether it flips"
        assert times[3] == 3 * 20
    assert "quick classifier is left out for openai:tiny" in ran.err
    assert "fine-tuned is left out for openai:tiny" in ran.err
    found = ran.json["candidates"]
    assert [c["rung"] for c in found] == ["prompt", "few_shot", "retrieval"]
    verdict = ran.json["verdict"]
    assert verdict["decision"] != "fine_tune"
    assert "fine-tuned is" not in verdict["sentence"].lower()
    comparison = keeping.latest(etude.open(folder)._session)
    for candidate in comparison.candidates:
        assert candidate.cost is not None
        assert candidate.cost.per_1000 > 0
        assert candidate.latency is not None
        assert candidate.latency.concurrency == 3
        assert candidate.latency.n == 20
        assert candidate.latency.p50.value <= candidate.latency.p95.value
        assert not candidate.trained
    assert comparison.egress == (server.url.split("/")[2],)
    assert run("report", project=folder).code == 0
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "a million" in page
    assert server.url.split("/")[2] in page


def test_what_is_announced_covers_the_last_fit_on_everything(make: Make, run: Run) -> None:
    with ChatServer() as server:
        folder = make(server, ladder="few_shot", per_label=16, holdout=0)
        ran = run("compare", "--yes", "--json", project=folder)
        assert ran.code == 0, ran.err
    found = re.search(r"in about ([\d,]+) requests", ran.err)
    assert found is not None
    announced = int(found[1].replace(",", ""))
    assert len(server.answered) == pytest.approx(announced, rel=0.1), "about so many, of six fits"


@pytest.mark.parametrize(("mode", "holdout"), [("ok", 5), ("moody", 5), ("moody", 0)])
def test_an_endpoint_is_asked_again_whether_it_says_the_same(
    make: Make, run: Run, mode: str, holdout: int
) -> None:
    with ChatServer(mode) as server:
        folder = make(server, holdout=holdout)
        ran = run("run", "--yes", "--json", project=folder)
        assert ran.code == 0, ran.err
        asked = len(server.answered)
        assert run("compare", "--yes", project=folder).code == 0
        assert len(server.answered) == asked, "what was asked again is kept like the rest"
    comparison = keeping.latest(etude.open(folder)._session)
    rows = keeping.rows_of(etude.open(folder)._session, comparison)
    (candidate,) = comparison.candidates
    scored = rows.filter(pl.col("side") != "dev")["input"].to_list()
    first = scored if holdout else scored[: candidate.flip_items]  # one fold is asked again
    moved = sum(len(text) % 3 == 0 for text in first) if mode == "moody" else 0
    assert (candidate.flip_items, candidate.flip_askings) == (20 if holdout else 8, 3)
    assert candidate.flip_rate == pytest.approx(moved / candidate.flip_items)
    found = run("compare", "--yes", "--json", project=folder).json["candidates"][0]["flips"]
    assert found == {"share": candidate.flip_rate, "n": candidate.flip_items, "askings": 3}
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert f"{moved} of {candidate.flip_items} texts" in page


def test_a_cost_is_tokens_times_prices(make: Make, run: Run) -> None:
    with ChatServer() as server:
        folder = make(server)
        cost = run("compare", "--yes", "--json", project=folder).json["candidates"][0]
        mean_in, mean_out = (count / len(server.answered) for count in server.tokens)
    about = (mean_in * PRICE_IN + mean_out * PRICE_OUT) / 1e3
    assert cost["cost_per_1000"] == pytest.approx(about, rel=0.3)


@pytest.mark.parametrize("mode", ["refusing", "outside"])
def test_refused_and_invalid_answers_are_wrong_and_shown(make: Make, run: Run, mode: str) -> None:
    with ChatServer(mode) as server:
        folder = make(server)
        ran = run("run", "--yes", "--json", project=folder)
        assert ran.code == 0, ran.err
    session = etude.open(folder)._session
    comparison = keeping.latest(session)
    report = comparison.candidates[0]
    rows = keeping.rows_of(session, comparison).filter(pl.col("side") == "holdout")
    lost = [len(text) % 7 == 0 for text in rows["input"]]
    assert any(lost)
    assert report.invalid == report.failures == sum(lost)
    failures = rows[f"{report.name}|failure"].to_list()
    assert [one is not None for one in failures] == lost
    right = (rows[f"{report.name}|output"] == rows["target"]).fill_null(False).sum()
    assert report.quality is not None
    assert report.quality.value == pytest.approx(right / len(rows))
    assert "no valid answer" in (folder / "report.html").read_text(encoding="utf-8").lower()


def test_passing_troubles_change_no_answer(make: Make, run: Run) -> None:
    with ChatServer() as plain:
        wanted = run("compare", "--yes", "--json", project=make(plain)).json["candidates"]
    for mode in ("no_schema", "limited_once", "failing_once"):
        with ChatServer(mode) as server:
            ran = run("compare", "--yes", "--json", project=make(server))
            assert ran.code == 0, ran.err
        assert ran.json["candidates"][0]["quality"] == wanted[0]["quality"], mode


def test_beside_a_local_model_the_better_one_of_each_rung_is_scored(make: Make, run: Run) -> None:
    with ChatServer() as server:
        folder = make(server, ladder="prompt, retrieval, probe", local=True)
        assert run("compare", "--yes", project=folder).code == 0
    candidates = keeping.latest(etude.open(folder)._session).candidates
    assert len(candidates) == 5
    for rung in ("prompt", "retrieval"):
        both = [c for c in candidates if c.rung == rung]
        assert len(both) == 2
        (final,) = [c for c in both if c.finalist]
        assert final.dev_value == max(c.dev_value for c in both)


def test_nothing_is_sent_unless_somebody_agrees(make: Make, run: Run) -> None:
    with ChatServer() as server:
        folder = make(server, ", spend_limit: 3")
        ran = run("compare", project=folder)
        assert ran.code == 2
        assert "--yes" in ran.err
        assert not server.calls
        assert not server.other
        asked = []
        with pytest.raises(etude.errors.UsageError):
            etude.open(folder).compare(CompareOptions(confirm=lambda e: bool(asked.append(e))))
        assert not server.calls
        assert not server.other
        said = asked[0].sentence
        assert server.url.split("/")[2] in said
        assert "60 rows" in said
        assert f"{asked[0].requests} requests" in said
        assert "3 EUR" in said


def test_a_model_that_keeps_probabilities_to_itself_is_asked_again(make: Make, run: Run) -> None:
    """Twice more of what is scored; whether it flips is still seen with one answer a time."""
    with ChatServer() as server:
        folder = make(server, holdout=0)
        task = folder / "etude.yaml"
        wanted = "bar: {hand_over: {precision: 0.6, ask_again: 2}, "
        task.write_text(task.read_text().replace("bar: {", wanted), encoding="utf-8")
        asked = []
        etude.open(folder).compare(CompareOptions(confirm=lambda e: asked.append(e) or True))
        (planned,) = asked
        free = [call for call in server.answered if json.loads(call)["temperature"]]
        assert Counter(Counter(free).values()) == {2: 40}
        assert len(server.answered) / 2 <= planned.requests <= 2 * len(server.answered)
        before = len(server.answered)
        found = run("predict", "where is my card", "--yes", "--json", project=folder)
        assert found.code == 0, found.err
        assert len(server.answered) == before + 3
        assert found.json["predictions"][0]["confidence"] is not None
        (candidate,) = keeping.latest(etude.open(folder)._session).candidates
        assert candidate.handover is not None
        assert candidate.handover.ask_again == 2
        # This server tells no log-probabilities, and says the same whatever the temperature.
        assert (candidate.handover.auroc, candidate.handover.auroc_once) == (0.5, None)
    assert run("report", project=folder).code == 0
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "Every text is asked 2 more times" in page


@pytest.mark.parametrize("holdout", [0, 5])
def test_what_is_announced_is_about_what_is_sent(make: Make, holdout: int) -> None:
    with ChatServer() as server:
        rungs = "prompt, few_shot, retrieval"
        folder = make(server, ladder=rungs, per_label=6, holdout=holdout)
        asked = []
        etude.open(folder).compare(CompareOptions(confirm=lambda e: asked.append(e) or True))
        (planned,) = asked
        sent, spent = len(server.answered), server.spent(PRICE_IN, PRICE_OUT)
        print(planned, sent, spent)
        assert sent / 2 <= planned.requests <= 2 * sent
        # The longest prompt is taken to win, and what wins is asked three times of what is scored.
        assert spent / 2 <= planned.price <= 3 * spent


def test_predict_asks_before_it_sends(make: Make, run: Run) -> None:
    with ChatServer() as server:
        folder = make(server)
        assert run("compare", "--yes", project=folder).code == 0
        before = len(server.calls)
        refused = run("predict", "a new text", project=folder)
        assert refused.code == 2
        assert "--yes" in refused.err
        assert "1 row goes to" in refused.err
        table = folder / "new.csv"
        table.write_text("message\nwhere is my invoice\nI forgot my password\n")
        assert run("predict", "--in", str(table), project=folder).code == 2
        assert len(server.calls) == before
        assert not server.other
        assert not (folder / "new.predicted.csv").exists()
        assert run("predict", "a new text", "--yes", project=folder).code == 0
        assert run("predict", "--in", str(table), "--yes", project=folder).code == 0
        assert len(server.calls) == before + 3
