"""What one search may take: requests and money, held before they are spent.

What a search asked before, in a run that was ended, is answered from what is kept and counts all the
same: so the same search takes the same steps, and stops at the same one, however often it was begun.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from etude.approaches.improving.trying import Trying
from etude.errors import EtudeError
from etude.models._base import ChatRequest, Completion, Message
from etude.models._improving import Improving, Priced
from etude.progress import Silent, Step

ROOM = 4_000
"""Tokens that rewritten instructions may have, with what is said, or thought, around them."""
WARMTH = 1.0
"""The temperature of rewriting: the same failures should be able to yield other ideas."""


class Ended(BaseException):
    """The search is over: its budget is spent, or ``problem`` stopped it.

    No ``Exception``, because the optimizer catches those of whoever rewrites and asks again, which
    would be paid for.
    """

    def __init__(self, problem: EtudeError | None = None) -> None:
        super().__init__("the search is over")
        self.problem = problem


class Purse:
    """Asks for a search, as long as there is something left.

    Args:
        trying: the rung's own search.
        plan: the limits, and who rewrites.
        step: told of every request.
    """

    def __init__(self, trying: Trying, plan: Improving, step: Step) -> None:
        self.trying = trying
        self.plan = plan
        self.step = step
        self.left = plan.requests
        self.spent = 0.0
        self._asked: Counter[str] = Counter()

    @property
    def used(self) -> int:
        """Requests so far."""
        return self.plan.requests - self.left

    @contextmanager
    def reserving(self, requests: int) -> Iterator[None]:
        """Keep so many back while the block lasts."""
        self.left -= requests
        try:
            yield
        finally:
            self.left += requests

    def ask(self, requests: Sequence[ChatRequest]) -> list[Completion]:
        """What the model says.

        Raises:
            Ended: there is not enough left for all of them.
        """
        new = [one for one in dict.fromkeys(requests) if not self.trying.known(one)]
        if len(new) > self.left:
            raise Ended
        self._spend(self.trying.context.model, new, self.trying.answers)
        return self.trying.answers(requests)

    def rewrite(self, prompt: str) -> str | None:
        """What whoever rewrites says to this prompt; None where it says nothing.

        Raises:
            Ended: there is nothing left.
        """
        if self.left < 1:
            raise Ended
        # The same failures again: another idea is wanted, not the kept answer.
        request = ChatRequest(
            (Message("user", prompt),),
            max_tokens=ROOM,
            temperature=WARMTH,
            asking=self._asked[prompt],
        )
        self._asked[prompt] += 1
        by = self.plan.by
        (said,) = self._spend(by, [request], lambda some: by.complete(some, Silent()))
        return said.text if said.failure is None else None

    def _spend(
        self,
        model: object,
        requests: Sequence[ChatRequest],
        answers: Callable[[Sequence[ChatRequest]], list[Completion]],
    ) -> list[Completion]:
        said: list[Completion] = []
        while len(said) < len(requests):
            fitting = self._affordable(model, requests[len(said) :])
            if not fitting:
                raise Ended
            try:
                found = answers(fitting)
            except EtudeError as problem:
                raise Ended(problem) from problem
            self.left -= len(found)
            self.step.advance(len(found))
            if isinstance(model, Priced):
                self.spent += sum(map(model.cost, found))
            said += found
        return said

    def _affordable(self, model: object, requests: Sequence[ChatRequest]) -> Sequence[ChatRequest]:
        """The first of them whose bounds the money left covers."""
        if self.plan.money is None or not isinstance(model, Priced):
            return requests
        bound, count = self.spent, 0
        for request in requests:
            bound += model.most(request)
            if bound > self.plan.money:
                break
            count += 1
        return requests[:count]
