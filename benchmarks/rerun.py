"""What a ladder costs that was climbed before, when one prompt changed since.

    python benchmarks/rerun.py [--example support-triage]

The example's whole ladder with fine-tuning is compared in a fresh copy; then again as it is; then
after a sentence is added to the task's instructions. Printed: the seconds of each, and how many
results of which stage of which rung were stored anew.
"""

from __future__ import annotations

import argparse
import json
import shutil
import time
from pathlib import Path

import etude
from _data import ROOT
from _example import copied
from _timing import say_load

ADDED = "When two would fit, take the one that has to be done first."


def stored(folder: Path) -> dict[str, str]:
    """Every stage's result that is kept, by its folder: the rung that it is of."""
    found = {}
    for file in sorted((folder / ".etude" / "cache").rglob("key.json")):
        key = json.loads(file.read_text("utf-8"))
        found[str(file.parent)] = f"{key['key'].get('rung', 'all')} ({key['stage']})"
    return found


def climbed(folder: Path) -> float:
    """Seconds that comparing took."""
    started = time.perf_counter()
    etude.open(folder).compare()
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--example", default="support-triage", help="a folder of examples/")
    asked = parser.parse_args()
    say_load()
    folder = ROOT / "build" / "benchmarks" / "rerun"
    shutil.rmtree(folder, ignore_errors=True)
    copied(asked.example, folder, {})
    before: dict[str, str] = {}
    for what in ("the first time", "again, nothing changed", "again, other instructions"):
        if what.endswith("instructions"):
            file = folder / "etude.yaml"
            text = file.read_text("utf-8")
            file.write_text(text.replace("instructions: >\n", f"instructions: >\n  {ADDED}\n", 1))
        took, now = climbed(folder), stored(folder)
        new = [rung for place, rung in now.items() if place not in before]
        rungs = ", ".join(f"{rung} {new.count(rung)}" for rung in dict.fromkeys(new)) or "nothing"
        print(f"{what:28} {took:7.1f} s; newly stored: {rungs}", flush=True)
        before = now


if __name__ == "__main__":
    main()
