"""Texts shown while they are written: put together they are the whole text, whatever the pieces."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etude.models._live_text import LiveText


def decode(ids) -> str:
    """Each id is a byte."""
    return bytes(ids).decode("utf-8", errors="replace")


def shown(text: str, sizes: list[int], **around) -> tuple[list[str], LiveText]:
    live = LiveText(decode, **around)
    ids, pieces = list(text.encode()), []
    while ids:
        size = sizes[len(pieces) % len(sizes)]
        pieces.append(live.add(ids[:size]))
        ids = ids[size:]
    return [*pieces, live.end()], live


SIZES = st.lists(st.integers(1, 5), min_size=1, max_size=4)


@given(st.text(alphabet="aé☕😀 .\n", max_size=20), SIZES)
def test_pieces_are_whole_letters_and_make_the_text(text, sizes):
    pieces, _ = shown(text, sizes)
    assert "".join(pieces) == text
    assert not any("\ufffd" in piece for piece in pieces)


@given(
    st.text(alphabet="ab€", max_size=16),
    st.lists(st.text(alphabet="ab€", min_size=1, max_size=4), max_size=3),
    SIZES,
)
def test_a_stop_text_ends_it_wherever_the_pieces_part(text, stops, sizes):
    places = [(text.find(stop) + len(stop), text.find(stop)) for stop in stops if stop in text]
    pieces, live = shown(text, sizes, stops=stops)
    assert "".join(pieces) == text[: min(places)[1] if places else len(text)]
    assert live.stopped == bool(places)


def test_what_might_be_a_stop_text_is_held_back_and_no_more():
    live = LiveText(decode, stops=["END", "\n\n"])
    assert live.add(b"one E") == "one "
    assert live.add(b"N") == ""
    assert live.add(b"T\n") == "ENT"
    assert live.add(b"x") == "\nx"
    assert live.add(b"ENDmore") == ""
    assert (live.stopped, live.add(b"x"), live.end()) == (True, "", "")


@pytest.mark.parametrize("size", [1, 2, 9])
def test_what_a_template_puts_around_a_reply_is_not_shown(size):
    pieces, _ = shown("> reply\n\n", [size], opening="> ", closing="\n")
    assert "".join(pieces) == "reply\n"
    short, _ = shown(">", [1], opening="> ", closing="\n")
    assert "".join(short) == ">"


def test_bytes_that_never_become_a_letter_are_shown_at_the_end():
    live = LiveText(decode)
    assert live.add(b"a\xf0\x9f") == ""
    assert live.end() == "a\ufffd"
