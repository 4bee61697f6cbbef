"""Facts that were true once: what most rows say today and some still say as it was, what is dated
in the past, and what the knowledge says otherwise.

A third of the targets get a sentence with today's fact, so that there is a usage to be stale
against; today's facts are added to the knowledge. Decoys: those rows, and years of long ago that
are history.
"""

from __future__ import annotations

from _planted._base import Bed, Sort
from _planted._carriers import put_in

FACTS: tuple[tuple[str, str, str], ...] = (
    ("Our desk is open from 8 am to {}.", "10 pm", "6 pm"),
    ("You can always call us on {}.", "01223 555 014", "01223 412 908"),
    ("Bookings are made at {}.", "book.townguide.example", "www.town-guide-old.example"),
    ("Cancelling is free until {} before.", "24 hours", "48 hours"),
    ("The booking fee is {}.", "£4", "£2.50"),
)
"""A sentence, what is true, what was true."""
DATED = (
    "This offer runs until {}.", "As of {}, masks are required.", "We reopen on {}.", "New from {}!",
    "Tickets are on sale until {}.", "Current prices, valid to {}.",
)  # fmt: skip
OLD_DATES = (
    "31 December 2019",
    "March 2020",
    "1 June 2018",
    "30/09/2017",
    "summer 2021",
    "2016-04-30",
)
HISTORY = ("The house was built in {}.", "It has been run by one family since {}.")
PRESENT_SHARE = 0.33


def _plant(bed: Bed, rate: float) -> None:
    count = bed.count(rate)
    current = bed.take(bed.count(PRESENT_SHARE))
    for at, row in enumerate(current):
        carrier, now, _ = FACTS[at % len(FACTS)]
        bed.decoy("current_value", row, **put_in(bed, row, "target", carrier, now))
    # That is asked of the assistant everywhere, so it is no invention.
    bed.knowledge += [carrier.format(now) for carrier, now, _ in FACTS]
    for at, row in enumerate(bed.take(count)):
        if at % 2:
            carrier, _, old = FACTS[(at // 2) % len(FACTS)]
            bed.fault("old_value", row, **put_in(bed, row, "target", carrier, old))
        else:
            carrier, old = DATED[(at // 2) % len(DATED)], bed.random.choice(OLD_DATES)
            bed.fault("dated", row, **put_in(bed, row, "target", carrier, old))
    for row in bed.take(count // 2):
        year = str(bed.random.randint(1780, 1990))
        sentence = bed.random.choice(HISTORY)
        if row.get("context"):
            row["context"] += " " + sentence.format(year)
        else:
            put_in(bed, row, "input", sentence, year)
        bed.decoy("history", row, **put_in(bed, row, "target", sentence, year))


SORT = Sort("facts that are no longer true", lambda clean: clean.prose_targets, _plant)
