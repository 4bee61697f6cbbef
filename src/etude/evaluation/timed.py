"""The stage that times a kept candidate, and asks it the same again: measured once, then read.

Two candidates that are made of the same and are asked the same take as long, whatever examples each was
fitted on. A model is really asked here, whatever it said before.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, cast

from etude.data.answers import Answers
from etude.errors import EndpointError, SpendLimitReached
from etude.evaluation._files import read_json, write_json
from etude.evaluation.beginning import ASKED, Begins
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
from etude.records.task import WRITING


def timing(
    stages: Stages, entrant: Entrant, fitted: Fitted, inputs: Sequence[str], answers: Answers
) -> Timing | None:
    """Latency and flips of a kept candidate.

    On this machine it is asked ``inputs``, those that ``fitted`` answered. An endpoint was timed
    by every request that was made for ``answers``; for its first token it is asked again.
    """
    writes = stages.task.kind in WRITING
    endpoint = entrant.reference.openai
    if endpoint is not None:
        flips = _flips(stages, entrant, fitted, inputs)
        first = _first_tokens(stages, entrant, fitted, inputs) if writes else ()
        return Timing.of_requests(answers, endpoint.concurrency, flips, first)

    def build(out: Path, work: Path) -> None:
        quiet = replace(stages, progress=Silent())  # a request at a time is no step to show
        candidate = quiet.load(entrant, fitted.folder, work)
        write_json(out / "timing.json", time_candidate(candidate, inputs, writes=writes).to_json())

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
    wanted = [_unit(stages, entrant, settings, contents, inputs)]
    if entrant.reference.openai is not None and stages.task.kind in WRITING:
        wanted.append(_first_unit(stages, entrant, settings, contents, inputs))
    return all(stages.store.find(*one) is not None for one in wanted)


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


def _first_tokens(
    stages: Stages, entrant: Entrant, fitted: Fitted, inputs: Sequence[str]
) -> tuple[float, ...]:
    """Milliseconds until an endpoint's first token; nothing where that can't be measured.

    As for flips: announced with the rest, and left out where the spend limit leaves no room. An
    endpoint that refuses so short an answer is no reason to stop.
    """

    def build(out: Path, work: Path) -> None:
        model = Again(cast("ChatModel", entrant.model), ASKINGS)
        candidate = stages.load(replace(entrant, model=model), fitted.folder, work)
        asked = [inputs[row] for row in places(len(inputs), ASKED)]
        said = candidate.begin(asked) if isinstance(candidate, Begins) else []
        taken = [1000 * one.seconds for one in said if math.isfinite(one.seconds)]
        write_json(out / "first.json", {"first_ms": taken})

    try:
        unit = stages.compute(
            *_first_unit(stages, entrant, fitted.settings, fitted.contents, inputs), build
        )
    except (SpendLimitReached, EndpointError) as error:
        stages.progress.say(
            f"How long {entrant.name} takes until its first token is not measured: {error.found}."
        )
        return ()
    return tuple(read_json(unit.path / "first.json")["first_ms"])


def _first_unit(
    stages: Stages,
    entrant: Entrant,
    settings: dict[str, Any],
    contents: str,
    inputs: Sequence[str],
) -> tuple[str, dict[str, Any]]:
    key = stages.keys.timing(entrant, settings, contents, inputs)
    return "first_token", key | {"asked": ASKED}


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
    if stages.task.kind in WRITING:
        key |= {"first_token": True}
    return "timing", key | {"machine": stages.machine.id}
