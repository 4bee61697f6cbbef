"""Notes that every part of a cross-fitting leaves are said once."""

from __future__ import annotations

from etude.report._notes import merged


def test_notes_that_differ_in_numbers_alone_are_one() -> None:
    said = [
        f"with only {dev} examples to choose on, {more} were scored"
        for dev, more in ((13, "1,074"), (9, "1,074"), (15, "990"))
    ]
    assert merged([*said, "no word is known", said[0]]) == (
        "with only 9 to 15 examples to choose on, 990 to 1,074 were scored",
        "no word is known",
    )
    assert merged(["tried 3", "tried 3"]) == ("tried 3",)
    assert merged([]) == ()
