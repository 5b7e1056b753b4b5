"""What the engine owes to people and registers, as rows: which message, to whom, until when, and how far it got.

It knows no recipient's name or address; the dispatcher reads the person when it sends (design: nobody's name waits in a queue).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class MessageKind(StrEnum):
    """The catalogue of domain B3, and the two calls to the register that travel the same way."""

    M0 = "M0"  # receipt of a request, to the officer who filed it
    M1 = "M1"  # activation link (3.34)
    M2 = "M2"  # explanation (3.35-3.37)
    M3 = "M3"  # activation code (3.38)
    M4 = "M4"  # registration confirmed, to the officer (3.33)
    M5 = "M5"  # data incorrect or incomplete, to the officer (3.30)
    M6 = "M6"  # stopped, rejected, lapsed or withdrawn, to the officer
    M7 = "M7"  # reminder before the link expires
    M8 = "M8"  # renewed link
    M9 = "M9"  # blocked; a new request is needed
    M10 = "M10"  # a task for the service desk
    M11 = "M11"  # security notice: key added or removed
    M12 = "M12"  # activation cancelled
    M13 = "M13"  # set-up not finished, how to resume
    M14 = "M14"  # key expires soon
    M15 = "M15"  # one-time code for an SMS key or for resuming
    SEARCH = "register_search"
    CREATE = "register_create"


class Channel(StrEnum):
    """The way a row leaves; a task stays on the desk, a letter is printed by an officer."""

    EMAIL = "email"
    SMS = "sms"
    TASK = "task"
    LETTER = "letter"
    REGISTER = "register"


class Audience(StrEnum):
    """Whom the row is for; the address is looked up when it is sent."""

    APPLICANT = "applicant"
    FILER = "filer"
    SERVICE_DESK = "service_desk"
    REGISTER = "register"


class DeliveryState(StrEnum):
    """How far a message got (domain B3); every comment says who moves it on."""

    QUEUED = "queued"  # the dispatcher
    SENDING = "sending"  # the worker that holds the lease
    ACCEPTED = "accepted"  # the provider, by a receipt; final where none can come
    UNKNOWN = "unknown"  # the dispatcher: an attempt started and has no outcome
    DELIVERED = "delivered"  # nobody
    UNDELIVERED = "undelivered"  # the desk
    BOUNCED = "bounced"  # the desk
    FAILED = "failed"  # the desk
    PARKED = "parked"  # the desk: cannot be sent as it stands, visible
    CANCELLED = "cancelled"  # nobody: no longer true, never sent


WAITING = frozenset({DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.UNKNOWN})
HANDED_OVER = frozenset({DeliveryState.ACCEPTED, DeliveryState.DELIVERED})


@dataclass(frozen=True, slots=True)
class QueuedMessage:
    """One row that a transition owes; its sequence is that of the audit event that owes it.

    `language` None means the recipient's own setting, pinned at the first attempt. `secret` (link token, code or one-time
    code) is sealed by the store and erased once it can no longer be needed.
    """

    id: UUID
    case_id: UUID
    kind: MessageKind
    audience: Audience
    channel: Channel
    sequence: int
    queued_at: datetime
    not_before: datetime
    send_before: datetime | None
    language: str | None = None
    params: Mapping[str, str] = field(default_factory=dict)
    secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A row as the queue holds it: how far it got, and, once claimed, the fence that makes a zombie worker's word void."""

    message: QueuedMessage
    state: DeliveryState
    attempts: int = 0  # those that count; a provider that is down costs none
    fence: int = 0
    template: str | None = None  # pinned at the first attempt
    body_digest: str | None = None  # SHA-256 of the bytes of the first attempt; a repeat must be identical
    provider_ref: str | None = None
    error: str | None = None  # code of the last outcome, never the provider's text
    first_attempt_at: datetime | None = None
    last_attempt_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Settlement:
    """What an attempt came to, as the queue records it."""

    state: DeliveryState
    not_before: datetime | None = None  # of the next attempt
    counts: bool = True  # False: the provider was down, the attempt costs nothing
    provider_ref: str | None = None
    error: str | None = None
    erase_secret: bool = False
