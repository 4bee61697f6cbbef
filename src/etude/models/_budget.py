"""Money: a limit that is held before a request goes out, not noticed afterwards.

Each request reserves the most it could cost; what it really cost replaces that. It knows amounts,
nothing of requests.
"""

from __future__ import annotations

import threading

from etude.errors import SpendLimitReached


class Budget:
    """The money of one endpoint; safe for several threads.

    Args:
        limit: most that may ever be spent, in the task's currency; None: no limit.
        spent: what earlier runs have spent.
    """

    def __init__(self, limit: float | None, spent: float) -> None:
        self.limit = limit
        self.spent = spent
        self._reserved = 0.0
        self._under_way = 0
        self._change = threading.Condition()

    def reserve(self, amount: float) -> None:
        """Set ``amount`` aside, waiting for requests under way where they may leave room.

        Raises:
            SpendLimitReached: it could pass the limit even when nothing is under way.
        """
        with self._change:
            while not self.try_reserve(amount):
                self._change.wait(timeout=1.0)

    def try_reserve(self, amount: float) -> bool:
        """Set ``amount`` aside now; False where requests under way may still leave room for it.

        Raises:
            SpendLimitReached: it could pass the limit even when nothing is under way.
        """
        with self._change:
            if self.limit is not None and self.spent + self._reserved + amount > self.limit:
                if self._under_way:
                    return False
                raise SpendLimitReached(
                    f"the next request could cost up to {amount:.6g}, and {self.spent:.6g} "
                    f"of {self.limit:.6g} is spent",
                    where="etude.yaml, models, spend_limit",
                    hint="raise spend_limit and type the same command; answers so far are kept",
                )
            self._reserved += amount
            self._under_way += 1
            return True

    def settle(self, reserved: float, cost: float) -> None:
        """Give back what was reserved and book what it cost."""
        with self._change:
            self._under_way -= 1
            self._reserved = self._reserved - reserved if self._under_way else 0.0
            self.spent += cost
            self._change.notify_all()
