"""Inputs in other words that mean the same: among themselves, across sides, with other labels.

It knows embeddings and where they are blind: a pair whose numbers, names, negation or contraries
differ is never said to mean the same, however near its vectors lie. Near copies are for
``near_duplicates``, and records, of which every value counts, are passed over. The thresholds of
``_copies.sense`` were chosen on 5,000 questions of bank customers
(all-MiniLM-L6-v2): at 0.92 and above, 98 of 100 pairs left by the guards have the same one of 77
labels (which is no proof that they mean the same); from 0.95 on, five pairs were left that have
different labels, and in four of them one label is a mistake or either would do.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from etude.audit._base import A_LOOK, EVERY, LABELLED, Audit, Found, Material, count_of, found
from etude.audit._copies.near import VARIANT, Copies, copies_of
from etude.audit._copies.rows import quoted, share, table
from etude.audit._copies.sense import MEANS_THE_SAME, pairs_of_sense
from etude.data.conversations import turns_of
from etude.records.dataset import Repair

SURE = 0.95
"""Cosine from which another label is a conflict; less is enough where a few words alone differ."""
LONGEST = 1_000
"""Characters: of a longer text an encoder may have read the beginning alone."""
_FEWEST_WORDS = 3
_FEWEST_AGAINST = 3
_LEADS = 0.75
_LETTERS = r"\p{L}"
_LATIN = r"\p{Latin}"


def run(material: Material) -> Iterable[Found]:
    """Conflicts by meaning first, then likeness across sides, then within."""
    if material.embed is None or len(material.frame) < 2:
        return
    copies = copies_of(material)
    if copies.forms.records:
        return
    rows = _comparable(material, copies)
    pairs = pairs_of_sense(material, copies, rows)
    if pairs.is_empty():
        return
    if material.task.kind in LABELLED:
        yield from _conflicts(material, pairs)
    if material.task.kind in LABELLED or material.task.kind == "extract":
        pairs = pairs.filter(pl.col("answer") == pl.col("its_answer"))
    yield from _across(material, pairs)
    yield from _within(material, pairs)


def _comparable(material: Material, copies: Copies) -> pl.DataFrame:
    """One row a text, answer and side, with ``said`` (what is embedded) and ``beside`` (what must be
    the same as well: context, instructions)."""
    rows = table(material, copies.forms).filter(pl.col("side") != "left_out")
    beside = material.frame["context"].fill_null("").gather(rows["at"])
    said = rows["input"]
    if material.task.kind == "chat":
        talks = [_question(text) for text in said.to_list()]
        said = pl.Series([talk[0] for talk in talks], dtype=pl.String)
        beside = beside + "\x00" + pl.Series([talk[1] for talk in talks], dtype=pl.String)
    rows = rows.with_columns(said.alias("said"), beside.alias("beside"))
    text = pl.col("said")
    # The encoder at hand may know English alone; of other scripts it sees mere gaps, all alike.
    latin = text.str.count_matches(_LATIN) >= 0.8 * text.str.count_matches(_LETTERS)
    words = text.str.count_matches(r"\w+") >= _FEWEST_WORDS
    return (
        rows.filter(latin & words & (text.str.len_chars() <= LONGEST))
        .sort("rank")
        .unique(["text", "answer", "held", "fold", "beside"], keep="first", maintain_order=True)
        .sort("at")
    )


def _question(text: str) -> tuple[str, str]:
    """What was said last in a conversation, and all before it, instructions too: the same last
    message may ask for something else after another beginning."""
    turns = turns_of(text)
    before = "\n".join(f"{turn.role}: {turn.content}" for turn in turns[:-1])
    return (turns[-1].content if turns else ""), before


def _conflicts(material: Material, pairs: pl.DataFrame) -> Iterable[Found]:
    """Rows that mean the same and have different labels."""
    ends = _both_ends(pairs)
    votes = _votes(ends.filter(pl.col("cosine") >= MEANS_THE_SAME))
    alike = (pl.col("cosine") >= MEANS_THE_SAME) & (pl.col("score") >= VARIANT["close"])
    sure = (pl.col("cosine") >= SURE) | alike
    clash = ends.filter(sure & (pl.col("answer") != pl.col("its_answer")))
    clash = clash.sort("cosine", "at", "its_at", descending=[True, False, False])
    hits = clash.join(votes, on="id")
    winners = set(votes.filter(pl.col("outvoted"))["id"].to_list())
    # Who stands against an outvoted row alone is not at fault.
    hits = hits.filter(pl.col("outvoted") | ~pl.col("its_id").is_in(list(winners)))
    hits = hits.unique("id", keep="first", maintain_order=True).select(
        "id",
        "outvoted",
        "leading",
        field=pl.lit("target"),
        other=pl.col("its_id"),
        evidence=pl.format(
            "{} here, {} in {}: {}",
            quoted("target", 50),
            quoted("its_target", 50),
            pl.col("its_id"),
            quoted("its_said", 90),
        ),
        score=pl.col("cosine"),
    )
    yield from _told_conflicts(material, hits)


def _votes(ends: pl.DataFrame) -> pl.DataFrame:
    """Of each row, the commonest other label among those that mean the same (``leading``), and
    whether it clearly leads (``outvoted``)."""
    against = ends.filter(pl.col("answer") != pl.col("its_answer"))
    labels = against.group_by("id", "its_target").len("leads")
    most = labels.sort("leads", "its_target", descending=[True, False]).unique(
        "id", keep="first", maintain_order=True
    )
    counted = most.join(ends.group_by("id").len("all"), on="id")
    leads = (pl.col("leads") >= _FEWEST_AGAINST) & (pl.col("leads") >= _LEADS * pl.col("all"))
    return counted.select("id", leads.alias("outvoted"), pl.col("its_target").alias("leading"))


def _both_ends(pairs: pl.DataFrame) -> pl.DataFrame:
    """Every pair from both of its sides."""
    names = [
        name
        for name in pairs.columns
        if not name.startswith("its_") and name not in ("cosine", "score")
    ]
    swap = {name: f"its_{name}" for name in names} | {f"its_{name}": name for name in names}
    return pl.concat([pairs, pairs.rename(swap).select(pairs.columns)])


def _told_conflicts(material: Material, hits: pl.DataFrame) -> Iterable[Found]:
    count_all = len(material.frame)
    undecided = hits.filter(~pl.col("outvoted"))
    if len(undecided):
        yield found(
            "same_meaning",
            "conflicting_meaning",
            "warning",
            f"{share(len(undecided), count_all)} {_say(len(undecided))} the same as another in "
            "other words, and have another label",
            undecided.drop("outvoted", "leading"),
            costs="the model learns to guess between the labels, and is marked wrong for a right "
            "answer",
            repair=Repair(apply="decide", sentence="decide which label each meaning has"),
            seconds_each=15,
        )
    outvoted = hits.filter("outvoted").with_columns(proposal="leading")
    if len(outvoted):
        yield found(
            "same_meaning",
            "outvoted_meaning",
            "warning",
            f"{share(len(outvoted), count_all)} {_say(len(outvoted))} the same as "
            f"{_FEWEST_AGAINST} or more others that agree on another label",
            outvoted.drop("outvoted", "leading"),
            costs="the model is taught a slip, or marked wrong by one",
            repair=Repair(apply="relabel", sentence="give each the label of those like it"),
            seconds_each=10,
        )


def _across(material: Material, pairs: pl.DataFrame) -> Iterable[Found]:
    """Rows learned from that mean the same as a held-out one, or as one of another fold."""
    ends = _both_ends(pairs)
    held = (material.frame["side"] == "holdout").any()
    if held:
        both = ends.filter(~pl.col("held") & pl.col("its_held"))
    else:
        both = ends.filter(pl.col("fold") != pl.col("its_fold"))
    both = both.sort("cosine", "its_at", descending=[True, False])
    best = both.unique("id", keep="first", maintain_order=True)
    if best.is_empty():
        return
    where = "one kept aside to measure on" if held else "one in another of the parts scored in turn"
    tested = best["its_id"].n_unique() if held else len(best)
    yield found(
        "same_meaning",
        "same_meaning_across",
        "note",
        f"{share(len(best), len(material.frame))} {_say(len(best))} the same as {where}, in other "
        f"words ({count_of(tested, 'example')} measured on); that is normal where people ask for "
        "the same things; the report's parts of the examples show the score without them",
        _hits(best),
        costs="where real inputs will be less alike, the score is better than it will be at work",
        repair=Repair(
            apply="decide",
            sentence="leave out those that were made from one another; keep what people really ask "
            "in several ways",
        ),
        seconds_each=6,
    )


def _within(material: Material, pairs: pl.DataFrame) -> Iterable[Found]:
    """Rows of one side that say again what an earlier one says."""
    own = _both_ends(pairs).filter(
        (pl.col("held") == pl.col("its_held")) & (pl.col("its_at") < pl.col("at"))
    )
    best = own.sort("cosine", "its_at", descending=[True, False]).unique(
        "id", keep="first", maintain_order=True
    )
    if best.is_empty():
        return
    yield found(
        "same_meaning",
        "same_meaning",
        "note",
        f"{share(len(best), len(material.frame))} {_say(len(best))} the same as another, in other "
        "words",
        _hits(best),
        costs="nothing by itself: several ways of saying a thing help, but they count as less than "
        "as many different things",
        repair=Repair(
            apply="add", sentence="leave them; where you add examples, add what none of these asks"
        ),
        minutes=A_LOOK,
    )


def _hits(best: pl.DataFrame) -> pl.DataFrame:
    return best.select(
        "id",
        field=pl.lit("input"),
        other=pl.col("its_id"),
        evidence=pl.format("means the same as {}: {}", pl.col("its_id"), quoted("its_said")),
        score=pl.col("cosine"),
    )


def _say(count: int) -> str:
    return "means" if count == 1 else "mean"


AUDIT = Audit("examples that mean the same in other words", EVERY - {"image"}, "encoder", run)
