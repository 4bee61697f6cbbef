"""How the texts of a folder are laid out and called, so that their reader finds every answer again.

Pure functions of answers and names; files are for ``_texts``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from etude.data.sources._texts import ANSWER, ENDINGS, label_of

_PART = re.compile(r"(?![. ])[^\x00-\x1f\x7f/\\:*?\"<>|]+(?<![. ])")
_TAKEN = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
"""What a folder or a file may be called on any machine, and what Windows keeps for itself."""
_LONGEST = 120
"""Bytes of such a name: 255 is what systems allow, and endings are to come."""
_DIGITS = 4
"""Of a row's number at the least: names in their order are rows in theirs."""


@dataclass(frozen=True)
class Laid:
    """``names`` of N texts, relative to the folder. ``labelled``: the folder, or the name without its
    number, is the answer; else each stands beside one. ``given``: the names are the rows' own."""

    names: Sequence[str]
    labelled: bool
    given: bool


def laid(answers: Sequence[str], files: Sequence[str | None]) -> Laid:
    """The layout of texts.

    Args:
        answers: N answers.
        files: N names that rows have had as files, or none.
    """
    names = [str(name) for name in files if name]
    if len(names) == len(answers):
        for labelled in (True, False):
            if _fit(names, answers, labelled):
                return Laid(names, labelled, given=True)
    width = max(_DIGITS, len(str(len(answers))))
    numbered = [f"{number:0{width}}.txt" for number in range(1, len(answers) + 1)]
    if not are_labels(answers):
        return Laid(numbered, labelled=False, given=False)
    names = [f"{answer}/{name}" for answer, name in zip(answers, numbered, strict=True)]
    return Laid(names, labelled=True, given=False)


def are_labels(answers: Sequence[str]) -> bool:
    """Whether answers can be names of folders, with two texts in each on average at the least."""
    different = set(answers)
    if len({_folded(answer) for answer in different}) < len(different):
        return False  # one folder, where capitals make no difference
    return len(different) * 2 <= len(answers) and all(map(_allowed, different))


def beside(name: str) -> str:
    """What the answer to a text is called."""
    path = PurePosixPath(name)
    return str(path.with_name(f"{path.stem}.target{path.suffix}"))


def _fit(names: Sequence[str], answers: Sequence[str], labelled: bool) -> bool:
    """Whether texts of these names can lie in one folder, and the answers are found by them."""
    paths = [PurePosixPath(name) for name in names]
    if not all(str(path) == name and _text(path) for path, name in zip(paths, names, strict=True)):
        return False
    if labelled:
        return _alone(names) and _told(paths, answers)
    bare = {_folded(str(path.with_suffix(""))) for path in paths}
    return len(bare) == len(paths) and _alone([*names, *map(beside, names)])


def _told(paths: Sequence[PurePosixPath], answers: Sequence[str]) -> bool:
    """Whether the folders, or the names without their numbers, are the answers."""
    if all(len(path.parts) > 1 for path in paths):
        return all(path.parts[0] == answer for path, answer in zip(paths, answers, strict=True))
    flat = all(len(path.parts) == 1 for path in paths) and len(set(answers)) < len(answers)
    return flat and all(label_of(path) == one for path, one in zip(paths, answers, strict=True))


def _alone(names: Sequence[str]) -> bool:
    """Whether no name is another's, and none is a folder that another lies in."""
    folded = {_folded(name) for name in names}
    folders = {_folded(str(parent)) for name in names for parent in PurePosixPath(name).parents}
    return len(folded) == len(names) and not folded & folders


def _text(path: PurePosixPath) -> bool:
    """Whether the reader takes a file of that name for a text, and not for an answer."""
    return (
        all(map(_allowed, path.parts))
        and path.suffix.lower() in ENDINGS
        and not ANSWER.match(path.stem)
    )


def _allowed(part: str) -> bool:
    return (
        _PART.fullmatch(part) is not None
        and _TAKEN.fullmatch(part) is None
        and len(part.encode("utf-8")) <= _LONGEST
    )


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
