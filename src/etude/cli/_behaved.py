"""How candidates behaved, at the terminal."""

from __future__ import annotations

from pathlib import Path

from etude.cli._drawing import Paper
from etude.records.behaviour import Behaviour
from etude.report import behaviour as said


def show_behaviour(paper: Paper, found: Behaviour, names: dict[str, str], rows: Path) -> None:
    """A paragraph a suite, a line a candidate; ``names`` are the candidates' plain names."""
    paper.prose(f"Cases made from {found.examples} examples; none of them is kept aside.")
    paper.line()
    for plain_name, results in said.by_suite(found):
        paper.line(plain_name[:1].upper() + plain_name[1:], "bold")
        paper.bullets(f"{names[one.candidate]}: {said.sentence(one)}" for one in results)
        paper.line()
    for one in said.certain(found.broken):
        paper.prose(said.broken_sentence(one), style="yellow" if one.call == "worse" else "")
    for left in found.left_out:
        paper.prose(f"Not run: {left.plain_name}, for {left.reason}.")
    if caution := said.caution(found):
        paper.prose(f"! {caution}", rest="  ", style="yellow")
    paper.line()
    paper.command("Every case with its answers (they hold your texts) is in:", str(rows))
