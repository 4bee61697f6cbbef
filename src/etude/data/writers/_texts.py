"""A folder of texts: one file an example, in a layout that the reader of such folders knows.

It knows rows and files, not shapes; which layout it is and what files are called is for
``_text_names``.
"""

from __future__ import annotations

from pathlib import Path

from etude.data.writers._base import Row
from etude.data.writers._columns import Columns
from etude.data.writers._text_names import Laid, beside, laid

INPUT, TARGET, FILE = "input", "target", "file"


class Texts:
    """An open folder of texts. ``close`` writes them: the layout depends on all of them.

    A column ``file`` names the files, as the reader of a folder gives it; without one, or where its
    names can't be had, the rows are numbered.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.notes: tuple[str, ...] = ()
        self.lost: tuple[str, ...] = ()
        self._columns = Columns()
        self._left: dict[str, None] = {}
        self._rows = 0

    def add(self, row: Row) -> None:
        """One row: ``input``, ``target``, and what stands beside them."""
        left = [name for name in row if name not in (INPUT, TARGET, FILE)]
        self._left |= dict.fromkeys(left)
        self._rows += bool(left)
        self._columns.add({name: row[name] for name in (INPUT, TARGET, FILE) if name in row})

    def refuses(self, row: Row) -> str | None:
        """Why a text and its answer can't be files, or None."""
        for name, what in ((INPUT, "what is asked"), (TARGET, "the answer")):
            text = str(row.get(name) or "")
            if not text.strip():
                return f"{what} is empty, and an empty file is no example"
            if "\0" in text:
                return "it holds a NUL character, which a text can't hold"
        return None

    def close(self) -> None:
        """Write the files."""
        frame = self._columns.frame()
        if frame.is_empty():
            return
        files = frame[FILE].to_list() if FILE in frame.columns else []
        found = laid(frame[TARGET].to_list(), files)
        self.notes = tuple(_told(found, any(files)))
        self.lost = tuple(self._dropped())
        for name, (text, answer) in zip(
            found.names, frame.select(INPUT, TARGET).iter_rows(), strict=True
        ):
            self._write(name, text)
            if not found.labelled:
                self._write(beside(name), answer)

    def _write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        # The mark at a file's start is none of its text: a text that begins with one needs two.
        path.write_bytes(text.encode("utf-8-sig" if text.startswith("\ufeff") else "utf-8"))

    def _dropped(self) -> list[str]:
        if not self._left:
            return []
        named = ", ".join(f"`{name}`" for name in self._left)
        rows = "1 row has" if self._rows == 1 else f"{self._rows:,} rows have"
        return [
            f"{rows} columns beside the text and its answer ({named}), which a folder of texts can't "
            "hold: they are dropped"
        ]


def _told(found: Laid, named: bool) -> list[str]:
    """How the texts lie, and why they are not called as they were."""
    way = "texts beside their answers (NAME.txt, NAME.target.txt)"
    if found.labelled:
        way = "a folder a label" if "/" in found.names[0] else "texts named after their labels"
    told = [f"the folder is laid out as {way}"]
    if named and not found.given:
        told.append("not every `file` is a name that its text can have there: they are numbered")
    return told
