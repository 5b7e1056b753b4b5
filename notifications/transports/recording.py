"""Messages kept in memory, with outcomes handed out as scripted: for tests and rehearsals in one process."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

from notifications.envelopes import Mail, MailSession, Sms
from notifications.outcome import Absent, Accepted, Down, LookedUp, Outcome
from workflow.outbox import Receipt


@dataclass(slots=True)
class RecordingMail:
    """Every mail that was tried, oldest first; without a script all are accepted."""

    script: deque[Outcome] = field(default_factory=deque)
    tried: list[Mail] = field(default_factory=list)
    accepted: list[Mail] = field(default_factory=list)
    sessions: int = 0

    @asynccontextmanager
    async def session(self) -> AsyncIterator[MailSession]:
        """A session for one batch; it is counted."""
        self.sessions += 1
        yield self

    async def send(self, mail: Mail) -> Outcome:
        """Take the next outcome of the script."""
        self.tried.append(mail)
        outcome = self.script.popleft() if self.script else Accepted()
        if isinstance(outcome, Accepted):
            self.accepted.append(mail)
        return outcome


@dataclass(slots=True)
class RecordingSms:
    """Every SMS that was tried, oldest first; a look-up knows what was accepted, or answers as scripted."""

    script: deque[Outcome] = field(default_factory=deque)
    lookups: deque[LookedUp] = field(default_factory=deque)
    tried: list[Sms] = field(default_factory=list)
    accepted: list[Sms] = field(default_factory=list)
    looked_up: list[datetime] = field(default_factory=list)
    statuses: deque[Receipt | Down | None] = field(default_factory=deque)
    asked: list[tuple[str, datetime]] = field(default_factory=list)

    def send(self, sms: Sms) -> Outcome:
        """Take the next outcome of the script."""
        self.tried.append(sms)
        outcome = self.script.popleft() if self.script else Accepted(f"SM{len(self.tried):032x}")
        if isinstance(outcome, Accepted):
            self.accepted.append(sms)
        return outcome

    def lookup(self, sms: Sms, *, since: datetime) -> LookedUp:
        """Take the next answer of the script, or tell from what was accepted."""
        self.looked_up.append(since)
        if self.lookups:
            return self.lookups.popleft()
        return Accepted() if any(taken.id == sms.id for taken in self.accepted) else Absent()

    def status(self, provider_ref: str, *, now: datetime) -> Receipt | Down | None:
        """Take the next status of the script; without one it cannot tell."""
        self.asked.append((provider_ref, now))
        return self.statuses.popleft() if self.statuses else None
