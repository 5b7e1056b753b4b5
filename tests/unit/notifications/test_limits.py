"""Limits of SMS at the moment an attempt begins: counted, postponed, failed, and the fuse that stops them all."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from identity.contact import sms_country
from notifications.limits import SmsLimits
from notifications.outcome import Down, Transient, Unknown
from tests import builders
from tests.unit.notifications.dispatch_example import NOW, ZOE, Queue
from workflow.outbox import Channel, DeliveryState, MessageKind, QueuedMessage

S, M = DeliveryState, MessageKind
MIDNIGHT = builders.START.replace(hour=23, minute=0, second=0, microsecond=0)  # in Brussels, in winter
LATE = NOW + timedelta(days=14)


def limited(**limits: Any) -> Queue:
    return Queue(sms_limits=SmsLimits(**limits))


def number(last: int) -> str:
    return f"+3247012{last:04d}"


def codes(queue: Queue, count: int, kind: MessageKind = M.M3, **more: Any) -> list[QueuedMessage]:
    known: dict[str, Any] = {"send_before": LATE, "channel": Channel.SMS}
    return [queue.owed(kind, **(known | more)) for _ in range(count)]


def came_to(queue: Queue, rows: list[QueuedMessage]) -> list[tuple[DeliveryState, str | None]]:
    return [(queue.state(row), queue.row(row).error) for row in rows]


def test_a_fourth_code_to_one_number_waits_until_the_first_is_a_day_old() -> None:
    queue = limited()
    rows = codes(queue, 4)

    queue.drain()
    waiting = next(row for row in rows if queue.state(row) is S.QUEUED)
    attempts, error, due = (
        queue.row(waiting).attempts, queue.row(waiting).error, queue.row(waiting).message.not_before,
    )  # fmt: skip
    queue.drain(hours=23, minutes=59)
    early = len(queue.sms.accepted)
    queue.drain(minutes=1)

    assert (attempts, error, due) == (0, "sms_limit_number", NOW + timedelta(hours=24))
    assert (early, len(queue.sms.accepted)) == (3, 4)


def test_six_one_time_codes_a_day_reach_a_number_besides_its_activation_codes() -> None:
    queue = limited()
    otps = codes(queue, 7, M.M15, send_before=NOW + timedelta(minutes=10))
    codes(queue, 3)

    queue.drain()

    assert len(queue.sms.accepted) == 9
    assert came_to(queue, otps).count((S.FAILED, "sms_limit_number_otp")) == 1


def test_beyond_a_limit_what_would_come_too_late_fails_and_its_case_hears_of_it() -> None:
    queue = limited()
    rows = codes(queue, 4, send_before=NOW + timedelta(hours=24))

    queue.drain()

    failed = [row for row in rows if queue.state(row) is S.FAILED]
    assert [queue.row(row).error for row in failed] == ["sms_limit_number"]
    assert (failed[0].id, S.FAILED) in queue.heard


def test_an_officer_causes_fifty_codes_a_day_and_their_colleague_is_not_held_up() -> None:
    queue, rows = limited(), []
    for place in range(51):
        queue.recipient = replace(ZOE, mobile=number(place))
        rows += codes(queue, 1, filer=builders.anna().id)
        queue.drain()
    queue.recipient = replace(ZOE, mobile=number(99))
    [other] = codes(queue, 1, filer=builders.bart().id)
    queue.drain()

    assert came_to(queue, rows).count((S.ACCEPTED, None)) == 50
    assert (queue.state(rows[-1]), queue.row(rows[-1]).error) == (S.QUEUED, "sms_limit_officer")
    assert queue.row(rows[-1]).message.not_before == MIDNIGHT
    assert queue.state(other) is S.ACCEPTED


@pytest.mark.parametrize(
    ("limits", "code"),
    [({"per_day": 2}, "sms_limit_day"), ({"per_country_day": 2}, "sms_limit_country")],
)
def test_a_limit_of_the_day_frees_at_midnight_in_brussels(limits: dict[str, int], code: str) -> None:
    queue = limited(**limits)
    rows = codes(queue, 3)

    queue.drain()
    waiting = next(row for row in rows if queue.state(row) is S.QUEUED)
    told = queue.row(waiting)
    queue.now = MIDNIGHT
    queue.drain()

    assert (told.error, told.message.not_before) == (code, MIDNIGHT)
    assert queue.state(waiting) is S.ACCEPTED


def test_countries_are_counted_apart() -> None:
    queue = limited(per_country_day=1)
    codes(queue, 1)
    queue.drain()

    queue.recipient = replace(ZOE, mobile=number(1))
    [belgian] = codes(queue, 1)
    queue.drain()

    assert queue.state(belgian) is S.ACCEPTED


def test_a_country_that_is_not_allowed_fails_at_once_and_costs_nobody_a_place() -> None:
    queue = limited(countries=frozenset({"BE", "NL"}), per_day=1)
    [french] = codes(queue, 1)
    queue.drain()

    queue.recipient = replace(ZOE, mobile=number(1))
    [belgian] = codes(queue, 1)
    queue.drain()

    assert came_to(queue, [french]) == [(S.FAILED, "country_not_allowed")]
    assert queue.heard[0] == (french.id, S.FAILED)
    assert queue.state(belgian) is S.ACCEPTED


@pytest.mark.parametrize(
    ("e164", "country"),
    [
        ("+32470123456", "BE"), ("+33612345678", "FR"), ("+447400123456", "GB"), ("+447781123456", "GG"),
        ("+3290012345", None), ("+33899123456", None), ("+4932221234567", None), ("+3222123456", None), ("12", None),
    ],
)  # fmt: skip
def test_premium_voip_and_landline_numbers_get_no_sms(e164: str, country: str | None) -> None:
    assert sms_country(e164) == country


def test_a_number_that_takes_no_sms_fails() -> None:
    queue = limited()
    queue.recipient = replace(ZOE, mobile="+3290012345")
    rows = codes(queue, 1)

    queue.drain()

    assert came_to(queue, rows) == [(S.FAILED, "number_takes_no_sms")]
    assert queue.sms.tried == []


@pytest.mark.parametrize("outcome", [Transient("twilio_30003"), Down("twilio_connect")])
def test_what_never_left_uses_up_no_place(outcome: Transient | Down) -> None:
    queue = limited()
    queue.sms.script = deque([outcome] * 3)
    rows = codes(queue, 1)
    for _ in range(3):
        queue.drain(hours=2)
    rows += codes(queue, 2)

    queue.drain(hours=7)

    assert {queue.state(row) for row in rows} == {S.ACCEPTED}


def test_what_may_have_left_keeps_its_place_and_never_takes_a_second() -> None:
    queue = limited()
    queue.sms.script = deque([Unknown("twilio_no_answer")])
    codes(queue, 1)
    queue.drain()
    rows = codes(queue, 3)

    queue.drain(minutes=1)

    assert sorted(came_to(queue, rows), key=str) == [(S.ACCEPTED, None)] * 2 + [(S.QUEUED, "sms_limit_number")]


def test_when_the_money_of_the_day_is_spent_no_sms_leaves_until_tomorrow_and_no_row_is_harmed() -> None:
    queue = limited(cents_per_day=25, cents_per_segment=10)
    rows = codes(queue, 3)
    link = queue.owed(M.M1)

    sent = queue.drain()
    gate, waiting = queue.gate(Channel.SMS), next(row for row in rows if queue.state(row) is S.QUEUED)
    told = queue.row(waiting)
    queue.drain(hours=1)
    tried_today = len(queue.sms.tried)
    queue.now = MIDNIGHT
    queue.drain()

    assert sent.down == {Channel.SMS: "sms_money_fuse"}
    assert (gate.code, gate.paused_until) == ("sms_money_fuse", MIDNIGHT)
    assert (told.attempts, told.error, told.message) == (0, "sms_money_fuse", replace(waiting, secret=None))
    assert queue.state(link) is S.ACCEPTED
    assert tried_today == 2
    assert (queue.state(waiting), queue.gate(Channel.SMS).is_open) == (S.ACCEPTED, True)


def test_a_long_sms_costs_its_segments() -> None:
    queue = limited(cents_per_day=25, cents_per_segment=10)
    codes(queue, 1, secret="x" * 200)
    [short] = codes(queue, 1)

    queue.drain()

    assert len(queue.sms.accepted) == 1
    assert queue.gate(Channel.SMS).code == "sms_money_fuse"
    assert queue.state(short) in (S.QUEUED, S.ACCEPTED)


def test_limits_hold_no_other_row_up() -> None:
    queue = limited()
    blocked = codes(queue, 200)
    queue.drain()
    queue.recipient = replace(ZOE, mobile=number(7))
    [free] = codes(queue, 1)

    queue.drain()

    assert queue.state(free) is S.ACCEPTED
    assert [queue.state(row) for row in blocked].count(S.QUEUED) == 197
