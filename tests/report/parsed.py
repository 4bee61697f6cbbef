"""A page as a browser would read it, and what no page of ours may hold."""

from __future__ import annotations

import re
from html.parser import HTMLParser

VOID = {"meta", "input", "br", "link", "img"}


class Read(HTMLParser):
    """Elements, attributes and texts as a browser would see them."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] not in ("script", "style"):
            self.texts.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.texts))


def assert_harmless(read: Read, scripts: int = 1) -> None:
    """Only our own script, no handlers, nothing fetched."""
    assert read.tags.count("script") == scripts
    assert not {"iframe", "object", "embed", "img", "link", "base"} & set(read.tags)
    for _tag, name, value in read.attributes:
        assert not name.startswith("on")
        assert name not in ("src", "style", "srcset", "action")
        if name == "href":
            assert value.startswith(("#", "rows.html#"))
    assert read.open == []
