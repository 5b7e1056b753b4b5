"""The one place that asks what time it is; every other file is handed `now`.

It knows nothing of deadlines or of the high-water mark.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time; read once at each door."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""


class SystemClock:
    """The clock of this machine, or whatever the process was told it is."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return datetime.now(UTC)


class VirtualClock:
    """A clock that stands still until it is moved, so that a whole life of a case can be told in a second."""

    def __init__(self, start: datetime) -> None:
        self._now = _instant(start)

    def now(self) -> datetime:
        """The instant at which it was put."""
        return self._now

    def advance(self, by: timedelta) -> datetime:
        """Move forward; the new instant. Raises: ValueError for a step back, which is what `set` is for."""
        if by < timedelta():
            raise ValueError("a clock is advanced forward; use set to put it back")
        self._now += by
        return self._now

    def set(self, at: datetime) -> datetime:
        """Put it at an instant, earlier or later; the new instant. Raises: ValueError for a naive one."""
        self._now = _instant(at)
        return self._now


def _instant(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("a naive datetime is no instant: give it a time zone")
    return at.astimezone(UTC)
