"""Register calls under the fence: a restored database creates nobody again, and nothing is asked that was not written down."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from registers.caller import call_due
from store.send_fence import FileFence
from store.send_journal import Marker
from tests.fakes import ScriptedRegister
from tests.support.restoring import fence_on
from tests.support.world import World
from workflow.errors import Unavailable
from workflow.fence import Fate
from workflow.identity_register import Created, Down, TimedOut
from workflow.outbox import DeliveryState, MessageKind, QueuedMessage

M, S = MessageKind, DeliveryState
ZOES_NUMBER = "85471500213"


@pytest.fixture
def fence(tmp_path: Path) -> FileFence:
    return fence_on(tmp_path / "journal")


def world(*creations: object) -> World:
    return World(register=ScriptedRegister(creations=creations))  # type: ignore[arg-type]


def ask(told: World, fence: FileFence, *, calls: int = 20) -> int:
    return call_due(
        told.store.unit_of_work,
        told.asked,
        now=told.now,
        answered=told.answered,
        mint=told.mint,
        limit=calls,
        fence=fence,
    )


def creation(told: World, ref: str) -> QueuedMessage:
    return told.queue(ref, M.CREATE)[-1].message


@pytest.mark.parametrize(
    ("answer", "fate"),
    [(Created(ZOES_NUMBER), Fate.LEFT), (Down("register_down"), Fate.STAYED), (TimedOut(), Fate.OPEN)],
)
def test_a_creation_and_what_came_of_it_stand_in_the_journal(fence: FileFence, answer: object, fate: Fate) -> None:
    told = world(answer)
    ref = told.approved()

    ask(told, fence, calls=2)

    row = next(row for row in told.queue(ref, M.CREATE))
    assert fence.journal.evidence().told[fence.journal.of(row.message).id].fate is fate


def test_a_restored_database_asks_the_register_nothing(fence: FileFence) -> None:
    told = world(Created(ZOES_NUMBER))
    told.approved()
    fence.journal.raise_to(Marker("here", 7))

    assert ask(told, fence) == 0
    assert told.asked.searched == []  # type: ignore[attr-defined]


@pytest.mark.fact("B1-20", "R8")
def test_a_creation_that_was_asked_before_the_restore_is_searched_first_and_then_free(fence: FileFence) -> None:
    told = world(Created(ZOES_NUMBER))
    ref = told.approved()
    ask(told, fence, calls=1)
    said = fence.journal.of(creation(told, ref)).said
    with told.store.unit_of_work() as uow:
        uow.fences.expect({said: 1}, until=told.now + timedelta(days=60))
        uow.commit()

    ask(told, fence, calls=1)
    asked_before_the_search = list(told.asked.created)  # type: ignore[attr-defined]
    ask(told, fence)

    assert asked_before_the_search == []
    assert len(told.asked.searched) == 2  # type: ignore[attr-defined]
    assert len(told.asked.created) == 1  # type: ignore[attr-defined]
    assert told.state(ref) == "completed"


def test_a_creation_that_cannot_be_written_down_is_not_asked(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder", encoding="ascii")
    told = world(Created(ZOES_NUMBER))
    ref = told.approved()
    ask(told, fence_on(tmp_path / "good"), calls=1)

    with pytest.raises(Unavailable, match="nothing is sent"):
        ask(told, fence_on(tmp_path / "file" / "journal"))

    assert told.asked.created == []  # type: ignore[attr-defined]
    assert told.queue(ref, M.CREATE)[-1].state is S.QUEUED
