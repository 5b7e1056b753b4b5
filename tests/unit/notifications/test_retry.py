"""What follows an attempt, after domain B3: what is tried again, when, how often, and what a person has to see."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest

from notifications.outcome import Absent, Accepted, Down, Outcome, Refused, Transient, Unknown
from notifications.retry import EXPONENTIAL, MAX_ATTEMPTS, POLICY, after_lookup, first_poll, next_poll, settlement
from workflow.outbox import Audience, Channel, Delivery, DeliveryState, MessageKind, QueuedMessage, Settlement

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
S = DeliveryState
BOTH = (Channel.EMAIL, Channel.SMS)


def row(channel: Channel = Channel.EMAIL, **more: object) -> Delivery:
    message = QueuedMessage(
        id=UUID(int=1),
        case_id=UUID(int=2),
        kind=MessageKind.M3 if channel is Channel.SMS else MessageKind.M1,
        audience=Audience.APPLICANT,
        channel=channel,
        sequence=1,
        queued_at=NOW,
        not_before=NOW,
        send_before=None,
        secret="secret",
    )
    return Delivery(message, **({"state": S.QUEUED} | more))  # type: ignore[arg-type]  # names of Delivery's fields


def lived_through(outcome: Outcome, channel: Channel) -> list[tuple[datetime, Settlement]]:
    """Each attempt of a row whose every attempt comes to the same, made at the very instant it may be made."""
    delivery, now, told = row(channel), NOW, []
    while True:
        made = settlement(outcome, delivery, now)
        told.append((now, made))
        if made.not_before is None:
            return told
        assert len(told) < 100, "it would never end"
        delivery = row(channel, state=made.state, attempts=delivery.attempts + made.counts, first_attempt_at=NOW)
        now = made.not_before


@pytest.mark.parametrize("channel", BOTH)
def test_an_accepted_message_keeps_its_secret_because_a_receipt_may_yet_say_undelivered(channel: Channel) -> None:
    made = settlement(Accepted("SM1"), row(channel), NOW)

    assert (made.state, made.provider_ref, made.erase_secret) == (S.ACCEPTED, "SM1", False)


@pytest.mark.fact("B2-3")
@pytest.mark.parametrize("channel", BOTH)
def test_a_refused_message_has_failed_at_once_and_its_secret_goes(channel: Channel) -> None:
    made = settlement(Refused("smtp_550"), row(channel), NOW)

    assert (made.state, made.error, made.not_before, made.erase_secret) == (S.FAILED, "smtp_550", None, True)


@pytest.mark.fact("B2-3")
@pytest.mark.parametrize("channel", BOTH)
def test_what_is_refused_for_now_is_tried_five_times_within_a_day_and_has_then_failed(channel: Channel) -> None:
    told = lived_through(Transient("smtp_451"), channel)

    last_at, last = told[-1]
    assert len(told) == 5
    assert last_at - NOW <= timedelta(hours=24)
    assert (last.state, last.error, last.erase_secret) == (S.FAILED, "smtp_451", True)


def test_the_waits_between_tries_grow_exponentially() -> None:
    growth = [later / earlier for earlier, later in pairwise(EXPONENTIAL)]

    assert len(EXPONENTIAL) == MAX_ATTEMPTS - 1
    assert min(growth) >= 2


def test_an_unknown_error_of_the_carrier_is_tried_again_once() -> None:
    told = lived_through(Transient("twilio_30008"), Channel.SMS)

    assert [made.state for _, made in told] == [S.QUEUED, S.FAILED]


@pytest.mark.parametrize("channel", BOTH)
def test_a_provider_that_is_down_costs_no_attempt_however_long_it_lasts(channel: Channel) -> None:
    now, delivery, waits = NOW, row(channel), []

    while now - NOW < timedelta(hours=72):
        made = settlement(Down("smtp_connect"), delivery, now)
        assert (made.state, made.counts, made.erase_secret) == (S.QUEUED, False, False)
        assert made.not_before is not None
        waits.append(made.not_before - now)
        now, delivery = made.not_before, row(channel, first_attempt_at=NOW)

    assert waits[0] == timedelta(minutes=1)
    assert waits == sorted(waits)
    assert waits[-1] == timedelta(minutes=15)


def test_a_row_that_was_never_tried_because_the_provider_was_down_waits_the_shortest_time() -> None:
    made = settlement(Down("smtp_connect"), row(first_attempt_at=None), NOW)

    assert made.not_before == NOW + timedelta(minutes=1)


def test_a_mail_whose_answer_was_lost_is_repeated_after_the_ten_minutes_a_server_may_take() -> None:
    made = settlement(Unknown("smtp_lost_after_data"), row(), NOW)

    assert made.state is S.UNKNOWN
    assert made.not_before is not None
    assert made.not_before - NOW >= timedelta(minutes=10)


@pytest.mark.parametrize("channel", BOTH)
def test_a_message_whose_outcome_stays_unknown_ends_visible_to_a_person_with_its_secret(channel: Channel) -> None:
    told = lived_through(Unknown("twilio_no_answer"), channel)

    last = told[-1][1]
    assert len(told) == 5
    assert (last.state, last.error, last.erase_secret) == (S.PARKED, "twilio_no_answer", False)


@pytest.mark.parametrize("outcome", [Transient("smtp_451"), Down("smtp_connect")])
def test_a_mail_that_may_have_arrived_stays_unknown_while_it_waits(outcome: Outcome) -> None:
    made = settlement(outcome, row(state=S.UNKNOWN, attempts=1), NOW)

    assert made.state is S.UNKNOWN


def test_an_sms_that_the_provider_holds_counts_as_accepted_and_costs_no_second_attempt() -> None:
    made = after_lookup(Accepted("SM7"), row(Channel.SMS, state=S.UNKNOWN, attempts=1), NOW)

    assert made == Settlement(S.ACCEPTED, counts=False, provider_ref="SM7", poll_at=NOW + timedelta(minutes=1))


@pytest.mark.fact("B3-lose")
def test_an_sms_that_the_provider_does_not_list_waits_until_no_first_copy_can_come_any_more() -> None:
    lost = row(Channel.SMS, state=S.UNKNOWN, attempts=1, last_attempt_at=NOW)

    early = after_lookup(Absent(), lost, NOW + timedelta(minutes=2))
    late = after_lookup(Absent(), lost, NOW + timedelta(minutes=62))

    assert early is not None
    assert (early.state, early.counts, early.not_before) == (S.UNKNOWN, False, NOW + timedelta(minutes=62))
    assert late is None


def test_the_validity_that_is_waited_out_is_the_one_that_the_provider_is_given() -> None:
    assert POLICY[Channel.SMS].valid == timedelta(hours=1)


@pytest.mark.fact("B3-deliver")
def test_a_provider_that_tells_nothing_is_asked_after_one_five_and_thirty_minutes_and_four_hours() -> None:
    delivery, asked_at = row(Channel.SMS, state=S.ACCEPTED), [first_poll(row(Channel.SMS), "SM7", NOW)]
    for polls in range(4):
        last = asked_at[-1]
        assert last is not None
        asked_at.append(next_poll(replace(delivery, polls=polls), last))

    waits = [moment - NOW for moment in asked_at if moment]
    assert waits == [timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=4)]
    assert asked_at[-1] is None


def test_an_sms_that_was_lost_five_times_is_not_sent_a_sixth_time() -> None:
    made = after_lookup(Absent(), row(Channel.SMS, state=S.UNKNOWN, attempts=5), NOW)

    assert made is not None
    assert (made.state, made.error) == (S.PARKED, "retries_exhausted")


def test_a_look_up_that_finds_the_provider_down_waits_and_sends_nothing() -> None:
    made = after_lookup(Down("twilio_connect"), row(Channel.SMS, state=S.UNKNOWN, attempts=1), NOW)

    assert made is not None
    assert (made.state, made.counts) == (S.UNKNOWN, False)
    assert made.not_before is not None
    assert made.not_before > NOW


def test_where_nothing_can_be_looked_up_a_person_decides_and_nothing_is_sent_blindly() -> None:
    made = after_lookup(Unknown("twilio_no_lookup_404"), row(Channel.SMS, state=S.UNKNOWN, attempts=1), NOW)

    assert made is not None
    assert (made.state, made.erase_secret) == (S.PARKED, False)
