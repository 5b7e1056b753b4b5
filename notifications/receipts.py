"""What Twilio says of an SMS, by itself or when asked, as a receipt: one table of its statuses and one of its errors (D9).

Pure; it checks no signature and listens to nobody. Numbers and texts that come along are never read (I6).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from notifications.retry import POLICY
from workflow.outbox import Channel, Delivery, Receipt, ReceiptStatus

TWILIO = "twilio"
S = ReceiptStatus
STATUSES: dict[str, ReceiptStatus] = {
    # Twilio says   we keep            what follows
    "queued":       S.HANDED_ON,     # it has the message: an outcome that was lost is known again
    "accepted":     S.HANDED_ON,     # by a messaging service, which has yet to choose a sender
    "scheduled":    S.HANDED_ON,
    "sending":      S.HANDED_ON,
    "sent":         S.HANDED_ON,     # to a carrier, which is not the handset; some carriers never say more
    "delivered":    S.DELIVERED,
    "undelivered":  S.UNDELIVERED,   # by the carrier, with a number
    "failed":       S.UNDELIVERED,   # by Twilio, after it took the message
    "canceled":     S.UNDELIVERED,   # by somebody at Twilio's console
}  # fmt: skip
LATER = S.DELAYED  # a status that Twilio invents tomorrow is kept and moves nothing
REPEATS = {  # B3: how often an SMS lost in this way is sent anew with the same code; all others never arrive
    30003: 4,  # the handset is off or out of reach: five attempts in all
    30008: 1,  # an unknown error: once
}
LOST_BY_NAME = {"canceled": "twilio_canceled", "failed": "twilio_failed", "undelivered": "twilio_undelivered"}

_ATTEMPT = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-([1-9][0-9]{0,8})", re.ASCII)
_NUMBER = re.compile(r"[1-9][0-9]{0,5}", re.ASCII)


def attempt_of(text: str) -> tuple[UUID, int] | None:
    """The message and the fence that `<message id>-<fence>` names, as it stands in our own address; None for anything else."""
    found = _ATTEMPT.fullmatch(text)
    return (UUID(found[1]), int(found[2])) if found else None


def receipt_of(
    status: str, error: str | int | None, reference: str, *, now: datetime, attempt: tuple[UUID, int] | None = None
) -> Receipt:
    """The receipt that a status and an error number stand for; `attempt` is known where Twilio used our address."""
    kept = STATUSES.get(status, LATER)
    number = _number(error)
    message_id, fence = attempt or (None, None)
    return Receipt(
        provider=TWILIO,
        status=kept,
        message_id=message_id,
        attempt=fence,
        code=_code(status, number) if kept is S.UNDELIVERED else None,
        provider_ref=reference,
        repeats=REPEATS.get(number or 0, 0) if kept is S.UNDELIVERED else 0,
        poll_at=now + POLICY[Channel.SMS].polls[0] if kept is S.HANDED_ON else None,
    )


def is_unconfirmed(delivery: Delivery) -> bool:
    """Whether the provider was asked for the last time and never said how it ended (F28)."""
    polls = POLICY[delivery.message.channel].polls if delivery.message.channel in POLICY else ()
    return bool(polls) and delivery.state == "accepted" and delivery.polls >= len(polls)


def first_of(form: Iterable[tuple[str, str]], name: str) -> str | None:
    """The value of a field of a form, None where it is missing or empty."""
    return next((value for field, value in form if field == name and value), None)


def _number(error: str | int | None) -> int | None:
    text = str(error or "")
    return int(text) if _NUMBER.fullmatch(text) else None


def _code(status: str, number: int | None) -> str:
    return f"twilio_{number}" if number else LOST_BY_NAME[status]
