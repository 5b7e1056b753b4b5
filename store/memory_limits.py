"""Gates, quotas and suppressed addresses in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from identity.contact import email_key
from store.limits import microseconds
from store.memory_tables import Begin, Used
from workflow.limits import Bucket, Exceeded, Gate, Quota, Use, exceeded
from workflow.outbox import Channel


class MemoryGates:
    """The port `Gates` on dictionaries."""

    def __init__(self, begin: Begin) -> None:
        self._begin = begin

    def of(self, channel: Channel) -> Gate:
        """The gate as it stands."""
        return self._begin().gates.get(channel) or Gate(channel)

    def hold(self, channel: Channel) -> None:
        """Nothing to do: one transaction runs at a time."""
        self._begin()

    def close(self, channel: Channel, *, code: str, now: datetime, until: datetime) -> None:
        """Close it until then, or longer where it is closed for longer already; whoever tried has failed."""
        gate = self.of(channel)
        shut = replace(gate, paused_since=gate.paused_since or now, probe_until=None)
        if gate.paused_until is None or gate.paused_until <= until:
            shut = replace(shut, paused_until=until, code=code)
        self._begin().gates.put(channel, shut)

    def try_one(self, channel: Channel, *, now: datetime, until: datetime) -> bool:
        """Be the one who tries it, its pause being over; nobody else may before `until`."""
        gate = self.of(channel)
        may = gate.may_be_tried(now)
        if may:
            self._begin().gates.put(channel, replace(gate, probe_until=until))
        return may

    def tried_nothing(self, channel: Channel) -> None:
        """Let another one try: there was no row to try it with."""
        self._begin().gates.put(channel, replace(self.of(channel), probe_until=None))

    def open(self, channel: Channel) -> None:
        """Open it."""
        self._begin().gates.put(channel, Gate(channel))

    def take(self, channel: Channel, bucket: Bucket, *, now: datetime, most: int) -> int:
        """Take up to `most` places out of the bucket; how many."""
        tables, interval = self._begin(), bucket.interval_us
        full_at = max(tables.buckets.get(channel) or 0, microseconds(now))
        room = (bucket.burst * interval - (full_at - microseconds(now))) // interval
        taken = min(max(room, 0), most)
        tables.buckets.put(channel, full_at + taken * interval)
        return taken

    def give_back(self, channel: Channel, bucket: Bucket, *, count: int) -> None:
        """Put places back that were not needed."""
        tables = self._begin()
        tables.buckets.put(channel, (tables.buckets.get(channel) or 0) - count * bucket.interval_us)


class MemoryQuotas:
    """The port `Quotas` on dictionaries."""

    def __init__(self, begin: Begin) -> None:
        self._begin = begin

    def hold(self, name: str, subject: str) -> None:
        """Let nobody else count this subject until this transaction ends; here one transaction runs at a time."""
        self._begin()

    def take(self, message_id: UUID, quotas: tuple[Quota, ...], *, now: datetime) -> Exceeded | None:
        """Count one message under all of these, or under none and say which has no place; a message counts once."""
        full = (exceeded(quota, self._uses(quota, apart_from=message_id), now=now) for quota in quotas)
        first = next((one for one in full if one is not None), None)
        if first is not None:
            return first
        self.give_back(message_id)
        for quota in quotas:
            used = Used(quota.subject, now, quota.amount)
            self._begin().uses.put((quota.name, message_id), used)
        return None

    def give_back(self, message_id: UUID) -> None:
        """Uncount a message that never left."""
        for key, _ in self._begin().uses.items():
            if key[1] == message_id:
                self._begin().uses.drop(key)

    def used(self, quota: Quota) -> int:
        """How much of it is used up."""
        return sum(use.amount for use in self._uses(quota, apart_from=None))

    def forget(self, name: str) -> None:
        """Count everybody's uses of this name afresh."""
        for key, _ in self._begin().uses.of(name):
            self._begin().uses.drop(key)

    def drop(self, *, before: datetime) -> int:
        """Drop uses that no window can see any more; how many."""
        old = [key for key, use in self._begin().uses.items() if use.used_at < before]
        for key in old:
            self._begin().uses.drop(key)
        return len(old)

    def _uses(self, quota: Quota, *, apart_from: UUID | None) -> list[Use]:
        counted = [
            Use(use.used_at, use.amount)
            for (_, message_id), use in self._begin().uses.of(quota.name)
            if use.subject == quota.subject and use.used_at > quota.since and message_id != apart_from
        ]
        return sorted(counted, key=lambda use: use.used_at)


class MemorySuppressions:
    """The port `Suppressions` on a dictionary."""

    def __init__(self, begin: Begin) -> None:
        self._begin = begin

    def add(self, address: str, *, reason: str, now: datetime) -> None:
        """Write to this address no more; the first reason stands."""
        if not self.has(address):
            self._begin().suppressed.put(email_key(address), now)

    def has(self, address: str) -> bool:
        """Whether nobody writes to it."""
        return self._begin().suppressed.get(email_key(address)) is not None

    def lift(self, address: str) -> bool:
        """Write to it again; whether it was held back."""
        held = self.has(address)
        self._begin().suppressed.drop(email_key(address))
        return held

    def drop(self, *, before: datetime) -> int:
        """Drop those that are older; how many."""
        old = [key for key, since in self._begin().suppressed.items() if since < before]
        for key in old:
            self._begin().suppressed.drop(key)
        return len(old)
