"""Deadlines in SQL: what is armed, what is due, a page at a time."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, func, literal, select, tuple_

from store.tables import ARMED, cases, timers
from store.transaction import Transaction
from workflow.model import Timer


class SqlTimers:
    """The port `Timers` on a database."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def armed(self, case_id: UUID) -> list[Timer]:
        """The armed timers of a case, soonest first."""
        return [Timer(*row) for row in self._transaction.execute(_ARMED, {"of": case_id})]

    def due(self, *, now: datetime, limit: int, after: Timer | None = None) -> list[Timer]:
        """A batch of armed timers that are due, oldest first, behind `after`; PostgreSQL passes over cases that others hold."""
        query = DUE if after is None else DUE.where(tuple_(*_PLACE) > tuple_(*_place(after)))
        return [Timer(*row) for row in self._transaction.execute(query, {"now": now, "most": limit})]

    def count_due(self, *, now: datetime) -> int:
        """How many are due."""
        return int(self._transaction.execute(COUNT, {"now": now}).scalar_one())

    def ahead(self, *, now: datetime, limit: int) -> list[Timer]:
        """The armed timers that lie ahead, soonest first."""
        return [Timer(*row) for row in self._transaction.execute(_AHEAD, {"now": now, "most": limit})]


def _place(timer: Timer) -> tuple[object, ...]:
    given = (timer.due_at, timer.case_id, timer.trigger)
    return tuple(literal(value, column.type) for value, column in zip(given, _PLACE, strict=True))


_PLACE = (timers.c.due_at, timers.c.case_id, timers.c.trigger)
_ALL = select(timers.c.case_id, timers.c.trigger, timers.c.due_at).where(ARMED)
_ARMED = _ALL.where(timers.c.case_id == bindparam("of")).order_by(*_PLACE)
DUE = (
    _ALL.join(cases, cases.c.id == timers.c.case_id)
    .where(timers.c.due_at <= bindparam("now"))
    .order_by(*_PLACE)
    .limit(bindparam("most"))
    .with_for_update(of=cases, skip_locked=True)
)
_AHEAD = _ALL.where(timers.c.due_at > bindparam("now")).order_by(*_PLACE).limit(bindparam("most"))
COUNT = select(func.count()).select_from(timers).where(ARMED, timers.c.due_at <= bindparam("now"))
