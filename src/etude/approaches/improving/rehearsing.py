"""What a search for instructions would ask at most, so that it can be announced: nothing is searched.

Texts that nobody has written yet are stood in for by the instructions with as much again behind them.
"""

from __future__ import annotations

import hashlib

from etude.approaches.improving.feedback import cut
from etude.approaches.improving.purse import ROOM, WARMTH
from etude.approaches.improving.rewriting import TEMPLATE
from etude.approaches.improving.trying import Trying
from etude.models._base import ChatRequest, Message
from etude.models._improving import Improving
from etude.progress import Silent

LONGER = 1_000
"""Characters that rewritten instructions have more than those before."""
ANSWERS_A_REWRITING = 7
"""Requests that answer, for each that rewrites; a look at dev now and then makes them more."""
READ = 4
"""Examples with their answers in one prompt for rewriting."""


def rehearse(trying: Trying, plan: Improving) -> None:
    """Ask the notebooks of a rehearsal what a search would ask."""
    rewritings = max(1, plan.requests // (ANSWERS_A_REWRITING + 1))
    rows = trying.train
    # Each part of the examples has a search of its own, with texts of its own.
    own = hashlib.sha256("\n".join(rows.ids).encode()).hexdigest()
    longer = f"{trying.instructions}\n{own}{'.' * (LONGER - len(own))}"
    answering: list[ChatRequest] = []
    for count in range(plan.requests - rewritings - len(trying.dev)):
        row = rows.take([count % len(rows)])
        answering += trying.requests(f"{longer}{count}", row)
    trying.answers(answering)
    read = zip(rows.inputs[:READ], rows.targets[:READ], strict=True)
    shown = sum(len(cut(text)) + len(cut(target)) for text, target in read)
    prompt = TEMPLATE + longer + "." * (2 * shown)
    plan.by.complete(
        [
            ChatRequest((Message("user", f"{prompt}{count}"),), max_tokens=ROOM, temperature=WARMTH)
            for count in range(rewritings)
        ],
        Silent(),
    )
    trying.ask(longer)  # the last look, and what the chosen settings answer by
