"""The task: what ``etude.yaml`` says, with every default stated.

It holds the shapes only. Reading YAML, line numbers and cross-field rules live in
``etude.taskfile``; what an answer must satisfy lives in ``etude.contracts``.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from etude.records._base import Record

Kind = Literal["classify", "extract", "write", "rewrite", "chat", "image"]
KINDS: tuple[Kind, ...] = ("classify", "extract", "write", "rewrite", "chat", "image")
BUILT_KINDS: tuple[Kind, ...] = ("classify", "extract", "write", "rewrite", "chat")
"""Kinds whose whole job runs today; the others are refused by name."""
WRITING: tuple[Kind, ...] = ("extract", "write", "rewrite", "chat")
"""Kinds whose answers are written by a language model, not chosen."""
FREE: tuple[Kind, ...] = ("write", "rewrite", "chat")
"""Kinds whose answers are texts without a form."""
JUDGED: tuple[str, ...] = ("judge", "person")
"""Metrics for which somebody has to read the answers."""


class Boundaries(Record):
    """What must be refused or handed to a person, in words."""

    hand_over: tuple[str, ...] = ()
    refuse: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    """An input that holds one goes to a person, whatever the answer."""


class Split(Record):
    """Shares of the examples; ``None`` means cross-fitting below about 2,000 examples."""

    dev: float = Field(default=0.15, gt=0, lt=0.5)
    holdout: float = Field(default=0.2, gt=0, lt=0.8)


class Data(Record):
    """Where the examples are and which columns mean what."""

    examples: str
    holdout: str | None = None
    shape: str | None = None
    """The shape of the rows, where it is not to be told by their columns; "table": plain columns."""
    input: str | tuple[str, ...] | None = None
    target: str | None = None
    id: str | None = None
    group: str | None = None
    context: str | None = None
    knowledge: str | None = None
    preferences: str | None = None
    """Pairs of a preferred and a rejected answer (or answers with a thumb), to train on."""
    split: Split | None = None
    rights: str | None = None


class HandOver(Record):
    """What is asked of the answers that no person looks at: the share of them that must be right,
    and how sure it must be that this is kept.

    ``ask_again``: how often a model is asked the same again, freely, to see how far it agrees with
    itself.
    """

    precision: float = Field(gt=0, lt=1)
    confidence: float = Field(default=0.95, ge=0.5, lt=1)
    ask_again: int = Field(default=0, ge=0, le=20)


class Bar(Record):
    """What is good enough. ``at_least`` and ``margin`` are in the metric's unit (0 to 1)."""

    metric: str = "accuracy"
    at_least: float | None = Field(default=None, ge=0, le=1)
    margin: float = Field(default=0.02, gt=0, lt=1)
    p95_ms: float | None = Field(default=None, gt=0)
    max_cost_per_1000: float | None = Field(default=None, ge=0)
    hand_over: HandOver | None = None
    """None: ``at_least``, where that is a share of right answers; else nothing is asked."""

    @property
    def ask_again(self) -> int:
        """See ``HandOver``; 0 where no hand-over is asked for."""
        return self.hand_over.ask_again if self.hand_over is not None else 0


class Economics(Record):
    """Volume, people's time and prices; minutes are a person's, money is in ``currency``."""

    requests_per_month: float = Field(default=1000, ge=0)
    minutes_to_fix: float = Field(default=2, ge=0)
    minutes_per_handover: float = Field(default=1, ge=0)
    hourly_rate: float = Field(default=30, ge=0)
    hours_to_collect: float = Field(default=6, ge=0)
    upkeep_hours_per_month: float = Field(default=2, ge=0)
    machine_per_hour: float = Field(default=0.10, ge=0)
    horizon_months: float = Field(default=12, gt=0)
    currency: str = Field(default="EUR", min_length=1, max_length=8)


class Training(Record):
    """How a language model is fine-tuned; None is chosen by the model's size and the rows.

    ``sweep`` lists values of settings of this section to try on dev, every combination of them.
    """

    method: Literal["auto", "full", "lora", "qlora"] = "auto"
    learning_rate: float | None = Field(default=None, gt=0, le=1)
    epochs: int | None = Field(default=None, ge=1, le=100)
    batch_size: int | None = Field(default=None, ge=1, le=1024)
    accumulation: int | None = Field(default=None, ge=1, le=1024)
    rank: int | None = Field(default=None, ge=1, le=1024)
    rslora: bool | None = None
    dora: bool | None = None
    frozen_layers: int | None = Field(default=None, ge=0)
    schedule: Literal["cosine", "wsd", "constant"] | None = None
    gradient_checkpointing: bool | None = None
    precision: Literal["auto", "fp32", "bf16"] | None = None
    sharing: Literal["auto", "off"] | None = None
    keep: Literal["best", "last"] | None = None
    sweep: dict[str, tuple[int | float | str | bool, ...]] = {}
    preference: Literal["auto", "dpo", "kto", "none"] = "auto"
    """Training from ``data.preferences`` after fine-tuning; "auto": by what the file holds."""
    track: tuple[Literal["tensorboard", "mlflow", "wandb"], ...] = ()


def _yes_or_no(value: object) -> object:
    """``yes`` and ``no`` as people and YAML write them; anything else is left to be refused."""
    word = str(value).strip().casefold()
    return {"y": "yes", "true": "yes", "n": "no", "false": "no"}.get(word, word)


YesOrNo = Annotated[Literal["yes", "no"], BeforeValidator(_yes_or_no)]


class Opinions(Record):
    """What a person knows about the task that nothing in the project tells: for `etude advise`.

    First the five questions, then the red flags. None: not said, which is no "no".
    """

    repeats: YesOrNo | None = None
    enough_examples: YesOrNo | None = None
    steady_answers: YesOrNo | None = None
    gap_left: YesOrNo | None = None
    worth_it: YesOrNo | None = None
    few_and_varied: YesOrNo | None = None
    still_changing: YesOrNo | None = None
    prompt_untried: YesOrNo | None = None
    about_our_files: YesOrNo | None = None
    always_edited: YesOrNo | None = None
    cant_be_stated: YesOrNo | None = None
    corrected_per_100: float | None = Field(default=None, ge=0, le=100)
    """Of 100 answers as they are made today, those that a person corrects."""


class OpenAIModel(Record):
    """An OpenAI-compatible endpoint. Prices are per million tokens, in ``currency``."""

    base_url: str
    model: str
    api_key_env: str | None = None
    price_in: float = Field(default=0.0, ge=0)
    price_out: float = Field(default=0.0, ge=0)
    spend_limit: float | None = Field(default=None, ge=0)
    concurrency: int = Field(default=4, ge=1, le=256)
    timeout_s: float = Field(default=60, gt=0)
    max_retries: int = Field(default=5, ge=0, le=20)
    window: int | None = Field(default=None, ge=1)
    """Tokens that the model reads, its answer among them; None: not known."""


class ModelRef(Record):
    """One entry of ``models``: a name (``builtin:minilm``, a Hub id, a folder) or an endpoint."""

    name: str
    openai: OpenAIModel | None = None


class ModelJudge(Record):
    """A model that judges answers: each of ``criteria`` is a name and a question that yes or no
    answers, yes being good. ``pairs``: it compares each way's answers with the baseline's too."""

    model: ModelRef
    criteria: dict[str, str] = Field(min_length=1, max_length=20)
    pairs: bool = False


class Improve(Record):
    """Instructions that a model rewrites, tried on dev: what one search may take at most.

    ``requests`` counts those that answer and those that rewrite. ``money`` is in ``currency``; None:
    the requests alone limit it. ``by`` rewrites; None: the model that answers.
    """

    requests: int = Field(ge=50, le=100_000)
    money: float | None = Field(default=None, gt=0)
    by: ModelRef | None = None


class Behaving(Record):
    """What `etude behave` tries besides its own suites, and how much may fail.

    ``gates``: a suite's name to the largest share of its cases that may fail. ``leave_out``: the name
    of a suite that does not fit the task, to why.
    """

    cases: str | tuple[str, ...] = ()
    """Files with a team's own cases."""
    gates: dict[str, Annotated[float, Field(gt=0, lt=1)]] = {}
    leave_out: dict[str, str] = {}

    @property
    def files(self) -> tuple[str, ...]:
        """The files, however they were written."""
        return (self.cases,) if isinstance(self.cases, str) else self.cases


class Task(Record):
    """One narrow, repeated task."""

    task: str = Field(min_length=1, max_length=100)
    kind: Kind
    instructions: str = ""
    labels: dict[str, str] | None = None
    """Label to its meaning ("" where none is given); None: taken from the data."""
    output_schema: dict[str, Any] | None = Field(default=None, alias="schema")
    checks: tuple[dict[str, Any], ...] = ()
    boundaries: Boundaries = Boundaries()
    stakes: Literal["normal", "high"] = "normal"
    behaviour: Behaving = Behaving()
    data: Data
    bar: Bar = Bar()
    economics: Economics = Economics()
    training: Training = Training()
    judge: ModelJudge | None = None
    improve: Improve | None = None
    advice: Opinions = Opinions()
    models: tuple[ModelRef, ...] = (ModelRef(name="builtin:minilm"),)
    ladder: tuple[str, ...] = ("prompt", "few_shot", "retrieval", "probe", "finetune")

    @property
    def counted(self) -> str:
        """The metric that ways are chosen by on dev, where there is nobody to judge: ``bar.metric``, or
        what can be counted in its place."""
        if self.bar.metric not in JUDGED:
            return self.bar.metric
        return "all_checks" if self.checks else "chrf"

    @property
    def endpoints(self) -> tuple[ModelRef, ...]:
        """The models that are not on this machine."""
        return tuple(model for model in self.models if model.openai is not None)


class Assumption(Record):
    """A default that nobody wrote: shown wherever results are."""

    field: str
    value: str
    sentence: str
