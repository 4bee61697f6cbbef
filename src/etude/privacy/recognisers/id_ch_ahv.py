"""Swiss AHV numbers: 756, nine digits and a GS1 check digit
(Central Compensation Office, "NAVS13").
"""

from __future__ import annotations

from etude.privacy.checksums import ean
from etude.privacy.digits import number
from etude.privacy.sorts import NATIONAL_ID


def _valid(digits: str) -> bool:
    return ean(digits)


RECOGNISER = number(
    NATIONAL_ID,
    "Swiss social security number (AHV)",
    r"756\.?\d{4}\.?\d{4}\.?\d{2}",
    _valid,
    words=("ahv\\w*", "avs", "navs", "sozialversicherung\\w*"),
    own=r"756\.\d{4}\.\d{4}\.\d{2}",
)
