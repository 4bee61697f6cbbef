"""From evidence to advice: the questions, the flags, the count, the payback and the next step."""

from __future__ import annotations

from etude.metrics import metric
from etude.records.advice import Advice, Answered, Evidence, Outlook
from etude.verdict.advice import count, flags, payback, questions
from etude.verdict.advice._words import together
from etude.verdict.advice.case import Case
from etude.verdict.advice.known import best_simple, gained
from etude.verdict.advice.steps import next_step


def advise(evidence: Evidence, *, dataset: str = "", created: str = "") -> Advice:
    """The whole answer."""
    closing, tuning = payback.closing(evidence), payback.fine_tuning(evidence)
    shown = tuning if tuning is not None else closing
    answered = questions.answered(evidence, closing)
    raised = flags.answered(evidence)
    low, high = count.bounds(answered)
    gain = gained(evidence)
    case = Case(evidence, answered, raised, low, gain, closing, tuning)
    return Advice(
        task=evidence.task.task,
        created=created,
        dataset=dataset,
        questions=answered,
        flags=raised,
        yes=sum(one.reply == "yes" for one in answered),
        open=sum(one.reply == "unknown" for one in answered),
        at_least=low,
        at_most=high,
        standing=low if low == high else None,
        sentence=count.sentence(answered),
        step=next_step(case),
        gain=gain,
        outlook=shown,
        notes=_notes(evidence, shown),
    )


def open_ones(advice: Advice) -> tuple[Answered, ...]:
    """Questions and red flags that nobody has answered, in their order."""
    return tuple(one for one in (*advice.questions, *advice.flags) if one.reply == "unknown")


def _notes(evidence: Evidence, outlook: Outlook | None) -> tuple[str, ...]:
    tried, notes = evidence.tried, []
    if tried is not None and best_simple(evidence) is not None:
        if tried.quick:
            notes.append(
                "The newest comparison was a quick look at a part of the examples."
                if tried.in_part
                else "The newest comparison was a quick look: one seed for each way that is trained."
            )
        if not tried.current:
            notes.append("The examples have changed since the newest comparison.")
        if tried.changed:
            notes.append(
                f"Since the newest comparison you changed {together(tried.changed)}: its figures are "
                "from before that."
            )
    notes += _standing_in(evidence)
    notes += _assumed(evidence, outlook)
    return tuple(notes)


def _assumed(evidence: Evidence, outlook: Outlook | None) -> list[str]:
    """Every figure of the money that nobody stated."""
    economics = evidence.task.economics
    there = payback.collected(evidence)
    assumed = [
        f"{name} {getattr(economics, name):,g}"
        for name in payback.WRITTEN
        if f"economics.{name}" not in evidence.stated and not (there and name == "hours_to_collect")
    ]
    notes = []
    if assumed:
        told = "Assumed, for etude.yaml does not say, under `economics`"
        notes.append(f"{told}: {', '.join(assumed)}.")
    if outlook is not None and there:
        notes.append(
            "Collecting counts nothing, for the examples are there; what it took stands under "
            "economics.hours_to_collect once you state it."
        )
    if outlook is not None:
        hours, times = payback.TESTING_H, payback.RETRAININGS_A_YEAR
        notes.append(f"Assumed besides: {hours:g} hours of testing, {times:g} retrainings a year.")
    return notes


def _standing_in(evidence: Evidence) -> list[str]:
    """What was measured where the bar's own metric takes somebody to read the answers."""
    bar, simple, curve = evidence.task.bar.metric, best_simple(evidence), evidence.examples.curve
    used = {simple.metric if simple is not None else "", curve.metric if curve is not None else ""}
    names = [f"“{metric(one).plain_name}”" for one in sorted(used - {"", bar})]
    if not names:
        return []
    read = "etude review --blind" if bar == "person" else "etude review --judge"
    return [
        f"The bar asks for “{metric(bar).plain_name}”, which was not measured. The figures here are by "
        f"{' and '.join(names)}, and an answer counts as right where nobody has to mend it. After a "
        f"comparison, {read} goes through answers with you."
    ]
