"""A comparison: every candidate's scorecard, every pair, and the verdict.

Everything the report and ``--json`` show is in here; rows of data are not.
"""

from __future__ import annotations

from typing import Any, Literal

from etude.records._base import Manifest, Record, Unbounded
from etude.records.dataset import DatasetVersion
from etude.records.estimate import Estimate as Estimate
from etude.records.handover import Handover
from etude.records.judgement import JudgeReport, PeopleReport
from etude.records.run import Machine
from etude.records.sign_off import SignOff
from etude.records.task import Assumption, Task

Call = Literal["better", "no_worse", "worse", "cant_tell"]
State = Literal["met", "not_met", "uncertain"]
Decision = Literal["fine_tune", "dont_fine_tune", "cant_tell", "none_good_enough"]


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


class Latency(Record):
    """Seconds-to-answer in milliseconds, warm, at ``concurrency``."""

    p50: Estimate
    p95: Estimate
    concurrency: int
    n: int
    batched_per_second: float | None = None
    """Texts a second when many are sent at once; None where that was not measured."""


class Cost(Record):
    """Money per 1,000 requests and what it stands on."""

    per_1000: Unbounded
    low: Unbounded
    high: Unbounded
    fixed_per_1000: Unbounded = 0.0
    """Training and upkeep spread over the declared volume and horizon."""
    basis: str


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
    ``partly``: those with a one-off besides. The rest of ``wrong`` are one-offs.
    """

    side: Literal["dev", "out-of-fold"]
    answers: int
    wrong: int
    repeatable: int
    partly: int
    level: float
    turns: tuple[WrongTurn, ...]


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
    """Tokens of a prompt, on average; None where the model counts none."""
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
    gates: tuple[Gate, ...] = ()
    dominated_by: str | None = None
    candidate_id: str = ""
    answers: str = ""
    """Path of the answers table, relative to the project's ``.etude``."""
    notes: tuple[str, ...] = ()


class Pair(Record):
    """``b`` minus ``a`` on the primary metric, simultaneous over all pairs."""

    a: str
    b: str
    difference: Estimate
    call: Call
    worth_it: bool
    mid_p: float | None = None
    holm_p: float | None = None
    only_a_right: int | None = None
    only_b_right: int | None = None
    more_examples: Unbounded | None = None
    """About how many more held-out examples would settle whether the lower rung of the two is no
    worse; None where that is settled."""


class Payback(Record):
    """What a candidate saves against the baseline; money and months as ranges (low, high)."""

    candidate: str
    baseline: str
    saved_per_month: tuple[float, float]
    up_front: float
    upkeep_per_month: float
    break_even_months: tuple[Unbounded, Unbounded]
    break_even_requests: tuple[Unbounded, Unbounded]
    minutes_saved_per_month: tuple[float, float]
    sentence: str


class Verdict(Record):
    """The decision with its reasons; ``sentence`` and ``next_command`` are for people."""

    decision: Decision
    recommended: str | None
    settled: bool
    provisional: bool
    sentence: str
    reasons: tuple[str, ...]
    more_examples: Unbounded | None
    largest_loss: float | None
    """The most that could still be lost against the best by choosing ``recommended``."""
    frontier: tuple[str, ...] = ()
    """Candidates that nothing dominates."""
    baseline: str | None = None
    exploratory: bool = False
    missing: tuple[str, ...] = ()
    """What high stakes ask and is not there yet, each as the rest of a sentence."""
    next_command: str


class Detectable(Record):
    """The smallest true difference that this many examples would show (80 % power)."""

    difference: float
    discordance: float
    n: int
    comparisons: int


class Comparison(Manifest):
    """One comparison, whole."""

    run: str
    created: str
    etude_version: str
    task: Task
    task_hash: str
    assumptions: tuple[Assumption, ...]
    dataset: DatasetVersion
    quick: bool
    on_dev: bool = False
    """True for a check between final comparisons: scored on dev, examples kept aside untouched."""
    folds_scored: int
    look: int
    """Which look at this holdout it is; 0 in cross-fitting."""
    detectable: Detectable
    candidates: tuple[CandidateReport, ...]
    pairs: tuple[Pair, ...]
    paybacks: tuple[Payback, ...]
    verdict: Verdict
    machine: Machine
    versions: dict[str, str]
    seeds: dict[str, int]
    seconds: float
    """Work time of the whole comparison, cached stages included as first measured."""
    egress: tuple[str, ...] = ()
    """Hosts that rows were sent to; empty: nothing left this machine."""
    notes: tuple[str, ...] = ()
    measured_by: str = ""
    """The metric that decides in the place of the task's own, which may not yet; "" where it does."""
    advisory: str = ""
    """Why the task's own may not decide yet, as a sentence."""
    then: str = ""
    """What to type for it."""
    signed: SignOff | None = None
    """Who signed the recommended candidate off; None: nobody has."""
    judge: JudgeReport | None = None
    people: PeopleReport | None = None
    """What people said who compared answers blind; None where nobody has, or there is nothing to."""

    @property
    def metric(self) -> str:
        """What quality and pairs are measured by."""
        return self.measured_by or self.task.bar.metric

    @property
    def scored_on(self) -> Literal["holdout", "out-of-fold", "dev"]:
        """Which examples the candidates were scored on."""
        if self.dataset.scheme == "cross_fitting":
            return "out-of-fold"
        return "dev" if self.on_dev else "holdout"

    def candidate(self, name: str) -> CandidateReport:
        """The candidate called ``name``.

        Raises:
            KeyError: there is none.
        """
        for candidate in self.candidates:
            if candidate.name == name:
                return candidate
        raise KeyError(name)
