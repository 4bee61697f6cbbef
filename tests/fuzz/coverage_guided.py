"""The same checks under atheris, which looks for bytes that take new ways through the code.

pip install atheris
python tests/fuzz/coverage_guided.py jsonl CORPUS -max_total_time=900
python tests/fuzz/coverage_guided.py csv CORPUS -max_total_time=900

CORPUS is a folder to keep what was found in, and may hold files to begin with.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

_FOLDERS = ("etude.data.sources", "etude.data.shapes", "etude.data.writers")


def main(args: list[str]) -> None:
    """Fuzz the reader that the first argument names; the rest goes to libFuzzer."""
    atheris: Any = importlib.import_module("atheris")
    with atheris.instrument_imports(include=["etude.data", "json", "csv"]):
        readers = importlib.import_module("tests.fuzz._readers")
        _all_that_loads_late()
    check: Callable[[bytes, Path], None] = getattr(readers, f"check_{args[1]}")
    with tempfile.TemporaryDirectory() as folder:
        atheris.Setup([args[0], *args[2:]], lambda data: check(data, Path(folder)))
        atheris.Fuzz()


def _all_that_loads_late() -> None:
    """Readers, shapes and writers load when they are needed; what is loaded after the start is not
    followed."""
    for name in _FOLDERS:
        for found in pkgutil.iter_modules(importlib.import_module(name).__path__):
            importlib.import_module(f"{name}.{found.name}")


if __name__ == "__main__":
    main(sys.argv)
