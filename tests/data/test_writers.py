"""Writers of shapes: what a shape holds comes back, what it can't hold is named, no row is lost."""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etude.data.converting import Tally, convert, reading_of
from etude.data.neutral import Call, Example, Message, Part, Role, compact
from etude.data.shapes._exchange import listed
from etude.data.sources import read_table
from etude.data.text import is_blank, normalise
from etude.data.writers import LOSSES, WRITERS, CantHold
from etude.data.writers._files import opened
from etude.records.task import Data

PROPERTY = settings(
    deadline=None,
    derandomize=True,
    max_examples=120,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
SHAPE_OF = {"kto": "prompt_completion"}


class Saving(ModuleType):
    """What is used of the library ``datasets``, whose import takes seconds."""

    class Dataset:
        def __init__(self, table: Any, fingerprint: str) -> None:
            self.table = table
            self.fingerprint = fingerprint

        def save_to_disk(self, folder: str) -> None:
            pl.DataFrame(self.table).write_ipc_stream(Path(folder, "data.arrow"))
            state = {"_data_files": [{"filename": "data.arrow"}], "_fingerprint": self.fingerprint}
            Path(folder, "state.json").write_text(json.dumps(state))
            Path(folder, "dataset_info.json").write_text("{}")

    def are_progress_bars_disabled(self) -> bool:
        return True

    def disable_progress_bars(self) -> None:
        """None is drawn."""


SAVING = Saving("datasets")


def test_every_shape_can_be_written() -> None:
    assert set(WRITERS.names()) == {
        "alpaca",
        "chosen_rejected",
        "folder",
        "gemini",
        "kto",
        "messages",
        "openai_preference",
        "prompt_completion",
        "sharegpt",
        "table",
        "text",
    }
    for name in WRITERS.names():
        assert WRITERS.load(name).key == name


WORDS = (
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=12)
    | st.sampled_from(['=1+1, "x"', "<image>", "[1]", " a\r\nb ", '{"output": "x"}', "- #"])
).filter(lambda text: not is_blank(normalise(text)))
ADDRESSES = st.sampled_from(
    ["data:image/png;base64,AAAA", "https://example.org/a.jpg", "pictures/b.png"]
)
TEXTS = WORDS.map(lambda text: (Part("text", text),))
SHOWN = st.lists(
    WORDS.map(lambda text: Part("text", text))
    | st.builds(Part, st.just("picture"), ADDRESSES, st.none() | st.just("low")),
    min_size=1,
    max_size=3,
).map(tuple)
JSONS = st.dictionaries(WORDS, st.integers(-3, 3) | WORDS | st.none(), max_size=2).map(compact)
WEIGHTS = st.sampled_from([None, None, 0, 1])


@st.composite
def turns(draw: st.DrawFn, plain: bool) -> list[Message]:
    """A question and its answer, perhaps by way of a tool; ``plain``: with what most shapes hold."""
    rich = draw(st.booleans())
    parts = draw(SHOWN if rich else TEXTS)
    name = None if plain else draw(st.sampled_from([None, "Ada"]))
    if plain:
        parts = tuple(replace(part, detail=None) for part in parts)
    made = [Message("user", parts, listed=rich, name=name)]
    if draw(st.integers(0, 3)) == 0:
        count = draw(st.integers(1, 2))
        calls = tuple(
            Call(draw(st.sampled_from(["find", "book"])), draw(JSONS), f"c{at}")
            for at in range(count)
        )
        made.append(Message("assistant", calls=calls))
        made += [Message("tool", draw(TEXTS), call_id=call.id) for call in calls]
    made.append(Message("assistant", draw(TEXTS), weight=draw(WEIGHTS)))
    return made


@st.composite
def examples(draw: st.DrawFn) -> Example:
    plain = draw(st.booleans())
    pairs = draw(st.lists(turns(plain), min_size=1, max_size=2))
    said = [one for pair in pairs for one in pair]
    said[-1] = replace(said[-1], weight=draw(st.sampled_from([None, 1])))
    if draw(st.booleans()):
        role: Role = "system" if plain else "developer"
        said = [Message(role, draw(TEXTS)), *said]
    tools = draw(st.lists(WORDS, max_size=2))
    kind = draw(st.sampled_from(["answers", "answers", "pairs", "liked"]))
    asked = said[:-1]
    if kind != "answers" or draw(st.booleans()):
        # What is asked is not learned in these shapes.
        asked = [replace(m, weight=0) if m.role == "assistant" else m for m in asked]
    worse = (Message("assistant", draw(TEXTS)),) if kind == "pairs" else ()
    return Example(
        tuple(asked),
        tuple(said[-1:]),
        worse,
        draw(st.booleans()) if kind == "liked" else None,
        tuple(
            compact({"type": "function", "function": {"name": name, "parameters": {}}})
            for name in tools
        ),
        None if plain else draw(st.sampled_from([None, True, False])),
    )


def bare(example: Example, key: str) -> Example:
    """The example without what says the same in another way: lists of one text, weights of 1."""
    prompted = key in ("prompt_completion", "chosen_rejected", "openai_preference", "kto")

    def one(message: Message, asked: bool) -> Message:
        parts: list[Part] = []
        for part in message.parts:
            if part.kind == "text" and parts and parts[-1].kind == "text":
                parts[-1] = Part("text", f"{parts[-1].value}\n{part.value}")
            else:
                parts.append(part)
        weight = 0 if asked and prompted and message.role == "assistant" else message.weight
        calls = tuple(
            replace(call, id=None, arguments=compact(json.loads(call.arguments)))
            for call in message.calls
        )
        name = None if message.role == "tool" else message.name
        return replace(
            message,
            parts=tuple(parts),
            listed=False,
            weight=0 if weight == 0 else None,
            calls=calls,
            call_id=None,
            name=name,
        )

    return replace(
        example,
        asked=tuple(one(message, True) for message in example.asked),
        answer=tuple(one(message, False) for message in example.answer),
        rejected=tuple(one(message, False) for message in example.rejected),
    )


def written(folder: Path, key: str, rows: list[dict[str, Any]], name: str) -> Path:
    kind = {"texts": "folder", "saved": "dataset"}.get(name)
    path = Path(tempfile.mkdtemp(dir=folder)) / name
    if kind is not None:
        path.mkdir()
    with opened(path, name, WRITERS.load(key).lists, kind) as file:
        for row in rows:
            assert file.refuses(row) is None
            file.add(row)
    return path


@PROPERTY
@given(
    example=examples(),
    key=st.sampled_from(sorted(set(WRITERS.names()) - {"text"})),
    name=st.sampled_from(
        ["a.jsonl", "a.csv", "a.tsv", "a.parquet", "a.jsonl.gz", "a.jsonl.zst", "saved"]
    ),
)
def test_what_a_shape_holds_comes_back(
    example: Example, key: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "datasets", SAVING)
    name = "texts" if key == "folder" else name
    lost: set[str] = set()
    try:
        rows = WRITERS.load(key).write(example, lost)
    except CantHold:
        return
    if lost - {"made_ids"}:
        return
    path = written(tmp_path, key, rows, name)
    table = read_table(path)
    assert table.rejects == ()
    shape = None if key in ("table", "folder") else SHAPE_OF.get(key, key)
    reading = reading_of(table, Data(examples=name), shape or "table")
    back = [reading.read(cells) for cells in all_cells(table, reading.by_column)]
    if key == "kto" and example.rejected:
        assert [one.liked for one in back] == [True, False]
        back = [replace(back[0], rejected=back[1].answer, liked=None)]
    assert [bare(one, key) for one in back] == [bare(example, key)]


def all_cells(table: Any, by_column: bool) -> list[dict[str, Any]]:
    rows = table.frame.to_dicts()
    return rows if by_column else [{k.lower(): v for k, v in row.items()} for row in rows]


@PROPERTY
@given(
    rows=st.lists(examples(), min_size=1, max_size=4),
    first=st.sampled_from(["messages", "table"]),
    key=st.sampled_from(WRITERS.names()),
    lossy=st.booleans(),
)
def test_every_row_is_written_or_listed(
    rows: list[Example], first: str, key: str, lossy: bool, tmp_path: Path
) -> None:
    made: list[dict[str, Any]] = []
    for example in rows:
        lost: set[str] = set()
        try:
            made += WRITERS.load(first).write(example, lost)
        except CantHold:
            made.append({"input": "a", "messages": "broken"})
    path = written(
        tmp_path, first, [{**row, "number": at} for at, row in enumerate(made)], "in.jsonl"
    )
    table = read_table(path)
    reading = reading_of(table, Data(examples="in.jsonl"), first)
    target = tmp_path / "out.jsonl"
    with opened(target, target.name) as file:
        told = list(convert(table, reading, WRITERS.load(key), file, lossy=lossy))
    tally = told[-1]
    assert isinstance(tally, Tally)
    lines = path.read_text(encoding="utf-8").split("\n")[:-1]
    assert tally.read == len(lines) == len(made)
    assert tally.converted + len(told) - 1 == tally.read
    out = [json.loads(line) for line in target.read_text(encoding="utf-8").split("\n")[:-1]]
    assert len(out) == tally.rows
    # The number beside each row is a number again, and names every row that was written.
    numbers = {row["number"] for row in out}
    assert len(numbers) == tally.converted
    rejected = {one.line - 1 for one in told[:-1]}  # type: ignore[union-attr]
    assert numbers.isdisjoint(rejected)
    assert numbers | rejected == set(range(len(made)))
    if not lossy:
        assert not any(LOSSES[name].meaning for name in tally.lost)


ASK, SAY = Message("user", (Part("text", "Hi"),)), Message("assistant", (Part("text", "Yes"),))
CALLS = Message("assistant", calls=(Call("find", '{"a":1}', "c1"),))
FOUND = Message("tool", (Part("text", "nine"),), call_id="c1")
PICTURE = Message("user", (Part("text", "What?"), Part("picture", "a.png")), listed=True)
TOOL = compact({"type": "function", "function": {"name": "find"}})


@pytest.mark.parametrize(
    ("example", "key", "name"),
    [
        (Example((ASK,), (SAY,), tools=(TOOL,)), "alpaca", "tools"),
        (Example((ASK, CALLS, FOUND), (SAY,), tools=(TOOL,)), "text", "tools"),
        (Example((PICTURE,), (SAY,)), "alpaca", "pictures"),
        (Example((ASK, replace(SAY, weight=0), ASK), (SAY,)), "gemini", "weights"),
        (Example((ASK, SAY, ASK), (SAY,)), "prompt_completion", "earlier"),
        (Example((replace(ASK, name="Ada"),), (SAY,)), "sharegpt", "names"),
        (Example((ASK,), (SAY, ASK)), "alpaca", "after"),
        (Example((ASK,), (SAY,), (SAY,)), "messages", "rejected"),
        (Example((ASK,), (SAY,), (SAY,)), "folder", "rejected"),
        (Example((ASK, CALLS, FOUND), (SAY,), tools=(TOOL,)), "folder", "tools"),
        (Example((ASK, Message("system", ASK.parts), SAY, ASK), (SAY,)), "gemini", "later_system"),
        (
            Example((ASK, replace(CALLS, parts=SAY.parts), FOUND), (SAY,), tools=(TOOL,)),
            "sharegpt",
            "beside_calls",
        ),
        (Example((ASK,), (SAY,)), "text", "bounds"),
        (
            Example(
                (
                    ASK,
                    replace(CALLS, calls=(Call("a", "{}", "x"), Call("b", "{}", "y"))),
                    replace(FOUND, call_id="y"),
                    replace(FOUND, call_id="x"),
                ),
                (SAY,),
            ),
            "gemini",
            "call_ids",
        ),
        (
            Example(
                (Message("user", (Part("text", "a"), Part("other", '{"type":"file"}'))),), (SAY,)
            ),
            "gemini",
            "others",
        ),
    ],
)
def test_what_can_not_be_held_is_named(example: Example, key: str, name: str) -> None:
    lost: set[str] = set()
    assert WRITERS.load(key).write(example, lost)
    assert name in lost
    assert LOSSES[name].meaning


@pytest.mark.parametrize(
    ("example", "key", "reason"),
    [
        (Example((ASK,), (CALLS,), tools=(TOOL,)), "alpaca", "its answer calls a tool"),
        (Example((Message("user", PICTURE.parts[1:]),), (SAY,)), "alpaca", "nothing but a picture"),
        (Example((ASK,), (SAY,), liked=False), "messages", "was not liked"),
        (Example((ASK,), (SAY,)), "openai_preference", "a pair needs both"),
        (Example((ASK,), (SAY,)), "kto", "whether its answer was liked"),
        (Example((ASK,), (SAY,), liked=False), "folder", "was not liked"),
        (Example((ASK, replace(SAY, weight=0)), ()), "folder", "none of its answers"),
        (Example((ASK, ASK), (SAY,)), "alpaca", "by turns"),
        (Example((), (SAY,)), "prompt_completion", "nothing is asked"),
        (Example((), (SAY,)), "table", "nothing is asked"),
        (Example((ASK, replace(SAY, weight=0)), ()), "table", "none of its answers"),
        (Example((ASK, replace(SAY, weight=0)), ()), "gemini", "none of its answers"),
        (
            Example((PICTURE, Message("user", (Part("text", "<image>"),))), (SAY,)),
            "sharegpt",
            "<image>",
        ),
    ],
)
def test_rows_of_which_nothing_of_use_would_be_left(
    example: Example, key: str, reason: str
) -> None:
    with pytest.raises(CantHold, match=reason):
        WRITERS.load(key).write(example, set())


def test_parquet_holds_messages_as_lists(tmp_path: Path) -> None:
    rows = WRITERS.load("messages").write(Example((ASK,), (SAY,)), set())
    path = written(tmp_path, "messages", rows, "a.parquet")
    assert pl.read_parquet(path)["messages"].to_list() == [
        [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Yes"}]
    ]
    rows = WRITERS.load("messages").write(Example((PICTURE,), (SAY,)), set())
    path = written(tmp_path, "messages", rows, "b.parquet")
    assert json.loads(pl.read_parquet(path)["messages"][0])[0]["role"] == "user"


def test_a_workbook_holds_texts_that_look_like_formulas(tmp_path: Path) -> None:
    rows = [{"input": "=1+1", "target": "https://x.org"}, {"input": "007", "target": "a"}]
    path = written(tmp_path, "table", rows, "a.xlsx")
    assert read_table(path).frame.rows() == [("=1+1", "https://x.org"), ("007", "a")]
    with opened(tmp_path / "b.xlsx", "b.xlsx") as file:
        assert "32,767" in str(file.refuses({"input": "x" * 40_000}))
        file.add({"input": "a"})


def test_a_text_that_looks_like_messages_stays_one(tmp_path: Path) -> None:
    text = compact([{"role": "user", "content": "x"}])
    assert listed(text)
    example = Example((Message("user", (Part("text", text),)),), (SAY,))
    path = written(tmp_path, "table", WRITERS.load("table").write(example, set()), "a.csv")
    table = read_table(path)
    reading = reading_of(table, Data(examples="a.csv"))
    assert reading.read(table.frame.row(0, named=True)) == example
