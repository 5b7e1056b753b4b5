"""The words of the picture of a case: which names a catalogue has to have, and what they say in English. It draws nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from bisdesk.describe.drawing import plain
from workflow.calendar import brussels_date
from workflow.machine import Lifecycle

F = TypeVar("F")

SAYINGS: dict[str, str] = {
    "diagram.title": "This case stands at: %(state)s",
    "diagram.now": "Now",
    "diagram.now_is": "Now: %(state)s.",
    "diagram.visited": "Visited in this order: %(states)s.",
    "diagram.possible": "Possible next: %(moves)s.",
    "diagram.nothing": "Nothing more can be done with it.",
    "diagram.move": "%(trigger)s, to %(state)s",
    "diagram.stay": "%(trigger)s, without leaving %(state)s",
    "diagram.by_itself": "%(trigger)s on %(day)s",
    "diagram.more": "and %(count)s more",
    "diagram.legend.taken": "taken, numbers tell the order",
    "diagram.legend.possible": "you can do this now",
    "diagram.legend.timer": "happens by itself on its day",
    "diagram.legend.other": "not open now",
}


class Say(Protocol):
    """A catalogue: the sentence of a name, with the values put in."""

    def __call__(self, name: str, /, **values: object) -> str: ...


@dataclass(frozen=True, slots=True)
class Speech:
    """How a language says names, sentences and days."""

    say: Say
    day: Callable[[datetime], str]

    def state(self, lifecycle: str, state: str) -> str:
        """The name of a state."""
        return plain(self.say(f"state.{lifecycle}.{state}"))

    def trigger(self, lifecycle: str, trigger: str) -> str:
        """What an action or a timer is called."""
        return plain(self.say(f"trigger.{lifecycle}.{trigger}"))

    def sentence(self, name: str, /, **values: object) -> str:
        """A sentence of the picture."""
        return plain(self.say(f"diagram.{name}", **values))


def needed(lifecycle: Lifecycle[F]) -> tuple[str, ...]:
    """Every name that a catalogue has to have for the pictures of a lifecycle."""
    states = [f"state.{lifecycle.name}.{state.value}" for state in lifecycle.states]
    triggers = dict.fromkeys(f"trigger.{lifecycle.name}.{row.on}" for row in lifecycle.rows)
    return (*SAYINGS, *states, *triggers)


def _english(name: str, /, **values: object) -> str:
    sentence = SAYINGS.get(name)
    return sentence % values if sentence else name.rsplit(".", 1)[-1].replace("_", " ").capitalize()


ENGLISH = Speech(_english, lambda instant: f"{brussels_date(instant):%-d %b %Y}")
