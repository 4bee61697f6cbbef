"""What whoever rewrites is asked, and which of its texts are worth trying.

Texts that are too long, that say what was tried before, or that hold personal data or a secret which
the instructions did not hold are not tried: instructions go with every request.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from etude.approaches.improving.trying import Trying
from etude.privacy import matches

TEMPLATE = """An assistant does one narrow task again and again, by these instructions:
```
<curr_param>
```

They stand in a prompt of which the rest stays as it is:
```
<the_rest>
```

Here are inputs, what the assistant answered, and what was right or wrong with it:
```
<side_info>
```

Rewrite the instructions so that inputs of the same sort are answered right. Find out what the wrong \
answers have in common and say the rule that was missing, as you would to a new colleague: what \
decides between answers that were mixed up, what must stand in an answer and what must not, in which \
form. Keep what works. Do not repeat what the rest of the prompt says already. Do not quote the inputs \
and name no person, customer, number or date from them: other inputs will come. At most <words> words.

Give the new instructions alone, within ``` blocks."""
INSTRUCTIONS_HERE = "[the instructions stand here]"
WORDS = 250
"""Words that are asked for at most, unless the instructions have more already."""
MOST_CHARACTERS = 6_000
"""Longer texts are not tried, unless the instructions are as long already."""


class Rewriting:
    """Prompts for rewriting the instructions of one search.

    Args:
        trying: the rung's own search.
        layout: of the failures, as the package has it.
    """

    def __init__(self, trying: Trying, layout: Any) -> None:
        self.layout = layout
        start = trying.instructions
        self._words = max(WORDS, len(start.split()))
        self._most = max(MOST_CHARACTERS, len(start))
        self._held = _private(start)
        self._tried = {_plain(start)}
        self._rest = _the_rest(trying)

    def prompt(self, instructions: str, records: Sequence[Mapping[str, str]]) -> str:
        """What is asked, with these answers and what was wrong with them."""
        template = TEMPLATE.replace("<words>", f"{self._words:,}")
        template = template.replace("<the_rest>", self._rest)
        rendered: str = self.layout.prompt_renderer(
            {
                "current_instruction_doc": instructions,
                "dataset_with_feedback": list(records),
                "prompt_template": template,
            }
        )
        return rendered

    def read(self, said: str | None) -> str | None:
        """The new instructions; None where there are none worth trying."""
        found = self.layout.output_extractor((said or "").strip())
        text = str(found["new_instruction"]).strip()
        plain = _plain(text)
        if not plain or len(text) > self._most or plain in self._tried:
            return None
        if _private(text) - self._held:
            return None
        self._tried.add(plain)
        return text


def _the_rest(trying: Trying) -> str:
    """The system message around the instructions, as every request has it."""
    (request,) = trying.requests(INSTRUCTIONS_HERE, trying.dev.take([0]))
    return request.messages[0].content


def _private(text: str) -> frozenset[str]:
    return frozenset(text[span.start : span.end].casefold() for span in matches(text))


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
