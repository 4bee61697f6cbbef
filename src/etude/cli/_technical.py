"""The exact terms behind a comparison: names, keys, intervals, p-values, settings.

For people who ask for them with ``--technical``; everything is in ``--json`` and the records too.
"""

from __future__ import annotations

import json
import math

from etude.cli._drawing import Paper
from etude.records.candidate import CandidateReport
from etude.records.comparison import Comparison
from etude.records.estimate import Estimate
from etude.records.verdict import Pair
from etude.report._facts import p_method


def show_technical(paper: Paper, comparison: Comparison) -> None:
    """Candidates, then pairs, then what identifies the run."""
    for candidate in comparison.candidates:
        _candidate(paper, candidate)
    for pair in comparison.pairs:
        _pair(paper, pair, comparison.task.bar.margin)
    if method := p_method(comparison):
        paper.prose(f"{method}.", rest="  ", style="dim")
        paper.line()
    d = comparison.detectable
    reach = "none within reach" if d.beyond_reach else f"{d.difference:.4f}"
    _row(
        paper,
        "detectable",
        f"{reach} at 80 % power, n={d.n}, comparisons={d.comparisons}, "
        f"discordance={d.discordance:.4f}"
        + (", groups counted as independent" if d.groups_left_out else ""),
    )
    data = comparison.dataset
    _row(
        paper,
        "data",
        f"{data.id}, {data.scheme}, folds={data.folds}, folds_scored={comparison.folds_scored}, "
        f"look={comparison.look}",
    )
    machine = comparison.machine
    _row(paper, "machine", f"{machine.processor}, {machine.cores} cores, {machine.system}")
    _row(paper, "run", f"{comparison.run}, {comparison.seconds:.1f} s, seeds={comparison.seeds}")
    paper.line()


def _candidate(paper: Paper, c: CandidateReport) -> None:
    paper.line(c.name, "bold")
    if c.quality:
        _row(
            paper,
            c.quality.metric,
            f"{_estimate(c.quality)}, n={c.quality.n}, groups={c.quality.groups}",
        )
    for key, estimate in c.secondary.items():
        _row(paper, key, _estimate(estimate))
    _row(paper, "dev_value", _number(c.dev_value))
    if c.brier is not None or c.ece is not None:
        _row(paper, "calibration", f"brier={_number(c.brier)}, ece={_number(c.ece)}")
    _row(paper, "invalid, failures", f"{c.invalid}, {c.failures}")
    if c.latency:
        _row(paper, "p50, p95 (ms)", f"{_estimate(c.latency.p50)}; {_estimate(c.latency.p95)}")
        first = c.latency.first
        said = (
            "not measured" if first is None else f"{_estimate(first.p50)}; {_estimate(first.p95)}"
        )
        _row(paper, "first token p50, p95 (ms)", said)
    if c.labour:
        shares = f"wrong={c.labour.wrong:.4f}, handed={c.labour.handed:.4f}"
        _row(paper, "person's minutes per 1,000", f"{_estimate(c.labour.per_1000)}, {shares}")
    if c.flip_rate is not None:
        said = f"{_number(c.flip_rate)}, n={c.flip_items}, askings={c.flip_askings}"
        _row(paper, "flip rate", said)
    if c.cost:
        _row(
            paper,
            "cost per 1,000",
            f"{c.cost.per_1000:.6g} [{c.cost.low:.6g}, "
            f"{c.cost.high:.6g}], of which fixed {c.cost.fixed_per_1000:.6g}; {c.cost.basis}",
        )
    if c.spread:
        _row(paper, f"over {c.spread_over}", ", ".join(f"{value:.4f}" for value in c.spread))
    for gate in c.gates:
        _row(paper, f"gate {gate.name}", f"{gate.state}: {_number(gate.value)} ({gate.limit:g})")
    if c.dominated_by:
        _row(paper, "dominated by", c.dominated_by)
    _row(paper, "settings", json.dumps(c.settings, ensure_ascii=False, default=str))
    for note in c.notes:
        _row(paper, "note", note)
    paper.line()


def _pair(paper: Paper, pair: Pair, margin: float) -> None:
    paper.prose(f"{pair.b} − {pair.a}", style="bold")
    _row(paper, "difference", f"{_estimate(pair.difference)} (simultaneous), margin={margin:g}")
    _row(paper, "call", f"{pair.call}, worth_it={pair.worth_it}")
    _row(paper, "p", f"{_p(pair.mid_p)}, holm_p={_p(pair.holm_p)}")
    if pair.only_a_right is not None:
        _row(paper, "only one right", f"a={pair.only_a_right}, b={pair.only_b_right}")
    if pair.more_examples is not None:
        _row(paper, "more_examples", _number(pair.more_examples))
    paper.line()


def _row(paper: Paper, name: str, value: str) -> None:
    paper.prose(f"{name}: {value}", first="  ", rest="    ")


def _estimate(e: Estimate) -> str:
    return f"{_number(e.value)} [{_number(e.low)}, {_number(e.high)}] at {e.level:g}, {e.method}"


def _number(value: float | None) -> str:
    if value is None:
        return "not measured"
    return f"{value:.4f}" if math.isfinite(value) else str(value)


def _p(value: float | None) -> str:
    return "none" if value is None else "<0.0001" if value < 0.0001 else f"{value:.4f}"
