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
import shlex
import shutil
import sys
from pathlib import Path
from typing import Any

from _data import ROOT
from _scratch import from_scratch
from _timing import say_load
from _writing_data import JOBS, Job
from _written import (
    TRAINED,
    Column,
    Line,
    Ran,
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
    slot_errors,
)

SCRATCH_SEED = 0
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


def compared(job: Job, model: str, ladder: list[str], label: str, options: Any) -> Ran:
    """One comparison in a folder of its own, begun anew unless ``--resume``."""
    folder = ROOT / "build" / "benchmarks" / f"{job.name}-{label}"
    if not options.resume:
        shutil.rmtree(folder, ignore_errors=True)
    training = {"training": json.loads(options.training)} if options.training else {}
    job.write(folder, models=[model], ladder=ladder, **training)
    return run(folder, quick=False, seeds=options.seeds)


def one_job(name: str, options: Any) -> dict[str, Any]:
    """Run it, print it, and give it as JSON."""
    job = JOBS[name](options.rows, options.holdout, options.draw)
    model = options.model
    if not model.startswith("builtin:"):
        model = str(Path(model).expanduser().resolve())
    ran = compared(job, model, options.ladder, Path(model).name.replace(":", "-"), options)
    lines = [*rivals(job, ran), *lines_of(ran, COLUMNS[name])]
    pairs, seconds = [], ran.seconds
    if options.from_scratch:
        random = from_scratch(model, SCRATCH_SEED, ROOT / "build" / "benchmarks" / "scratch")
        rungs = [rung for rung in options.ladder if rung in TRAINED]
        scratch = compared(job, str(random), rungs, "scratch", options)
        lines += lines_of(scratch, COLUMNS[name], ", random weights")
        pairs = gap(ran, scratch, PRIMARY[name])
        seconds += scratch.seconds
    print(f"\n## {name}: {len(job.train):,} training rows (draw {options.draw}), "
          f"{len(ran.examples):,} held out, {options.seeds} seed(s)")  # fmt: skip
    print(f"model: {model_line(model)}")
    for note in job.notes:
        print(note)
    if lost := len(job.holdout) - len(ran.examples):
        print(f"{lost} held-out rows were refused or joined: {ran.comparison.dataset.rejected} "
              "rows can't be used.")  # fmt: skip
    show(lines)
    show_gap(pairs)
    print(f"verdict: {ran.comparison.verdict.sentence}")
    print(machine_line(ran.comparison, seconds))
    show_samples(lines_of(ran, COLUMNS[name])[-1], options.samples)
    return {
        "job": name,
        "model": model_line(model),
        "training_rows": len(job.train),
        "draw": options.draw,
        "lines": [line.as_json() for line in lines],
        "gap": [pair.model_dump(mode="json") for pair in pairs],
        "seconds": seconds,
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("jobs", nargs="*", metavar="JOB", help=", ".join(JOBS))
    parser.add_argument("--model", default="builtin:starter", help="or a local folder")
    parser.add_argument("--rows", type=int, default=1000, help="training rows, dev included")
    parser.add_argument("--holdout", type=int, default=300, help="held-out rows")
    parser.add_argument("--draw", type=int, default=0, help="seed of the draw of both")
    parser.add_argument("--ladder", nargs="+", default=["prompt", "finetune"])
    parser.add_argument("--seeds", type=int, default=1, help="trainings, of which dev picks one")
    parser.add_argument("--training", help="as in etude.yaml: '{\"learning_rate\": 0.001}'")
    parser.add_argument("--from-scratch", action="store_true", help="also from random weights")
    parser.add_argument("--samples", type=int, default=3, help="answers to print")
    parser.add_argument("--resume", action="store_true", help="go on with what an earlier run left")
    parser.add_argument("--json", type=Path, help="write all figures here")
    options = parser.parse_args()
    if unknown := set(options.jobs) - set(JOBS):
        parser.error(f"no such job: {', '.join(sorted(unknown))}")
    print("command: python " + shlex.join(sys.argv))
    say_load()
    found = [one_job(name, options) for name in options.jobs or JOBS]
    if options.json:
        options.json.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
