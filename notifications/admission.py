"""The gates as one run of the dispatcher meets them: how much it may claim of each channel, and what it tells them.

It sends nothing; gates and buckets are shared by all workers through the store.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from notifications.outcome import Down, Outcome, Unknown
from notifications.retry import POLICY
from workflow.limits import MONEY_FUSE, Bucket
from workflow.outbox import Channel, Delivery, Settlement
from workflow.ports import UnitOfWork, UnitOfWorkFactory

BEHIND = timedelta(seconds=5)  # a row that found its provider down lets another be the next to try
BURST_S = 2  # a worker looks every two seconds: what flows in meanwhile may leave at once

log = logging.getLogger(__name__)


def bucket_of(per_second: float) -> Bucket:
    """The bucket of a rate in messages per second."""
    return Bucket(per_second, max(1, round(per_second * BURST_S)))


@dataclass(frozen=True, slots=True)
class Room:
    """What a run may claim of one channel."""

    most: int
    tries: bool = False  # this run is the one that tries a closed gate
    closed: str | None = None  # why nothing may be claimed
    spent: bool = False  # the bucket holds less than was wanted


@dataclass(slots=True)
class Passage:
    """One run before the gates of all channels."""

    uow_factory: UnitOfWorkFactory
    buckets: Mapping[Channel, Bucket]
    now: datetime
    down: dict[Channel, str] = field(default_factory=dict)  # found out by this run
    _rooms: dict[Channel, Room] = field(default_factory=dict)
    _tried: set[Channel] = field(default_factory=set)

    @property
    def closed(self) -> dict[Channel, str]:
        """The channels over which nothing leaves now, and why."""
        return {channel: room.closed for channel, room in self._rooms.items() if room.closed} | self.down

    @property
    def spent(self) -> frozenset[Channel]:
        """The channels whose rate is used up for now."""
        return frozenset(channel for channel, room in self._rooms.items() if room.spent)

    def look(self, uow: UnitOfWork, channels: frozenset[Channel], *, until: datetime, batch: int) -> None:
        """See what may be claimed, before any row is locked: nobody waits for a gate while others wait for a row."""
        for channel in sorted(channels):
            self._rooms[channel] = self._room(uow, channel, until=until, batch=batch)

    def claim(self, uow: UnitOfWork, channel: Channel, *, until: datetime) -> list[Delivery]:
        """Lease what may leave over a channel; a closed gate costs one look, however many rows wait before it."""
        room = self._rooms[channel]
        if not room.most:
            if room.spent and not uow.outbox.count_due(frozenset({channel}), now=self.now):
                self._rooms[channel] = replace(room, spent=False)
            return []
        rows = uow.outbox.claim(frozenset({channel}), now=self.now, lease_until=until, limit=room.most)
        if channel in self.buckets and len(rows) < room.most:
            uow.gates.give_back(channel, self.buckets[channel], count=room.most - len(rows))
            self._rooms[channel] = replace(room, spent=False)
        return rows

    def heard(self, channel: Channel, outcome: Outcome) -> None:
        """Pass on what a provider said: one that is down closes its gate, one that answers opens it again."""
        tries = self._rooms[channel].tries
        if not tries and (not isinstance(outcome, Down) or channel in self.down):
            return
        if isinstance(outcome, Down):
            self.down[channel] = outcome.code
        self._tried.add(channel)
        with self.uow_factory() as uow:
            if isinstance(outcome, Down | Unknown):
                close(uow, channel, code=outcome.code, now=self.now)
            else:
                uow.gates.open(channel)
            uow.commit()

    def out_of_money(self, until: datetime) -> None:
        """Close the gate of SMS for the rest of the day, or until an operator opens it."""
        log.error("no SMS leaves until %s: %s", until, MONEY_FUSE)
        self.down[Channel.SMS] = MONEY_FUSE
        self._tried.add(Channel.SMS)
        with self.uow_factory() as uow:
            uow.gates.close(Channel.SMS, code=MONEY_FUSE, now=self.now, until=until)
            uow.commit()

    def leave(self) -> None:
        """A gate that was to be tried, and was not, may be tried by the next run."""
        left = [channel for channel, room in self._rooms.items() if room.tries and channel not in self._tried]
        if left:
            with self.uow_factory() as uow:
                for channel in left:
                    uow.gates.tried_nothing(channel)
                uow.commit()

    def _room(self, uow: UnitOfWork, channel: Channel, *, until: datetime, batch: int) -> Room:
        gate = uow.gates.of(channel)
        tries = not gate.is_open
        if tries and not (gate.may_be_tried(self.now) and uow.gates.try_one(channel, now=self.now, until=until)):
            return Room(0, closed=gate.code)
        most = 1 if tries else batch
        if channel not in self.buckets:
            return Room(most, tries)
        taken = uow.gates.take(channel, self.buckets[channel], now=self.now, most=most)
        return Room(taken, tries, spent=taken < most)


def close(uow: UnitOfWork, channel: Channel, *, code: str, now: datetime) -> None:
    """Close the gate of a provider that is down: for a minute, then as long again as it has lasted, within bounds (B3)."""
    shortest, longest = POLICY[channel].down
    lasted = now - (uow.gates.of(channel).paused_since or now)
    uow.gates.close(channel, code=code, now=now, until=now + min(max(lasted, shortest), longest))


def behind(what: Settlement, outcome: Outcome) -> Settlement:
    """A row that found its provider down goes behind the others: were it the cause itself, it would close the gate for ever."""
    if isinstance(outcome, Down) and what.not_before is not None:
        return replace(what, not_before=what.not_before + BEHIND)
    return what
