"""How figures on use came about: time, money, payback, answers that change, handing over."""

from __future__ import annotations

from etude.records.advice import COLLECTED, COLLECTING
from etude.records.candidate import CandidateReport
from etude.records.comparison import Comparison
from etude.records.handover import Handover
from etude.records.task import Economics
from etude.records.verdict import Payback
from etude.report import _figures as figures
from etude.report import _readings as readings
from etude.report._behind import Behind
from etude.report._how import SIDES, How, elsewhere, how, ranged, scored_on
from etude.report._how_quality import wrong_answers


def of_cost(comparison: Comparison, c: CandidateReport) -> How | None:
    """Money per 1,000 requests."""
    if c.cost is None:
        return None
    e = comparison.task.economics
    fixed = figures.money(c.cost.fixed_per_1000, e.currency, exact=True)
    return how(
        f"{c.cost.basis[:1].upper()}{c.cost.basis[1:]}. Fitting"
        f"{' and upkeep' if c.trained else ''}, spread over {_volume(e)} for {e.horizon_months:g} "
        f"months, {'make' if c.trained else 'makes'} {fixed} of it.",
        ["range: what was measured from round to round, or from request to request"],
    )


def of_labour(comparison: Comparison, behind: Behind | None, c: CandidateReport) -> How | None:
    """A person's minutes on what is wrong and what is handed over."""
    found, q = c.labour, c.quality
    if found is None or q is None:
        return None
    e = comparison.task.economics
    keeps = c.handover is not None and c.handover.threshold is not None
    if found.hands_over and not keeps:
        handing = "It can't keep what is asked of it, so everything is handed over"
    elif found.hands_over:
        handing = "What it is unsure of, and what gets no answer, is handed over"
    elif comparison.task.bar.hand_over is not None:  # counted by an older version
        handing = "It can't keep what is asked of it, so only what gets no answer is handed over"
    else:
        handing = "What gets no answer is handed over"
    if comparison.task.boundaries.phrases:
        handing += ", and so is what holds a phrase of the boundaries"
    link = wrong_answers(comparison, behind, c.name)
    certain = found.per_1000.low == found.per_1000.high
    return how(
        f"{e.minutes_to_fix:g} minutes on a wrong answer that stands, {e.minutes_per_handover:g} on a "
        f"hand-over. {handing}. It is not in the cost beside it: quality would count twice there.",
        [
            scored_on(comparison, q),
            "" if certain else ranged(found.per_1000),
            elsewhere(behind) if link else "",
        ],
        [link],
    )


def of_first_token(c: CandidateReport) -> How | None:
    """Until something of an answer could be shown."""
    if c.latency is None or c.latency.first is None:
        return None
    first = c.latency.first
    return how(
        "A request that asks for one token alone is timed: looking up, building the prompt, reading "
        f"it. {figures.counted(c.latency.concurrency, 'request')} at a time, once it is warm.",
        [
            f"{figures.counted(first.n, 'text')} of the scored examples; the middle one",
            ranged(first.p50),
        ],
    )


def of_latency(c: CandidateReport, share: int) -> How | None:
    """The time within which ``share`` of 100 answers came."""
    if c.latency is None:
        return None
    found = c.latency
    asked = figures.counted(found.concurrency, "request")
    usual, slow = (
        "The middle one of the times to a whole answer",
        "95 of 100 answers came within it",
    )
    text = usual if share == 50 else slow
    return how(
        f"{text}: {asked} at a time, once it is warm.",
        [
            f"{figures.counted(found.n, 'answer')} to inputs of the scored examples",
            ranged(found.p50 if share == 50 else found.p95),
        ],
    )


def of_throughput(c: CandidateReport) -> How | None:
    """Texts a second, many at once."""
    if c.latency is None or c.latency.batched_per_second is None:
        return None
    return how(
        "Texts sent at once, divided by the seconds until all are answered; middle of the rounds."
    )


def of_flips(c: CandidateReport) -> How:
    """Answers that changed when the same was asked again."""
    return how(
        "A text counts where any of its answers differs from another, letter for letter. One that was "
        "left without an answer is not counted.",
        [
            f"{figures.counted(c.flip_items, 'text')} of the scored examples, spread evenly, each "
            f"asked {c.flip_askings} times",
            "these answers are counted and not kept, so there are no rows",
        ],
    )


def of_sureness(c: CandidateReport, comparison: Comparison) -> How:
    """How far confidence is off."""
    n = c.quality.n if c.quality else 0
    return how(
        "Answers are put in bins by how sure they are; in each, how sure is held against how often "
        "right, and the gaps are averaged by the bins' sizes (ECE). The Brier score is the mean "
        "squared distance of the probabilities from the truth.",
        [f"{figures.counted(n, 'example')} {SIDES[comparison.scored_on]}"],
    )


def of_handover(comparison: Comparison, behind: Behind | None, c: CandidateReport) -> How | None:
    """When it answers by itself, and how often that is right."""
    found = c.handover
    if found is None:
        return None
    links = []
    if behind is not None and comparison.task.labels is not None and not behind.apart:
        words = "wrong answer, the surest first", "wrong answers, the surest first"
        links.append(behind.link(c.name, *words, show="wrong", order="sure"))
    ranked = f"Answers are ranked by {found.score}."
    point = (
        "The lowest rank from which on answers may stand is the one that still keeps what is asked in "
        "a test that holds for all ranks that are tried."
    )
    if comparison.scored_on == "out-of-fold":
        point += (
            " That tests one promise. The range of the share right answers another question, with two "
            "ends, and is widened since the ways of all parts learned from much the same examples: it "
            "may begin below what is promised."
        )
    if found.threshold is None:
        point = "The curve shows, of so many of the surest, the share that is right."
    return how(
        f"{ranked} {point}",
        [_calibrated(comparison, found), _kept(comparison, found)],
        links,
    )


def _calibrated(comparison: Comparison, found: Handover) -> str:
    if not found.n:
        return "no examples were set apart for it"
    n = figures.counted(found.n, "example")
    groups = figures.counted(found.groups, "independent group")
    where = (
        SIDES["out-of-fold"] if comparison.scored_on == "out-of-fold" else "set apart for it alone"
    )
    return f"set on {n} {where}, in {groups}; {100 * found.confidence:g}{figures.SPACE}% sure"


def _kept(comparison: Comparison, found: Handover) -> str:
    if found.coverage is None:
        return ""
    n = max((c.quality.n for c in comparison.candidates if c.quality), default=0)
    said = f"how much it answers and how often that is right: {figures.counted(n, 'example')} "
    ranges = ranged(found.coverage)
    return said + SIDES[comparison.scored_on] + (f"; {ranges}" if ranges else "")


def of_payback(comparison: Comparison, item: Payback) -> dict[str, How]:
    """The figures of one payback, by what they are called."""
    e = comparison.task.economics
    return {
        "saved": how(
            f"The minutes below at {e.hourly_rate:g} {e.currency} an hour, and what its requests cost "
            "less, or more.",
            [_difference(comparison, item)],
        ),
        "minutes": how(
            f"{_volume(e)[:1].upper()}{_volume(e)[1:]}, times {_spent(comparison, item)}",
            [_difference(comparison, item)],
        ),
        "start": how(
            "What it takes before it can be used: where weights are trained and the other's are not, "
            f"people's hours to collect, clean and test at {e.hourly_rate:g} {e.currency} an hour; and "
            "machine time of its training. The middle of its range.",
            [_collecting(comparison, item)],
        ),
        "upkeep": how(
            f"{e.upkeep_hours_per_month:g} hours a month at {e.hourly_rate:g} {e.currency}, where "
            "weights are trained and the other's are not; else nothing.",
        ),
        "months": how(
            "How long it takes until what is saved after upkeep and the machine time of retraining "
            "makes up for what it takes to start with."
        ),
        "requests": how(f"Those months, times {_volume(e)}."),
    }


def _collecting(comparison: Comparison, item: Payback) -> str:
    """That it counts nothing, where weights are trained and nobody stated its hours; else ""."""
    trained = [comparison.candidate(one).trained for one in (item.candidate, item.baseline)]
    assumed = any(one.field == COLLECTING for one in comparison.assumptions)
    lines = item.outlook.lines if item.outlook is not None else ()
    # Older comparisons counted what nobody stated.
    nothing = any(one.name == COLLECTED and not one.low for one in lines)
    if trained != [True, False] or not assumed or not nothing:
        return ""
    return f"collecting counts nothing, for the examples are there; state {COLLECTING} to count it"


def _difference(comparison: Comparison, item: Payback) -> str:
    """What the range is made of; with figures where the metric itself counts right answers."""
    said = "range: every input at its worst, and at its best"
    d = readings.difference(comparison, item.candidate, item.baseline)
    q = comparison.candidate(item.candidate).quality
    if d is None or q is None or q.metric != "accuracy" or _both_hand_over(comparison, item):
        return said
    points = figures.points_range(d.low, d.high, q.n)
    return f"{said}; of right answers, {points} points on {q.n:,} examples"


def _spent(comparison: Comparison, item: Payback) -> str:
    """What the minutes are of: with hand-overs where both hand over more than what has no answer."""
    e = comparison.task.economics
    fix, handing = f"{e.minutes_to_fix:g} minutes", f"{e.minutes_per_handover:g}"
    if _both_hand_over(comparison, item):
        return (
            f"the difference in wrong answers that stand, {fix} each, and in what is handed over, "
            f"{handing} each."
        )
    return (
        f"the difference in right answers, times {fix} to fix a wrong one; one that is not given takes "
        f"{handing}."
    )


def _both_hand_over(comparison: Comparison, item: Payback) -> bool:
    """Whether the account is of hand-overs, and so not of the difference in right answers."""
    sides = [comparison.candidate(name).labour for name in (item.candidate, item.baseline)]
    phrases = bool(comparison.task.boundaries.phrases)
    return all(one is not None and (one.hands_over or phrases) for one in sides)


def _volume(e: Economics) -> str:
    return f"{e.requests_per_month:,.0f} requests a month"
