"""``convert``: examples of any shape written in another one, with what can't go along named.

It needs no project: a file is enough. Rows that would lose their meaning are listed beside the new
file, never dropped in silence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path

from etude.data.converting import Reading, Tally, convert, copied, reading_of
from etude.data.shapes import SHAPES
from etude.data.shapes._finding import TABLE
from etude.data.sources import Table, read_table
from etude.data.writers import WRITERS, Writer
from etude.data.writers._files import (
    FOLDERS,
    FORMATS,
    Rows,
    all_written,
    endings,
    format_of,
    opened,
)
from etude.errors import DataError, UnknownName, UsageError
from etude.records.dataset import Reject
from etude.records.task import Data
from etude.registry import nearest
from etude.store import atomic
from etude.workflow._rejects import Rejects
from etude.workflow._target import refuse_folder, refuse_target
from etude.workflow.converted import Converted, left_out, lost, moved, nothing, renamed

ALIASES = {
    "openai": "messages",
    "preference": "openai_preference",
    "huggingface": "dataset",
}
"""What people call shapes beside their keys; ``trl`` is the one of TRL's that fits the answers."""
_TRL = {"answers": "prompt_completion", "pairs": "chosen_rejected", "liked": "kto"}
_SHORT = {"messages": "openai", "openai_preference": "preference"}
_REASONS = 5


@dataclass(frozen=True)
class ConvertOptions:
    """What to make of the rows.

    Args:
        to: a shape, ``trl``, or a kind of file for a plain table (csv, tsv, jsonl, parquet, xlsx,
            dataset for one saved as Hugging Face ``datasets`` does).
        shape: the shape that the rows have, where it is not to be told by their columns.
        out: where to write: a file, or a folder for texts and datasets; None: beside the source.
        inputs: columns that are read, of a plain table; found by name where empty.
        target: the column of right answers, of a plain table.
        lossy: write rows without what the shape can't hold.
        replace: another file or folder of that name may be replaced.
    """

    to: str
    shape: str | None = None
    out: Path | None = None
    inputs: tuple[str, ...] = ()
    target: str | None = None
    lossy: bool = False
    replace: bool = False


def convert_file(
    source: str | Path,
    options: ConvertOptions,
    *,
    data: Data | None = None,
    root: Path | None = None,
) -> Converted:
    """Read a file of examples, write it in another shape; the source is never changed.

    Args:
        source: a file or folder, as ``etude check`` reads them.
        options: what to make of it.
        data: the task file's ``data``, for the columns of a plain table.
        root: the folder that ``source`` is relative to.

    Raises:
        UnknownName: there is no such shape.
        UsageError: the new file's name says another format, or it is there already, or the list of
            rows that are left out is.
        DataError: the source can't be read, or not one row can be written.
        MissingDependency: a library that writes such files is not installed.
        StoreError: the disk refuses; nothing is left behind.
    """
    where = Path(root or ".") / source
    return convert_table(read_table(source, root), where, options, data=data)


def convert_table(
    table: Table,
    source: Path,
    options: ConvertOptions,
    *,
    data: Data | None = None,
    kept: Sequence[Path] = (),
    notes: Sequence[str] = (),
) -> Converted:
    """What ``convert_file`` makes of a table that was read; it raises the same.

    Args:
        table: the rows.
        source: where they are from.
        options: what to make of them.
        data: the task file's ``data``.
        kept: other files that are never written to.
        notes: what to say of the rows besides.
    """
    to, kind = _wanted(options)
    found = (data or Data(examples=table.path)).model_copy(
        update={
            **({"input": options.inputs, "shape": None} if options.inputs else {}),
            **({"target": options.target, "shape": None} if options.target else {}),
        }
    )
    reading = _reading(table, found, options, to)
    if to == "trl":
        to = _TRL[reading.family if reading else "answers"]
    place = _place(source, to, kind, options, kept)
    writer: Writer = WRITERS.load(to)
    done = _write(table, reading, writer, place, kind, options)
    return replace(done, notes=(*notes, *done.notes, *moved(done, source)))


def _wanted(options: ConvertOptions) -> tuple[str, str | None]:
    """The writer's key (or ``trl``), and the kind of file that was asked for (None: any)."""
    to = ALIASES.get(options.to, options.to)
    kind = to if to in FORMATS or to in FOLDERS else None
    to = TABLE if kind is not None and to not in WRITERS else to
    if to not in WRITERS and to != "trl":
        known = [_SHORT.get(name, name) for name in WRITERS.names()]
        known = [*sorted([*known, "trl"]), *FORMATS, "dataset"]
        near = nearest(options.to, known)
        raise UnknownName(
            f"there is no shape called {options.to!r}",
            where="--to",
            expected=f"one of {', '.join(known)}",
            hint=f"did you mean --to {near}?" if near else None,
        )
    return to, kind if options.out is None else _named_kind(options.out, kind)


def _named_kind(out: Path, kind: str | None) -> str:
    """The kind of file or folder that a name stands for; one without an ending is a folder.

    Raises:
        UsageError: it stands for another kind than was asked for, or for none.
    """
    named = format_of(out.name)
    if kind in FOLDERS and named is None:
        return str(kind)
    if kind in FOLDERS:
        raise UsageError(
            f"{out.name} is a file's name, and this is a folder",
            where="--out",
            expected=f"a name that does not end in {out.suffix}",
            hint=f"--out {out.name.partition('.')[0]}{FOLDERS[str(kind)]}",
        )
    if kind is None and not out.suffix:
        return "dataset"
    if named is None or (kind is not None and named != kind):
        wanted = endings(kind)
        or_none = ", or in nothing for a saved dataset" if kind is None else ""
        raise UsageError(
            f"{out.name} is not a name for such a file",
            where="--out",
            expected=f"a name that ends in {', '.join(wanted)}{or_none}",
            hint=f"--out {out.name.partition('.')[0]}{wanted[0]}",
        )
    return named


def _reading(table: Table, data: Data, options: ConvertOptions, to: str) -> Reading | None:
    """How the table is read; None where plain columns only change the kind of their file."""
    shape = ALIASES.get(options.shape or "", options.shape)
    if shape not in (None, TABLE) and shape not in SHAPES:
        known = [*(_SHORT.get(name, name) for name in SHAPES.names()), TABLE]
        near = nearest(str(shape), known)
        raise UnknownName(
            f"there is no shape called {shape!r}",
            where="--from",
            expected=f"one of {', '.join(known)}",
            hint=f"did you mean --from {near}?" if near else None,
        )
    named = bool(options.inputs or options.target)
    try:
        found = reading_of(table, data, shape)
    except DataError as error:
        if to == TABLE and not named:
            return None
        # What tells it in a project is no help with a file alone.
        error.hint = "name the columns: --input COLUMN --target COLUMN"
        raise
    return None if found.key == TABLE and to == TABLE and not named else found


def _place(
    source: Path, to: str, kind: str | None, options: ConvertOptions, kept: Sequence[Path]
) -> Path:
    """Where the new file goes; never onto the source, onto another file only where agreed."""
    file = source
    if not file.exists() and "#" in file.name:
        file = file.with_name(file.name.rpartition("#")[0])
    place = options.out or _beside(file, to, kind, options.to)
    read = (file, *kept)
    if kind in FOLDERS:
        refuse_folder(place, read, "--out", replace=options.replace, mine=all_written)
    else:
        refuse_target(place, read, "--out", replace=options.replace)
    what = "the list of rows that are left out"
    refuse_target(_listed(place), read, "--out", replace=options.replace, what=what)
    return place


def _beside(file: Path, to: str, kind: str | None, asked: str) -> Path:
    """A name beside the source that says what is in it."""
    stem = file.resolve().name if file.is_dir() else file.name.partition(".")[0]
    stem = stem or "examples"
    if kind in FOLDERS:
        for ending in FOLDERS.values():
            stem = stem.removesuffix(ending)
        return file.resolve().parent / f"{stem}{FOLDERS[str(kind)]}"
    shown = asked if asked in ("trl", *FORMATS) else _SHORT.get(to, to)
    ending = FORMATS[kind or "jsonl"]
    # `data.csv` as CSV is another table; its name must not be the same.
    middle = "" if f".{shown}" == ending and file.suffix.lower() != ending else f".{shown}"
    return file.resolve().parent / f"{stem}{middle}{ending}"


def _listed(place: Path) -> Path:
    return place.with_name(f"{place.name}.rejects.csv")


def _write(
    table: Table,
    reading: Reading | None,
    writer: Writer,
    place: Path,
    kind: str | None,
    options: ConvertOptions,
) -> Converted:
    rejects = Rejects()
    tally = Tally()
    with _whole(place, kind, options.replace) as temp:
        with opened(temp, place.name, writer.lists, kind) as rows:
            for one in _made(table, reading, writer, rows, options.lossy):
                if isinstance(one, Tally):
                    tally = one
                else:
                    rejects.add(one)
        if not tally.converted:
            raise nothing(table, tally, writer, rejects.first)
    listed = _listed(place)
    if tally.rejected:
        atomic.write_with(listed, rejects.write)
    elif listed.exists():
        atomic.remove(listed)  # of the file that was replaced
    return Converted(
        source=table.path,
        target=place,
        rejects=listed if tally.rejected else None,
        read_as=reading.title if reading else "a plain table",
        reason=reading.reason if reading else "its columns stay as they are",
        written_as=writer.title + ", in a saved dataset" * (kind == "dataset"),
        read=tally.read,
        converted=tally.converted,
        rows=tally.rows,
        rejected=tally.rejected,
        left_out=tuple(left_out(tally, writer)),
        lost=(*lost(tally, writer), *rows.lost),
        reasons=tuple(tally.reasons.most_common(_REASONS)),
        notes=(*table.notes, *renamed(tally), *rows.notes),
        beside=tally.beside,
    )


def _whole(place: Path, kind: str | None, replace: bool) -> AbstractContextManager[Path]:
    """A place to write to, which gets its name when all is there."""
    if kind in FOLDERS:
        return atomic.folder(place, replace=replace)
    return atomic.file(place)


def _made(
    table: Table, reading: Reading | None, writer: Writer, rows: Rows, lossy: bool
) -> Iterator[Reject | Tally]:
    if reading is None:
        return copied(table, rows)
    return convert(table, reading, writer, rows, lossy=lossy)
