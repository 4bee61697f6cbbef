"""Near copies beside datasketch and semhash: time in turns, and how many planted ones each finds.

datasketch, used as its documentation does: a ``MinHash`` of 128 permutations a text over character
5-grams of the lower-case text, ``MinHashLSH`` at a threshold, each text asked for before it is
inserted. semhash: its own defaults over vectors of the same encoder as ours, which both sides find
already computed, so that the search alone is timed; exact copies are included on both sides. Ours
is the audit of near copies (and of copies, where it is another) on the same rows; it does more: it
names fields, evidence and which of the two stays.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from _audit_material import embedder, material_of, run
from _audit_recall import audits_for, hits_of, share, touches
from _planted import Clean, Planted, plant_many
from _timing import interleave, say_load
from etude.audit import registry

PERMUTATIONS = 128
SHINGLE = 5
COPIES = {"near_duplicates": 0.05, "duplicates": 0.02}


class Missing(Exception):
    """A peer that is not installed."""


def datasketch_pairs(texts: Sequence[str], threshold: float) -> set[int]:
    """Positions of texts that are near copies of one before them."""
    try:
        from datasketch import MinHash, MinHashLSH
    except ImportError as missing:
        raise Missing("datasketch is not installed: pip install datasketch") from missing
    index = MinHashLSH(threshold=threshold, num_perm=PERMUTATIONS)
    found = set()
    grams = (
        {text[at : at + SHINGLE].encode() for at in range(max(1, len(text) - SHINGLE + 1))}
        for text in (text.lower() for text in texts)
    )
    for at, sketch in enumerate(MinHash.generator(grams, num_perm=PERMUTATIONS)):
        if index.query(sketch):
            found.add(at)
        index.insert(at, sketch)
    return found


class Known:
    """semhash's ``Encoder`` over vectors that are there already."""

    def __init__(self, vectors: dict[str, NDArray[np.float32]]) -> None:
        self.vectors = vectors

    def encode(self, inputs: Sequence[str], **_: Any) -> NDArray[np.float32]:
        """Rows of the texts."""
        return np.stack([self.vectors[text] for text in inputs])


def semhash_pairs(texts: Sequence[str], model: Known, threshold: float | None) -> set[int]:
    """Positions of texts that it would leave out."""
    try:
        from semhash import SemHash
    except ImportError as missing:
        raise Missing("semhash is not installed: pip install semhash") from missing
    # Records as dictionaries keep their position, which texts that stand twice would lose.
    records = [{"text": text, "at": str(at)} for at, text in enumerate(texts)]
    index = SemHash.from_records(records=records, columns=["text"], model=model)
    more = {} if threshold is None else {"threshold": threshold}
    kept = {int(record["at"]) for record in index.self_deduplicate(**more).selected}
    return set(range(len(texts))) - kept


def compare(clean: Clean, rounds: int, threshold: float, encoder: bool) -> dict[str, Any]:
    """Time and finds of every program that is there, printed and returned."""
    made = plant_many(clean, COPIES, seed=0)
    texts = [row["input"] for row in made.rows]
    material = material_of(made.rows, clean.kind, encoder=encoder)
    audits = audits_for("near_duplicates")
    founds: dict[str, set[int]] = {}
    last: list[Any] = []
    programs: dict[str, Callable[[int], object]] = {}
    if audits:

        def ours(_: int) -> None:
            # A table of its own each time, so that nothing can be remembered from the last.
            fresh = replace(material, frame=pl.DataFrame(material.frame.to_dict()))
            last[:] = [(name, f) for name in audits for f in run(registry.load(name), fresh)]

        programs["etude"] = ours
    else:
        print("no audit of near copies yet: the peers are run alone")
    programs["datasketch"] = lambda _: founds.update(datasketch=datasketch_pairs(texts, threshold))
    if encoder:
        vectors = dict(zip(texts, embedder()(texts), strict=True))
        model = Known(vectors)
        programs["semhash"] = lambda _: founds.update(semhash=semhash_pairs(texts, model, None))
    _drop_missing(programs)
    say_load()
    print(f"{clean.name}: {len(texts):,} rows, {len(made.faults)} of them planted copies; "
          f"datasketch: {PERMUTATIONS} permutations, threshold {threshold}; semhash: its defaults, "
          "vectors computed before")  # fmt: skip

    def show(number: int, seconds: dict[str, float]) -> None:
        print(
            f"round {number + 1}: " + ", ".join(f"{n} {s:.2f} s" for n, s in seconds.items()),
            flush=True,
        )

    result = interleave(programs, rounds, show)
    for name in programs:
        if name != "etude" and "etude" in programs:
            print(result.ratio_line("etude", name))
    return {"seconds": result.seconds, "found": _finds(made, founds, last)}


def _drop_missing(programs: dict[str, Callable[[int], object]]) -> None:
    """Each program's first turn, which says what is not installed."""
    for name in list(programs):
        try:
            programs[name](0)
        except Missing as why:
            print(f"left out: {why}")
            del programs[name]
    if set(programs) <= {"etude"}:
        print("nothing to compare with")


def _finds(made: Planted, founds: dict[str, set[int]], last: list[Any]) -> dict[str, Any]:
    """Of each program: planted copies found, and other rows that it names."""
    place = {row["id"]: at for at, row in enumerate(made.rows)}
    named = {at for t in made.faults for at in (place[t.id], place[t.other or t.id])}
    table: dict[str, Any] = {}
    for name, found in founds.items():
        # A peer keeps whichever comes first: either row of a pair is a find.
        right = sum(place[t.id] in found or place[t.other or t.id] in found for t in made.faults)
        table[name] = {"recall": share(right, len(made.faults)), "others": len(found - named)}
    if last:
        hits = hits_of("near_duplicates", last)
        by_row: dict[str, list[Any]] = {}
        for hit in hits:
            for one in {hit.id, hit.other} - {None}:
                by_row.setdefault(one, []).append(hit)
        right = sum(any(touches(h, t) for h in by_row.get(t.id, ())) for t in made.faults)
        others = {place[hit.id] for hit in hits} - named
        table["etude"] = {"recall": share(right, len(made.faults)), "others": len(others)}
    for name, line in table.items():
        print(f"{name}: {percent(line['recall'])} of the planted copies found, "
              f"{line['others']} other rows named")  # fmt: skip
    return table


def percent(found: dict[str, float] | None) -> str:
    """``93 % [90–95]``, or a dash."""
    if found is None:
        return "–"
    low, high = 100 * found["low"], 100 * found["high"]
    return f"{100 * found['value']:.0f} % [{low:.0f}–{high:.0f}]"
