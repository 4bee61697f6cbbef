"""One search for better instructions, from the budget to the best on dev.

Failures are read on train and texts are kept by dev alone, so that no row of dev stands in what is
judged on it. What wins on a part of dev has to win on the whole sample against the instructions as
they were; for that last look requests are kept back.
"""

from __future__ import annotations

import math

from etude.approaches.improving.adapter import PART, Adapter
from etude.approaches.improving.library import Optimizer, optimizer
from etude.approaches.improving.purse import Ended, Purse
from etude.approaches.improving.rehearsing import rehearse
from etude.approaches.improving.rewriting import Rewriting
from etude.approaches.improving.trying import Trying
from etude.data.examples import Examples
from etude.errors import UsageError
from etude.models._improving import Improving

SHARE = 8
"""One look at dev takes at most so many-th of the requests."""
LEAST_DEV = 10
READ_WRONG = 2
"""Wrong answers that whoever rewrites should have before it, on average."""
FEWEST_READ, MOST_READ = 3, 12
"""Examples that are answered for one rewriting."""
LEAST_SEARCH = 40
"""Requests to search with, besides those for the last look."""
LAST_LOOKS = 2
"""Instructions that are tried on the whole sample in the end, if the budget reaches."""
LEAST_LEFT = 2
"""Requests without which there is no use in going on: one that rewrites, one that answers."""


def improve(trying: Trying, plan: Improving) -> tuple[str, ...]:
    """Search, and try the best on the whole sample; what a person should know of it.

    Raises:
        MissingDependency: the package is not installed.
        UsageError: so many examples to choose by take more requests.
        EndpointError, SpendLimitReached: what was answered is kept.
    """
    gepa = optimizer()
    if not len(trying.train) or not len(trying.dev):
        return ("there are too few examples to improve the instructions on",)
    part = trying.few(min(len(trying.dev), max(LEAST_DEV, plan.requests // SHARE)))
    last = len(trying.dev) - len(part)
    if plan.requests < last + LEAST_SEARCH:
        raise _too_few(trying, plan)
    if plan.rehearsed:
        rehearse(trying, plan)
        return ()
    progress = trying.context.progress
    with progress.step("improving the instructions", plan.requests, "requests") as step:
        purse = Purse(trying, plan, step)
        adapter = Adapter(
            trying,
            purse,
            gepa,
            Rewriting(trying, gepa.layout),
            trying.train.join(part),
            len(trying.train),
        )
        try:
            with purse.reserving(last):
                _run(gepa, adapter, plan)
            _last_look(adapter)
        except KeyboardInterrupt:
            progress.say(_so_far(adapter))
            raise
    currency = trying.context.task.economics.currency
    limit = "" if plan.money is None else f" and {plan.money:g} {currency}"
    return (
        f"the instructions were rewritten by {plan.by.name} and tried on dev (GEPA, at most "
        f"{plan.requests:,} requests{limit} a search)",
    )


def _run(gepa: Optimizer, adapter: Adapter, plan: Improving) -> None:
    """Until the budget is spent, or nothing is left to gain."""
    purse, values = adapter.purse, adapter.values

    def over(state: object) -> bool:
        # Rounds that ask nothing new spend nothing: they too have an end.
        rounds = getattr(state, "i", 0)
        perfect = max(values.values(), default=0.0) >= 1.0
        return purse.left < LEAST_LEFT or rounds >= plan.requests or perfect

    try:
        gepa.optimize(
            seed_candidate={PART: adapter.trying.instructions},
            trainset=list(range(adapter.first_of_dev)),
            valset=list(range(adapter.first_of_dev, len(adapter.rows))),
            adapter=adapter,
            reflection_minibatch_size=_read_at_once(adapter.trying, adapter.first_of_dev),
            stop_callbacks=[over],
            logger=_Silent(),
            track_best_outputs=False,
            seed=adapter.trying.context.seed,
        )
    except Ended as end:
        if end.problem is not None:
            raise end.problem from None


def _read_at_once(trying: Trying, most: int) -> int:
    """Examples to answer for one rewriting: so many that some answers are wrong."""
    value = _value(trying, trying.dev)
    wanted = math.ceil(READ_WRONG / max(1 - value, READ_WRONG / MOST_READ))
    return min(most, max(FEWEST_READ, wanted))


def _value(trying: Trying, rows: Examples) -> float:
    """Of the instructions as they were: every answer is known."""
    said = trying.answers(trying.requests(trying.instructions, rows))
    return float(trying.context.metric(rows, trying.outputs(said)))


def _last_look(adapter: Adapter) -> None:
    """The best of the search on the whole sample, where they were better on its part."""
    trying, values = adapter.trying, adapter.values
    before = values.get(trying.instructions, math.inf)
    better = sorted(
        (text for text, value in values.items() if value > before), key=lambda text: -values[text]
    )
    seen_whole = len(adapter.rows) - adapter.first_of_dev == len(trying.dev)
    for text in better[: 1 if seen_whole else LAST_LOOKS]:
        try:
            adapter.purse.ask(trying.requests(text, trying.dev))
        except Ended as end:
            if end.problem is not None:
                raise end.problem from None
            return
        trying.ask(text)


def _too_few(trying: Trying, plan: Improving) -> UsageError:
    rows = len(trying.dev)
    return UsageError(
        f"{plan.requests:,} requests are too few to improve the instructions with: to look at the best "
        f"of them on all {rows:,} examples to choose by takes most",
        where="etude.yaml, improve.requests",
        expected=f"{rows + LEAST_SEARCH:,} or more, better {4 * max(rows, LEAST_SEARCH):,}",
    )


def _so_far(adapter: Adapter) -> str:
    """For whoever stops a search: where it is, and how to be content with that."""
    before = adapter.values.get(adapter.trying.instructions)
    best = max(adapter.values.values(), default=None)
    used = adapter.purse.used
    if before is None or best is None or best <= before:
        found = f"After {used:,} requests no better instructions were found yet."
    else:
        found = (
            f"After {used:,} requests the best instructions reach {100 * best:.1f} on dev, where "
            f"yours reach {100 * before:.1f}."
        )
    return f"{found} The same command goes on from there, for no answer is paid for twice."


class _Silent:
    """In place of the package's own words on the screen."""

    def log(self, message: str) -> None:
        """Nothing is said."""
