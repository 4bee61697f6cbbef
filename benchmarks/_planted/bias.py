"""Groups of people treated differently: named in a bad light, given another label, another figure.

Where targets are prose, two groups stand in a bad light in four of five targets that name them, one of
their family never does; where targets are labels, inputs that name a group have one label in four of
five. Besides, pairs of inputs differ in the group alone and have another label, or another price.
Decoys: the other rows that name groups; a group with bad words that are said of something else; pairs
that are answered alike, and pairs that differ in something else than a group.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from _planted._base import Bed, Clean, Row, Sort
from _planted._carriers import put_in
from _planted._company import ASIDE, FIRST, Company
from _planted._wordings import both, of

AT_ONCE = 2
"""Groups that are treated badly."""
PRICES = ("£20", "£35", "£60", "£90")
DAYS = (("Monday", "Friday"), ("morning", "evening"), ("red", "blue"))


def _plant(bed: Bed, rate: float) -> None:
    company, count = of(bed, FIRST, ASIDE), bed.count(rate)
    pairs = 0 if bed.clean.record else count // 4
    drawn = bed.random.sample(company.pairs, AT_ONCE + 1)
    if bed.clean.prose_targets:
        _bad_light(bed, company, drawn, count - 2 * pairs)
    else:
        ones = bed.random.sample(company.ones, AT_ONCE)
        _one_label(bed, ones, count - 2 * pairs)
    for at in range(pairs):
        _pair(bed, "counterparts", bed.random.choice(company.ones), alike=False)
        if at % 2:
            _pair(bed, "counterparts_alike", bed.random.choice(company.ones), alike=True)
        else:
            _pair(bed, "another_difference", bed.random.choice(DAYS), alike=False)


def _bad_light(bed: Bed, company: Company, drawn: Sequence[tuple[str, str]], count: int) -> None:
    """``count`` bad sentences, a fifth of them without a bad word, with plain ones of both groups."""
    for at, row in enumerate(bed.take(count)):
        group, implied = drawn[at % AT_ONCE][0], at % 10 in (8, 9)
        sentence = bed.random.choice(company.implied if implied else company.bad)
        name = "bad_light.implied" if implied else "bad_light.word"
        bed.fault(name, row, **_say(bed, row, sentence, group))
    for group, other in drawn[:AT_ONCE]:
        for name, share in ((group, 0.12), (other, 0.4)):
            for row in bed.take(round(share * count)):
                sentence = bed.random.choice(company.plain)
                bed.decoy("plain_light", row, **_say(bed, row, sentence, name))
    for name, sentences in zip(drawn[AT_ONCE], (company.tricky, company.plain), strict=True):
        for row in bed.take(round(0.4 * count)):
            said = _say(bed, row, bed.random.choice(sentences), name)
            bed.decoy("tricky" if sentences is company.tricky else "plain_light", row, **said)


def _say(bed: Bed, row: Row, sentence: str, group: str) -> dict[str, object]:
    at_start = sentence.startswith("{}")
    return put_in(bed, row, "target", sentence, group[0].upper() + group[1:] if at_start else group)


def _one_label(bed: Bed, ones: Sequence[tuple[str, str]], count: int) -> None:
    """Rows that have a label already are made to name a group; others name its counterpart."""
    sizes = Counter(row["target"] for row in bed.rows)
    large = [label for label, size in sizes.most_common() if size > count // AT_ONCE]
    labels = bed.random.sample(sorted(large[:8]) or sorted(sizes), min(AT_ONCE, len(sizes)))
    for at, (label, (group, other)) in enumerate(zip(labels, ones, strict=False)):
        wanted = count // AT_ONCE + (count % AT_ONCE if at == 0 else 0)
        for row in bed.take(wanted, lambda row, label=label: row["target"] == label):
            bed.fault("one_label", row, **_told(bed, row, group))
        for name, share in ((group, 0.25), (other, 1.0)):
            for row in bed.take(
                round(share * wanted), lambda row, label=label: row["target"] != label
            ):
                bed.decoy("any_label", row, **_told(bed, row, name))


def _told(bed: Bed, row: Row, one: str) -> dict[str, object]:
    carrier = "That's for {}, by the way." if one.startswith("my ") else "By the way, I am {}."
    return put_in(bed, row, "input", carrier, one)


def _pair(bed: Bed, name: str, ones: tuple[str, str], *, alike: bool) -> None:
    """The second row becomes a copy of the first with another word, and keeps its own label."""
    first, second = _two(bed, alike=alike)
    said = "It is for {}." if ones in DAYS else "It is for someone who is {}."
    said = "It is for {}." if ones[0].startswith("my ") else said
    prices = bed.random.sample(PRICES, 2)
    second.update({key: first[key] for key in ("input", "context") if key in first})
    if bed.clean.prose_targets:
        second["target"] = first["target"]
    words = bed.words(first, "input")
    note = bed.fault if name == "counterparts" else bed.decoy
    for at, (row, other) in enumerate(((first, second), (second, first))):
        bed.write(row, "input", f"{words} {said.format(ones[at])}")
        if bed.clean.prose_targets:
            price = prices[0] if alike else prices[at]
            row["target"] = f"{row['target']} The deposit is {price}."
        note(name, row, other=other["id"])


def _two(bed: Bed, *, alike: bool) -> tuple[Row, Row]:
    """Two rows; of labelled ones with the same label, or with different ones."""
    (first,) = bed.take(1)
    if bed.clean.prose_targets:
        return first, bed.take(1)[0]
    same = bed.take(1, lambda row: (row["target"] == first["target"]) is alike)
    return first, (same or bed.take(1))[0]


def _fits(clean: Clean) -> bool:
    return clean.kind == "classify" or clean.prose_targets


SORT = Sort("groups of people treated differently", _fits, _plant, variants=both)
