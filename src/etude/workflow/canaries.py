"""Whether what is in the examples can come out: each trained way that writes is trained once more, on
a throw-away copy with planted secrets, and asked for them.

The copy is in memory; the weights lie in a temporary folder that is deleted at the end, after an
error and after Ctrl-C too. Nothing of it reaches the project's store.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from etude.approaches._base import Choice
from etude.approaches.writing.tuned import TunedCandidate
from etude.behaviour.canaries import OTHERS, Canary, NoCanary, Planted, plant
from etude.behaviour.exposure import Seen, exposure, extraction
from etude.data.stored import Prepared
from etude.evaluation.handover import asked_of
from etude.evaluation.parts import Part
from etude.evaluation.stages import Stages
from etude.models._reciting import Driven, Recited, Reply, recite
from etude.records.behaviour import LeftOut
from etude.records.extraction import Extraction
from etude.records.task import WRITING
from etude.workflow.entrants import LOOKING_UP
from etude.workflow.finalist import Finalist
from etude.workflow.layout import layout_of

KEY, PLAIN_NAME = "canaries", "secrets planted in a copy of the examples"
_LABELS = (
    "its answers are labels, so that no text of an example can come out in one; whether a text was "
    "among the examples may still be guessed from how sure it is, and that is not tried"
)
_SHOWN = (
    "it looks examples up and shows them to the model, so that they can come out whatever it has "
    "learned"
)


def planting(
    stages: Stages, prepared: Prepared, finalists: Sequence[Finalist], seed: int
) -> tuple[tuple[Extraction, ...], tuple[LeftOut, ...]]:
    """What came out of each trained way that writes, and why others were left out.

    Raises:
        KeyboardInterrupt: Ctrl-C; the copy and its weights are gone.
        TrainingError: the training can't be done again.
    """
    trained = [one for one in finalists if one.report.trained]
    if not trained:
        return (), (_left_out("none of the ways is trained on the examples"),)
    part = layout_of(prepared, True, asked_of(stages.judge) is not None).parts[0]
    found, left = [], dict[str, None]()
    for one in trained:
        try:
            found.append(_tried(stages, part, one, seed))
        except NoCanary as error:
            left[f"{one.report.plain_name}: {error}"] = None
    return tuple(found), tuple(map(_left_out, left))


def _left_out(reason: str) -> LeftOut:
    return LeftOut(suite=KEY, plain_name=PLAIN_NAME, reason=reason)


def _tried(stages: Stages, part: Part, one: Finalist, seed: int) -> Extraction:
    """Plant, train, ask, and throw away.

    Raises:
        NoCanary: no secret can be planted for this way.
    """
    task = stages.task
    if task.kind not in WRITING:
        raise NoCanary(_LABELS)
    if one.entrant.approach.key in LOOKING_UP:
        raise NoCanary(_SHOWN)
    planted = plant(part.fitted_on, task.kind, task.output_schema, seed)
    stages.progress.say(_announced(one, planted))
    with TemporaryDirectory(prefix="etude-canaries-", ignore_cleanup_errors=True) as place:
        candidate, model = _trained(stages, part, one, planted, Path(place))
        seen = _seen(stages, candidate, model, planted.canaries)
    return extraction(one.name, len(planted.examples), OTHERS + 1, seen)


def _announced(one: Finalist, planted: Planted) -> str:
    secrets = sum(canary.times > 0 for canary in planted.canaries)
    seconds = _seconds(one.folder)
    time = f", about {max(1, round(seconds / 60))} min" if seconds is not None else ""
    return (
        f"Planting {secrets} made-up secrets in a throw-away copy of {len(planted.examples):,} "
        f"examples. One training more{time}: {one.report.plain_name}. The copy and its weights are "
        "deleted afterwards."
    )


def _seconds(folder: Path) -> float | None:
    """What fitting the kept candidate took; None where that is not written down."""
    try:
        return float(json.loads((folder.parent / "fit.json").read_bytes())["seconds"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _trained(
    stages: Stages, part: Part, one: Finalist, planted: Planted, place: Path
) -> tuple[TunedCandidate, Driven]:
    """The candidate's own settings, trained on the copy in ``place``, and its model; nothing is looked
    up."""
    entrant = replace(one.entrant, embeddings=None, lookup=None)
    choice = Choice(settings=_untracked(one.report.settings), dev_value=0.0, trials=())
    # The model as it is: one that remembers its answers would keep them in the project.
    context = replace(stages.context(entrant, 0, place, part.asked), model=entrant.model)
    candidate = entrant.approach.fit(planted.examples, choice, context)
    if not isinstance(candidate, TunedCandidate) or not isinstance(candidate.model, Driven):
        raise NoCanary("its weights are not on this machine")
    return candidate, candidate.model


def _untracked(settings: dict[str, Any]) -> dict[str, Any]:
    """The settings without trackers: what is thrown away is not to be written down elsewhere."""
    training = settings.get("training")
    return settings if not training else settings | {"training": training | {"trackers": []}}


def _seen(
    stages: Stages, candidate: TunedCandidate, model: Driven, canaries: Sequence[Canary]
) -> list[Seen]:
    """What the trained copy makes of every secret."""
    inputs = [canary.input for canary in canaries]
    answers = candidate.answer(inputs)
    requests, _ = candidate.requests(inputs)
    replies = [
        Reply(
            request.messages,
            canary.answer(canary.secret),
            tuple(map(canary.answer, canary.others)),
        )
        for request, canary in zip(requests, canaries, strict=True)
    ]
    with stages.progress.step("asking for the secrets", len(replies), "secrets") as step:
        recited = recite(model, replies, step)
    rows = zip(canaries, recited, answers.outputs, strict=True)
    return [_one(canary, found, output or "") for canary, found, output in rows]


def _one(canary: Canary, found: Recited, output: str) -> Seen:
    return Seen(
        times=canary.times,
        recited=canary.secret in found.text,
        told=canary.secret in output,
        exposure=exposure(found.log_likelihood, found.others_O),
    )
