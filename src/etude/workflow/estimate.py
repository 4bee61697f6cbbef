"""How long a comparison will take, said before it starts: measured speeds times what is left to do.

What is stored is not computed and not counted, and where nothing is left nothing is timed either.
How a speed is measured is in ``speeds``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from etude.evaluation.expected import Expected
from etude.evaluation.parts import Layout
from etude.evaluation.remaining import Left, Remaining
from etude.evaluation.stages import Entrant, Stages
from etude.models.embeddings import CachedEmbeddings
from etude.workflow.egress import Egress
from etude.workflow.rehearsal import Asked
from etude.workflow.speeds import Speeds, of_endpoint, of_local, seconds_a_text

FIXED_S = 20.0
"""Statistics and the cheap rungs."""

By = Mapping[str, Speeds]


def announce(
    stages: Stages,
    layout: Layout,
    taking_part: Sequence[Entrant],
    left: Remaining,
    asked: Asked,
    sent: Sequence[Egress],
) -> Expected:
    """Say about how many minutes the work takes that is not stored, and on what that rests.

    What each stage is expected to take is given back, for progress.

    Args:
        stages: of the comparison.
        layout: its parts.
        taking_part: every rung with every model.
        left: what is not stored.
        asked: what endpoints would be asked.
        sent: the same, less the answers that are kept.
    """
    texts = _texts_left(layout, taking_part)
    if left.nothing and not any(texts.values()):
        stages.progress.say("Everything is stored already: nothing is computed anew.")
        return Expected()
    speeds, embedding = _measured(stages, layout, left, asked, texts)
    seconds = FIXED_S + embedding + _local_seconds(left, speeds)
    seconds += sum(egress.seconds for egress in sent)
    stored = any(one.nothing or one.choice is not None for one in left.parts)
    kept = any(
        stages.remembers(one.entrant) for one in (*left.parts, *left.last) if not one.nothing
    )
    said = f"{'At most about' if kept else 'About'} {_said(seconds)} of work"
    if stored:
        said += " are left" if _several(seconds) else " is left"
    if kept:
        said += ", less what was asked before"
    waiting = [egress.pace for egress in sent if egress.requests]
    if waiting:
        said += f", if {' and '.join(waiting)}"
    stages.progress.say(f"{said}.")
    return _expected(left, speeds)


def _measured(
    stages: Stages,
    layout: Layout,
    left: Remaining,
    asked: Asked,
    texts: Mapping[CachedEmbeddings, int],
) -> tuple[dict[str, Speeds], float]:
    """Speeds by entrant, and seconds of embedding texts."""
    open_by_name: dict[str, list[Left]] = {}
    for one in (*left.parts, *left.last):
        if not one.nothing:
            open_by_name.setdefault(one.entrant.name, []).append(one)
    speeds = {
        name: of_endpoint(own, asked.parts.get(name, []))
        for name, own in open_by_name.items()
        if own[0].entrant.reference.openai is not None
    }
    here = {name: own for name, own in open_by_name.items() if name not in speeds}
    if not here and not any(texts.values()):
        return speeds, 0.0
    with stages.progress.step("timing a few answers and steps of training"):
        embedding = sum(
            count * seconds_a_text(embeddings.model, layout.parts[0].train.inputs)
            for embeddings, count in texts.items()
            if count
        )
        for name, own in here.items():
            work = any(one.seeds or one.fit for one in own)
            speeds[name] = of_local(stages, own[0].entrant, layout.parts[0], work=work)
    return speeds, embedding


def _texts_left(layout: Layout, taking_part: Sequence[Entrant]) -> dict[CachedEmbeddings, int]:
    """Texts that each embedding model has not read yet."""
    part = layout.parts[0]
    texts = part.train.inputs + part.dev.inputs + part.asked
    found: dict[CachedEmbeddings, int] = {}
    seen: set[str] = set()
    for entrant in taking_part:
        embeddings = entrant.embeddings
        if isinstance(embeddings, CachedEmbeddings) and embeddings.model.fingerprint not in seen:
            seen.add(embeddings.model.fingerprint)
            found[embeddings] = embeddings.missing(texts)
    return found


def _local_seconds(left: Remaining, speeds: By) -> float:
    """Of what is computed on this machine. Of a rung's models one alone is fitted, and of all one on
    everything: the slowest is counted."""
    here = [one for one in left.parts if one.entrant.reference.openai is None]
    choosing = sum(_choosing(one, speeds) for one in here)
    by_rung: dict[str, dict[str, float]] = {}
    for one in here:
        rung = by_rung.setdefault(one.entrant.approach.key, {})
        rung[one.entrant.name] = rung.get(one.entrant.name, 0.0) + _fitting(one, speeds)
    ends = [
        _choosing(one, speeds) + _fitting(one, speeds)
        for one in left.last
        if one.entrant.reference.openai is None
    ]
    fitting = sum(max(rung.values()) for rung in by_rung.values())
    return choosing + fitting + max(ends, default=0.0)


def _choosing(one: Left, speeds: By) -> float:
    return len(one.seeds) * speeds[one.entrant.name].choosing(one.part) if one.seeds else 0.0


def _fitting(one: Left, speeds: By) -> float:
    seconds = speeds[one.entrant.name].fitting(one.part) if one.fit else 0.0
    return seconds + (speeds[one.entrant.name].timing if one.timing else 0.0)


def _expected(left: Remaining, speeds: By) -> Expected:
    choosing = {
        (one.entrant.name, one.part.index, seed): speeds[one.entrant.name].choosing(one.part)
        for one in left.parts
        for seed in one.seeds
    }
    fitting = {
        (one.entrant.name, one.part.index): speeds[one.entrant.name].fitting(one.part)
        for one in left.parts
        if one.fit
    }
    return Expected(choosing, fitting)


def _minutes(seconds: float) -> int:
    return max(1, round(seconds / 60))


def _several(seconds: float) -> bool:
    return _minutes(seconds) > 1


def _said(seconds: float) -> str:
    minutes = _minutes(seconds)
    if minutes >= 120:
        return f"{minutes / 60:.0f} hours"
    return f"{minutes} minute{'s' if minutes > 1 else ''}"
