"""``etude check --training``: what each training would be, with an example as the model sees it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from etude.cli._drawing import Paper
    from etude.workflow.training import Planned


def show_planned(paper: Paper, planned: Sequence[Planned]) -> None:
    """A paragraph a training; its samples from short to long, what is learned in bold, the rest dim."""
    for one in planned:
        paper.line()
        paper.line(one.plain_name, "bold")
        paper.prose(one.sentence, first="  ")
        paper.bullets([*one.looked.advice, *one.looked.notices])
        for sample in one.looked.samples:
            paper.line()
            paper.line(f"  shown, {sample.prompt_tokens:,} tokens that are not learned:")
            for line in sample.prompt.splitlines():
                paper.prose(line, first="  | ", style="dim")
            paper.line(f"  learned, {sample.target_tokens:,} tokens with the end of the turn:")
            for line in sample.target.splitlines():
                paper.prose(line, first="  > ", style="bold")
        paper.line()
