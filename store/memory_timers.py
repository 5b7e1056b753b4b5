"""Timers in memory: a row is there while it is armed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from store.memory_tables import Begin, Tables
from workflow.model import Timer


class MemoryTimers:
    """The port `Timers` on dictionaries."""

    def __init__(self, begin: Begin) -> None:
        self._begin = begin

    def armed(self, case_id: UUID) -> list[Timer]:
        """The armed timers of a case, soonest first."""
        return armed_of(self._begin(), case_id)

    def due(self, *, now: datetime, limit: int, after: Timer | None = None) -> list[Timer]:
        """A batch of armed timers that are due, oldest first, those behind `after` only."""
        due = (timer for timer in self._begin().timers.all() if timer.due_at <= now)
        return soonest(timer for timer in due if after is None or _place(timer) > _place(after))[:limit]

    def count_due(self, *, now: datetime) -> int:
        """How many are due."""
        return sum(timer.due_at <= now for timer in self._begin().timers.all())

    def ahead(self, *, now: datetime, limit: int) -> list[Timer]:
        """The armed timers that lie ahead, soonest first."""
        return soonest(timer for timer in self._begin().timers.all() if timer.due_at > now)[:limit]


def armed_of(tables: Tables, case_id: UUID) -> list[Timer]:
    """The armed timers of a case, soonest first."""
    return soonest(timer for _, timer in tables.timers.of(case_id))


def soonest(timers: Iterable[Timer]) -> list[Timer]:
    """Timers in the order in which they fall due."""
    return sorted(timers, key=_place)


def _place(timer: Timer) -> tuple[datetime, UUID, str]:
    return timer.due_at, timer.case_id, timer.trigger
