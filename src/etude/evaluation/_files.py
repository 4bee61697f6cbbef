"""Small files of a stage's unit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def made(folder: Path) -> Path:
    """The folder, there from now on."""
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def write_json(path: Path, value: dict[str, Any]) -> None:
    """For people too: indented, every letter as it is."""
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1), encoding="utf-8")


def read_json(path: Path) -> dict[str, Any]:
    """What ``write_json`` wrote."""
    stored: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return stored
