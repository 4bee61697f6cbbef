"""What the YAML parser complains of, in words for people who don't know YAML.

It knows the parser's messages and nothing of tasks.
"""

from __future__ import annotations

import yaml
from yaml.error import Mark
from yaml.reader import ReaderError

from etude.errors import Problem

_QUESTION = "but got '?'"
# For these the parser stops late; the cause is where the text or the bracket begins.
_LATE = ("could not find expected ':'", "unexpected end of stream", "expected ',' or")
_WORDS: tuple[tuple[str, str, str], ...] = (
    # (in the parser's message, what was found, what to do)
    ("'\\t' that cannot start", "a tab", "spaces; YAML does not allow tabs in front of a value"),
    (
        "that cannot start any token",
        "text that begins with a special character",
        "quotes round text that begins with @, `, % or the like",
    ),
    (
        "mapping values are not allowed",
        "a colon inside a value, or a line set in too far",
        'quotes round text that contains ": ", and keys of one section in one column',
    ),
    ("could not find expected ':'", "a line without a colon", "`key: value`"),
    (
        "unexpected end of stream",
        "a quotation mark that is never closed",
        "the same quotation mark at the end of the text",
    ),
    (
        "expected <block end>",
        "a line that is not in one column with the lines before it",
        "the keys of one section in one column, and quotes round the whole of a text",
    ),
    (
        _QUESTION,
        "a question mark at the end of a text inside { } or [ ]",
        'quotes round the text: {question: "Is it kind?"}',
    ),
    (
        "expected ',' or",
        "a bracket that is never closed, or a missing comma",
        "every [ closed by ] and every { by }, with commas between",
    ),
    ("found '<stream end>'", "a bracket that is never closed", "every [ closed by ]"),
    ("undefined alias", "text that begins with *", "quotes round it"),
    ("expected alphabetic or numeric", "text that begins with * or &", "quotes round it"),
    ("but found another document", "a second document after ---", "one document in the file"),
    (
        "unknown escape character",
        "a backslash inside double quotes",
        "single quotes round text with backslashes",
    ),
    ("duplicate anchor", "the same anchor twice", "no anchors"),
)


def syntax_problem(error: yaml.YAMLError, text: str) -> Problem:
    """The one problem that stopped the parser, with its line."""
    if isinstance(error, ReaderError):
        line = text.count("\n", 0, int(error.position)) + 1
        return Problem(
            line,
            "file",
            f"the character U+{_code(error.character):04X}",
            "text without control characters",
        )
    message = str(getattr(error, "problem", None) or error)
    late = _QUESTION not in message and any(part in message for part in _LATE)
    mark: Mark | None = getattr(error, "context_mark" if late else "problem_mark", None)
    line_number = mark.line + 1 if mark else None
    hint = _template_hint(error, text)
    for part, found, expected in _WORDS:
        if part in message:
            return Problem(line_number, "file", f"found {found}", expected, hint)
    return Problem(line_number, "file", f"not YAML: {message}", "lines of `key: value`", hint)


def _code(character: object) -> int:
    return character if isinstance(character, int) else ord(str(character)[0])


def _template_hint(error: yaml.YAMLError, text: str) -> str | None:
    lines = text.splitlines()
    for name in ("problem_mark", "context_mark"):
        mark: Mark | None = getattr(error, name, None)
        # The parser may notice a line late: the cause stands there or one line above.
        near = lines[max(mark.line - 1, 0) : mark.line + 1] if mark else []
        if any("{{" in line for line in near):
            return 'a template needs quotes: "{{column}}"'
    return None
