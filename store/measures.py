"""Figures of the queue, in SQL: each question goes through a partial index, so closed rows cost nothing."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from sqlalchemy import bindparam, case, func, select, text
from sqlalchemy.dialects import postgresql, sqlite

from store.dialects import SQLITE
from store.tables_queue import LOOK, UNCONFIRMED, WAITS, counters, gates, outbox, receipts
from store.transaction import Transaction
from store.types import UtcDateTime
from store.upserts import upsert
from workflow.measures import COUNTED, MOST_ARRIVALS, WINDOW, Arrivals, Measured
from workflow.outbox import DeliveryState, ReceiptStatus


class SqlMeasures:
    """The port `Measures` on a database."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def taken(self, *, now: datetime) -> Measured:
        """The figures now."""
        found = self._transaction.execute
        states = {str(state): number for question in _STATES for state, number in found(question)}
        return Measured(
            oldest_due={channel: now - since for channel, since in found(_OLDEST, {"now": now})},
            states={state: states.get(state, 0) for state in sorted(COUNTED)},
            awaiting_receipt=found(_AWAITING).scalar_one(),
            unconfirmed=found(_UNCONFIRMED).scalar_one(),
            strays=found(_STRAYS).scalar_one(),
            arrivals=self._arrivals(now),
            counted={row.name: row.value for row in found(_COUNTERS)},
            paused=frozenset(found(_PAUSED, {"now": now}).scalars()),
        )

    def count(self, name: str, by: int) -> None:
        """Add to a counter; it begins at nought."""
        make = sqlite.insert if self._transaction.dialect == SQLITE else postgresql.insert
        insert = make(counters).values(name=name, value=by)
        more = counters.c.value + insert.excluded["value"]
        self._transaction.execute(insert.on_conflict_do_update(index_elements=["name"], set_={"value": more}))

    def note(self, name: str, value: int) -> None:
        """Write down a figure that stands until it is written again."""
        self._transaction.execute(upsert(counters, self._transaction.dialect), {"name": name, "value": value})

    def noted(self, name: str) -> int | None:
        """A figure or a counter as it stands; None before it was ever written."""
        found: int | None = self._transaction.execute(_NOTED, {"of": name}).scalar_one_or_none()
        return found

    def _arrivals(self, now: datetime) -> dict[str, Arrivals]:
        waits: dict[str, list[timedelta]] = defaultdict(list)
        lost: dict[str, int] = defaultdict(int)
        for channel, status, heard_at, sent_at in self._transaction.execute(_ARRIVALS, {"since": now - WINDOW}):
            if status == ReceiptStatus.DELIVERED:
                waits[channel].append(max(heard_at - sent_at, timedelta()))
            else:
                lost[channel] += 1
        return {channel: Arrivals(tuple(waits[channel]), lost[channel]) for channel in sorted({*waits, *lost})}


# A row that was tried waits since its first attempt: a provider that is down puts it off again and again.
_SINCE = case(
    (outbox.c.error.is_(None), outbox.c.not_before),
    else_=func.coalesce(outbox.c.first_attempt_at, outbox.c.not_before),
)
_DUE = bindparam("now", type_=UtcDateTime) >= _SINCE
_OLDEST = (
    select(outbox.c.channel, func.min(_SINCE, type_=UtcDateTime)).where(text(WAITS), _DUE).group_by(outbox.c.channel)
)
_STATES = tuple(
    select(outbox.c.state, func.count()).where(text(which)).group_by(outbox.c.state) for which in (WAITS, LOOK)
)
_AWAITING = select(func.count()).select_from(outbox).where(
    outbox.c.poll_at.is_not(None), outbox.c.state == str(DeliveryState.ACCEPTED)
)  # fmt: skip
_UNCONFIRMED = select(func.count()).select_from(outbox).where(text(UNCONFIRMED))
_STRAYS = select(func.count()).select_from(receipts).where(receipts.c.case_id.is_(None))
_COUNTERS = select(counters.c.name, counters.c.value).order_by(counters.c.name)
_NOTED = select(counters.c.value).where(counters.c.name == bindparam("of"))
_PAUSED = select(gates.c.channel).where(gates.c.paused_until > bindparam("now", type_=UtcDateTime))
_ENDS = sorted({ReceiptStatus.DELIVERED, ReceiptStatus.UNDELIVERED, ReceiptStatus.BOUNCED})
_ARRIVALS = (
    select(outbox.c.channel, receipts.c.status, receipts.c.received_at, outbox.c.last_attempt_at)
    .join_from(receipts, outbox, outbox.c.id == receipts.c.message_id)
    .where(
        text("receipts.moved"),
        receipts.c.received_at > bindparam("since", type_=UtcDateTime),
        receipts.c.status.in_(_ENDS),
        outbox.c.last_attempt_at.is_not(None),
    )
    .order_by(receipts.c.received_at.desc())
    .limit(MOST_ARRIVALS)
)
