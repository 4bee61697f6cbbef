"""What ``etude release`` says, action by action."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from etude.cli._comparing import asking
from etude.cli._drawing import Paper
from etude.cli._opening import nearby, to_type
from etude.cli._screen import interactive, print_json
from etude.cli._shelf import Shelf
from etude.cli._typed import Typed
from etude.records.release import Base, Logged
from etude.releases.shelf import SHORT
from etude.store.disk import size_in_words
from etude.workflow.gating import sentence
from etude.workflow.release import ReleaseOptions
from etude.workflow.releases import Listed
from etude.workflow.shipping import USUAL_GB, ExportOptions

if TYPE_CHECKING:
    from etude.project import Project


@dataclass(frozen=True)
class Told:
    """How results are told."""

    as_json: bool
    quiet: bool


def made(opened: Project, candidate: str | None, typed: Typed, command: str, told: Told) -> None:
    """A candidate was sealed."""
    done = opened.release(
        candidate,
        ReleaseOptions(
            whole=typed.whole,
            alias=typed.alias,
            allow_differences=typed.allow_differences,
            confirm=asking(typed.yes, told.quiet),
            command=command,
        ),
    )
    if told.as_json:
        document = {"name": done.name, "new": done.new, "folder": str(done.folder)}
        document |= {"alias": done.alias, "replaced": done.replaced}
        document["manifest"] = done.manifest.model_dump(mode="json", by_alias=True)
        print_json({"schema": 1, **document})
        return
    paper = Paper()
    was = "sealed" if done.new else "this very release was there already"
    paper.line(f"✓ {done.name}", "bold")
    paper.prose(f"{done.manifest.candidate}, {was}, in {nearby(done.folder)}.")
    if done.alias is not None:
        before = f" (before: {done.replaced[:SHORT]})" if done.replaced else ""
        paper.prose(f"{done.alias} stands for it now{before}.")
        paper.command(
            "Answer with it:", to_type(f"etude predict --release {done.alias}", opened.root)
        )
    else:
        typed_next = f"etude release alias {done.name[:SHORT]} production"
        paper.command("Put it to work:", to_type(typed_next, opened.root))


def listed(opened: Shelf, told: Told) -> None:
    """Every release."""
    found = opened.releases.every()
    if told.as_json:
        print_json({"schema": 1, "releases": [one.to_json() for one in found]})
        return
    paper = Paper()
    if not found:
        paper.line("No releases yet.")
        typed = "etude release" if opened.has_task else "etude release import FILE"
        paper.command(
            "Make one:" if opened.has_task else "Bring one in:", to_type(typed, opened.root)
        )
    for one in found:
        paper.line(_line(one), "bold" if one.aliases else "")


def _line(one: Listed) -> str:
    what = one.manifest.candidate if one.manifest else "its manifest can't be read"
    when = (one.since or "").replace("T", " ").removesuffix("Z")
    came = "imported" if one.imported else "made"
    aliases = f"  [{', '.join(one.aliases)}]" if one.aliases else ""
    return f"{one.name[:SHORT]}  {what}  {came} {when or 'before this log'}{aliases}"


def shown(opened: Shelf, name: str, told: Told) -> None:
    """What one release is."""
    _show(opened.releases.show(name), told, verified=False)


def verified(opened: Shelf, name: str, told: Told) -> None:
    """Every file of a release is as it was made."""
    _show(opened.releases.verify(name), told, verified=True)


def _show(one: Listed, told: Told, *, verified: bool) -> None:
    manifest = one.manifest
    assert manifest is not None
    if told.as_json:
        document: dict[str, Any] = {"schema": 1, **one.to_json(), "verified": verified or None}
        print_json(document | {"manifest": manifest.model_dump(mode="json", by_alias=True)})
        return
    paper = Paper()
    paper.line(one.name, "bold")
    if verified:
        paper.line(f"✓ {len(manifest.files):,} files, each as it was made.")
        return
    paper.line(f"  task       {manifest.task} ({manifest.kind})")
    paper.line(f"  candidate  {manifest.candidate} ({manifest.plain_name})")
    paper.line(f"  model      {_model(manifest.base)}")
    if manifest.lookup is not None:
        paper.line(f"  look-up    {_model(manifest.lookup)}")
    paper.line(f"  size       {size_in_words(one.bytes)} in {len(manifest.files):,} files")
    paper.line(f"  examples   {manifest.dataset}, compared in {manifest.comparison}")
    paper.line(f"  aliases    {', '.join(one.aliases) or 'none'}")
    for leg in manifest.parity.legs:
        paper.prose(f"  {sentence(leg)}", rest="  ")
    if manifest.parity.allowed and not manifest.parity.same:
        paper.prose("! The differences were allowed when it was made.", rest="  ")


def _model(base: Base) -> str:
    name = base.reference.name
    if base.reference.openai is not None:
        return f"{name}, an endpoint at {base.reference.openai.base_url}"
    where = "copied into the release" if base.place else "found by its name"
    return f"{name}, {where}, hash {(base.hash or '')[:SHORT]}"


def exported(opened: Shelf, given: list[str], typed: Typed, command: str, told: Told) -> None:
    """A release went to a folder, an archive or a hub."""
    chosen = ExportOptions(typed.form, typed.precision, typed.allow_differences, command)
    if typed.hub is not None:
        done = opened.releases.push(given[0], typed.hub, chosen, _agreeing(typed.yes))
    else:
        done = opened.releases.export(given[0], Path(given[1]), chosen)
    where = str(done.target) if typed.hub is not None else nearby(done.target)
    if told.as_json:
        parity = done.parity.model_dump(mode="json") if done.parity else None
        document = {"name": done.name, "form": done.form, "target": where, "parity": parity}
        print_json({"schema": 1, **document})
        return
    print(where)


def _agreeing(yes: bool) -> Callable[[str], bool] | None:
    """How a person agrees to send files; None where there is nobody to ask."""
    if yes:
        return lambda sentence: True
    if not interactive():
        return None
    return lambda sentence: bool(typer.confirm("Send them?", default=False, err=True))


def imported(opened: Shelf, source: Path, typed: Typed, command: str, told: Told) -> None:
    """A release was brought in."""
    most = typed.most_gb if typed.most_gb is not None else USUAL_GB
    done = opened.releases.bring_in(
        source, most_gb=most, allow_code=typed.allow_code, command=command
    )
    if told.as_json:
        document = {"name": done.name, "new": done.new, "folder": str(done.folder)}
        print_json({"schema": 1, **document})
        return
    paper = Paper()
    was = "" if done.new else " It was here already."
    paper.line(f"✓ {done.name}", "bold")
    paper.prose(
        f"{done.manifest.candidate} for {done.manifest.task}: every file is as it was made.{was}"
    )
    short = done.name[:SHORT]
    if opened.has_task:
        paper.command("Try it:", to_type(f'etude predict --release {short} "a text"', opened.root))
    else:
        put = f"etude release alias {short} production"
        paper.command("Put it to work, then etude serve:", to_type(put, opened.root))


def moved(opened: Shelf, name: str, alias: str, command: str, told: Told) -> None:
    """An alias was moved."""
    release, before = opened.releases.move(name, alias, command)
    _alias(alias, before, release, told)


def unaliased(opened: Shelf, alias: str, command: str, told: Told) -> None:
    """An alias was taken away."""
    _alias(alias, opened.releases.remove_alias(alias, command), None, told)


def rolled_back(opened: Shelf, command: str, told: Told) -> None:
    """Production went back."""
    left, now = opened.releases.rollback(command)
    _alias("production", left, now, told)


def _alias(alias: str, before: str | None, after: str | None, told: Told) -> None:
    if told.as_json:
        print_json({"schema": 1, "alias": alias, "before": before, "after": after})
        return
    was = f" (before: {before[:SHORT]})" if before and before != after else ""
    now = f"stands for {after[:SHORT]}" if after else "stands for nothing"
    Paper().line(f"✓ {alias} {now}{was}", "bold")


def logged(opened: Shelf, told: Told) -> None:
    """Everything that happened to releases."""
    found = opened.releases.log()
    if told.as_json:
        print_json({"schema": 1, "log": [line.model_dump(mode="json") for line in found]})
        return
    paper = Paper()
    for line in found:
        paper.line(_logged(line))
    if not found:
        paper.line("Nothing has happened yet.")


def _logged(line: Logged) -> str:
    before, after = (line.before or "nothing")[:SHORT], (line.after or "nothing")[:SHORT]
    what = f"{line.event} {after}"
    if line.alias is not None:
        what = f"{line.alias}: {before} → {after}"
    note = f"  ({line.note})" if line.note else ""
    return f"{line.time.replace('T', ' ').removesuffix('Z')}  {what}{note}  by: {line.command}"
