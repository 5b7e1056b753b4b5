"""The ports `Receipts` and the asking part of `Outbox`: everything told is kept, every question is asked once (F26, F28)."""

from __future__ import annotations

from uuid import UUID

from tests.builders import START
from tests.contract.steps import LEASE, claimed, in_threads, later, opened, owed, settled
from tests.support.world import Store
from workflow.outbox import Delivery, DeliveryState, MessageKind, Receipt, ReceiptStatus, Settlement
from workflow.ports import UnitOfWork

S, R, M = DeliveryState, ReceiptStatus, MessageKind


def accepted(uow: UnitOfWork, reference: str = "SM1", *, minutes: float = 1) -> UUID:
    """An SMS that its provider took, to be asked about; its id."""
    owed(uow, {"kind": M.M3})
    return settled(uow, Settlement(S.ACCEPTED, provider_ref=reference, poll_at=later(minutes=minutes)))


def due(uow: UnitOfWork, *, minutes: float, limit: int = 10) -> list[Delivery]:
    """What is to be asked now."""
    now = later(minutes=minutes)
    return uow.outbox.unconfirmed(now=now, lease_until=now + LEASE, limit=limit)


def test_every_receipt_is_kept_in_the_order_in_which_it_came(uow: UnitOfWork) -> None:
    case = opened(uow, "activation")
    (message,) = owed(uow, {"kind": M.M3}, case=case)
    told = [
        Receipt("twilio", status, message.id, 1, code, "SM1")
        for status, code in ((R.DELIVERED, None), (R.DELIVERED, None), (R.UNDELIVERED, "twilio_30003"))
    ]

    for number, receipt in enumerate(told):
        uow.receipts.keep(receipt, case_id=case.id, moved=number == 0, now=later(seconds=number))

    kept = uow.receipts.of_message(message.id)
    assert [one.receipt for one in kept] == told
    assert [(one.received_at, one.moved) for one in kept] == [
        (START, True), (later(seconds=1), False), (later(seconds=2), False),
    ]  # fmt: skip


def test_strays_are_kept_until_they_are_old(uow: UnitOfWork) -> None:
    case = opened(uow, "activation")
    (message,) = owed(uow, {"kind": M.M3}, case=case)
    uow.receipts.keep(Receipt("twilio", R.HANDED_ON, message.id), case_id=case.id, moved=False, now=START)
    uow.receipts.keep(Receipt("twilio", R.DELIVERED, UUID(int=1)), case_id=None, moved=False, now=START)
    uow.receipts.keep(Receipt("twilio", R.DELIVERED, UUID(int=1)), case_id=None, moved=False, now=later(days=1))

    dropped = uow.receipts.drop_strays(before=later(days=1))

    assert dropped == 1
    assert len(uow.receipts.of_message(UUID(int=1))) == 1
    assert len(uow.receipts.of_message(message.id)) == 1


def test_a_row_is_asked_about_from_its_moment_on_oldest_first(uow: UnitOfWork) -> None:
    second = accepted(uow, "SM2", minutes=2)
    first = accepted(uow, "SM1", minutes=1)

    assert due(uow, minutes=0.9) == []
    assert [row.message.id for row in due(uow, minutes=2, limit=1)] == [first]
    assert [row.message.id for row in due(uow, minutes=2)] == [second]


def test_a_row_that_is_being_asked_about_is_left_alone_until_the_lease_ends(uow: UnitOfWork) -> None:
    message = accepted(uow)
    (row,) = due(uow, minutes=1)

    assert (row.message.id, row.message.secret, row.polls, row.provider_ref) == (message, None, 0, "SM1")
    assert due(uow, minutes=5.9) == []
    assert [again.polls for again in due(uow, minutes=6)] == [0]


def test_a_question_is_counted_and_put_off_or_was_the_last(uow: UnitOfWork) -> None:
    message = accepted(uow)
    (row,) = due(uow, minutes=1)

    uow.outbox.asked(row, again_at=later(minutes=5))
    (again,) = due(uow, minutes=5)
    uow.outbox.asked(again, again_at=None)

    assert (again.polls, uow.outbox.find(message).polls) == (1, 2)
    assert due(uow, minutes=60 * 24 * 30) == []


def test_a_receipt_that_moved_the_row_meanwhile_ends_the_questions(uow: UnitOfWork) -> None:
    message = accepted(uow)
    (row,) = due(uow, minutes=1)
    assert uow.outbox.move(uow.outbox.find(message), Settlement(S.DELIVERED), now=later(minutes=1))

    uow.outbox.asked(row, again_at=later(minutes=5))

    assert due(uow, minutes=60) == []
    assert (uow.outbox.find(message).state, uow.outbox.find(message).polls) == (S.DELIVERED, 0)


def test_a_row_without_a_moment_is_never_asked_about(uow: UnitOfWork) -> None:
    owed(uow, {"kind": M.M1})
    settled(uow, Settlement(S.ACCEPTED))
    owed(uow, {"kind": M.M3})
    claimed(uow)

    assert due(uow, minutes=60 * 24 * 30) == []


def test_two_who_ask_at_once_never_ask_about_the_same_row(store: Store) -> None:
    with store.unit_of_work() as uow:
        messages = {accepted(uow, f"SM{number}") for number in range(12)}
        uow.commit()

    def ask(_: int) -> list[UUID]:
        with store.unit_of_work() as own:
            rows = due(own, minutes=1, limit=5)
            own.commit()
            return [row.message.id for row in rows]

    asked = [id_ for some in in_threads(4, ask) for id_ in some]

    assert len(asked) == len(set(asked))
    assert set(asked) <= messages
