"""The same checks under atheris, which looks for bytes that take new ways through the code.

pip install atheris
python tests/fuzz/coverage_guided.py jsonl -max_total_time=600
python tests/fuzz/coverage_guided.py csv -max_total_time=600
"""

from __future__ import annotations

import importlib
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))


def main(args: list[str]) -> None:
    """Fuzz the reader that the first argument names; the rest goes to libFuzzer."""
    atheris: Any = importlib.import_module("atheris")
    with atheris.instrument_imports(include=["etude.data", "json", "csv"]):
        readers = importlib.import_module("tests.fuzz._readers")
    check: Callable[[bytes, Path], None] = getattr(readers, f"check_{args[1]}")
    with tempfile.TemporaryDirectory() as folder:
        atheris.Setup([args[0], *args[2:]], lambda data: check(data, Path(folder)))
        atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv)
