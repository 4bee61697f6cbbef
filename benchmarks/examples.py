"""The example projects that write, from first to last: how good each rung is, and at what cost.

    python benchmarks/examples.py [librarian order-extract brand-voice] [--quick]
        [--model builtin:starter] [--ladder RUNG ...] [--training JSON] [--from-scratch] [--resume]
        [--json FILE]

Each is copied to ``build/benchmarks`` and compared as ``etude compare`` would: by cross-fitting, so
that every example is scored by a candidate that has not seen it; ``--quick`` scores one fold of
five. Printed: the task's own metric beside the least that the task asks for, for librarian the
share of answers whose title is copied letter for letter, tokens of prompt and answer, latency and
minutes. ``--from-scratch`` fine-tunes the same shape from random weights as well. Figures are
shares in per cent with their 95 % intervals.
"""

from __future__ import annotations

import argparse
import json
import shlex
import shutil
import sys
from pathlib import Path
from typing import Any

from _data import ROOT
from _example import EXAMPLES, copied
from _scratch import from_scratch
from _timing import say_load
from _written import (
    TRAINED,
    Column,
    Line,
    Ran,
    first_line,
    gap,
    lines_of,
    machine_line,
    measure,
    metric,
    model_line,
    run,
    show,
    show_gap,
    show_samples,
)

SCRATCH_SEED = 0
COLUMNS: dict[str, dict[str, Column]] = {
    "librarian": {
        "all checks": metric("all_checks"),
        "title copied": first_line("title", "Title: "),
        "chrF++": metric("chrf"),
    },
    "order-extract": {
        "field F1": metric("field_f1"),
        "exact": metric("exact"),
        "schema": measure("schema_rate"),
        "unsupported": measure("unsupported_values"),
    },
    "brand-voice": {"all checks": metric("all_checks"), "chrF++": metric("chrf")},
}


def compared(name: str, label: str, changed: dict[str, Any], options: Any) -> Ran:
    """One comparison in a folder of its own, begun anew unless ``--resume``."""
    folder = ROOT / "build" / "benchmarks" / f"example-{name}-{label}"
    if not options.resume:
        shutil.rmtree(folder, ignore_errors=True)
    return run(copied(name, folder, changed), quick=options.quick, seeds=None)


def one_example(name: str, options: Any) -> dict[str, Any]:
    """Run it, print it, and give it as JSON."""
    model = options.model
    if not model.startswith("builtin:"):
        model = str(Path(model).expanduser().resolve())
    changed: dict[str, Any] = {"models": [model]}
    if options.ladder:
        changed["ladder"] = options.ladder
    if options.training:
        changed["training"] = json.loads(options.training)
    ran = compared(name, Path(model).name.replace(":", "-"), changed, options)
    task, columns = ran.comparison.task, COLUMNS[name]
    lines = [
        Line("the references", ran.scored(ran.examples.targets), columns),
        *lines_of(ran, columns),
    ]
    pairs, seconds = [], ran.seconds
    if options.from_scratch:
        random = from_scratch(model, SCRATCH_SEED, ROOT / "build" / "benchmarks" / "scratch")
        rungs = [rung for rung in task.ladder if rung in TRAINED]
        again = {**changed, "models": [str(random)], "ladder": rungs}
        scratch = compared(name, "scratch", again, options)
        lines += lines_of(scratch, columns, ", random weights")
        pairs = gap(ran, scratch, task.bar.metric)
        seconds += scratch.seconds
    print(f"\n## {name}: {ran.comparison.dataset.rows:,} examples, {len(ran.examples):,} scored, "
          f"{ran.comparison.folds_scored} fold(s)")  # fmt: skip
    print(f"model: {model_line(model)}")
    show(lines)
    show_gap(pairs)
    mark = task.bar.at_least
    print(f"asked for: {task.bar.metric} of {100 * mark:.0f} % or more" if mark else "no mark")
    print(f"verdict: {ran.comparison.verdict.sentence}")
    print(machine_line(ran.comparison, seconds))
    show_samples(lines_of(ran, columns)[-1], options.samples)
    return {
        "example": name,
        "model": model_line(model),
        "quick": options.quick,
        "at_least": mark,
        "lines": [line.as_json() for line in lines],
        "gap": [pair.model_dump(mode="json") for pair in pairs],
        "verdict": ran.comparison.verdict.model_dump(mode="json"),
        "seconds": seconds,
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("examples", nargs="*", metavar="EXAMPLE", help=", ".join(EXAMPLES))
    parser.add_argument("--model", default="builtin:starter", help="or a local folder")
    parser.add_argument("--quick", action="store_true", help="one fold of five")
    parser.add_argument("--ladder", nargs="+", help="in place of the example's own")
    parser.add_argument("--training", help="as in etude.yaml: '{\"learning_rate\": 0.001}'")
    parser.add_argument("--from-scratch", action="store_true", help="also from random weights")
    parser.add_argument("--samples", type=int, default=3, help="answers to print")
    parser.add_argument("--resume", action="store_true", help="go on with what an earlier run left")
    parser.add_argument("--json", type=Path, help="write all figures here")
    options = parser.parse_args()
    if unknown := set(options.examples) - set(EXAMPLES):
        parser.error(f"no such example: {', '.join(sorted(unknown))}")
    print("command: python " + shlex.join(sys.argv))
    say_load()
    found = [one_example(name, options) for name in options.examples or EXAMPLES]
    if options.json:
        options.json.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
