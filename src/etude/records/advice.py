"""Advice: what is known about a task before anything is trained, and what follows from it.

``Evidence`` is what the answers are read off; ``Advice`` holds the answers, each with its evidence and
its source, and the next step. Texts of rows are masked by whoever gathers them.
"""

from __future__ import annotations

from typing import Literal

from etude.records._base import Manifest, Record, Unbounded
from etude.records.audit import LearningCurve
from etude.records.dataset import Severity
from etude.records.task import Task

Reply = Literal["yes", "no", "unknown"]
Source = Literal["examples", "comparison", "etude.yaml", "you", "nothing"]
"""``etude.yaml``: what the task file says. ``you``: said now. ``nothing``: nobody knows."""
Standing = Literal["improve_setup", "close_gap_first", "worth_testing"]
STANDINGS: tuple[Standing, ...] = ("improve_setup", "close_gap_first", "worth_testing")
"""The lowest first."""
StepKey = Literal[
    "change_workflow",
    "clean_data",
    "connect_knowledge",
    "add_examples",
    "sharpen_prompt",
    "improve_simple",
    "measure",
    "answer_questions",
    "fine_tune",
    "do_nothing",
]

COLLECTING, COLLECTED = "economics.hours_to_collect", "collecting the examples"
"""The field of the task file, and the line of the account that is made of it."""


class Said(Record):
    """What a person said about one question or red flag."""

    reply: Literal["yes", "no"]
    source: Literal["etude.yaml", "you"]


class Fault(Record):
    """A finding that stands against using the examples as they are; ``command`` lists its rows."""

    code: str
    severity: Severity
    count: int
    sentence: str
    command: str


class Examples(Record):
    """What is known of the examples without any model having been tried on them.

    ``usable``: all rows; ``learned``: those that may be learned from, in ``independent`` groups.
    ``thin``: labels, of ``labels``, with fewer than ten independent examples. ``changing`` and
    ``ungiven``: rows whose ideal answer states what goes out of date, or what its input does not give;
    None: not looked for. ``kept_checks``: share of ideal answers that pass every check; None: there
    are none.
    ``wavering``: rows that are one of two tones, or of another form; None: not looked for.
    ``conflicting``: rows whose text has another answer elsewhere.
    """

    usable: int
    learned: int
    independent: int
    labels: int = 0
    thin: int = 0
    grade: str = ""
    faults: tuple[Fault, ...] = ()
    doubtful: int = 0
    """Rows with a fault, each once, as far as they are named."""
    minutes: float = 0.0
    """A person's, to look through the faults."""
    changing: int | None = None
    ungiven: int | None = None
    conflicting: int = 0
    wavering: int | None = None
    kept_checks: float | None = None
    curve: LearningCurve | None = None
    """None: it was never measured."""


class Share(Record):
    """A share from 0 to 1 with its 95 % interval, of ``n`` answers."""

    value: float
    low: float
    high: float
    n: int


class Way(Record):
    """One way of doing the task, as far as it is known from answers that are not kept aside.

    ``value``: by the bar's metric, or by ``metric`` where that stands in for one which takes somebody
    to read the answers, and nobody has. ``right``: answers that nobody has to mend. ``retyping``: the
    share of an ideal answer that is left to type. ``running``: money a request, without what is fixed;
    None: not measured. ``wordings``: settings of a prompt that were tried on dev; 0 for what reads no
    prompt.
    """

    name: str
    title: str
    rung: str
    order: int
    trained: bool
    value: Share
    right: Share
    retyping: float | None = None
    tokens_in: float | None = None
    running: float | None = None
    fit_seconds: float = 0.0
    wordings: int = 1
    metric: str = ""

    @property
    def by_bar(self) -> bool:
        """Whether ``value`` can be held against the bar."""
        return not self.metric


class Gap(Record):
    """``way`` less ``against`` in answers that nobody has to mend, on the same texts, at 95 %."""

    way: str
    against: str
    value: float
    low: float
    high: float
    n: int


class Failure(Record):
    """What a simple way gets wrong again and again, with one row; its text is cut and masked."""

    what: str
    count: int
    of: int
    row: str
    input: str
    wanted: str = ""
    given: str = ""


class Tried(Record):
    """The newest comparison, from dev or out-of-fold answers alone. ``current``: it was of the same
    examples as now. ``told``: the way whose ``failures`` are told: the best simple one, or one by
    instructions that is no more than the margin below it. ``looked_up``: a way was measured
    that looks things up in the knowledge which the task names now. ``changed``: what of the task its
    figures depend on and is another now, in words. ``check``: it was a check on dev, of which nothing
    was chosen."""

    created: str
    on: Literal["dev", "out-of-fold"]
    current: bool
    quick: bool
    ways: tuple[Way, ...]
    gaps: tuple[Gap, ...] = ()
    told: str | None = None
    failures: tuple[Failure, ...] = ()
    looked_up: bool = False
    check: bool = False
    changed: tuple[str, ...] = ()

    @property
    def in_part(self) -> bool:
        """Whether only some of the examples were scored; with examples kept aside quick is one seed."""
        return self.quick and self.on == "out-of-fold"


class Evidence(Record):
    """Everything that advice is read off. ``stated``: dotted fields that the task file has a value
    for; ``said``: by key of a question or red flag. ``other_metric``: what was compared by where the
    bar asks for another metric now; "" where it does not, or nothing was compared. ``unworded``: the
    instructions are still those that a new project comes with."""

    task: Task
    stated: frozenset[str] = frozenset()
    said: dict[str, Said] = {}
    corrected: float | None = None
    """Of 100 answers today, those that a person corrects, as a share; None: nobody said."""
    corrected_by: Literal["etude.yaml", "you"] = "you"
    examples: Examples
    tried: Tried | None = None
    other_metric: str = ""
    unworded: bool = False


class Answered(Record):
    """A question or red flag with its reply, the evidence in a sentence, and where that is from.

    ``said``: what a person said, where the evidence says otherwise.
    """

    key: str
    text: str
    reply: Reply
    evidence: str
    source: Source
    said: Literal["yes", "no"] | None = None


class Line(Record):
    """A part of the payback in money over the horizon; costs are below 0. ``low`` and ``high``: where
    all that is left is least, and where it is most, so that the lines add up to that."""

    name: str
    low: float
    high: float


class Driver(Record):
    """What the payback hangs on. ``net_low`` and ``net_high``: what is left with this input at
    ``low`` and at ``high``, all others in the middle. ``tipping``: where that is 0; None: nowhere
    above 0. ``stated``: nobody assumed it; ``measured``: nobody wrote it either.
    """

    key: str
    name: str
    low: float
    middle: float
    high: float
    net_low: float
    net_high: float
    tipping: float | None
    stated: bool
    measured: bool = False


class Outlook(Record):
    """What closing a gap, or a candidate, brings over ``months``, in the task's currency.

    ``gain``: more answers that nobody has to mend (low, middle, high). ``net``: everything saved less
    everything spent: at the worst, the middle and the best of all inputs together.
    """

    of: str
    months: float
    gain: tuple[float, float, float]
    lines: tuple[Line, ...]
    net: tuple[float, float, float]
    up_front: tuple[float, float, float]
    break_even_months: tuple[Unbounded, Unbounded]
    break_even_requests: tuple[Unbounded, Unbounded]
    drivers: tuple[Driver, ...]


class Step(Record):
    """The next rung in plain words. ``takes``: what it would take, a line each."""

    key: StepKey
    title: str
    why: str
    takes: tuple[str, ...] = ()
    failures: tuple[Failure, ...] = ()
    command: str


class Advice(Manifest):
    """The whole answer. ``at_least`` and ``at_most``: what the yeses come to if every open question
    is a no, and if it is a yes; ``standing`` is None where the two differ."""

    task: str
    created: str = ""
    dataset: str = ""
    questions: tuple[Answered, ...]
    flags: tuple[Answered, ...]
    yes: int
    open: int
    at_least: Standing
    at_most: Standing
    standing: Standing | None
    sentence: str
    step: Step
    gain: Gap | None = None
    """What fine-tuning measured above the best simpler way; None: it was not measured."""
    outlook: Outlook | None = None
    notes: tuple[str, ...] = ()
