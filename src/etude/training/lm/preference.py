"""Learning from what people prefer, after training on answers: DPO from pairs, KTO from verdicts.

DPO (Rafailov et al. 2023) takes a prompt with a better and a worse answer; KTO (Ethayarajh et al.
2024) an answer that was liked or not. Both through TRL, on ids that the model's own format made:
TRL's own templating is not used. It starts from a tuned folder and leaves one of the same form; what
is interrupted goes on from its last checkpoint (``preference_checkpoints``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray

from etude.errors import MissingDependency, TrainingError
from etude.models._base import TunableCausal
from etude.models._fast import best_device
from etude.models._hub import quiet
from etude.progress import Progress, Silent
from etude.store import atomic
from etude.training.lm import _peft
from etude.training.lm._trl import (
    no_warnings,
    put_back,
    shown,
    special_ids,
    tokenizer,
    trainer_class,
)
from etude.training.lm.methods import Prepared
from etude.training.lm.precision import compute_dtype
from etude.training.lm.preference_checkpoints import (
    PreferenceCheckpoints,
    PreferenceWatch,
    figures_of,
    keeping,
    key_of,
)
from etude.training.lm.result import MODEL
from etude.training.lm.saving import write_model
from etude.training.lm.settings import LmSettings

ADAPTER_RATE, FULL_RATE = 2e-5, 1e-6
"""AdamW's peak, as TRL's examples have it: far below that of learning answers."""
CHECKPOINTS = "checkpoints"
SMALL = 30_000_000
SMALL_RATE = 2e-5
"""Of all weights of a model with fewer parameters; large ones take TRL's usual rates."""


@dataclass(frozen=True)
class Preference:
    """A prompt with two answers, as ids; each ends its turn."""

    prompt: NDArray[np.int32]
    chosen: NDArray[np.int32]
    rejected: NDArray[np.int32]


@dataclass(frozen=True)
class Verdict:
    """A prompt with one answer that was liked, or not."""

    prompt: NDArray[np.int32]
    answer: NDArray[np.int32]
    liked: bool


@dataclass(frozen=True)
class PreferenceSettings:
    """``beta``: how close the model must stay to where it started; higher is closer.

    ``learning_rate`` None: 2e-5 for an adapter, 1e-6 for whole weights.
    """

    beta: float = 0.1
    learning_rate: float | None = None
    epochs: int = 1
    batch_size: int = 8
    precision: Literal["auto", "fp32", "bf16"] = "auto"
    seed: int = 0


@dataclass(frozen=True)
class PreferenceResult:
    """``log`` holds TRL's figures of each step: ``loss``, ``rewards/margins`` and others."""

    folder: Path
    log: tuple[dict[str, float], ...]


def prefer(
    source: TunableCausal,
    start: Path | None,
    examples: Sequence[Preference | Verdict],
    settings: PreferenceSettings,
    workdir: Path,
    progress: Progress | None = None,
    watch: PreferenceWatch | None = None,
) -> PreferenceResult:
    """Train on preferences; ``workdir/model`` is what ``source.tuned`` opens.

    Args:
        source: the base model, as it was before any tuning.
        start: a tuned folder to go on from (whole weights, or an adapter of ``source``); None
            starts from ``source`` and trains all its weights.
        examples: all of one kind: ``Preference`` for DPO, ``Verdict`` for KTO.
        settings: of the training.
        workdir: where ``model`` is put; it must not be there yet. Checkpoints lie beside it until
            then, and the same training goes on from the last one.
        progress: where words go.
        watch: follows the training, and may stop it.

    Raises:
        MissingDependency: TRL or PEFT is not installed.
        TrainingError: examples of both kinds, none, or longer than the window.
        KeyboardInterrupt: ``watch`` stops it; what was done is kept.
    """
    rows = _rows(source, examples)
    trl, datasets = _library("trl"), _library("datasets")
    kind = "KTO" if isinstance(examples[0], Verdict) else "DPO"
    devices = [best_device()] if torch.cuda.is_available() else []
    kept = PreferenceCheckpoints(workdir / CHECKPOINTS, key_of(source, start, rows, settings))
    with torch.random.fork_rng(devices), no_warnings():
        torch.manual_seed(settings.seed)
        prepared, reference = _start(source, start)
        rate = settings.learning_rate or (ADAPTER_RATE if prepared.adapter else FULL_RATE)
        told = f"{kind} from {len(rows)} examples, beta {settings.beta:g}, rate {rate:g}."
        saving = _Saving(prepared, source, _for_the_card(prepared, settings, rate), told)
        keeper = keeping(kept, watch, saving.write)
        config = _config(getattr(trl, f"{kind}Config"), source, settings, rate, kept.arguments())
        trainer = trainer_class(getattr(trl, f"{kind}Trainer"))(
            model=prepared.adapter or prepared.module,
            ref_model=reference,
            args=config,
            train_dataset=datasets.Dataset.from_list(rows),
            processing_class=tokenizer(source),
            callbacks=[shown(progress or Silent(), kind), keeper],
        )
        begun = kept.newest()
        trainer.train(resume_from_checkpoint=None if begun is None else str(begun))
        if keeper.stopped:
            raise KeyboardInterrupt
    prepared.module.eval()
    saving.write(workdir / MODEL)
    kept.clear()
    return PreferenceResult(workdir / MODEL, _figures(trainer.state.log_history))


class _Saving:
    """Puts the weights into folders as a training leaves them, while it goes on or at its end.

    Args:
        prepared: what is trained, before a trainer has it.
        source: what it was made from.
        settings: for the card.
        told: a sentence for the card.
    """

    def __init__(
        self, prepared: Prepared, source: TunableCausal, settings: LmSettings, told: str
    ) -> None:
        self._prepared, self._source = prepared, source
        self._settings, self._told = settings, told
        self._own = special_ids(prepared.module)

    def write(self, folder: Path) -> None:
        """The weights as they are now, with the model's own special ids; ``folder`` is not there."""
        trainers = special_ids(self._prepared.module)
        put_back(self._own)
        try:
            with atomic.folder(folder) as temp:
                write_model(self._prepared, self._source, self._settings, [self._told], temp)
        finally:
            put_back(trainers)


def _for_the_card(prepared: Prepared, settings: PreferenceSettings, rate: float) -> LmSettings:
    return replace(
        LmSettings(method="lora" if prepared.adapter else "full"),
        learning_rate=rate,
        epochs=settings.epochs,
        batch_size=settings.batch_size,
        precision=settings.precision,
        seed=settings.seed,
    )


def _library(name: str) -> Any:
    quiet()
    try:
        return import_module(name)
    except ImportError as error:
        raise MissingDependency(
            f"learning from preferences needs the {name} library, which is not installed",
            hint="pip install 'etude[preference]'",
        ) from error


def _rows(source: TunableCausal, examples: Sequence[Preference | Verdict]) -> list[dict[str, Any]]:
    """What TRL's collators read; KTO's estimate of drift pairs a prompt with another's answer."""
    if not examples:
        raise TrainingError("there are no preferences to learn from", where="preferences")
    if len({type(example) for example in examples}) > 1:
        raise TrainingError(
            "the preferences are of both kinds",
            where="preferences",
            expected="either pairs of a better and a worse answer, or answers liked or not",
        )
    rows: list[dict[str, Any]] = []
    for place, example in enumerate(examples):
        row: dict[str, Any] = {"prompt_ids": example.prompt.tolist()}
        if isinstance(example, Preference):
            row |= {
                "chosen_ids": example.chosen.tolist(),
                "rejected_ids": example.rejected.tolist(),
            }
        else:
            other = examples[place - 1]
            assert isinstance(other, Verdict)
            row |= {"completion_ids": example.answer.tolist(), "label": example.liked}
            row["KL_completion_ids"] = other.answer.tolist()
        rows.append(row)
    _refuse_long(source, rows)
    return rows


def _refuse_long(source: TunableCausal, rows: Sequence[dict[str, Any]]) -> None:
    answers = ("chosen_ids", "rejected_ids", "completion_ids")
    for place, row in enumerate(rows, 1):
        longest = max(len(row[name]) for name in answers if name in row)
        if len(row["prompt_ids"]) + longest > source.window:
            raise TrainingError(
                f"prompt and answer have {len(row['prompt_ids']) + longest} tokens",
                where=f"preferences, row {place}",
                expected=f"at most {source.window}, the model's window",
                hint="leave the row out, or shorten it",
            )


def _start(source: TunableCausal, start: Path | None) -> tuple[Prepared, Any | None]:
    """What is trained, and what it is held close to (None: PEFT's copy of the adapter)."""
    if start is not None and (start / "adapter_config.json").is_file():
        peft = _peft.library()
        adapter = peft.PeftModel.from_pretrained(source.load_module(), start, is_trainable=True)
        return Prepared(adapter.get_base_model(), adapter), None
    opened = source if start is None else source.tuned(start)
    return Prepared(opened.load_module(), None), opened.load_module()


def _config(
    kind: Any,
    source: TunableCausal,
    settings: PreferenceSettings,
    rate: float,
    saving: dict[str, Any],
) -> Any:
    device = best_device()
    return kind(
        **saving,
        beta=settings.beta,
        learning_rate=rate,
        num_train_epochs=settings.epochs,
        per_device_train_batch_size=settings.batch_size,
        lr_scheduler_type="cosine",
        max_length=source.window,
        bf16=compute_dtype(settings.precision, device) == torch.bfloat16,
        use_cpu=device.type == "cpu",
        seed=settings.seed,
        gradient_checkpointing=False,
        remove_unused_columns=False,
        logging_steps=1,
        report_to="none",
        disable_tqdm=True,
        dataloader_pin_memory=device.type == "cuda",
    )


def _figures(history: Sequence[dict[str, Any]]) -> tuple[dict[str, float], ...]:
    return tuple(figures_of(row) for row in history if "loss" in row)
