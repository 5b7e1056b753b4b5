"""The outbox in memory: leases, fences, settlements; it sends nothing and knows no recipient."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from store.memory_claims import CLAIMABLE, claimable, entity_of, fairly, is_past
from store.memory_tables import Begin, Queued, Tables
from workflow.errors import NotFound
from workflow.lifecycles.message import Trigger, erasing, sources
from workflow.outbox import (
    WAITING,
    Attempt,
    Channel,
    Delivery,
    DeliveryState,
    MessageKind,
    QueuedMessage,
    Settlement,
)  # fmt: skip

S = DeliveryState
SPENT = erasing()  # nobody sends these again, so nobody needs their secret
REQUEUEABLE = sources(Trigger.RETRY)
CANCELLABLE = sources(Trigger.CANCEL)


class MemoryOutbox:
    """The port `Outbox` on dictionaries."""

    def __init__(self, begin: Begin) -> None:
        self._begin = begin

    def claim(
        self, channels: frozenset[Channel], *, now: datetime, lease_until: datetime, limit: int
    ) -> list[Delivery]:
        """Lease due rows, entity by entity, each with a new fence; never past send_before."""
        tables = self._begin()
        due = fairly(tables, channels, now=now, limit=limit)
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
        tables.attempts.put((begun.message.id, begun.fence), Attempt(begun.fence, now, None, str(S.SENDING)))
        return True

    def settle(self, delivery: Delivery, settlement: Settlement, *, now: datetime) -> bool:
        """Record what the attempt came to, and free the lease; False if the fence is stale."""
        tables = self._begin()
        row = _of_fence(tables, delivery)
        if row is None or row.delivery.state not in WAITING:
            return False
        _put(tables, Queued(_settled(row.delivery, settlement), poll_at=settlement.poll_at))
        _end_attempt(tables, row.delivery, settlement, now)
        return True

    def move(self, delivery: Delivery, settlement: Settlement, *, now: datetime) -> bool:
        """Write what a receipt came to, only while the row still stands as it was read; whoever held it holds it no more."""
        tables = self._begin()
        row = _of_fence(tables, delivery)
        if row is None or row.delivery.state is not delivery.state:
            return False
        moved = replace(
            row.delivery,
            state=settlement.state,
            fence=row.delivery.fence + 1,
            provider_ref=settlement.provider_ref or row.delivery.provider_ref,
            error=settlement.error,
        )
        _put(tables, Queued(_without_secret(moved) if settlement.erase_secret else moved, poll_at=settlement.poll_at))
        for _, attempt in tables.attempts.of(moved.message.id):
            _end_attempt(tables, replace(moved, fence=attempt.fence), settlement, now)
        return True

    def rescue(self, *, now: datetime) -> int:
        """Free lapsed leases: back to queued where no attempt began, unknown where one did; how many."""
        tables = self._begin()
        lapsed = [row for row in tables.outbox.all() if row.lease_until is not None and row.lease_until <= now]
        for row in lapsed:
            state = S.UNKNOWN if row.delivery.state is S.SENDING else row.delivery.state
            _put(tables, replace(row, delivery=replace(row.delivery, state=state), lease_until=None))
        return len(lapsed)

    def overdue(self, *, now: datetime) -> list[Delivery]:
        """Close what waited past its send_before as cancelled, secrets erased; the rows closed."""
        tables = self._begin()
        late = [row for row in tables.outbox.all() if row.delivery.state in WAITING and is_past(row, now)]
        return [_cancel(tables, row) for row in sorted(late, key=_age)]

    def erase_secrets(self, *, now: datetime) -> int:
        """Erase secrets that can no longer be needed: delivered, failed, past send_before; how many."""
        tables = self._begin()
        spent = [
            row
            for row in tables.outbox.all()
            if row.delivery.message.secret is not None and (row.delivery.state in SPENT or is_past(row, now))
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

    def listed(self, states: frozenset[DeliveryState], *, limit: int, apart_from: str | None = None) -> list[Delivery]:
        """Rows in these states, oldest first (all states when empty), secrets left out; without those of one entity."""
        tables = self._begin()
        rows = [row for row in tables.outbox.all() if not states or row.delivery.state in states]
        return _shown(row for row in rows if apart_from is None or entity_of(tables, row) != apart_from)[:limit]

    def requeue(self, message_id: UUID, *, now: datetime) -> None:
        """Put a parked or failed row back, its attempts at zero. Raises: NotFound."""
        tables = self._begin()
        row = _row(tables, message_id)
        if row.delivery.state in REQUEUEABLE:
            message = replace(row.delivery.message, not_before=now)
            _put(tables, Queued(replace(row.delivery, message=message, state=S.QUEUED, attempts=0, error=None)))

    def count_due(self, channels: frozenset[Channel], *, now: datetime) -> int:
        """How many rows could be claimed now."""
        return len(claimable(self._begin(), channels, now))

    def secret_of(self, message_id: UUID) -> str | None:
        """The secret of a row while it is kept. Raises: NotFound."""
        return _row(self._begin(), message_id).delivery.message.secret

    def attempts_of(self, message_id: UUID) -> list[Attempt]:
        """Every attempt at a row, oldest first."""
        return sorted((attempt for _, attempt in self._begin().attempts.of(message_id)), key=lambda one: one.fence)

    def by_reference(self, provider_ref: str) -> Delivery | None:
        """The row that the provider knows under this reference."""
        found = (row for row in self._begin().outbox.all() if row.delivery.provider_ref == provider_ref)
        return next((_without_secret(row.delivery) for row in found), None)

    def unconfirmed(self, *, now: datetime, lease_until: datetime, limit: int) -> list[Delivery]:
        """Accepted rows whose provider is to be asked now, oldest first, each put off until the lease ends."""
        tables = self._begin()
        due = [
            (row.poll_at, row.delivery.message.id, row)
            for row in tables.outbox.all()
            if row.poll_at is not None and row.poll_at <= now and row.delivery.state is S.ACCEPTED
        ]
        asked = [row for _, _, row in sorted(due, key=lambda one: one[:2])[:limit]]
        for row in asked:
            _put(tables, replace(row, poll_at=lease_until))
        return [_without_secret(row.delivery) for row in asked]

    def asked(self, delivery: Delivery, *, again_at: datetime | None) -> None:
        """Note that the provider was asked about a row, and when to ask again."""
        tables = self._begin()
        row = _row(tables, delivery.message.id)
        if row.poll_at is not None:
            counted = replace(row.delivery, polls=row.delivery.polls + 1)
            _put(tables, replace(row, delivery=counted, poll_at=again_at))

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
        if row.delivery.state in CANCELLABLE and (not kinds or row.delivery.message.kind in kinds):
            _cancel(tables, row)


def erase_case_secrets(tables: Tables, case_id: UUID) -> None:
    """Erase the links and codes of a case that the queue still holds."""
    for _, row in tables.outbox.of(case_id):
        _put(tables, replace(row, delivery=_without_secret(row.delivery)))


def _end_attempt(tables: Tables, delivery: Delivery, settlement: Settlement, now: datetime) -> None:
    attempt = tables.attempts.get((delivery.message.id, delivery.fence))
    if attempt is not None and attempt.ended_at is None:
        ended = replace(
            attempt,
            ended_at=now,
            state=str(settlement.state),
            error=settlement.error,
            provider_ref=settlement.provider_ref,
        )
        tables.attempts.put((delivery.message.id, delivery.fence), ended)


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


def _age(row: Queued) -> tuple[datetime, int, UUID]:
    message = row.delivery.message
    return message.queued_at, message.sequence, message.id
