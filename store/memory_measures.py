"""Figures of the queue, counted in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

from store.memory_tables import Begin, Queued, Tables
from workflow.measures import COUNTED, MOST_ARRIVALS, WINDOW, Arrivals, Measured
from workflow.outbox import WAITING, DeliveryState, ReceiptStatus

ENDS = frozenset({ReceiptStatus.DELIVERED, ReceiptStatus.UNDELIVERED, ReceiptStatus.BOUNCED})


class MemoryMeasures:
    """The port `Measures` on dictionaries."""

    def __init__(self, begin: Begin) -> None:
        self._begin = begin

    def taken(self, *, now: datetime) -> Measured:
        """The figures now."""
        tables = self._begin()
        rows = list(tables.outbox.all())
        states = Counter(row.delivery.state for row in rows)
        accepted = [row for row in rows if row.delivery.state is DeliveryState.ACCEPTED]
        return Measured(
            oldest_due=_oldest_due(rows, now),
            states={state: states[state] for state in sorted(COUNTED)},
            awaiting_receipt=sum(row.poll_at is not None for row in accepted),
            unconfirmed=sum(row.poll_at is None and row.delivery.polls > 0 for row in accepted),
            strays=sum(told.case_id is None for _, told in tables.receipts.items()),
            arrivals=_arrivals(tables, now),
            counted=dict(sorted(tables.counters.items())),
        )

    def count(self, name: str, by: int) -> None:
        """Add to a counter; it begins at nought."""
        tables = self._begin()
        tables.counters.put(name, (tables.counters.get(name) or 0) + by)

    def note(self, name: str, value: int) -> None:
        """Write down a figure that stands until it is written again."""
        self._begin().counters.put(name, value)

    def noted(self, name: str) -> int | None:
        """A figure or a counter as it stands; None before it was ever written."""
        return self._begin().counters.get(name)


def _oldest_due(rows: list[Queued], now: datetime) -> dict[str, timedelta]:
    oldest: dict[str, timedelta] = {}
    for row in rows:
        since = _since(row)
        if row.delivery.state in WAITING and since <= now:
            channel = str(row.delivery.message.channel)
            oldest[channel] = max(oldest.get(channel, timedelta()), now - since)
    return oldest


def _since(row: Queued) -> datetime:
    """A row that was tried waits since its first attempt: a provider that is down puts it off again and again."""
    tried = row.delivery.first_attempt_at if row.delivery.error is not None else None
    return tried or row.delivery.message.not_before


def _arrivals(tables: Tables, now: datetime) -> dict[str, Arrivals]:
    newest = sorted(_ends(tables, now), reverse=True, key=lambda end: end[0])[:MOST_ARRIVALS]
    return {
        channel: Arrivals(
            tuple(wait for _, other, wait in newest if other == channel and wait is not None),
            sum(other == channel and wait is None for _, other, wait in newest),
        )
        for channel in sorted({channel for _, channel, _ in newest})
    }


def _ends(tables: Tables, now: datetime) -> Iterator[tuple[datetime, str, timedelta | None]]:
    """When the end of a message was told within the window, its channel, and its wait; None: it is lost."""
    for _, told in tables.receipts.items():
        receipt, at = told.kept.receipt, told.kept.received_at
        id_ = receipt.message_id
        case_id = tables.outbox_ids.get(id_) if id_ else None
        row = tables.outbox.get((case_id, id_)) if case_id and id_ else None
        if not told.kept.moved or at <= now - WINDOW or receipt.status not in ENDS or row is None:
            continue
        if (sent_at := row.delivery.last_attempt_at) is not None:
            arrived = receipt.status is ReceiptStatus.DELIVERED
            yield at, str(row.delivery.message.channel), max(at - sent_at, timedelta()) if arrived else None
