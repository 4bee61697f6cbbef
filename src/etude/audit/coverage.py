"""Clusters of real traffic that no example is like.

A text of the log is far where it is less like its nearest example than nineteen of twenty examples
are like theirs (outside their own group); so of traffic like the examples one text in twenty is far.
It is far as well where five other texts of the log, drawn no more than there are examples, are more
like it than any example: of traffic like the examples at most one in thirty is. (Counting whose the
nearest neighbours are is the test of Schilling 1986 and Henze 1988.) The log is cut into small clusters
by meaning. One is told where at least half of it is far, and more than chance allows: what people
really ask, and nobody has written an example of. A few odd texts are not told.
The sentence goes where no row may: what is private in the texts it shows is masked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import binom
from sklearn.cluster import KMeans

from etude.audit._base import A_LOOK, AN_EXAMPLE, EVERY, Audit, Found, Material, count_of, found
from etude.audit._labelled import percent, shortened
from etude.data.conversations import cells
from etude.privacy import redact, state
from etude.records.dataset import Repair
from etude.statistics.multiple import benjamini_hochberg

KEY = "coverage"
FAR = 0.05
"""Of the examples themselves, so many count as far from the others."""
FEWEST_TEXTS = 30
"""Different texts (of the log, and of the examples) below which nothing is compared."""
LEAST_FAR = 0.5
"""Of a cluster's texts; under this it is a loose corner of what the examples have."""
FEWEST_IN_CLUSTER = 5
"""Far texts."""
CROWD = 5
"""Texts of the log that are nearer than the nearest example, from which on a text is far."""
CHANCE = 0.01
"""Share of told clusters that may be chance (Benjamini–Hochberg)."""
IN_A_CLUSTER, MOST_CLUSTERS = 12, 300
"""Texts on average; the number of clusters follows."""
MOST_TRAFFIC = 10_000
MOST_EXAMPLES = 50_000
"""Texts that are compared; of more, some are drawn evenly, always the same."""
MOST_MEASURED = 2_000
"""Examples whose own distance to the others is measured."""
ADDED_EACH, _ANSWER = 10, 1.0
"""Texts of a cluster that are worth an answer at first, and a person's minutes to write one."""
SHOWN_CLUSTERS, SHOWN_TEXTS, LONGEST = 5, 3, 60
_BLOCK = 512

Rows = NDArray[np.float32]
Embed = Callable[[Sequence[str]], Rows]


@dataclass(frozen=True)
class Cluster:
    """Far texts of one cluster: their positions in the log, the most typical first, and the requests
    that they stand for."""

    rows: NDArray[np.int64]
    requests: int


@dataclass(frozen=True)
class Log:
    """Different texts of the log, sorted, and how often each came; ``different``: how many there were
    before some were drawn."""

    texts: tuple[str, ...]
    counts: NDArray[np.int64]
    different: int

    @property
    def requests(self) -> int:
        """Those of the texts that are compared."""
        return int(self.counts.sum())


@dataclass(frozen=True)
class Compared:
    """The log beside the examples. ``clusters``: those that no example is like; ``far``: how many of
    the log's texts are far from every example."""

    log: Log
    clusters: list[Cluster]
    far: int


def run(material: Material) -> Iterator[Found]:
    """One finding with all clusters, or nothing; too short a log is said."""
    if material.embed is None or not len(material.traffic):
        return
    chat = material.task.kind == "chat"
    log, examples = log_of(material.traffic, chat), examples_of(material, chat)
    if min(log.different, len(examples)) < FEWEST_TEXTS:
        yield _too_few(log.different, len(examples))
        return
    beside = compared(material.embed, log, examples)
    if beside.clusters:
        yield _lacking(beside)


def compared(embed: Embed, log: Log, examples: pl.DataFrame) -> Compared:
    """Texts of the log held against those of the examples (columns ``text``, ``group``)."""
    of_log, of_examples = embed(log.texts), embed(examples["text"].to_list())
    line = _line(of_examples, examples["group"].to_numpy())
    nearest_M = _nearest(of_log, of_examples)
    far_M = (nearest_M < line) | _crowded(of_log, nearest_M, len(of_examples))
    return Compared(log, _clusters(of_log, far_M, log), int(far_M.sum()))


def _words(text: str, chat: bool) -> str:
    """What is asked, on one line: of a conversation the message to be answered."""
    return " ".join((cells(text)["last_user"] if chat else text).split())


def log_of(traffic: Sequence[str], chat: bool) -> Log:
    """The different texts of a log; of very many, some drawn evenly."""
    counts = Counter(_words(text, chat) for text in traffic if text)
    counts.pop("", None)
    texts = sorted(counts)
    chosen = _drawn(len(texts), MOST_TRAFFIC)
    kept = tuple(texts[at] for at in chosen)
    return Log(kept, np.array([counts[text] for text in kept], dtype=np.int64), len(texts))


def examples_of(material: Material, chat: bool) -> pl.DataFrame:
    """Different inputs with a group each, held-out ones too: they were collected like the others."""
    table = material.frame.select("group", pl.col("input").fill_null(""))
    texts = [_words(text, chat) for text in table["input"].to_list()]
    table = table.select("group", pl.Series("text", texts, dtype=pl.String))
    different = table.filter(pl.col("text") != "").unique("text", keep="first").sort("text")
    return different[_drawn(len(different), MOST_EXAMPLES)]


def _drawn(count: int, most: int) -> NDArray[np.int64]:
    """All positions, or ``most`` of them, evenly and always the same."""
    if count <= most:
        return np.arange(count, dtype=np.int64)
    return np.sort(np.random.default_rng(0).choice(count, most, replace=False)).astype(np.int64)


def _nearest(rows_MD: Rows, among_ND: Rows) -> NDArray[np.float32]:
    """The cosine of each row to the nearest of the others (M,)."""
    found = [
        (rows_MD[start : start + _BLOCK] @ among_ND.T).max(axis=1)
        for start in range(0, len(rows_MD), _BLOCK)
    ]
    return np.concatenate(found)


def _crowded(of_log: Rows, nearest_M: NDArray[np.float32], examples: int) -> NDArray[np.bool_]:
    """Whether ``CROWD`` texts of the log are nearer than the nearest example (M,).

    Of a log longer than the examples as many are drawn, so that either is as likely to be nearer.
    """
    drawn = _drawn(len(of_log), max(examples, CROWD + 1))
    among = of_log[drawn]
    itself_M = np.isin(np.arange(len(of_log)), drawn)
    counts = [
        (of_log[start : start + _BLOCK] @ among.T > nearest_M[start : start + _BLOCK, None]).sum(1)
        for start in range(0, len(of_log), _BLOCK)
    ]
    return np.asarray(np.concatenate(counts) - itself_M >= CROWD, dtype=np.bool_)


def _line(vectors_ND: Rows, groups_N: NDArray[np.int64]) -> float:
    """The cosine that ``FAR`` of the examples do not reach with any example outside their group."""
    measured = _drawn(len(vectors_ND), MOST_MEASURED)
    found = []
    for start in range(0, len(measured), _BLOCK):
        rows = measured[start : start + _BLOCK]
        like = vectors_ND[rows] @ vectors_ND.T
        like[groups_N[rows][:, None] == groups_N[None, :]] = -1.0
        found.append(like.max(axis=1))
    return float(np.quantile(np.concatenate(found), FAR))


def _clusters(of_log: Rows, far_M: NDArray[np.bool_], log: Log) -> list[Cluster]:
    """The far texts of clusters that are mostly far, the most requests first."""
    count = int(np.clip(len(of_log) // IN_A_CLUSTER, 2, MOST_CLUSTERS))
    found = KMeans(count, n_init=1, random_state=0).fit(of_log)
    size_K = np.bincount(found.labels_, minlength=count)
    far_K = np.bincount(found.labels_[far_M], minlength=count)
    likely_K = benjamini_hochberg(binom.sf(far_K - 1, size_K, FAR))
    told_K = (likely_K <= CHANCE) & (far_K >= FEWEST_IN_CLUSTER) & (far_K >= LEAST_FAR * size_K)
    clusters = []
    for name in np.flatnonzero(told_K):
        rows = np.flatnonzero(far_M & (found.labels_ == name)).astype(np.int64)
        likeness = of_log[rows] @ found.cluster_centers_[name]
        rows = rows[np.argsort(-likeness, kind="stable")]
        clusters.append(Cluster(rows, int(log.counts[rows].sum())))
    return sorted(clusters, key=lambda one: (-one.requests, int(one.rows[0])))


def _lacking(compared: Compared) -> Found:
    log, clusters = compared.log, compared.clusters
    requests = sum(cluster.requests for cluster in clusters)
    named = "; ".join(_named(log, cluster) for cluster in clusters[:SHOWN_CLUSTERS])
    more = len(clusters) - SHOWN_CLUSTERS
    rest = f"; and {more:,} more" if more > 0 else ""
    drawn = ""
    if log.different > len(log.texts):
        drawn = (
            f" {len(log.texts):,} of the log's {log.different:,} different texts were looked at."
        )
    return found(
        KEY,
        "traffic_without_examples",
        "warning",
        f"{count_of(len(clusters), 'cluster')} of the real traffic ({requests:,} of "
        f"{log.requests:,} requests, {percent(requests / log.requests)}) "
        f"{'is' if len(clusters) == 1 else 'are'} like no example: {named}{rest}.{drawn} "
        f"{compared.far:,} of {len(log.texts):,} different texts are nearer to one another "
        f"than to any example, or farther from every example than {1 - FAR:.0%} of the examples are "
        "from one another",
        pl.DataFrame(schema={"id": pl.String}),
        costs="on these requests the share of right answers is not measured, and nothing was learned "
        "for them",
        repair=Repair(
            apply="add",
            sentence="add some of these texts with their right answers, or say under `boundaries` "
            "that they are handed to a person",
        ),
        minutes=_ANSWER * sum(min(ADDED_EACH, len(one.rows)) for one in clusters),
    )


def _named(log: Log, cluster: Cluster) -> str:
    # Masked before it is cut, so that no address or number is masked by half.
    texts = [redact(log.texts[at]) for at in cluster.rows[:SHOWN_TEXTS]]
    named = ", ".join(shortened(text, LONGEST) for text in texts)
    return f"{percent(cluster.requests / log.requests)} like {named}"


def _too_few(traffic: int, examples: int) -> Found:
    few = (
        f"the log holds {traffic:,} different texts"
        if traffic < FEWEST_TEXTS
        else f"there are {examples:,} different examples"
    )
    return found(
        KEY,
        "traffic_not_compared",
        "note",
        f"the real traffic was not compared with the examples: {few}, and {FEWEST_TEXTS} are needed",
        pl.DataFrame(schema={"id": pl.String}),
        costs="what people ask and no example shows stays unseen",
        repair=Repair(
            apply="add",
            sentence="name a longer log"
            if traffic < FEWEST_TEXTS
            else f"collect {FEWEST_TEXTS - examples:,} more examples that differ",
        ),
        minutes=A_LOOK if traffic < FEWEST_TEXTS else AN_EXAMPLE * (FEWEST_TEXTS - examples),
    )


AUDIT = Audit("real traffic that the examples lack", EVERY - {"image"}, "encoder", run, state)
