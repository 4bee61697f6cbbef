"""The whole job of the kinds that write, on tiny projects with a tiny language model."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

import etude
from etude.data.inner import inner_split
from etude.errors import ModelError, UsageError
from etude.project import CompareOptions, Project
from etude.records.comparison import Comparison
from etude.records.task import WRITING
from etude.report.as_json import to_json
from etude.workflow import entrants, keeping
from tests.report.parsed import Read, assert_harmless
from tests.workflow._writing import COUNT, LADDER, make_writing, row

LADDERS = {
    "write": LADDER,
    "extract": "prompt, few_shot, finetune",
    "rewrite": "prompt, finetune",
    "chat": "prompt, retrieval",
}
ASKED = {
    "write": {"name": "lamp 7", "colour": "red"},
    "rewrite": "The red lamp has come!!!",
    "extract": "Please send 4 red lamp, order 12.",
    "chat": "Where is my red lamp?",
}


@dataclass
class Climbed:
    kind: str
    project: Project
    comparison: Comparison
    said: list[str]


class Told:
    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, text: str) -> None:
        self.lines.append(text)

    def step(self, name: str, total: float | None = None, unit: str = ""):
        from etude.progress import Silent

        return Silent().step(name, total, unit)


@pytest.fixture(scope="module", params=WRITING)
def climbed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Climbed:
    kind, told = request.param, Told()
    folder = make_writing(tmp_path_factory.mktemp(kind) / "project", kind, LADDERS[kind])
    project = etude.open(folder, told)
    return Climbed(kind, project, project.compare(CompareOptions(quick=True)), told.lines)


def test_every_rung_is_scored(climbed: Climbed) -> None:
    comparison = climbed.comparison
    assert [c.rung for c in comparison.candidates] == LADDERS[climbed.kind].split(", ")
    for candidate in comparison.candidates:
        assert candidate.quality is not None
        assert 5 < candidate.quality.n < 20
        assert candidate.tokens_in is not None
        assert candidate.latency is not None
        assert candidate.measures
        assert bool(candidate.checks) == (climbed.kind != "extract")
        assert [f.name for f in candidate.fields] == (
            ["thing", "colour", "count"] if climbed.kind == "extract" else []
        )
    assert comparison.dataset.labels == {}
    assert any("of work" in line for line in climbed.said)


def test_what_is_asked_of_it_is_what_json_gives(climbed: Climbed) -> None:
    found = json.loads(json.dumps(to_json(climbed.comparison), allow_nan=False))
    assert found["schema"] == 1
    first = found["candidates"][0]
    assert first["quality"]["metric"] == climbed.comparison.task.bar.metric
    assert {"checks", "fields", "measures", "tokens"} <= set(first)
    assert first["tokens"]["prompt"] > 10


def test_the_pages(climbed: Climbed) -> None:
    pages = climbed.project.report()
    report, rows = pages.report.read_text("utf-8"), pages.rows.read_text("utf-8")
    assert_harmless(Read(report))
    assert_harmless(Read(rows), scripts=2)
    said = Read(report).text
    assert "What else was measured" in said
    assert "lower is better" in said
    assert "Categories" not in said
    assert "mixes up" not in said
    assert "opens to how it came about, and to the rows behind it" in said
    assert ("Which fields are right" in said) == (climbed.kind == "extract")
    assert ("Which checks are passed" in said) == (climbed.kind != "extract")
    example = row(climbed.kind, 7)
    for text in example.values():
        assert len(text) < 12 or text not in report
    start = rows.index('id="data">') + len('id="data">')
    data = json.loads(rows[start : rows.index("</script>", start)])
    assert len(data["ids"]) == climbed.comparison.candidates[0].quality.n
    assert data["json"] == (climbed.kind == "extract")
    for answers in data["answers"]:
        wrong = [bool(faults) for faults in answers["faults"]]
        if climbed.kind != "extract":
            assert [right == 0 for right in answers["right"]] == wrong


def test_answers_are_judged(climbed: Climbed) -> None:
    name = climbed.comparison.candidates[0].name
    found = climbed.project.predict([ASKED[climbed.kind]], name).to_json()
    answer = found["predictions"][0]
    of_fields = {"field_confidence"} if climbed.kind == "extract" else set()
    assert set(answer) == of_fields | {
        *("text", "prediction", "confidence", "escalate", "escalate_why"),
        *("passed", "failed_checks", "failure"),
    }
    assert answer["passed"] == (answer["prediction"] is not None and not answer["failed_checks"])
    left = ["levenshtein threshold 900"] if climbed.kind == "write" else []
    assert found["not_checked"] == left
    if climbed.kind == "write":
        assert answer["text"] == "name: lamp 7\ncolour: red"
        assert any("starts-with" in one["check"] for one in answer["failed_checks"])
    if climbed.kind == "extract" and answer["passed"]:
        assert set(answer["prediction"]) == {"thing", "colour", "count"}


def test_a_table_is_answered_and_judged(climbed: Climbed, tmp_path: Path) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    rows = [{"mine": "x"} | row(climbed.kind, n) for n in (3, 4)]
    with source.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    name = climbed.comparison.candidates[0].name
    done = climbed.project.predict_file(source, target, name)
    frame = pl.read_csv(target)
    # Beside what is always there: how sure it is, and who should look, as far as that is known.
    added = frame.columns[len(rows[0]) :]
    of_fields = [f"confidence_{name}" for name in ("thing", "colour", "count")]
    known = ["prediction", "confidence", *of_fields, "passed", "failed_checks"]
    known += ["escalate", "escalate_why"]
    assert {"prediction", "passed", "failed_checks"} <= set(added)
    assert added == [name for name in known if name in added]
    assert frame["mine"].to_list() == ["x", "x"]
    assert bool(done.not_checked) == (climbed.kind == "write")
    assert done.to_json()["not_checked"] == list(done.not_checked)
    assert (done.rows, done.failing) == (2, int((~frame["passed"]).sum()) - done.unanswered)


def test_what_is_kept_of_each_answer(climbed: Climbed) -> None:
    rows = keeping.rows_of(climbed.project._session, climbed.comparison)
    name = climbed.comparison.candidates[0].name
    right, faults = rows[f"{name}|right"].to_list(), rows[f"{name}|faults"].to_list()
    assert None not in right
    for candidate in climbed.comparison.candidates:
        shown = [one for one in rows[f"{candidate.name}|evidence"].to_list() if one]
        assert bool(shown) == ("retrieval" in candidate.rung)
    for found in faults:
        for fault in found:
            assert fault["check"]
            assert fault["reason"]


def test_nothing_good_enough_is_said_before_it_answers(climbed: Climbed) -> None:
    said = climbed.said
    before = len(said)
    climbed.project.predict([ASKED[climbed.kind]])
    told = any("Nothing met the bar" in line for line in said[before:])
    assert told == (climbed.comparison.verdict.recommended is None)


def test_an_unknown_field_names_the_nearest(climbed: Climbed) -> None:
    name = climbed.comparison.dataset.columns["input"].partition(" ")[0]
    with pytest.raises(UsageError) as caught:
        climbed.project.predict([{name[:-1]: "lamp"}])
    assert caught.value.hint == f"did you mean {name!r}?"


def test_what_is_near_in_meaning_is_measured_where_an_encoder_is(climbed: Climbed) -> None:
    for candidate in climbed.comparison.candidates:
        found = {row.key: row for row in candidate.measures}
        assert ("cosine" in found) == (climbed.kind != "extract")
        if "cosine" in found:
            assert found["cosine"].n == candidate.quality.n
            assert found["cosine"].value is not None
            assert -1 <= found["cosine"].value <= 1


def test_no_encoder_is_fetched_for_a_diagnostic(
    climbed: Climbed, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[bool] = []

    def nowhere(builtin: object, *, download: bool = True) -> Path:
        looked.append(download)
        raise ModelError("not on this machine")

    monkeypatch.setattr(entrants, "find_folder", nowhere)
    assert entrants.beside_the_metric(climbed.project._session, []) is None
    assert looked == ([] if climbed.kind == "extract" else [False])


def test_check_tells_of_ideal_answers_that_fail(tmp_path: Path) -> None:
    folder = make_writing(tmp_path / "p", "rewrite", **{"{max: 8}": "{max: 4}"})
    result = etude.open(folder).check()
    ideals = result.version.ideals
    assert ideals is not None
    assert ideals.passing == 0
    assert (ideals.checks[0].passed, ideals.checks[0].applies) == (0, COUNT)
    assert "more than 4" in ideals.checks[0].reason
    finding = next(f for f in result.version.findings if f.code == "ideal_answers_fail")
    assert finding.count == COUNT
    assert "likely wrong" in (finding.hint or "")
    assert "words" not in finding.sentence.partition("”")[2]  # the report shows it: no answers


def test_texts_are_not_kept_out_of_dev_because_they_differ(climbed: Climbed) -> None:
    from etude.data import stored

    session = climbed.project._session
    folder = session.store.version_folder(climbed.comparison.dataset.id)
    rest, _ = stored.read(folder).fold(0)
    train, dev = inner_split(rest, 0.15, seed=0, by_target=False)
    assert 4 <= len(dev) <= 12
    assert len(train) + len(dev) == len(rest)
