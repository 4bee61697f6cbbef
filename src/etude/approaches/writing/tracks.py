"""Curves that trackers wrote into a training's work folder, kept in the project: that folder does not
stay.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from etude.approaches._base import FitContext
from etude.approaches.writing.tuned import MODEL
from etude.training.lm.log import LOG_NAME
from etude.training.lm.settings import LmSettings

TRACKING = "tracking"
"""Folder of the project for TensorBoard's and others' files."""


def keep_tracks(settings: LmSettings, place: Path, name: str, context: FitContext) -> None:
    """What trackers wrote to ``place`` goes to ``tracking/<name>`` in the project; trainings of one
    name would be drawn over each other."""
    if not settings.trackers:
        return
    home = context.root / TRACKING / name
    for left in place.iterdir():
        if left.name not in (MODEL, "checkpoints", LOG_NAME):
            home.mkdir(parents=True, exist_ok=True)
            if left.is_dir():
                shutil.copytree(left, home / left.name, dirs_exist_ok=True)
            else:
                shutil.copy2(left, home / left.name)
    context.progress.say(f"The curve is in {home}.")
