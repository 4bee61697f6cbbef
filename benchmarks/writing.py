"""A language model on public data: fields to text, text to fields, one sentence to two.

    python benchmarks/writing.py [JOB ...] [--model builtin:starter] [--rows 1000] [--holdout 300]
        [--ladder prompt finetune] [--seeds 1] [--from-scratch] [--samples 3] [--json]

Jobs: ``e2e-write`` and ``e2e-extract`` (E2E, cleaned: trained on rows of its dev part, held out
from its test part), ``wikisplit`` (trained on rows of its tune part, held out from its test part).
Each is a project in ``build/benchmarks`` that ``Project.compare`` climbs the ladder of. The holdout
is a sample drawn by ``--draw``, in E2E of different inputs. Beside the candidates stand rivals that
need no model: the input copied, the empty record, each field's most common value; and the
references themselves, which show what the checks make of people's own texts.

``--from-scratch`` trains the same shape from random weights on the same rows: the gap to it is
what the pretraining is worth. Figures are shares in per cent with their 95 % intervals over inputs.
"""

from __future__ import annotations

import argparse
import json
from typing import Any

from _runs import Setup, both, measure_each, parser
from _table import Line
from _writing_data import JOBS, Job
from _written import Column, Ran, measure, metric, slot_errors

COLUMNS: dict[str, dict[str, Column]] = {
    "e2e-write": {
        "chrF++": metric("chrf"),
        "all checks": metric("all_checks"),
        "slot errors": slot_errors,
    },
    "e2e-extract": {
        "field F1": metric("field_f1"),
        "exact": metric("exact"),
        "parse": measure("parse_rate"),
        "schema": measure("schema_rate"),
        "unsupported": measure("unsupported_values"),
    },
    "wikisplit": {
        "chrF++": metric("chrf"),
        "exact": metric("exact"),
        "two sentences": metric("all_checks"),
    },
}
PRIMARY = {"e2e-write": "chrf", "e2e-extract": "field_f1", "wikisplit": "chrf"}
"""What the gap to random weights is measured by."""


def rivals(job: Job, ran: Ran) -> list[Line]:
    """What needs no model, and the references."""
    examples, columns = ran.examples, COLUMNS[job.name]
    outputs: dict[str, list[str | None]] = {}
    if job.majority is None:
        outputs["the input copied"] = list(examples.inputs)
    else:
        records = {"the empty record": dict.fromkeys(job.majority),
                   "most common values": job.majority}  # fmt: skip
        for name, record in records.items():
            outputs[name] = [json.dumps(record, ensure_ascii=False)] * len(examples)
    outputs["the references"] = list(examples.targets)
    return [Line(name, ran.scored(found), columns) for name, found in outputs.items()]


def one_job(name: str, options: argparse.Namespace) -> dict[str, Any]:
    """Run it, print it, and give it as JSON."""
    job = JOBS[name](options.rows, options.holdout, options.draw)
    runs = both(
        Setup(
            name=name,
            write=lambda folder, keys: job.write(folder, **keys),
            columns=COLUMNS[name],
            rivals=lambda ran: rivals(job, ran),
            key=PRIMARY[name],
            seeds=options.seeds,
        ),
        options,
    )
    ran = runs.own
    print(f"\n## {name}: {len(job.train):,} training rows (draw {options.draw}), "
          f"{len(ran.examples):,} held out, {options.seeds} seed(s)")  # fmt: skip
    print(f"model: {runs.model}")
    for note in job.notes:
        print(note)
    if lost := len(job.holdout) - len(ran.examples):
        print(f"{lost} held-out rows were refused or joined: {ran.comparison.dataset.rejected} "
              "rows can't be used.")  # fmt: skip
    runs.show(options.samples)
    return {
        "job": name,
        "model": runs.model,
        "training_rows": len(job.train),
        "draw": options.draw,
        **runs.as_json(),
        "seconds": runs.seconds,
    }


def main() -> None:
    options = parser(__doc__, "job", JOBS)
    options.add_argument("--rows", type=int, default=1000, help="training rows, dev included")
    options.add_argument("--holdout", type=int, default=300, help="held-out rows")
    options.add_argument("--draw", type=int, default=0, help="seed of the draw of both")
    options.add_argument("--seeds", type=int, default=1, help="trainings, of which dev picks one")
    options.set_defaults(ladder=["prompt", "finetune"])
    measure_each(options, one_job)


if __name__ == "__main__":
    main()
