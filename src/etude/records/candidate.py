"""One candidate of a comparison, whole: its quality, what it costs, where it goes wrong.

Rows of data are not in here.
"""

from __future__ import annotations

from typing import Any, Literal

from etude.records._base import Record, Unbounded
from etude.records.estimate import Estimate
from etude.records.handover import Handover
from etude.records.labour import Labour

State = Literal["met", "not_met", "uncertain"]


class Quality(Estimate):
    """An estimate of a metric over ``n`` items in ``groups`` independent groups."""

    metric: str
    n: int
    groups: int


class ClassRow(Record):
    """One label's precision and recall with support; None where nothing was predicted or held."""

    label: str
    support: int
    predicted: int
    precision: float | None
    recall: float | None
    f1: float | None


class CheckRow(Record):
    """One check of the task: on how many answers it applies, and how many of these pass.

    ``low`` and ``high`` are Wilson's limits; None where it never applies.
    """

    name: str
    applies: int
    passed: int
    low: float | None
    high: float | None


class FieldRow(Record):
    """One field of the schema's top level: values in the ideal answers, in the answers, and how
    many agree. ``f1`` is None where neither has any."""

    name: str
    wanted: int
    given: int
    hits: int
    f1: float | None


class MeasureRow(Record):
    """Something shown beside the metric that decides nothing: its mean over ``n`` answers.

    None where it could be taken of none.
    """

    key: str
    plain_name: str
    better: Literal["higher", "lower", "neither"]
    unit: Literal["share", "ratio"]
    value: float | None
    low: float | None
    high: float | None
    n: int


class ReliabilityBin(Record):
    """Answers of similar confidence: how sure against how often right."""

    confidence: float
    accuracy: float
    count: int


class FirstToken(Record):
    """Milliseconds until the first token of ``n`` answers, warm: the time that a request takes which
    asks for one token alone."""

    p50: Estimate
    p95: Estimate
    n: int


class Latency(Record):
    """Seconds-to-answer in milliseconds, warm, at ``concurrency``."""

    p50: Estimate
    p95: Estimate
    concurrency: int
    n: int
    batched_per_second: float | None = None
    """Texts a second when many are sent at once; None where that was not measured."""
    first: FirstToken | None = None
    """Of what is written; None where that was not measured, or an answer comes whole."""


class Cost(Record):
    """Money per 1,000 requests and what it stands on."""

    per_1000: Unbounded
    low: Unbounded
    high: Unbounded
    fixed_per_1000: Unbounded = 0.0
    """Training and upkeep spread over the declared volume and horizon."""
    basis: str
    by_speed: bool = False
    """Made of the time that the machine took: another machine has another cost."""


BEHAVIOUR_GATE = "behaviour:"
"""What the names of gates on a suite begin with."""


class Gate(Record):
    """One condition of the bar, or the share of a suite's cases that may fail."""

    name: str
    """quality, p95_ms, cost_per_1000, or ``behaviour:`` and the suite's key."""
    limit: float
    value: float | None
    """None: it was not measured, and the state is uncertain."""
    state: State
    plain_name: str = ""
    """Of a suite."""
    found: str = ""
    """Of a suite: what was found, in words."""

    @property
    def of_suite(self) -> bool:
        """Whether it is about how a candidate behaves."""
        return self.name.startswith(BEHAVIOUR_GATE)


class Trial(Record):
    """One setting tried on dev."""

    settings: dict[str, Any]
    value: float
    n: int
    fold: int | None = None
    seed: int | None = None
    bought: float | None = None
    """Gain over the best before it on the same examples; None for the first, or where settings were
    not tried one after another."""


class WrongTurn(Record):
    """What several wrong answers share, in words: labels, fields, checks and single words are named.

    ``chance``: that so many share it where mistakes fall evenly, corrected for all that was looked
    at; None where one rule explains each of them. ``examples``: those to learn from that show how
    it is done right, ``few`` where they are too few; ``nearest``: ids of those most like the wrong
    answers' inputs, the nearest first.
    """

    name: str
    wrong: int
    chance: float | None
    examples: int
    few: bool
    nearest: tuple[str, ...] = ()


class WrongTurns(Record):
    """What a candidate gets wrong again and again, the most often first.

    ``repeatable``: wrong answers with nothing wrong but repeatable turns: what training can mend.
    ``maybe``: those with nothing wrong but what comes back, which chance may have made in part; None:
    not counted then. ``partly``: those with a repeatable turn, and a one-off besides. The rest of
    ``wrong`` are one-offs. ``unsure``: turns that come back and can't be told from chance.
    """

    side: Literal["dev", "out-of-fold"]
    answers: int
    wrong: int
    repeatable: int
    partly: int
    level: float
    turns: tuple[WrongTurn, ...]
    maybe: int | None = None
    unsure: tuple[WrongTurn, ...] = ()


class CandidateReport(Record):
    """One candidate, whole. ``name`` is ``rung@model`` and unique in a comparison."""

    name: str
    rung: str
    plain_name: str
    model: str
    order: int
    """Effort of the rung: low first."""
    trained: bool = False
    """True where weights of the model itself were trained: it is the one that wants upkeep."""
    finalist: bool
    settings: dict[str, Any]
    dev_value: float | None
    dev_n: float = 0.0
    """Independent examples that ``dev_value`` is over; 0: several devs, or not written down."""
    quality: Quality | None
    """None for a candidate that did not become its rung's finalist: it was not scored."""
    secondary: dict[str, Quality] = {}
    per_class: tuple[ClassRow, ...] = ()
    confusion: tuple[tuple[int, ...], ...] = ()
    """Rows: true label, columns: answered label, then one column of invalid answers."""
    checks: tuple[CheckRow, ...] = ()
    measures: tuple[MeasureRow, ...] = ()
    fields: tuple[FieldRow, ...] = ()
    tokens_in: float | None = None
    """Tokens of a prompt, on average; None where the model counts none. Of a model that is asked again
    (``handover.ask_again``), of all askings of a text together."""
    tokens_out: float | None = None
    invalid: int = 0
    failures: int = 0
    brier: float | None = None
    ece: float | None = None
    reliability: tuple[ReliabilityBin, ...] = ()
    handover: Handover | None = None
    """When it answers by itself; None where no answer has a confidence, or before it was measured."""
    wrong_turns: WrongTurns | None = None
    """On dev with a holdout, else out of fold; None where they were not looked for."""
    trials: tuple[Trial, ...] = ()
    spread: tuple[float, ...] = ()
    """Quality by fold, or dev value by seed."""
    spread_over: Literal["folds", "seeds", ""] = ""
    fit_seconds: float = 0.0
    latency: Latency | None = None
    flip_rate: float | None = None
    """Share of ``flip_items`` texts that were not answered the same each of ``flip_askings`` times;
    None where not tried."""
    flip_items: int = 0
    flip_askings: int = 0
    cost: Cost | None = None
    labour: Labour | None = None
    """A person's minutes on what it gets wrong and hands over; None: not counted."""
    gates: tuple[Gate, ...] = ()
    dominated_by: str | None = None
    candidate_id: str = ""
    answers: str = ""
    """Path of the answers table, relative to the project's ``.etude``."""
    notes: tuple[str, ...] = ()
