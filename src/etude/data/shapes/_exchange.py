"""What is learned from an example: what is asked, and the answer; and what is asked as one text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from etude.data.conversations import Turn, as_input, shown_call, shown_picture, tidy
from etude.data.neutral import Example, Message, Part, as_openai, compact
from etude.data.shapes._base import Choice, Exchange, Unusable, Verdict, is_list
from etude.data.shapes._decoding import decoded
from etude.data.shapes._messages import messages_in
from etude.data.shapes._tools import tools_in
from etude.data.text import normalise

_CHAT = "conversations with calls of tools or pictures are read by `kind: chat`"


def exchange_of(example: Example, *, labelled: bool, chat: bool) -> Exchange:
    """The last message of the assistant's that is to be learned is the answer, what comes before is
    asked; a message with the weight 0 is never the answer.

    Args:
        example: as it was read.
        labelled: there must be an answer; else everything is asked, but for an answer at its end.
        chat: turns stay apart, with calls of tools and pictures; else what is asked becomes text.

    Raises:
        Unusable: there is no answer, it is not to be learned, or nothing is asked.
    """
    if labelled and example.liked is False:
        raise Unusable("its completion was not liked (`label`), so it is not to be learned")
    said = example.messages
    answers = [at for at, one in enumerate(said) if one.role == "assistant"]
    signs = {"named"} if any(one.name for one in said if one.role != "tool") else set()
    if not labelled:
        end = len(said) - (bool(answers) and answers[-1] == len(said) - 1)
        return _asked(example, said[:end], signs, chat)
    if not answers:
        raise Unusable("no message is the assistant's", "example_missing_assistant_message")
    learned = [at for at in answers if said[at].weight != 0]
    if not learned:
        raise Unusable("its answer has the weight 0: it is not to be learned")
    last = learned[-1]
    if answers[0] < last:
        signs.add("several_answers")
    if last < len(said) - 1:
        signs.add("goes_on")
    if said[last].calls:
        signs.add("tools")
    found = _asked(example, said[:last], signs, chat)
    return replace(found, answer=_answer(said[last], chat), signs=found.signs | signs)


def _asked(
    example: Example, before: Sequence[Message], signs: Iterable[str], chat: bool
) -> Exchange:
    pictures = any(part.kind != "text" for one in before for part in one.parts)
    tools = bool(example.tools) or any(one.calls or one.role == "tool" for one in before)
    found = {*signs, *(["tools"] if tools else []), *(["pictures"] if pictures else [])}
    if not chat and (tools or pictures):
        raise Unusable(f"it holds {'tools' if tools else 'pictures'}; {_CHAT}")
    turns = asked(_turns(example, before, chat))
    whole = _whole(example, before) if tools or pictures else ""
    return Exchange(turns, "", frozenset(found), whole)


def _turns(example: Example, said: Sequence[Message], chat: bool) -> list[Turn]:
    """The messages in words; an instruction above an input counts as instructions where what is
    asked becomes one text."""
    turns = [turn(one) for one in said]
    above = example.instruction
    if not above or not said or not said[-1].text.startswith(above):
        return turns
    rest = normalise(said[-1].text[len(above) :])
    if chat:
        return [*turns[:-1], Turn("user", f"{normalise(above)}\n\n{rest}")]
    system = [one for one in turns[:-1] if one.role == "system"]
    others = [one for one in turns[:-1] if one.role != "system"]
    return [*system, Turn("system", normalise(above)), *others, Turn("user", rest)]


def turn(message: Message) -> Turn:
    """A message in words: calls and pictures are told, so that texts can be looked at and
    compared."""
    said = [_shown(part) for part in message.parts]
    said += [shown_call(call.name, call.arguments) for call in message.calls]
    role = "system" if message.role == "developer" else message.role
    return Turn(role, normalise("\n".join(said)))


def _shown(part: Part) -> str:
    return part.value if part.kind == "text" else shown_picture(part.value)


def _whole(example: Example, said: Sequence[Message]) -> str:
    """The input of a conversation that holds more than words: OpenAI's messages, the first with the
    tools that can be called."""
    made = [_kept(one) for one in said]
    if example.tools:
        # Kept as they were written: a tool's JSON is what a template would show.
        listed = "[" + ",".join(example.tools) + "]"
        parallel = {} if example.parallel is None else {"parallel_tool_calls": example.parallel}
        made[0] = {**made[0], **parallel}
        return f'[{{"tools":{listed},{compact(made)[2:]}'
    return compact(made)


def _kept(message: Message) -> dict[str, object]:
    parts = tuple(
        replace(part, value=normalise(part.value)) if part.kind == "text" else part
        for part in message.parts
    )
    role = "system" if message.role == "developer" else message.role
    name = message.name if role == "tool" else None
    return as_openai(replace(message, parts=parts, role=role, weight=None, name=name))


def _answer(message: Message, chat: bool) -> str:
    """The answer's text; of one that calls tools compact JSON of what it says and calls."""
    if message.plain:
        return normalise(message.text)
    if not chat:
        raise Unusable(f"its answer calls a tool; {_CHAT}")
    kept = _kept(replace(message, name=None))
    return compact({key: value for key, value in kept.items() if key != "role"})


def choice_of(example: Example) -> Choice:
    """What is asked, and both answers.

    Raises:
        Unusable: one is missing, or the two don't answer the same.
    """
    if not example.rejected:
        raise Unusable("there is no worse answer beside the better one", "missing_content")
    if len(example.answer) != 1 or len(example.rejected) != 1:
        raise Unusable("`chosen` and `rejected` don't answer the same conversation")
    _words_alone(example)
    turns = asked([turn(one) for one in example.asked])
    return Choice(turns, turn(example.answer[0]).content, turn(example.rejected[0]).content)


def verdict_of(example: Example) -> Verdict:
    """What is asked, the answer, and whether it was liked.

    Raises:
        Unusable: nothing says so, or the row is at fault.
    """
    if example.liked is None:
        raise Unusable("its `label` is neither true nor false", "data_type")
    _words_alone(example)
    found = exchange_of(replace(example, liked=True), labelled=True, chat=True)
    return Verdict(found.asked, found.answer, example.liked)


def _words_alone(example: Example) -> None:
    said = example.all_said
    if example.tools or any(one.role == "tool" or not one.plain for one in said):
        raise Unusable("preferences with calls of tools or pictures can't be learned from yet")


def asked(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """The turns as they are.

    Raises:
        Unusable: none of them is the user's.
    """
    if not any(one.role == "user" for one in turns):
        raise Unusable("nothing is asked: no message of the user's comes before the answer")
    return tuple(turns)


def as_one(turns: Sequence[Turn]) -> tuple[str, str]:
    """The instructions ("" for none) and the one text that is asked.

    Raises:
        Unusable: it is a conversation of several turns.
    """
    users = [one.content for one in turns if one.role == "user"]
    if len(users) > 1:
        raise Unusable(
            f"it has {len(users)} messages of the user's; conversations are read by `kind: chat`"
        )
    if any(one.role == "assistant" for one in turns):
        raise Unusable("it has several answers; conversations are read by `kind: chat`")
    return "\n\n".join(one.content for one in turns if one.role == "system"), users[0]


def listed(cell: str | None) -> bool:
    """Whether a cell holds a list of messages, and not a text that is another list in JSON."""
    if not is_list(cell) or '"role"' not in str(cell):
        return False
    return '"content"' in str(cell) or '"tool_calls"' in str(cell)


def plain_input(text: str) -> tuple[str, str | None]:
    """The input of kind ``chat`` that a plain cell holds, and why it can't be used (None: it can).

    A list of messages becomes compact JSON; any other text is the user's one message.
    """
    if not listed(text):
        return tidy(text), None
    try:
        found = decoded(text, "the input")
        named = tools_in(found[0].pop("tools", None)) if isinstance(found[0], dict) else ()
        parallel = found[0].pop("parallel_tool_calls", None) if named else None
        said = tuple(messages_in(found, "the input"))
        made = _asked(Example(said, tools=named, parallel=parallel), said, (), chat=True)
    except Unusable as error:
        return text, error.reason
    return made.whole or as_input(made.asked), None
