"""Which messages exist, to whom and by which way, and how long each may be (domain B3; budgets of plain language).

It knows nothing of texts; the folder of a message is where its texts lie.
"""

from __future__ import annotations

from dataclasses import dataclass

from workflow.outbox import Audience, Channel, MessageKind, QueuedMessage

LONGEST_SUBJECT = 60
M, A, C = MessageKind, Audience, Channel


@dataclass(frozen=True, slots=True)
class MessageType:
    """One kind of message for one audience by one channel."""

    kind: MessageKind
    audience: Audience
    channel: Channel
    words: int = 0  # most words of a mail; 0 where another limit holds
    segments: int = 0  # most segments of an SMS

    @property
    def folder(self) -> str:
        """The folder of a mail, or the beginning of the one file a language of any other message."""
        told = f"{self.kind}-filer" if self.kind is M.M9 and self.audience is A.FILER else str(self.kind)
        return f"{self.channel}/{told}"

    @property
    def title(self) -> str:
        """How problems and previews name it."""
        return f"{self.kind} {self.channel} to {self.audience}"


TYPES: tuple[MessageType, ...] = (
    MessageType(M.M0, A.FILER, C.EMAIL, words=80),
    MessageType(M.M1, A.APPLICANT, C.EMAIL, words=150),
    MessageType(M.M2, A.APPLICANT, C.EMAIL, words=250),
    MessageType(M.M3, A.APPLICANT, C.SMS, segments=1),
    MessageType(M.M3, A.APPLICANT, C.LETTER, words=150),
    MessageType(M.M4, A.FILER, C.EMAIL, words=100),
    MessageType(M.M5, A.FILER, C.EMAIL, words=150),
    MessageType(M.M6, A.FILER, C.EMAIL, words=100),
    MessageType(M.M7, A.APPLICANT, C.EMAIL, words=80),
    MessageType(M.M8, A.APPLICANT, C.EMAIL, words=100),
    MessageType(M.M9, A.APPLICANT, C.EMAIL, words=100),
    MessageType(M.M9, A.FILER, C.EMAIL, words=100),
    MessageType(M.M10, A.SERVICE_DESK, C.TASK, words=30),
    MessageType(M.M11, A.APPLICANT, C.EMAIL, words=100),
    MessageType(M.M12, A.APPLICANT, C.EMAIL, words=80),
    MessageType(M.M13, A.APPLICANT, C.EMAIL, words=80),
    MessageType(M.M14, A.APPLICANT, C.EMAIL, words=80),
    MessageType(M.M15, A.APPLICANT, C.SMS, segments=1),
)
KINDS: tuple[MessageKind, ...] = tuple(dict.fromkeys(one.kind for one in TYPES))
_BY_KEY = {(one.kind, one.audience, one.channel): one for one in TYPES}


def find(kind: MessageKind, audience: Audience, channel: Channel) -> MessageType | None:
    """The message of this kind, audience and channel, or None when the catalogue has none."""
    return _BY_KEY.get((kind, audience, channel))


def of_kind(kind: MessageKind) -> tuple[MessageType, ...]:
    """Every message of a kind."""
    return tuple(one for one in TYPES if one.kind is kind)


def type_of(message: QueuedMessage) -> MessageType | None:
    """The message that a row of the outbox asks for, or None when the catalogue has none."""
    return find(message.kind, message.audience, message.channel)
