"""How a task is laid out as a conversation: where the instruction stands, how many worked examples.

Knows chat shapes; ignores what the task is about. Every family goes through here, so every family
is seen with and without a system turn, with examples, over several turns and behind long texts.
"""

from __future__ import annotations

from collections.abc import Callable

from generator.maker import Maker
from generator.task import Message, Pair, Task

_ASIDES = (
    "[Answer|Reply|Respond] with [the result|the answer|that] [only|and nothing else].",
    "[Do not|Never] [explain|add comments|add anything].",
    "[Keep|Copy] [every|each] name and [every ]number exactly [as written|as given].",
    "[No|Without any] [introduction|preamble|extra words], please.",
    "[Be|Stay] [exact|precise|careful].",
    "[Do not|Don't] [invent|make up|guess] anything.",
    "Thank you!",
    "[It|This] is [important|urgent] [for us|to {p}].",
)
_PERSONAS = (
    "You are [a|an] {a} [assistant|helper|clerk|editor|machine] [at|for|of] {place}.",
    "You [work for|help|assist] {p}.",
    "[Below|Here] [is|follows] [a task|a request] from {p}.",
    "You are {p}, [who works|working] with {n}s.",
    "You [follow|obey] instructions [exactly|to the letter].",
)
_LABELS = (
    ("Input", "Output"),
    ("Text", "Answer"),
    ("Q", "A"),
    ("Before", "After"),
    ("Given", "Result"),
    ("Message", "Reply"),
    ("Source", "Target"),
    ("Case", "Solution"),
    ("INPUT", "OUTPUT"),
    ("in", "out"),
    ("Example", "Answer"),
    ("Raw", "Clean"),
)
_LEADS = (
    "",
    "",
    "[Examples|Some examples|Worked examples|Samples]:",
    "[Here are|These are|Below are] [some|a few|several] examples[ of how it is done|]:",
    "[Look at|Follow|Study] [these|the] examples:",
    "[This is how it is done|This is the pattern|Do it like this]:",
)


def instruction_of(task: Task, maker: Maker) -> str:
    """The instruction, at times with a persona before and asides after it."""
    parts = [task.instruction]
    if maker.chance(0.25):
        parts.append(maker.say(maker.pick(_ASIDES), p=maker.person()))
    if maker.chance(0.2):
        slots = {
            "a": maker.adjective(),
            "place": maker.place(),
            "p": maker.person(),
            "n": maker.noun(),
        }
        parts.insert(0, maker.say(maker.pick(_PERSONAS), **slots))
    return maker.pick((" ", " ", "\n")).join(parts)


def _long_instruction(task: Task, maker: Maker, words: int) -> str:
    """The instruction within a page of notes that have no bearing on the answer."""
    notes: list[str] = []
    while sum(len(note.split()) for note in notes) < words:
        bullet = maker.say(maker.pick(_ASIDES), p=maker.person())
        notes.append(maker.pick((maker.sentence(), maker.sentence(), bullet)))
    mark = maker.pick(("", "- ", "* "))
    joined = (" " if not mark else "\n").join(mark + note for note in notes)
    head = maker.say("[Notes|About us|Background|Good to know|House rules]:")
    page = f"{head}\n{joined}"
    parts = [page, instruction_of(task, maker)]
    if maker.chance(0.5):
        parts.reverse()
    return "\n\n".join(parts)


def _worked(pairs: list[Pair], maker: Maker) -> Callable[[str, str], str]:
    """A layout of one worked example, the same for all in a prompt."""
    one_line = all("\n" not in left + right for left, right in pairs)
    left, right = maker.pick(_LABELS)
    layouts = [
        f"{left}: {{i}}\n{right}: {{o}}",
        f"{left}:\n{{i}}\n{right}:\n{{o}}",
        f"<{left.lower()}>{{i}}</{left.lower()}>\n<{right.lower()}>{{o}}</{right.lower()}>",
        f"### {left}\n{{i}}\n### {right}\n{{o}}",
    ]
    if one_line:
        layouts += [f"{{i}} {arrow} {{o}}" for arrow in ("->", "=>", "→", "=", "|")]
    layout = maker.pick(layouts)
    return lambda i, o: layout.replace("{i}", i).replace("{o}", o)


def _few_shot(task: Task, maker: Maker, count: int, say: bool) -> tuple[Message, ...]:
    """Worked examples in the prompt, then the case to answer."""
    pairs = [task.example() for _ in range(count + 1)]
    layout = _worked(pairs, maker)
    between = maker.pick(("\n\n", "\n\n", "\n---\n", "\n"))
    shown = between.join(layout(left, right) for left, right in pairs[:-1])
    lead = maker.say(maker.pick(_LEADS))
    shown = f"{lead}\n{shown}" if lead else shown
    last, answer = pairs[-1]
    head = instruction_of(task, maker) if say else ""
    if maker.chance(0.5):
        system = "\n\n".join(part for part in (head, shown) if part)
        return (Message("system", system), Message("user", last), Message("assistant", answer))
    asked = layout(last, "\0")
    asked = asked[: asked.index("\0")].rstrip(" ") if maker.chance(0.7) else last
    user = "\n\n".join(part for part in (head, shown, asked) if part)
    return (Message("user", user), Message("assistant", answer))


def _turns(task: Task, maker: Maker, count: int) -> tuple[Message, ...]:
    """One instruction, then several cases answered one after the other."""
    turns: list[Message] = []
    instruction = instruction_of(task, maker)
    in_system = maker.chance(0.75)
    if in_system:
        turns.append(Message("system", instruction))
    for index in range(count):
        given, answer = task.example()
        first = index == 0 and not in_system
        turns.append(Message("user", f"{instruction}\n\n{given}" if first else given))
        turns.append(Message("assistant", answer))
    return tuple(turns)


def _plain(task: Task, maker: Maker, instruction: str) -> tuple[Message, ...]:
    """One instruction and one case."""
    given, answer = task.example()
    roll = maker.r.random()
    reply = Message("assistant", answer)
    if roll < 0.5:
        return (Message("system", instruction), Message("user", given), reply)
    gap = maker.pick(("\n\n", "\n", "\n\n", " ", "\n---\n"))
    label = maker.pick(("", "", maker.pick(_LABELS)[0] + ": "))
    if roll < 0.8:
        return (Message("user", f"{instruction}{gap}{label}{given}"), reply)
    if roll < 0.93:
        return (Message("user", f"{label}{given}{gap}{instruction}"), reply)
    fence = maker.pick(("```", '"""', "---", "***"))
    return (Message("user", f"{instruction}\n{fence}\n{given}\n{fence}"), reply)


def present(task: Task, maker: Maker, long: bool = False) -> tuple[Message, ...]:
    """Lay `task` out in one of many ways; `long` asks for prompts of some 900 to 1,900 tokens."""
    roll = maker.r.random()
    if long:
        if roll < 0.55:
            given, answer = task.example()
            size = len(given) + len(answer) + 20
            wanted = maker.r.randint(2200, 4600)
            return _few_shot(task, maker, max(3, min(40, wanted // size)), say=maker.chance(0.8))
        if roll < 0.75:
            return _turns(task, maker, maker.r.randint(6, 14))
        return _plain(task, maker, _long_instruction(task, maker, maker.r.randint(300, 800)))
    if roll < 0.62:
        return _plain(task, maker, instruction_of(task, maker))
    if roll < 0.80:
        say = not task.by_example or maker.chance(0.5)
        return _few_shot(task, maker, maker.r.randint(1 if say else 2, 5), say)
    if roll < 0.94:
        return _turns(task, maker, maker.r.randint(2, 4))
    return _plain(task, maker, _long_instruction(task, maker, maker.r.randint(30, 150)))
