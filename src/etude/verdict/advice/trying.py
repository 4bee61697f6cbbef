"""Steps that try something: better instructions, a measurement, fine-tuning; or leave it for it
would not pay.

Each gives its step, or None where it does not apply. Fine-tuning is named only with what it was
measured to buy, what it costs and when it pays back.
"""

from __future__ import annotations

from etude.data.splits import FEWEST_GROUPS
from etude.records.advice import Step, Way
from etude.records.task import WRITING
from etude.verdict.advice import _money, count
from etude.verdict.advice._words import (
    by_another_metric,
    counted,
    money,
    of_way,
    percent,
    points,
    span_of_points,
    together,
)
from etude.verdict.advice.asked import ALL
from etude.verdict.advice.case import Case
from etude.verdict.advice.known import (
    LOOKING_UP,
    PROMPTED,
    TRAINED,
    best_simple,
    best_trained,
    fresh_share,
    trifle,
)
from etude.verdict.advice.questions import MUCH

WORDY = 60
"""Words from which on instructions say more than what the task is."""
_TRIES = (
    "etude compare tries instructions, a few examples and look-up side by side, and lists what each "
    "gets wrong. --quick gives a rough answer sooner."
)


def measure_again(case: Case) -> Step | None:
    """What was measured belongs to the task as it was before something in it was changed."""
    tried = case.evidence.tried
    if tried is None and case.evidence.other_metric:
        return Step(
            key="measure",
            title="Measure again: the bar is another now",
            why=f"{by_another_metric(case.evidence)}.",
            takes=("What does not hang on the metric is not computed again.",),
            command="etude compare",
        )
    if tried is None or not tried.changed:
        return None
    return Step(
        key="measure",
        title="Measure again: the task is another now",
        why=f"Since the newest comparison you changed {together(tried.changed)}; every figure of it is "
        "from before that.",
        takes=("Only the ways that this touches are computed again.",),
        command="etude compare",
    )


def try_first(case: Case) -> Step | None:
    """What the simple ways do with the examples that there are, before anybody collects more."""
    if case.evidence.examples.independent < FEWEST_GROUPS or measure_again(case) is not None:
        return None
    return sharpen_untried(case)


def sharpen_untried(case: Case) -> Step | None:
    """Nobody has tried a good prompt yet, or it was never measured."""
    tried = case.evidence.tried
    if case.replied("prompt_untried") == "yes":
        return sharpen(case, case.because("prompt_untried"))
    if tried is None or best_simple(case.evidence) is None:
        return sharpen(case, "What the simple ways can do has not been measured yet.")
    return None


def sharpen(case: Case, why: str) -> Step:
    """Better instructions, with what goes wrong most often where that is known."""
    tried, told = case.evidence.tried, _told(case)
    by_words = told is not None and told.rung in PROMPTED
    failures = tried.failures if tried is not None and by_words else ()
    if not failures and tried is None and _has_rules(case):
        return _measure_instructions(case, why)
    lines = [_how_to_sharpen(case)]
    if failures and told is not None:
        lines.append(f"“{told.title}” gets these wrong most often; a sentence each may mend them:")
    elif tried is None:
        lines.append(_TRIES)
    measured = tried is not None and bool(failures)
    return Step(
        key="sharpen_prompt",
        title="Sharpen the instructions" if measured else "Try clear instructions first",
        why=why,
        takes=tuple(lines),
        failures=failures,
        command="etude compare" if measured else "etude compare --quick",
    )


def _has_rules(case: Case) -> bool:
    """Whether somebody has written down already what is asked for, as far as length tells."""
    words = len(case.evidence.task.instructions.split())
    return words >= WORDY and case.replied("prompt_untried") != "yes"


def _measure_instructions(case: Case, why: str) -> Step:
    words = len(case.evidence.task.instructions.split())
    return Step(
        key="sharpen_prompt",
        title="Measure your instructions first",
        why=why,
        takes=(
            f"They have {counted(words, 'word')} already: see what they do before you add to them.",
            _TRIES,
        ),
        command="etude compare --quick",
    )


def _told(case: Case) -> Way | None:
    """The way whose failures are known."""
    tried = case.evidence.tried
    ways = tried.ways if tried is not None else ()
    return next((w for w in ways if tried and w.name == tried.told), None)


def improve(case: Case, why: str) -> Step:
    """The best simple way made better: by its instructions, or by the examples that it goes by."""
    tried, told = case.evidence.tried, _told(case)
    if tried is None or told is None or told.rung in PROMPTED:
        return sharpen(case, why)
    found = [f"“{told.title}” gets these wrong most often:"] if tried.failures else []
    return Step(
        key="improve_simple",
        title=f"Improve the best simple way, “{told.title}”",
        why=why,
        takes=(
            "It goes by your examples: add some like those that it gets wrong, and put right what is "
            "wrong in them. etude check --measure says what more of them would buy.",
            *found,
        ),
        failures=tried.failures,
        command="etude check --measure",
    )


def _how_to_sharpen(case: Case) -> str:
    if case.evidence.task.kind in WRITING:
        return "Write down every rule that a new colleague would need, with one good answer."
    return "Say what each category means, and which one wins where two would fit."


def not_worth_it(case: Case) -> Step | None:
    """Even the whole gap is worth less than closing it costs."""
    if case.replied("worth_it") != "no":
        return None
    outlook = case.closing
    return Step(
        key="do_nothing",
        title="Do nothing: it would not pay",
        why=case.because("worth_it"),
        takes=_money.hangs_on(case.currency, outlook) if outlook is not None else (),
        command="etude compare"
        if best_simple(case.evidence) is None
        else 'etude predict "a new text"',
    )


def learning_adds_little(case: Case) -> Step:
    """Fine-tuning was measured, and is no better: the best simple way is worked on. Where it is better
    and too few questions are a yes, they come first."""
    gain, margin = case.gain, points(case.evidence.task.bar.margin)
    if gain is not None and gain.low >= case.evidence.task.bar.margin:
        more = span_of_points(gain.low, gain.high)
        told = f"Fine-tuning leaves {more} more answers right; yet of the questions"
        return improve(case, f"{told} {count.sentence(case.questions)}")
    little = f" ({span_of_points(gain.low, gain.high)})" if gain is not None else ""
    return improve(
        case, f"Fine-tuning adds less than the {margin} that you said would matter{little}."
    )


def does_not_pay(case: Case) -> Step | None:
    """Better for certain, and not worth its price."""
    gain, tuning = case.gain, case.tuning
    if gain is None or tuning is None or gain.low < case.evidence.task.bar.margin:
        return None
    left, least = tuning.net[1], trifle(case.evidence.task.economics)
    if left > 0 and left >= least:
        return None
    little = f"saves less than an hour of a person's time a month ({money(least, case.currency)})"
    return Step(
        key="do_nothing",
        title="Do nothing: fine-tuning is better, and does not pay",
        why=f"It leaves {span_of_points(gain.low, gain.high)} more answers right than the best simple "
        f"way, and {little if left > 0 else 'costs more than that saves'}.",
        takes=_money.told(case.currency, tuning),
        command='etude predict "a new text"',
    )


def measure(case: Case) -> Step | None:
    """Fine-tuning was not measured: without its numbers it is not advised."""
    if case.gain is not None:
        return None
    simple = best_simple(case.evidence)
    known = f"{of_way(simple, case.evidence.task)}; " if simple is not None else ""
    money = _money.hangs_on(case.currency, case.closing) if case.closing is not None else ()
    quick = case.evidence.tried is not None and case.evidence.tried.quick
    lines = [] if quick else [_on_the_ladder(case)]
    return Step(
        key="measure",
        title="Measure fine-tuning beside the simple ways",
        why=f"{known}what fine-tuning would add is not known, so it can't be advised yet.",
        takes=(*lines, *money),
        command="etude compare",
    )


def _on_the_ladder(case: Case) -> str:
    trained = [rung for rung in case.evidence.task.ladder if rung in TRAINED]
    if not trained:
        return "finetune is not on the ladder in etude.yaml: put it there first."
    is_on = "is" if len(trained) == 1 else "are"
    return f"{together(trained)} {is_on} on the ladder: the comparison measures that."


def fine_tune(case: Case) -> Step | None:
    """It was measured to be better by more than the margin, and it pays."""
    gain, tuning, margin = case.gain, case.tuning, case.evidence.task.bar.margin
    if gain is None or tuning is None or gain.low < margin:
        return None
    if case.at_least != "worth_testing":
        return _answer(case)
    tuned = best_trained(case.evidence)
    name = f"“{tuned.title}”" if tuned is not None else "Fine-tuning"
    tried = case.evidence.tried
    proof = "the whole comparison" if tried is not None and tried.in_part else "the verdict"
    return Step(
        key="fine_tune",
        title="Fine-tune",
        why=f"{name} leaves {span_of_points(gain.low, gain.high)} more answers right than the best "
        f"simple way (on {counted(gain.n, 'answer')} that are not kept aside).",
        takes=(
            f"{counted(case.evidence.examples.learned, 'example')}, which you have.",
            *_shorter(case),
            *_stale(case, tuned),
            *_money.told(case.currency, tuning),
            f"Proof: {proof} on answers that nothing was chosen on.",
        ),
        command="etude compare",
    )


def _stale(case: Case, tuned: Way | None) -> tuple[str, ...]:
    """That facts which change are better looked up, where much hangs on them and this way does not."""
    examples = case.evidence.examples
    share = fresh_share(examples)
    if share is None or share < MUCH or (tuned is not None and tuned.rung in LOOKING_UP):
        return ()
    told = (
        f"{percent(share, 1)} of the answers state facts that the input does not give or "
        "that change: what is trained in goes on being said after it has changed."
    )
    both = "finetune_retrieval"
    if both in case.evidence.task.ladder:
        told += f" {both}, which is on your ladder, looks them up as well."
    return (told,)


def _shorter(case: Case) -> tuple[str, ...]:
    """How much shorter its prompts are, where models count tokens."""
    tuned, simple = best_trained(case.evidence), best_simple(case.evidence)
    if tuned is None or simple is None or not tuned.tokens_in or not simple.tokens_in:
        return ()
    if tuned.tokens_in >= simple.tokens_in:
        return ()
    return (f"An answer reads {tuned.tokens_in:,.0f} tokens instead of {simple.tokens_in:,.0f}.",)


def _answer(case: Case) -> Step | None:
    """Fine-tuning measured well, and too many questions are open to advise it."""
    if not case.open:
        return None
    first = case.open[0].key
    return Step(
        key="answer_questions",
        title="Answer what is still open",
        why="Fine-tuning measured well; whether it is the right step hangs on these.",
        takes=tuple(ALL[one.key].ask for one in case.open),
        command=f"etude advise --answer {first}=yes",
    )


def more_examples_decide(case: Case) -> Step | None:
    """It can't be told yet whether fine-tuning is better, and more examples would likely tell."""
    gain, margin = case.gain, case.evidence.task.bar.margin
    if gain is None or not gain.low < margin <= gain.high:
        return None
    curve = case.evidence.examples.curve
    told = (curve.sentence,) if curve is not None and curve.gain is not None else ()
    in_part = case.evidence.tried is not None and case.evidence.tried.in_part
    first = (
        "Score all of your examples first: this was a quick look."
        if in_part
        else (
            f"Twice as many, about {counted(2 * case.evidence.examples.learned, 'example')} in all, "
            "would narrow that by nearly a third."
        )
    )
    return Step(
        key="measure" if in_part else "add_examples",
        title="Measure the whole" if in_part else "Add examples: it can't be told yet",
        why="Fine-tuning against the best simple way: "
        f"{span_of_points(gain.low, gain.high)}. That is too wide to decide on.",
        takes=(first, *told),
        command="etude compare" if in_part else "etude check --measure",
    )
