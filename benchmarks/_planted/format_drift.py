"""A house style put into every target by rule, then broken in some rows in several ways.

So it is known of every row whether it keeps the style. A style is a variant:
``format_drift/signed`` plants that one.
"""

from __future__ import annotations

from _planted import _record_styles, _text_styles
from _planted._base import Bed, Clean, Sort
from _planted._styles import Style

STYLES: dict[str, Style] = _text_styles.STYLES | _record_styles.STYLES


def _plant(bed: Bed, rate: float) -> None:
    names = _variants(bed.clean)
    style = STYLES[bed.variant or bed.random.choice(names)]
    name = bed.variant or next(key for key, value in STYLES.items() if value is style)
    kept = {}
    for row in bed.rows:
        kept[row["id"]] = style.induce(row["target"], row, bed.random)
        row["target"] = kept[row["id"]]
    bed.judged |= set(kept)
    breaks = list(style.breaks)
    for at, row in enumerate(bed.take(bed.count(rate), lambda row: _can(style, row, bed))):
        for step in range(len(breaks)):
            way = breaks[(at + step) % len(breaks)]
            broken = style.breaks[way](kept[row["id"]], bed.random)
            if broken != kept[row["id"]]:
                break
        row["target"] = broken
        bed.fault(f"{name}.{way}", row, field="target", was=kept[row["id"]])


def _can(style: Style, row: dict[str, str], bed: Bed) -> bool:
    return any(
        change(row["target"], bed.random) != row["target"] for change in style.breaks.values()
    )


def _variants(clean: Clean) -> tuple[str, ...]:
    return tuple(name for name, style in STYLES.items() if style.fits(clean))


SORT = Sort(
    "rows that break the style of the rest",
    lambda clean: bool(_variants(clean)),
    _plant,
    whole=True,
    variants=_variants,
)
