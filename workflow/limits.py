"""What holds sending back, as frozen values: gates before providers, buckets that fill with time, quotas, addresses that fail.

It knows no message and no provider; which limits there are, the dispatcher's room says.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil

from workflow.outbox import Channel

MONEY_FUSE = "sms_money_fuse"  # a gate that it closed is opened by the next day or by a person


@dataclass(frozen=True, slots=True)
class Gate:
    """The gate before one channel: closed for everybody from `paused_since` on; once the pause is over, one row may try."""

    channel: Channel
    paused_until: datetime | None = None
    paused_since: datetime | None = None
    code: str | None = None  # why it was closed
    probe_until: datetime | None = None  # until then somebody tries whether it can be opened

    @property
    def is_open(self) -> bool:
        """Whether rows pass freely."""
        return self.paused_since is None

    def may_be_tried(self, now: datetime) -> bool:
        """Whether the pause is over and nobody tries yet."""
        over = self.paused_until is None or self.paused_until <= now
        return not self.is_open and over and (self.probe_until is None or self.probe_until <= now)


@dataclass(frozen=True, slots=True)
class Bucket:
    """So many messages a second, and at most `burst` at once after a quiet time."""

    per_second: float
    burst: int

    @property
    def interval_us(self) -> int:
        """Microseconds that one message costs, rounded so that the rate is never exceeded."""
        return ceil(1_000_000 / self.per_second)


@dataclass(frozen=True, slots=True)
class Quota:
    """At most so much of one thing by one subject after `since`; a window slides, or ends for all at `ends_at`."""

    name: str
    subject: str = field(repr=False)  # kept as a keyed digest only
    most: int
    since: datetime
    ends_at: datetime | None = None  # None: each use frees its place as long after it as `since` lies before now
    amount: int = 1


@dataclass(frozen=True, slots=True)
class Exceeded:
    """The first quota that has no place left, and when it will have one; None where it never will."""

    name: str
    frees_at: datetime | None


@dataclass(frozen=True, slots=True)
class Use:
    """An earlier use that still counts."""

    used_at: datetime
    amount: int


def exceeded(quota: Quota, uses: list[Use], *, now: datetime) -> Exceeded | None:
    """Whether one use more is too many; `uses` are those after the quota's `since`, oldest first."""
    used = sum(use.amount for use in uses)
    if used + quota.amount <= quota.most:
        return None
    if quota.amount > quota.most:
        return Exceeded(quota.name, None)
    return Exceeded(quota.name, quota.ends_at or _frees_at(quota, uses, window=now - quota.since))


def _frees_at(quota: Quota, uses: list[Use], *, window: timedelta) -> datetime:
    left = sum(use.amount for use in uses)
    for use in uses:
        left -= use.amount
        if left + quota.amount <= quota.most:
            return use.used_at + window
    raise ValueError("a quota without uses has a place")
