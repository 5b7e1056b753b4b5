"""The outbox in memory: leases, fences, settlements; it sends nothing and knows no recipient."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from store.memory_tables import Begin, Queued, Tables
from workflow.errors import NotFound
from workflow.outbox import WAITING, Channel, Delivery, DeliveryState, MessageKind, QueuedMessage, Settlement

S = DeliveryState
CLAIMABLE = frozenset({S.QUEUED, S.UNKNOWN})
SPENT = frozenset({S.DELIVERED, S.FAILED, S.CANCELLED})  # nobody sends these again, so nobody needs their secret
REQUEUEABLE = frozenset({S.PARKED, S.FAILED})


class MemoryOutbox:
    """The port `Outbox` on dictionaries."""

    def __init__(self, begin: Begin) -> None:
        self._begin = begin

    def claim(
        self, channels: frozenset[Channel], *, now: datetime, lease_until: datetime, limit: int
    ) -> list[Delivery]:
        """Lease due rows, oldest first, each with a new fence; never past send_before."""
        tables = self._begin()
        due = sorted(_claimable(tables, channels, now), key=_turn)[:limit]
        leased = [replace(row.delivery, fence=row.delivery.fence + 1) for row in due]
        for delivery in leased:
            _put(tables, Queued(delivery, lease_until))
        return leased

    def begin(self, delivery: Delivery, *, now: datetime, lease_until: datetime) -> bool:
        """Record that an attempt starts; False if the fence is stale."""
        tables = self._begin()
        row = _of_fence(tables, delivery)
        if row is None or row.lease_until is None or row.delivery.state not in CLAIMABLE:
            return False
        begun = replace(
            row.delivery,
            message=replace(row.delivery.message, language=delivery.message.language),
            state=S.SENDING,
            attempts=row.delivery.attempts + 1,
            template=delivery.template,
            body_digest=delivery.body_digest,
            first_attempt_at=row.delivery.first_attempt_at or now,
            last_attempt_at=now,
        )
        _put(tables, Queued(begun, lease_until))
        return True

    def settle(self, delivery: Delivery, settlement: Settlement, *, now: datetime) -> bool:
        """Record what the attempt came to, and free the lease; False if the fence is stale."""
        tables = self._begin()
        row = _of_fence(tables, delivery)
        if row is None or row.delivery.state not in WAITING:
            return False
        _put(tables, Queued(_settled(row.delivery, settlement)))
        return True

    def rescue(self, *, now: datetime) -> int:
        """Free lapsed leases: back to queued where no attempt began, unknown where one did; how many."""
        tables = self._begin()
        lapsed = [row for row in tables.outbox.all() if row.lease_until is not None and row.lease_until <= now]
        for row in lapsed:
            state = S.UNKNOWN if row.delivery.state is S.SENDING else row.delivery.state
            _put(tables, Queued(replace(row.delivery, state=state)))
        return len(lapsed)

    def overdue(self, *, now: datetime) -> list[Delivery]:
        """Close what waited past its send_before as cancelled, secrets erased; the rows closed."""
        tables = self._begin()
        late = [row for row in tables.outbox.all() if row.delivery.state in WAITING and _is_past(row, now)]
        return [_cancel(tables, row) for row in sorted(late, key=_age)]

    def erase_secrets(self, *, now: datetime) -> int:
        """Erase secrets that can no longer be needed: delivered, failed, past send_before; how many."""
        tables = self._begin()
        spent = [
            row
            for row in tables.outbox.all()
            if row.delivery.message.secret is not None and (row.delivery.state in SPENT or _is_past(row, now))
        ]
        for row in spent:
            _put(tables, replace(row, delivery=_without_secret(row.delivery)))
        return len(spent)

    def of_case(self, case_id: UUID) -> list[Delivery]:
        """Every row of a case, oldest first, secrets left out."""
        return _shown(row for _, row in self._begin().outbox.of(case_id))

    def find(self, message_id: UUID) -> Delivery:
        """One row, secret left out. Raises: NotFound."""
        return _without_secret(_row(self._begin(), message_id).delivery)

    def listed(self, states: frozenset[DeliveryState], *, limit: int) -> list[Delivery]:
        """Rows in these states, oldest first (all states when empty), secrets left out."""
        rows = self._begin().outbox.all()
        return _shown(row for row in rows if not states or row.delivery.state in states)[:limit]

    def requeue(self, message_id: UUID, *, now: datetime) -> None:
        """Put a parked or failed row back, its attempts at zero. Raises: NotFound."""
        tables = self._begin()
        row = _row(tables, message_id)
        if row.delivery.state in REQUEUEABLE:
            message = replace(row.delivery.message, not_before=now)
            _put(tables, Queued(replace(row.delivery, message=message, state=S.QUEUED, attempts=0, error=None)))

    def count_due(self, channels: frozenset[Channel], *, now: datetime) -> int:
        """How many rows could be claimed now."""
        return len(_claimable(self._begin(), channels, now))

    def latest_owed(self, *, upto: datetime) -> datetime | None:
        """The latest instant, up to a bound, at which a row came due that waits and was never tried."""
        fresh = [row.delivery for row in self._begin().outbox.all() if row.delivery.state is S.QUEUED]
        owed = [one.message.not_before for one in fresh if one.error is None and one.message.not_before <= upto]
        return max(owed, default=None)


def owe(tables: Tables, message: QueuedMessage) -> None:
    """Queue a message. Raises: ValueError when a transition owes the same one twice to the same audience."""
    own = (message.kind, message.audience, message.sequence)
    for _, row in tables.outbox.of(message.case_id):
        other = row.delivery.message
        if (other.kind, other.audience, other.sequence) == own:
            raise ValueError(f"message {message.kind} to {message.audience} is owed twice by one transition")
    _put(tables, Queued(Delivery(replace(message, params=dict(message.params)), S.QUEUED)))


def cancel_messages(tables: Tables, case_id: UUID, kinds: tuple[MessageKind, ...]) -> None:
    """Cancel what of these kinds waits to be sent; without kinds all of the case."""
    for _, row in tables.outbox.of(case_id):
        if row.delivery.state in WAITING and (not kinds or row.delivery.message.kind in kinds):
            _cancel(tables, row)


def erase_case_secrets(tables: Tables, case_id: UUID) -> None:
    """Erase the links and codes of a case that the queue still holds."""
    for _, row in tables.outbox.of(case_id):
        _put(tables, replace(row, delivery=_without_secret(row.delivery)))


def _claimable(tables: Tables, channels: frozenset[Channel], now: datetime) -> list[Queued]:
    return [
        row
        for row in tables.outbox.all()
        if row.delivery.message.channel in channels
        and row.delivery.state in CLAIMABLE
        and row.lease_until is None
        and row.delivery.message.not_before <= now
        and not _is_past(row, now)
    ]


def _settled(delivery: Delivery, settlement: Settlement) -> Delivery:
    """An attempt that began is counted when it begins; what costs nothing is given back, what never began is not."""
    began = delivery.state is S.SENDING
    message = delivery.message
    settled = replace(
        delivery,
        message=replace(message, not_before=settlement.not_before or message.not_before),
        state=settlement.state,
        attempts=delivery.attempts - (began and not settlement.counts),
        provider_ref=settlement.provider_ref or delivery.provider_ref,
        error=settlement.error,
    )
    return _without_secret(settled) if settlement.erase_secret else settled


def _cancel(tables: Tables, row: Queued) -> Delivery:
    """Close a row; its fence moves on, so that whoever holds it can neither begin nor settle."""
    delivery = _without_secret(replace(row.delivery, state=S.CANCELLED, fence=row.delivery.fence + 1))
    _put(tables, Queued(delivery))
    return delivery


def _of_fence(tables: Tables, delivery: Delivery) -> Queued | None:
    row = tables.outbox.get((delivery.message.case_id, delivery.message.id))
    return row if row is not None and row.delivery.fence == delivery.fence else None


def _row(tables: Tables, message_id: UUID) -> Queued:
    case_id = tables.outbox_ids.get(message_id)
    row = tables.outbox.get((case_id, message_id)) if case_id else None
    if row is None:
        raise NotFound("message", str(message_id))
    return row


def _put(tables: Tables, row: Queued) -> None:
    message = row.delivery.message
    tables.outbox.put((message.case_id, message.id), row)
    if tables.outbox_ids.get(message.id) is None:
        tables.outbox_ids.put(message.id, message.case_id)


def _without_secret(delivery: Delivery) -> Delivery:
    return replace(delivery, message=replace(delivery.message, secret=None))


def _shown(rows: Iterable[Queued]) -> list[Delivery]:
    return [_without_secret(row.delivery) for row in sorted(rows, key=_age)]


def _is_past(row: Queued, now: datetime) -> bool:
    limit = row.delivery.message.send_before
    return limit is not None and limit <= now


def _turn(row: Queued) -> tuple[datetime, UUID]:
    return row.delivery.message.not_before, row.delivery.message.id


def _age(row: Queued) -> tuple[datetime, int, UUID]:
    message = row.delivery.message
    return message.queued_at, message.sequence, message.id
