"""The way of one case through its lifecycle: where it was, in order, where it stands, where it can go next. It draws nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from workflow.machine import Lifecycle
from workflow.model import NEW, AuditEvent, Timer

F = TypeVar("F")
Hop = tuple[str | None, str, str]  # from, to, trigger


@dataclass(frozen=True, slots=True)
class Visit:
    """One stay in a state: its number, how it was entered, and what happened there without leaving it."""

    number: int
    state: str
    came_from: str
    trigger: str | None  # None for a move that is true already and not yet written down
    at: datetime | None
    stayed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Next:
    """One move that is possible now; one that stays leads to where it began."""

    source: str
    to: str
    trigger: str
    due_at: datetime | None = None  # of a timer: when it acts by itself

    @property
    def stays(self) -> bool:
        """Whether the case does not leave its state."""
        return self.source == self.to


@dataclass(frozen=True, slots=True)
class CasePath:
    """The whole way of one case."""

    lifecycle: str
    state: str
    visits: tuple[Visit, ...]
    possible: tuple[Next, ...]

    @property
    def visited(self) -> frozenset[str]:
        """Every state that the case was or is in."""
        return frozenset(visit.state for visit in self.visits)

    @property
    def walked(self) -> frozenset[tuple[str, str]]:
        """Every pair of states with a move between them; a pair of one state where something happened and nothing moved."""
        moved = {(visit.came_from, visit.state) for visit in self.visits}
        return frozenset(moved | {(visit.state, visit.state) for visit in self.visits if visit.stayed})

    def numbers(self, state: str) -> tuple[int, ...]:
        """The numbers of the visits to a state."""
        return tuple(visit.number for visit in self.visits if visit.state == state)

    def leads_to(self, state: str) -> tuple[Next, ...]:
        """The possible moves into a state from another one; for the present state those that stay there."""
        return tuple(move for move in self.possible if move.to == state)


def case_path(
    lifecycle: Lifecycle[F],
    history: Iterable[AuditEvent | Hop],
    *,
    state: str,
    open_triggers: Sequence[str] = (),
    timers: Sequence[Timer] = (),
) -> CasePath:
    """The way of a case: `state` is the one true now, also where a timer that is due has not been written down yet."""
    visits = _visits(history)
    if not visits or visits[-1].state != state:
        before = visits[-1].state if visits else NEW
        visits.append(Visit(len(visits) + 1, str(state), before, None, None))
    moves = [Next(str(state), to, str(name)) for name in open_triggers for to in _targets(lifecycle, state, name)]
    moves += [
        Next(str(state), to, str(timer.trigger), timer.due_at)
        for timer in timers
        for to in _targets(lifecycle, state, timer.trigger)
    ]
    return CasePath(lifecycle.name, str(state), tuple(visits), tuple(dict.fromkeys(moves)))


def _visits(history: Iterable[AuditEvent | Hop]) -> list[Visit]:
    visits: list[Visit] = []
    for line in history:
        source, to, trigger, at = _read(line)
        if visits and visits[-1].state == to:
            last = visits.pop()
            visits.append(Visit(last.number, to, last.came_from, last.trigger, last.at, (*last.stayed, trigger)))
        else:
            visits.append(Visit(len(visits) + 1, to, visits[-1].state if visits else source, trigger, at))
    return visits


def _read(line: AuditEvent | Hop) -> tuple[str, str, str, datetime | None]:
    if isinstance(line, AuditEvent):
        return str(line.from_state or NEW), str(line.to_state), str(line.trigger), line.occurred_at
    source, to, trigger = line
    return str(source or NEW), str(to), str(trigger), None


def _targets(lifecycle: Lifecycle[F], state: str, trigger: str) -> list[str]:
    """Where a trigger may lead from here; more than one where the outcome decides, none where the row does not exist."""
    rows = [row for row in lifecycle.rows if row.on == trigger and state in row.sources]
    return list(dict.fromkeys(row.target(state) for row in rows))
