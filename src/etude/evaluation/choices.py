"""A choice of settings as a stage keeps it."""

from __future__ import annotations

import json
from pathlib import Path

from etude.approaches._base import Choice
from etude.records.candidate import Trial


def write_choice(choice: Choice, path: Path) -> None:
    """As JSON."""
    stored = {
        "settings": choice.settings,
        "dev_value": choice.dev_value,
        "trials": [trial.model_dump(mode="json") for trial in choice.trials],
        "dev_outputs": list(choice.dev_outputs),
        "dev_passages": [list(shown) for shown in choice.dev_passages],
        "notes": list(choice.notes),
        "dev_n": choice.dev_n,
    }
    path.write_text(json.dumps(stored, ensure_ascii=False, indent=1), encoding="utf-8")


def read_choice(path: Path) -> Choice:
    """What ``write_choice`` wrote."""
    stored = json.loads(path.read_text(encoding="utf-8"))
    return Choice(
        settings=stored["settings"],
        dev_value=stored["dev_value"],
        trials=tuple(Trial.model_validate(trial) for trial in stored["trials"]),
        dev_outputs=tuple(stored["dev_outputs"]),
        dev_passages=tuple(map(tuple, stored["dev_passages"])),
        notes=tuple(stored["notes"]),
        dev_n=stored.get("dev_n", 0.0),
    )
