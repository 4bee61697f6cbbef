"""Do settings that come to the same do better where log-loss tells them apart?

    python benchmarks/choosing.py [--tasks multidogo-media multidogo-finance] [--sizes 100 300 1000]
        [--draws 8]

Ways on the encoder choose their settings on draws of so many examples, as a kept candidate does, and
are fitted on all of them. Printed: how much of up to 4,000 other texts each has right on average, by
how many standard errors of the best value settings count as even (0: ties alone; 1000: all, so that
log-loss alone decides). Seeds are 100 and up, so that no draw is one of ``verdicts.py``'s.
"""

from __future__ import annotations

import argparse
import random
from collections import defaultdict

import numpy as np

from _timing import say_load
from _verdict_fits import answers_of, entrants_of, opened
from _verdict_tasks import TASKS, Pools, pools
from etude.approaches import _search
from etude.workflow.layout import whole_part
from etude.workflow.stages import stages_for

EVENS = (0.0, 0.5, 1.0, 1000.0)
FIRST_SEED = 100

Shares = dict[tuple[str, float], list[float]]


def one_draw(task: Pools, size: int, seed: int, shares: Shares) -> None:
    """Every way with every rule on one draw."""
    session, prepared = opened(task, random.Random(seed).sample(task.train, size), tuned=False)
    stages = stages_for(session, session.taskfile.task, prepared.version)
    part = whole_part(prepared)
    texts, right = [row["text"] for row in task.truth], [row["label"] for row in task.truth]
    for entrant in entrants_of(session, task):
        for even in EVENS:
            _search.EVEN = even
            context = stages.context(entrant, 0, stages.root / ".etude" / "work")
            choice = entrant.approach.choose(part.train, part.dev, context)
            (said,) = answers_of(stages, entrant, part, choice, 0, [texts])
            hits = [one == label for one, label in zip(said.outputs, right, strict=True)]
            shares[entrant.approach.key, even].append(float(np.mean(hits)))


def show(title: str, shares: Shares) -> None:
    """A line a way: its mean with ties alone, and what the other rules add, in points."""
    print(f"\n## {title}")
    for key in dict.fromkeys(key for key, _ in shares):
        least = np.mean(shares[key, EVENS[0]])
        more = ", ".join(
            f"{even:g} {100 * (np.mean(shares[key, even]) - least):+.2f}" for even in EVENS[1:]
        )
        print(f"{key:12} {100 * least:5.1f} %; {more}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    usual = ["multidogo-media", "multidogo-finance"]
    parser.add_argument("--tasks", nargs="+", default=usual, choices=list(TASKS))
    parser.add_argument("--sizes", nargs="+", type=int, default=[100, 300, 1000])
    parser.add_argument("--draws", type=int, default=8)
    asked = parser.parse_args()
    say_load()
    for name in asked.tasks:
        task = pools(name)
        for size in asked.sizes:
            shares: Shares = defaultdict(list)
            for number in range(asked.draws):
                one_draw(task, size, FIRST_SEED + number, shares)
            show(f"{name}, {size} examples", shares)


if __name__ == "__main__":
    main()
