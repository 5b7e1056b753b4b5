"""Values a row of a lifecycle table may ask for; reading the row tells all that will happen.

Nothing here acts: the corridor turns effects into rows of one transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from workflow.outbox import Audience, Channel, MessageKind


@dataclass(frozen=True, slots=True)
class Days:
    """Calendar days in Europe/Brussels, through the end of the last one; a text names a setting of `Policy`."""

    count: int | str


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """Belgian working days, through the end of the last one; a text names a setting of `Policy`."""

    count: int | str


@dataclass(frozen=True, slots=True)
class Months:
    """Calendar months in Europe/Brussels, through the same day number, clamped to the end of the month (reading 10)."""

    count: int


@dataclass(frozen=True, slots=True)
class Seconds:
    """Elapsed seconds."""

    count: int


@dataclass(frozen=True, slots=True)
class At:
    """An instant that the command worked out and froze, by its name (`link_expires_at`)."""

    name: str


Deadline = Days | WorkingDays | Months | Seconds | At


class Erasure(StrEnum):
    """What a row erases."""

    SECRETS = "secrets"  # sealed links and codes in the outbox, and the hash of the code
    ATTACHMENTS = "attachments"  # scan and declaration
    PERSON = "person"  # every sealed value of the case, with its data key


@dataclass(frozen=True, slots=True)
class Notify:
    """Owe one message."""

    kind: MessageKind
    to: Audience
    by: Channel = Channel.EMAIL


@dataclass(frozen=True, slots=True)
class RepeatMessage:
    """Owe once more the message that the command names, as a new row."""


@dataclass(frozen=True, slots=True)
class StartTimer:
    """Arm the timer of this trigger, or move it when it is armed."""

    trigger: str
    due: Deadline


@dataclass(frozen=True, slots=True)
class CancelTimer:
    """Disarm the timers of these triggers; without names all of the case."""

    triggers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CancelMessages:
    """Cancel what of these kinds waits to be sent; without kinds all of the case."""

    kinds: tuple[MessageKind, ...] = ()


@dataclass(frozen=True, slots=True)
class Erase:
    """Erase for good."""

    what: Erasure


@dataclass(frozen=True, slots=True)
class OpenCase:
    """Open a case of another lifecycle in the same transaction; the use case supplies its content."""

    lifecycle: str


@dataclass(frozen=True, slots=True)
class CallRegister:
    """Owe a call to the identity register, made after the commit."""

    operation: MessageKind


@dataclass(frozen=True, slots=True)
class ReserveContacts:
    """Hold the e-mail address and mobile number of the case, unique over open requests and profiles (AM3-2)."""


@dataclass(frozen=True, slots=True)
class ReleaseContacts:
    """Free them, and the user name: it signs nobody in any more, and the new request of the same person may want it again."""


@dataclass(frozen=True, slots=True)
class EraseSecret:
    """Erase the link or code that this message carries."""


@dataclass(frozen=True, slots=True)
class TellCase:
    """Let the case of a message know: `accepted`, or `dispatch_failed`, which opens a task where somebody waits for it."""

    happened: str


Effect = (
    Notify
    | RepeatMessage
    | StartTimer
    | CancelTimer
    | CancelMessages
    | Erase
    | OpenCase
    | CallRegister
    | ReserveContacts
    | ReleaseContacts
    | EraseSecret
    | TellCase
)
