"""What the proof reads of a database besides the product's own doors: rows to be judged, and when anything is due next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select

from store.engine import open_engine
from store.tables import audit_events, cases, timers
from store.tables_queue import delivery_attempts, outbox
from workflow.outbox import WAITING

SENT = ("email", "sms")
_OURS = outbox.c.channel.in_(SENT)
_WAITS = outbox.c.state.in_(sorted(WAITING)) & _OURS


class Database:
    """Reads the database of one part."""

    def __init__(self, url: str) -> None:
        self._engine = open_engine(url, pooled=True)

    def next_instant(self) -> datetime | None:
        """When anything is due next: a row, the end of a lease or of a row's time, a question, a timer."""
        asked = (
            select(func.min(outbox.c.not_before)).where(_WAITS, outbox.c.lease_until.is_(None)),
            select(func.min(outbox.c.lease_until)).where(_WAITS),
            select(func.min(outbox.c.send_before)).where(_WAITS),
            select(func.min(outbox.c.poll_at)).where(outbox.c.state == "accepted"),
            select(func.min(timers.c.due_at)).where(timers.c.armed),
        )
        with self._engine.connect() as connection:
            found = [connection.execute(query).scalar_one() for query in asked]
        return min((at for at in found if at is not None), default=None)

    def messages(self) -> Sequence[Row[Any]]:
        """Every row that leaves by mail or SMS."""
        return self._rows(select(outbox).where(_OURS))

    def attempts(self) -> Sequence[Row[Any]]:
        """Every attempt."""
        return self._rows(select(delivery_attempts))

    def cases(self) -> Sequence[Row[Any]]:
        """Every case as it ended."""
        return self._rows(select(cases.c.id, cases.c.state))

    def events(self) -> Sequence[Row[Any]]:
        """What happened to each case."""
        wanted = (audit_events.c.case_id, audit_events.c.sequence, audit_events.c.trigger, audit_events.c.to_state)
        return self._rows(select(*wanted))

    def close(self) -> None:
        """Let go."""
        self._engine.dispose()

    def _rows(self, query: Any) -> Sequence[Row[Any]]:
        with self._engine.connect() as connection:
            return connection.execute(query).all()
