"""A tokenizer with its chat template: the one place where messages become token ids.

The template is the model's own, rendered by transformers as its documentation says, without
thinking where a template knows that switch. Two things are mended, each with a notice: a template
that refuses system messages gets their text in front of the first user message, and a model
without a template gets a plain one of words alone. Whatever else a template does to a reply, such
as cutting spaces or thoughts, is found out and refused: a model would learn another text than
people wrote.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from etude.errors import ModelError
from etude.models._base import Message
from etude.models._live_text import LiveText
from etude.models._pieces import Pieces

PLAIN_TEMPLATE = (
    "{% for message in messages %}"
    "{{ message['role'].capitalize() + ':\\n' + message['content'] }}"
    "{% if message['role'] == 'assistant' %}{{ eos_token }}{% endif %}{{ '\\n\\n' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ 'Assistant:\\n' }}{% endif %}"
)
"""For a model without a template: words and line breaks, no new tokens."""
SETTINGS = {"enable_thinking": False, "date_string": "26 Jul 2024"}
"""What templates may ask for: answers without thoughts, and a day that never changes."""
_HELLO = Message("user", "Hello.")
_MARKER = "The reply is 42"
_PROBES = ("Reply 1.", '{"a": [1, 2]}', "Zwei\nZeilen")


class TemplateFormat:
    """A ``ChatFormat`` over a transformers tokenizer.

    ``notices``: what was mended, for people.

    Args:
        tokenizer: with or without a chat template; without one it gets the plain one.
        name: what people call the model, for errors.
        stop_ids: further ids that end an answer (``generation_config.json``).

    Raises:
        ModelError: no token ends a text, or the template does not show replies as written.
    """

    def __init__(self, tokenizer: Any, name: str, stop_ids: Sequence[int] = ()) -> None:
        self.tokenizer = tokenizer
        self.name = name
        self.notices: tuple[str, ...] = ()
        self.vocab_size = len(tokenizer)
        self._longest: int | None = None
        self._pieces = Pieces(tokenizer)
        if not tokenizer.chat_template:
            self._needs_an_end()
            tokenizer.chat_template = PLAIN_TEMPLATE
            self._note("it has no chat template; a plain one is used (User: …, Assistant: …)")
        self._takes_system = self._shows_system()
        if not self._takes_system:
            self._note("its template takes no system message; that text leads the first message")
        self._before = self._render([_HELLO], opening=True)
        self._opening, self._after = self._around_a_reply()
        end = self._pieces.first_special(self._after)
        self._writes_end = end is not None
        self._closing = self._after[: end[0]] if end else self._after.rstrip()
        if end is None:
            self._needs_an_end()
        self._end = int(end[1] if end else tokenizer.eos_token_id)
        others = [i for i in (*stop_ids, tokenizer.eos_token_id) if i is not None]
        self.stop_ids = tuple(dict.fromkeys([self._end, *map(int, others)]))
        self.pad_id = self._padding()
        self.verify()

    def prompt_text(self, messages: Sequence[Message]) -> str:
        """The messages in writing, with the opening of the assistant's turn.

        Raises:
            ModelError: the template refuses these messages.
        """
        return self._render(messages, opening=True)

    def prompt_ids(self, messages: Sequence[Message]) -> NDArray[np.int32]:
        """Ids of the messages with the opening of the assistant's turn (T,).

        What spells a special token in a message is read as letters.

        Raises:
            ModelError: the template refuses these messages.
        """
        said = [Message(m.role, self._pieces.guarded(m.content)) for m in messages]
        return self._pieces.ids(self.prompt_text(said))

    def target_ids(self, reply: str) -> NDArray[np.int32]:
        """Ids of the reply and of the end of the turn (T,).

        Raises:
            ModelError: the template would show the reply in another form than it is written.
        """
        self._check_reply(reply)
        text = self._opening + self._pieces.guarded(reply) + self._closing
        before, whole = self._pieces.ids(self._before), self._pieces.ids(self._before + text)
        if np.array_equal(whole[: len(before)], before):
            target = whole[len(before) :]
        else:  # its first letters join the prompt's last ones; in an answer they stand apart
            target = self._pieces.ids(text)
        return np.append(target, np.int32(self._end))

    def reply(self, ids: Sequence[int] | NDArray[np.int32]) -> str:
        """The text of an answer's ids, without what the template puts around a reply."""
        text = self.decode(ids)
        return text.removeprefix(self._opening).removesuffix(self._closing)

    def live(self, stops: Sequence[str] = (), *, reply: bool = True) -> LiveText:
        """A text that is shown while it is written: a reply, or one that continues raw text.

        Args:
            stops: texts that end it and are no part of it.
            reply: False where no template stands around it.
        """
        around = (self._opening, self._closing) if reply else ("", "")
        return LiveText(self.decode, stops, *around)

    def least_tokens(self, characters: int) -> int:
        """Fewer ids than this can't hold a text of so many characters: no token stands for more than
        the longest does. With room to spare for tokenizers that drop some."""
        if self._longest is None:
            self._longest = max(map(len, self.tokenizer.get_vocab()), default=1)
        return characters // (4 * self._longest)

    def raw_ids(self, text: str) -> NDArray[np.int32]:
        """Ids of a text that is to be continued as it is, the tokenizer's own beginning included;
        special tokens in it are letters (T,)."""
        ids = self.tokenizer(text, verbose=False, split_special_tokens=True)["input_ids"]
        return np.array(ids, dtype=np.int32)

    def decode(self, ids: Sequence[int] | NDArray[np.int32]) -> str:
        """Text of these ids, special tokens left out."""
        numbers = [int(i) for i in ids]
        return str(
            self.tokenizer.decode(
                numbers, skip_special_tokens=True, clean_up_tokenization_spaces=False
            )
        )

    def token_text(self, token: int) -> str:
        """One token in writing, a special one too; its space in front is kept."""
        text = str(self.tokenizer.decode([token], clean_up_tokenization_spaces=False))
        spaced = str(self.tokenizer.convert_ids_to_tokens(token)).startswith("\u2581")
        return f" {text}" if spaced and not text.startswith(" ") else text

    def save(self, folder: Path) -> None:
        """Write the tokenizer's files and the template, as ``transformers`` lays them out."""
        self.tokenizer.save_pretrained(folder)

    def verify(self) -> None:
        """Check that a prompt and its target are, id for id, the whole conversation.

        Raises:
            ModelError: they are not, with the reply that shows it.
        """
        for reply in _PROBES:
            conversation = [_HELLO, Message("assistant", reply)]
            whole = self._pieces.ids(self._render(conversation, opening=False))
            target = self.target_ids(reply)
            parts = np.concatenate(
                [self._pieces.ids(self._before), target if self._writes_end else target[:-1]]
            )
            if not np.array_equal(whole[: len(parts)], parts):
                raise self._wrong(f"with {reply!r} prompt and reply are not the tokens of both")

    def _note(self, sentence: str) -> None:
        self.notices = (*self.notices, f"{self.name}: {sentence}")

    def _wrong(self, what: str) -> ModelError:
        return ModelError(
            f"the chat template of {self.name} can't be used: {what}",
            expected="a template that shows a reply as it is written and then ends the turn",
            hint="use the instruction-tuned form of the model, or another model",
        )

    def _needs_an_end(self) -> None:
        if self.tokenizer.eos_token_id is None:
            raise ModelError(
                f"the tokenizer of {self.name} has no token that ends a text (eos_token)",
                expected="a tokenizer_config.json that names one",
            )

    def _template(self, messages: Sequence[Message], *, opening: bool) -> str:
        return str(
            self.tokenizer.apply_chat_template(
                [{"role": m.role, "content": m.content} for m in messages],
                tokenize=False,
                add_generation_prompt=opening,
                **SETTINGS,
            )
        )

    def _render(self, messages: Sequence[Message], *, opening: bool) -> str:
        """The conversation in writing, special tokens included."""
        from jinja2 import TemplateError

        try:
            return self._template(self._without_system(messages), opening=opening)
        except TemplateError as error:
            raise ModelError(
                f"the chat template of {self.name} refuses these messages: {error}",
                where=" → ".join(m.role for m in messages),
                expected="user and assistant by turns, the user first",
            ) from error

    def _shows_system(self) -> bool:
        from jinja2 import TemplateError

        try:
            return _MARKER in self._template([Message("system", _MARKER), _HELLO], opening=True)
        except TemplateError:
            return False

    def _without_system(self, messages: Sequence[Message]) -> list[Message]:
        said = [m.content for m in messages if m.role == "system"]
        if not said or self._takes_system:
            return list(messages)
        rest = [m for m in messages if m.role != "system"]
        if rest and rest[0].role == "user":
            said.append(rest.pop(0).content)
        return [Message("user", "\n\n".join(said)), *rest]

    def _around_a_reply(self) -> tuple[str, str]:
        """What stands between the opened turn and a reply, and after the reply."""
        shown = self._render([_HELLO, Message("assistant", _MARKER)], opening=False)
        if not shown.startswith(self._before):
            raise self._wrong("what opens a turn is not what the whole conversation shows")
        opening, found, after = shown[len(self._before) :].partition(_MARKER)
        if not found:
            raise self._wrong("a reply does not appear in the conversation")
        return opening, after

    def _check_reply(self, reply: str) -> None:
        shown = self._render([_HELLO, Message("assistant", reply)], opening=False)
        if shown == self._before + self._opening + reply + self._after:
            return
        if shown == self._before + self._opening + reply.strip() + self._after:
            raise self._wrong("it cuts the spaces around a reply; write replies without them")
        if "<think>" in reply or "</think>" in reply:
            raise self._wrong("it takes thoughts (<think>) out of a reply")
        raise self._wrong(f"it rewrites the reply {reply[:60]!r}")

    def _padding(self) -> int:
        """An id that ends no answer, so that hiding padding never hides an end."""
        first = (self.tokenizer.pad_token_id, self.tokenizer.unk_token_id)
        for candidate in (*first, *range(self.vocab_size)):
            if candidate is not None and candidate not in self.stop_ids:
                return int(candidate)
        raise self._wrong("every token ends an answer")
