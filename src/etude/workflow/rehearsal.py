"""What a run would ask a chat model, without asking: the rungs themselves are gone through.

The real rungs build the real requests, so the count follows whatever they try. The longest prompt
is taken to win, because that is what costs most; which one really wins only an answer can tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

from etude.approaches import approach
from etude.approaches._base import Choice
from etude.data.examples import Examples
from etude.evaluation.beginning import ASKED, Begins
from etude.evaluation.parts import Part
from etude.evaluation.remaining import Left, Remaining
from etude.evaluation.repeats import ASKINGS, again, places, without_asking_again
from etude.evaluation.stages import Entrant, Stages
from etude.models._base import Ability, ChatRequest, Completion
from etude.models._improving import Improving, improving
from etude.progress import Progress, Silent
from etude.records.task import WRITING
from etude.releases.loading import CANDIDATE, Release


@dataclass
class _Notebook:
    """A chat model that writes requests down and answers with the first choice."""

    name: str
    fingerprint: str
    abilities: frozenset[Ability] = frozenset({"chat"})
    requests: dict[ChatRequest, None] = field(default_factory=dict)
    longest: float = 0.0
    asking: int = 0
    improving: Improving | None = None
    """A search for instructions is gone through at its largest; see ``improving.rehearsing``."""

    def complete(
        self, requests: Sequence[ChatRequest], progress: Progress | None = None
    ) -> list[Completion]:
        """Nothing is sent."""
        asked = again(requests, self.asking) if self.asking else requests
        self.requests |= dict.fromkeys(asked)
        if requests:
            lengths = sum(len(m.content) for r in requests for m in r.messages)
            self.longest = lengths / len(requests)
        return [
            Completion(r.choices[0] if r.choices else "", None, "stop", 0, 0, 0.0) for r in requests
        ]

    def length(
        self,
        examples: Examples,
        outputs: Sequence[str | None],
        passages: Sequence[Sequence[str]] = (),
    ) -> float:
        """In place of the metric: how long the last prompts were."""
        return self.longest


@dataclass(frozen=True)
class Asked:
    """What a comparison would still ask endpoints, about, the kept answers included.

    ``parts``: by entrant. ``last``: by entrant, of which one is fitted on everything in the end.
    ``rewriting``: by entrant, what is asked of whoever rewrites instructions.
    """

    parts: dict[str, list[ChatRequest]]
    last: dict[str, list[ChatRequest]]
    rewriting: dict[str, list[ChatRequest]] = field(default_factory=dict)


def of_release(release: Release, inputs: Sequence[str]) -> list[ChatRequest]:
    """What a release would ask its endpoint to answer these inputs."""
    model = release.context.model
    notes = _Notebook(model.name, model.fingerprint)
    rung = approach(release.manifest.rung)
    context = replace(release.context, model=notes, progress=Silent())
    rung.load(release.folder / CANDIDATE, context).answer(list(inputs))
    return list(notes.requests)


def of_endpoints(stages: Stages, left: Remaining) -> Asked:
    """The requests of every stage that is not stored."""

    rewriting: dict[str, list[ChatRequest]] = {}

    def by_entrant(ones: Sequence[Left]) -> dict[str, list[ChatRequest]]:
        own: dict[str, list[Left]] = {}
        for one in ones:
            if one.entrant.reference.openai is not None:
                own.setdefault(one.entrant.name, []).append(one)
        found = {}
        for name, some in own.items():
            found[name], rewritten = _still_asked(stages, some)
            rewriting.setdefault(name, []).extend(rewritten)
        return found

    return Asked(by_entrant(left.parts), by_entrant(left.last), rewriting)


def comparing(
    stages: Stages, entrant: Entrant, parts: Iterable[Part]
) -> tuple[list[ChatRequest], list[ChatRequest]]:
    """Distinct requests of choosing, fitting and answering in these parts, about; and those for
    rewriting instructions."""
    whole = [Left(entrant, part, (0,), None, fit=True, timing=False) for part in parts]
    return _still_asked(stages, whole)


def _still_asked(
    stages: Stages, left: Sequence[Left]
) -> tuple[list[ChatRequest], list[ChatRequest]]:
    """Distinct requests of what one entrant has left to do, about; and those for rewriting."""
    notebook, noted, silent = _noted(stages, left[0].entrant)
    for one in left:
        if one.nothing:
            continue
        context, part = silent.context(noted, 0, Path()), one.part
        choice = one.choice
        if choice is None:
            longest = replace(context, metric=notebook.length)
            choice = noted.approach.choose(part.train, part.dev, longest)
        candidate = noted.approach.fit(part.fitted_on, choice, context)
        if one.fit:
            candidate.answer(part.asked)
        if one.timing:
            rows = places(len(part.scored))
            plain = replace(context, task=without_asking_again(context.task))
            candidate = noted.approach.fit(part.fitted_on, choice, plain)
            for notebook.asking in range(1, ASKINGS):
                candidate.answer([part.scored.inputs[row] for row in rows])
            if isinstance(candidate, Begins) and context.task.kind in WRITING:
                notebook.asking = ASKINGS
                candidate.begin(
                    [part.scored.inputs[row] for row in places(len(part.scored), ASKED)]
                )
            notebook.asking = 0
    plan = notebook.improving
    return list(notebook.requests), list(cast("_Notebook", plan.by).requests) if plan else []


def answering(
    stages: Stages, entrant: Entrant, examples: Examples, choice: Choice, texts: Sequence[str]
) -> list[ChatRequest]:
    """Distinct requests of answering ``texts`` with the chosen settings."""
    notebook, noted, silent = _noted(stages, entrant)
    candidate = noted.approach.fit(examples, choice, silent.context(noted, 0, Path()))
    candidate.answer(list(texts))
    return list(notebook.requests)


def _noted(stages: Stages, entrant: Entrant) -> tuple[_Notebook, Entrant, Stages]:
    notebook = _Notebook(entrant.model.name, entrant.model.fingerprint)
    plan = improving(entrant.model)
    if plan is not None:
        by = _Notebook(plan.by.name, plan.by.fingerprint)
        notebook.improving = replace(plan, by=by, rehearsed=True)
    return notebook, replace(entrant, model=notebook), replace(stages, progress=Silent())
