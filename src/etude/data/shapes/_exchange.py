"""From a conversation to what is asked and the answer; and what is asked as one text."""

from __future__ import annotations

from collections.abc import Sequence

from etude.data.conversations import Turn, as_input, tidy
from etude.data.shapes._base import Exchange, Unusable, is_list
from etude.data.shapes._messages import Said, messages
from etude.data.text import is_blank, normalise


def exchange_of(said: Sequence[Said], *, labelled: bool) -> Exchange:
    """The last message of the assistant is the answer, what comes before is asked.

    Args:
        said: the conversation.
        labelled: there must be an answer; else everything is asked, up to the user's last message.

    Raises:
        Unusable: there is no answer, it is not to be learned, or nothing is asked.
    """
    answers = [at for at, one in enumerate(said) if one.turn.role == "assistant"]
    signs = {"named"} if any(one.named for one in said) else set()
    if not labelled:
        end = len(said) - (bool(answers) and answers[-1] == len(said) - 1)
        return Exchange(asked([one.turn for one in said[:end]]), "", frozenset(signs))
    if not answers:
        raise Unusable("no message is the assistant's", "example_missing_assistant_message")
    last = answers[-1]
    if said[last].weight == 0:
        raise Unusable("its last answer has the weight 0: it is not to be learned")
    if len(answers) > 1:
        signs.add("several_answers")
    if last < len(said) - 1:
        signs.add("goes_on")
    before = asked([one.turn for one in said[:last]])
    return Exchange(before, said[last].turn.content, frozenset(signs))


def asked(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """The turns as they are.

    Raises:
        Unusable: none of them is the user's.
    """
    if not any(turn.role == "user" for turn in turns):
        raise Unusable("nothing is asked: no message of the user's comes before the answer")
    return tuple(turns)


def as_one(turns: Sequence[Turn]) -> tuple[str, str]:
    """The instructions ("" for none) and the one text that is asked.

    Raises:
        Unusable: it is a conversation of several turns.
    """
    users = [turn.content for turn in turns if turn.role == "user"]
    if len(users) > 1:
        raise Unusable(
            f"it has {len(users)} messages of the user's; conversations are read by `kind: chat`"
        )
    if any(turn.role == "assistant" for turn in turns):
        raise Unusable("it has several answers; conversations are read by `kind: chat`")
    return "\n\n".join(turn.content for turn in turns if turn.role == "system"), users[0]


def prompt_turns(cell: str | None, column: str) -> tuple[Turn, ...]:
    """A prompt that is a text (the user's one message) or a list of messages.

    Raises:
        Unusable: it is empty or at fault.
    """
    if listed(cell):
        return asked([one.turn for one in messages(cell, column)])
    return (Turn("user", full_text(cell, column)),)


def full_text(cell: str | None, column: str) -> str:
    """A cell's text, normalised.

    Raises:
        Unusable: there is none.
    """
    text = normalise(cell or "")
    if is_blank(text):
        raise Unusable(f"`{column}` is empty", "missing_content")
    return text


def listed(cell: str | None) -> bool:
    """Whether a cell holds a list of messages, and not a text that is another list in JSON."""
    return is_list(cell) and '"role"' in str(cell) and '"content"' in str(cell)


def plain_input(text: str) -> tuple[str, str | None]:
    """The input of kind ``chat`` that a plain cell holds, and why it can't be used (None: it can).

    A list of messages becomes compact JSON; any other text is the user's one message.
    """
    if not listed(text):
        return tidy(text), None
    try:
        return as_input(asked([one.turn for one in messages(text, "the input")])), None
    except Unusable as error:
        return text, error.reason
