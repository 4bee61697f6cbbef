"""What a run would ask a chat model, without asking: the rungs themselves are gone through.

The real rungs build the real requests, so the count follows whatever they try. The longest prompt
is taken to win, because that is what costs most; which one really wins only an answer can tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from etude.approaches._base import Choice
from etude.data.examples import Examples
from etude.evaluation.parts import Part
from etude.evaluation.repeats import ASKINGS, again, places
from etude.evaluation.stages import Entrant, Stages
from etude.models._base import Ability, ChatRequest, Completion
from etude.progress import Progress, Silent


@dataclass
class _Notebook:
    """A chat model that writes requests down and answers with the first choice."""

    name: str
    fingerprint: str
    abilities: frozenset[Ability] = frozenset({"chat"})
    requests: dict[ChatRequest, None] = field(default_factory=dict)
    longest: float = 0.0
    asking: int = 0

    def complete(
        self, requests: Sequence[ChatRequest], progress: Progress | None = None
    ) -> list[Completion]:
        """Nothing is sent."""
        self.requests |= dict.fromkeys(again(requests, self.asking))
        self.longest = float(sum(len(m.content) for r in requests for m in r.messages))
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


def comparing(
    stages: Stages, entrant: Entrant, parts: Iterable[Part], *, repeated: bool = False
) -> list[ChatRequest]:
    """Distinct requests of choosing, fitting and answering in these parts, about.

    ``repeated``: with those that ask some of the first part's scored examples again.
    """
    notebook, noted, silent = _noted(stages, entrant)
    for number, part in enumerate(parts):
        context = silent.context(noted, 0, Path())
        longest = replace(context, metric=notebook.length)
        choice = noted.approach.choose(part.train, part.dev, longest)
        candidate = noted.approach.fit(part.fitted_on, choice, context)
        candidate.answer(part.scored.inputs)
        if repeated and not number:
            rows = places(len(part.scored))
            for notebook.asking in range(1, ASKINGS):
                candidate.answer([part.scored.inputs[row] for row in rows])
            notebook.asking = 0
    return list(notebook.requests)


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
    return notebook, replace(entrant, model=notebook), replace(stages, progress=Silent())
