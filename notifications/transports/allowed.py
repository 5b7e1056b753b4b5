"""A fence around a transport: outside live operation only listed recipients are written to (ALLOW_RECIPIENTS).

It knows nothing of the message; what it stops counts as refused, so that nobody waits for it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase

from notifications.envelopes import Mail, MailSession, MailTransport, Sms, SmsTransport
from notifications.outcome import Absent, Down, LookedUp, Outcome, Refused
from workflow.outbox import Receipt

NOT_LISTED = Refused("not_on_allow_list")


@dataclass(frozen=True, slots=True)
class AllowList:
    """Patterns of recipients, such as `*@example.org` or `+32470*`; one that names nobody allows nobody."""

    patterns: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> AllowList:
        """Read patterns parted by commas or white space."""
        return cls(tuple(text.replace(",", " ").casefold().split()))

    def allows(self, recipient: str) -> bool:
        """Whether a pattern covers this address or number, whatever its capitals."""
        return any(fnmatchcase(recipient.casefold(), pattern) for pattern in self.patterns)


@dataclass(frozen=True, slots=True)
class AllowedMail:
    """Mail to listed recipients only."""

    inner: MailTransport
    allow: AllowList

    @asynccontextmanager
    async def session(self) -> AsyncIterator[MailSession]:
        """A session of the transport inside, behind the fence."""
        async with self.inner.session() as session:
            yield _AllowedSession(session, self.allow)


@dataclass(frozen=True, slots=True)
class _AllowedSession:
    inner: MailSession
    allow: AllowList

    async def send(self, mail: Mail) -> Outcome:
        return await self.inner.send(mail) if self.allow.allows(mail.to) else NOT_LISTED


@dataclass(frozen=True, slots=True)
class AllowedSms:
    """SMS to listed recipients only."""

    inner: SmsTransport
    allow: AllowList

    def send(self, sms: Sms) -> Outcome:
        """Hand over to a listed number."""
        return self.inner.send(sms) if self.allow.allows(sms.to) else NOT_LISTED

    def lookup(self, sms: Sms, *, since: datetime) -> LookedUp:
        """Ask about a listed number; nothing ever left for another."""
        return self.inner.lookup(sms, since=since) if self.allow.allows(sms.to) else Absent()

    def status(self, provider_ref: str, *, now: datetime) -> Receipt | Down | None:
        """Ask about what left; only listed numbers were written to."""
        return self.inner.status(provider_ref, now=now)
