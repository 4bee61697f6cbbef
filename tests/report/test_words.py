from __future__ import annotations

from etude.report import _words as words


def test_every_next_command_of_the_verdict_has_words() -> None:
    for command in ("etude compare", "etude report --rows", 'etude predict "a new text"'):
        assert words.next_words(command) != words.next_words("something else")
