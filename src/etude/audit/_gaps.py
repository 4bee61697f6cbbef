"""Gaps that a template or a program left in a text: ``{{name}}``, ``[Your Name]``, ``Dear undefined``.

It knows how gaps look in one text, and no rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from etude.audit._textual import Place

_SLOT = (
    r"(?:your|customer|client|user|recipient|sender|company|business|product|brand|agent"
    r"|first|last|full|my|insert|add|enter|fill|put|specify|include)"
)
_THING = (
    r"(?:name|names|date|time|day|address|phone|telephone|number|email|e-mail|company|amount|price"
    r"|order|product|title|position|city|location|link|url|website|signature|department|topic"
    r"|company name|customer|client|recipient|reason|details?|placeholder|here)"
)
_BRACKETED = re.compile(r"(?<![\w\]\\])\[([A-Za-z][\w '’/-]{2,40})\](?![(\[\w])")
_GAP = re.compile(rf"{_SLOT}[ _-]\w.*|(?:[\w'’-]+[ _-]){{0,3}}{_THING}", re.IGNORECASE)
"""What stands between square brackets, where that is a gap."""
_ANGLED = (
    r"<(?:(?:YOUR|CUSTOMER|CLIENT|USER|RECIPIENT|COMPANY|FIRST|LAST|FULL|ORDER|PRODUCT"
    r"|INSERT|AGENT)"
    r"(?:[_ -][A-Z]+){0,3}|(?:[A-Z]+[_ -]){0,2}(?:NAME|DATE|TIME|ADDRESS|PHONE|NUMBER|EMAIL|AMOUNT|"
    r"PRICE|TITLE|CITY|LOCATION|URL|LINK)|your[_ -]\w+(?:[_ -]\w+)?|insert[_ -][\w -]{2,30}"
    rf"|(?:[a-z]+[ _-]){{1,2}}{_THING})>"
)
_UNIT = (
    r"(?:km|m|cm|mm|mi|miles?|kg|g|lbs?|%|€|£|\$|eur|euros?|usd|gbp|dollars?|pounds?|pence|cents"
    r"|minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?|nights?|people|persons|guests|am|pm)"
)
_LETTERS = (
    rf"\bX{{4,}}\b|\bXX/XX/X{{2,4}}\b|\bxxx-xxx-xxxx\b|(?<![\w_])_{{4,}}(?![\w_])"
    rf"|\bX{{2,3}}(?= ?(?i:{_UNIT})(?!\w))|[£$€] ?X{{2,3}}(?:\.X{{2}})?\b|\bXX:XX\b"
)
"""Crosses where a figure would stand; "XX" alone may be twenty."""
_OF_PROGRAMS = (
    r"\[object \w+\]|#(?:REF!|VALUE!|NAME\?|DIV/0!|NULL!)|[:=] ?(?:undefined|NaN)(?=[\s.,]|$)"
    r"|\b(?:Dear|Hi|Hello|Hey|Hallo|Lieber?|Bonjour|Hola) (?:undefined|null|None|NaN)"
    r"(?=\s*[,!.\n]|\s*$)"
)
"""What programs write where a value was missing."""
PLACEHOLDERS = {
    "{{…}}": re.compile(r"\{\{\s*[#/^]?[A-Za-z_][\w .|'-]{0,40}\s*\}\}|\{%-? .{1,60}? -?%\}"),
    "${…}": re.compile(r"\$\{[A-Za-z_][\w.]{0,40}\}"),
    "{…}": re.compile(
        r"\{(?<![\w\\${}^_]\{)(?:[a-z]+(?:_[a-z0-9]+)*|[0-9]|[A-Z]+(?:_[A-Z]+)+)\}(?!\})"
    ),
    "[…]": _BRACKETED,
    "<…>": re.compile(_ANGLED),
    "<%…%>": re.compile(r"<%[=-]?\s?[^<>%]{1,60}%>"),
    "%s": re.compile(r"(?<!\d )(?<![\d%\w])%(?:\(\w+\))?[sd](?![\w%])|%\(\w+\)[sdf]\b"),
    "%NAME%": re.compile(r"(?<![\w%])%%?[A-Z][A-Z_]{2,30}%%?(?![\w%\\])"),
    "*|NAME|*": re.compile(r"\*\|[A-Z][A-Z0-9_:]{1,30}\|\*"),
    "lorem ipsum": re.compile(r"\blorem ipsum\b(?: dolor)?", re.IGNORECASE),
    "XXXX": re.compile(_LETTERS),
    "undefined": re.compile(_OF_PROGRAMS),
    "TODO": re.compile(
        r"\b(?:TODO|FIXME)(?=:|\(|\s*-\s|\s*$|\])|\[(?:TODO|TBD|TBC|FIXME)\b[^\]]*\]|\bTBD\b|"
        r"\b(?:to be (?:filled in|completed|added) (?:later|here))\b",
        re.MULTILINE,
    ),
}
"""A sort of gap that a template leaves, and how it looks."""
PLACEHOLDER_SIEVE = (
    r"\{|(?:^|[^\w\]\\])\[[A-Za-z]|<(?:[A-Z%]|your|insert|[a-z]+[ _-][a-z])|%\(|%[sd]|%[A-Z]|\*\|[A-Z]"
    r"|(?i:lorem ipsum)|XX|[£$€] ?X|xxx-xxx|____|#(?:REF|VALUE|NAME|DIV|NULL)"
    r"|undefined|NaN|[a-z] (?:null|None)|\[object|TODO|FIXME|TBD|TBC|to be (?:filled|completed|added)"
)
_CODE = re.compile(
    r"```|;\s*\n|\bdef \w+\(|\bfunction\s*\w*\(|=>|\breturn\b.*[;)]|^\s*[\[{]\s*[\"'{\[]"
    r"|\bprintf|\\begin\{"
)


def placeholders(text: str) -> Iterator[Place]:
    """Gaps of templates, each with its sort as ``other``; none in code."""
    if _CODE.search(text):
        return
    for sort, pattern in PLACEHOLDERS.items():
        for match in pattern.finditer(text):
            if pattern is not _BRACKETED or _GAP.fullmatch(match.group(1)):
                yield Place(*match.span(), match.group(), None, 0.95, sort)
