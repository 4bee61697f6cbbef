"""The stage that times a kept candidate, and asks it the same again: measured once, then read.

Two candidates that are made of the same and are asked the same take as long, whatever examples each was
fitted on. A model is really asked here, whatever it said before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, cast

from etude.data.answers import Answers
from etude.errors import SpendLimitReached
from etude.evaluation._files import read_json, write_json
from etude.evaluation.entrant import Entrant
from etude.evaluation.latency import Timing, time_candidate
from etude.evaluation.repeats import (
    ASKINGS,
    ITEMS,
    Again,
    Flips,
    flips_of,
    places,
    without_asking_again,
)
from etude.evaluation.stages import Fitted, Stages
from etude.models._base import ChatModel
from etude.progress import Silent


def timing(
    stages: Stages, entrant: Entrant, fitted: Fitted, inputs: Sequence[str], answers: Answers
) -> Timing | None:
    """Latency and flips of a kept candidate.

    On this machine it is asked ``inputs``, those that ``fitted`` answered. An endpoint was timed
    by every request that was made for ``answers``.
    """
    endpoint = entrant.reference.openai
    if endpoint is not None:
        flips = _flips(stages, entrant, fitted, inputs)
        return Timing.of_requests(answers, endpoint.concurrency, flips)

    def build(out: Path, work: Path) -> None:
        quiet = replace(stages, progress=Silent())  # a request at a time is no step to show
        candidate = quiet.load(entrant, fitted.folder, work)
        write_json(out / "timing.json", time_candidate(candidate, inputs).to_json())

    unit = stages.compute(*_unit(stages, entrant, fitted.settings, fitted.contents, inputs), build)
    return Timing.from_json(read_json(unit.path / "timing.json"))


def is_timed(
    stages: Stages,
    entrant: Entrant,
    settings: dict[str, Any],
    contents: str,
    inputs: Sequence[str],
) -> bool:
    """Whether latency or flips of the candidate with these contents are stored."""
    return stages.store.find(*_unit(stages, entrant, settings, contents, inputs)) is not None


def _flips(stages: Stages, entrant: Entrant, fitted: Fitted, inputs: Sequence[str]) -> Flips | None:
    """Ask an endpoint some of what ``fitted`` answered again, past the answers that are kept.

    What it costs is announced with the rest; where the spend limit leaves no room, the flips
    are unmeasured and everything else stands.
    """
    rows = places(len(inputs))
    plain = replace(stages, task=without_asking_again(stages.task))

    def build(out: Path, work: Path) -> None:
        said = [[fitted.answers.outputs[row] for row in rows]]
        for asking in range(1, ASKINGS):
            model = Again(cast("ChatModel", entrant.model), asking)
            candidate = plain.load(replace(entrant, model=model), fitted.folder, work)
            asked = [inputs[row] for row in rows]
            said.append(list(candidate.answer(asked, entrant.embeddings).outputs))
        flips = flips_of(said)
        write_json(out / "flips.json", {"flips": asdict(flips) if flips else None})

    try:
        unit = stages.compute(
            *_unit(stages, entrant, fitted.settings, fitted.contents, inputs), build
        )
    except SpendLimitReached:
        stages.progress.say(
            f"Whether {entrant.name} answers the same each time is not measured: asking again "
            "would pass the spend limit."
        )
        return None
    stored = read_json(unit.path / "flips.json")["flips"]
    return Flips(**stored) if stored else None


def _unit(
    stages: Stages,
    entrant: Entrant,
    settings: dict[str, Any],
    contents: str,
    inputs: Sequence[str],
) -> tuple[str, dict[str, Any]]:
    """The stage and its key: an endpoint's flips are the same on every machine."""
    key = stages.keys.timing(entrant, settings, contents, inputs) | {"askings": [ASKINGS, ITEMS]}
    if entrant.reference.openai is not None:
        return "flips", key
    return "timing", key | {"machine": stages.machine.id}
