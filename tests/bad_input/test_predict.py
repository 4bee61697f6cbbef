"""``etude predict`` with texts and tables that are not what they should be."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from tests.bad_input.conftest import Etude, in_house_form


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("in.csv", bytes(range(256)) * 20, "not text"),
        ("in.csv", b"other,columns\n1 x,2\n", "there is no column 'text'"),
        ("in.csv", b"", "the file is empty"),
        ("in.csv", None, "no such file"),
    ],
)
def test_a_table_that_can_not_be_used(
    etude: Etude, compared: Path, name: str, data: bytes | None, said: str
) -> None:
    if data is not None:
        (compared / name).write_bytes(data)
    in_house_form(etude(compared, "predict", "--in", str(compared / name)), 3, said)
    assert list(compared.glob("in.predicted*")) == []


def test_the_source_is_never_written(etude: Etude, compared: Path) -> None:
    source = compared / "data.csv"
    os.link(source, compared / "linked.csv")
    (compared / "soft.csv").symlink_to(source)
    for name in ("data.csv", "linked.csv", "soft.csv"):
        ended = etude(
            compared, "predict", "--in", str(source), "--out", str(compared / name), "--force"
        )
        in_house_form(ended, 2, "--out is the file that is read")


@pytest.mark.parametrize(
    ("out", "code", "said"),
    [
        ("/proc/nowhere/out.csv", 3, "can't be made"),
        ("data.csv/out.csv", 3, "a file is where a folder should be"),
        ("out.weird", 2, "out.weird"),
        (".", 2, "there already"),
    ],
)
def test_an_out_that_can_not_be_written(
    etude: Etude, compared: Path, out: str, code: int, said: str
) -> None:
    ended = etude(
        compared, "predict", "--in", str(compared / "data.csv"), "--out", str(compared / out)
    )
    in_house_form(ended, code, said)


@pytest.mark.parametrize(
    ("given", "code", "said"),
    [
        ("", 0, "nothing to answer"),
        ("word " * 200_000, 0, "answered by"),
    ],
)
def test_lines_on_stdin(
    etude: Etude, compared: Path, monkeypatch: pytest.MonkeyPatch, given: str, code: int, said: str
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(given.encode())))
    ended = etude(compared, "predict")
    assert ended.code == code, ended.err
    assert said in ended.err


def test_a_candidate_that_was_not_scored(etude: Etude, compared: Path) -> None:
    in_house_form(
        etude(compared, "predict", "a text", "--candidate", "probee"), 2, "did you mean 'probe'?"
    )
