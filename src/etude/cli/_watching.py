"""``etude compare --watch``: compare on dev, and again at every change, until Ctrl-C.

What a change does not touch comes from what is stored. A task file that is broken in the middle of
an edit shows its problems, and the wait goes on.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from etude.cli import _failures
from etude.cli._opening import TASK_FILE, find, nearby, open_project
from etude.cli._screen import note
from etude.errors import EtudeError, Interrupted

if TYPE_CHECKING:
    from etude.project import CompareOptions
    from etude.records.comparison import Comparison
    from etude.workflow.watched import Watched

PAUSE = 0.5
"""Seconds between two looks at the files."""


def watching(named: Path | None, options: CompareOptions, quiet: bool) -> None:
    """Compare, wait for a change, compare again.

    Raises:
        UsageError: there is no project.
        Interrupted: Ctrl-C in the middle of a comparison; while waiting it just ends.
    """

    root = find(named)
    rounds = Rounds(root, options, quiet)
    while True:
        try:
            rounds.go()
        except Interrupted:
            raise
        except EtudeError as error:
            _failures.told(error, as_json=False)
        note(f"Watching {len(rounds.watched.seen)} files; Ctrl-C ends it.")
        try:
            changed = _wait(rounds.watched)
        except KeyboardInterrupt:
            note("Stopped watching.")
            return
        note(f"\nChanged: {', '.join(nearby(path) for path in changed)}")


def _wait(watched: Watched) -> tuple[Path, ...]:
    while not (changed := watched.look()):
        time.sleep(PAUSE)
    return changed


class Rounds:
    """One comparison after another: the first is shown whole, the others by what changed.

    Files are looked at before the work, so that what changes during it is seen right after.
    """

    def __init__(self, root: Path, options: CompareOptions, quiet: bool) -> None:
        from etude.workflow.watched import Watched

        self.root, self.options, self.quiet = root, options, quiet
        self.watched = Watched()
        self.watched.also([root.absolute() / TASK_FILE])
        self.last: Comparison | None = None

    def go(self) -> None:
        """Compare and show.

        Raises:
            EtudeError: the task file, the examples or a model; what was shown last stands.
        """
        opened = open_project(self.root, self.quiet)
        self.watched.also(opened.files())
        comparison = opened.compare(self.options)
        from etude.cli._comparison import show_rows
        from etude.cli._difference import show_brief
        from etude.cli._drawing import Paper

        paper = Paper()
        if self.last is None:
            show_rows(paper, comparison)
            paper.prose(comparison.verdict.sentence, style="bold")
        else:
            show_brief(paper, opened.diff(self.last.run, comparison.run))
        self.last = comparison
