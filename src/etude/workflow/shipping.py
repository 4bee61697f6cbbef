"""Releases on their way: out to a folder, an archive or another engine, and in from one."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from etude.errors import MissingDependency, StoreError, UsageError
from etude.records.release import Leg, Parity, ReleaseManifest, name_of
from etude.releases import making, packing, parity, shelf
from etude.releases.contents import (
    MANIFEST,
    MOST_MANIFEST_BYTES,
    has_code,
    parse_manifest,
    verify,
)
from etude.releases.exports._base import ExportFormat, export_format
from etude.releases.loading import Release
from etude.store import atomic
from etude.store.disk import size_in_words, storing
from etude.workflow.evaluated import of_release
from etude.workflow.gating import hold, sentence
from etude.workflow.loading import load_release, scorecard_of
from etude.workflow.rounding import no_worse
from etude.workflow.session import Place
from etude.workflow.ways import LOADED, handed_over_at, held_inputs

OWN = "release"
"""The form that another project imports: the release, byte for byte."""
USUAL_GB = 20.0
CARD = "README.md"


@dataclass(frozen=True)
class ExportOptions:
    """``form``: "release", or one of ``releases.exports``; ``precision``: of a GGUF file's numbers."""

    form: str = OWN
    precision: str | None = None
    allow_differences: bool = False
    command: str = "Project.export_release"


@dataclass(frozen=True)
class Shipped:
    """What was written where; ``parity`` is None where the bytes are the release's own."""

    name: str
    target: Path
    form: str
    parity: Parity | None

    @property
    def note(self) -> str:
        """For the log: the form, and how it answered."""
        legs = self.parity.legs if self.parity is not None else ()
        told = "; ".join(sentence(leg) for leg in legs)
        return f"{self.form}: {told}" if told else self.form


def export_release(session: Place, said: str, target: Path, options: ExportOptions) -> Shipped:
    """Write a release to ``target``, which must be free, and note it in the log.

    Raises:
        UnknownName: there is no such release, or no such form.
        UsageError: ``target`` is taken or looks like an archive that is not written, or this release
            has no such form.
        StoreError: the release is damaged.
        GateNotMet: the export answers otherwise, and nobody allowed that; nothing is written.
    """
    done = written(session, said, target, options)
    session.store.releases.note("exported", done.name, options.command, done.note)
    return done


def written(session: Place, said: str, target: Path, options: ExportOptions) -> Shipped:
    """As ``export_release``, and the log says nothing of it yet."""
    packing.refuse_taken(target)
    packing.refuse_other_archive(target)
    if options.form == OWN:
        return _own(session, said, target, options)
    form = export_format(options.form)
    if packing.is_archive(target):
        raise UsageError(
            "only the form release is packed", where=str(target), expected="a folder's name"
        )
    release = load_release(session, said)
    reason = form.why_not(release)
    if reason is not None:
        raise UsageError(reason, where=f"--format {form.key}", hint="--format release")
    with atomic.folder(target.absolute()) as temp:
        form.write(release, temp, options.precision)
        shutil.copyfile(release.folder / making.MODEL_CARD, temp / CARD)
        found, compared = tried(session, release, form, temp, options.allow_differences)
        hold(found, compared, session.say)
    return Shipped(release.name, target, form.key, found)


def _own(session: Place, said: str, target: Path, options: ExportOptions) -> Shipped:
    """The release itself: the same bytes answer the same."""
    if options.precision is not None:
        raise UsageError(
            "a release is exported as it is", where="--precision", expected="--format gguf with it"
        )
    if options.allow_differences:
        raise UsageError(
            "a release is exported as it is, so nothing can differ",
            where="--allow-differences",
            expected="--format peft, merged or gguf with it",
        )
    releases = session.store.releases
    name = named(session, said)
    folder = releases.folder / name
    verify(folder)
    if packing.is_archive(target):
        packing.pack(folder, target)
    else:
        with atomic.folder(target.absolute()) as temp:
            shutil.copytree(folder, temp, dirs_exist_ok=True)
            verify(temp, name)
    return Shipped(name, target, OWN, None)


def named(session: Place, said: str) -> str:
    """The whole name of the release that a person means.

    Raises:
        UnknownName: there is none.
    """
    releases = session.store.releases
    return shelf.find(releases.folder, releases.aliases(), said)


def tried(
    session: Place, release: Release, form: ExportFormat, folder: Path, allowed: bool
) -> tuple[Parity, tuple[parity.Compared, ...]]:
    """The held-out inputs through what was written in ``folder``, held against the release; where the
    same weights must answer, both against what the comparison wrote down, where that is still here.

    The threshold for handing over is no other engine's: only where the same weights must answer is a
    score held against it.
    """
    name = f"the {form.plain_name}"
    try:
        held = held_inputs(session, release.manifest.dataset)
    except StoreError:
        why = "the examples that it was made with are not in this project"
        return _untried(name, form, why, allowed), ()
    expected = release.answer(held)
    threshold = handed_over_at(scorecard_of(release))
    before: list[parity.Compared] = []
    evaluated = of_release(session, release.manifest, held) if form.exact else None
    if evaluated is not None:
        before.append(parity.compare(LOADED, evaluated, expected, threshold))
        expected = parity.with_scores(evaluated, expected)
    try:
        with form.answering(release, folder) as model:
            other = release.answering_by(model)
            found = other.answer(list(held))
            compared = parity.compare(name, expected, found, threshold if form.exact else None)
            if not form.exact and compared.differences:
                compared = no_worse(session, release, other.answer, compared)
    except MissingDependency as error:
        return _untried(name, form, f"{error.found} ({error.hint})", allowed), ()
    every = (*before, compared)
    return Parity(inputs=len(held), legs=tuple(one.leg for one in every), allowed=allowed), every


def _untried(name: str, form: ExportFormat, why: str, allowed: bool) -> Parity:
    leg = Leg(name=name, inputs=0, differing=0, exact=form.exact, note=why)
    return Parity(inputs=0, legs=(leg,), allowed=allowed)


@dataclass(frozen=True)
class Imported:
    """A release that was brought in; ``new`` is False where the very same was there already."""

    name: str
    folder: Path
    manifest: ReleaseManifest
    new: bool


def import_release(
    session: Place,
    source: Path,
    *,
    most_gb: float = USUAL_GB,
    allow_code: bool = False,
    command: str = "Project.import_release",
) -> Imported:
    """Bring in a release from a folder or an archive; every file is held against its manifest.

    Raises:
        StoreError: it is damaged, too large, or holds what it should not; nothing is kept.
        UsageError: it holds functions that would be run, and nobody allowed that.
    """
    releases, most_bytes = session.store.releases, int(most_gb * 1e9)
    if not source.exists():
        raise UsageError(
            "there is nothing there", where=str(source), expected="a folder or archive"
        )
    with making.staged(releases.folder) as temp:
        if source.is_dir():
            data = _copied(source, temp, most_bytes)
        else:
            data = packing.unpack(source, temp, most_bytes)
        manifest = parse_manifest(data, str(source))
        if has_code(manifest) and not allow_code:
            code = [name for name in manifest.files if name.endswith(".py")]
            raise UsageError(
                f"the release brings functions that would be run here: {', '.join(code)}",
                where=str(source),
                expected="a release from somebody whose code you would run",
                hint="read them first; then add --allow-code",
            )
        folder, new = making.seal(temp, data, releases.folder)
    if new:
        releases.note("imported", folder.name, command, source.name)
    return Imported(folder.name, folder, manifest, new)


def _copied(source: Path, temp: Path, most_bytes: int) -> bytes:
    path = source / MANIFEST
    with storing(source):
        if not path.is_file() or path.is_symlink() or path.stat().st_size > MOST_MANIFEST_BYTES:
            raise StoreError(
                "this folder is no release",
                where=str(source),
                expected=f"a {MANIFEST} of at most {size_in_words(MOST_MANIFEST_BYTES)} in it",
                hint="etude release export makes one",
            )
        data = path.read_bytes()
    manifest = parse_manifest(data, str(path))
    packing.refuse_large(manifest, most_bytes, source)
    verify(source, name_of(data))
    with storing(temp):
        for name in manifest.files:
            (temp / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / name, temp / name)
    return data
