"""Names of texts in a folder: what is chosen is what the reader finds the answers by."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etude.data.sources import read_table
from etude.data.writers._text_names import laid
from etude.data.writers._texts import Texts

PROPERTY = settings(
    deadline=None,
    derandomize=True,
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.mark.parametrize(
    ("answers", "files", "names", "labelled"),
    [
        (["a", "b", "a", "b"], [], ["a/0001.txt", "b/0002.txt", "a/0003.txt", "b/0004.txt"], True),
        (["yes.", "no", "a", "b"], [], ["0001.txt", "0002.txt", "0003.txt", "0004.txt"], False),
        (["a", "A", "a", "A"], [], ["0001.txt", "0002.txt", "0003.txt", "0004.txt"], False),
        (["../x"] * 2, [], ["0001.txt", "0002.txt"], False),
        (["con"] * 2, [], ["0001.txt", "0002.txt"], False),
        (["a", "a"], ["a/x.txt", "a/y/z.md"], ["a/x.txt", "a/y/z.md"], True),
        (["a", "a"], ["a-1.txt", "a-2.txt"], ["a-1.txt", "a-2.txt"], True),
        (["a", "a"], ["x.txt", "in/y.txt"], ["x.txt", "in/y.txt"], False),
        (["a", "a"], ["x.txt", "X.md"], ["a/0001.txt", "a/0002.txt"], True),
        (["a", "b c."], ["x.txt", "x.txt/y.txt"], ["0001.txt", "0002.txt"], False),
        (["a", "b c."], ["x.txt", "../y.txt"], ["0001.txt", "0002.txt"], False),
        (["a", "b c."], ["x.txt", "x.target.txt"], ["0001.txt", "0002.txt"], False),
        (["a", "b c."], ["x.txt", None], ["0001.txt", "0002.txt"], False),
    ],
)
def test_layouts(
    answers: list[str], files: list[str | None], names: list[str], labelled: bool
) -> None:
    found = laid(answers, files)
    assert (list(found.names), found.labelled) == (names, labelled)
    assert found.given == (names == files)


PLAIN = ["a.txt", "A.txt", "b.md", "a/1.txt", "a/2.txt", "b/1.txt", "a-1.txt", "a-2.txt", "b 3.txt"]
ODD = [
    "a.target.txt",
    "a.b.txt",
    ".a.txt",
    "a.png",
    "/a.txt",
    "a/../b.txt",
    "\u00e9.txt",
    "e\u0301.txt",
]
NAMES = st.sampled_from([*PLAIN, *ODD])
ANSWERS = st.sampled_from(["a", "b", "A", "a.b", "a/b", "two words", "\ufeffa", "a\r\nb", ".", "é"])


@PROPERTY
@given(rows=st.lists(st.tuples(ANSWERS, st.none() | NAMES), min_size=1, max_size=6))
def test_every_text_comes_back_with_its_answer(
    rows: list[tuple[str, str | None]], tmp_path: Path
) -> None:
    folder = tmp_path / str(next(NUMBERS))
    folder.mkdir()
    texts = Texts(folder)
    for number, (answer, name) in enumerate(rows):
        row = {"input": f"text {number}", "target": answer, "file": name}
        assert texts.refuses(row) is None
        texts.add(row)
    texts.close()
    table = read_table(folder)
    assert table.rejects == ()
    frame = table.frame.rename({"text": "input", "label": "target"}, strict=False)
    back = sorted(frame.select("input", "target").iter_rows())
    assert back == sorted((f"text {number}", answer) for number, (answer, _) in enumerate(rows))
    given_names = [name for _, name in rows]
    if sorted(frame["file"].to_list()) != sorted(name or "" for name in given_names):
        assert not any(given_names) or any("numbered" in note for note in texts.notes)


NUMBERS = itertools.count()
