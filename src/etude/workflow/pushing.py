"""A release's weights pushed to a model hub: tried like any export, and asked about before they go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from etude.errors import UsageError
from etude.releases import hub
from etude.store.disk import size_in_words
from etude.workflow.session import Place
from etude.workflow.shipping import OWN, ExportOptions, Shipped, written

Agree = Callable[[str], bool]
"""Asked, in a sentence, before anything leaves this machine."""


def push(
    session: Place, said: str, repository: str, options: ExportOptions, agree: Agree | None
) -> Shipped:
    """Push a release to the private repository ``owner/name``, made where it is missing.

    Raises:
        UsageError: nobody agreed, or this release has no such form.
        GateNotMet: the export answers otherwise, and nobody allowed that; nothing leaves.
        ModelError: the hub can't be reached or refuses.
    """
    hub.refuse_offline(repository)
    with TemporaryDirectory(prefix="etude-") as place:
        folder = Path(place) / "out"
        done = written(session, said, folder, options)
        count = sum(path.is_file() for path in folder.rglob("*"))
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        rows = ", with the examples that the candidate shows" if options.form == OWN else ""
        sentence = (
            f"{count} files ({size_in_words(size)}){rows} go to the private repository {repository} "
            f"at {hub.address()}."
        )
        session.say(sentence)
        if agree is None or not agree(sentence):
            raise UsageError(
                f"nobody agreed to send the release to {hub.address()}",
                where="--to-hub",
                hint="add --yes to agree",
            )
        address = hub.push(folder, repository)
    session.store.releases.note(
        "exported", done.name, options.command, f"pushed to {address}; {done.note}"
    )
    return replace(done, target=Path(repository))
