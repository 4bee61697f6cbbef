"""Faults planted in clean examples, with the truth about each: what audits are judged by.

One file a sort of fault; ``SORTS`` finds them by name. ``plant`` puts one sort into a clean set,
``plant_many`` several at once, each in rows of its own. Everything follows from the seed.

Written and frozen before any detector was tuned, by somebody who had not read one. Since then it
changes only for real errors, each named here:

- stale_facts: the rows that were given today's fact were changed and not written down; they are
  decoys now (``current_value``), since a hit on them is false. No row changed.

``profanity``, ``sensitive``, ``bias``, ``_classes`` (labels) and ``_traffic`` (a log's topics) came
later, when their detectors were there: their author had read how bias, labels and traffic are judged
and what the others say of themselves, and no list of words. They were frozen before a detector was
run on them; the first three have a second set of wordings (``aside``) that was run only once the rules
were mended.

What is planted is what exports of real tools look like, not what is easy to find: phone numbers in
the ways that people type them, keys inside a pasted line of a log, a style broken in one row of
thirty. Beside most faults stand decoys, which look like them and are none (an order number of
sixteen digits, a git hash, a street name that is a band). Empty inputs and targets, white space at
the ends and control characters are not planted: reading the examples refuses or mends them before
an audit sees a row. Paraphrases that share few words can't be made by rule: they are taken from the
data where the same facts were put into words twice (E2E), and nowhere else.
"""

from __future__ import annotations

from _planted._base import Bed, Clean, Planted, Row, Sort, Truth
from _planted._plant import SORTS, plant, plant_many, variants

__all__ = [
    "SORTS",
    "Bed",
    "Clean",
    "Planted",
    "Row",
    "Sort",
    "Truth",
    "plant",
    "plant_many",
    "variants",
]
