"""What a store in memory knows of a send journal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from store.memory_tables import Begin, Queued
from workflow.outbox import WAITING, Delivery, DeliveryState

INSTALLATION, EPOCH = "installation", "epoch"


class MemoryFences:
    """The port `Fences` on dictionaries."""

    def __init__(self, begin: Begin) -> None:
        self._begin = begin

    def installation(self) -> str | None:
        """The name under which this store sends; None before it ever sent."""
        return self._begin().fences.get(INSTALLATION)

    def call_it(self, installation: str) -> str:
        """Name it, unless it has a name; the name that stands."""
        stands = self.installation()
        if stands is None:
            self._begin().fences.put(INSTALLATION, installation)
        return stands or installation

    def epoch(self) -> int:
        """How many batches were claimed to be sent."""
        return int(self._begin().fences.get(EPOCH) or 0)

    def raise_epoch(self) -> int:
        """One more; the new epoch."""
        raised = self.epoch() + 1
        self.lift(raised)
        return raised

    def lift(self, epoch: int) -> None:
        """Go on from an epoch that was reached elsewhere."""
        self._begin().fences.put(EPOCH, str(epoch))

    def sent_elsewhere(self, keys: Sequence[bytes], *, now: datetime) -> dict[bytes, int]:
        """How many messages of these keys had left before the restore and are not made up for."""
        expected = self._begin().sent_elsewhere
        found = {key: row for key in keys if (row := expected.get(key)) is not None}
        return {key: times for key, (times, until) in found.items() if until > now}

    def expect(self, counts: Mapping[bytes, int], *, until: datetime) -> None:
        """Note how many messages of a key had left before the restore."""
        expected = self._begin().sent_elsewhere
        for key, times in counts.items():
            before = expected.get(key) or (0, until)
            expected.put(key, (before[0] + times, max(before[1], until)))

    def spend(self, key: bytes) -> bool:
        """One of them is made up for; False when none is left."""
        expected = self._begin().sent_elsewhere
        found = expected.get(key)
        if found is not None and found[0] > 1:
            expected.put(key, (found[0] - 1, found[1]))
        else:
            expected.drop(key)
        return found is not None

    def forget(self, *, now: datetime) -> int:
        """Drop what is no longer expected; how many."""
        expected = self._begin().sent_elsewhere
        past = [key for key, (_, until) in expected.items() if until <= now]
        for key in past:
            expected.drop(key)
        return len(past)

    def doubt(self, delivery: Delivery, *, first_at: datetime, last_at: datetime) -> bool:
        """Make a waiting row one whose attempt has no outcome; False when it no longer stands as it was read."""
        tables, message = self._begin(), delivery.message
        row = tables.outbox.get((message.case_id, message.id))
        if row is None or row.delivery.fence != delivery.fence or row.delivery.state not in WAITING:
            return False
        doubted = replace(
            row.delivery,
            state=DeliveryState.UNKNOWN,
            attempts=row.delivery.attempts + 1,
            fence=row.delivery.fence + 1,
            first_attempt_at=row.delivery.first_attempt_at or first_at,
            last_attempt_at=last_at,
        )
        tables.outbox.put((message.case_id, message.id), Queued(doubted))
        return True
