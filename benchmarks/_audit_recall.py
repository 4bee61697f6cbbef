"""What audits find of what was planted: faults found, decoys taken for faults, and the rest.

A hit is right where it names the planted row (or names its original and the row as ``other``) and,
where both have a place in the field, touches it. What is hit and was not planted is no error by
itself, because real data have faults of their own: it is counted apart, and parted into rows that
are hit in the clean data as well and rows that are not. For a house style, "clean" is the same rows
with the style unbroken: its rows may still differ in what the style says nothing of. Only two things
are false for sure: a decoy that is hit, and a row that keeps the house style and is hit only once
others break it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from typing import NamedTuple

from _audit_material import material_of, needed, run
from _planted import SORTS, Clean, Planted, Truth, plant, variants
from etude.audit import Found, registry
from etude.statistics.proportions import wilson

AUDITS: dict[str, tuple[str, ...]] = {
    "duplicates": ("duplicates", "near_duplicates"),
    "near_duplicates": ("near_duplicates", "duplicates", "same_meaning.same_meaning*"),
    "paraphrases": ("same_meaning.same_meaning*", "near_duplicates"),
    "leaks": ("leaks", "same_meaning.same_meaning_across"),
    "conflicts": (
        "conflicts",
        "same_meaning.conflicting_meaning",
        "same_meaning.outvoted_meaning",
    ),
    "label_errors": ("label_errors",),
    "format_drift": ("format_drift",),
    "format_drift/labels": ("label_spelling",),
    "mixed_tone": (
        "mixed_tone",
        "format_drift.emoji",
        "format_drift.exclamation",
        "format_drift.shouting",
    ),
    "private": ("private",),
    "secrets": ("secrets",),
    "unsupported_facts": ("unsupported_facts",),
    "stale_facts": ("stale_facts",),
    "length": ("length",),
    "encoding": ("encoding",),
    "leftovers": ("leftovers", "encoding.entities"),
    "languages": ("languages",),
    "profanity": ("profanity",),
    "sensitive": ("sensitive",),
    "bias": ("bias",),
}
"""Sort of fault (or a variant of one) to the audits that should find it: ``audit`` or
``audit.code``, ``*`` for any part. EDIT HERE when an audit is called otherwise, or finds a sort
under a code of another's."""


class Hit(NamedTuple):
    """One place that an audit points at."""

    code: str
    id: str
    field: str
    start: int | None
    end: int | None
    evidence: str | None
    other: str | None


@dataclass
class Tally:
    """Counts of one sort in one data set, over seeds."""

    planted: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    by_seed: list[float] = field(default_factory=list)
    decoys: Counter[str] = field(default_factory=Counter)
    decoys_hit: Counter[str] = field(default_factory=Counter)
    judged: int = 0
    judged_hit: int = 0
    hit_before: int = 0
    """Rows without a fault that are hit in the clean data as well."""
    hit_anew: int = 0
    """Rows without a fault that are hit only now."""
    rows: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    looked: list[tuple[Hit, Mapping[str, str]]] = field(default_factory=list)

    @property
    def wrong(self) -> int:
        """Rows that are false for sure."""
        return sum(self.decoys_hit.values()) + self.judged_hit

    def as_json(self) -> dict[str, object]:
        """For ``--json``: counts, and shares with their intervals."""
        right, wrong = sum(self.found.values()), self.wrong
        unplanted = self.hit_before + self.hit_anew
        return {
            "planted": sum(self.planted.values()),
            "found": right,
            "recall": share(right, sum(self.planted.values())),
            "recall_by_seed": self.by_seed,
            "by_name": {
                name: share(self.found[name], count) for name, count in sorted(self.planted.items())
            },
            "decoys": sum(self.decoys.values()),
            "decoys_hit": dict(self.decoys_hit),
            "rows_that_keep_the_style": self.judged,
            "of_them_hit": self.judged_hit,
            "precision": share(right, right + wrong) if self.decoys or self.judged else None,
            "precision_at_least": share(right, right + wrong + unplanted),
            "unplanted_hit_before": self.hit_before,
            "unplanted_hit_anew": self.hit_anew,
            "rows": self.rows,
            "codes": dict(self.codes),
        }


def share(part: int, whole: int) -> dict[str, float] | None:
    """A share with Wilson's 95 % interval; None of nothing."""
    if whole == 0:
        return None
    interval = wilson(part, whole)
    return {"value": part / whole, "low": interval.low, "high": interval.high, "n": whole}


def patterns_for(variant: str) -> tuple[str, ...]:
    """What is written of a variant in ``AUDITS``, else of its sort."""
    return AUDITS.get(variant) or AUDITS.get(variant.partition("/")[0], ())


def audits_for(variant: str) -> list[str]:
    """The audits of a sort that are there."""
    wanted = {pattern.partition(".")[0] for pattern in patterns_for(variant)}
    return [name for name in registry.names() if any(fnmatch(name, one) for one in wanted)]


def hits_of(variant: str, founds: Iterable[tuple[str, Found]]) -> list[Hit]:
    """Places of the findings that count for a sort."""
    patterns = patterns_for(variant)
    taken = []
    for audit, found in founds:
        code = found.finding.code
        named = (audit, f"{audit}.{code}")
        if any(fnmatch(name, pattern) for name in named for pattern in patterns):
            columns = ("id", "field", "start", "end", "evidence", "other")
            rows = found.hits.select(columns).iter_rows()
            taken += [Hit(f"{audit}.{code}", *row) for row in rows]
    return taken


def touches(hit: Hit, truth: Truth) -> bool:
    """Whether a hit points at what was planted (or at that decoy)."""
    named = hit.id == truth.id or (truth.other == hit.id and hit.other == truth.id)
    if not named or (hit.field and truth.field and hit.field != truth.field):
        return False
    if hit.start is None or hit.end is None or truth.start is None or truth.end is None:
        return True
    return hit.start < truth.end and truth.start < hit.end


def judge(tally: Tally, made: Planted, hits: Sequence[Hit], before: set[str]) -> None:
    """Add one seed's counts to a sort's."""
    by_row: dict[str, list[Hit]] = defaultdict(list)
    for hit in hits:
        by_row[hit.id].append(hit)
        if hit.other:
            by_row[hit.other].append(hit)
    found = Counter(t.name for t in made.faults if any(touches(h, t) for h in by_row[t.id]))
    planted = Counter(truth.name for truth in made.faults)
    tally.found += found
    tally.planted += planted
    tally.by_seed.append(sum(found.values()) / max(1, sum(planted.values())))
    tally.decoys += Counter(truth.name for truth in made.decoys)
    struck = {t.id: t.name for t in made.decoys if any(touches(h, t) for h in by_row[t.id])}
    tally.decoys_hit += Counter(struck.values())
    tally.codes += Counter(hit.code for hit in hits)
    tally.rows += len(made.rows)
    _unplanted(tally, made, hits, before, set(struck))


def _unplanted(
    tally: Tally, made: Planted, hits: Sequence[Hit], before: set[str], struck: set[str]
) -> None:
    """Hits that point at nothing planted: at a row that keeps the style, hit before, or new."""
    of_row: dict[str, list[Truth]] = defaultdict(list)
    for truth in made.truth:
        of_row[truth.id].append(truth)
        if truth.other:
            of_row[truth.other].append(truth)
    rest = [hit for hit in hits if not _explained(hit, of_row)]
    ids = {hit.id for hit in rest} - struck
    style = (ids & made.judged) - before
    tally.judged += len(made.judged)
    tally.judged_hit += len(style)
    tally.hit_before += len((ids - style) & before)
    tally.hit_anew += len(ids - style - before)
    texts = {row["id"]: row for row in made.rows}
    tally.looked += [(hit, texts[hit.id]) for hit in rest if hit.id in ids]


def _explained(hit: Hit, of_row: Mapping[str, Sequence[Truth]]) -> bool:
    """A hit at a planted place, or at the original of a copy."""
    return any(touches(hit, t) or (not t.decoy and t.other == hit.id) for t in of_row[hit.id])


def unbroken(made: Planted) -> Planted:
    """The rows of a house style as they were before any of them broke it."""
    was = {truth.id: truth.was for truth in made.faults}
    rows = [{**row, "target": was.get(row["id"]) or row["target"]} for row in made.rows]
    return Planted(made.clean, tuple(rows), (), made.knowledge)


class Bench:
    """Runs audits over planted sets; what was found in a clean set is kept.

    Args:
        encoder: whether the built-in encoder and predictions are at hand.
    """

    def __init__(self, encoder: bool) -> None:
        self.encoder = encoder
        self.skipped: dict[str, str] = {}
        self._before: dict[str, set[str]] = {}

    def tallies(
        self, clean: Clean, sorts: Sequence[str], rate: float, seeds: int
    ) -> Iterator[tuple[str, Tally]]:
        """Each sort (or each variant of it, or the one that is named) planted alone, once a seed, and
        what is found of it."""
        for asked in sorts:
            for variant in variants(clean, asked.partition("/")[0]):
                if "/" in asked and variant != asked:
                    continue
                audits = self._usable(clean, variant)
                if audits:
                    tally = self._tally(clean, variant, audits, rate, seeds)
                    if tally.planted:
                        yield variant, tally

    def _usable(self, clean: Clean, variant: str) -> list[str]:
        """The audits of a variant that can run on a set; why others can't is kept."""
        material = material_of(clean.rows[:1], clean.kind, encoder=self.encoder)
        names = audits_for(variant)
        if not names:
            wanted = " or ".join(patterns_for(variant)) or "for it"
            self.skipped[variant] = f"there is no audit {wanted} yet"
        usable = []
        for name in names:
            if lacks := needed(registry.load(name), material):
                self.skipped[f"{variant} on {clean.name}, {name}"] = f"it needs {lacks}"
            else:
                usable.append(name)
        return usable

    def _tally(
        self, clean: Clean, variant: str, audits: Sequence[str], rate: float, seeds: int
    ) -> Tally:
        tally = Tally()
        whole = SORTS.load(variant.partition("/")[0]).whole
        for seed in range(seeds):
            made = plant(clean, variant, rate, seed)
            if made.faults:
                bare = unbroken(made) if whole else Planted(clean, clean.rows, (), clean.knowledge)
                key = f"{clean.name} {variant} {seed if whole else ''}"
                if key not in self._before:
                    self._before[key] = {hit.id for hit in self._hits(bare, variant, audits)}
                before = self._before[key]
                judge(tally, made, self._hits(made, variant, audits), before)
        return tally

    def _hits(self, made: Planted, variant: str, audits: Sequence[str]) -> list[Hit]:
        clean = made.clean
        material = material_of(made.rows, clean.kind, made.knowledge, encoder=self.encoder)
        founds = [(name, one) for name in audits for one in run(registry.load(name), material)]
        return hits_of(variant, founds)
