"""An example project copied for a benchmark, with another model or ladder put in its task file."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from _data import ROOT

EXAMPLES = ("librarian", "order-extract", "brand-voice")


def copied(name: str, folder: Path, changed: Mapping[str, Any]) -> Path:
    """``examples/<name>`` in ``folder`` without its results; ``changed`` are top-level keys that
    stand on one line of its task file."""
    ignored = shutil.ignore_patterns(".etude", "report.html", "rows.html")
    shutil.copytree(ROOT / "examples" / name, folder, ignore=ignored, dirs_exist_ok=True)
    file = folder / "etude.yaml"
    keys = tuple(f"{key}:" for key in changed)
    lines = [one for one in file.read_text("utf-8").splitlines() if not one.startswith(keys)]
    lines += [f"{key}: {json.dumps(value)}" for key, value in changed.items()]
    file.write_text("\n".join(lines) + "\n", "utf-8")
    return folder
