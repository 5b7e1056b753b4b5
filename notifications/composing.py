"""Makes the very bytes that leave from a claimed row and its recipient, and holds a repeat to those of the first attempt.

It reads the person but starts no attempt and sends nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import parseaddr
from typing import Protocol

from notifications.bounces import BounceAddress
from notifications.envelopes import Mail, Sms
from notifications.mime import message_id_of
from notifications.rendering import RenderedMail, RenderedSms
from notifications.retry import POLICY, cancelled, failed, parked
from workflow.correspondence import Recipient
from workflow.outbox import Channel, Delivery, DeliveryState, QueuedMessage, Settlement


class Renderer(Protocol):
    """Writes the text of a row for its recipient; raises an error with a `code` when the two do not fit."""

    def mail(self, message: QueuedMessage, recipient: Recipient) -> RenderedMail:
        """A mail."""

    def sms(self, message: QueuedMessage, recipient: Recipient) -> RenderedSms:
        """An SMS."""


class Composer(Protocol):
    """Turns a rendered mail into bytes: the same input gives the same bytes."""

    def __call__(
        self, rendered: RenderedMail, *, sender: str, recipient_email: str, message_id: str, date: datetime
    ) -> bytes:
        """The mail as it leaves."""


@dataclass(frozen=True, slots=True)
class Composed:
    """A row with what its attempt pins, and the envelope for the transport."""

    delivery: Delivery
    envelope: Mail | Sms


def composed(
    delivery: Delivery,
    recipient: Recipient | None,
    now: datetime,
    *,
    renderer: Renderer,
    mime: Composer,
    mail_from: str,
    bounces: BounceAddress | None = None,
) -> Composed | Settlement:
    """The envelope of a row, or what becomes of a row that has nobody to go to or would differ from its first attempt.

    Raises: what the renderer raises for a row that makes no message.
    """
    if recipient is None:
        return cancelled("recipient_erased")
    is_sms = delivery.message.channel is Channel.SMS
    address = recipient.mobile if is_sms else recipient.email
    if not address:
        return failed("no_address")
    if is_sms:
        ready = _sms(delivery, recipient, address, now, write=renderer.sms)
    else:
        ready = _mail(
            delivery, recipient, address, now,
            write=renderer.mail, mime=mime, mail_from=mail_from, bounces=bounces,
        )  # fmt: skip
    if is_repeat(delivery) and delivery.body_digest not in (None, ready.delivery.body_digest):
        return parked("body_changed")
    return ready


def is_repeat(delivery: Delivery) -> bool:
    """Whether an earlier attempt may have reached the provider; one that found it down left nothing to be equal to (B3)."""
    return delivery.attempts > 0 or delivery.state is DeliveryState.UNKNOWN


def _mail(
    delivery: Delivery,
    recipient: Recipient,
    address: str,
    now: datetime,
    *,
    write: Callable[[QueuedMessage, Recipient], RenderedMail],
    mime: Composer,
    mail_from: str,
    bounces: BounceAddress | None,
) -> Composed:
    message = delivery.message
    written = write(message, recipient)
    sender = parseaddr(mail_from)[1]
    message_id = message_id_of(message.id, mail_from)
    date = delivery.first_attempt_at or now  # every copy carries the Date of the first (I5)
    content = mime(written, sender=mail_from, recipient_email=address, message_id=message_id, date=date)
    mail = Mail(message.id, sender, address, content)
    return Composed(_pinned(delivery, written, content), _coming_home(mail, bounces))


def _coming_home(mail: Mail, bounces: BounceAddress | None) -> Mail:
    """The mail with an envelope that brings reports home; its content stays as it is."""
    if bounces is None:
        return mail
    return replace(mail, sender=bounces.sender_of(mail.id), envelope_id=bounces.envelope_id_of(mail.id))


def _sms(
    delivery: Delivery,
    recipient: Recipient,
    address: str,
    now: datetime,
    *,
    write: Callable[[QueuedMessage, Recipient], RenderedSms],
) -> Composed:
    message = delivery.message
    written = write(message, recipient)
    left = message.send_before - now if message.send_before else None
    longest = POLICY[Channel.SMS].valid
    valid_for = min((limit for limit in (left, longest) if limit is not None), default=None)
    attempt = f"{message.id}-{delivery.fence}"
    envelope = Sms(message.id, attempt, address, written.text, valid_for)
    return Composed(_pinned(delivery, written, written.text.encode()), envelope)


def _pinned(delivery: Delivery, written: RenderedMail | RenderedSms, content: bytes) -> Delivery:
    return replace(
        delivery,
        message=replace(delivery.message, language=str(written.language)),
        template=written.template,
        body_digest=hashlib.sha256(content).hexdigest(),
    )
