"""What a transport is handed, and what it must be able to do: one protocol for mail, one for SMS.

Nothing here knows why a message is sent; addresses, texts and codes never show in `repr` (I6).
"""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from notifications.outcome import Down, LookedUp, Outcome
from workflow.outbox import Receipt


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail to one recipient; a repeat carries the same bytes, so the same Message-ID (I5)."""

    id: UUID  # of the outbox row
    sender: str  # envelope sender: where reports come home
    to: str = field(repr=False)
    content: bytes = field(repr=False)
    envelope_id: str | None = None  # the name that reports repeat; none: no reports are asked for


@dataclass(frozen=True, slots=True)
class Sms:
    """One SMS to one number in E.164."""

    id: UUID  # of the outbox row
    attempt: str  # tells the tries of one row apart in the provider's receipts; says nothing about anybody
    to: str = field(repr=False)
    body: str = field(repr=False)
    valid_for: timedelta | None = None  # after which the provider must not send it any more


class MailSession(Protocol):
    """Sends mails one after the other, over one connection where there is such a thing."""

    async def send(self, mail: Mail) -> Outcome:
        """Hand one mail over; trouble is an outcome, never an exception."""


class MailTransport(Protocol):
    """A way for mail to leave."""

    def session(self) -> AbstractAsyncContextManager[MailSession]:
        """A session for one batch; it connects at the first mail, and leaving it closes."""


class SmsTransport(Protocol):
    """A way for SMS to leave; blocking calls, made from threads."""

    def send(self, sms: Sms) -> Outcome:
        """Hand one SMS over; trouble is an outcome, never an exception."""

    def lookup(self, sms: Sms, *, since: datetime) -> LookedUp:
        """Whether the provider holds this very SMS, handed over at `since` or later."""

    def status(self, provider_ref: str, *, now: datetime) -> Receipt | Down | None:
        """What became of an SMS that the provider knows under this reference; None where it cannot tell."""
