"""A rung that trains a language model: its prompts, its training, and the choice on dev.

What differs between the rungs is a ``Recipe``. Dev decides after which epoch to stop, and between
the settings of a declared sweep; the final training repeats the best on everything.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from etude.approaches._base import Candidate, Choice, FitContext
from etude.approaches._scores import fit_temperature, label_index
from etude.approaches.writing.candidate import (
    Settings,
    WritingCandidate,
    label_logits,
    load_writing,
    passages_of,
)
from etude.approaches.writing.choosing import answer_room, candidate_for
from etude.approaches.writing.pairs import mean_tokens, token_pairs
from etude.approaches.writing.preferring import (
    prefer_from,
    preference_settings,
    wants_preferences,
)
from etude.data.examples import Examples
from etude.errors import StoreError
from etude.models._base import Model, TunableCausal
from etude.records.comparison import Trial
from etude.training.lm.curve import best_look
from etude.training.lm.log import LOG_NAME
from etude.training.lm.loop import train
from etude.training.lm.pairs import TokenPair
from etude.training.lm.preflight import Preflight, preflight
from etude.training.lm.result import LmResult
from etude.training.lm.settings import LmSettings, default_settings, settings_from, sweep

MODEL = "model"
"""Folder of the tuned weights, beside the candidate's settings."""
TRACKING = "tracking"
"""Folder of the project for TensorBoard's and others' files."""
_OURS = ("method", "sweep", "preference", "track")


@dataclass(frozen=True)
class Recipe:
    """``prompt``: what every prompt of this rung says. ``taught``: adds a teacher to the pairs
    (see ``baking``) and says what was found; None trains on the ideal answers alone. ``prefers``:
    goes on from the task's preferences where it has any, if dev agrees."""

    rung: str
    prompt: Settings
    taught: Callable[[Examples, list[TokenPair], FitContext], Taught] | None = None
    prefers: bool = False


@dataclass(frozen=True)
class Taught:
    """Pairs with a teacher, how much it weighs, and what a person should know of it."""

    pairs: list[TokenPair]
    share: float
    notes: tuple[str, ...]


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


class TunedCandidate(WritingCandidate):
    """A fitted candidate whose weights are its own: they lie in ``folder``."""

    folder: Path

    def save(self, folder: Path) -> None:
        """Write what the prompt is made of, and the weights beside it."""
        super().save(folder)
        shutil.copytree(self.folder, folder / MODEL, dirs_exist_ok=True)


def why_not_tunable(model: Model) -> str | None:
    """None where the model's weights can be trained here."""
    if "tune_causal" in model.abilities:
        return None
    return (
        f"{model.name} can't be fine-tuned here: that needs a language model whose weights are on "
        "this machine"
    )


def choose_tuned(recipe: Recipe, examples: Examples, dev: Examples, context: FitContext) -> Choice:
    """Train every setting of the sweep, keep the one whose answers on dev are best."""
    room = answer_room(examples.join(dev), context)
    prompt = replace(recipe.prompt, max_tokens=room)
    candidate = _prompting(recipe, examples, prompt, context)
    pairs, share, notes = _taught(recipe, examples, token_pairs(candidate, examples), context)
    kept = token_pairs(candidate, dev)
    planned = _settings(pairs, share, context)
    _look_before(pairs, kept, planned, context)
    tried = [_try(candidate, pairs, kept, dev, settings, context) for settings in planned]
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


def look_ahead(recipe: Recipe, examples: Examples, dev: Examples, context: FitContext) -> Preflight:
    """What the rung's training would be: its memory and time, and samples of what is learned.

    Raises:
        ModelError: the model's template differs between training and answering.
        TrainingError: pairs that can't be learned from, or weights that can't fit this machine.
    """
    candidate = _prompting(recipe, examples, recipe.prompt, context)
    pairs = token_pairs(candidate, examples)
    settings = _settings(pairs, None, context)[0]
    return preflight(_source(context), pairs, token_pairs(candidate, dev), settings, timed=True)


def fit_tuned(recipe: Recipe, examples: Examples, choice: Choice, context: FitContext) -> Candidate:
    """Repeat the chosen training on everything."""
    prompt = Settings.from_json(choice.settings)
    candidate = _prompting(recipe, examples, prompt, context)
    pairs, _, _ = _taught(recipe, examples, token_pairs(candidate, examples), context)
    settings = replace(settings_from(choice.settings["training"]), seed=context.seed)
    result = train(_source(context), pairs, (), settings, context.workdir / "fit", context.progress)
    folder = result.folder
    if further := choice.settings.get("preference"):
        place = context.workdir / "fit-preferred"
        folder, _ = prefer_from(candidate, folder, further, place, context)
    return _tuned(recipe.rung, choice.settings, candidate, folder, context)


def load_tuned(rung: str, folder: Path, context: FitContext) -> Candidate:
    """The candidate that was saved.

    Raises:
        StoreError: a file is missing or damaged.
    """
    weights = folder / MODEL
    if not weights.is_dir():
        raise StoreError(
            "the tuned weights are gone", where=str(weights), hint="run `etude compare` again"
        )
    model = _source(context).tuned(weights)
    kept = load_writing(rung, folder, context, model)
    return _as_tuned(kept, weights)


def _source(context: FitContext) -> TunableCausal:
    return cast("TunableCausal", context.model)


def _prompting(
    recipe: Recipe, examples: Examples, prompt: Settings, context: FitContext
) -> WritingCandidate:
    return candidate_for(recipe.rung, examples, prompt.to_json(), context, _source(context))


def _taught(
    recipe: Recipe, examples: Examples, pairs: list[TokenPair], context: FitContext
) -> tuple[list[TokenPair], float | None, tuple[str, ...]]:
    if recipe.taught is None:
        return pairs, None, ()
    found = recipe.taught(examples, pairs, context)
    return found.pairs, found.share, found.notes


def _settings(
    pairs: Sequence[TokenPair], share: float | None, context: FitContext
) -> list[LmSettings]:
    """What the task file says, with the rest by size; every combination of the sweep."""
    said = context.task.training
    given: dict[str, Any] = {
        name: value
        for name, value in said.model_dump(exclude=set(_OURS)).items()
        if value is not None
    }
    if said.method != "auto":
        given["method"] = said.method
    if share is not None:
        given["teacher_share"] = share
    given |= {"seed": context.seed, "trackers": said.track}
    base = default_settings(_source(context).parameters, len(pairs), mean_tokens(pairs), given)
    return sweep(base, {name: list(map(_number, values)) for name, values in said.sweep.items()})


def _number(value: object) -> object:
    """YAML takes ``1e-4`` for a text; a setting that is a number is meant as one."""
    try:
        return float(value) if isinstance(value, str) else value
    except ValueError:
        return value


def _look_before(
    pairs: Sequence[TokenPair],
    kept: Sequence[TokenPair],
    planned: Sequence[LmSettings],
    context: FitContext,
) -> None:
    """Refuse what would be learned wrong and say what may not fit, before any training.

    Raises:
        ModelError: the model's template differs between training and answering.
        TrainingError: pairs that can't be learned from, or weights that can't fit this machine.
    """
    for settings in planned:
        found = preflight(_source(context), pairs, kept, settings)
        for advice in found.advice:
            context.progress.say(f"This training may not fit: {advice}.")


def _try(
    candidate: WritingCandidate,
    pairs: Sequence[TokenPair],
    kept: Sequence[TokenPair],
    dev: Examples,
    settings: LmSettings,
    context: FitContext,
) -> _Tried:
    place = context.workdir / f"try-{_name(settings)}"
    result = train(_source(context), pairs, kept, settings, place, context.progress)
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
    tuned = _tuned(candidate.rung, candidate.raw, candidate, folder, context)
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


def _tuned(
    rung: str,
    settings: dict[str, Any],
    candidate: WritingCandidate,
    folder: Path,
    context: FitContext,
) -> TunedCandidate:
    model = _source(context).tuned(folder)
    made = TunedCandidate(rung, context, settings, candidate.sources, model)
    made.folder = folder
    return made


def _as_tuned(kept: WritingCandidate, folder: Path) -> TunedCandidate:
    made = TunedCandidate(kept.rung, kept.context, kept.raw, kept.sources, kept.model)
    made.folder = folder
    return made
