"""Many cases at a time in memory: pages by deadline, counts, and what a list shows of persons."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from uuid import UUID

from store.memory_tables import Begin, Tables
from store.memory_timers import armed_of
from workflow.model import Activation, Case, RegistrationRequest
from workflow.ports_desk import Listed, Passed, Place, Wanted

NEVER = datetime.max.replace(tzinfo=UTC)


class MemoryWorkList:
    """The port `WorkList` on dictionaries."""

    def __init__(self, begin: Begin) -> None:
        self._begin = begin

    def page(self, wanted: Wanted, *, now: datetime, after: Place | None, limit: int) -> list[tuple[Place, Listed]]:
        """The next rows, each with its place: open ones by deadline, closed ones newest first."""
        tables, by_deadline = self._begin(), wanted.closed is False
        rows = _ordered(tables, wanted, now)
        if after is not None:
            rows = [row for row in rows if (row[0] > after if by_deadline else row[0] < after)]
        page = rows[:limit]
        listed = {row.case.id: row for row in self.found(tuple(case.id for _, case in page), now=now)}
        return [(place, listed[case.id]) for place, case in page if case.id in listed]

    def found(self, case_ids: tuple[UUID, ...], *, now: datetime) -> list[Listed]:
        """These requests, in this order; what is none is left out."""
        tables, rows = self._begin(), []
        for case_id in case_ids:
            case, detail = tables.cases.get(case_id), tables.details.get(case_id)
            if case is None or not isinstance(detail, RegistrationRequest):
                continue
            due = tuple(timer for timer in armed_of(tables, case.id) if timer.due_at <= now)
            rows.append(Listed(replace(case, due=due), detail, tables.act_by.get(case_id)))
        return rows

    def ids(self, wanted: Wanted, *, now: datetime, limit: int) -> tuple[UUID, ...]:
        """The first of them, in the order of their list."""
        return tuple(case.id for _, case in _ordered(self._begin(), wanted, now)[:limit])

    def courses(self, case_ids: tuple[UUID, ...]) -> dict[UUID, list[Passed]]:
        """The states that each of these cases came to, oldest first; one question for all of them."""
        tables, found = self._begin(), dict[UUID, list[Passed]]()
        for case_id in case_ids:
            lines = sorted((event for _, event in tables.events.of(case_id)), key=lambda event: event.sequence)
            moved = [Passed(one.to_state, one.occurred_at) for one in lines if one.from_state != one.to_state]
            found |= {case_id: moved} if moved else {}
        return found

    def count(self, wanted: Wanted, *, now: datetime, most: int) -> int:
        """How many there are, counted no further than `most`."""
        return min(most, sum(1 for _ in _of(self._begin(), wanted, now)))

    def by_state(self, wanted: Wanted, *, now: datetime) -> dict[str, int]:
        """How many stand in each state."""
        return dict(Counter(case.state for case, _ in _of(self._begin(), wanted, now)))

    def by_person(self, wanted: Wanted, *, now: datetime) -> list[tuple[UUID | None, int, int]]:
        """How many each assignee has, and how many of them are overdue."""
        tables = self._begin()
        found: dict[UUID | None, list[bool]] = defaultdict(list)
        for case, _ in _of(tables, wanted, now):
            found[case.assignee].append((tables.act_by.get(case.id) or NEVER) <= now)
        return [(who, len(late), sum(late)) for who, late in found.items()]

    def flow(self, wanted: Wanted, edges: tuple[datetime, ...]) -> list[tuple[int, int]]:
        """How many were opened and how many closed between each edge and the next, oldest first."""
        cases = [case for case in self._begin().cases.all() if case.lifecycle == wanted.lifecycle]
        cases = [case for case in cases if wanted.entity in (None, case.entity)]
        spans = list(pairwise(edges))
        return [
            (
                sum(begin <= case.opened_at < end for case in cases),
                sum(case.closed_at is not None and begin <= case.closed_at < end for case in cases),
            )
            for begin, end in spans
        ]

    def ageing(self, wanted: Wanted, edges: tuple[datetime, ...], *, now: datetime) -> dict[str, list[int]]:
        """For each state, how many were opened before the first edge, between each and the next, and after the last."""
        counts: dict[str, list[int]] = {}
        for case, _ in _of(self._begin(), wanted, now):
            span = sum(edge <= case.opened_at for edge in edges)
            counts.setdefault(case.state, [0] * (len(edges) + 1))[span] += 1
        return counts

    def names(self, case_ids: tuple[UUID, ...], paths: tuple[str, ...]) -> dict[UUID, dict[str, str]]:
        """Some personal values of some cases, as JSON texts by path; nothing of a case whose person is erased."""
        tables = self._begin()
        kept = {case_id: {path: text for (_, path), text in tables.values.of(case_id)} for case_id in case_ids}
        return {
            case_id: {path: text for path, text in values.items() if path in paths} for case_id, values in kept.items()
        }


def _ordered(tables: Tables, wanted: Wanted, now: datetime) -> list[tuple[Place, Case]]:
    by_deadline = wanted.closed is False
    rows = [(_place(tables, case, by_deadline), case) for case, _ in _of(tables, wanted, now)]
    return sorted(rows, key=lambda row: row[0], reverse=not by_deadline)


def _place(tables: Tables, case: Case, by_deadline: bool) -> Place:
    return (tables.act_by.get(case.id) or NEVER if by_deadline else case.opened_at, case.id)


def _of(tables: Tables, wanted: Wanted, now: datetime) -> Iterator[tuple[Case, RegistrationRequest | None]]:
    for case in tables.cases.all():
        detail = tables.details.get(case.id)
        request = detail if isinstance(detail, RegistrationRequest) else None
        act_by = tables.act_by.get(case.id)
        if case.lifecycle != wanted.lifecycle or not _stands(case, wanted, act_by, now):
            continue
        pairs = ((case.entity, wanted.entity), (case.assignee, wanted.assignee))
        in_time = wanted.due_before is None or (act_by or NEVER) < wanted.due_before
        if wanted.unassigned and case.assignee is not None:
            continue
        if wanted.closed_from is not None and (case.closed_at is None or case.closed_at < wanted.closed_from):
            continue
        if wanted.activation_in and not (request and _is_activation_in(tables, request.activation_id, wanted, now)):
            continue
        if in_time and all(asked is None or have == asked for have, asked in pairs) and _fits(request, wanted):
            yield case, request


def _is_activation_in(tables: Tables, case_id: UUID | None, wanted: Wanted, now: datetime) -> bool:
    theirs, detail = (tables.cases.get(case_id), tables.details.get(case_id)) if case_id else (None, None)
    if theirs is None or not isinstance(detail, Activation):
        return False
    since = wanted.activation_from
    if theirs.state in wanted.activation_in:
        return since is None or theirs.changed_at >= since
    over = detail.blocks_at is not None and detail.blocks_at <= now and (since is None or detail.blocks_at >= since)
    return over and theirs.state in wanted.activation_past


def _stands(case: Case, wanted: Wanted, act_by: datetime | None, now: datetime) -> bool:
    lapsed = case.state in wanted.lapsing and (act_by or NEVER) <= now
    in_states = not wanted.states or case.state in wanted.states
    if wanted.closed is None:
        return in_states
    if wanted.closed is False:
        return case.closed_at is None and not lapsed and in_states
    return (case.closed_at is not None and in_states) or (wanted.lapsed and lapsed)


def _fits(request: RegistrationRequest | None, wanted: Wanted) -> bool:
    if request is None:
        return not any(
            (wanted.filer, wanted.kind, wanted.language, wanted.fraud, wanted.unaudited, wanted.approved_from)
        )
    pairs = ((request.filer, wanted.filer), (request.kind, wanted.kind), (request.language, wanted.language))
    if any(asked is not None and have != asked for have, asked in pairs):
        return False
    if wanted.approved_from is not None and (request.approved_at is None or request.approved_at < wanted.approved_from):
        return False
    if wanted.fraud and request.fraud_suspected_at is None:
        return False
    return not wanted.unaudited or (request.approved_at is not None and request.audited_at is None)
