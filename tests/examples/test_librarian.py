"""The librarian's records: their size and variety, and that every ideal answer is ideal.

The format is read here with code of its own, so that the project's checks do not vouch for
themselves; that they pass too is one test at the end.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

import pytest
import yaml

from etude.checks import Subject, compile_checks, run_checks

ROOT = Path(__file__).resolve().parents[2] / "examples" / "librarian"
NOTES = ("genre", "about", "loved_for", "scary")
COLUMNS = ["id", "title", "author", "ages", *NOTES, "pages", "recommendation"]
FORBIDDEN = (
    "the author|written by|kids|for boys|for girls|must-read|page-turner|unputdownable|bestseller"
    "|award-winning|terrifying|horrifying"
)
SMALL = re.compile(
    "(an?|the|and|or|but|of|to|in|on|at|by|for|from|with|as|is|are|was|were|be|been|its?|this|that"
    "|these|those|you|your|you'll|you're|who|what|when|where|why|how|one|each|every|all|any|some"
    "|so|if|than|then|them|they|their|he|she|his|her|i|not?|can|may|might|will|would|could|have|has"
    "|do|does|there|here|into|out|up|down|over|about|while|after|before|until|like|just|only|own"
    "|more|most|very|too)"
)


@dataclass(frozen=True)
class Answer:
    title: str
    ages: str
    why: str
    note: str | None


def answer(text: str) -> Answer:
    lines = text.split("\n")
    heads = ["Title: ", "Ages: ", "Why you might like it: ", "A gentle note: "][: len(lines)]
    assert len(lines) in (3, 4)
    assert all(line.startswith(head) for line, head in zip(lines, heads, strict=True)), text
    values = [line.removeprefix(head) for line, head in zip(lines, heads, strict=True)]
    assert all(value and value == value.strip() for value in values), text
    return Answer(*values[:3], note=values[3] if len(values) == 4 else None)


def words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+(?:'[^\W_]+)*", text.lower())


def stems(text: str) -> set[str]:
    """Content words without their endings: enough to see that one text uses another's words."""
    found = (word.removesuffix("'s") for word in words(text) if not SMALL.fullmatch(word))
    return {re.sub(r"(?<=\w{3})(ing|ed|es|s|ly|er)$", "", word)[:6] for word in found}


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    with (ROOT / "data" / "books.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def answers(rows: list[dict[str, str]]) -> list[Answer]:
    return [answer(row["recommendation"]) for row in rows]


def test_at_least_640_whole_records(rows: list[dict[str, str]]) -> None:
    assert len(rows) >= 640
    assert list(rows[0]) == COLUMNS
    assert len({row["id"] for row in rows}) == len(rows)
    for row in rows:
        assert all(row[name] for name in COLUMNS if name != "scary"), row["id"]
        assert all(row[name] == row[name].strip() for name in COLUMNS), row["id"]
        assert re.fullmatch(r"\d+", row["pages"]), row["id"]
        low, high = map(int, row["ages"].split("-"))
        assert 0 <= low < high <= 13, row["id"]


def test_titles_are_all_different(rows: list[dict[str, str]]) -> None:
    titles = Counter(frozenset(words(row["title"])) for row in rows)
    assert titles.most_common(1)[0][1] == 1


def test_titles_have_many_shapes(rows: list[dict[str, str]]) -> None:
    titles = [row["title"] for row in rows]
    for shape in (r"^\S+$", r"\d", "'", ":", ",", "&", r"\?", r"[^\x00-\x7f]", "-", r"\(", '"'):
        assert any(re.search(shape, title) for title in titles), shape
    assert max(len(words(title)) for title in titles) >= 10


def test_genres_are_many(rows: list[dict[str, str]]) -> None:
    genres = Counter(row["genre"] for row in rows)
    assert len(genres) >= 40
    assert max(genres.values()) <= 0.1 * len(rows)


def test_title_and_ages_are_copied(rows: list[dict[str, str]], answers: list[Answer]) -> None:
    for row, said in zip(rows, answers, strict=True):
        assert (said.title, said.ages) == (row["title"], row["ages"])


def test_a_note_where_something_is_scary_and_nowhere_else(
    rows: list[dict[str, str]], answers: list[Answer]
) -> None:
    for row, said in zip(rows, answers, strict=True):
        assert (said.note is not None) == (row["scary"] != ""), row["id"]
    assert 0.35 <= sum(said.note is not None for said in answers) / len(answers) <= 0.45


def test_a_ghost_alone_is_no_reason_for_a_note(rows: list[dict[str, str]]) -> None:
    eerie = re.compile(r"ghost|monster|witch|vampire|skeleton|haunted|dragon|wolf|troll|ghoul")
    assert sum(not row["scary"] and bool(eerie.search(row["about"])) for row in rows) >= 20


def test_house_style(rows: list[dict[str, str]], answers: list[Answer]) -> None:
    for row, said in zip(rows, answers, strict=True):
        text = f"{said.why}\n{said.note or ''}"
        assert "!" not in row["recommendation"], row["id"]
        assert re.search(r"\byour?\b", said.why, re.IGNORECASE), row["id"]
        assert 1 <= len(re.findall(r"[.?](?= |$)", said.why)) <= 2, row["id"]
        assert said.why[-1] in ".?", row["id"]
        assert said.why[0].isupper() or said.why[0] == '"', row["id"]
        assert not re.search(rf"\b({FORBIDDEN})\b", text, re.IGNORECASE), row["id"]
        assert row["author"].split()[-1] not in text, row["id"]
        assert not re.search(rf"\b{row['pages']} pages\b", text), row["id"]
        if said.note is not None:
            assert re.fullmatch(r"[A-Z][^.?]+\.", said.note), row["id"]


def test_nothing_is_made_up(rows: list[dict[str, str]], answers: list[Answer]) -> None:
    """The words are the record's: content, numbers and names."""
    for row, said in zip(rows, answers, strict=True):
        record = " ".join(row[name] for name in ("title", *NOTES))
        known = set(words(record)) | {word.removesuffix("'s") for word in words(record)}
        known |= {part for word in record.lower().split() for part in re.split(r"\W", word)}
        for text in filter(None, (said.why, said.note)):
            assert set(re.findall(r"\d+", text)) <= set(re.findall(r"\d+", record)), row["id"]
            for name in re.findall(r"(?<=[^.?:] )[A-Z][\w']+", text):
                assert name.lower().removesuffix("'s") in known or name == "I", (row["id"], name)
        assert len(stems(said.why) & stems(f"{row['about']} {row['loved_for']}")) >= 3, row["id"]
        if said.note is not None:
            assert stems(said.note) & stems(row["scary"]), row["id"]


def test_no_two_share_six_words_in_a_row(rows: list[dict[str, str]], answers: list[Answer]) -> None:
    for part in ("why", "note"):
        seen: dict[tuple[str, ...], str] = {}
        for row, said in zip(rows, answers, strict=True):
            tokens = words(getattr(said, part) or "")
            for start in range(len(tokens) - 5):
                run = tuple(tokens[start : start + 6])
                assert seen.setdefault(run, row["id"]) == row["id"], run


def test_sentences_begin_in_many_ways(answers: list[Answer]) -> None:
    assert len({tuple(words(said.why)[:4]) for said in answers}) == len(answers)
    assert Counter(tuple(words(said.why)[:2]) for said in answers).most_common(1)[0][1] <= 10
    assert len({said.why for said in answers}) == len(answers)
    notes = [said.note for said in answers if said.note is not None]
    assert len(set(notes)) == len(notes)


def test_lengths_vary(answers: list[Answer]) -> None:
    lengths = [len(words(said.why)) for said in answers]
    low, _, high = quantiles(lengths, n=4)
    assert min(lengths) <= 10
    assert max(lengths) >= 40
    assert high - low >= 4


def test_every_ideal_answer_passes_every_check_of_the_task(rows: list[dict[str, str]]) -> None:
    task = yaml.safe_load((ROOT / "etude.yaml").read_text(encoding="utf-8"))
    columns = task["data"]["input"]
    checks = compile_checks(task["checks"], ROOT, columns)
    subjects = [
        Subject(
            output=row["recommendation"],
            input="\n".join(f"{name}: {row[name]}" for name in columns),
            target=row["recommendation"],
            fields={name: row[name] for name in columns},
        )
        for row in rows
    ]
    table = run_checks(checks, subjects)
    assert not table.reasons
    assert (table.passed_NC == 1).any(axis=0).all()


def test_the_checks_see_what_is_wrong(rows: list[dict[str, str]]) -> None:
    task = yaml.safe_load((ROOT / "etude.yaml").read_text(encoding="utf-8"))
    checks = compile_checks(task["checks"], ROOT, task["data"]["input"])
    plain = next(row for row in rows if not row["scary"])
    scary = next(row for row in rows if row["scary"])
    said = scary["recommendation"]
    wrong = [
        (plain, plain["recommendation"] + "\nA gentle note: The end is sad."),
        (scary, said.rpartition("\n")[0]),
        (scary, said + "\nA gentle note: It is sad."),
        (scary, said + " Read it by day."),
        (scary, said.replace("Ages: ", "Age: ")),
        (scary, said.replace(scary["title"], scary["title"].upper())),
        (plain, plain["recommendation"][:-1] + "!"),
        (plain, plain["recommendation"] + " It is fun. It is long."),
        (plain, plain["recommendation"] + f" {plain['author']} wrote it."),
        (plain, plain["recommendation"] + " It won 7000 hearts."),
        (plain, plain["recommendation"] + " A must-read."),
    ]
    subjects = [
        Subject(output=text, input=str(list(row.values())), target="", fields=row)
        for row, text in wrong
    ]
    assert not (run_checks(checks, subjects).all_N == 1).any()
