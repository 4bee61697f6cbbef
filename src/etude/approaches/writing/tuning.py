"""A rung that trains a language model: its training, and the choice on dev.

What differs between the rungs is a ``Recipe``. Dev decides after which epoch to stop or how long to
train, and between the settings of a declared sweep; the final training repeats the best on everything.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from etude.approaches._base import Candidate, Choice, FitContext
from etude.approaches._scores import fit_temperature, label_index
from etude.approaches.writing.candidate import (
    Settings,
    WritingCandidate,
    label_logits,
    passages_of,
)
from etude.approaches.writing.choosing import answer_room
from etude.approaches.writing.pairs import token_pairs
from etude.approaches.writing.planning import Planned, look_before, planned
from etude.approaches.writing.preferring import (
    prefer_from,
    preference_settings,
    wants_preferences,
)
from etude.approaches.writing.recipe import Recipe, prompting, source_of, with_teacher
from etude.approaches.writing.tuned import MODEL, with_weights
from etude.data.examples import Examples
from etude.records.candidate import Trial
from etude.training.lm.curve import best_look
from etude.training.lm.log import LOG_NAME
from etude.training.lm.loop import train
from etude.training.lm.pairs import TokenPair
from etude.training.lm.result import LmResult
from etude.training.lm.settings import LmSettings, settings_from, twice_as_long

TRACKING = "tracking"
"""Folder of the project for TensorBoard's and others' files."""


@dataclass(frozen=True)
class _Tried:
    """One training and what its weights did on dev."""

    settings: LmSettings
    result: LmResult
    said: _Answered

    @property
    def value(self) -> float:
        """The metric on dev."""
        return self.said.value


@dataclass(frozen=True)
class _Answered:
    """What weights say to dev, and what they were shown; ``value`` is the metric of it."""

    value: float
    outputs: tuple[str | None, ...]
    passages: tuple[tuple[str, ...], ...]
    temperature: float


def choose_tuned(recipe: Recipe, examples: Examples, dev: Examples, context: FitContext) -> Choice:
    """Train every setting of the sweep, keep the one whose answers on dev are best."""
    room = answer_room(examples.join(dev), context)
    prompt = replace(recipe.prompt, max_tokens=room)
    candidate = prompting(recipe, examples, prompt, context)
    pairs, share, notes = with_teacher(recipe, examples, token_pairs(candidate, examples), context)
    kept = token_pairs(candidate, dev)
    wanted = planned(pairs, share, context)
    look_before(pairs, kept, wanted, context)
    tried = _try_all(wanted, lambda one: _try(candidate, pairs, kept, dev, one, context))
    best = max(tried, key=lambda one: one.value)
    look = best_look(best.result.log) if best.settings.keep == "best" else None
    epochs = max(1, round(look.epoch)) if look is not None else best.settings.epochs
    training = best.settings.changed({"epochs": epochs})
    choice = Choice(
        settings={
            **replace(prompt, temperature=best.said.temperature).to_json(),
            "training": training.as_dict(),
            "preference": None,
        },
        dev_value=best.value,
        trials=tuple(
            Trial(settings=one.settings.as_dict(), value=one.value, n=len(dev)) for one in tried
        ),
        dev_outputs=best.said.outputs,
        dev_passages=best.said.passages,
        notes=(*notes, *best.result.notices),
    )
    if recipe.prefers and wants_preferences(context):
        return _with_preferences(choice, candidate, best, dev, context)
    return choice


def _with_preferences(
    choice: Choice, candidate: WritingCandidate, best: _Tried, dev: Examples, context: FitContext
) -> Choice:
    """The choice that goes on from the preferences, if its answers on dev are better."""
    settings = preference_settings(context, best.settings.method)
    place = context.workdir / f"prefer-{_name(best.settings)}"
    folder, words = prefer_from(candidate, best.result.folder, settings, place, context)
    after = _answered(candidate, folder, dev, context)
    trial = Trial(settings={"preference": settings}, value=after.value, n=len(dev))
    better = after.value > choice.dev_value
    verdict = "kept" if better else "left out: the answers on dev are not better for it"
    told = replace(
        choice,
        trials=(*choice.trials, trial),
        notes=(*choice.notes, f"{words}: {verdict}"),
    )
    if not better:
        return told
    return replace(
        told,
        settings=choice.settings | {"preference": settings, "temperature": after.temperature},
        dev_value=after.value,
        dev_outputs=after.outputs,
        dev_passages=after.passages,
    )


def fit_tuned(recipe: Recipe, examples: Examples, choice: Choice, context: FitContext) -> Candidate:
    """Repeat the chosen training on everything."""
    prompt = Settings.from_json(choice.settings)
    candidate = prompting(recipe, examples, prompt, context)
    pairs, _, _ = with_teacher(recipe, examples, token_pairs(candidate, examples), context)
    settings = replace(settings_from(choice.settings["training"]), seed=context.seed)
    result = train(
        source_of(context), pairs, (), settings, context.workdir / "fit", context.progress
    )
    folder = result.folder
    if further := choice.settings.get("preference"):
        place = context.workdir / "fit-preferred"
        folder, _ = prefer_from(candidate, folder, further, place, context)
    return with_weights(recipe.rung, choice.settings, candidate, folder, context)


def _try_all(wanted: Planned, attempt: Callable[[LmSettings], _Tried]) -> list[_Tried]:
    """Every training that is planned, and longer ones while dev gains by it."""
    tried = [attempt(settings) for settings in wanted.settings]
    while wanted.longer([one.value for one in tried]):
        longer = twice_as_long(tried[-1].settings)
        if longer is None:
            break
        tried.append(attempt(longer))
    return tried


def _try(
    candidate: WritingCandidate,
    pairs: Sequence[TokenPair],
    kept: Sequence[TokenPair],
    dev: Examples,
    settings: LmSettings,
    context: FitContext,
) -> _Tried:
    place = context.workdir / f"try-{_name(settings)}"
    result = train(source_of(context), pairs, kept, settings, place, context.progress)
    _keep_tracks(settings, place, f"{candidate.rung}-{place.name}", context)
    said = _answered(candidate, result.folder, dev, context)
    return _Tried(settings, result, said)


def _keep_tracks(settings: LmSettings, place: Path, name: str, context: FitContext) -> None:
    """What trackers wrote goes to ``tracking/`` in the project: the work folder does not stay."""
    if not settings.trackers:
        return
    home = context.root / TRACKING / name
    for left in place.iterdir():
        if left.name not in (MODEL, "checkpoints", LOG_NAME):
            home.mkdir(parents=True, exist_ok=True)
            if left.is_dir():
                shutil.copytree(left, home / left.name, dirs_exist_ok=True)
            else:
                shutil.copy2(left, home / left.name)
    context.progress.say(f"The curve is in {home}.")


def _answered(
    candidate: WritingCandidate, folder: Path, dev: Examples, context: FitContext
) -> _Answered:
    tuned = with_weights(candidate.rung, candidate.raw, candidate, folder, context)
    said, beside = tuned.completions(dev.inputs, context.embeddings)
    passages = passages_of(beside)
    outputs = tuple(one.text if one.failure is None else None for one in said)
    logits = label_logits(said, context.labels)
    temperature = 1.0
    if logits is not None:
        temperature = fit_temperature(logits, label_index(dev.targets, context.labels))
    value = float(context.metric(dev, outputs, passages)) if len(dev) else 0.0
    return _Answered(value, outputs, passages, temperature)


def _name(settings: LmSettings) -> str:
    """A folder's name that two settings of a sweep do not share."""
    text = json.dumps(settings.as_dict(), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
