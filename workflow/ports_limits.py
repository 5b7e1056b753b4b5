"""The ports of what holds sending back; two stores keep them, and `now` is always an argument."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol
from uuid import UUID

from workflow.limits import Bucket, Exceeded, Gate, Quota
from workflow.outbox import Channel


class Gates(Protocol):
    """One gate before each channel, shared by all workers: closed while its provider is down, and as wide as its bucket."""

    def of(self, channel: Channel) -> Gate:
        """The gate as it stands."""

    def hold(self, channel: Channel) -> None:
        """Let nobody else pass limits of this channel until this transaction ends, and see what they wrote."""

    def close(self, channel: Channel, *, code: str, now: datetime, until: datetime) -> None:
        """Close it until then, or longer where it is closed for longer already; whoever tried has failed."""

    def try_one(self, channel: Channel, *, now: datetime, until: datetime) -> bool:
        """Be the one who tries it, its pause being over; nobody else may before `until`."""

    def tried_nothing(self, channel: Channel) -> None:
        """Let another one try: there was no row to try it with."""

    def open(self, channel: Channel) -> None:
        """Open it."""

    def take(self, channel: Channel, bucket: Bucket, *, now: datetime, most: int) -> int:
        """Take up to `most` places out of the bucket by one statement; how many."""

    def give_back(self, channel: Channel, bucket: Bucket, *, count: int) -> None:
        """Put places back that were not needed."""


class Quotas(Protocol):
    """Who used how much of what; subjects stand as keyed digests."""

    def hold(self, name: str, subject: str) -> None:
        """Let nobody else count this subject under this name until this transaction ends."""

    def take(self, message_id: UUID, quotas: tuple[Quota, ...], *, now: datetime) -> Exceeded | None:
        """Count one message under all of these, or under none and say which has no place; a message counts once."""

    def give_back(self, message_id: UUID) -> None:
        """Uncount a message that never left."""

    def used(self, quota: Quota) -> int:
        """How much of it is used up."""

    def forget(self, name: str) -> None:
        """Count everybody's uses of this name afresh."""

    def drop(self, *, before: datetime) -> int:
        """Drop uses that no window can see any more; how many."""


class Suppressions(Protocol):
    """Addresses at which nothing ever arrives, as keyed digests of the normalised address."""

    def add(self, address: str, *, reason: str, now: datetime) -> None:
        """Write to this address no more; the first reason stands."""

    def has(self, address: str) -> bool:
        """Whether nobody writes to it."""

    def lift(self, address: str) -> bool:
        """Write to it again; whether it was held back."""

    def drop(self, *, before: datetime) -> int:
        """Drop those that are older; how many."""
