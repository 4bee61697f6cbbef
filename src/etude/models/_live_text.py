"""A text while it is written: ids in, what may be shown of it out.

A token can end in the middle of a letter, a stop text can begin in one token and end in a later
one, and what a template puts around a reply is no part of it: such pieces are held back until it
is known what they are. What was shown, put together, is the whole text as it is decoded at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

BROKEN = "\ufffd"
"""What stands in a decoded text for bytes that are no whole letter yet."""


class LiveText:
    """One text under way.

    Args:
        decode: ids to text.
        stops: texts that end it and are no part of it.
        opening: what a template puts before a reply.
        closing: what it puts after.
    """

    def __init__(
        self,
        decode: Callable[[Sequence[int]], str],
        stops: Sequence[str] = (),
        opening: str = "",
        closing: str = "",
    ) -> None:
        self._decode = decode
        self._stops = tuple(stop for stop in stops if stop)
        self._opening = opening
        self._opened = not opening
        self._closing = closing
        self._beginnings = (*(stop[:-1] for stop in self._stops), closing)
        self._ids: list[int] = []
        self._start = self._read = 0
        self._text = ""
        self._shown = 0
        self.stopped = False
        """True once a stop text has come; nothing follows."""

    @property
    def read(self) -> int:
        """Letters that are known so far, those held back included; a stop text is cut off."""
        return len(self._text)

    @property
    def shown(self) -> int:
        """Letters that were given out so far."""
        return self._shown

    def add(self, ids: Sequence[int]) -> str:
        """What may be shown now that these ids have come."""
        if self.stopped:
            return ""
        self._ids += ids
        self._text += self._fresh()
        if not self._opened:
            if len(self._text) < len(self._opening):
                return ""
            self._text = self._text.removeprefix(self._opening)
            self._opened = True
        self._cut()
        return self._show(len(self._text) - (0 if self.stopped else self._held()))

    def end(self) -> str:
        """The rest, after the last id."""
        if self.stopped:
            return ""
        whole = self._decode(self._ids).removeprefix(self._opening).removesuffix(self._closing)
        if whole.startswith(self._text[: self._shown]):
            self._text = whole
        self._cut()
        return self._show(len(self._text))

    def _fresh(self) -> str:
        """The letters that are whole since the last time. Decoding begins a little earlier, for
        some tokenizers leave out a space at the beginning of what they decode."""
        known = self._decode(self._ids[self._start : self._read])
        now = self._decode(self._ids[self._start :])
        if now.endswith(BROKEN) or len(now) <= len(known):
            return ""
        self._start, self._read = self._read, len(self._ids)
        return now[len(known) :]

    def _cut(self) -> None:
        """Cut the text at the stop text that is whole first. None begins in what was shown."""
        found = [(self._text.find(stop, self._shown), len(stop)) for stop in self._stops]
        places = [(place + length, place) for place, length in found if place >= 0]
        if places:
            self._text = self._text[: min(places)[1]]
            self.stopped = True

    def _held(self) -> int:
        """How many of the last letters might be the beginning of what is not to be shown."""
        most = 0
        for mark in self._beginnings:
            for length in range(min(len(mark), len(self._text)), most, -1):
                if self._text.endswith(mark[:length]):
                    most = length
                    break
        return most

    def _show(self, until: int) -> str:
        """The letters up to there that were not shown yet."""
        text = self._text[self._shown : until]
        self._shown = max(self._shown, until)
        return text
