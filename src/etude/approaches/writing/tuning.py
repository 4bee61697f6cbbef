"""A rung that trains a language model: its training, and the choice on dev.

What differs between the rungs is a ``Recipe``. Dev decides after which epoch to stop or how long to
train, and between the settings of a declared sweep; the final training repeats the best on everything.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from etude.approaches._base import Candidate, Choice, FitContext
from etude.approaches.writing.choosing import answer_room
from etude.approaches.writing.pairs import token_pairs
from etude.approaches.writing.planning import Planned, look_at_teacher, look_before, planned
from etude.approaches.writing.preferring import (
    prefer_from,
    preference_settings,
    wants_preferences,
)
from etude.approaches.writing.recipe import Recipe, prompting, source_of, with_teacher
from etude.approaches.writing.settings import Settings
from etude.approaches.writing.tracks import keep_tracks
from etude.approaches.writing.trainings import Trainings, Tried
from etude.approaches.writing.tuned import with_weights
from etude.data.examples import Examples
from etude.records.candidate import Trial
from etude.store.keys import digest
from etude.training.lm.loop import train
from etude.training.lm.settings import LmSettings, settings_from

FIT = "fit"
"""Folder of the training of the weights that are kept."""


def choose_tuned(recipe: Recipe, examples: Examples, dev: Examples, context: FitContext) -> Choice:
    """Train every setting of the sweep, keep the one whose answers on dev are best."""
    room = answer_room(examples.join(dev), context)
    prompt = replace(recipe.prompt_for(context.task), max_tokens=room)
    candidate = prompting(recipe, examples, prompt, context)
    look_at_teacher(recipe, context)
    taught = with_teacher(recipe, examples, token_pairs(candidate, examples), context)
    kept = token_pairs(candidate, dev)
    wanted = planned(taught.pairs, taught.share, context)
    look_before(taught.pairs, kept, wanted, context)
    trainings = Trainings(candidate, taught.pairs, kept, dev, context)
    tried = _try_all(wanted, trainings.tried)
    best = _best(tried)
    epochs = best.settings.epochs
    if best.settings.keep == "best" and best.best_epoch is not None:
        epochs = max(1, round(best.best_epoch))
    training = best.settings.changed({"epochs": epochs})
    choice = Choice(
        settings={
            **replace(prompt, temperature=best.said.temperature).to_json(),
            "training": training.as_dict(),
            "preference": None,
            **({"teacher_shown": list(taught.shown)} if recipe.taught else {}),
        },
        dev_value=best.value,
        trials=tuple(
            Trial(settings=one.settings.as_dict(), value=one.value, n=len(dev)) for one in tried
        ),
        dev_outputs=best.said.outputs,
        dev_passages=best.said.passages,
        notes=(*taught.notes, *_worth(tried, best), *best.notices),
        dev_n=dev.independent,
    )
    if recipe.prefers and wants_preferences(context):
        return _with_preferences(choice, trainings, best)
    return choice


def _with_preferences(choice: Choice, trainings: Trainings, best: Tried) -> Choice:
    """The choice that goes on from the preferences, if its answers on dev are better."""
    settings = preference_settings(trainings.context, best.settings.method)
    after, words = trainings.preferred(best.settings, settings)
    trial = Trial(settings={"preference": settings}, value=after.value, n=len(trainings.dev))
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
    settings = replace(settings_from(choice.settings["training"]), seed=context.seed)
    pairs = token_pairs(candidate, examples)
    if settings.teacher_share:
        shown = choice.settings.get("teacher_shown")
        pairs = with_teacher(recipe, examples, pairs, context, shown).pairs
    place = context.workdir / FIT
    result = train(source_of(context), pairs, (), settings, place, context.progress)
    fitted = digest([list(examples.ids), settings.as_dict()])[:8]
    keep_tracks(settings, place, f"{recipe.rung}-fit-{len(examples)}-{fitted}", context)
    folder = result.folder
    if further := choice.settings.get("preference"):
        place = context.workdir / "fit-preferred"
        folder, _ = prefer_from(candidate, folder, further, place, context)
    return with_weights(recipe.rung, choice.settings, candidate, folder, context)


def _try_all(wanted: Planned, attempt: Callable[[LmSettings], Tried]) -> list[Tried]:
    """Every training that is planned, the best without its teacher, and longer ones while dev gains."""
    tried = [attempt(settings) for settings in wanted.settings]
    best = _best(tried)
    if (untaught := wanted.without_teacher(best.settings)) is not None:
        tried.append(attempt(untaught))
        # A teacher that gains nothing is asked for nothing.
        best = tried[-1] if tried[-1].value >= best.value else best
    while (longer := wanted.longer(best.settings)) is not None:
        tried.append(attempt(longer))
        if tried[-1].value <= best.value:
            break
        best = tried[-1]
    return tried


def _best(tried: Sequence[Tried]) -> Tried:
    """The first of the best on dev; of equals one that needs no teacher."""
    return max(tried, key=lambda one: (one.value, not one.settings.teacher_share))


def _worth(tried: Sequence[Tried], best: Tried) -> tuple[str, ...]:
    """What the teacher was worth on dev, where the same was tried with it and without."""
    with_it, without = (
        [one.value for one in tried if bool(one.settings.teacher_share) == share]
        for share in (True, False)
    )
    if not with_it or not without:
        return ()
    counts = "so it counts" if best.settings.teacher_share else "so it does not count"
    return (
        f"dev's answers come to {max(without):.3f} without the teacher and to {max(with_it):.3f} "
        f"with it, {counts}",
    )
