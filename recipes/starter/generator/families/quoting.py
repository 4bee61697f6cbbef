"""Answer from a passage by quoting it; say so when the answer is not there."""

from __future__ import annotations

from generator.maker import Maker
from generator.task import Pair, Task

_FACTS = (
    ("The {f} of {s} is {v}.", "{f} of {s}"),
    ("{s} has {v} as its {f}.", "{f} of {s}"),
    ("For {s}, the {f} was {v}.", "{f} for {s}"),
    ("{s} chose {v} for the {f}.", "{f} that {s} chose"),
    ("Everyone knows that the {f} of {s} is {v}.", "{f} of {s}"),
)
_QUESTIONS = (
    "What is the {q}?",
    "[Tell me|Give|State] the {q}.",
    "[Can you find|Do you know] the {q}?",
    "{q}?",
    "I [need|want] the {q}.",
)


def make(maker: Maker) -> Task:
    """A fact among other sentences, or the sentence that holds a word."""
    return _sentence(maker) if maker.chance(0.3) else _fact(maker)


def _fact(maker: Maker) -> Task:
    absent = maker.say("[not stated|unknown|The text does not say.|I do not know.|none|N/A]")
    may_lack = maker.chance(0.4)
    whole = maker.chance(0.3)
    how = (
        "[Quote|Copy] the sentence that [answers|holds the answer]"
        if whole
        else "[Answer|Reply] [with|in] [the exact words|words] [of|from] the [text|passage]"
    )
    instruction = maker.say(how + "[, nothing more|].")
    if may_lack:
        instruction += maker.say(
            " If [it|the text] does not [say|tell], [write|answer] '{a}'.", a=absent
        )
    first_text = maker.chance(0.7)
    one = maker.chance(0.55)

    def example() -> Pair:
        facts = []
        for _ in range(maker.r.randint(2, 4)):
            shape, asked = maker.pick(_FACTS)
            slots = {"f": maker.field(), "s": maker.person(), "v": maker.value()}
            facts.append((maker.say(shape, **slots), maker.say(asked, **slots), slots["v"]))
        lines = [line for line, _, _ in facts]
        questions, answers = [], []
        for fact, asked, value in maker.r.sample(
            facts, 1 if one else maker.r.randint(2, len(facts))
        ):
            question = maker.say(maker.pick(_QUESTIONS), q=asked)
            questions.append(question[0].upper() + question[1:])
            gone = may_lack and maker.chance(0.35)
            if gone:
                lines.remove(fact)
            answers.append(absent if gone else fact if whole else value)
        lines += maker.passage(1, 3)
        maker.r.shuffle(lines)
        text, question, answer = " ".join(lines), "\n".join(questions), "\n".join(answers)
        return (f"{text}\n\n{question}" if first_text else f"{question}\n\n{text}"), answer

    return Task(instruction, example)


def _sentence(maker: Maker) -> Task:
    instruction = maker.say(
        "[Quote|Copy|Find|Give] the sentence [with|that has|that contains] the [given |]word[ in it|]."
    )

    def example() -> Pair:
        lines = maker.passage(3, 5)
        wanted = maker.pick(lines)
        others = " ".join(line for line in lines if line != wanted).lower()
        words = [w.strip(".,!?;:") for w in wanted.split()]
        rare = [w for w in words if len(w) > 3 and w.lower() not in others] or [wanted]
        return f"{' '.join(lines)}\n\nWord: {maker.pick(rare)}", wanted

    return Task(instruction, example)
