"""Where benchmarks find public data: ``../shared/data`` beside the checkout, or ``ETUDE_DATA``.

None of it is part of the project; a benchmark that finds none says so and stops.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def data_folder(name: str) -> Path:
    """The folder of one data set; ends the program with a sentence where it is not there."""
    base = Path(os.environ.get("ETUDE_DATA", ROOT.parent / "shared" / "data"))
    folder = base / name
    if not folder.is_dir():
        sys.exit(
            f"This benchmark needs the public data set {name!r}, looked for in {folder}.\n"
            "Put it there, or set ETUDE_DATA to the folder that holds it."
        )
    return folder


def rows(path: Path) -> list[dict[str, str]]:
    """The objects of a JSONL file."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def write_rows(path: Path, found: list[dict[str, str]]) -> None:
    """Objects to a JSONL file, in their order."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in found)
    path.write_text(text, encoding="utf-8")
