"""The port `Measures`: the figures that an operator watches, the same from every store."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from tests.builders import START
from tests.contract.steps import begun, claimed, in_threads, later, opened, owed, settled
from tests.support.world import Store
from workflow.measures import COUNTED, Arrivals, Measured
from workflow.outbox import DeliveryState, MessageKind, Receipt, ReceiptStatus, Settlement
from workflow.ports import UnitOfWork

S, R, M = DeliveryState, ReceiptStatus, MessageKind
NOTHING = Measured(states=dict.fromkeys(sorted(COUNTED), 0))


def ended(
    uow: UnitOfWork, status: ReceiptStatus, *, seconds: float, kind: MessageKind = M.M3, moved: bool = True
) -> None:
    """A message that was sent at START and whose end was told so many seconds later."""
    case = opened(uow, "activation")
    owed(uow, {"kind": kind}, case=case)
    message = settled(uow, Settlement(S.ACCEPTED))
    state = {R.DELIVERED: S.DELIVERED, R.UNDELIVERED: S.UNDELIVERED, R.BOUNCED: S.BOUNCED}.get(status, S.ACCEPTED)
    uow.outbox.move(uow.outbox.find(message), Settlement(state), now=later(seconds=seconds))
    uow.receipts.keep(Receipt("any", status, message), case_id=case.id, moved=moved, now=later(seconds=seconds))


def test_an_empty_queue_has_nothing_to_tell(uow: UnitOfWork) -> None:
    assert uow.measures.taken(now=START) == NOTHING


def test_the_oldest_due_message_of_each_channel_is_told_by_its_age(uow: UnitOfWork) -> None:
    owed(
        uow,
        {"kind": M.M1, "not_before": later(minutes=5)},
        {"kind": M.M2, "not_before": later(minutes=2)},
        {"kind": M.M3, "not_before": later(hours=1)},
    )

    assert uow.measures.taken(now=later(minutes=1)).oldest_due == {}
    assert uow.measures.taken(now=later(minutes=10)).oldest_due == {"email": timedelta(minutes=8)}
    assert uow.measures.taken(now=later(hours=2)).oldest_due == {
        "email": timedelta(minutes=118), "sms": timedelta(hours=1),
    }  # fmt: skip


def test_a_message_that_a_provider_puts_off_again_and_again_grows_old_all_the_same(uow: UnitOfWork) -> None:
    owed(uow, {"kind": M.M1})
    settled(uow, Settlement(S.QUEUED, not_before=later(days=3), counts=False, error="smtp_connect"))

    assert uow.measures.taken(now=later(days=2)).oldest_due == {"email": timedelta(days=2)}


def test_a_message_that_was_put_back_by_hand_begins_anew(uow: UnitOfWork) -> None:
    owed(uow, {"kind": M.M1})
    message = settled(uow, Settlement(S.FAILED, error="smtp_550"))
    uow.outbox.requeue(message, now=later(days=2))

    assert uow.measures.taken(now=later(days=2, minutes=1)).oldest_due == {"email": timedelta(minutes=1)}


def test_what_waits_and_what_needs_a_look_is_counted_and_what_ended_well_is_not(uow: UnitOfWork) -> None:
    for state in (S.PARKED, S.FAILED, S.FAILED, S.UNKNOWN, S.ACCEPTED, S.CANCELLED):
        owed(uow, {"kind": M.M1})
        settled(uow, Settlement(state, not_before=later(days=1)))
    ended(uow, R.DELIVERED, seconds=1)
    ended(uow, R.BOUNCED, seconds=1, kind=M.M1)
    owed(uow, {"kind": M.M1, "not_before": later(days=1)})
    owed(uow, {"kind": M.M2})
    begun(uow)

    states = {state: number for state, number in uow.measures.taken(now=START).states.items() if number}

    assert states == {S.PARKED: 1, S.FAILED: 2, S.UNKNOWN: 1, S.BOUNCED: 1, S.QUEUED: 1, S.SENDING: 1}


def test_an_accepted_message_awaits_its_receipt_and_is_unconfirmed_after_the_last_question(uow: UnitOfWork) -> None:
    owed(uow, {"kind": M.M3})
    message = settled(uow, Settlement(S.ACCEPTED, provider_ref="SM1", poll_at=later(minutes=1)))
    before = uow.measures.taken(now=START)

    uow.outbox.asked(uow.outbox.find(message), again_at=None)
    after = uow.measures.taken(now=START)

    assert (before.awaiting_receipt, before.unconfirmed) == (1, 0)
    assert (after.awaiting_receipt, after.unconfirmed) == (0, 1)


def test_arrivals_are_those_of_the_last_day_with_their_waits(uow: UnitOfWork) -> None:
    for seconds in (4, 8, 20):
        ended(uow, R.DELIVERED, seconds=seconds)
    ended(uow, R.UNDELIVERED, seconds=5)
    ended(uow, R.HANDED_ON, seconds=1)
    ended(uow, R.DELIVERED, seconds=2, moved=False)
    ended(uow, R.BOUNCED, seconds=3, kind=M.M1)

    measured = uow.measures.taken(now=later(minutes=1))

    assert {channel: (sorted(one.waits), one.lost) for channel, one in measured.arrivals.items()} == {
        "sms": ([timedelta(seconds=seconds) for seconds in (4, 8, 20)], 1),
        "email": ([], 1),
    }
    assert measured.arrivals["sms"].soon == 0.5
    assert uow.measures.taken(now=later(days=1, seconds=21)).arrivals == {}


def test_receipts_of_nobody_are_counted(uow: UnitOfWork) -> None:
    uow.receipts.keep(Receipt("twilio", R.DELIVERED, UUID(int=1)), case_id=None, moved=False, now=START)
    ended(uow, R.DELIVERED, seconds=1)

    assert uow.measures.taken(now=START).strays == 1


def test_counters_add_up_over_processes(store: Store) -> None:
    def count(number: int) -> None:
        with store.unit_of_work() as own:
            own.measures.count("callbacks_refused_signature", 10)
            own.measures.count(f"other_{number}", number)
            own.commit()

    in_threads(4, count)

    with store.unit_of_work() as uow:
        counted = uow.measures.taken(now=START).counted
    assert counted == {"callbacks_refused_signature": 40, "other_0": 0, "other_1": 1, "other_2": 2, "other_3": 3}


def test_a_counter_is_undone_with_its_transaction(store: Store) -> None:
    with store.unit_of_work() as uow:
        uow.measures.count("any", 1)
        uow.rollback()

        assert uow.measures.taken(now=START).counted == {}


@pytest.mark.parametrize(
    ("share", "wait"), [(0.5, 50), (0.95, 95), (0.99, 99), (1.0, 100), (0.001, 1)]
)  # fmt: skip
def test_a_quantile_is_a_wait_that_was_measured(share: float, wait: int) -> None:
    arrivals = Arrivals(tuple(timedelta(seconds=seconds) for seconds in range(100, 0, -1)))

    assert arrivals.quantile(share) == timedelta(seconds=wait)
    assert Arrivals().quantile(share) is None
    assert Arrivals().soon is None


def test_a_row_under_a_lease_is_due_as_well(uow: UnitOfWork) -> None:
    owed(uow, {"kind": M.M1})
    claimed(uow)

    assert uow.measures.taken(now=later(minutes=1)).oldest_due == {"email": timedelta(minutes=1)}


def test_a_figure_stands_until_it_is_written_again(uow: UnitOfWork) -> None:
    before = uow.measures.noted("walked_at")
    uow.measures.note("walked_at", 1_795_000_000_000)
    uow.measures.note("walked_at", 1_795_000_000_001)
    uow.measures.note("another", 7)

    assert before is None
    assert uow.measures.noted("walked_at") == 1_795_000_000_001
    assert uow.measures.taken(now=START).counted == {"another": 7, "walked_at": 1_795_000_000_001}
