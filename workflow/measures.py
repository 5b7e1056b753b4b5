"""Figures of the queue as an operator watches them: how long it waits, what needs a look, how fast messages arrive.

They name nobody and no case: channels, states and numbers only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil
from typing import Protocol

from workflow.outbox import WAITING, DeliveryState

WINDOW = timedelta(days=1)  # of arrivals
MOST_ARRIVALS = 1000  # the newest of the window: enough for a quantile of 99 in a hundred
SOON = timedelta(seconds=10)
QUANTILES = (0.5, 0.95, 0.99)
# Counted in full: what waits, and what a person has to look at. What came to a good end is only ever read by its window, so that
# a queue with a million closed rows is measured as fast as an empty one.
COUNTED = WAITING | {
    DeliveryState.PARKED,
    DeliveryState.FAILED,
    DeliveryState.UNDELIVERED,
    DeliveryState.BOUNCED,
}


@dataclass(frozen=True, slots=True)
class Arrivals:
    """How the messages of one channel fared whose end a receipt told within the window."""

    waits: tuple[timedelta, ...] = ()  # from the last attempt to the word that it was delivered
    lost: int = 0

    def quantile(self, share: float) -> timedelta | None:
        """The wait that this share of the delivered ones did not exceed; None without any."""
        ordered = sorted(self.waits)
        return ordered[max(ceil(share * len(ordered)) - 1, 0)] if ordered else None

    @property
    def soon(self) -> float | None:
        """The share of all that arrived within ten seconds; None without any."""
        total = len(self.waits) + self.lost
        return sum(wait <= SOON for wait in self.waits) / total if total else None


@dataclass(frozen=True, slots=True)
class Measured:
    """The figures at one instant."""

    oldest_due: Mapping[str, timedelta] = field(default_factory=dict)  # by channel, of what should have gone already
    states: Mapping[DeliveryState, int] = field(default_factory=dict)  # of COUNTED
    awaiting_receipt: int = 0  # accepted, and to be asked about
    unconfirmed: int = 0  # accepted, asked about for the last time, and nobody knows
    strays: int = 0  # receipts of no message of ours
    arrivals: Mapping[str, Arrivals] = field(default_factory=dict)  # by channel
    counted: Mapping[str, int] = field(default_factory=dict)  # what happened outside every case
    paused: frozenset[str] = frozenset()  # channels that a limit or a provider holds closed


class Measures(Protocol):
    """What is measured, and counters of what belongs to no case."""

    def taken(self, *, now: datetime) -> Measured:
        """The figures now."""

    def count(self, name: str, by: int) -> None:
        """Add to a counter; it begins at nought."""

    def note(self, name: str, value: int) -> None:
        """Write down a figure that stands until it is written again."""

    def noted(self, name: str) -> int | None:
        """A figure or a counter as it stands; None before it was ever written."""
