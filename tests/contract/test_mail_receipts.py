"""What a report of a mail server does to its message and its case, on every store: forward only, whatever comes again or late."""

from __future__ import annotations

import pytest

from notifications.bounces import BounceAddress
from tests.support import reports
from tests.support.reports import Said
from tests.support.world import Store, World
from workflow import activations
from workflow.outbox import Delivery, DeliveryState, KeptReceipt, MessageKind, Receipt, ReceiptStatus
from workflow.receipts import Heard, receive

M, S = MessageKind, DeliveryState
HOME = BounceAddress("bounces", "mail.example", b"k" * 32)
FAILED, DELIVERED, DELAYED = Said(), Said("delivered", "2.0.0"), Said("delayed", "4.4.1")


@pytest.fixture
def world(store: Store) -> World:
    return World(store=store)


def link_mail(world: World, ref: str) -> Delivery:
    """The newest mail with the link."""
    return world.queue(ref, M.M1)[-1]


def reported(world: World, row: Delivery, said: Said = FAILED) -> Heard:
    """A server reports on a mail of ours, and the report comes home."""
    receipt = HOME.receipt_of(reports.postfix(HOME.sender_of(row.message.id), said))
    assert isinstance(receipt, Receipt)
    return receive(world.store.unit_of_work, receipt, now=world.now, tools=world.tools)


def kept(world: World, row: Delivery) -> list[tuple[ReceiptStatus, bool]]:
    """The receipts of a message: what they said, and whether they moved it."""
    with world.store.unit_of_work() as uow:
        found: list[KeptReceipt] = uow.receipts.of_message(row.message.id)
    return [(one.receipt.status, one.moved) for one in found]


@pytest.mark.fact("B2-3")
def test_a_mail_that_comes_back_is_bounced_and_becomes_a_task(world: World) -> None:
    ref = world.issued()

    heard = reported(world, link_mail(world, ref))

    row = link_mail(world, ref)
    assert heard == Heard(row.message.id, True)
    assert (row.state, row.error) == (S.BOUNCED, "dsn_5.1.1")
    assert len(world.queue(ref, M.M10)) == 1


@pytest.mark.fact("B2-3", "B2-3b")
def test_a_mail_that_came_back_goes_out_to_the_corrected_address_and_arrives(world: World) -> None:
    ref = world.issued()
    code = world.code_of(ref)
    reported(world, link_mail(world, ref))
    world.does(world.bart, activations.correct_email, ref, email="zoe@example.net", confirmed=True)
    world.deliver()

    reported(world, link_mail(world, ref), DELIVERED)

    assert [row.state for row in world.queue(ref, M.M1)] == [S.BOUNCED, S.DELIVERED]
    assert world.code_of(ref) == code, "the code stands"


def test_a_report_that_comes_twice_is_kept_twice_and_moves_once(world: World) -> None:
    ref = world.issued()
    row = link_mail(world, ref)

    reported(world, row)
    again = reported(world, row)

    assert again == Heard(row.message.id, False)
    assert kept(world, row) == [(ReceiptStatus.BOUNCED, True), (ReceiptStatus.BOUNCED, False)]
    assert len(world.queue(ref, M.M10)) == 1


def test_a_bounce_after_the_delivery_changes_nothing(world: World) -> None:
    ref = world.issued()
    row = link_mail(world, ref)
    reported(world, row, DELIVERED)
    before = world.events(ref)

    late = reported(world, row)

    assert late == Heard(row.message.id, False)
    assert link_mail(world, ref).state is S.DELIVERED
    assert world.events(ref) == before
    assert world.queue(ref, M.M10) == []


def test_a_delay_is_kept_and_changes_nothing(world: World) -> None:
    ref = world.issued()
    row = link_mail(world, ref)

    reported(world, row, DELAYED)

    assert link_mail(world, ref).state is S.ACCEPTED
    assert kept(world, row) == [(ReceiptStatus.DELAYED, False)]


def test_a_signed_report_on_a_message_that_is_not_there_moves_nothing(world: World) -> None:
    ref = world.issued()
    row = link_mail(world, ref)
    elsewhere = World(seed=8)
    theirs = link_mail(elsewhere, elsewhere.issued())

    heard = reported(world, theirs)

    assert heard == Heard(None, False)
    assert link_mail(world, ref).state is row.state
