"""The one place that asks what time it is; every other file is handed `now`.

It knows nothing of deadlines or of the high-water mark.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol, runtime_checkable

from workflow.errors import Unavailable


class Clock(Protocol):
    """Tells the time; read once at each door."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""


@runtime_checkable
class MovableClock(Clock, Protocol):
    """A clock that people move: in demo and test only."""

    def advance(self, by: timedelta) -> datetime:
        """Move forward; the new instant. Raises: ValueError for a step back."""

    def set(self, at: datetime) -> datetime:
        """Put it at an instant, earlier or later. Raises: ValueError for a naive one."""


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


class ShiftedClock:
    """The clock of this machine moved by what a file says, for demo and test: every process that reads the file sees the same.

    Without the file it is the clock of this machine.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    def now(self) -> datetime:
        """The instant of the machine and what it was moved by."""
        return SystemClock().now() + self.shift

    @property
    def shift(self) -> timedelta:
        """How far it was moved. Raises: Unavailable where the file cannot be read."""
        try:
            return timedelta(seconds=float(self._file.read_text(encoding="ascii")))
        except FileNotFoundError:
            return timedelta()
        except (OSError, ValueError, OverflowError):
            raise Unavailable(f"{self._file} does not say how far the clock was moved. Delete it.") from None

    def advance(self, by: timedelta) -> datetime:
        """Move forward; the new instant. Raises: ValueError for a step back."""
        if by < timedelta():
            raise ValueError("a clock is advanced forward; use set to put it back")
        return self._write(self.shift + by)

    def set(self, at: datetime) -> datetime:
        """Put it at an instant, earlier or later; it goes on from there. Raises: ValueError for a naive one."""
        return self._write(_instant(at) - SystemClock().now())

    def _write(self, shift: timedelta) -> datetime:
        draft = self._file.with_suffix(".new")
        draft.write_text(str(shift.total_seconds()), encoding="ascii")
        draft.replace(self._file)
        return self.now()


def _instant(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("a naive datetime is no instant: give it a time zone")
    return at.astimezone(UTC)
