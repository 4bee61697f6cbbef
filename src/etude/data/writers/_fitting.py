"""An example cut down to what a shape holds, with the names of what was cut.

It knows what can be in an example; how a shape is written is for the writers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from etude.data.neutral import Example, Message
from etude.data.writers._base import CantHold

Learned = Literal["each", "answer", "all"]


@dataclass(frozen=True)
class Holds:
    """What a shape holds.

    ``learned``: which answers are learned from: "each" says so itself (``weight``), "answer" the
    last alone, "all" of them. ``openly``: messages are OpenAI's, with all that can be in them.
    ``goes_on``: messages may follow the answer.
    """

    tools: bool = False
    pictures: bool = False
    openly: bool = False
    parallel: bool = False
    goes_on: bool = True
    learned: Learned = "all"


def fitted(example: Example, holds: Holds, lost: set[str], title: str) -> Example:
    """The example as the shape holds it; ``lost`` gets what it does not.

    Raises:
        CantHold: nothing of use would be left.
    """
    if example.liked is False:
        raise CantHold(f"its answer was not liked, and {title} would teach it")
    if example.liked:
        lost.add("liked")
    if example.rejected:
        lost.add("rejected")
    return trimmed(replace(example, liked=None, rejected=()), holds, lost)


def trimmed(example: Example, holds: Holds, lost: set[str]) -> Example:
    """The same, for a shape that says itself what it does with a second answer and a verdict."""
    if not holds.tools:
        example = _without_tools(example, lost)
    if example.parallel is not None and not holds.parallel:
        lost.add("parallel")
        example = replace(example, parallel=None)
    if not holds.goes_on and len(example.answer) > 1:
        lost.add("after")
        example = replace(example, answer=example.answer[:1])
    example = _weighed(example, holds.learned, lost)
    cut = _Cut(holds, lost)
    return replace(
        example,
        asked=cut.all(example.asked),
        answer=cut.all(example.answer),
        rejected=cut.all(example.rejected),
    )


def answered(example: Example) -> None:
    """Check that there is a question and an answer to it that is to be learned.

    Raises:
        CantHold: there is not.
    """
    if not example.answer:
        raise CantHold("none of its answers is to be learned")
    if not any(one.role != "system" for one in example.asked):
        raise CantHold("nothing is asked before its answer")


def leading_systems(messages: Sequence[Message], lost: set[str]) -> tuple[str, list[Message]]:
    """The instructions in front as one text, and the messages after them; later instructions are
    lost."""
    count = next((at for at, one in enumerate(messages) if one.role != "system"), len(messages))
    if count > 1:
        lost.add("systems")
    rest = [one for one in messages[count:] if one.role != "system"]
    if len(rest) < len(messages) - count:
        lost.add("later_system")
    return "\n\n".join(one.text for one in messages[:count]), rest


def with_ids(example: Example, lost: set[str]) -> Example:
    """Every call with an id, and every result of a tool with that of its call: those without get
    made up ones, results in the order of the calls."""
    if not any(_lacks(one) for one in example.all_said):
        return example
    lost.add("made_ids")
    taken = {call.id for one in example.all_said for call in one.calls}
    fresh = (f"call_{n}" for n in range(1, 1 + 2 * sum(len(m.calls) for m in example.all_said)))
    free = (name for name in fresh if name not in taken)
    waiting: list[str] = []

    def linked(message: Message) -> Message:
        if message.calls:
            calls = tuple(
                replace(c, id=c.id if c.id is not None else next(free)) for c in message.calls
            )
            waiting[:] = [str(call.id) for call in calls]
            return replace(message, calls=calls)
        if message.role == "tool" and message.call_id is None and waiting:
            return replace(message, call_id=waiting.pop(0))
        return message

    asked, answer = map(linked, example.asked), map(linked, example.answer)
    return replace(
        example,
        asked=tuple(asked),
        answer=tuple(answer),
        rejected=tuple(map(linked, example.rejected)),
    )


def without_ids(messages: Sequence[Message], lost: set[str]) -> None:
    """Name the ids of calls as lost where their order does not say the same."""
    waiting: list[str | None] = []
    for one in messages:
        if one.calls:
            waiting = [call.id for call in one.calls]
        elif one.role == "tool" and one.call_id is not None:
            if not waiting or waiting.pop(0) != one.call_id:
                lost.add("call_ids")
        elif one.role == "tool" and waiting:
            waiting.pop(0)


def _lacks(message: Message) -> bool:
    return any(call.id is None for call in message.calls) or (
        message.role == "tool" and message.call_id is None
    )


def _without_tools(example: Example, lost: set[str]) -> Example:
    said = example.all_said
    if not example.tools and not any(one.calls or one.role == "tool" for one in said):
        return example
    lost.add("tools")
    kept = replace(
        example,
        tools=(),
        asked=_words_alone(example.asked),
        answer=_words_alone(example.answer),
        rejected=_words_alone(example.rejected),
    )
    if example.answer and (not kept.answer or example.answer[0].calls):
        raise CantHold("its answer calls a tool")
    return kept


def _words_alone(messages: Sequence[Message]) -> tuple[Message, ...]:
    kept = (replace(one, calls=()) for one in messages if one.role != "tool")
    return tuple(one for one in kept if one.parts)


def _weighed(example: Example, learned: Learned, lost: set[str]) -> Example:
    if learned == "each":
        return example
    if not example.answer:
        raise CantHold("none of its answers is to be learned")
    if learned == "all" and any(one.weight == 0 for one in example.messages):
        lost.add("weights")
    if learned == "answer":
        if any(one.role == "assistant" and one.weight != 0 for one in example.asked):
            lost.add("earlier")
        if any(one.weight == 0 for one in example.answer):
            lost.add("weights")
    return replace(
        example,
        asked=_unweighed(example.asked),
        answer=_unweighed(example.answer),
        rejected=_unweighed(example.rejected),
    )


def _unweighed(messages: Sequence[Message]) -> tuple[Message, ...]:
    return tuple(replace(one, weight=None) for one in messages)


class _Cut:
    """Takes out of messages what a shape can't hold."""

    def __init__(self, holds: Holds, lost: set[str]) -> None:
        self.holds = holds
        self.lost = lost

    def all(self, messages: Sequence[Message]) -> tuple[Message, ...]:
        return tuple(map(self._one, messages))

    def _one(self, message: Message) -> Message:
        if self.holds.openly:
            return message
        if message.role == "developer":
            self.lost.add("developer")
            message = replace(message, role="system")
        if message.name is not None and message.role != "tool":
            self.lost.add("names")
            message = replace(message, name=None)
        return self._parts(message)

    def _parts(self, message: Message) -> Message:
        kinds = {part.kind for part in message.parts}
        dropped = {"other"} | (set() if self.holds.pictures else {"picture"})
        if "other" in kinds:
            self.lost.add("others")
        if "picture" in kinds and not self.holds.pictures:
            self.lost.add("pictures")
        parts = tuple(part for part in message.parts if part.kind not in dropped)
        if any(part.detail is not None for part in parts):
            self.lost.add("details")
            parts = tuple(replace(part, detail=None) for part in parts)
        if message.parts and not parts and not message.calls:
            what = "a picture" if "picture" in kinds else "sound or a file"
            raise CantHold(f"a message of it holds nothing but {what}")
        return replace(message, parts=parts)
