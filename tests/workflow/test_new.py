from __future__ import annotations

import csv
import json
import os
import tempfile
from collections import Counter
from pathlib import Path

import polars as pl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from etude.data.sources import read_table
from etude.errors import DataError, StoreError, UsageError
from etude.taskfile import read
from etude.workflow import _scaffold
from etude.workflow._guess import guess
from etude.workflow._scaffold import slug, yaml_text
from etude.workflow.new import NewAnswers, look, new, questions

WORDS = ("where is my parcel", "I want my money back", "the app is broken", "hello there you")


def write_csv(path: Path, columns: list[str], rows: list[list[str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([columns, *rows])
    return path


def tickets(count: int = 40) -> list[list[str]]:
    return [
        [f"t{n}", f"c{n % 15}", f"{WORDS[n % 4]} and more {n}", ["delivery", "refund"][n % 2]]
        for n in range(count)
    ]


def source(folder: Path) -> Path:
    return write_csv(
        folder / "in.csv", ["ticket_id", "customer_id", "message", "category"], tickets()
    )


def everything(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else b""
        for path in sorted(folder.rglob("*"))
    }


def test_without_a_file_it_makes_a_project_with_examples(tmp_path: Path) -> None:
    made = new(tmp_path / "my task")
    assert made.task_file.task.task == "my-task"
    assert [str(path.relative_to(made.folder)) for path in made.files] == [
        "GUIDE.md",
        "data/messages.csv",
        "etude.yaml",
    ]
    table = read_table(made.folder / made.task_file.task.data.examples)
    counts = Counter(row["category"] for row in table.rows)
    assert set(counts) == set(made.task_file.task.labels or {})
    assert len(counts) >= 3
    assert min(counts.values()) >= 20
    assert len({row["message"] for row in table.rows}) == len(table) >= 60
    assert all((made.task_file.task.labels or {}).values())
    assert made.task_file.warnings == ()
    assert made.notes == ()


def test_the_file_is_commented_yaml_that_any_reader_takes(tmp_path: Path) -> None:
    made = new(tmp_path / "task")
    text = (made.folder / "etude.yaml").read_text(encoding="utf-8")
    plain = yaml.safe_load(text)
    assert plain["labels"] == made.task_file.task.labels
    assert text.count("#") > 15
    assert max(map(len, text.splitlines())) < 140


def test_a_file_is_looked_at_and_copied(tmp_path: Path) -> None:
    original = source(tmp_path)
    before = original.read_bytes()
    answers = NewAnswers(
        at_least=0.85,
        requests_per_month=20000,
        minutes_to_fix=2.5,
        hourly_rate=41.75,
        currency="CHF",
    )
    made = new(tmp_path / "p", source=original, answers=answers)
    task = made.task_file.task
    assert (task.data.examples, task.data.input, task.data.target) == (
        "data/in.csv",
        "message",
        "category",
    )
    assert (task.data.id, task.data.group) == ("ticket_id", "customer_id")
    assert task.labels == {"delivery": "", "refund": ""}
    assert (task.bar.at_least, task.economics.requests_per_month) == (0.85, 20000)
    assert (task.economics.minutes_to_fix, task.economics.hourly_rate) == (2.5, 41.75)
    assert task.economics.currency == "CHF"
    assert (made.folder / "data/in.csv").read_bytes() == before == original.read_bytes()
    guide = (made.folder / "GUIDE.md").read_text(encoding="utf-8")
    for words in ("40 rows", "message", "category, with 2 labels", "etude check", "etude compare"):
        assert words in guide
    assert len(guide.splitlines()) < 60


def test_what_nobody_said_of_the_work_is_assumed_and_not_stated(tmp_path: Path) -> None:
    made = new(tmp_path / "p", source=source(tmp_path), answers=NewAnswers(hourly_rate=41.75))
    text = (made.folder / "etude.yaml").read_text(encoding="utf-8")
    assert "\n  # requests_per_month: 1000\n  # minutes_to_fix: 2  # a person's time" in text
    assert "\n  hourly_rate: 41.75  # what that person's hour costs\n  currency: EUR\n" in text
    assumed = {one.field for one in made.task_file.assumptions}
    assert {"economics.requests_per_month", "economics.minutes_to_fix"} <= assumed
    assert "economics.hourly_rate" not in assumed


@pytest.mark.parametrize("shape", ["tsv", "jsonl", "parquet", "xlsx"])
def test_every_shape_of_file_is_taken(tmp_path: Path, shape: str) -> None:
    frame = pl.DataFrame(tickets(), schema=["id", "customer", "text", "label"], orient="row")
    path = tmp_path / f"rows.{shape}"
    if shape == "tsv":
        frame.write_csv(path, separator="\t")
    elif shape == "jsonl":
        frame.write_ndjson(path)
    elif shape == "parquet":
        frame.write_parquet(path)
    else:
        frame.write_excel(path)
    made = new(tmp_path / "p", source=path)
    assert made.task_file.task.data.input == "text"
    assert made.task_file.task.labels == {"delivery": "", "refund": ""}
    assert len(read_table(made.folder / made.task_file.task.data.examples)) == 40


def test_a_sheet_may_be_named(tmp_path: Path) -> None:
    frame = pl.DataFrame(tickets(), schema=["id", "customer", "text", "label"], orient="row")
    frame.write_excel(tmp_path / "Book One.xlsx", worksheet="March")
    made = new(tmp_path / "p", source=tmp_path / "Book One.xlsx#March")
    assert made.task_file.task.data.examples == "data/book-one.xlsx#March"
    assert len(read_table("data/book-one.xlsx#March", made.folder)) == 40


def table(columns: str, *cells: list[str]) -> tuple[list[str], list[dict[str, str]]]:
    names = columns.split()
    return names, [dict(zip(names, row, strict=True)) for row in zip(*cells, strict=True)]


TEXTS = [f"{WORDS[n % 4]}, number {n} of many" for n in range(40)]
LABELS = [["a", "b", "c"][n % 3] for n in range(40)]


@pytest.mark.parametrize(
    ("names", "cells", "expected"),
    [
        ("text label", [TEXTS, LABELS], (("text",), "label", None, None)),
        ("q intent", [TEXTS, LABELS], (("q",), "intent", None, None)),
        (
            "channel message category",
            [[["web", "mail"][n % 2] for n in range(40)], TEXTS, LABELS],
            (("message",), "category", None, None),
        ),
        (
            "subject body queue",
            [[f"about thing {n}" for n in range(40)], TEXTS, LABELS],
            (("subject", "body"), "queue", None, None),
        ),
        (
            "message reply category",
            [TEXTS, [text * 3 for text in TEXTS], LABELS],
            (("message",), "category", None, None),
        ),
        ("foo bar", [TEXTS, LABELS], (("foo",), "bar", None, None)),
        (
            "when words what",
            [[f"2024-01-{1 + n % 28:02}" for n in range(40)], TEXTS, LABELS],
            (("words",), "what", None, None),
        ),
        (
            "uuid email text category_id category",
            [
                [f"u{n}" for n in range(40)],
                [f"x{n}@y.com" for n in range(40)],
                TEXTS,
                [str(n % 3) for n in range(40)],
                LABELS,
            ],
            (("text",), "category", "uuid", None),
        ),
        (
            "threadId text stars",
            [[f"t{n // 2}" for n in range(40)], TEXTS, [str(n % 5) for n in range(40)]],
            (("text",), "stars", None, "threadId"),
        ),
        (
            "text customer label",
            [TEXTS, [f"c{n % 3}" for n in range(40)], LABELS],
            (("text",), "label", None, None),
        ),
        ("text answer", [TEXTS, [text + "!" for text in TEXTS]], (("text",), None, None, None)),
    ],
)
def test_columns_are_guessed_from_names_and_values(
    names: str,
    cells: list[list[str]],
    expected: tuple[tuple[str, ...], str | None, str | None, str | None],
) -> None:
    found = guess(*table(names, *cells))
    assert (found.inputs, found.target, found.id, found.group) == expected


def test_labels_are_counted_and_doubts_are_noted() -> None:
    labels = ["Billing"] * 20 + ["billing "] * 2 + ["rare"] * 3 + [""] * 5 + ["shipping"] * 10
    found = guess(*table("text label", TEXTS, labels))
    assert found.labels == {"Billing": 22, "shipping": 10, "rare": 3}
    assert found.commonest == 22 / 35
    told = " ".join(found.notes)
    for words in (
        "5 of 40 rows have no answer",
        "1 of 3 labels have fewer than 5",
        "'billing' is counted as another spelling of 'Billing'",
    ):
        assert words in told


def test_a_person_may_name_the_columns(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "a.csv",
        ["text", "title", "label", "mood"],
        [[TEXTS[n], TEXTS[-n], LABELS[n], "xy"[n % 2]] for n in range(40)],
    )
    made = new(tmp_path / "p", source=path, answers=NewAnswers(inputs=("title",), target="mood"))
    assert made.task_file.task.data.input == "title"
    assert made.task_file.task.labels == {"x": "", "y": ""}
    with pytest.raises(DataError, match="did you mean 'label'"):
        look(path, NewAnswers(target="lable"))


NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
TRAPS = st.sampled_from(
    [
        "yes",
        "no",
        "1",
        "1.0",
        "null",
        "~",
        "on",
        "2024-01-01",
        "a: b",
        "#a",
        "'",
        '"',
        "- a",
        "{{x}}",
        "!!str",
        "&a",
        "*a",
        "%",
        "@",
        "`",
        "?",
        ":",
        "🙂",
        "a\\b",
        "<<",
        "=",
        "0x1",
        "1e3",
        ".inf",
        "a #b",
        "x" * 1200,
        "|",
    ]
)


@settings(deadline=None, derandomize=True, max_examples=40)
@given(st.lists(NAMES | TRAPS, min_size=2, max_size=6))
def test_labels_of_any_spelling_come_back(labels: list[str]) -> None:
    rows = [{"text": f"words {n}", "label": labels[n % len(labels)]} for n in range(60)]
    expected = guess(["text", "label"], rows, target="label").labels
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.jsonl"
        path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
        if len(expected) < 2:
            with pytest.raises(DataError):
                new(Path(folder) / "p", source=path, answers=NewAnswers(target="label"))
            return
        made = new(Path(folder) / "p", source=path, answers=NewAnswers(target="label"))
        assert list((made.task_file.task.labels or {}).items()) == [
            (label, "") for label in expected
        ]


@settings(deadline=None, derandomize=True, max_examples=200)
@given(NAMES | TRAPS)
def test_quoted_text_is_the_same_for_every_reader(text: str) -> None:
    written = yaml_text(text)
    assert yaml.safe_load(f"a: {written}  # note\n") == {"a": text}
    assert "\n" not in written


@pytest.mark.parametrize("column", ["{{x}}", "a: b", "#", "yes", "données", "- x", "'"])
def test_columns_with_odd_names_come_back(tmp_path: Path, column: str) -> None:
    path = write_csv(
        tmp_path / "a.csv", [column, "label"], [[TEXTS[n], LABELS[n]] for n in range(40)]
    )
    written = new(tmp_path / "p", source=path).task_file.task.data.input
    assert written in (column, (column,))
    assert not (isinstance(written, str) and "{{" in written)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("Ticket Export (final) #2.CSV", "ticket-export-final-2.csv"),
        ("é à.csv", "é-à.csv"),
        ("...csv", "examples.csv"),
        ("con.csv", "examples-con.csv"),
        ("a\nlabels: x.csv", "a-labels-x.csv"),
        ("消息.csv", "消息.csv"),
        ("My Mails.CSV.gz", "my-mails.csv.gz"),
        ("mails.gz", "mails.gz"),
        ("x" * 200 + ".csv", "x" * 60 + ".csv"),
    ],
)
def test_odd_file_names_are_made_safe(tmp_path: Path, name: str, safe: str) -> None:
    path = source(tmp_path).rename(tmp_path / name)
    made = new(tmp_path / "p", source=path)
    assert made.task_file.task.data.examples == f"data/{safe}"
    assert (made.folder / "data" / safe).exists()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("My Task!", "my-task"),
        ("---", "task"),
        ("", "task"),
        ("NUL", "task-nul"),
        ("a_b", "a-b"),
        ("../../etc", "etc"),
        ("Ⅳ ﬁne", "iv-fine"),
    ],
)
def test_slugs(text: str, expected: str) -> None:
    assert slug(text, "task") == expected


def test_a_folder_in_use_is_refused_and_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "p"
    new(folder)
    before = everything(tmp_path)
    with pytest.raises(UsageError, match="is a project already"):
        new(folder)
    (tmp_path / "file").write_text("x")
    with pytest.raises(UsageError, match="this is a file"):
        new(tmp_path / "file")
    (tmp_path / "file").unlink()
    assert everything(tmp_path) == before


def test_an_empty_folder_is_filled_where_it_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "here"
    folder.mkdir()
    inode = folder.stat().st_ino
    monkeypatch.chdir(folder)
    made = new(Path())
    assert made.task_file.task.task == "here"
    assert folder.stat().st_ino == inode
    assert sorted(os.listdir(folder)) == ["GUIDE.md", "data", "etude.yaml"]


def test_parents_are_made(tmp_path: Path) -> None:
    assert read(new(tmp_path / "a" / "b").folder / "etude.yaml").task.task == "b"


@pytest.mark.parametrize("exists", [False, True])
def test_a_failure_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exists: bool
) -> None:
    folder = tmp_path / "p"
    if exists:
        folder.mkdir()
    before = everything(tmp_path)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("etude.workflow.new.shutil.copyfile", full)
    with pytest.raises(StoreError, match="No space left"):
        new(folder)
    assert everything(tmp_path) == before


def test_a_failure_while_filling_an_empty_folder_takes_everything_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "p"
    folder.mkdir()
    rename = Path.rename

    def breaks(self: Path, target: Path) -> Path:
        if self.name == "data":
            raise OSError(13, "Permission denied")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", breaks)
    with pytest.raises(StoreError):
        new(folder)
    assert list(folder.iterdir()) == []


def test_what_a_killed_run_left_does_not_count(tmp_path: Path) -> None:
    (tmp_path / "p" / f"{_scaffold._PART}abc").mkdir(parents=True)
    assert new(tmp_path / "p").task_file.task.task == "p"


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([["some text", "a"]] * 40, "1 label"),
        ([], "no rows"),
        ([["some text", ""]] * 40, "no column looks like the right answers"),
    ],
)
def test_examples_that_can_not_be_used_are_told(
    tmp_path: Path, rows: list[list[str]], words: str
) -> None:
    path = write_csv(tmp_path / "a.csv", ["text", "label"], rows)
    answers = NewAnswers(target="label") if "1 label" in words else None
    with pytest.raises(DataError, match=words):
        new(tmp_path / "p", source=path, answers=answers)
    assert not (tmp_path / "p").exists()


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file"):
        new(tmp_path / "p", source=tmp_path / "nothing.csv")
    assert not (tmp_path / "p").exists()


def test_kinds_are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="'image' is not built yet"):
        new(tmp_path / "p", kind="image")
    with pytest.raises(UsageError, match="did you mean 'classify'"):
        new(tmp_path / "p", kind="clasify")
    assert not (tmp_path / "p").exists()


def test_questions_have_defaults_that_are_the_answers(tmp_path: Path) -> None:
    asked = questions(look(source(tmp_path)))
    assert [question.key for question in asked] == [
        "at_least",
        "requests_per_month",
        "minutes_to_fix",
        "hourly_rate",
    ]
    task = new(tmp_path / "p", source=source(tmp_path)).task_file.task
    values = {**task.bar.model_dump(), **task.economics.model_dump()}
    assert {q.key: q.read("") for q in asked} == {q.key: values[q.key] for q in asked}
    assert "right in 50 of 100" in asked[0].help


@pytest.mark.parametrize(
    ("typed", "value"), [("85", 0.85), ("85 %", 0.85), ("0.85", 0.85), ("100", 1.0), ("1", 0.01)]
)
def test_shares_are_read_in_hundredths(typed: str, value: float) -> None:
    assert questions()[0].read(typed) == value


@pytest.mark.parametrize("typed", ["x", "-1", "101", "nan", "inf", "0"])
def test_a_share_that_is_none_is_told(typed: str) -> None:
    with pytest.raises(UsageError, match="a number from 1 to 100"):
        questions()[0].read(typed)


def test_numbers_may_have_commas() -> None:
    assert questions()[1].read("20,000") == 20000
    with pytest.raises(UsageError):
        questions()[1].read("-5")


@pytest.mark.parametrize(
    "wrong",
    [
        {"at_least": 90},
        {"at_least": 0},
        {"hourly_rate": -1},
        {"minutes_to_fix": float("nan")},
        {"currency": " "},
    ],
)
def test_answers_out_of_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(UsageError):
        NewAnswers(**wrong)  # type: ignore[arg-type]
