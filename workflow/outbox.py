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
    M11 = "M11"  # security notice: key added or removed, frozen or not any more
    M12 = "M12"  # activation cancelled
    M13 = "M13"  # set-up not finished, how to resume
    M14 = "M14"  # key expires soon
    M15 = "M15"  # one-time code for an SMS key, for resuming or signing in
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


class ReceiptStatus(StrEnum):
    """What a provider says of a message it took over (D9); every comment says what follows."""

    HANDED_ON = "handed_on"  # it has it: an outcome that was lost is known again
    DELAYED = "delayed"  # it goes on trying: nothing
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"  # of an SMS
    BOUNCED = "bounced"  # of a mail


# Who waits with a page open goes first, then who waits for link or code; a reminder goes last.
_URGENCY = {MessageKind.M15: 0, MessageKind.M3: 1, MessageKind.M1: 1, MessageKind.M8: 1, MessageKind.M7: 3}
_ORDINARY = 2


def urgency_of(kind: MessageKind) -> int:
    """The turn of a message among those of its entity; low goes first."""
    return _URGENCY.get(kind, _ORDINARY)


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
    polls: int = 0  # times the provider was asked what became of it


@dataclass(frozen=True, slots=True)
class Settlement:
    """What an attempt came to, as the queue records it."""

    state: DeliveryState
    not_before: datetime | None = None  # of the next attempt
    counts: bool = True  # False: the provider was down, the attempt costs nothing
    provider_ref: str | None = None
    error: str | None = None
    erase_secret: bool = False
    poll_at: datetime | None = None  # when to ask the provider, if no receipt has come by then


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a provider told of one message, by itself or when asked; `code` is ours or the provider's number, never its text."""

    provider: str
    status: ReceiptStatus
    message_id: UUID | None = None  # None: known by the provider's own reference only
    attempt: int | None = None  # the fence of the attempt that it speaks of; None: of the message as such
    code: str | None = None
    provider_ref: str | None = None
    repeats: int = 0  # how often a message lost in this way may be sent anew with the same secret (B3)
    poll_at: datetime | None = None  # when to ask the provider about a message that it has, if nothing more is told
    suppress: bool = False  # nothing ever arrives at this address: nobody writes to it again until it is corrected


@dataclass(frozen=True, slots=True)
class KeptReceipt:
    """A receipt as it is kept, whether it moved its message or came late, twice or for nobody that we know."""

    receipt: Receipt
    received_at: datetime
    moved: bool


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to hand a message over."""

    fence: int
    started_at: datetime
    ended_at: datetime | None
    state: str
    error: str | None = None
    provider_ref: str | None = None
