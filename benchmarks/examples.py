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
from typing import Any

from _example import EXAMPLES, copied
from _runs import Setup, both, measure_each, parser
from _table import Line
from _written import Column, first_line, measure, metric

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


def one_example(name: str, options: argparse.Namespace) -> dict[str, Any]:
    """Run it, print it, and give it as JSON."""
    columns = COLUMNS[name]
    runs = both(
        Setup(
            name=f"example-{name}",
            write=lambda folder, keys: copied(name, folder, keys),
            columns=columns,
            rivals=lambda ran: [Line("the references", ran.scored(ran.examples.targets), columns)],
            quick=options.quick,
        ),
        options,
    )
    ran, bar = runs.own, runs.own.comparison.task.bar
    print(f"\n## {name}: {ran.comparison.dataset.rows:,} examples, {len(ran.examples):,} scored, "
          f"{ran.comparison.folds_scored} fold(s)")  # fmt: skip
    print(f"model: {runs.model}")
    mark = bar.at_least
    asked = f"asked for: {bar.metric} of {100 * mark:.0f} % or more" if mark else "no mark"
    runs.show(options.samples, asked)
    return {
        "example": name,
        "model": runs.model,
        "quick": options.quick,
        "at_least": mark,
        **runs.as_json(),
        "verdict": ran.comparison.verdict.model_dump(mode="json"),
        "seconds": runs.seconds,
    }


def main() -> None:
    options = parser(__doc__, "example", EXAMPLES)
    options.add_argument("--quick", action="store_true", help="one fold of five")
    measure_each(options, one_example)


if __name__ == "__main__":
    main()
