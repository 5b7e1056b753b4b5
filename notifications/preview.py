"""Shows what a message looks like: with invented values before anybody gets it, or a real row without its secret.

It reads no store: who may see a real row is for its caller to judge.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from notifications.catalogue import MessageType, of_kind, type_of
from notifications.errors import UnfitMessage
from notifications.rendering import Renderer
from notifications.samples import ORDINARY, Sample, SamplePerson, recipient, samples
from workflow.codes import CODE_LENGTH, OTP_LENGTH
from workflow.correspondence import Recipient
from workflow.model import Language
from workflow.outbox import Channel, MessageKind, QueuedMessage

_LINK = "X" * 43
_BLOTS = {
    MessageKind.M1: _LINK,
    MessageKind.M3: "X" * CODE_LENGTH,
    MessageKind.M8: _LINK,
    MessageKind.M11: _LINK,
    MessageKind.M13: _LINK,
    MessageKind.M15: "0" * OTP_LENGTH,
}
_NOT_ALWAYS = frozenset({MessageKind.M11, MessageKind.M13})  # they have a link exactly when they are dated


@dataclass(frozen=True, slots=True)
class Preview:
    """One message in one language; only mails have a subject and an HTML part."""

    title: str
    turn: str
    text: str = field(repr=False)
    template: str
    subject: str | None = None
    html: str | None = field(default=None, repr=False)
    segments: int | None = None


def previews(
    renderer: Renderer, kind: MessageKind, language: Language, *, all_turns: bool = False
) -> tuple[Preview, ...]:
    """Every message of a kind, in its most ordinary turn or in all. Raises: UnfitMessage for a kind without a text."""
    told = of_kind(kind)
    if not told:
        raise UnfitMessage(str(kind), "kind_without_text")
    chosen = [(one, sample) for one in told for sample in (samples(one) if all_turns else samples(one)[:1])]
    return tuple(preview(renderer, one, sample, language) for one, sample in chosen)


def preview(
    renderer: Renderer, told: MessageType, sample: Sample, language: Language, person: SamplePerson = ORDINARY
) -> Preview:
    """One message in one turn, to one invented person. Raises: UnfitMessage."""
    return _shown(renderer, sample.message, recipient(told, language, person), title=told.title, turn=sample.name)


def of_row(renderer: Renderer, message: QueuedMessage, to: Recipient) -> Preview:
    """A real row as its recipient reads it, with link and code blotted out: nobody at the desk may see them (I6).

    Raises: UnfitMessage.
    """
    told = type_of(message)
    if told is None:
        raise UnfitMessage(str(message.kind), "kind_without_text", f"{message.channel} to {message.audience}")
    has_secret = message.kind not in _NOT_ALWAYS or message.send_before is not None
    blotted = replace(message, secret=_BLOTS.get(message.kind) if has_secret else None)
    return _shown(renderer, blotted, to, title=told.title, turn="without its secret")


def _shown(renderer: Renderer, message: QueuedMessage, to: Recipient, *, title: str, turn: str) -> Preview:
    match message.channel:
        case Channel.EMAIL:
            mail = renderer.mail(message, to)
            return Preview(title, turn, mail.text, mail.template, mail.subject, mail.html)
        case Channel.SMS:
            sms = renderer.sms(message, to)
            return Preview(title, turn, sms.text, sms.template, segments=sms.segments)
        case Channel.LETTER:
            letter = renderer.letter(message, to)
            return Preview(title, turn, letter.text, letter.template)
        case Channel.TASK | Channel.REGISTER:
            task = renderer.task(message, to)
            return Preview(title, turn, task.text, task.template)


def as_text(shown: tuple[Preview, ...]) -> str:
    """Previews one below the other, for a terminal."""
    return "\n\n".join(_as_text(one) for one in shown) + "\n"


def _as_text(one: Preview) -> str:
    head = f"--- {one.title} ({one.turn}), {one.template}"
    subject = f"\nSubject: {one.subject}\n" if one.subject else ""
    tail = f"\n\n{one.segments} segment{'s' if one.segments != 1 else ''}" if one.segments else ""
    return f"{head}\n{subject}\n{one.text.rstrip()}{tail}"
