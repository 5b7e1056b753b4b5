"""What follows an attempt: a table of outcome and channel, and nothing that sends (domain B3, reading: trust section 5).

Pure: the same outcome of the same row at the same instant gives the same settlement.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from notifications.outcome import Absent, Accepted, Down, LookedUp, Outcome, Refused, Transient, Unknown
from workflow.outbox import Channel, Delivery, DeliveryState, Settlement

# B3: exponential, at most five within 24 hours. The sum stays far below a day; a test holds it there.
TRANSIENT_WAITS = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))
MAX_ATTEMPTS = len(TRANSIENT_WAITS) + 1
ATTEMPTS_OF = {"twilio_30008": 2}  # B3: an unknown error of the carrier is tried again once

# A provider that is down costs no attempt (B3): wait as long again as it has lasted, within these bounds.
SHORTEST_DOWN, LONGEST_DOWN = timedelta(minutes=1), timedelta(minutes=15)

# Nobody knows: SMTP servers may take ten minutes to answer the final dot (RFC 1047); Twilio lists a message within seconds.
UNKNOWN_WAIT = {Channel.EMAIL: timedelta(minutes=10), Channel.SMS: timedelta(minutes=2)}

S = DeliveryState


def settlement(outcome: Outcome, delivery: Delivery, now: datetime) -> Settlement:
    """What one attempt means for its row; `delivery` is the row as it was claimed, before this attempt counted."""
    match outcome:
        case Accepted(provider_ref):
            # The secret stays: a receipt may yet say undelivered, and the repeat must carry the same code (B3).
            return Settlement(S.ACCEPTED, provider_ref=provider_ref)
        case Refused(code):
            return failed(code)
        case Transient(code):
            return _transient(code, delivery, now)
        case Down(code):
            return _down(code, delivery, now)
        case Unknown(code):
            return _unknown(code, delivery, now)


def after_lookup(answer: LookedUp, delivery: Delivery, now: datetime) -> Settlement | None:
    """What a look-up means for a row whose outcome was unknown; None: the provider never had it, so it may be sent again."""
    match answer:
        case Accepted():
            return Settlement(S.ACCEPTED, counts=False, provider_ref=answer.provider_ref)
        case Absent():
            return None if delivery.attempts < MAX_ATTEMPTS else parked("retries_exhausted")
        case Down(code):
            return _down(code, delivery, now)
        case Unknown(code):
            return parked(code)  # never a blind resend: a person decides


def failed(code: str) -> Settlement:
    """Finally failed: the desk gets a task, the secret goes (B2-3, B3)."""
    return Settlement(S.FAILED, error=code, erase_secret=True)


def parked(code: str) -> Settlement:
    """Cannot be sent as it stands; visible, and a person may put it back, so its secret stays."""
    return Settlement(S.PARKED, counts=False, error=code)


def cancelled(code: str) -> Settlement:
    """No longer true, never sent."""
    return Settlement(S.CANCELLED, counts=False, error=code, erase_secret=True)


def _transient(code: str, delivery: Delivery, now: datetime) -> Settlement:
    if delivery.attempts + 1 >= ATTEMPTS_OF.get(code, MAX_ATTEMPTS):
        return failed(code)
    return Settlement(_still(delivery), not_before=now + TRANSIENT_WAITS[delivery.attempts], error=code)


def _down(code: str, delivery: Delivery, now: datetime) -> Settlement:
    lasted = now - (delivery.first_attempt_at or now)
    wait = min(max(lasted, SHORTEST_DOWN), LONGEST_DOWN)
    return Settlement(_still(delivery), not_before=now + wait, counts=False, error=code)


def _unknown(code: str, delivery: Delivery, now: datetime) -> Settlement:
    """A mail is repeated byte for byte, an SMS is looked up first; after the last attempt a person decides."""
    if delivery.attempts + 1 >= MAX_ATTEMPTS:
        return Settlement(S.PARKED, error=code)
    return Settlement(S.UNKNOWN, not_before=now + UNKNOWN_WAIT[delivery.message.channel], error=code)


def _still(delivery: Delivery) -> DeliveryState:
    """Where a row waits: an earlier attempt that may have arrived stays unknown, whatever this one came to."""
    return S.UNKNOWN if delivery.state is S.UNKNOWN else S.QUEUED
