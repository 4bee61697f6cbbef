"""What the benchmarks of projects that write share: their options, both runs, print and JSON.

A run is a comparison with the model's own weights and, with ``--from-scratch``, another of the same
project with random ones. What is compared and what is measured is each benchmark's own.
"""

from __future__ import annotations

import argparse
import json
import shlex
import shutil
import sys
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from _data import ROOT
from _scratch import from_scratch
from _table import Line, lines_of, show, show_gap, show_samples
from _timing import say_load
from _written import Column, Ran, run
from etude.evaluation.pairs import compare_pairs
from etude.models.opening import open_model
from etude.records.task import ModelRef
from etude.records.verdict import Pair

BUILD = ROOT / "build" / "benchmarks"
SCRATCH_SEED = 0
TRAINED = ("finetune", "finetune_retrieval")
"""Rungs that make sense from random weights."""


@dataclass(frozen=True)
class Setup:
    """A project to compare, and what its answers are measured by.

    ``name``: of its folder; ``write`` puts it into a folder, with these keys in its task file.
    ``columns`` and ``rivals``: the table's, the latter its lines that need no model. ``key``: the
    metric of the gap to random weights; ``None``: the task's own.
    """

    name: str
    write: Callable[[Path, dict[str, Any]], Path]
    columns: dict[str, Column]
    rivals: Callable[[Ran], list[Line]]
    key: str | None = None
    quick: bool = False
    seeds: int | None = None


@dataclass(frozen=True)
class Runs:
    """What was found: ``model`` with its size and fingerprint, so that a figure can be traced;
    ``highest``, the line of the highest rung with the model's own weights."""

    model: str
    own: Ran
    lines: list[Line]
    highest: Line
    gap: list[Pair]
    seconds: float

    def show(self, samples: int, asked: str | None = None) -> None:
        """The table, the gap, what is ``asked`` for, the verdict, the machine, some answers."""
        show(self.lines)
        show_gap(self.gap)
        if asked:
            print(asked)
        comparison = self.own.comparison
        print(f"verdict: {comparison.verdict.sentence}")
        machine = comparison.machine
        print(f"{self.seconds:.0f} s on {machine.processor}, {machine.cores} cores")
        show_samples(self.highest, samples)

    def as_json(self) -> dict[str, Any]:
        """For ``--json``."""
        return {
            "lines": [line.as_json() for line in self.lines],
            "gap": [pair.model_dump(mode="json") for pair in self.gap],
        }


def both(setup: Setup, options: argparse.Namespace) -> Runs:
    """Compare, with random weights as well where ``options`` ask for them."""
    model = options.model
    if not model.startswith("builtin:"):
        model = str(Path(model).expanduser().resolve())
    keys: dict[str, Any] = {"models": [model]}
    if options.ladder:
        keys["ladder"] = options.ladder
    if options.training:
        keys["training"] = json.loads(options.training)
    own = _compared(setup, Path(model).name.replace(":", "-"), keys, options.resume)
    ours = lines_of(own, setup.columns)
    lines = [*setup.rivals(own), *ours]
    pairs, seconds = [], own.seconds
    if options.from_scratch:
        random = from_scratch(model, SCRATCH_SEED, BUILD / "scratch")
        task = own.comparison.task
        rungs = [rung for rung in task.ladder if rung in TRAINED]
        again = {**keys, "models": [str(random)], "ladder": rungs}
        scratch = _compared(setup, "scratch", again, options.resume)
        lines += lines_of(scratch, setup.columns, ", random weights")
        pairs = _gap(own, scratch, setup.key or task.bar.metric)
        seconds += scratch.seconds
    return Runs(_model_line(model), own, lines, ours[-1], pairs, seconds)


def _compared(setup: Setup, label: str, keys: dict[str, Any], resume: bool) -> Ran:
    """One comparison in a folder of its own, begun anew unless ``resume``."""
    folder = BUILD / f"{setup.name}-{label}"
    if not resume:
        shutil.rmtree(folder, ignore_errors=True)
    return run(setup.write(folder, keys), quick=setup.quick, seeds=setup.seeds)


def _gap(ran: Ran, scratch: Ran, key: str) -> list[Pair]:
    """The same rung with the model's own weights and from random ones, on the same examples."""
    if ran.examples.ids != scratch.examples.ids:
        return []
    ours = {name.partition("@")[0]: out for name, out in ran.outputs.items()}
    pairs = []
    for name, outputs in scratch.outputs.items():
        rung = name.partition("@")[0]
        if rung in ours:
            both = {
                f"{rung} from random weights": scratch.scored(outputs),
                rung: ran.scored(ours[rung]),
            }
            pairs += compare_pairs(both, key, ran.judge.task.bar.margin)
    return pairs


def _model_line(name: str) -> str:
    model: Any = open_model(ModelRef(name=name))
    return f"{name} ({model.parameters:,} parameters, fingerprint {model.fingerprint})"


def parser(about: str, what: str, names: Collection[str]) -> argparse.ArgumentParser:
    """The options that all of these benchmarks take; ``what`` they are given the names of."""
    found = argparse.ArgumentParser(
        description=about, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    found.add_argument("names", nargs="*", metavar=what.upper(), help=", ".join(names))
    found.add_argument("--model", default="builtin:starter", help="or a local folder")
    found.add_argument("--ladder", nargs="+", help="in place of the task's own")
    found.add_argument("--training", help="as in etude.yaml: '{\"learning_rate\": 0.001}'")
    found.add_argument("--from-scratch", action="store_true", help="also from random weights")
    found.add_argument("--samples", type=int, default=3, help="answers to print")
    found.add_argument("--resume", action="store_true", help="go on with what an earlier run left")
    found.add_argument("--json", type=Path, help="write all figures here")
    found.set_defaults(what=what, known=tuple(names))
    return found


def measure_each(
    found: argparse.ArgumentParser, one: Callable[[str, argparse.Namespace], dict[str, Any]]
) -> None:
    """Read the options, measure each that they name, or all, and keep the figures."""
    options = found.parse_args()
    if unknown := set(options.names) - set(options.known):
        found.error(f"no such {options.what}: {', '.join(sorted(unknown))}")
    print("command: python " + shlex.join(sys.argv))
    say_load()
    figures = [one(name, options) for name in options.names or options.known]
    if options.json:
        text = json.dumps(figures, ensure_ascii=False, indent=1)
        options.json.write_text(text + "\n", "utf-8")
