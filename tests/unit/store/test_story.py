"""One seeded story on every store: the same states, timers, messages and history come out of each, to the letter."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from store.memory import MemoryStore
from store.unit_of_work import SqlStore
from tests.support.world import Store, World

LENA: dict[str, object] = {
    "person.familyName": "Hohenwarter",
    "person.givenName": "Lena",
    "document.number": "P7654321",
    "contact.email": "lena@example.org",
    "contact.mobile": "+436641234568",
}
ENDED = ("blocked_timeout",) * 3


@dataclass(frozen=True)
class Shot:
    """What can be read of a case at one instant."""

    state: str
    person: dict[str, str]
    rest: tuple[object, ...]


def told(store: Store) -> list[Shot]:
    """A key becomes active, another person's link expires and is blocked by time; then everything is purged."""
    world = World(store)
    active = world.active()
    blocked = world.issued(LENA)
    shots = [snapshot(world, ref) for ref in (active, blocked)]
    for days in (8, 7, 16, 40, 4000):
        world.wait(days=days)
        world.tick()
        shots += [snapshot(world, ref) for ref in (active, blocked)]
    return shots


def snapshot(world: World, ref: str) -> Shot:
    """Everything that can be read of a case."""
    with world.store.unit_of_work() as uow:
        case, detail = uow.cases.activation(ref, now=world.now)
        rest = (
            uow.cases.history(case.id), uow.timers.armed(case.id), uow.outbox.of_case(case.id), uow.keys.of(case.id),
            list(uow.cases.listed("activation", now=world.now)),
        )  # fmt: skip
        return Shot(case.state, uow.people.get(case.id), (case, detail, *rest))


@pytest.mark.fact("B1-23", "B2-8", "B2-10")
def test_sqlite_tells_the_story_as_memory_does(sqlite_store: SqlStore) -> None:
    story = told(sqlite_store)

    assert story == told(MemoryStore())
    assert [shot.state for shot in story[1::2]] == ["awaiting_code", "awaiting_code", "link_expired", *ENDED]
    assert story[-1].person == story[-2].person == {}


@pytest.mark.postgres
@pytest.mark.fact("B1-23", "B2-8", "B2-10")
def test_postgresql_tells_the_story_as_memory_does(postgres_store: SqlStore) -> None:
    story = told(postgres_store)

    assert story == told(MemoryStore())
    assert [shot.state for shot in story[1::2]] == ["awaiting_code", "awaiting_code", "link_expired", *ENDED]
    assert story[-1].person == story[-2].person == {}
