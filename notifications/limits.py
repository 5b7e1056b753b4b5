"""What an SMS must pass when its attempt begins: countries, quotas of number, officer, country and day, and a money fuse.

Texts that cost money invite pumping (trust 2.3, row 7). It counts and refuses; it sends nothing and renders nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType

from identity.contact import sms_country
from notifications.envelopes import Sms
from notifications.gsm import segments
from notifications.retry import failed, postponed, put_back
from workflow.calendar import brussels_date, midnight
from workflow.limits import MONEY_FUSE, Exceeded, Quota
from workflow.outbox import Channel, Delivery, MessageKind, Settlement
from workflow.ports import UnitOfWork

WINDOW = timedelta(hours=24)
PER_NUMBER: Mapping[MessageKind, tuple[str, int]] = MappingProxyType(
    {
        MessageKind.M3: ("sms_limit_number", 3),
        MessageKind.M15: ("sms_limit_number_otp", 6),  # who chooses, adds and resumes keys in one day is not stopped
    }
)
PER_OFFICER = 50  # activation codes that the requests of one officer cause in a day; one-time codes are the applicant's


@dataclass(frozen=True, slots=True)
class SmsLimits:
    """The limits of an installation; 0 is none."""

    per_day: int = 0
    per_country_day: int = 0
    cents_per_day: int = 0
    cents_per_segment: int = 10
    countries: frozenset[str] = field(default_factory=frozenset)  # none: every country


@dataclass(frozen=True, slots=True)
class Held:
    """An SMS that must not leave now: what becomes of its row, and until when nothing leaves at all."""

    settlement: Settlement
    closes_until: datetime | None = None


def admit(uow: UnitOfWork, limits: SmsLimits, delivery: Delivery, *, sms: Sms, now: datetime) -> Held | None:
    """Count an SMS whose attempt begins in this transaction; None when it may leave."""
    country = sms_country(sms.to)
    if country is None:
        return Held(failed("number_takes_no_sms"))
    if limits.countries and country not in limits.countries:
        return Held(failed("country_not_allowed"))
    uow.gates.hold(Channel.SMS)
    wanted = quotas(limits, delivery.message.kind, sms, country=country, officer=_officer(uow, delivery, now), now=now)
    full = uow.quotas.take(delivery.message.id, wanted, now=now)
    return None if full is None else _held(full, delivery, now)


def quotas(
    limits: SmsLimits, kind: MessageKind, sms: Sms, *, country: str, officer: str | None, now: datetime
) -> tuple[Quota, ...]:
    """Everything under which this SMS counts; money comes last, since it stops everybody."""
    made = []
    if kind in PER_NUMBER:
        name, most = PER_NUMBER[kind]
        made.append(Quota(name, sms.to, most, now - WINDOW))
    if officer and kind is MessageKind.M3:
        made.append(_of_day("sms_limit_officer", officer, PER_OFFICER, now=now))
    if limits.per_country_day:
        made.append(_of_day("sms_limit_country", country, limits.per_country_day, now=now))
    if limits.per_day:
        made.append(_of_day("sms_limit_day", "", limits.per_day, now=now))
    if limits.cents_per_day:
        cents = segments(sms.body) * limits.cents_per_segment
        made.append(_of_day(MONEY_FUSE, "", limits.cents_per_day, now=now, amount=cents))
    return tuple(made)


def next_day(now: datetime) -> datetime:
    """The next midnight in Brussels."""
    return midnight(brussels_date(now) + timedelta(days=1))


def _of_day(name: str, subject: str, most: int, *, now: datetime, amount: int = 1) -> Quota:
    since = midnight(brussels_date(now)) - timedelta(microseconds=1)
    return Quota(name, subject, most, since, next_day(now), amount)


def _held(full: Exceeded, delivery: Delivery, now: datetime) -> Held:
    """Postponed until a place frees, if the message is still true then; the fuse stops all and harms no row."""
    if full.name == MONEY_FUSE:
        return Held(put_back(delivery, MONEY_FUSE), full.frees_at or next_day(now))
    limit = delivery.message.send_before
    if full.frees_at is None or (limit is not None and full.frees_at >= limit):
        return Held(failed(full.name))
    return Held(postponed(full.name, delivery, full.frees_at))


def _officer(uow: UnitOfWork, delivery: Delivery, now: datetime) -> str | None:
    filer = uow.cases.activation(delivery.message.case_id, now=now)[1].filer
    return str(filer) if filer else None
