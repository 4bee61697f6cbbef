"""Pictures in messages: parts that name one, and columns of them that texts point to.

A picture is its path, its address or its data URL; nothing here opens one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from etude.data.neutral import Part
from etude.data.shapes._base import Unusable
from etude.data.shapes._decoding import decoded

_ELSEWHERE = re.compile(r"/|[a-z][a-z0-9+.-]*:", re.IGNORECASE)
MARK = "<image>"
"""Stands in a text for the next picture of the column ``images`` (ShareGPT)."""


def is_beside(picture: str) -> bool:
    """Whether a picture is named by a path that starts at the folder of its file."""
    return _ELSEWHERE.match(picture) is None


class Pictures:
    """The pictures of a row's column ``images``, taken one after the other.

    Raises:
        Unusable: the column holds no list of paths, addresses or data URLs.
    """

    def __init__(self, cell: str | None) -> None:
        self._left = list(_listed(cell))
        self._any = bool(self._left)

    def next(self, where: str) -> Part:
        """The next picture.

        Raises:
            Unusable: there is none left.
        """
        if not self._left:
            raise Unusable(f"{where} shows a picture that is not named in it or in `images`")
        return Part("picture", self._left.pop(0))

    def within(self, text: str) -> Iterator[Part]:
        """A text's pieces, pictures where their marks stand; a row without pictures has no marks."""
        if not self._any:
            yield Part("text", text)
            return
        for at, piece in enumerate(text.split(MARK)):
            if at:
                yield self.next(f"a text with {MARK}")
            if piece:
                yield Part("text", piece)

    def all_shown(self) -> None:
        """Check that every picture was taken.

        Raises:
            Unusable: some were not.
        """
        if self._left:
            raise Unusable(f"{len(self._left)} of its pictures in `images` are shown nowhere")


def picture(has: Mapping[str, Any], where: str, pictures: Pictures) -> Part:
    """A part of the type ``image_url``, ``image`` or ``input_image``.

    Raises:
        Unusable: it names no picture, and no column of pictures does.
    """
    detail = has.get("detail")
    for key in ("image_url", "image", "url", "path"):
        found = has.get(key)
        if isinstance(found, Mapping):
            detail = found.get("detail", detail)
            found = found.get("url") or found.get("path")
        if isinstance(found, str) and found.strip():
            return Part("picture", found, detail if isinstance(detail, str) else None)
        if found is not None:
            raise Unusable(f"`{key}` of {where} names no picture", "data_type")
    return pictures.next(where)


def _listed(cell: str | None) -> Iterator[str]:
    if cell is None or not cell.strip():
        return
    found: Any = cell
    if cell.lstrip().startswith(("[", "{")):
        found = decoded(cell, "images", "a list of pictures")
    for one in found if isinstance(found, list) else [found]:
        named = one.get("path") or one.get("url") if isinstance(one, Mapping) else one
        if not isinstance(named, str) or not named.strip():
            reason = "`images` holds a picture that is no path, no address and no data URL"
            raise Unusable(reason, "data_type")
        yield named
