"""Documents as passages: cut where they part, with the headings above them and some overlap."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from etude.data.knowledge import LONGEST, read_knowledge

WORDS = " ".join(f"word{i}" for i in range(30))


def texts(folder: Path, text: str, name: str = "a.md") -> list[str]:
    (folder / name).write_text(text, encoding="utf-8")
    return [passage.text for passage in read_knowledge(name, folder)]


def test_a_passage_says_all_headings_that_it_stands_under(tmp_path: Path) -> None:
    found = texts(
        tmp_path, f"# Returns\n\n{WORDS}\n\n## Broken ##\n\nSend a photo.\n\n# Tea\n\nTins."
    )
    assert found == [f"Returns: {WORDS}", "Returns > Broken: Send a photo.", "Tea: Tins."]


@pytest.mark.parametrize("line", ["=====", "-----"])
def test_underlined_headings_count_and_a_rule_between_paragraphs_does_not(
    tmp_path: Path, line: str
) -> None:
    assert texts(tmp_path, f"Tea\n{line}\n\nIn tins.\n") == ["Tea: In tins."]
    assert texts(tmp_path, f"{WORDS}\n\n{line}\n\n{WORDS}") == [WORDS, WORDS]


def test_short_paragraphs_stand_with_the_next_but_never_across_a_heading(tmp_path: Path) -> None:
    assert texts(tmp_path, f"Yes.\n\n{WORDS}\n\n{WORDS}") == [f"Yes. {WORDS}", WORDS]
    assert texts(tmp_path, "# A\n\nYes.\n\n# B\n\nNo.") == ["A: Yes.", "B: No."]


def test_what_looks_like_a_heading_in_a_fence_is_none(tmp_path: Path) -> None:
    found = texts(tmp_path, "# Setup\n\n```\n# a comment\n\nmake all\n```\n")
    assert found == ["Setup: ``` # a comment make all ```"]


def test_a_long_paragraph_is_cut_at_sentences_that_overlap_by_one(tmp_path: Path) -> None:
    sentences = [f"{' '.join(f's{i}w{j}' for j in range(19))} end{i}." for i in range(20)]
    (tmp_path / "a.txt").write_text(" ".join(sentences), encoding="utf-8")
    found = read_knowledge("a.txt", tmp_path)
    assert [passage.name for passage in found] == ["a.txt#1", "a.txt#1.1", "a.txt#1.2", "a.txt#1.3"]
    assert all(len(passage.text.split()) <= LONGEST for passage in found)
    for one, following in pairwise(found):
        assert following.text.startswith(one.text.rsplit(". ", 1)[1])
    assert all(any(sentence in passage.text for passage in found) for sentence in sentences)


def test_one_endless_sentence_is_one_passage_and_nothing_is_said_twice(tmp_path: Path) -> None:
    endless = " ".join(f"w{i}" for i in range(3 * LONGEST))
    assert texts(tmp_path, f"Short one. {endless}. After it.", "a.txt") == [
        "Short one.", f"{endless}.", "After it.",
    ]  # fmt: skip
