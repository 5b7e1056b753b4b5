"""Many cases at a time in SQL: pages by deadline, counts, and what a list shows of persons. It reads, and never writes."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    ColumnElement,
    Select,
    Tuple,
    UnaryExpression,
    and_,
    bindparam,
    case,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    true,
    tuple_,
)

from store.loading import load_all
from store.tables import OPEN, activations, audit_events, cases
from store.tables import registration_requests as requests
from store.tables_people import sealed_values
from store.transaction import Columns, Transaction
from store.types import NO_DEADLINE
from store.vault import Vault
from workflow.model import RegistrationRequest
from workflow.ports_desk import Listed, Passed, Place, Wanted


class SqlWorkList:
    """The port `WorkList` on a database."""

    def __init__(self, transaction: Transaction, vault: Vault) -> None:
        self._transaction = transaction
        self._vault = vault

    def page(self, wanted: Wanted, *, now: datetime, after: Place | None, limit: int) -> list[tuple[Place, Listed]]:
        """The next rows, each with its place: open ones by deadline, closed ones newest first."""
        at, ways = _order(wanted)
        query = _of(select(at, cases.c.id, cases.c.act_by), wanted, now).order_by(*ways).limit(limit)
        if after is not None:
            place = tuple_(at, cases.c.id)
            query = query.where(place > _place(after) if wanted.closed is False else place < _place(after))
        rows = self._transaction.execute(query).all()
        listed = {row.case.id: row for row in self.found(tuple(row[1] for row in rows), now=now)}
        return [((row[0], row[1]), listed[row[1]]) for row in rows if row[1] in listed]

    def found(self, case_ids: tuple[UUID, ...], *, now: datetime) -> list[Listed]:
        """These requests, in this order; what is none is left out."""
        if not case_ids:
            return []
        loaded = load_all(self._transaction, self._vault, RegistrationRequest, ids=case_ids, now=now)
        due = self._transaction.execute(select(cases.c.id, cases.c.act_by).where(cases.c.id.in_(case_ids)))
        act_by = {row[0]: row[1] for row in due}
        rows = {case.id: Listed(case, detail, _deadline(act_by[case.id])) for case, detail in loaded}
        return [rows[case_id] for case_id in case_ids if case_id in rows]

    def ids(self, wanted: Wanted, *, now: datetime, limit: int) -> tuple[UUID, ...]:
        """The first of them, in the order of their list."""
        at, ways = _order(wanted)
        return tuple(
            self._transaction.execute(_of(select(cases.c.id, at), wanted, now).order_by(*ways).limit(limit)).scalars()
        )

    def courses(self, case_ids: tuple[UUID, ...]) -> dict[UUID, list[Passed]]:
        """The states that each of these cases came to, oldest first; one question for all of them."""
        found: dict[UUID, list[Passed]] = defaultdict(list)
        if case_ids:
            for case_id, to_state, occurred_at in self._transaction.execute(_COURSES, {"of": list(case_ids)}):
                found[case_id].append(Passed(to_state, occurred_at))
        return found

    def count(self, wanted: Wanted, *, now: datetime, most: int) -> int:
        """How many there are, counted no further than `most`."""
        some = _of(select(literal(1)), wanted, now).limit(most).subquery()
        return int(self._transaction.execute(select(func.count()).select_from(some)).scalar_one())

    def by_state(self, wanted: Wanted, *, now: datetime) -> dict[str, int]:
        """How many stand in each state."""
        query = _of(select(cases.c.state, func.count()), wanted, now).group_by(cases.c.state)
        return {state: int(count) for state, count in self._transaction.execute(query)}

    def by_person(self, wanted: Wanted, *, now: datetime) -> list[tuple[UUID | None, int, int]]:
        """How many each assignee has, and how many of them are overdue."""
        late = func.sum(case((cases.c.act_by <= now, 1), else_=0))
        query = _of(select(cases.c.assignee, func.count(), late), wanted, now).group_by(cases.c.assignee)
        return [(who, int(count), int(overdue)) for who, count, overdue in self._transaction.execute(query)]

    def flow(self, wanted: Wanted, edges: tuple[datetime, ...]) -> list[tuple[int, int]]:
        """How many were opened and how many closed between each edge and the next, oldest first."""
        spans = list(pairwise(edges))
        opened = [_between(cases.c.opened_at, begin, end) for begin, end in spans]
        closed = [_between(cases.c.closed_at, begin, end) for begin, end in spans]
        query = select(*opened, *closed).where(cases.c.lifecycle == wanted.lifecycle)
        if wanted.entity is not None:
            query = query.where(cases.c.entity == wanted.entity)
        numbers = [int(number or 0) for number in self._transaction.execute(query).one()]
        return list(zip(numbers[: len(spans)], numbers[len(spans) :], strict=True))

    def ageing(self, wanted: Wanted, edges: tuple[datetime, ...], *, now: datetime) -> dict[str, list[int]]:
        """For each state, how many were opened before the first edge, between each and the next, and after the last."""
        spans = [(None, edges[0]), *pairwise(edges), (edges[-1], None)]
        counts = [_between(cases.c.opened_at, begin, end) for begin, end in spans]
        query = _of(select(cases.c.state, *counts), wanted, now).group_by(cases.c.state)
        return {row[0]: [int(number or 0) for number in row[1:]] for row in self._transaction.execute(query)}

    def names(self, case_ids: tuple[UUID, ...], paths: tuple[str, ...]) -> dict[UUID, dict[str, str]]:
        """Some personal values of some cases, as JSON texts by path; nothing of a case whose person is erased."""
        found: dict[UUID, dict[str, str]] = defaultdict(dict)
        if not case_ids:
            return found
        query = select(sealed_values.c.case_id, sealed_values.c.path, sealed_values.c.value).where(
            sealed_values.c.case_id.in_(case_ids), sealed_values.c.path.in_(paths)
        )
        for case_id, path, blob in self._transaction.execute(query).all():
            key = self._vault.key_of(case_id)
            if key is not None:
                found[case_id][path] = key.open(f"value/{path}", blob).decode()
        return found


def _order(wanted: Wanted) -> tuple[Column[datetime], tuple[UnaryExpression[Any] | Column[Any], ...]]:
    """What a list is sorted by, and how: open ones by deadline, closed ones newest first."""
    if wanted.closed is False:
        return cases.c.act_by, (cases.c.act_by, cases.c.id)
    return cases.c.opened_at, (cases.c.opened_at.desc(), cases.c.id.desc())


def _of(query: Select[*Columns], wanted: Wanted, now: datetime) -> Select[*Columns]:
    """The rows that are wanted, as they truly stand at `now`: what a passed deadline closed is closed (I3)."""
    query = query.select_from(cases).where(_standing(wanted, now))
    if wanted.activation_in:  # only requests have one; were it said again that they are, SQLite would read them all
        query = query.where(cases.c.id.in_(_activations(wanted, now)))
    else:
        query = query.where(cases.c.lifecycle == wanted.lifecycle)
    for column, value in (
        (cases.c.entity, wanted.entity), (cases.c.assignee, wanted.assignee),
        (requests.c.filer, wanted.filer), (requests.c.kind, wanted.kind), (requests.c.language, wanted.language),
    ):  # fmt: skip
        if value is not None:
            query = query.where(column == value)
    if wanted.due_before is not None:
        query = query.where(cases.c.act_by < wanted.due_before)
    if wanted.fraud:
        query = query.where(requests.c.fraud_suspected_at.is_not(None))
    if wanted.unaudited:
        query = query.where(requests.c.approved_at.is_not(None), requests.c.audited_at.is_(None))
    if wanted.unassigned:
        query = query.where(cases.c.assignee.is_(None))
    if wanted.approved_from is not None:
        query = query.where(requests.c.approved_at >= wanted.approved_from)
    if wanted.closed_from is not None:
        query = query.where(cases.c.closed_at >= wanted.closed_from)
    needs_detail = any(
        (
            wanted.filer,
            wanted.kind,
            wanted.language,
            wanted.fraud,
            wanted.unaudited,
            wanted.approved_from,
        )
    )
    return query.where(requests.c.case_id == cases.c.id) if needs_detail else query


def _activations(wanted: Wanted, now: datetime) -> Select[UUID]:
    """The requests whose activation is in some states, or in others whose thirty days are over."""
    theirs = cases.alias("theirs")
    so: ColumnElement[bool] = theirs.c.state.in_(sorted(wanted.activation_in))
    late = and_(theirs.c.state.in_(sorted(wanted.activation_past)), activations.c.blocks_at <= now)
    if wanted.activation_from is not None:
        so = and_(so, theirs.c.changed_at >= wanted.activation_from)
        late = and_(late, activations.c.blocks_at >= wanted.activation_from)
    joined = select(activations.c.request_id).join_from(theirs, activations, activations.c.case_id == theirs.c.id)
    return joined.where(activations.c.request_id.is_not(None), or_(so, late))


def _standing(wanted: Wanted, now: datetime) -> ColumnElement[bool]:
    lapsed = and_(cases.c.state.in_(sorted(wanted.lapsing)), cases.c.act_by <= now) if wanted.lapsing else false()
    in_states = cases.c.state.in_(sorted(wanted.states)) if wanted.states else true()
    if wanted.closed is False:
        return and_(OPEN, not_(lapsed), in_states) if wanted.lapsing else and_(OPEN, in_states)
    closed = and_(cases.c.closed_at.is_not(None), in_states)
    if wanted.closed is None:
        return in_states
    return or_(closed, lapsed) if wanted.lapsed and wanted.lapsing else closed


def _between(column: ColumnElement[datetime], begin: datetime | None, end: datetime | None) -> ColumnElement[int]:
    bounds = [column >= begin] if begin is not None else []
    bounds += [column < end] if end is not None else []
    return func.sum(case((and_(*bounds), 1), else_=0))


def _place(after: Place) -> Tuple:
    return tuple_(literal(after[0], cases.c.act_by.type), literal(after[1], cases.c.id.type))


_COURSES = (
    select(audit_events.c.case_id, audit_events.c.to_state, audit_events.c.occurred_at)
    .where(
        audit_events.c.case_id.in_(bindparam("of", expanding=True)),
        or_(audit_events.c.from_state.is_(None), audit_events.c.from_state != audit_events.c.to_state),
    )
    .order_by(audit_events.c.case_id, audit_events.c.sequence)
)


def _deadline(at: datetime) -> datetime | None:
    return None if at >= NO_DEADLINE else at
