"""The page's last part: pairs with their statistics, the data, what left, how it was measured."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath, PureWindowsPath

from etude.metrics import metric
from etude.records.comparison import Comparison
from etude.records.task import JUDGED
from etude.records.verdict import Pair
from etude.report import _figures as figures
from etude.report import _words as words
from etude.report._behind import Behind
from etude.report._how import How
from etude.report._how_quality import of_difference
from etude.report._view import Fact, scored
from etude.report.summary import titles


@dataclass(frozen=True)
class PairView:
    """``second`` minus ``first``, in words and in exact terms."""

    first: str
    second: str
    difference: str
    spread: str
    call: str
    only_first: str
    only_second: str
    mid_p: str
    holm_p: str
    more: str
    how: How | None


def pairs(comparison: Comparison, behind: Behind | None = None) -> list[PairView]:
    """Every pair of finalists."""
    called, n = titles(comparison), scored(comparison)
    return [
        _pair(item, called, n, of_difference(comparison, behind, item.a, item.b))
        for item in comparison.pairs
    ]


def _pair(item: Pair, called: dict[str, str], n: int, how: How | None) -> PairView:
    d = item.difference
    return PairView(
        first=called.get(item.a, item.a),
        second=called.get(item.b, item.b),
        difference=figures.points(d.value, n),
        spread=figures.points_range(d.low, d.high, n),
        call=words.CALLS[item.call] + (", by enough to matter" if item.worth_it else ""),
        only_first=_count(item.only_a_right),
        only_second=_count(item.only_b_right),
        mid_p=_p(item.mid_p),
        holm_p=_p(item.holm_p),
        more=""
        if item.more_examples is None
        else f"about {figures.about(item.more_examples)} more"
        if figures.known(item.more_examples)
        else "no number",
        how=how,
    )


def _count(value: int | None) -> str:
    return figures.NOT_MEASURED if value is None else f"{value:,}"


def _p(value: float | None) -> str:
    if value is None:
        return figures.NOT_MEASURED
    return "< 0.0001" if value < 0.0001 else f"{value:.4f}"


def pair_method(comparison: Comparison) -> str:
    """How the differences' intervals were made, in exact terms."""
    if not comparison.pairs:
        return ""
    d = comparison.pairs[0].difference
    return f"{100 * d.level:g} % jointly over all pairs" + (f", {d.method}" if d.method else "")


def p_method(comparison: Comparison) -> str:
    """How the p-values were made, and what they leave out, in exact terms; "" where there are none."""
    if all(pair.mid_p is None for pair in comparison.pairs):
        return ""
    quality = next(c.quality for c in comparison.candidates if c.quality is not None)
    grouped = quality.groups < quality.n
    statistic = metric(comparison.metric).statistic
    if statistic == "macro_f1":
        test = "answers of the two swapped at random"
    elif statistic == "right_wrong" and not grouped and comparison.metric not in JUDGED:
        test = "McNemar's, mid-p"
    else:
        test = "signs flipped at random"
    whole = ", whole groups at a time" if grouped else ""
    said = f"p-values: {test}{whole}; Holm p: over all pairs"
    if comparison.dataset.scheme == "cross_fitting":
        said += (
            "; not corrected for the folds' common training examples, as the ranges are, so that "
            "they can look surer than the range that decides"
        )
    return said


def shown_path(path: str) -> str:
    """A source's path; outside the project only its name, so that no home folder is sent on."""
    windows = PureWindowsPath(path)
    if windows.drive or PurePosixPath(path).is_absolute() or ".." in windows.parts:
        return windows.name
    return path


@dataclass(frozen=True)
class SourceView:
    """One file that was read."""

    path: str
    shape: str
    rows: str
    rejected: str
    sha256: str


def sources(comparison: Comparison) -> list[SourceView]:
    """The files, without what they hold."""
    return [
        SourceView(
            shown_path(item.path),
            ", ".join(part for part in (item.shape, item.encoding) if part),
            f"{item.rows:,}",
            f"{item.rejected:,}",
            item.sha256,
        )
        for item in comparison.dataset.sources
    ]


_SIDES = {
    "train": "to learn from",
    "dev": "to choose by",
    "holdout": "kept aside",
    "calibration": "to set confidence by",
    "all": "all",
}


def data_facts(comparison: Comparison) -> list[Fact]:
    """Rows, labels, groups and the scheme."""
    data = comparison.dataset
    sides = ", ".join(
        f"{count:,} {_SIDES.get(side, side)}" for side, count in data.sizes.items() if side != "all"
    )
    scheme = (
        f"kept aside ({sides})"
        if data.scheme == "holdout"
        else f"{data.folds} parts, each answered by candidates that learned from the others; what is "
        "kept is then fitted on all"
    )
    found = [
        Fact("Examples", f"{data.rows:,} used, {data.rejected:,} rejected"),
        Fact(
            "Columns",
            ", ".join(f"{role}: {column}" for role, column in data.columns.items())
            or figures.NOT_MEASURED,
        ),
        *_contents(comparison),
        Fact(
            "Independent groups",
            f"{data.groups:,}",
            "duplicates and the group column joined; folds and intervals keep groups together",
        ),
        Fact("How they were divided", scheme, data.scheme),
        Fact(
            "Left out of learning",
            figures.counted(
                data.left_out, "copy of an example kept aside", "copies of examples kept aside"
            ),
        ),
    ]
    if comparison.task.data.rights:
        found.append(Fact("Rights", comparison.task.data.rights))
    if data.scheme == "holdout":
        found.append(Fact("Looks at the examples kept aside so far", f"{comparison.look:,}"))
    return found


def _contents(comparison: Comparison) -> list[Fact]:
    """The labels; or how long texts are, and whether the ideal answers keep the checks."""
    counts, ideals = comparison.dataset.labels, comparison.dataset.ideals
    if counts:
        low, high = min(counts.values()), max(counts.values())
        return [Fact("Categories", f"{len(counts):,}, with {low:,} to {high:,} examples each")]
    if ideals is None:
        return []
    found = [
        Fact("Inputs", figures.lengths(ideals.inputs)),
        Fact("Ideal answers", figures.lengths(ideals.targets)),
    ]
    if ideals.checks:
        passing = f"{ideals.passing:,} of {ideals.examples:,}"
        found.append(Fact("Ideal answers that pass every check", passing))
    return found


def label_counts(comparison: Comparison) -> list[tuple[str, str]]:
    """Examples by label, most first."""
    ranked = sorted(comparison.dataset.labels.items(), key=lambda item: (-item[1], item[0]))
    return [(label, f"{count:,}") for label, count in ranked]


def measured_facts(comparison: Comparison) -> list[Fact]:
    """Machine, versions, seeds and every hash."""
    m, data = comparison.machine, comparison.dataset
    found = [
        Fact("Run", comparison.run),
        Fact("Made", f"{comparison.created} with etude {comparison.etude_version}"),
        Fact("Work time", figures.duration(comparison.seconds)),
        Fact(
            "Machine",
            f"{m.processor}, {figures.counted(m.cores, 'core')}, {m.memory_gb:.3g} GB, "
            f"{m.accelerator or 'no accelerator'}",
            f"machine {m.id}",
        ),
        Fact("System", f"{m.system}, Python {m.python}"),
        Fact(
            "Libraries",
            ", ".join(f"{k} {v}" for k, v in comparison.versions.items()) or figures.NOT_MEASURED,
        ),
        Fact("Seeds", ", ".join(f"{k} {v}" for k, v in comparison.seeds.items()) or "none"),
        Fact("Examples' hash", data.id),
        Fact("Hash of those kept aside", data.holdout_id or "none: nothing is kept aside for good"),
        Fact("Task's hash", comparison.task_hash),
    ]
    if comparison.dataset.scheme == "cross_fitting":
        found.append(Fact("Parts scored", f"{comparison.folds_scored} of {data.folds}"))
    return found
