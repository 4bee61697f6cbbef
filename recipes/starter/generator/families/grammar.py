"""Person and tense of small made-up sentences: I to a name, now to the past, yes to no."""

from __future__ import annotations

from generator.maker import Maker
from generator.task import Pair, Task


def make(maker: Maker) -> Task:
    """One change of grammar, stated in words."""
    return maker.pick((_person, _tense, _negative, _question, _polite, _plural))(maker)


def _rest(maker: Maker) -> str:
    return maker.say(
        "[the|a|this|that|every] {a}{n}{w}",
        a=maker.adjective() + " " if maker.chance(0.5) else "",
        n=maker.noun(),
        w=maker.say(" [near|in|with|for] {p}", p=maker.name()) if maker.chance(0.5) else "",
    )


def _person(maker: Maker) -> Task:
    who = maker.pick(("he", "she", "it", maker.name(), maker.name()))
    instruction = maker.say(
        "[Change|Rewrite|Put] 'I' to '{w}'[ and change the verb|, with the right verb form|].",
        w=who,
    )

    def example() -> Pair:
        base, third, _, _ = maker.verb()
        rest = _rest(maker)
        return f"I {base} {rest}.", f"{who[0].upper()}{who[1:]} {third} {rest}."

    return Task(instruction, example, by_example=True)


def _tense(maker: Maker) -> Task:
    forms = {
        "the past": ("{past}", "[Yesterday|Then]"),
        "the future": ("will {base}", "[Tomorrow|Soon]"),
        "the progressive form": ("is {ing}", "[Now]"),
    }
    wanted = maker.pick(list(forms))
    verb_form, _ = forms[wanted]
    instruction = maker.say(
        "[Write|Put|Rewrite|Change] the sentence [in|into] {w}[ tense|].", w=wanted
    ).replace("form tense", "form")

    def example() -> Pair:
        base, third, past, ing = maker.verb()
        subject, rest = maker.name(), _rest(maker)
        verb = verb_form.replace("{past}", past).replace("{base}", base).replace("{ing}", ing)
        return f"{subject} {third} {rest}.", f"{subject} {verb} {rest}."

    return Task(instruction, example, by_example=True)


def _negative(maker: Maker) -> Task:
    instruction = maker.say("[Make|Turn] the sentence [negative|into its opposite with 'not'].")

    def example() -> Pair:
        base, third, _, _ = maker.verb()
        subject, rest = maker.name(), _rest(maker)
        return f"{subject} {third} {rest}.", f"{subject} does not {base} {rest}."

    return Task(instruction, example, by_example=True)


def _question(maker: Maker) -> Task:
    instruction = maker.say("[Make|Turn the sentence into|Rewrite it as] a [yes-or-no |]question.")

    def example() -> Pair:
        base, third, _, _ = maker.verb()
        subject, rest = maker.name(), _rest(maker)
        return f"{subject} {third} {rest}.", f"Does {subject} {base} {rest}?"

    return Task(instruction, example, by_example=True)


def _polite(maker: Maker) -> Task:
    start = maker.say("[Please|Could you|Would you|Kindly|We ask you to]")
    end = "?" if start in ("Could you", "Would you") else "."
    instruction = maker.say(
        "[Make|Turn] the [order|command] [polite|into a polite one], [with|starting with] '{s}'.",
        s=start,
    )

    def example() -> Pair:
        base = maker.verb()[0]
        rest = _rest(maker)
        return f"{base.capitalize()} {rest}!", f"{start} {base} {rest}{end}"

    return Task(instruction, example, by_example=True)


def _plural(maker: Maker) -> Task:
    instruction = maker.say(
        "[Write|Give] the number and the thing[ in the plural|], like '3 lamps'."
    )

    def example() -> Pair:
        count = maker.r.randint(1, 60)
        noun = maker.noun()
        if noun.endswith(("s", "x", "sh", "ch", "y", "f", "knife", "shelf")):
            noun = "lamp"
        name = f"{maker.adjective()} {noun}"
        return f"{name}: {count}", f"{count} {name}{'' if count == 1 else 's'}"

    return Task(instruction, example, by_example=True)
