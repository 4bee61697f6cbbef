"""Whether what an answer says was given: as whole words and whole numbers, never as a part of one.

Numbers are compared by what they mean, as the check ``no-new-numbers`` does (1,000 is 1000); a time or
a date stands there as it is written. In scripts that put no spaces between words any part will do.
"""

from __future__ import annotations

import re

from etude.checks.no_new_numbers import new_numbers

_NUMBER = re.compile(r"\d+(?:[.,’']\d+)*")
_LETTER = r"[^\W\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
"""Of a script with spaces between words: not Thai, Lao, Burmese, Khmer, Japanese or Chinese, nor
Korean, whose particles follow without one."""


def is_given(said: str, source: str) -> bool:
    """Whether ``said`` stands in ``source``, case and runs of spaces set aside."""
    wanted, text = (" ".join(one.split()).casefold() for one in (said, source))
    if _NUMBER.fullmatch(wanted):
        return not new_numbers(wanted, [text])
    return re.search(_whole(wanted), text) is not None


def _whole(wanted: str) -> str:
    """The pattern of ``wanted`` where nothing beside it goes on with its word or its number."""
    before = after = ""
    if re.match(_LETTER, wanted):
        before = rf"(?<!{_LETTER})" + (r"(?<!\d[.,:])" if wanted[0].isdecimal() else "")
    if re.search(rf"{_LETTER}\Z", wanted):
        after = rf"(?!{_LETTER})" + (r"(?![.,:]\d)" if wanted[-1].isdecimal() else "")
    return before + re.escape(wanted) + after
