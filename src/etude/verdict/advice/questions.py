"""The five questions, each answered from evidence where there is any."""

from __future__ import annotations

from etude.metrics import metric
from etude.records.advice import Answered, Evidence, Outlook, Source, Tried
from etude.records.audit import LearningCurve
from etude.verdict.advice._reply import NOTHING, Read, question
from etude.verdict.advice._words import (
    by_another_metric,
    counted,
    in_months,
    limit,
    money,
    of_way,
    on_what,
    part,
    percent,
    points,
    span_of_points,
)
from etude.verdict.advice.asked import QUESTIONS
from etude.verdict.advice.known import best_simple, fresh_rows, fresh_share, gained, lacking, trifle

OFTEN, SELDOM = 100, 30
"""Requests a month from which on a task comes again and again; below the second, it hardly does."""
MANY, FEW = 200, 50
"""Independent examples: the grade of the audit draws the same lines."""
KEEPS = 0.8
"""Share of ideal answers that must pass the task's own checks to count as exactly right."""
MUCH, LITTLE = 0.2, 0.05
"""Share of ideal answers that hang on facts from elsewhere."""


def answered(evidence: Evidence, closing: Outlook | None) -> tuple[Answered, ...]:
    """All five. ``closing``: what closing the whole gap would bring; None: nobody can tell."""
    reads = (_repeats(evidence), _enough(evidence), _steady(evidence), _gap(evidence))
    pairs = zip(QUESTIONS, reads, strict=False)
    first = tuple(question(asked, evidence, read) for asked, read in pairs)
    gap = first[-1]
    worth = _nothing_lacks(gap) if gap.reply == "no" and closing is None else None
    return (*first, question(QUESTIONS[-1], evidence, worth or _worth(evidence, closing)))


def _nothing_lacks(gap: Answered) -> Read:
    """Where there is no gap, closing it is worth nothing."""
    return Read("no", "Nothing lacks to the bar, so there is no gap to close.", gap.source)


def _repeats(evidence: Evidence) -> Read:
    field = "economics.requests_per_month"
    volume = evidence.task.economics.requests_per_month
    if field not in evidence.stated:
        return Read(evidence=f"etude.yaml does not say how often ({field}).")
    if not volume:
        return Read("no", f"etude.yaml says that nothing is asked ({field} is 0).", "etude.yaml")
    told = f"{counted(volume, 'request')} a month"
    if volume < SELDOM:
        return Read("no", f"Only {told}.", "etude.yaml")
    if volume < OFTEN:
        return Read(evidence=f"{told}: neither often nor seldom.")
    return Read("yes", f"{told}, and {_contract(evidence)} says what an answer is.", "etude.yaml")


def _contract(evidence: Evidence) -> str:
    task = evidence.task
    if task.kind in ("classify", "image"):
        return f"a list of {counted(evidence.examples.labels, 'category', 'categories')}"
    if task.kind == "extract":
        return "a fixed form of JSON"
    if task.checks:
        return f"a list of {counted(len(task.checks), 'check')}"
    return "the measure"


def _enough(evidence: Evidence) -> Read:
    found = evidence.examples
    told = counted(found.learned, "example")
    if found.independent < found.learned:
        told += f", {found.independent:,} of them independent of one another"
    if found.kept_checks is not None and found.kept_checks < KEEPS:
        kept = (
            f"only {percent(found.kept_checks, found.usable)} of the ideal answers pass your checks"
        )
        return Read("no", f"{told}, but {kept}.", "examples")
    if found.independent < FEW:
        return Read("no", f"Only {told}; {MANY} would be a start.", "examples")
    if found.labels and found.thin > found.labels / 2:
        thin = f"{found.thin} of {counted(found.labels, 'category', 'categories')}"
        return Read("no", f"{told}, but {thin} have fewer than ten.", "examples")
    if found.independent >= MANY:
        return Read("yes", f"{told}.{_curve(evidence)}", "examples")
    return _between(evidence, told)


def _between(evidence: Evidence, told: str) -> Read:
    """From 50 to 199 the learning curve decides, where it was measured."""
    curve, margin = evidence.examples.curve, evidence.task.bar.margin
    if curve is None or curve.low is None or curve.high is None:
        return Read(evidence=f"{told}: enough to begin with, and not many.")
    if curve.low >= margin:
        return Read("no", f"{told}.{_curve(evidence)}", "examples")
    if curve.high < margin:
        return Read("yes", f"{told}.{_curve(evidence)}", "examples")
    return Read(evidence=f"{told}.{_curve(evidence)}")


def _curve(evidence: Evidence) -> str:
    curve = evidence.examples.curve
    if curve is None or curve.low is None or curve.high is None:
        return ""
    gain = span_of_points(curve.low, curve.high)
    return f" {curve.more} more would buy a quick learner about {gain}{_stand_in(curve, evidence)}."


def _stand_in(curve: LearningCurve, evidence: Evidence) -> str:
    """What the learner was measured by, where it is not what the bar asks for."""
    bar = evidence.task.bar.metric
    if curve.metric in ("", bar):
        return ""
    return f" by “{metric(curve.metric).plain_name}”, not by the bar's “{metric(bar).plain_name}”"


def _steady(evidence: Evidence) -> Read:
    kind, share = evidence.task.kind, fresh_share(evidence.examples)
    if kind in ("classify", "image"):
        return Read("yes", "A category is chosen by the input alone.", "etude.yaml")
    if share is None:
        return NOTHING
    told = "Ideal answers with facts that the input does not give or that go out of date: "
    told += f"{_fresh(evidence)}."
    if share >= MUCH:
        return Read("no", told, "examples")
    return Read("yes", told, "examples") if share < LITTLE else Read(evidence=told)


def _fresh(evidence: Evidence) -> str:
    return part(fresh_rows(evidence.examples) or 0, evidence.examples.usable)


def _gap(evidence: Evidence) -> Read:
    simple, tried, at_least = best_simple(evidence), evidence.tried, evidence.task.bar.at_least
    if simple is None or tried is None:
        return _gap_today(evidence)
    told = f"{of_way(simple, evidence.task)}, {on_what(tried)}{_old(tried)}"
    if at_least is None or not simple.by_bar:
        return _gap_by_gain(evidence, told)
    bar = f"the bar is {limit(at_least)}"
    if simple.value.low >= at_least:
        return Read("no", f"{told}; {bar}: the simple way is good enough.", "comparison")
    if simple.value.high < at_least:
        lack = points(at_least - simple.value.value)
        return Read("yes", f"{told}; {bar}: {lack} are missing.", "comparison")
    return Read(evidence=f"{told}; {bar}: too near to tell.")


def _gap_by_gain(evidence: Evidence, told: str) -> Read:
    """Without a bar, a gap is what fine-tuning was seen to close."""
    gain, margin = gained(evidence), evidence.task.bar.margin
    if gain is None:
        if evidence.task.bar.at_least is None:
            return Read(evidence=f"{told}; there is no bar to hold that against.")
        return Read(evidence=f"{told}, so it can't be held against the bar.")
    more = f"fine-tuning is {span_of_points(gain.low, gain.high)} above it"
    if gain.low >= margin:
        return Read("yes", f"{told}; {more}.", "comparison")
    if gain.high < margin:
        return Read("no", f"{told}; {more}, less than you said would matter.", "comparison")
    return Read(evidence=f"{told}; {more}: can't tell.")


def _old(tried: Tried) -> str:
    notes = ["a quick look"] * tried.quick
    notes += ["the examples have changed since"] * (not tried.current)
    notes += ["the task has changed since"] * bool(tried.changed)
    return f" ({'; '.join(notes)})" if notes else ""


def _gap_today(evidence: Evidence) -> Read:
    lack = lacking(evidence)
    if lack is None or evidence.corrected is None:
        if evidence.other_metric:
            return Read(evidence=f"{by_another_metric(evidence)}.")
        return Read(evidence="No simple way has been tried on these examples yet.")
    many = f"about {evidence.corrected * 100:g}" if evidence.corrected else "none"
    told = f"A person corrects {many} of 100 answers today"
    by = evidence.corrected_by
    if lack.low > 0:
        return Read("yes", f"{told}: more than the bar allows.", by, own=True)
    if lack.high <= 0:
        return Read("no", f"{told}: no more than the bar allows.", by, own=True)
    return Read(evidence=f"{told}, near what the bar allows.")


def _worth(evidence: Evidence, closing: Outlook | None) -> Read:
    currency = evidence.task.economics.currency
    if closing is None:
        return Read(evidence="How much there is to gain is not known yet.")
    low, middle, high = closing.net
    least = trifle(evidence.task.economics)
    told = (
        f"Closing all of it would come to about {money(middle, currency)} in "
        f"{in_months(closing.months)} ({money(low, currency)} at the worst, "
        f"{money(high, currency)} at the best)"
    )
    known = _source_of_money(evidence)
    if high <= 0:
        return Read("no", f"{told}: it does not pay within that time.", known)
    if middle < least and (low > 0 or high < least):
        small = "less than an hour of a person's time a month, which is no real money"
        return Read("no", f"{told}: {small}.", known)
    if low > 0:
        return Read("yes", f"{told}.", known)
    return Read(evidence=f"{told}: it may or may not pay.")


def _source_of_money(evidence: Evidence) -> Source:
    return "comparison" if best_simple(evidence) is not None else evidence.corrected_by
