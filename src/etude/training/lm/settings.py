"""What a language model's training is told: with the pairs and the model it decides the weights.

It knows numbers alone: sizes of models and of data, never a model or a text.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from etude.errors import TrainingError
from etude.training.lm._rules import checked

Method = Literal["full", "lora", "qlora"]
Schedule = Literal["cosine", "wsd", "constant"]
Precision = Literal["auto", "fp32", "bf16"]
Sharing = Literal["auto", "off"]
Keep = Literal["best", "last"]
ShardWeights = Literal["auto", "on", "off"]

FULL_BELOW = 30_000_000
"""Parameters below which all weights are trained: optimizer and gradients still fit anywhere."""
RATE_OF_5M = 1e-3
"""AdamW's rate for all weights of a model of 5 M parameters, as the pilot found it."""
ADAPTER_RATE = 2e-4
"""For LoRA up to 13 B parameters (Dettmers et al. 2023, QLoRA, table 9); half of it above 30 B."""
WARM_UP_STEPS = 20
STEP_ROWS = 16
"""Examples of one optimizer step."""
TOKENS_AT_ONCE = 16_384
"""Tokens that go through the model together by default; a step of more is accumulated."""
MOST_SWEPT = 12
LONGEST = 48
"""Epochs; more than that learns by heart even where examples are few."""


@dataclass(frozen=True)
class LmSettings:
    """JSON-able; the same settings, pairs, model and machine give the same weights.

    ``batch_size`` examples go through the model together, and ``accumulation`` such batches make
    one optimizer step: 16 × 1, 8 × 2 and 1 × 16 take the same steps. With several processes a
    batch is shared between them, so the steps stay the same too.
    """

    method: Method = "full"
    """``full``: all weights. ``lora``: a low-rank adapter (Hu et al. 2021). ``qlora``: the same
    over weights kept in 4 bits (Dettmers et al. 2023)."""
    rank: int = 16
    alpha: float = 32.0
    """The adapter is scaled by alpha / rank, or with ``rslora`` by alpha / sqrt(rank)."""
    rslora: bool = False
    """Kalajdzievski 2023: for ranks of 64 and more."""
    dora: bool = False
    """Magnitude and direction apart (Liu et al. 2024); slower."""
    dropout: float = 0.0
    """Of the adapter's input; above 0 a shared prompt is computed for each example anew."""
    learning_rate: float = RATE_OF_5M
    """AdamW's, at its peak."""
    epochs: int = 4
    batch_size: int = STEP_ROWS
    accumulation: int = 1
    warmup_share: float = 0.1
    """Share of all steps in which the rate rises."""
    schedule: Schedule = "cosine"
    """To 5 % of the peak: along a cosine, or ``wsd`` (held, then down over the last fifth)."""
    clip: float = 1.0
    """Most that the gradient's norm may be."""
    weight_decay: float = 0.01
    """Of matrices; norms, biases and word vectors do not decay."""
    frozen_layers: int = 0
    """The lowest layers, and with them the word vectors, that stay as they are."""
    gradient_checkpointing: bool = False
    """Activations are computed again going back: about a third slower, far less memory."""
    precision: Precision = "auto"
    """``auto``: bfloat16 products where the processor has them; weights stay in float32."""
    sharing: Sharing = "auto"
    """``auto``: a prompt's beginning that examples share is computed once per batch."""
    shard_weights: ShardWeights = "auto"
    """With several processes: each holds a part of weights, gradients and optimizer. ``auto``: on
    accelerators, where the whole training does not fit on one, or where the launcher says so."""
    keep: Keep = "best"
    """``best``: the weights of the lowest loss on the examples kept aside, with early stopping.
    ``last``: those of the last step, for small models trained whole: in first trials on dev
    (``benchmarks/rates.py``) they wrote better after that loss had turned than before."""
    patience: int = 3
    """Looks at the examples kept aside without a better loss before training stops."""
    teacher_share: float = 0.5
    """Weight of the teacher's distribution against the written answer, where a pair has one."""
    seed: int = 0
    trackers: tuple[str, ...] = ()
    """``tensorboard``, ``mlflow``, ``wandb``: where the curve is written besides the log."""

    @property
    def step_rows(self) -> int:
        """Examples of one optimizer step."""
        return self.batch_size * self.accumulation

    def as_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {**asdict(self), "trackers": list(self.trackers)}

    def changed(self, values: Mapping[str, Any]) -> LmSettings:
        """These settings with some values replaced; each is checked.

        Raises:
            TrainingError: no such setting, a value that it can't have, or one of an adapter where
                there is none.
        """
        made = replace(self, **checked(values))
        _refuse_adapters(made, [*_SWITCHES, *(name for name in _SIZES if name in values)])
        return made


_SWITCHES, _SIZES = ("rslora", "dora", "dropout"), ("rank", "alpha")
"""Settings of an adapter: those that are off by default, and those that always have a value."""


def _refuse_adapters(settings: LmSettings, names: Sequence[str]) -> None:
    """Refuse settings that would be read and not used."""
    for name in names if settings.method == "full" else ():
        if getattr(settings, name):
            raise TrainingError(
                f"{name} is set, but all weights are trained and there is no adapter",
                where=f"training.{name}",
                hint="set method: lora as well, or leave it out",
            )


def settings_from(values: Mapping[str, Any]) -> LmSettings:
    """Settings from JSON, as ``as_dict`` wrote them; what is missing has its default. An adapter's
    size stands there for all weights too, and means nothing."""
    made = replace(LmSettings(), **checked(values))
    _refuse_adapters(made, _SWITCHES)
    return made


def default_settings(
    parameters: int, rows: int, mean_tokens: float, override: Mapping[str, Any]
) -> LmSettings:
    """Settings that usually do well, with a person's own in place of them.

    Rules by size, from the pilots (5 M parameters: 200 rows want 12 epochs, 1,200 want 4) and from
    the papers named at the constants; dev decides between them where a sweep is declared.

    Args:
        parameters: of the model.
        rows: examples to train on.
        mean_tokens: of prompt and target together.
        override: settings by name; everything else is chosen to fit them.

    Raises:
        TrainingError: no such setting, or a value that it can't have.
    """
    given = checked(override)
    method: Method = given.get("method") or ("full" if parameters < FULL_BELOW else "lora")
    batch = int(given.get("batch_size") or _at_once(rows, mean_tokens))
    accumulation = int(given.get("accumulation") or max(1, _step_rows(rows) // batch))
    per_epoch = max(1, math.ceil(rows / (batch * accumulation)))
    keep: Keep = given.get("keep") or (
        "last" if method == "full" and parameters < FULL_BELOW else "best"
    )
    epochs = int(given.get("epochs") or _epochs(rows, per_epoch, keep))
    chosen = LmSettings(
        method=method,
        learning_rate=_rate(method, parameters),
        epochs=epochs,
        batch_size=batch,
        accumulation=accumulation,
        warmup_share=min(0.15, WARM_UP_STEPS / (epochs * per_epoch)),
        gradient_checkpointing=parameters >= 1_000_000_000,
        keep=keep,
    )
    return chosen.changed(given)


def sweep(settings: LmSettings, declared: Mapping[str, Sequence[Any]]) -> list[LmSettings]:
    """Every combination of the declared values, in their order; the settings alone without any.

    Raises:
        TrainingError: more than 12 combinations, or a value that its setting can't have.
    """
    for name, values in declared.items():
        if isinstance(values, str) or not isinstance(values, Sequence) or not values:
            raise TrainingError(
                f"{name} is to be swept over {values!r}",
                where=f"training.sweep.{name}",
                expected="a list of values",
                hint=f"write {name}: [{values}]",
            )
    count = math.prod(len(values) for values in declared.values())
    if count > MOST_SWEPT:
        raise TrainingError(
            f"the sweep declares {count} trainings",
            where="training.sweep",
            expected=f"at most {MOST_SWEPT}: more than that picks winners by luck on dev",
            hint="leave out values, or sweep one setting after the other",
        )
    names = list(declared)
    return [
        settings.changed(dict(zip(names, values, strict=True)))
        for values in itertools.product(*declared.values())
    ]


def length_is_open(settings: LmSettings, given: Mapping[str, Any]) -> bool:
    """True where nobody says how long, and the loss on dev does not tell either (see ``keep``).

    How long is best then depends on the task: one wrote worse after three epochs, another still better
    after eight with more examples (``benchmarks/rates.py``), so answers decide.
    """
    return settings.keep == "last" and not given.get("epochs")


def twice_as_long(settings: LmSettings) -> LmSettings | None:
    """The same with twice the epochs and as many steps of warm-up; None above 48 epochs."""
    epochs, share = 2 * settings.epochs, settings.warmup_share / 2
    return replace(settings, epochs=epochs, warmup_share=share) if epochs <= LONGEST else None


def _rate(method: str, parameters: int) -> float:
    """AdamW's peak rate: with all weights it falls with the root of their number."""
    if method == "full":
        rate = RATE_OF_5M * math.sqrt(5_000_000 / max(parameters, 1))
        return float(f"{min(2e-3, max(1e-5, rate)):.1g}")
    return ADAPTER_RATE if parameters < 30_000_000_000 else ADAPTER_RATE / 2


def _step_rows(rows: int) -> int:
    return STEP_ROWS if rows >= 100 else STEP_ROWS // 2


def _at_once(rows: int, mean_tokens: float) -> int:
    batch = _step_rows(rows)
    while batch > 1 and batch * mean_tokens > TOKENS_AT_ONCE:
        batch //= 2
    return batch


def _epochs(rows: int, per_epoch: int, keep: Keep) -> int:
    """So many that there are 150 (200 rows) to 600 steps (6,400 rows), 1 to 15 epochs; half of it
    where the last weights are kept, whatever they have learned by heart."""
    steps = min(600.0, max(150.0, 150.0 * math.pow(rows / 200, 0.4)))
    return min(15, max(1, round(steps / per_epoch * (0.5 if keep == "last" else 1.0))))
