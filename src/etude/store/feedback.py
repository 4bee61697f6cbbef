"""Feedback: one row for each thing that is judged and whoever judges it; said again, it replaces."""

from __future__ import annotations

from collections.abc import Sequence
from time import time
from typing import Any

import sqlalchemy as sa

from etude.records.feedback import Feedback, Said
from etude.store.database import Database
from etude.store.serving_tables import feedback as table

_KEY = ("response", "name", "annotator_kind", "identifier")


class Feedbacks:
    """The feedback of one project. Of a response that is not recorded (yet) it is kept too."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, said: Feedback) -> Said:
        """Keep it; the same again changes nothing, another verdict of the same name replaces.

        Returns:
            What is kept, with the time at which it was first said as it is.
        """
        key = (said.response_id, said.name, said.annotator_kind, said.identifier)
        values = dict(zip(_KEY, key, strict=True))
        insert = self._database.insert(table).values(
            **values, time=time(), record=said.model_dump_json()
        )
        new = insert.excluded
        put = insert.on_conflict_do_update(
            index_elements=list(_KEY),
            set_={"record": new.record, "time": new.time},
            where=table.c.record != new.record,
        )
        with self._database.write() as connection:
            connection.execute(put.inline())
            where = [table.c[name] == value for name, value in values.items()]
            row = connection.execute(sa.select(table).where(*where)).one()
        return _said(row)

    def page(
        self, limit: int, *, after: int | None = None, response: str | None = None
    ) -> tuple[list[Said], bool]:
        """Some of it, the newest first, and whether there is more.

        Args:
            limit: most of them.
            after: the number of the last one of the page before.
            response: only what was said of this response.
        """
        query = sa.select(table).order_by(table.c.seq.desc()).limit(limit + 1)
        if after is not None:
            query = query.where(table.c.seq < after)
        if response is not None:
            query = query.where(table.c.response == response)
        with self._database.read() as connection:
            rows: Sequence[sa.Row[Any]] = connection.execute(query).all()
        return [_said(row) for row in rows[:limit]], len(rows) > limit


def _said(row: sa.Row[Any]) -> Said:
    feedback = Feedback.model_validate_json(row.record)
    return Said(seq=row.seq, time=row.time, feedback=feedback)
