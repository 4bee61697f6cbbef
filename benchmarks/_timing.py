"""Two programs timed side by side in one run: small turns, one after the other, many rounds.

A machine's speed wanders; turns of a second or two in changing order let both meet the same
weather, and the ratio of each round, not of the whole, is what is reported.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Rounds:
    """Seconds of each program in each round: by the clock, and of the processor.

    On a machine that others use at the same time the clock's ratio favours the program that
    waits less for its own threads; with one thread the processor's ratio is free of that.
    """

    seconds: dict[str, list[float]]
    cpu_seconds: dict[str, list[float]]

    def median(self, name: str) -> float:
        return statistics.median(self.seconds[name])

    def ratio_line(self, fast: str, slow: str) -> str:
        """The median ratios with their spread, in words."""
        clock = _ratios(self.seconds[fast], self.seconds[slow])
        cpu = _ratios(self.cpu_seconds[fast], self.cpu_seconds[slow])
        return (
            f"{fast} is {_spread(clock)} as fast as {slow} by the clock "
            f"({len(clock)} rounds), {_spread(cpu)} by processor time"
        )


def _ratios(ours: list[float], theirs: list[float]) -> list[float]:
    return [slow / fast for fast, slow in zip(ours, theirs, strict=True)]


def _spread(values: list[float]) -> str:
    return f"{statistics.median(values):.2f}× [{min(values):.2f}–{max(values):.2f}]"


def say_load() -> None:
    """How busy the machine is with other work, as timings stand or fall with it."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    busy = "; timings on a busy machine are rough" if load > 0.5 else ""
    print(f"load before the start: {load:.1f} on {os.cpu_count()} cores{busy}")


def interleave(
    programs: Mapping[str, Callable[[int], object]],
    rounds: int,
    each: Callable[[int, dict[str, float]], None] = lambda number, seconds: None,
) -> Rounds:
    """Run every program once a round, the order turned each round; the first turn warms up.

    Args:
        programs: name to a call that takes the round's number.
        rounds: timed rounds.
        each: told the round's number and seconds, to print them as they come.
    """
    for program in programs.values():
        program(0)
    seconds: dict[str, list[float]] = {name: [] for name in programs}
    cpu: dict[str, list[float]] = {name: [] for name in programs}
    names = list(programs)
    for number in range(rounds):
        names = names[1:] + names[:1]
        for name in names:
            started, started_cpu = time.perf_counter(), time.process_time()
            programs[name](number)
            seconds[name].append(time.perf_counter() - started)
            cpu[name].append(time.process_time() - started_cpu)
        each(number, {name: times[-1] for name, times in seconds.items()})
    return Rounds(seconds, cpu)
