"""TRL's trainers bent to ids that a model's own format made: classes that take them as they are, and
what is put right before and after. Neither TRL nor transformers is imported until it is asked."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from etude.models._base import TunableCausal
from etude.progress import Progress


def trainer_class(base: Any) -> Any:
    """TRL's trainer, which takes the ids as they are: they came through the model's format."""

    class OnIds(base):  # type: ignore[misc]
        def _prepare_dataset(self, dataset: Any, *others: Any) -> Any:
            return dataset

        def create_model_card(self, *others: Any, **more: Any) -> None:
            """None: a checkpoint is no model that anybody gets."""

    return OnIds


def tokenizer(source: TunableCausal) -> Any:
    """The format's own where it has one; else one that knows only padding, all that is asked."""
    own = getattr(source.format, "tokenizer", None)
    if own is not None:
        return own
    tokenizers, transformers = import_module("tokenizers"), import_module("transformers")
    words = {f"<{i}>": i for i in range(source.format.pad_id + 1)}
    made = tokenizers.Tokenizer(tokenizers.models.WordLevel(words, unk_token="<0>"))  # noqa: S106
    pad = f"<{source.format.pad_id}>"
    return transformers.PreTrainedTokenizerFast(tokenizer_object=made, pad_token=pad)


def shown(progress: Progress, kind: str) -> Any:
    """A callback that counts steps."""

    class Shown(import_module("transformers").TrainerCallback):  # type: ignore[misc]
        def on_train_begin(self, args: Any, state: Any, control: Any, **others: Any) -> None:
            """Open the step."""
            self.step = progress.step(kind, total=float(state.max_steps), unit="steps")
            self.step.__enter__()
            self.step.advance(float(state.global_step))

        def on_step_end(self, args: Any, state: Any, control: Any, **others: Any) -> None:
            """One more."""
            self.step.advance(1)

        def on_train_end(self, args: Any, state: Any, control: Any, **others: Any) -> None:
            """Close it."""
            self.step.__exit__(None, None, None)

    return Shown()


_SPECIAL = ("bos_token_id", "eos_token_id", "pad_token_id")


def special_ids(module: Any) -> list[tuple[Any, str, Any]]:
    """Where a model keeps its special ids, by what name, and which they are."""
    homes = (module.config, module.generation_config)
    return [(home, name, getattr(home, name, None)) for home in homes for name in _SPECIAL]


def put_back(ids: Sequence[tuple[Any, str, Any]]) -> None:
    """A trainer sets the model's special ids to its tokenizer's: these again, as ``special_ids`` gave
    them."""
    for home, name, value in ids:
        setattr(home, name, value)


@contextmanager
def no_warnings() -> Iterator[None]:
    """TRL's and transformers' notes to their own users."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
