"""Sending a mail again: a new row with its line of history, nothing with a link or code, not twice in a moment (D19)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from tests.support.world import World
from workflow import activations, queue
from workflow.errors import GuardRefused, NotFound, NotPermitted
from workflow.model import User
from workflow.outbox import Delivery, DeliveryState, MessageKind, Receipt, ReceiptStatus
from workflow.receipts import receive

M, S = MessageKind, DeliveryState
COOLDOWN = timedelta(minutes=5)


def resend(world: World, message_id: UUID, user: User | None = None) -> Delivery:
    """The service desk sends a message again."""
    return world.does(user or world.bart, queue.resend, message_id, cooldown=COOLDOWN)


def later(world: World, **more: float) -> None:
    world.wait(**more)


@pytest.mark.fact("B3-resend")
def test_an_explanation_that_nobody_can_find_is_owed_again_with_its_line_of_history() -> None:
    world = World()
    ref = world.issued()
    first = world.queue(ref, M.M2)[0]
    later(world, minutes=5)

    again = resend(world, first.message.id)

    assert again.state is S.QUEUED
    assert again.message.id != first.message.id
    assert (again.message.kind, again.message.params) == (M.M2, first.message.params)
    assert [event.event for event in world.history(ref)][-1] == "activation.message_repeated"
    assert [row.state for row in world.queue(ref, M.M2)] == [S.ACCEPTED, S.QUEUED]


@pytest.mark.fact("B3-resend")
def test_within_the_cooldown_it_is_refused_with_the_instant_from_which_it_goes() -> None:
    world = World()
    ref = world.issued()
    row = world.queue(ref, M.M2)[0]
    over = row.message.queued_at + COOLDOWN

    with pytest.raises(GuardRefused, match=f"{over:%H:%M:%S} UTC") as refused:
        resend(world, row.message.id)

    assert refused.value.guard == "resend_cooldown_is_over"
    assert len(world.queue(ref, M.M2)) == 1


@pytest.mark.fact("B3-resend")
def test_each_repeat_begins_a_cooldown_of_its_own() -> None:
    world = World()
    ref = world.issued()
    row = world.queue(ref, M.M2)[0]
    later(world, minutes=5)
    resend(world, row.message.id)
    later(world, minutes=4)

    with pytest.raises(GuardRefused):
        resend(world, row.message.id)
    later(world, minutes=1)
    resend(world, row.message.id)

    assert len(world.queue(ref, M.M2)) == 3


@pytest.mark.fact("B3-resend")
@pytest.mark.parametrize("kind", [M.M1, M.M3])
def test_what_carries_a_link_or_a_code_is_never_sent_again_in_this_way(kind: MessageKind) -> None:
    world = World()
    ref = world.issued()
    row = world.queue(ref, kind)[0]
    later(world, hours=1)

    with pytest.raises(GuardRefused, match="activation resend") as refused:
        resend(world, row.message.id)

    assert refused.value.guard == "message_can_be_repeated"


@pytest.mark.fact("B3-resend")
def test_an_end_user_sends_nothing_again() -> None:
    world = World()
    row = world.queue(world.issued(), M.M2)[0]
    later(world, hours=1)

    with pytest.raises(NotPermitted):
        resend(world, row.message.id, world.anna)


def bounced(world: World, ref: str, kind: MessageKind, **more: object) -> None:
    """The newest mail of a kind comes back for good."""
    row = world.queue(ref, kind)[-1]
    receipt = Receipt("mail", ReceiptStatus.BOUNCED, row.message.id, suppress=True, **more)  # type: ignore[arg-type]
    receive(world.store.unit_of_work, receipt, now=world.now, tools=world.tools)


def held_back(world: World, address: str) -> bool:
    with world.store.unit_of_work() as uow:
        return uow.suppressions.has(address)


@pytest.mark.fact("B3-suppress", "B3-bounce")
def test_an_address_that_bounces_for_good_is_not_written_to_until_it_is_corrected() -> None:
    world = World()
    ref = world.issued()
    address = "zoe.dubois@example.org"

    bounced(world, ref, M.M1, code="5.1.1")

    assert held_back(world, address)
    assert not held_back(world, "corrected@example.org")


@pytest.mark.fact("B3-suppress")
def test_a_bounce_of_the_old_address_does_not_hold_back_the_corrected_one() -> None:
    world = World()
    ref = world.issued()
    old = world.queue(ref, M.M2)[0]
    bounced(world, ref, M.M1)
    world.does(world.bart, activations.correct_email, ref, email="corrected@example.org", confirmed=True)

    receipt = Receipt("mail", ReceiptStatus.BOUNCED, old.message.id, suppress=True)
    receive(world.store.unit_of_work, receipt, now=world.now, tools=world.tools)

    assert not held_back(world, "corrected@example.org")


@pytest.mark.fact("B3-suppress")
def test_an_officer_of_the_desk_lifts_an_address_and_an_end_user_does_not() -> None:
    world = World()
    with world.store.unit_of_work() as uow:
        uow.suppressions.add("zoe.dubois@example.org", reason="bounced", now=world.now)
        uow.commit()

    with pytest.raises(NotPermitted):
        world.does(world.anna, queue.lift, "zoe.dubois@example.org")
    lifted = world.does(world.bart, queue.lift, "Zoe.Dubois@example.org")

    assert lifted
    assert not held_back(world, "zoe.dubois@example.org")


def test_a_message_of_another_entity_is_not_found_rather_than_forbidden() -> None:
    world = World()
    row = world.queue(world.issued(), M.M2)[0]
    stranger = replace(world.anna, entity="OVO000009")

    with pytest.raises(NotFound):
        world.does(stranger, queue.read_by, row.message.id)
    assert world.does(world.anna, queue.read_by, row.message.id).message.id == row.message.id
