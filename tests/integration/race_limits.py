"""What processes do that race for places: under a limit, out of a bucket, through a dispatcher with limits."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from notifications.limits import SmsLimits
from tests.integration.race_crowd import Member
from tests.integration.race_world import Place
from workflow.limits import Bucket, Quota
from workflow.outbox import Channel


def count_messages(member: Member, place: Place, now: datetime, each: int) -> int:
    """Count so many messages, each in a transaction of its own; how many had a place under a limit of 25."""
    app = place.app(now)
    quota = Quota("sms_limit_number", "+33612345678", 25, now - timedelta(hours=24))
    member.line_up()
    passed = 0
    for _ in range(each):
        with app.unit_of_work() as uow:
            uow.gates.hold(Channel.SMS)
            passed += uow.quotas.take(app.chance.uuid(now), (quota,), now=now) is None
            uow.commit()
    return passed


def empty_bucket(member: Member, place: Place, now: datetime, bucket: Bucket) -> int:
    """Take what a minute lets flow, at instants that differ from process to process; how many."""
    app = place.app(now)
    member.line_up()
    taken = 0
    for step in range(60):
        at = now + timedelta(seconds=step, milliseconds=100 * member.index)
        with app.unit_of_work() as uow:
            taken += uow.gates.take(Channel.EMAIL, bucket, now=at, most=20)
            uow.commit()
    return taken


def try_gate(member: Member, place: Place, now: datetime) -> bool:
    """Whether this process is the one that tries a closed gate."""
    app = place.app(now)
    member.line_up()
    with app.unit_of_work() as uow:
        mine = uow.gates.try_one(Channel.EMAIL, now=now, until=now + timedelta(minutes=5))
        uow.commit()
    return mine


def dispatch_limited(member: Member, place: Place, now: datetime, per_day: int) -> int:
    """Send what is owed under a limit of the day; how many messages this process handed over."""
    app = place.app(now)
    dispatcher = replace(app.dispatcher, batch=5, sms_limits=SmsLimits(per_day=per_day))
    member.line_up()
    return dispatcher.drain(now).accepted
