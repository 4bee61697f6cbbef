"""The ladder as entrants: every rung with every model that it can run with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import cast

from etude.approaches import approach
from etude.approaches.improving.library import optimizer_version
from etude.errors import ModelError, UsageError
from etude.evaluation.stages import Entrant
from etude.metrics._base import WRITTEN, Embed
from etude.models._base import ChatModel, Embedder, Model
from etude.models._improving import Improving
from etude.models.builtin import MINILM, find_folder
from etude.models.embeddings import CachedEmbeddings
from etude.models.openai import EndpointModel
from etude.models.opening import open_model
from etude.records.task import ModelRef, Task, Training
from etude.store import Store
from etude.workflow.session import Session

EMBEDDINGS = "embeddings"
LOOKING_UP = frozenset({"retrieval", "finetune_retrieval"})
"""Rungs that look examples up."""


def open_models(session: Session) -> list[tuple[ModelRef, Model]]:
    """Every model of the task, opened.

    Raises:
        ModelError: one can't be had; the error says what to install or to set.
    """
    opened = {ref.name: open_reference(session, ref) for ref in session.taskfile.task.models}
    return [
        (ref, _improved(session, opened[ref.name], opened)) for ref in session.taskfile.task.models
    ]


def open_reference(session: Session, reference: ModelRef) -> Model:
    """One model of the task, opened; a folder is looked for in the project's first.

    Raises:
        ModelError: it can't be had.
    """
    return open_in(session.root, session.store, reference)


def open_in(root: Path, store: Store, reference: ModelRef) -> Model:
    """One model, opened; a folder is looked for in ``root`` first.

    Raises:
        ModelError: it can't be had.
    """
    if reference.openai is not None:
        return open_model(reference, store.response_cache(reference.name))
    inside = root.absolute() / reference.name
    if not inside.is_dir():
        return open_model(reference)
    # A folder is named as seen from the task file, wherever the command is typed.
    model = open_model(ModelRef(name=str(inside)))
    model.name = reference.name
    return model


def entrants(
    session: Session,
    models: list[tuple[ModelRef, Model]],
    say: Callable[[str], None],
) -> list[Entrant]:
    """Rungs of the task's ladder with the models they can run with; the rest is said.

    Raises:
        UsageError: no rung can run with any model.
    """
    found: list[Entrant] = []
    task = session.taskfile.task
    for reference, model in models:
        lookup = _lookup(task, model)
        embeddings = _embeddings(session, lookup or model)
        for key in task.ladder:
            rung = approach(key)
            reason = rung.usable(task, model)
            if reason is None:
                found.append(Entrant(rung, reference, model, embeddings, lookup))
            else:
                say(f"{rung.plain_name} is left out for {model.name}: {reason}")
    if not found:
        raise UsageError(
            "no rung of the ladder can run with the models of the task",
            where="etude.yaml, ladder and models",
            hint="add builtin:minilm to models, or a rung that fits",
        )
    if task.training != Training() and not any(map(_trains_by_the_task_file, found)):
        say(
            "The section training of etude.yaml is not used: it is for language models, and no rung "
            "here trains one. An encoder chooses its training itself."
        )
    return found


def _trains_by_the_task_file(entrant: Entrant) -> bool:
    """Whether the rung trains the weights of a language model."""
    return "tune_causal" in entrant.model.abilities and entrant.approach.seeded


def beside_the_metric(session: Session, taking_part: Sequence[Entrant]) -> Embed | None:
    """What embeds answers for the measures of texts: the encoder that looks up, else the builtin one
    if it is on this machine. Nothing is downloaded for it, and without one it stays unmeasured."""
    if session.taskfile.task.kind not in WRITTEN:
        return None
    for entrant in taking_part:
        if entrant.embeddings is not None:
            return entrant.embeddings.of
    try:
        find_folder(MINILM, download=False)
        found = open_model(ModelRef(name=f"builtin:{MINILM.name}"))
    except ModelError:
        return None
    embeddings = _embeddings(session, found)
    return embeddings.of if embeddings is not None else None


def entrant_called(session: Session, name: str) -> Entrant:
    """The entrant of a stored candidate's name, ``rung@model``.

    Raises:
        ModelError: the task no longer has that model.
    """
    rung, _, model_name = name.partition("@")
    for reference in session.taskfile.task.models:
        if reference.name == model_name:
            model = _improved(session, open_reference(session, reference), {})
            lookup = _lookup(session.taskfile.task, model)
            embeddings = _embeddings(session, lookup or model)
            return Entrant(approach(rung), reference, model, embeddings, lookup)
    raise ModelError(
        f"the candidate {name} was made with {model_name}, which the task no longer names",
        where="etude.yaml, models",
        hint="put it back, or run: etude compare",
    )


def _improved(session: Session, model: Model, opened: Mapping[str, Model]) -> Model:
    """An endpoint whose instructions the task wants improved carries how; any other as it is.

    ``opened``: models by name, of which one may be what rewrites: it is not opened twice, so that its
    money is counted once.
    """
    wanted = session.taskfile.task.improve
    if wanted is None or not isinstance(model, EndpointModel):
        return model
    by: Model = model
    if wanted.by is not None and wanted.by.name != model.name:
        by = opened.get(wanted.by.name) or open_reference(session, wanted.by)
    plan = Improving(wanted.requests, wanted.money, cast("ChatModel", by))
    return model.improved(plan, optimizer_version())


def _lookup(task: Task, model: Model) -> Embedder | None:
    """What finds examples by meaning for a model that only answers prompts; None: words alone do.

    The builtin encoder, which reads English: where the ladder looks nothing up, or the encoder is
    not installed, nothing embeds.
    """
    if isinstance(model, Embedder):
        return None
    if not LOOKING_UP.intersection(task.ladder):
        return None
    try:
        found = open_model(ModelRef(name="builtin:minilm"))
    except ModelError:
        return None
    return found if isinstance(found, Embedder) else None


def _embeddings(session: Session, model: Model) -> CachedEmbeddings | None:
    if not isinstance(model, Embedder):
        return None
    folder = session.store.cache_folder(EMBEDDINGS) / model.fingerprint
    return CachedEmbeddings(model, folder, session.progress)
