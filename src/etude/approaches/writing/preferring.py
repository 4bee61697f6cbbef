"""After fine-tuning: training from what people prefer, where the task names such a file.

Dev decides whether the result is kept. Preferences whose input is among the examples that are
scored are never trained on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from etude.approaches._base import FitContext
from etude.approaches.writing.candidate import WritingCandidate
from etude.data.preferences import Pair, Preferences, Single, read_preferences
from etude.errors import UsageError
from etude.models._base import TunableCausal
from etude.training.lm.preference import (
    SMALL,
    SMALL_RATE,
    Preference,
    PreferenceSettings,
    Verdict,
    prefer,
)
from etude.training.lm.result import MODEL


def wants_preferences(context: FitContext) -> bool:
    """Whether the task names preferences and has not switched them off.

    Where nobody asked for a method and its libraries are not installed, that is said and the rung
    goes on without.
    """
    task = context.task
    if task.data.preferences is None or task.training.preference == "none":
        return False
    missing = [name for name in ("trl", "peft", "datasets") if find_spec(name) is None]
    if missing and task.training.preference == "auto":
        context.progress.say(
            f"{task.data.preferences} is not learned from: {' and '.join(missing)} not installed "
            "(pip install 'etude[preference]')."
        )
        return False
    return True


def preference_settings(context: FitContext, method: str) -> dict[str, Any]:
    """The settings of the training, as JSON."""
    small = method == "full" and cast("TunableCausal", context.model).parameters < SMALL
    rate = SMALL_RATE if small else None
    return asdict(PreferenceSettings(learning_rate=rate, seed=context.seed))


def prefer_from(
    candidate: WritingCandidate,
    tuned: Path,
    settings: dict[str, Any],
    place: Path,
    context: FitContext,
) -> tuple[Path, str]:
    """The folder of weights that go on from ``tuned``, and what was learned from, in words.

    Raises:
        DataError: the file can't be used.
        MissingDependency: TRL or PEFT is not installed.
        UsageError: ``training.preference`` asks for what the file does not hold.
    """
    found = read_preferences(context.task, context.root, held=context.held)
    for notice in found.notices:
        context.progress.say(notice)
    rows = _rows(candidate, found, context)
    kind = "KTO" if isinstance(rows[0], Verdict) else "DPO"
    words = f"{kind} from {len(rows):,} preferences in {found.path}"
    if (place / MODEL).is_dir():
        return place / MODEL, words  # finished before an interruption
    source = cast("TunableCausal", context.model)
    result = prefer(source, tuned, rows, PreferenceSettings(**settings), place, context.progress)
    return result.folder, words


def _rows(
    candidate: WritingCandidate, found: Preferences, context: FitContext
) -> Sequence[Preference | Verdict]:
    """Ids as the candidate would be asked; pairs become verdicts where KTO is asked for."""
    form = cast("TunableCausal", context.model).format
    wanted = context.task.training.preference
    if found.pairs and wanted != "kto":
        return [
            Preference(prompt, form.target_ids(pair.chosen), form.target_ids(pair.rejected))
            for pair, prompt in zip(found.pairs, _prompts(candidate, found.pairs), strict=True)
        ]
    if wanted == "dpo":
        raise UsageError(
            f"{found.path} holds single answers with a verdict, and DPO learns from pairs",
            where="etude.yaml, training.preference",
            expected="a preferred and a rejected answer to each input",
            hint="write preference: kto",
        )
    singles = found.singles or _as_singles(found.pairs)
    return [
        Verdict(prompt, form.target_ids(one.completion), one.liked)
        for one, prompt in zip(singles, _prompts(candidate, singles), strict=True)
    ]


def _as_singles(pairs: Sequence[Pair]) -> list[Single]:
    return [
        Single(pair.line, pair.input, answer, liked)
        for pair in pairs
        for answer, liked in ((pair.chosen, True), (pair.rejected, False))
    ]


def _prompts(candidate: WritingCandidate, rows: Sequence[Pair | Single]) -> list[NDArray[np.int32]]:
    form = cast("TunableCausal", candidate.context.model).format
    requests, _ = candidate.requests([row.input for row in rows])
    return [form.prompt_ids(request.messages) for request in requests]
