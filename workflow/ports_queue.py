"""The ports of the queue: what waits to leave, what became of it, and what the database knows of the journal outside of it.

Two stores keep them, and `now` is always an argument.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from workflow.outbox import (
    Attempt,
    Channel,
    Delivery,
    DeliveryState,
    KeptReceipt,
    Receipt,
    Settlement,
)  # fmt: skip


class Outbox(Protocol):
    """The queue of everything that leaves."""

    def claim(
        self, channels: frozenset[Channel], *, now: datetime, lease_until: datetime, limit: int
    ) -> list[Delivery]:
        """Lease due rows (queued, or unknown past its wait), oldest first, each with a new fence; never past send_before."""

    def begin(self, delivery: Delivery, *, now: datetime, lease_until: datetime) -> bool:
        """Record that an attempt starts (state sending; pinned template, language, digest); False if the fence is stale."""

    def settle(self, delivery: Delivery, settlement: Settlement, *, now: datetime) -> bool:
        """Record what the attempt came to, and free the lease; False if the fence is stale."""

    def rescue(self, *, now: datetime) -> int:
        """Free lapsed leases: back to queued where no attempt began, unknown where one did; how many."""

    def overdue(self, *, now: datetime) -> list[Delivery]:
        """Close what waited past its send_before as cancelled, secrets erased; the rows closed."""

    def erase_secrets(self, *, now: datetime) -> int:
        """Erase secrets that can no longer be needed: delivered, failed, past send_before; how many."""

    def of_case(self, case_id: UUID) -> list[Delivery]:
        """Every row of a case, oldest first, secrets left out."""

    def find(self, message_id: UUID) -> Delivery:
        """One row, secret left out. Raises: NotFound."""

    def listed(self, states: frozenset[DeliveryState], *, limit: int, apart_from: str | None = None) -> list[Delivery]:
        """Rows in these states, oldest first (all states when empty), secrets left out; without those of one entity."""

    def requeue(self, message_id: UUID, *, now: datetime) -> None:
        """Put a parked or failed row back, its attempts at zero."""

    def count_due(self, channels: frozenset[Channel], *, now: datetime) -> int:
        """How many rows could be claimed now."""

    def latest_owed(self, *, upto: datetime) -> datetime | None:
        """The latest instant, up to a bound, at which a row came due that waits and was never tried."""

    def move(self, delivery: Delivery, settlement: Settlement, *, now: datetime) -> bool:
        """Write what a receipt came to, only while the row still stands as it was read; whoever held it holds it no more."""

    def secret_of(self, message_id: UUID) -> str | None:
        """The secret of a row while it is kept; it is read to be sent again, never to be shown."""

    def attempts_of(self, message_id: UUID) -> list[Attempt]:
        """Every attempt at a row, oldest first."""

    def by_reference(self, provider_ref: str) -> Delivery | None:
        """The row that the provider knows under this reference."""

    def unconfirmed(self, *, now: datetime, lease_until: datetime, limit: int) -> list[Delivery]:
        """Accepted rows whose provider is to be asked now, oldest first, each put off until the lease ends."""

    def asked(self, delivery: Delivery, *, again_at: datetime | None) -> None:
        """Note that the provider was asked about a row, and when to ask again."""


class Receipts(Protocol):
    """Everything that providers told us, kept whether it moved a message or not."""

    def keep(self, receipt: Receipt, *, case_id: UUID | None, moved: bool, now: datetime) -> None:
        """Write one down; its message may be none of ours."""

    def of_message(self, message_id: UUID) -> list[KeptReceipt]:
        """What was told of a message, oldest first."""

    def drop_strays(self, *, before: datetime) -> int:
        """Drop receipts of no message of ours that are older; how many."""


class Fences(Protocol):
    """What the database knows of the send journal outside of it (F46)."""

    def installation(self) -> str | None:
        """The name under which this database sends; None before it ever sent."""

    def call_it(self, installation: str) -> str:
        """Name it, unless it has a name; the name that stands."""

    def epoch(self) -> int:
        """How many batches were claimed to be sent."""

    def raise_epoch(self) -> int:
        """One more; the new epoch."""

    def lift(self, epoch: int) -> None:
        """Go on from an epoch that was reached elsewhere."""

    def sent_elsewhere(self, keys: Sequence[bytes], *, now: datetime) -> dict[bytes, int]:
        """How many messages of these keys had left before the restore and are not made up for."""

    def expect(self, counts: Mapping[bytes, int], *, until: datetime) -> None:
        """Note how many messages of a key had left before the restore."""

    def spend(self, key: bytes) -> bool:
        """One of them is made up for; False when none is left."""

    def forget(self, *, now: datetime) -> int:
        """Drop what is no longer expected; how many."""

    def doubt(self, delivery: Delivery, *, first_at: datetime, last_at: datetime) -> bool:
        """Make a waiting row one whose attempt has no outcome; False when it no longer stands as it was read."""
