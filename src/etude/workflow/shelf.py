"""Stored comparisons by name: a run's id, ``latest``, ``previous``, or a place of another checkout.

It reads what runs left on disk and changes nothing, so that a checkout that is not this project's
can be read too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from etude.data import stored
from etude.errors import DataError, StoreError, UnknownName
from etude.records.comparison import Comparison
from etude.registry import nearest
from etude.verdict.difference.whole import Told
from etude.workflow.keeping import COMPARISON, ROWS

LATEST, PREVIOUS = "latest", "previous"


@dataclass(frozen=True)
class Found:
    """A comparison and the ``.etude`` folder that it lies in; None: it is a file by itself."""

    comparison: Comparison
    folder: Path | None

    def told(self) -> Told:
        """With its answers and examples, as far as they are here."""
        if self.folder is None:
            return Told(self.comparison)
        answers = self.folder / "runs" / self.comparison.run / ROWS
        examples = self.folder / "versions" / self.comparison.dataset.id / stored.EXAMPLES
        return Told(self.comparison, _table(answers), _table(examples))


def newest(folder: Path) -> Iterator[Comparison]:
    """The comparisons of a ``.etude`` folder, newest first; read one by one."""
    for path in sorted((folder / "runs").glob(f"*/{COMPARISON}"), reverse=True):
        yield _read(path)


def find(root: Path, name: str) -> Found:
    """The comparison that ``name`` means in the project in ``root``; not for ``previous``.

    Raises:
        UnknownName: no run is called so.
        DataError: nothing was compared there.
        StoreError: its record can't be read.
    """
    own = root / ".etude"
    if name == LATEST:
        return Found(_first(own, root), own)
    if (own / "runs" / Path(name).name / COMPARISON).is_file() and Path(name).name == name:
        return Found(_read(own / "runs" / name / COMPARISON), own)
    place = Path(name)
    if place.is_file():
        return _of_file(place)
    if place.is_dir():
        return _of_folder(place)
    known = [path.parent.name for path in (own / "runs").glob(f"*/{COMPARISON}")]
    near = nearest(name, [LATEST, PREVIOUS, *known])
    raise UnknownName(
        f"there is no comparison called {name!r}",
        where=str(own / "runs"),
        expected="latest, previous, a run's id, a release, a project's folder, or a comparison.json",
        hint=f"did you mean {near}?" if near else "ls .etude/runs",
    )


def before(root: Path, new: Found) -> Found:
    """The newest comparison of this project before ``new`` that was scored on the same side.

    Raises:
        DataError: there is none.
    """
    own, made = root / ".etude", new.comparison
    for comparison in newest(own):
        older = (comparison.created, comparison.run) < (made.created, made.run)
        if older and comparison.scored_on == made.scored_on and comparison.run != made.run:
            return Found(comparison, own)
    kind = "etude compare --dev" if made.on_dev else "etude compare"
    raise DataError(
        f"there is no comparison before {made.run} that was scored on the same kind of examples "
        f"({made.scored_on})",
        where=str(own / "runs"),
        expected="two comparisons of one kind",
        hint=f"change something and run {kind} again; or name another checkout's folder",
    )


def _of_folder(place: Path) -> Found:
    if (place / COMPARISON).is_file():
        return _of_file(place / COMPARISON)
    folder = place if place.name == ".etude" else place / ".etude"
    return Found(_first(folder, place), folder)


def _of_file(path: Path) -> Found:
    """A record; where it lies in a run's folder, the tables beside it are used too."""
    comparison = _read(path)
    runs = path.resolve().parent.parent
    beside = runs.name == "runs" and path.resolve().parent.name == comparison.run
    return Found(comparison, runs.parent if beside else None)


def _first(folder: Path, where: Path) -> Comparison:
    found = next(newest(folder), None)
    if found is None:
        raise DataError(
            "nothing has been compared in this project yet",
            where=str(where),
            hint="etude compare",
        )
    return found


def _read(path: Path) -> Comparison:
    try:
        return Comparison.model_validate_json(path.read_bytes())
    except (OSError, ValueError) as error:
        raise StoreError(
            "this is no record of a comparison that can be read",
            where=str(path),
            expected="the comparison.json of a run's folder",
            hint=f"name the project's folder, or .etude/runs/ID/{COMPARISON} of it",
        ) from error


def _table(path: Path) -> pl.DataFrame | None:
    if not path.is_file():
        return None
    try:
        return pl.read_parquet(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise StoreError(
            "what a comparison left can't be read",
            where=str(path),
            hint="move the file away: the difference is then told without rows",
        ) from error
