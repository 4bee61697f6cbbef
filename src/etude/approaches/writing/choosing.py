"""What the prompt rungs try with a language model: the wording first, then what is shown.

How settings are tried and which wins is in ``searching``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import numpy as np

from etude.approaches._base import Choice, FitContext
from etude.approaches.improving.search import improve
from etude.approaches.writing.candidate import WritingCandidate, sources_for
from etude.approaches.writing.mending import try_mending
from etude.approaches.writing.rewritten import Rewritten
from etude.approaches.writing.searching import Search, shown_by
from etude.approaches.writing.settings import Settings
from etude.approaches.writing.wording import BASE, sentence_orders
from etude.data.examples import Examples
from etude.models._base import ChatModel, TunableCausal
from etude.models._improving import improving

FIXED_COUNTS = (2, 4, 8, 16)
NEAR_COUNTS = (1, 2, 4, 8)
PASSAGE_COUNTS = (1, 3)
FUSIONS = ("meaning", "words")
"""Besides reciprocal ranks of both, which is tried first."""
UNLIKE = (0.1, 0.3)
"""Shares of dev for which the nearest passage may be held to be too far to help."""
LABEL_VARIANTS: tuple[dict[str, Any], ...] = (
    {"label_list": "json"},
    {"meanings": False},
    {"order": "reversed"},
    {"contract_first": True},
)
PER_LABEL = (1, 2, 4, 8)
MOST_IN_PROMPT = 160
"""Examples in one prompt: beyond it the price of each request grows and small models lose track."""
NEAR_COUNTS_OF_LABELS = (4, 8, 16, 32)
ROOM_FOR_A_LABEL = 64
"""Tokens, of an endpoint that may put anything around it."""
ROOM = 1.5
"""An answer may be half as long again as the longest ideal one before it is cut off."""
_MEASURED = 200


def answer_room(examples: Examples, context: FitContext) -> int:
    """Tokens that an answer may have, from the longest ideal answers."""
    longest = sorted(set(examples.targets), key=len, reverse=True)[:_MEASURED]
    if "tune_causal" in context.model.abilities:
        form = cast("TunableCausal", context.model).format
        most = max((len(form.target_ids(text)) for text in longest), default=1)
    else:
        # Endpoints do not say how they count; two bytes a token is on the safe side.
        most = max((len(text.encode()) // 2 for text in longest), default=1)
        if context.labels:
            return max(ROOM_FOR_A_LABEL, int(ROOM * most) + 16)
    return int(ROOM * most) + 16


def choose_prompt(train: Examples, dev: Examples, context: FitContext) -> Choice:
    """Instructions only: what is said beside them, then the instructions themselves, their order."""
    search = _begun(train, dev, context)
    start = search.settings
    if not start.wording.instructions:  # those that were written anew went through a search already
        search.race(
            [
                replace(start, wording=replace(start.wording, sentences=kept))
                for kept in sentence_orders(start.wording.said(context.task))
            ]
        )
    best = search.settings.wording
    if best.has_contract(context.task, context.labels) and not context.labels:
        search.ask(replace(search.settings, wording=replace(best, contract_first=True)))
    return search.choice()


def choose_few_shot(train: Examples, dev: Examples, context: FitContext) -> Choice:
    """Examples in every prompt: how many that cover the task, where they stand, and whether more
    help that are like what dev failed on."""
    search = _begun(train, dev, context)
    start = search.restart()
    search.race([replace(start, fixed=count) for count in _fixed_counts(train, context)])
    _listed_instead(search)
    try_mending(search)
    return search.choice()


def choose_retrieval(train: Examples, dev: Examples, context: FitContext) -> Choice:
    """Examples like the input, found by words, by meaning or by both; and passages of the knowledge
    where there is any, unless even the nearest is too far to help."""
    search = _begun(train, dev, context)
    start = search.restart()
    likely = NEAR_COUNTS_OF_LABELS if context.labels else NEAR_COUNTS
    counts = [k for k in likely if k <= len(train)] or [len(train)]
    search.race([replace(start, near=count) for count in counts])
    _listed_instead(search)
    if context.lookup is not None:
        for fusion in FUSIONS:
            search.ask(replace(search.settings, fusion=fusion))
    if context.task.data.knowledge and not context.labels:
        best = search.settings
        for passages in PASSAGE_COUNTS:
            search.ask(replace(best, passages=passages))
        search.ask(replace(best, near=0, passages=PASSAGE_COUNTS[-1]))
        if search.settings.passages:
            _unless_too_far(search)
    return search.choice()


def _begun(train: Examples, dev: Examples, context: FitContext) -> Search:
    """A search that has tried the base wording, then each change on top of the best so far, then
    other instructions where the task wants them improved."""
    search = Search(train, dev, context)
    search.ask(Settings(BASE, answer_room(train.join(dev), context)))
    changes: list[dict[str, Any]] = []
    if context.task.checks:
        changes.append({"rules": True})
    if context.task.output_schema is not None:
        changes.append({"shape": False})
    for change in changes:
        best = search.settings
        search.ask(replace(best, wording=replace(best.wording, **change)))
    if context.labels:
        _list_labels(search)
    plan = improving(context.model)
    if plan is not None:
        search.notes += improve(Rewritten(search), plan)
    return search


def _list_labels(search: Search) -> None:
    """How the labels are listed, and whether before the instructions."""
    best, told = search.settings, any(search.context.descriptions.values())
    changes = [change for change in LABEL_VARIANTS if told or "meanings" not in change]
    search.race([replace(best, wording=replace(best.wording, **change)) for change in changes])


def _fixed_counts(train: Examples, context: FitContext) -> list[int]:
    """Examples in every prompt; of labels as many for each."""
    labels = len(context.labels)
    if labels:
        fitting = [k for k in PER_LABEL if k * labels <= MOST_IN_PROMPT] or list(PER_LABEL[:1])
        return list(dict.fromkeys(min(k * labels, len(train)) for k in fitting))
    return [k for k in FIXED_COUNTS if k <= len(train)] or [len(train)]


def _listed_instead(search: Search) -> None:
    best = search.settings
    search.ask(replace(best, wording=replace(best.wording, examples="list")))


def _unless_too_far(search: Search) -> None:
    """Below which likeness of the nearest passage nothing is shown and the prompt says so."""
    best, context = search.settings, search.context
    candidate = candidate_for("", search.train, best.to_json(), context, _model(context))
    like_N = candidate.likeness(search.dev.inputs, context.embeddings)
    for least in dict.fromkeys(float(np.quantile(like_N, share)) for share in UNLIKE):
        if least > 0:
            search.ask(replace(best, least=least))


def _model(context: FitContext) -> ChatModel:
    return cast("ChatModel", context.model)


def candidate_for(
    rung: str,
    examples: Examples,
    settings: dict[str, Any],
    context: FitContext,
    model: ChatModel,
) -> WritingCandidate:
    """The candidate of these settings, with those of ``examples`` that it may show."""
    wanted = Settings.from_json(settings)
    shown = shown_by(wanted, examples, context.labels)
    sources = sources_for(wanted, shown, context)
    return WritingCandidate(rung, context, settings, sources, model)


def fit_writing(
    rung: str, examples: Examples, choice: Choice, context: FitContext
) -> WritingCandidate:
    """The untrained model with the chosen settings."""
    return candidate_for(rung, examples, choice.settings, context, _model(context))
