"""Evidence at will: a good case, of which a test changes what it is about."""

from __future__ import annotations

from typing import Any

from etude.records.advice import Evidence, Examples, Failure, Gap, Said, Share, Tried, Way
from etude.records.task import Bar, Data, Economics, Task

STATED = frozenset(
    f"economics.{name}"
    for name in (
        "requests_per_month",
        "minutes_to_fix",
        "hourly_rate",
        "hours_to_collect",
        "upkeep_hours_per_month",
    )
)
ECONOMICS = Economics(requests_per_month=6000, minutes_to_fix=2, hourly_rate=30)


def task(kind: str = "classify", **changes: Any) -> Task:
    given: dict[str, Any] = {
        "task": "triage",
        "kind": kind,
        "instructions": "Read the message and choose the one category that says what is needed.",
        "labels": {"a": "about a", "b": "about b"} if kind == "classify" else None,
        "checks": ({"type": "no-new-numbers"},) if kind == "write" else (),
        "data": Data(examples="data/a.csv"),
        "bar": Bar(metric="accuracy" if kind == "classify" else "all_checks", at_least=0.9),
        "economics": ECONOMICS,
    }
    return Task(**(given | changes))


def examples(**changes: Any) -> Examples:
    given: dict[str, Any] = {
        "usable": 500,
        "learned": 500,
        "independent": 480,
        "labels": 2,
        "grade": "good (nothing above a note was found)",
        "changing": 0,
        "ungiven": 0,
        "wavering": 0,
        "kept_checks": None,
    }
    return Examples(**(given | changes))


def share(value: float, half: float = 0.03, n: int = 480) -> Share:
    return Share(value=value, low=value - half, high=value + half, n=n)


def way(rung: str, value: float, order: int, **changes: Any) -> Way:
    given: dict[str, Any] = {
        "name": f"{rung}@m",
        "title": rung,
        "rung": rung,
        "order": order,
        "trained": rung == "finetune",
        "value": share(value),
        "right": share(value),
        "wordings": 4,
        "fit_seconds": 600.0,
    }
    return Way(**(given | changes))


FAILURES = tuple(
    Failure(what=f"a taken for {n}", count=9 - n, of=480, row=f"r{n}", input="a text", given="b")
    for n in range(3)
)


def tried(
    prompt: float = 0.72, tuned: float | None = None, half: float = 0.02, **changes: Any
) -> Tried:
    """The prompt rung, and fine-tuning with a gap of ``half`` around the difference."""
    ways, gaps = [way("prompt", prompt, 0)], []
    if tuned is not None:
        ways.append(way("finetune", tuned, 4))
        gap = tuned - prompt
        gaps.append(
            Gap(
                way="finetune@m",
                against="prompt@m",
                value=gap,
                low=gap - half,
                high=gap + half,
                n=480,
            )
        )
    given: dict[str, Any] = {
        "created": "2026-01-31T10:15:00Z",
        "on": "out-of-fold",
        "current": True,
        "quick": False,
        "ways": tuple(ways),
        "gaps": tuple(gaps),
        "told": "prompt@m",
        "failures": FAILURES,
    }
    return Tried(**(given | changes))


def evidence(said: dict[str, str] | None = None, **changes: Any) -> Evidence:
    given: dict[str, Any] = {
        "task": task(),
        "stated": STATED,
        "examples": examples(),
        "said": {k: Said(reply=v, source="you") for k, v in (said or {}).items()},  # type: ignore[arg-type]
    }
    return Evidence(**(given | changes))
