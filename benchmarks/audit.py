"""Audits judged by faults whose truth is known: what they find, how fast they are, beside peers.

    python benchmarks/audit.py recall [--sets banking77 faq_write …] [--sorts private …]
        [--rows 1500] [--rate 0.05] [--seeds 3] [--names] [--look 5] [--no-encoder] [--json FILE]
    python benchmarks/audit.py speed --rows 10000 100000 1000000 [--kinds classify write]
        [--audits length private …] [--encoder] [--datasketch [--threshold 0.9]] [--json FILE]
    python benchmarks/audit.py labels [--rows 1500] [--rate 0.05] [--seeds 3] [--json FILE]
    python benchmarks/audit.py classes [--rows 4000] [--seeds 5] [--json FILE]
    python benchmarks/audit.py traffic [--logs other_intents …] [--seeds 5] [--json FILE]
    python benchmarks/audit.py read [--logs bank_chat …] [--look 20] [--json FILE]
    python benchmarks/audit.py peers [--rows 10000] [--rounds 5] [--threshold 0.9] [--no-encoder]

``recall``: each sort of fault (or one variant of it, as ``format_drift/spelling``) is planted alone in
real rows (``_planted``), once a seed, and its audits are run. *found*: share of the planted faults,
with Wilson's 95 % interval and the lowest and highest seed's share. *precise*: right hits against right
hits and those that are false for sure (decoys; rows that keep a house style and are hit once others
break it); a dash where nothing can be false for sure. *at least*: the same if every hit that was not
planted were false. *before*, *anew*: rows that are hit and were not planted, parted into those that
are hit in the clean data too (the data's own faults, or false alarms: ``--look N`` prints some of each
sort to be judged by eye) and others.

``speed``: rows a second by audit and whole, peak memory, and the power of the size that the time
grows with; with ``--datasketch`` what finds copies beside that library on the same rows.
``labels``: wrong labels beside cleanlab, on the same predictions. ``classes``: labels made to
overlap. ``traffic``: topics of a log that the examples lack. ``read``: what is told of logs in
which nothing was planted, for the eye. ``peers``: near copies beside datasketch and semhash.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import _audit_cleanlab
import _audit_logs
import _audit_peers
import _audit_speed
import _audit_topics
from _audit_peers import percent
from _audit_recall import Bench, Tally
from _planted import SORTS
from _planted._sources import SOURCES
from _planted._traffic import LOGS
from _timing import say_load

NAME_WIDTH = 30


def recall(asked: argparse.Namespace) -> dict[str, Any]:
    """Every set and sort that was asked for, printed and returned."""
    bench = Bench(encoder=asked.encoder)
    unknown = {sort.partition("/")[0] for sort in asked.sorts} - set(SORTS.names())
    if unknown:
        sys.exit(
            f"no such sort: {', '.join(sorted(unknown))}; there are {', '.join(SORTS.names())}"
        )
    result: dict[str, Any] = {}
    for name in asked.sets:
        clean = SOURCES[name](asked.rows, asked.draw)
        print(f"\n## {name} ({clean.kind}, {len(clean.rows):,} clean rows, rate {asked.rate}, "
              f"{asked.seeds} seeds)")  # fmt: skip
        print(f"{'':{NAME_WIDTH}} {'found':>18} {'seeds':>14} {'precise':>18} {'at least':>9} "
              f"{'decoys':>9} {'before':>7} {'anew':>6}")  # fmt: skip
        result[name] = {}
        for variant, tally in bench.tallies(clean, asked.sorts, asked.rate, asked.seeds):
            show(variant, tally, asked)
            result[name][variant] = tally.as_json()
    for what, why in bench.skipped.items():
        print(f"not judged: {what}: {why}")
    return result


def show(variant: str, tally: Tally, asked: argparse.Namespace) -> None:
    """A line of the table; with ``--names`` one a strength, with ``--look`` some hits."""
    line: Any = tally.as_json()
    seeds = [f"{100 * found:.0f}" for found in sorted(tally.by_seed)]
    least = line["precision_at_least"]
    decoys = (
        f"{sum(tally.decoys_hit.values())}/{sum(tally.decoys.values())}" if tally.decoys else "–"
    )
    if tally.judged:
        decoys = f"{tally.judged_hit}/{tally.judged}"
    lowest = f"{100 * least['value']:.0f} %" if least else "–"
    print(
        f"{variant:{NAME_WIDTH}} {percent(line['recall']):>18} {f'{seeds[0]}–{seeds[-1]}':>14} "
        f"{percent(line['precision']):>18} {lowest:>9} "
        f"{decoys:>9} {tally.hit_before:>7} {tally.hit_anew:>6}",
        flush=True,
    )
    if asked.names:
        for name, found in line["by_name"].items():
            print(f"    {name:{NAME_WIDTH - 4}} {percent(found):>18}  of {found['n']}")
        for name, count in sorted(tally.decoys_hit.items()):
            print(f"    {name:{NAME_WIDTH - 4}} {count} of {tally.decoys[name]} taken for faults")
        print(f"    codes: {dict(tally.codes.most_common())}")
    for hit, row in random.Random(0).sample(tally.looked, min(asked.look, len(tally.looked))):
        print(f"    ? {hit.code} {hit.field} {hit.evidence!r} other={hit.other}")
        for where in ("input", "target"):
            print(f"        {where}: {row[where][:300]!r}")


def speed(asked: argparse.Namespace) -> dict[str, Any]:
    """Each size in a process of its own."""
    more = [*(["--audits", *asked.audits] if asked.audits else [])]
    more += ["--encoder"] if asked.encoder else []
    say_load()
    result: dict[str, Any] = {}
    for kind in asked.kinds:
        result[kind] = []
        for size in asked.rows:
            _audit_speed.make(kind, size)
            result[kind].append(_audit_speed.in_a_process(__file__, kind, size, more))
        _audit_speed.show(kind, result[kind])
        if asked.datasketch:
            _beside_datasketch(kind, asked, result)
    return result


def _beside_datasketch(kind: str, asked: argparse.Namespace, result: dict[str, Any]) -> None:
    theirs = [
        _audit_speed.in_a_process(
            __file__, kind, size, ["--datasketch", "--threshold", str(asked.threshold)]
        )
        for size in asked.rows
    ]
    _audit_speed.show_peer(result[kind], theirs)
    result[f"{kind}, datasketch"] = theirs


def one(asked: argparse.Namespace) -> None:
    """The process of one size: its figures are the last line of what it prints."""
    kind = asked.kinds[0]
    path = _audit_speed.make(kind, asked.one)
    if asked.datasketch:
        print(json.dumps(_audit_speed.peer(path, asked.threshold)))
        return
    print(json.dumps(_audit_speed.one(path, kind, asked.audits, asked.encoder)))


def labels(asked: argparse.Namespace) -> dict[str, Any]:
    """Wrong labels on one set."""
    clean = SOURCES["banking77"](asked.rows, asked.draw)
    return _audit_cleanlab.compare(clean, asked.rate, asked.seeds)


def classes(asked: argparse.Namespace) -> dict[str, Any]:
    """Labels of one set."""
    clean = SOURCES["banking77"](asked.rows, asked.draw)
    told = _audit_topics.labels(clean, range(asked.first, asked.first + asked.seeds))
    _audit_topics.show(f"labels of banking77, {len(clean.rows):,} rows", told)
    return told.as_json()


def traffic(asked: argparse.Namespace) -> dict[str, Any]:
    """Each log that was asked for."""
    result: dict[str, Any] = {}
    for name in asked.logs:
        told = _audit_topics.traffic(name, range(asked.first, asked.first + asked.seeds))
        _audit_topics.show(f"log {name}", told)
        result[name] = told.as_json()
    return result


def read(asked: argparse.Namespace) -> dict[str, Any]:
    """Each stand-in for a log that was asked for."""
    return {name: _audit_logs.show(name, asked.look) for name in asked.logs}


def peers(asked: argparse.Namespace) -> dict[str, Any]:
    """Near copies on one set."""
    clean = SOURCES[asked.set](asked.rows, 0)
    return _audit_peers.compare(clean, asked.rounds, asked.threshold, asked.encoder)


def parsed(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    found = commands.add_parser("recall", help="what audits find of planted faults")
    found.add_argument("--sets", nargs="+", choices=list(SOURCES), default=list(SOURCES))
    found.add_argument("--sorts", nargs="+", default=SORTS.names(), metavar="SORT")
    wrong = commands.add_parser("labels", help="wrong labels beside cleanlab")
    for planted in (found, wrong):
        planted.add_argument("--rows", type=int, default=1500, help="clean rows a set, at most")
        planted.add_argument("--rate", type=float, default=0.05, help="faults a clean row")
        planted.add_argument("--seeds", type=int, default=3)
        planted.add_argument("--draw", type=int, default=0, help="seed of the draw of clean rows")
    found.add_argument("--names", action="store_true", help="by strength, decoy and code too")
    found.add_argument("--look", type=int, default=0, help="print so many unplanted hits a sort")
    found.add_argument("--no-encoder", dest="encoder", action="store_false")
    fast = commands.add_parser("speed", help="rows a second and memory by audit and size")
    fast.add_argument("--rows", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    fast.add_argument(
        "--kinds", nargs="+", choices=list(_audit_speed.BASE), default=["classify", "write"]
    )
    fast.add_argument("--audits", nargs="+", default=[], help="only these; all where left out")
    fast.add_argument("--encoder", action="store_true", help="also audits that need an encoder")
    fast.add_argument("--datasketch", action="store_true", help="its near copies beside ours")
    fast.add_argument("--threshold", type=float, default=0.9, help="datasketch's")
    fast.add_argument("--one", type=int, help=argparse.SUPPRESS)
    alike = commands.add_parser("classes", help="labels that overlap, gather others or are rare")
    alike.add_argument("--rows", type=int, default=4000)
    alike.add_argument("--seeds", type=int, default=5)
    alike.add_argument("--draw", type=int, default=0)
    asking = commands.add_parser("traffic", help="topics of a log that the examples lack")
    asking.add_argument("--logs", nargs="+", choices=list(LOGS), default=list(LOGS))
    asking.add_argument("--seeds", type=int, default=5)
    seen = commands.add_parser("read", help="logs in which nothing was planted, for the eye")
    seen.add_argument(
        "--logs", nargs="+", choices=list(_audit_logs.BESIDE), default=list(_audit_logs.BESIDE)
    )
    seen.add_argument("--look", type=int, default=20, help="print so many clusters a log")
    beside = commands.add_parser("peers", help="near copies beside datasketch and semhash")
    beside.add_argument("--set", choices=list(SOURCES), default="banking77")
    beside.add_argument("--rows", type=int, default=10_000)
    beside.add_argument("--rounds", type=int, default=5)
    beside.add_argument("--threshold", type=float, default=0.9, help="datasketch's")
    beside.add_argument("--no-encoder", dest="encoder", action="store_false")
    for whole in (alike, asking):
        whole.add_argument("--first", type=int, default=0, help="the first seed")
    for one_parser in (found, wrong, fast, alike, asking, seen, beside):
        one_parser.add_argument("--json", type=Path, help="also write all figures here")
    return parser.parse_args(arguments)


def main() -> None:
    asked = parsed()
    if asked.command == "speed" and asked.one:
        one(asked)
        return
    commands = {"recall": recall, "labels": labels, "speed": speed, "classes": classes}
    result = (commands | {"traffic": traffic, "read": read, "peers": peers})[asked.command](asked)
    if asked.json:
        asked.json.write_text(json.dumps(result, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
