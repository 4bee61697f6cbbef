"""Learning rates and epochs for a language model, tried on dev alone: nothing held out is read.

    python benchmarks/rates.py JOB [--model builtin:starter] [--rows 200 1000]
        [--rates 5e-4 1e-3 2e-3] [--epochs 4 8 12] [--dev 60] [--draw 0] [--watched]
        [--json FILE]

``JOB``: a job of ``writing.py`` or a folder of ``examples/``. ``--dev`` inputs are kept aside of the
training data, each setting trains on the rest to its last epoch, and what is printed is how good
the answers on dev are by every metric of the task, and the share of answers that did not stop by
themselves. ``--watched`` trains again and keeps the weights of least loss on dev, as a comparison
does for models above 30 M parameters.
"""

from __future__ import annotations

import argparse
import itertools
import json
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

import etude
from _data import ROOT
from _example import copied
from _writing_data import JOBS
from etude.approaches.finetune import WRITTEN
from etude.approaches.writing.choosing import answer_room, candidate_for
from etude.approaches.writing.pairs import mean_tokens, token_pairs
from etude.cli.progress import progress
from etude.data.examples import Examples
from etude.evaluation.stages import Entrant, Stages
from etude.metrics import metric
from etude.models._base import Completion
from etude.project import Project
from etude.taskfile.defaults import METRICS
from etude.training.lm.curve import best_look
from etude.training.lm.loop import train
from etude.training.lm.settings import default_settings
from etude.workflow.check import prepare
from etude.workflow.entrants import entrants, open_models
from etude.workflow.stages import stages_for


def opened(name: str, model: str, draw: int) -> Project:
    """The job's or the example's project, fine-tuning alone."""
    folder = ROOT / "build" / "benchmarks" / f"rates-{name}"
    shutil.rmtree(folder, ignore_errors=True)
    if name in JOBS:
        JOBS[name](10**6, 100, draw).write(folder, models=[model], ladder=["finetune"])
    else:
        copied(name, folder, {"models": [model], "ladder": ["finetune"]})
    return etude.open(folder, progress(quiet=False))


def sides(everything: Examples, rows: int, kept: int, draw: int) -> tuple[Examples, Examples]:
    """``rows`` examples to train on and ``kept`` to try on; no group stands on both sides."""
    order = np.random.default_rng(draw).permutation(len(everything))
    dev = order[:kept]
    taken = set(everything.groups[dev].tolist())
    rest = [i for i in order[kept:] if int(everything.groups[i]) not in taken]
    return everything.take(rest[:rows]), everything.take(dev)


def tried(
    stages: Stages,
    entrant: Entrant,
    sets: tuple[Examples, Examples],
    given: dict[str, Any],
    watched: bool,
) -> dict[str, Any]:
    """One training to its last epoch; ``watched``: another that keeps dev's least loss."""
    examples, dev = sets
    with tempfile.TemporaryDirectory() as place:
        context = stages.context(entrant, 0, Path(place))
        source: Any = entrant.model
        prompt = replace(WRITTEN.prompt, max_tokens=answer_room(examples.join(dev), context))
        asked = candidate_for("finetune", examples, prompt.to_json(), context, source)
        pairs, kept = token_pairs(asked, examples), token_pairs(asked, dev)
        settings = default_settings(source.parameters, len(pairs), mean_tokens(pairs), given)
        # Without examples kept aside the weights are those of the last epoch.
        found: dict[str, Any] = {}
        for way, aside in {"last epoch": [], **({"least loss": kept} if watched else {})}.items():
            kept_as = settings.changed({"keep": "best" if aside else "last"})
            result = train(source, pairs, aside, kept_as, Path(place) / way, context.progress)
            tuned = candidate_for(
                "finetune", examples, prompt.to_json(), context, source.tuned(result.folder)
            )
            figures = told(stages, dev, tuned.completions(dev.inputs)[0])
            figures["seconds"] = result.seconds
            look = best_look(result.log)
            if look is not None:
                figures |= {"loss": look.dev_loss, "epoch": look.epoch}
            found[way] = figures
            said = ", ".join(f"{key} {value:.3f}" for key, value in figures.items())
            rate, epochs = settings.learning_rate, settings.epochs
            print(f"{len(pairs):5} rows, {rate:.0e}, {epochs:2} epochs, {way}: {said}", flush=True)
    return {**given, **found}


def told(stages: Stages, dev: Examples, said: list[Completion]) -> dict[str, float]:
    """Every metric over these answers, and the share that ran out of room."""
    outputs = [one.text if one.failure is None else None for one in said]
    judged = stages.judge.judged(dev, outputs)
    values = {key: metric(key).value(judged) for key in METRICS[stages.task.kind]}
    return values | {"unfinished": sum(one.finish_reason != "stop" for one in said) / len(said)}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("job", help=f"{', '.join(JOBS)}, or a folder of examples/")
    parser.add_argument("--model", default="builtin:starter", help="or a local folder")
    parser.add_argument("--rows", type=int, nargs="+", default=[200, 1000])
    parser.add_argument("--rates", type=float, nargs="+", default=[5e-4, 1e-3, 2e-3])
    parser.add_argument("--epochs", type=int, nargs="+", default=[4, 8, 12])
    parser.add_argument("--dev", type=int, default=60, help="examples to try on")
    parser.add_argument("--draw", type=int, default=0)
    parser.add_argument("--watched", action="store_true", help="also the weights of least loss")
    parser.add_argument("--json", type=Path, help="write all figures here")
    options = parser.parse_args()
    project = opened(options.job, options.model, options.draw)
    session = project._session
    prepared, _ = prepare(session)
    crossed = prepared.version.scheme == "cross_fitting"
    everything = prepared.everything() if crossed else prepared.train().join(prepared.dev())
    entrant = entrants(session, open_models(session), session.say)[0]
    stages = stages_for(session, session.taskfile.task, prepared.version)
    found = []
    for rows in options.rows:
        sets = sides(everything, rows, options.dev, options.draw)
        for rate, epochs in itertools.product(options.rates, options.epochs):
            given = {"learning_rate": rate, "epochs": epochs, "patience": epochs}
            one = tried(stages, entrant, sets, given, options.watched)
            found.append({"rows": len(sets[0]), **one})
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
