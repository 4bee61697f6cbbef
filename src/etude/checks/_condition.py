"""The condition of a check: when it applies, said of one example's columns.

    condition = all { "or" all }            all   = one { "and" one }
    one       = "not" one | "(" condition ")" | side [ test ]
    test      = ("==" | "!=" | "<" | "<=" | ">" | ">=") side
              | ["not"] "contains" side | ["not"] "in" "[" side { "," side } "]"
    side      = column | "{{" column "}}" | 'text' | number

Columns are text. Beside a number in the condition a column is read as a number (one that holds none
is never equal, less or more); two columns are compared as numbers where both hold one; all else is
compared as text, letter for letter. A column alone is true where it is not empty.

It knows no Python expressions: nothing that is written here can run.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from etude.checks._base import Subject
from etude.checks._tokens import KEYWORDS, ConditionFault, Token, tokens

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_NUMBER = re.compile(r"\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,4})?\s*")
_DEEPEST = 50

Test = Callable[[Subject], bool]


@dataclass(frozen=True)
class Condition:
    """A condition that was read.

    ``columns`` are the columns it names, each with its place (characters from 1).
    """

    written: str
    columns: tuple[tuple[str, int], ...]
    holds: Test


def read_condition(text: str) -> Condition:
    """Read ``text``.

    Raises:
        ConditionFault: it is no condition; the place, what was found and what would be right.
    """
    parser = _Parser(tokens(text))
    test = parser.condition(0)
    rest = parser.next()
    if rest.sort != "end":
        raise _unexpected(rest, "`and`, `or`, or the end")
    return Condition(text, tuple(parser.columns), test)


@dataclass(frozen=True)
class _Side:
    """One side of a comparison: a column, or what is written."""

    sort: Literal["column", "text", "number"]
    value: str

    def text(self, subject: Subject) -> str:
        return subject.column(self.value) if self.sort == "column" else self.value


class _Parser:
    def __init__(self, found: list[Token]) -> None:
        self._tokens = found
        self._at = 0
        self.columns: list[tuple[str, int]] = []

    def next(self) -> Token:
        return self._tokens[self._at]

    def condition(self, depth: int) -> Test:
        tests = [self._all(depth)]
        while self._take("word", "or"):
            tests.append(self._all(depth))
        return tests[0] if len(tests) == 1 else lambda s: any(test(s) for test in tests)

    def _all(self, depth: int) -> Test:
        tests = [self._one(depth)]
        while self._take("word", "and"):
            tests.append(self._one(depth))
        return tests[0] if len(tests) == 1 else lambda s: all(test(s) for test in tests)

    def _one(self, depth: int) -> Test:
        if depth > _DEEPEST:
            raise ConditionFault("nested too deeply", self.next().at)
        if self._take("word", "not"):
            inner = self._one(depth + 1)
            return lambda s: not inner(s)
        if self._take("sign", "("):
            inner = self.condition(depth + 1)
            if not self._take("sign", ")"):
                raise _unexpected(self.next(), "a closing bracket")
            return inner
        return self._test()

    def _test(self) -> Test:
        start = self.next()
        left = self._side()
        sign = self.next()
        if sign.sort == "sign" and sign.value in _COMPARE:
            return self._comparison(left, sign)
        negative = self._take("word", "not") is not None
        if self._take("word", "contains"):
            right = self._side()
            return lambda s: (right.text(s) in left.text(s)) is not negative
        if self._take("word", "in"):
            options = self._list()
            return lambda s: any(_same(left, option, s) for option in options) is not negative
        if negative:
            raise _unexpected(self.next(), "`in` or `contains` after `not`")
        if left.sort != "column":
            raise ConditionFault(
                f"{start} stands alone", start.at, "a comparison, such as column == 'text'"
            )
        return lambda s: left.text(s).strip() != ""

    def _comparison(self, left: _Side, sign: Token) -> Test:
        self._at += 1
        right = self._side()
        after = self.next()
        if after.sort == "sign" and after.value in _COMPARE:
            raise ConditionFault(
                f"a second comparison {after}",
                after.at,
                "two comparisons joined by `and`",
                "write 1 < a and a < 3",
            )
        if sign.value == "==":
            return lambda s: _same(left, right, s)
        if sign.value == "!=":
            return lambda s: not _same(left, right, s)
        return lambda s: _ordered(left, right, sign.value, s)

    def _list(self) -> list[_Side]:
        start = self.next()
        closing = {"[": "]", "(": ")"}.get(start.value) if start.sort == "sign" else None
        if closing is None:
            hint = "for text within text write: column contains 'text'"
            raise _unexpected(start, "a list, such as ['a', 'b']", hint)
        self._at += 1
        options = [self._side()]
        while self._take("sign", ","):
            options.append(self._side())
        if not self._take("sign", closing):
            raise _unexpected(self.next(), f"a comma or {closing}")
        return options

    def _side(self) -> _Side:
        token = self.next()
        if token.sort == "name":
            self._at += 1
            self.columns.append((token.value, token.at))
            return _Side("column", token.value)
        if token.sort in ("text", "number"):
            self._at += 1
            return _Side("text" if token.sort == "text" else "number", token.value)
        raise _unexpected(token, "a column's name, a text in quotes or a number")

    def _take(self, sort: str, value: str) -> Token | None:
        token = self.next()
        if token.sort == sort and token.value == value:
            self._at += 1
            return token
        return None


def _unexpected(token: Token, expected: str, hint: str | None = None) -> ConditionFault:
    if token.sort == "word" and token.value in KEYWORDS and hint is None:
        hint = f"a column called {token.value} is written {{{{{token.value}}}}}"
    return ConditionFault(f"found {token}", token.at, expected, hint)


def _same(left: _Side, right: _Side, subject: Subject) -> bool:
    pair = _numbers(left, right, subject)
    if pair is not None:
        return pair[0] == pair[1]
    return left.text(subject) == right.text(subject)


def _ordered(left: _Side, right: _Side, sign: str, subject: Subject) -> bool:
    pair = _numbers(left, right, subject)
    if pair is not None:
        return _COMPARE[sign](*pair)
    return _COMPARE[sign](left.text(subject), right.text(subject))


def _numbers(left: _Side, right: _Side, subject: Subject) -> tuple[float, float] | None:
    """Both sides as numbers, NaN for a column that holds none; None where text is compared."""
    sorts = {left.sort, right.sort}
    if "text" in sorts:
        return None
    pair = _number(left.text(subject)), _number(right.text(subject))
    if sorts == {"column"} and any(math.isnan(number) for number in pair):
        return None
    return pair


def _number(text: str) -> float:
    return float(text) if _NUMBER.fullmatch(text) else math.nan
