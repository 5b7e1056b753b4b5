"""The port `Outbox`: what leaves, in which order, under whose lease, and how it ends (I5, B3)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.builders import START
from tests.contract.steps import begun, claimed, later, owed, settled
from workflow.outbox import Audience, Channel, DeliveryState, MessageKind, Settlement
from workflow.ports import UnitOfWork

M, S = MessageKind, DeliveryState
MAIL, SMS = frozenset({Channel.EMAIL}), frozenset({Channel.SMS})


def test_a_claimed_row_carries_its_message_whole_with_its_secret(uow: UnitOfWork) -> None:
    (message,) = owed(uow, {"params": {"link_until": "7/12/2026 é"}, "send_before": later(days=14)})

    (row,) = claimed(uow)

    assert row.message == message
    assert row.message.secret == "a secret"
    assert (row.state, row.attempts) == (S.QUEUED, 0)


def test_rows_are_claimed_oldest_first_and_no_more_than_asked(uow: UnitOfWork) -> None:
    third, first, second = owed(
        uow,
        {"kind": M.M4, "not_before": later(minutes=3)},
        {"kind": M.M2, "not_before": later(minutes=1)},
        {"kind": M.M9, "not_before": later(minutes=2)},
    )

    rows = claimed(uow, now=later(hours=1), limit=2)

    assert [row.message.id for row in rows] == [first.id, second.id]
    assert [row.message.id for row in claimed(uow, now=later(hours=1))] == [third.id]


def test_who_waits_for_a_link_goes_before_who_is_only_reminded(uow: UnitOfWork) -> None:
    reminder, link = owed(
        uow, {"kind": M.M7, "not_before": later(minutes=1)}, {"kind": M.M1, "not_before": later(minutes=2)}
    )

    assert [row.message.id for row in claimed(uow, now=later(hours=1))] == [link.id, reminder.id]


def test_what_one_transition_owes_is_claimed_in_the_order_in_which_it_was_made(uow: UnitOfWork) -> None:
    made = owed(uow, {"kind": M.M2}, {"kind": M.M4}, {"kind": M.M9})

    assert [row.message.id for row in claimed(uow)] == [message.id for message in made]


def test_only_the_channels_asked_for_are_claimed(uow: UnitOfWork) -> None:
    owed(
        uow, {"kind": M.M1}, {"kind": M.M3}, {"kind": M.M10, "channel": Channel.TASK, "audience": Audience.SERVICE_DESK}
    )

    assert [row.message.kind for row in claimed(uow, channels=SMS)] == [M.M3]
    assert [row.message.kind for row in claimed(uow, channels=MAIL)] == [M.M1]


def test_a_row_waits_until_its_time_has_come(uow: UnitOfWork) -> None:
    owed(uow, {"not_before": later(hours=1)})

    assert claimed(uow, now=later(minutes=59)) == []
    assert len(claimed(uow, now=later(hours=1))) == 1


def test_a_row_is_never_claimed_once_its_last_moment_has_come(uow: UnitOfWork) -> None:
    owed(
        uow,
        {"kind": M.M1, "send_before": later(days=14)},
        {"kind": M.M2, "send_before": later(days=14, microseconds=1)},
    )

    rows = claimed(uow, now=later(days=14))

    assert [row.message.kind for row in rows] == [M.M2]


def test_a_leased_row_is_nobody_elses(uow: UnitOfWork) -> None:
    owed(uow)
    claimed(uow)

    assert claimed(uow, now=later(minutes=1)) == []
    assert uow.outbox.count_due(MAIL, now=later(minutes=1)) == 0


def test_every_claim_gives_a_new_fence(uow: UnitOfWork) -> None:
    owed(uow)
    (first,) = claimed(uow)
    uow.outbox.settle(first, Settlement(S.QUEUED, later(minutes=1)), now=START)

    (second,) = claimed(uow, now=later(minutes=1))

    assert second.fence > first.fence > 0


def test_an_attempt_that_starts_pins_template_language_and_digest(uow: UnitOfWork) -> None:
    (message,) = owed(uow, {"language": None})
    (row,) = claimed(uow)
    pinned = replace(row, message=replace(row.message, language="nl"), template="M1.nl@1", body_digest="d" * 64)

    assert uow.outbox.begin(pinned, now=later(seconds=1), lease_until=later(minutes=6))

    found = uow.outbox.find(message.id)
    assert (found.state, found.message.language) == (S.SENDING, "nl")
    assert (found.template, found.body_digest) == ("M1.nl@1", "d" * 64)
    assert (found.first_attempt_at, found.last_attempt_at) == (later(seconds=1), later(seconds=1))


def test_what_was_pinned_comes_back_with_the_next_claim_and_the_first_attempt_keeps_its_instant(
    uow: UnitOfWork,
) -> None:
    owed(uow, {"language": None})
    (row,) = claimed(uow)
    pinned = replace(row, message=replace(row.message, language="de"), template="M1.de@1", body_digest="e" * 64)
    uow.outbox.begin(pinned, now=START, lease_until=later(minutes=5))
    uow.outbox.settle(row, Settlement(S.QUEUED, later(minutes=1)), now=START)

    (second,) = claimed(uow, now=later(minutes=1))
    uow.outbox.begin(second, now=later(minutes=1), lease_until=later(minutes=6))
    uow.outbox.settle(second, Settlement(S.QUEUED, later(minutes=2)), now=later(minutes=1))
    (third,) = claimed(uow, now=later(minutes=2))
    uow.outbox.begin(third, now=later(minutes=2), lease_until=later(minutes=7))

    assert (third.message.language, third.template, third.body_digest) == ("de", "M1.de@1", "e" * 64)
    found = uow.outbox.find(third.message.id)
    assert (found.first_attempt_at, found.last_attempt_at) == (START, later(minutes=2))


def test_an_accepted_row_keeps_its_provider_reference_and_is_claimed_no_more(uow: UnitOfWork) -> None:
    owed(uow)

    accepted = settled(uow, Settlement(S.ACCEPTED, provider_ref="SM123"))

    found = uow.outbox.find(accepted)
    assert (found.state, found.attempts, found.provider_ref, found.error) == (S.ACCEPTED, 1, "SM123", None)
    assert claimed(uow, now=later(days=1)) == []


def test_a_row_to_be_tried_again_waits_until_then_and_has_used_an_attempt(uow: UnitOfWork) -> None:
    owed(uow)

    settled(uow, Settlement(S.QUEUED, later(minutes=5), error="451"))

    assert claimed(uow, now=later(minutes=4)) == []
    (row,) = claimed(uow, now=later(minutes=5))
    assert (row.state, row.attempts, row.error) == (S.QUEUED, 1, "451")
    assert row.message.secret == "a secret"


@pytest.mark.fact("B2-3")
def test_attempts_add_up_over_retries(uow: UnitOfWork) -> None:
    (message,) = owed(uow)

    for minute in range(3):
        settled(uow, Settlement(S.QUEUED, later(minutes=minute + 1)), now=later(minutes=minute))

    assert uow.outbox.find(message.id).attempts == 3


def test_an_attempt_at_a_provider_that_is_down_costs_nothing(uow: UnitOfWork) -> None:
    (message,) = owed(uow)

    settled(uow, Settlement(S.QUEUED, later(minutes=1), counts=False, error="connection_refused"))

    assert uow.outbox.find(message.id).attempts == 0


def test_a_row_may_be_settled_without_an_attempt(uow: UnitOfWork) -> None:
    (message,) = owed(uow)
    (row,) = claimed(uow)

    assert uow.outbox.settle(row, Settlement(S.QUEUED, START, counts=False), now=START)

    found = uow.outbox.find(message.id)
    assert (found.state, found.attempts) == (S.QUEUED, 0)
    assert len(claimed(uow)) == 1


def test_a_settlement_may_erase_the_secret(uow: UnitOfWork) -> None:
    owed(uow)

    settled(uow, Settlement(S.QUEUED, later(minutes=1), erase_secret=True))

    assert [row.message.secret for row in claimed(uow, now=later(minutes=1))] == [None]


def test_a_row_of_unknown_outcome_is_claimed_again_after_its_wait(uow: UnitOfWork) -> None:
    owed(uow)
    settled(uow, Settlement(S.UNKNOWN, later(minutes=10), error="lost_after_data"))

    assert claimed(uow, now=later(minutes=9)) == []
    assert [row.state for row in claimed(uow, now=later(minutes=10))] == [S.UNKNOWN]


def test_a_worker_whose_row_was_claimed_by_another_can_neither_begin_nor_settle(uow: UnitOfWork) -> None:
    (message,) = owed(uow)
    (zombie,) = claimed(uow)
    uow.outbox.rescue(now=later(minutes=5))
    (owner,) = claimed(uow, now=later(minutes=5))

    assert uow.outbox.begin(zombie, now=later(minutes=5), lease_until=later(minutes=9)) is False
    assert uow.outbox.settle(zombie, Settlement(S.FAILED), now=later(minutes=5)) is False
    assert uow.outbox.find(message.id).state is S.QUEUED
    assert uow.outbox.begin(owner, now=later(minutes=5), lease_until=later(minutes=9)) is True


def test_a_worker_that_slept_through_its_lease_cannot_begin(uow: UnitOfWork) -> None:
    owed(uow)
    (zombie,) = claimed(uow)
    uow.outbox.rescue(now=later(minutes=5))

    assert uow.outbox.begin(zombie, now=later(minutes=6), lease_until=later(minutes=9)) is False


def test_what_was_settled_takes_no_second_word(uow: UnitOfWork) -> None:
    (message,) = owed(uow)
    row = begun(uow)
    uow.outbox.settle(row, Settlement(S.ACCEPTED, provider_ref="SM123"), now=START)

    assert uow.outbox.settle(row, Settlement(S.FAILED, error="late"), now=START) is False
    assert uow.outbox.begin(row, now=START, lease_until=later(minutes=5)) is False

    found = uow.outbox.find(message.id)
    assert (found.state, found.error, found.attempts) == (S.ACCEPTED, None, 1)


def test_an_attempt_begins_once(uow: UnitOfWork) -> None:
    owed(uow)
    row = begun(uow)

    assert uow.outbox.begin(row, now=START, lease_until=later(minutes=5)) is False


def test_the_latest_instant_at_which_something_was_owed_is_told_up_to_a_bound(uow: UnitOfWork) -> None:
    assert uow.outbox.latest_owed(upto=later(hours=1)) is None

    owed(
        uow,
        {"kind": M.M1},
        {"kind": M.M2, "not_before": later(seconds=30)},
        {"kind": M.M7, "not_before": later(days=7)},
    )

    assert uow.outbox.latest_owed(upto=later(hours=1)) == later(seconds=30)
    assert uow.outbox.latest_owed(upto=later(seconds=29)) == START


def test_a_row_that_waits_for_its_next_try_is_not_owed_at_once(uow: UnitOfWork) -> None:
    owed(uow, {})

    settled(uow, Settlement(S.QUEUED, not_before=later(minutes=1), error="smtp_421"))

    assert uow.outbox.latest_owed(upto=later(hours=1)) is None
