"""The high-water mark of time, one row."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from store.dialects import SQLITE
from store.tables import marks
from store.transaction import Transaction

HIGH_WATER = "high_water"


class SqlMarks:
    """The port `Marks` on a database."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def high_water(self) -> datetime | None:
        """The latest instant that a tick has seen."""
        mark: datetime | None = self._transaction.execute(_READ).scalar_one_or_none()
        return mark

    def raise_to(self, now: datetime) -> None:
        """Raise the mark; never lowers it."""
        make = sqlite.insert if self._transaction.dialect == SQLITE else postgresql.insert
        insert = make(marks).values(name=HIGH_WATER, at=now)
        later = insert.excluded["at"]
        self._transaction.execute(
            insert.on_conflict_do_update(index_elements=["name"], set_={"at": later}, where=marks.c.at < later)
        )


_READ = select(marks.c.at).where(marks.c.name == HIGH_WATER)
