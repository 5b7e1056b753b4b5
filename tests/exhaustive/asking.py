"""Puts an expected table to a lifecycle, cell by cell, and says where the two differ; it knows no row of either."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import pytest
from _pytest.mark import ParameterSet

from tests.exhaustive import table
from tests.exhaustive.table import NOT_ALLOWED, NOT_PERMITTED, Expected, Moved, Need, Outcome, Refused
from workflow.errors import GuardRefused, NotPermitted, TransitionNotAllowed
from workflow.machine import Lifecycle, Row
from workflow.model import Role

F = TypeVar("F")
MOST_DIFFERENCES = 20


@dataclass(frozen=True, slots=True)
class Walk(Generic[F]):
    """What a walk over every cell met."""

    cells: int
    differences: tuple[str, ...]
    rows: frozenset[Row[F]]
    guards: frozenset[str]


@dataclass(frozen=True, slots=True)
class Subject(Generic[F]):
    """A lifecycle, the facts that it judges, and what the handbook expects of it."""

    lifecycle: Lifecycle[F]
    facts: Callable[..., F]
    rows: Sequence[Expected]
    states: Sequence[str]

    def walk(self) -> Walk[F]:
        """Ask every cell; differences are told in words, the first few of them."""
        triggers = tuple(dict.fromkeys(row.on for row in self.rows))
        count, differences, rows, guards = 0, [], set(), set()
        for cell in table.cells(self.rows, states=self.states, triggers=triggers):
            count += 1
            told, row = self.ask(cell.state, cell.trigger, roles=cell.roles, facts=cell.facts)
            if row is not None:
                rows.add(row)
            if isinstance(told, Refused):
                guards |= told.guards
            if not agrees(told, cell.expected) and len(differences) < MOST_DIFFERENCES:
                differences.append(f"{cell}: the table says {told}")
        return Walk(count, tuple(differences), frozenset(rows), frozenset(guards))

    def ask(
        self, state: str, trigger: str, *, roles: frozenset[Role], facts: table.PlainFacts
    ) -> tuple[Outcome, Row[F] | None]:
        """What the lifecycle makes of one cell, and the row that applied."""
        try:
            fired = self.lifecycle.fire(state, trigger, roles=roles, facts=self.facts(**facts))
        except TransitionNotAllowed:
            return NOT_ALLOWED, None
        except NotPermitted:
            return NOT_PERMITTED, None
        except GuardRefused as refused:
            return Refused(frozenset({refused.guard})), None
        return Moved(fired.row.fact, fired.to), fired.row

    def consequences_of(self, row: Expected) -> set[tuple[Outcome, frozenset[str]]]:
        """Outcome and consequences of an expected row whose conditions all hold, from each state, for each role."""
        answers = table.with_the_rest(self.rows, row, table.happy(row))
        found = set()
        for state, roles in _starts(row):
            told, applied = self.ask(state, row.on, roles=roles, facts=table.facts_for(answers))
            found.add((told, table.described(applied.then if applied else ())))
        return found

    def without(self, row: Expected, condition: Need) -> Iterator[tuple[Outcome, Outcome]]:
        """What the lifecycle and what the handbook say where every condition of a row holds but this one."""
        for name in condition.question.answers:
            if name in condition.accepts:
                continue
            answers = table.with_the_rest(self.rows, row, table.happy(row) | {condition.question: name})
            for state, roles in _starts(row):
                told, _ = self.ask(state, row.on, roles=roles, facts=table.facts_for(answers))
                yield told, table.expected_outcome(self.rows, state, row.on, roles=roles, answers=answers)


def agrees(told: Outcome, expected: Outcome) -> bool:
    """Whether the lifecycle says what is expected; of several conditions that fail it may name any."""
    if isinstance(told, Refused) and isinstance(expected, Refused):
        return told.guards <= expected.guards
    return told == expected


def _starts(row: Expected) -> list[tuple[str, frozenset[Role]]]:
    return [(state, frozenset({role})) for state in row.source for role in row.by]


def row_cases(rows: Sequence[Expected]) -> list[ParameterSet]:
    """Each row that can apply, as a case of a test, marked with the facts that it proves."""
    return [
        pytest.param(row, id=_named(row), marks=pytest.mark.fact(row.row, *row.proves)) for row in rows if row.possible
    ]


def condition_cases(rows: Sequence[Expected]) -> list[ParameterSet]:
    """Each condition of each row, as a case of a test."""
    return [
        pytest.param(row, need, id=f"{_named(row)}: {need.guard}", marks=pytest.mark.fact(row.row, *row.proves))
        for row in rows
        for need in row.needs
    ]


def _named(row: Expected) -> str:
    return f"{row.row} {row.on} from {' '.join(row.source)} by {' '.join(row.by)}"
