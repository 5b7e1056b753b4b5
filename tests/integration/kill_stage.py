"""Where killings are looked at: fresh cases, a process that dies of each point in turn, and another one that takes over.

What a point is stands in `kill_points`; what must be true afterwards, in the tests.
"""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

import psycopg

from bisdesk.ticks import PARTS, tick
from tests.integration import kill_points as points
from tests.integration.conftest import Arena
from tests.integration.kill_points import Mortal, Reaper, Work, doomed, opened
from tests.integration.race_crowd import brood
from tests.integration.race_world import START, Copy, Journal, lines_of, minutes
from workflow.outbox import Channel, Delivery, DeliveryState

LEASE_AND_MORE = minutes(80)  # and the validity of an SMS of which nobody knows whether it left
SENT = (Channel.EMAIL, Channel.SMS)


@dataclass(frozen=True)
class Stage:
    """An installation with a stretch of work that is done at one instant, and how fresh cases come to its beginning."""

    arena: Arena
    work: Work
    now: datetime
    prepare: Callable[[Mortal, int], Sequence[str]]

    def kills(self, *, sqlite: int, postgres: int) -> Iterator[Killed]:
        """One killing at each point, each of cases of its own; there are no fewer points than so many.

        The work is done twice unharmed before: to be warm, and to count.
        """
        floor = postgres if self.arena.on_postgres else sqlite
        try:
            with brood(doomed, self.work, self.arena.place, self.now, self._trail) as ended:
                self._done(ended, 0, None).taken_over()
                unharmed = self._done(ended, 1, None)
                unharmed.taken_over()
                assert len(unharmed.trail) >= floor, f"points have gone: {unharmed.trail}"
                for at in range(1, len(unharmed.trail) + 1):
                    killed = self._done(ended, at + 1, at)
                    assert killed.trail == unharmed.trail[:at], "the same work came to other points"
                    yield killed
        finally:
            self.before.store.dispose()
            self.later.store.dispose()

    @cached_property
    def before(self) -> Mortal:
        """The installation before the work, for those who prepare it."""
        return opened(self.arena.place, START, Reaper(self.afterwards), pooled=True)

    @cached_property
    def later(self) -> Mortal:
        """The installation once every lease of the killed process is over, for those who take over and look."""
        return opened(self.arena.place, self.now + LEASE_AND_MORE, Reaper(self.afterwards), pooled=True)

    @property
    def afterwards(self) -> Path:
        """Where the points of those who take over are written down."""
        return self.arena.place.home / "afterwards"

    @property
    def _trail(self) -> Path:
        return self.arena.place.home / "trail"

    def _done(self, ended: Callable[..., int], number: int, at: int | None) -> Killed:
        refs = self.prepare(self.before, number)
        self._trail.unlink(missing_ok=True)
        self.afterwards.unlink(missing_ok=True)
        assert ended(refs[0], at) == (0 if at is None else -signal.SIGKILL)
        self._let_go()
        return Killed(self, refs, lines_of(self._trail))

    def _let_go(self) -> None:
        """PostgreSQL notices within moments that a process is gone; here it is before anybody looks."""
        if self.arena.on_postgres:
            with psycopg.connect(self.arena.place.url, autocommit=True) as server:
                server.execute(
                    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND application_name = %s",
                    [points.DOOMED],
                )


@dataclass(frozen=True)
class Killed:
    """Cases whose process was killed, and the points that the process came to; the last is where it died."""

    stage: Stage
    refs: Sequence[str]
    trail: list[str]

    @property
    def ref(self) -> str:
        """The case, or the first of several."""
        return self.refs[0]

    @property
    def told(self) -> bool:
        """Whether somebody was told that it is done."""
        return points.ACKNOWLEDGED in self.trail

    @property
    def durable(self) -> int:
        """How many commits the process had made."""
        return self.trail.count(points.COMMITTED)

    def unrecorded(self, point: str) -> bool:
        """Whether the process came to a point after its last commit."""
        since = self.trail[::-1]
        return point in (since[: since.index(points.COMMITTED)] if self.durable else since)

    def taken_over(self) -> list[str]:
        """Another process, later, does what is due; the points that it came to."""
        tick(self.stage.later, PARTS)
        return lines_of(self.stage.afterwards)

    def events(self) -> list[str]:
        """What happened to the case, after a look whether its history holds together."""
        return self.stage.later.events(self.ref)

    def all_arrived(self, *messages: str) -> None:
        """These messages were owed and accepted: in one copy, or two identical ones of a mail taken and not recorded."""
        rows = self._owed()
        copies = self._copies(rows)
        times = Counter(copy.id for copy in copies)

        owed = sorted(f"{row.message.kind} {row.message.audience}" for row in rows)
        assert owed == sorted(messages), f"owed {owed}"
        assert {row.state for row in rows} <= {DeliveryState.ACCEPTED}
        assert set(times) == {str(row.message.id) for row in rows}, "a message was lost"
        assert max(times.values(), default=1) <= 2
        assert len(copies) == len(rows) + self.unrecorded(points.MAIL_TAKEN), "copies that no crash explains"
        assert len({(copy.id, copy.to, copy.digest) for copy in copies}) == len(rows), "two copies differ"

    def _owed(self) -> list[Delivery]:
        rows = [row for ref in self.refs for row in self.stage.later.queue(ref)]
        return [row for row in rows if row.message.channel in SENT and row.state is not DeliveryState.CANCELLED]

    def _copies(self, rows: Sequence[Delivery]) -> list[Copy]:
        mine = {str(row.message.id) for row in rows}
        return [copy for copy in Journal(self.stage.arena.place.home / "provider").copies() if copy.id in mine]
