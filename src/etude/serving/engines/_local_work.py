"""What the computing thread of a local engine does: requests in, one pass at a time, pieces out.

Texts are written at desks (``generation.desks``), choices are scored in batches between their
passes; a model that the desks can't run writes the ordinary way, a batch at a time. It knows no
threads.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

import numpy as np
import torch
from numpy.typing import NDArray

from etude.errors import ModelError
from etude.models._answering import Answering
from etude.models.generation import plain
from etude.models.generation.choices import batches
from etude.models.generation.desk import Taken
from etude.models.generation.desks import Desks
from etude.models.generation.jobs import Job
from etude.models.generation.passes import EMPTY
from etude.models.generation.rows import Row
from etude.serving.engines._answer import Answer
from etude.serving.engines._base import (
    CannotDo,
    EngineError,
    Usage,
    Wanted,
    known_ids,
    too_long,
)
from etude.serving.engines._scored import check, chosen, seed_of
from etude.serving.engines._ticket import Ticket, Told

LEAST_SHARED = 32
"""Fewer shared tokens are not worth a desk of their own."""
SCORED_AT_ONCE = 64
_log = logging.getLogger(__name__)


Tell = Callable[[Ticket, Told], None]


@dataclass(frozen=True, eq=False)
class _Choosing:
    """A request with choices, read. ``shared``: how many ids its prompt shares with others."""

    ticket: Ticket
    choices: tuple[str, ...]
    ids: NDArray[np.int32]
    shared: int
    seed: int

    @property
    def key(self) -> tuple[tuple[str, ...], bytes]:
        """Those with the same one are scored together."""
        return self.choices, self.ids[: self.shared].tobytes()


class Work:
    """Requests under way on one loaded model.

    Args:
        answering: the loaded model.
        tell: is given each piece of an answer, or why there is none.
        flush: called when what was told should go out, at the latest after each pass.
    """

    def __init__(self, answering: Answering, tell: Tell, flush: Callable[[], None]) -> None:
        self.answering = answering
        self._tell = tell
        self._flush = flush
        self._desks: Desks | None = None
        if answering.engine is not None and answering.prefixes is not None:
            self._desks = Desks(answering.engine, answering.prefixes)
        self._answers: dict[int, tuple[Ticket, Answer]] = {}
        self._choosing: list[_Choosing] = []
        self._plainly: deque[Row] = deque()
        self._numbers = count()
        self._chose_last = False

    @property
    def idle(self) -> bool:
        """True where nothing is to be done."""
        return not self._answers and not self._choosing

    def accept(self, ticket: Ticket) -> None:
        """Read a request; what can't be done is told at once."""
        try:
            self._read(ticket)
        except EngineError as error:
            self._tell(ticket, error)
        except ModelError as error:
            self._tell(ticket, CannotDo(error.found))
        except Exception:  # noqa: BLE001 - one request must not take the others down
            _log.exception("a request could not be read")
            self._tell(ticket, CannotDo("This model can't read the request."))

    def dismiss(self, ticket: Ticket) -> None:
        """Nobody waits for this answer any more."""
        self._choosing = [one for one in self._choosing if one.ticket is not ticket]
        for number, (other, answer) in list(self._answers.items()):
            if other is ticket:
                del self._answers[number]
                if self._desks is not None:
                    self._desks.dismiss(answer.row)
                elif answer.row in self._plainly:
                    self._plainly.remove(answer.row)

    def turn(self) -> None:
        """One pass, or one batch the ordinary way."""
        if self._choosing and not (self._answers and self._chose_last):
            self._chose_last = True
            self._choose()
        elif self._answers:
            self._chose_last = False
            self._write()
        self._flush()

    def _read(self, ticket: Ticket) -> None:
        wanted = ticket.wanted
        check(wanted)
        ids = self._prompt(wanted)
        choices = wanted.choices
        least = max(map(len, self.answering.targets(choices))) if choices else 1
        window = self.answering.window
        if len(ids) + least > window:
            raise too_long(window, len(ids))
        shared = self.answering.shared((wanted.messages or ())[: wanted.shared], ids)
        shared = shared if shared >= LEAST_SHARED else 0
        seed = seed_of(wanted)
        if choices:
            self._choosing.append(_Choosing(ticket, choices, ids, shared, seed))
        else:
            self._begin(ticket, ids, shared, seed)

    def _prompt(self, wanted: Wanted) -> NDArray[np.int32]:
        chat_format, window = self.answering.format, self.answering.window
        prompt = wanted.prompt or ""
        texts = [one.content for one in wanted.messages or ()]
        if isinstance(prompt, str):
            texts.append(prompt)
        least = chat_format.least_tokens(sum(map(len, texts)))
        if least > window:
            # Read token by token, some megabytes would hold up everybody else's answers.
            raise too_long(window, least)
        if wanted.messages is not None:
            return chat_format.prompt_ids(wanted.messages)
        if isinstance(prompt, tuple):
            return known_ids(prompt, chat_format.vocab_size)
        ids = chat_format.raw_ids(prompt)
        if not len(ids):
            raise CannotDo("The prompt is empty, and this model has no token that begins a text.")
        return ids

    def _begin(self, ticket: Ticket, ids: NDArray[np.int32], shared: int, seed: int) -> None:
        wanted, room = ticket.wanted, self.answering.window - len(ids)
        schema = wanted.json_schema
        if self._desks is None:
            shared = 0
        job = Job(
            ids=ids[shared:],
            most=min(wanted.max_tokens or room, room),
            stops=frozenset(self.answering.format.stop_ids),
            temperature=wanted.temperature,
            seed=seed,
            guide=None if schema is None else self.answering.grammars.guide(schema),
            top_p=wanted.top_p,
            alternatives=wanted.logprobs or 0,
        )
        row = Row(next(self._numbers), job)
        answer = Answer(wanted, row, self.answering.format, len(ids))
        self._answers[row.index] = ticket, answer
        if self._desks is not None:
            self._desks.wait(ids[:shared], row)
        else:
            self._plainly.append(row)

    def _write(self) -> None:
        if self._desks is not None:
            for taken in self._desks.turn():
                if not self._take(taken) and taken.end is None:
                    self._desks.dismiss(taken.row)
            return
        rows = [self._plainly.popleft() for _ in range(min(plain.ROWS, len(self._plainly)))]
        pad = self.answering.format.pad_id
        plain.write_rows(self.answering.module, pad, rows, self._take_and_flush)

    def _take(self, taken: Taken) -> bool:
        """Tell what a row has written; False where it need not go on."""
        known = self._answers.get(taken.row.index)
        if known is None:
            return False
        ticket, answer = known
        if ticket.gone:
            del self._answers[taken.row.index]
            return False
        piece = answer.take(taken)
        if piece is not None:
            self._tell(ticket, piece)
        if answer.over:
            del self._answers[taken.row.index]
        return not answer.over

    def _take_and_flush(self, taken: Taken) -> bool:
        goes_on = self._take(taken)
        self._flush()
        return goes_on

    @torch.inference_mode()
    def _choose(self) -> None:
        """Score one batch of requests with the same choices behind the same prefix."""
        key = self._choosing[0].key
        group = [one for one in self._choosing if one.key == key][:SCORED_AT_ONCE]
        answering, choices, shared = self.answering, group[0].choices, group[0].ids
        shared = shared[: group[0].shared]
        prefix, cached = EMPTY, 0
        if answering.prefixes is not None:
            cached = answering.prefixes.held(shared)
            prefix = answering.prefixes.get(shared)
        tree, targets = answering.tree(choices), answering.targets(choices)
        sizes = [len(one.ids) - len(prefix) for one in group]
        places = next(batches(sizes, tree, answering.format.vocab_size))
        batch = [group[place] for place in places]
        scores = answering.scores([one.ids for one in batch], prefix, tree, targets)
        for one, row in zip(batch, scores, strict=True):
            self._choosing.remove(one)
            wanted, usage = one.ticket.wanted, Usage(len(one.ids), 0, cached)
            self._tell(one.ticket, chosen(wanted, row, targets, one.seed, usage))
            cached = len(prefix)
