"""What receipts do to a message and its case: forward only, kept always, told where somebody waits (B2-3, B3)."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations
from uuid import UUID

import pytest

from tests import builders
from tests.support.world import World
from workflow import activations
from workflow.model import Reason
from workflow.outbox import DeliveryState, MessageKind, Receipt, ReceiptStatus, Settlement
from workflow.receipts import Heard, receive

M, S, R = MessageKind, DeliveryState, ReceiptStatus
UNKNOWN_SMS = Settlement(S.UNKNOWN, builders.START + timedelta(hours=1), error="twilio_no_answer")


def tell(world: World, ref: str, kind: MessageKind, status: ReceiptStatus, **more: object) -> Heard:
    """A provider tells something of the newest message of a kind."""
    row = world.queue(ref, kind)[-1]
    receipt = Receipt("twilio", status, row.message.id, **more)  # type: ignore[arg-type]  # names of its fields
    return receive(world.store.unit_of_work, receipt, now=world.now, tools=world.tools)


def states(world: World, ref: str, kind: MessageKind) -> list[str]:
    """The states of the messages of a kind, oldest first."""
    return [str(row.state) for row in world.queue(ref, kind)]


def attempts(world: World, ref: str) -> list[int]:
    """The fences of the attempts at the newest SMS with the code."""
    with world.store.unit_of_work() as uow:
        return [one.fence for one in uow.outbox.attempts_of(world.queue(ref, M.M3)[-1].message.id)]


@pytest.mark.fact("B3-deliver")
def test_a_message_that_arrived_is_delivered_and_keeps_no_secret() -> None:
    world = World()
    ref = world.issued()

    heard = tell(world, ref, M.M3, R.DELIVERED)

    row = world.queue(ref, M.M3)[0]
    assert heard == Heard(row.message.id, moved=True)
    assert row.state is S.DELIVERED
    with world.store.unit_of_work() as uow:
        assert uow.outbox.secret_of(row.message.id) is None


@pytest.mark.fact("B3-deliver", "B3-miss")
@pytest.mark.parametrize("order", list(permutations([R.HANDED_ON, R.DELIVERED, R.UNDELIVERED])))
def test_receipts_in_any_order_only_move_forward_and_the_first_final_one_stays(
    order: tuple[ReceiptStatus, ...],
) -> None:
    world = World()
    ref = world.issued()
    final = next(status for status in order if status is not R.HANDED_ON)

    for status in order:
        tell(world, ref, M.M3, status)

    assert states(world, ref, M.M3)[0] == str(final)


@pytest.mark.fact("B3-deliver")
def test_a_receipt_that_comes_ten_times_is_kept_ten_times_and_acts_once() -> None:
    world = World()
    ref = world.issued()

    heard = [tell(world, ref, M.M1, R.BOUNCED, code="dsn_5.1.1") for _ in range(10)]

    with world.store.unit_of_work() as uow:
        kept = uow.receipts.of_message(world.queue(ref, M.M1)[0].message.id)
    assert [one.moved for one in heard] == [True] + [False] * 9
    assert [one.moved for one in kept] == [True] + [False] * 9
    assert len(world.queue(ref, M.M10)) == 1


@pytest.mark.fact("B3-bounce", "B2-3", "B2-3b")
def test_a_mail_that_came_back_opens_a_task_and_its_address_can_be_corrected() -> None:
    world = World()
    ref = world.issued()

    tell(world, ref, M.M1, R.BOUNCED, code="dsn_5.1.1")

    assert states(world, ref, M.M1) == ["bounced"]
    assert len(world.queue(ref, M.M10)) == 1
    assert world.activation(ref).undeliverable
    world.does(world.bart, activations.correct_email, ref, email="zoe.new@example.org", confirmed=True)
    assert not world.activation(ref).undeliverable


@pytest.mark.fact("B3-accept", "B2-2")
def test_a_receipt_reveals_what_became_of_an_attempt_whose_outcome_was_lost() -> None:
    world = World()
    ref = world.issuing()
    world.post.outcomes[M.M3] = UNKNOWN_SMS
    world.deliver()
    assert world.state(ref) == "issuing"

    tell(world, ref, M.M3, R.HANDED_ON, provider_ref="SM1")

    assert states(world, ref, M.M3) == ["accepted"]
    assert world.state(ref) == "awaiting_code"


@pytest.mark.fact("B3-deliver", "B2-2")
def test_an_sms_that_arrived_although_nobody_knew_starts_the_fourteen_days() -> None:
    world = World()
    ref = world.issuing()
    world.post.outcomes[M.M3] = UNKNOWN_SMS
    world.deliver()

    tell(world, ref, M.M3, R.DELIVERED)

    assert world.state(ref) == "awaiting_code"


@pytest.mark.fact("B3-repeat")
def test_a_code_lost_on_its_way_is_sent_anew_with_the_same_code_and_all_tries() -> None:
    world = World()
    ref = world.issued()
    code = world.code_of(ref)

    tell(world, ref, M.M3, R.UNDELIVERED, code="twilio_30003", repeats=4)
    world.wait(minutes=5)
    world.tick()

    assert states(world, ref, M.M3) == ["undelivered", "accepted"]
    assert [one.secret for one in world.sent(ref, M.M3)] == [code, code]
    assert world.queue(ref, M.M10) == []
    world.enter(ref, code)
    assert world.state(ref) == "profile_activated"


@pytest.mark.fact("B3-repeat", "B2-3")
@pytest.mark.parametrize(("repeats", "sent"), [(0, 1), (1, 2), (4, 5)])
def test_after_the_last_repeat_the_desk_gets_a_task(repeats: int, sent: int) -> None:
    world = World()
    ref = world.issued()

    for _ in range(sent):
        tell(world, ref, M.M3, R.UNDELIVERED, code="twilio_30008", repeats=repeats)
        world.wait(hours=6)
        world.tick()

    assert len(world.sent(ref, M.M3)) == sent
    assert len(world.queue(ref, M.M10)) == 1


@pytest.mark.fact("B3-miss")
def test_what_is_told_of_an_older_attempt_does_not_fail_the_newer_one() -> None:
    world = World()
    ref = world.issuing()
    world.post.outcomes[M.M3] = Settlement(S.QUEUED, world.now + timedelta(minutes=1), error="twilio_429")
    world.deliver()
    world.post.outcomes[M.M3] = UNKNOWN_SMS
    world.wait(minutes=1)
    world.deliver()
    first, second = attempts(world, ref)

    old = tell(world, ref, M.M3, R.UNDELIVERED, attempt=first)
    new = tell(world, ref, M.M3, R.UNDELIVERED, attempt=second)

    assert (old.moved, new.moved) == (False, True)


@pytest.mark.fact("B3-deliver")
def test_a_receipt_for_nobody_we_know_is_kept_and_moves_nothing() -> None:
    world = World()
    stranger = UUID(int=42)

    heard = receive(
        world.store.unit_of_work, Receipt("twilio", R.DELIVERED, stranger), now=world.now, tools=world.tools
    )

    assert heard == Heard(None, moved=False)
    with world.store.unit_of_work() as uow:
        assert len(uow.receipts.of_message(stranger)) == 1


@pytest.mark.fact("B3-cancel", "B3-deliver")
def test_a_receipt_after_the_end_of_the_case_changes_nothing() -> None:
    world = World()
    ref = world.issued()
    world.does(world.bart, activations.cancel, ref, Reason("death"))
    before = world.events(ref)

    tell(world, ref, M.M1, R.BOUNCED)

    assert world.events(ref) == before
    assert world.queue(ref, M.M10) == []


@pytest.mark.fact("B3-deliver")
def test_a_message_taken_for_failed_that_arrived_after_all_is_delivered() -> None:
    world = World()
    ref = world.issuing()
    world.post.outcomes[M.M1] = Settlement(S.FAILED, error="smtp_554", erase_secret=True)
    world.deliver()

    tell(world, ref, M.M1, R.DELIVERED)

    assert states(world, ref, M.M1) == ["delivered"]
    assert world.state(ref) == "awaiting_code"
