"""Counting what is refused: exact in the end, and a flood of forgeries costs hardly a write."""

from __future__ import annotations

from dataclasses import dataclass, field

from bisdesk.web.tally import EVERY_S, Tally
from store.memory import MemoryStore
from tests.builders import START
from tests.contract.steps import in_threads
from workflow.errors import Unavailable
from workflow.ports import UnitOfWork


@dataclass
class Door:
    """A tally on a store that may be away, and seconds that pass when they are told to."""

    store: MemoryStore = field(default_factory=MemoryStore)
    seconds: float = 100.0
    away: bool = False
    opened: int = 0

    def __post_init__(self) -> None:
        self.tally = Tally(self.unit_of_work, since_start=lambda: self.seconds)

    def unit_of_work(self) -> UnitOfWork:
        """A transaction, if the database is there."""
        self.opened += 1
        if self.away:
            raise Unavailable("away")
        return self.store.unit_of_work()

    def counted(self) -> dict[str, int]:
        """What was written down."""
        with self.store.unit_of_work() as uow:
            return dict(uow.measures.taken(now=START).counted)


def test_the_first_is_written_at_once_and_the_others_together() -> None:
    door = Door()

    for _ in range(1000):
        door.tally.add("forged")
    before = door.counted()
    door.seconds += EVERY_S
    door.tally.add("other")

    assert before == {"forged": 1}
    assert door.counted() == {"forged": 1000, "other": 1}
    assert door.opened == 2


def test_what_was_not_written_yet_is_written_when_it_is_asked_for() -> None:
    door = Door()
    door.tally.add("forged")
    door.tally.add("forged")

    door.tally.write()
    door.tally.write()

    assert door.counted() == {"forged": 2}
    assert door.opened == 2


def test_nothing_is_lost_while_the_database_is_away() -> None:
    door = Door(away=True)
    door.tally.add("forged")
    door.seconds += EVERY_S
    door.tally.add("forged")

    door.away = False
    door.tally.write()

    assert door.counted() == {"forged": 2}


def test_many_threads_count_as_one() -> None:
    door = Door()

    in_threads(8, lambda _: [door.tally.add("forged") for _ in range(50)])
    door.tally.write()

    assert door.counted() == {"forged": 400}
