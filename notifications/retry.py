"""What follows an attempt: one table of outcome and channel, and nothing that sends (domain B3).

Pure: the same outcome of the same row at the same instant gives the same settlement; where a row may go, the message's table says.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from notifications.outcome import Absent, Accepted, Down, LookedUp, Outcome, Refused, Transient, Unknown
from workflow.effects import EraseSecret
from workflow.lifecycles.message import Facts, Trigger, message
from workflow.model import Role
from workflow.outbox import Channel, Delivery, DeliveryState, Settlement


@dataclass(frozen=True, slots=True)
class Waits:
    """How one channel is retried; every wait ends at the row's own `send_before`, whatever stands here."""

    transient: tuple[timedelta, ...]  # B3: exponential, at most five attempts within 24 hours
    down: tuple[timedelta, timedelta]  # shortest and longest; a provider that is down costs no attempt (B3)
    unknown: timedelta  # until the outcome is asked for, or a mail is repeated byte for byte
    valid: timedelta | None  # after this the provider itself sends no first copy any more
    polls: tuple[timedelta, ...]  # after acceptance, where a receipt can come but has not (F28)


MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
EXPONENTIAL = (MINUTE, 10 * MINUTE, HOUR, 6 * HOUR)
POLICY: dict[Channel, Waits] = {
    # SMTP servers may take ten minutes to answer the final dot (RFC 1047).
    Channel.EMAIL: Waits(EXPONENTIAL, (MINUTE, 15 * MINUTE), 10 * MINUTE, None, ()),
    # Twilio lists a message within seconds; where it lists none, its own period of validity is waited out (D9).
    Channel.SMS: Waits(
        EXPONENTIAL, (MINUTE, 15 * MINUTE), 2 * MINUTE, HOUR, (MINUTE, 5 * MINUTE, 30 * MINUTE, 4 * HOUR)
    ),
}
MAX_ATTEMPTS = len(EXPONENTIAL) + 1
ATTEMPTS_OF = {"twilio_30008": 2}  # B3: an unknown error of the carrier is tried again once
VALID_SLACK = 2 * MINUTE  # between our clock and the provider's

S, T = DeliveryState, Trigger
SYSTEM = frozenset({Role.SYSTEM})


def settlement(outcome: Outcome, delivery: Delivery, now: datetime) -> Settlement:
    """What one attempt means for its row; `delivery` is the row as it was claimed, before this attempt counted."""
    match outcome:
        case Accepted(provider_ref):
            # The secret stays: a receipt may yet say undelivered, and the repeat must carry the same code (B3).
            return _moved(
                T.ACCEPT, delivery, provider_ref=provider_ref, poll_at=first_poll(delivery, provider_ref, now)
            )
        case Refused(code):
            return failed(code)
        case Transient(code):
            return _transient(code, delivery, now)
        case Down(code):
            return _down(code, delivery, now)
        case Unknown(code):
            return _unknown(code, delivery, now)


def after_lookup(answer: LookedUp, delivery: Delivery, now: datetime) -> Settlement | None:
    """What a look-up means for a row whose outcome was unknown; None: no copy can come any more, so it may be sent again."""
    match answer:
        case Accepted(reference):
            polls = first_poll(delivery, reference, now)
            return _moved(T.ACCEPT, delivery, begun=False, counts=False, provider_ref=reference, poll_at=polls)
        case Absent():
            return _after_absence(delivery, now)
        case Down(code):
            return _down(code, delivery, now, begun=False)
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


def postponed(code: str, delivery: Delivery, until: datetime) -> Settlement:
    """Not now, for a reason that lies with us; it costs no attempt."""
    return _moved(T.POSTPONE, delivery, begun=False, counts=False, not_before=until, error=code)


def put_back(delivery: Delivery, code: str | None = None) -> Settlement:
    """As if it had not been claimed: nothing was tried, nothing about the row changes but what it waits for."""
    return _moved(T.POSTPONE, delivery, begun=False, counts=False, error=code or delivery.error)


def first_poll(delivery: Delivery, provider_ref: str | None, now: datetime) -> datetime | None:
    """When to ask what became of an accepted row for the first time; None where nobody could be asked."""
    polls = POLICY[delivery.message.channel].polls
    return now + polls[0] if polls and provider_ref else None


def next_poll(delivery: Delivery, now: datetime) -> datetime | None:
    """When to ask again after asking in vain; None once it stays unconfirmed."""
    polls, asked = POLICY[delivery.message.channel].polls, delivery.polls + 1
    return now + polls[asked] - polls[asked - 1] if asked < len(polls) else None


def _moved(
    on: Trigger,
    delivery: Delivery,
    *,
    begun: bool = True,
    counts: bool = True,
    not_before: datetime | None = None,
    provider_ref: str | None = None,
    error: str | None = None,
    poll_at: datetime | None = None,
) -> Settlement:
    """Where the table of messages leads from here."""
    state = S.SENDING if begun else delivery.state
    facts = Facts(may_have_left=delivery.state is S.UNKNOWN)
    fired = message.fire(state, on, roles=SYSTEM, facts=facts)
    erases = EraseSecret() in fired.row.then
    return Settlement(DeliveryState(fired.to), not_before, counts, provider_ref, error, erases, poll_at)


def _transient(code: str, delivery: Delivery, now: datetime) -> Settlement:
    if delivery.attempts + 1 >= ATTEMPTS_OF.get(code, MAX_ATTEMPTS):
        return failed(code)
    wait = POLICY[delivery.message.channel].transient[delivery.attempts]
    return _moved(T.POSTPONE, delivery, not_before=now + wait, error=code)


def _down(code: str, delivery: Delivery, now: datetime, *, begun: bool = True) -> Settlement:
    """Wait as long again as it has lasted, within bounds."""
    shortest, longest = POLICY[delivery.message.channel].down
    lasted = now - (delivery.first_attempt_at or now)
    wait = min(max(lasted, shortest), longest)
    return _moved(T.POSTPONE, delivery, begun=begun, counts=False, not_before=now + wait, error=code)


def _unknown(code: str, delivery: Delivery, now: datetime) -> Settlement:
    """A mail is repeated byte for byte, an SMS is looked up first; after the last attempt a person decides."""
    if delivery.attempts + 1 >= MAX_ATTEMPTS:
        return _moved(T.PARK, delivery, error=code)
    wait = POLICY[delivery.message.channel].unknown
    return _moved(T.LOSE, delivery, not_before=now + wait, error=code)


def _after_absence(delivery: Delivery, now: datetime) -> Settlement | None:
    """The provider lists no copy: one may still wait with it, until its validity is over (trust: never a blind resend)."""
    if delivery.attempts >= MAX_ATTEMPTS:
        return parked("retries_exhausted")
    valid = POLICY[delivery.message.channel].valid
    over = (delivery.last_attempt_at or now) + valid + VALID_SLACK if valid else now
    return None if now >= over else postponed("waits_out_validity", delivery, over)
