"""SVG elements as escaped markup, and how wide a text will be. It knows nothing of charts."""

from __future__ import annotations

from markupsafe import Markup, escape

FONT = 12
"""Pixels; the stylesheet sets the same for text in charts."""
_GLYPH = 0.62
"""Width of an average glyph in font sizes, on the wide side of what systems' fonts have."""


def tag(name: str, *children: str | Markup, **attributes: str | float) -> Markup:
    """``<name …>children</name>``; in attribute names ``_`` stands for ``-``, a last one is cut."""
    pairs = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_attribute(value))}"'
        for key, value in attributes.items()
    )
    inner = "".join(escape(child) for child in children)
    return Markup(f"<{name}{pairs}>{inner}</{name}>")  # noqa: S704 - every part is escaped above


def _attribute(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.2f}".rstrip("0").rstrip(".")


def svg(width: float, height: float, label: str, *children: Markup, class_: str = "") -> Markup:
    """The root; ``label`` is what a screen reader says."""
    return tag(
        "svg",
        *children,
        class_=class_,
        width=width,
        height=height,
        viewBox=f"0 0 {width:g} {height:g}",
        role="img",
        aria_label=label,
    )


def text(x: float, y: float, words: str, class_: str = "", anchor: str = "start") -> Markup:
    """One line of text; ``y`` is its base line."""
    return tag("text", words, x=x, y=y, class_=class_, text_anchor=anchor)


def line(x1: float, y1: float, x2: float, y2: float, class_: str) -> Markup:
    """A straight line."""
    return tag("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=class_)


def mark(x: float, y: float, class_: str, title: str, diamond: bool = False) -> Markup:
    """A point: a circle, or a diamond for the one that is recommended."""
    named = tag("title", title)
    if diamond:
        corners = f"{x:.1f},{y - 7:.1f} {x + 7:.1f},{y:.1f} {x:.1f},{y + 7:.1f} {x - 7:.1f},{y:.1f}"
        return tag("polygon", named, points=corners, class_=class_)
    return tag("circle", named, cx=x, cy=y, r=5, class_=class_)


def text_width(words: str, size: float = FONT) -> float:
    """About how wide a text is drawn, in pixels; wide scripts count double."""
    return size * _GLYPH * sum(2 if ord(letter) > 0x2E80 else 1 for letter in words)


def shortened(words: str, width: float) -> str:
    """The text, cut in its middle to fit ``width`` pixels: names often differ at their ends."""
    if text_width(words) <= width:
        return words
    for kept in range(len(words) - 1, 1, -1):
        head = -(-kept * 3 // 5)
        cut = f"{words[:head].rstrip()}…{words[len(words) - kept + head :].lstrip()}"
        if text_width(cut) <= width:
            return cut
    return "…"
