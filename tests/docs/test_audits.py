"""The page on audits: every audit is on it as it is, and so is every code that it can give."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import etude
from etude.audit import registry
from tests.docs._pages import page

PAGE = page("reference/audits.md")
FOLDER = Path(etude.__file__).parent / "audit"


@pytest.mark.parametrize("name", registry.names())
def test_every_audit_is_on_the_page_as_it_is(name: str) -> None:
    audit = registry.load(name)
    assert f"| `{name}` | {audit.title} | {audit.needs} |" in PAGE
    assert f"**`{name}`**" in PAGE


def test_the_page_tells_of_no_other_audit() -> None:
    told = re.findall(
        r"^\| `(\w+)` \| [^|]+ \| (?:rows|encoder|predictions) \|$", PAGE, re.MULTILINE
    )
    assert sorted(told) == registry.names()
