"""News that did not arrive: the desk gets a task also where nobody waits for a link or a code (B2-3, B3)."""

from __future__ import annotations

import pytest

from tests.support.world import World
from workflow import activations, registrations
from workflow.model import Reason
from workflow.outbox import DeliveryState, MessageKind, Receipt, ReceiptStatus, Settlement
from workflow.receipts import receive

M = MessageKind
FAILED = Settlement(DeliveryState.FAILED, error="smtp_550", erase_secret=True)
pytestmark = pytest.mark.fact("B2-3", "B3-refuse")


def tasks(world: World, ref: str) -> list[str]:
    """What the desk is asked to look at."""
    return [row.message.params["problem"] for row in world.queue(ref, M.M10)]


def test_a_receipt_that_the_officer_never_gets_becomes_a_task_of_the_request() -> None:
    world = World()
    world.post.outcomes[M.M0] = FAILED
    ref = world.filed()

    world.deliver()

    assert tasks(world, ref) == ["notice"]
    assert world.state(ref) == "submitted"


def test_a_question_to_the_officer_that_comes_back_later_becomes_a_task_too() -> None:
    world = World()
    ref = world.taken()
    world.does(world.bart, registrations.request_info, ref, fields=("contact.email",), text="It bounces.")
    world.deliver()
    row = world.queue(ref, M.M5)[0]

    told = Receipt("mail", ReceiptStatus.BOUNCED, row.message.id, code="dsn_5.1.1")
    receive(world.store.unit_of_work, told, now=world.now, tools=world.tools)

    assert tasks(world, ref) == ["notice"]
    assert world.state(ref) == "info_requested"


@pytest.mark.parametrize("kind", [M.M12, M.M9])
def test_news_of_an_end_that_is_lost_becomes_a_task_of_the_activation(kind: MessageKind) -> None:
    world = World()
    ref = world.issued()
    world.post.outcomes[kind] = FAILED
    if kind is M.M12:
        world.does(world.bart, activations.cancel, ref, Reason("death"))
    else:
        for _ in range(3):
            world.enter(ref)
    before = world.state(ref)

    world.deliver()

    assert set(tasks(world, ref)) == {"notice"}
    assert world.state(ref) == before


def test_news_of_a_request_that_is_purged_opens_nothing() -> None:
    world = World()
    ref = world.filed()
    world.deliver()
    row = world.queue(ref, M.M0)[0]
    world.does(world.anna, registrations.withdraw, ref, Reason("applicant"))
    world.tick()
    world.wait(days=33)
    world.tick()
    assert world.state(ref) == "purged"

    told = Receipt("mail", ReceiptStatus.BOUNCED, row.message.id, code="dsn_5.1.1")
    receive(world.store.unit_of_work, told, now=world.now, tools=world.tools)

    assert tasks(world, ref) == []
