"""The one way in which a change is written: compare-and-set, then all that hangs on it, or nothing (I1, I2).

On PostgreSQL one statement, whose parts all read `moved`, so that a lost race writes nothing; on SQLite the same parts one
after the other, under the write lock. Either way the number of statements does not grow with messages and timers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Column

from store.changes import DETAILS, EVENT, as_json, owed_by, parameters_of, patch_of
from store.dialects import OWED, SQLITE, Words
from store.tables import audit_events, cases, timers
from store.transaction import Transaction, Waiting
from store.vault import Vault
from workflow.effects import Erasure
from workflow.lifecycles.message import Trigger, sources
from workflow.outbox import DeliveryState
from workflow.ports import Change

ACTIVATION = "activation"
WAITS = ", ".join(f"'{state}'" for state in sorted(sources(Trigger.CANCEL)))


@dataclass(frozen=True, slots=True)
class Shape:
    """Which parts a change has: changes of one shape share their SQL text, so a database prepares it once."""

    detail: str
    patch: tuple[str, ...]
    counts: bool  # a try, guarded by its counter instead of the version (I4)
    releases: bool
    closes: bool  # cancels messages, or erases their secrets
    starts: bool  # timers
    ends: bool  # timers: one fired, or some are cancelled
    owes: bool
    drops_papers: bool
    shreds: bool
    moves_deadline: bool


@dataclass(frozen=True, slots=True)
class Parts:
    """The SQL of a shape: `first` moves the case; on PostgreSQL it holds everything."""

    first: str
    move: str | None  # of a counted try, whose first part is the counter
    rest: tuple[str, ...]
    owed: str | None


def write(
    transaction: Transaction, vault: Vault, change: Change, *, limit: int | None = None
) -> tuple[int, int] | None:
    """Write a change; the new version and, for a counted try (`limit`), its number; None when the guard did not hold."""
    patch = patch_of(change)
    shape = _shape(change, tuple(patch), counts=limit is not None)
    parameters = parameters_of(vault, change, patch, limit=limit)
    parts, owed = _parts(shape, transaction.dialect), owed_by(vault, change)
    if transaction.dialect == SQLITE:
        written = _step_by_step(transaction, parts, parameters, owed=owed)
    else:
        row = transaction.run(parts.first, parameters | {"owed": as_json(owed)}).fetchone()
        written = None if row is None else (row[0], row[1])
    if written and shape.shreds:
        vault.shred(change.case.id)
    return written


def leave(transaction: Transaction, vault: Vault, change: Change, *, lost: Callable[[], Exception]) -> None:
    """Leave a change to the commit, as the one statement that it is on PostgreSQL (see `Transaction.leave`)."""
    patch = patch_of(change)
    shape = _shape(change, tuple(patch), counts=False)
    parameters = parameters_of(vault, change, patch, limit=None) | {"owed": as_json(owed_by(vault, change))}
    transaction.leave(Waiting(change.case.ref, _parts(shape, transaction.dialect).first, parameters, lost))


def _step_by_step(
    transaction: Transaction, parts: Parts, parameters: dict[str, object], *, owed: list[dict[str, object]]
) -> tuple[int, int] | None:
    if transaction.run(parts.first, parameters).rowcount != 1:
        return None
    sequence, number = parameters["e_sequence"], 0
    if parts.move:
        transaction.run(parts.move, parameters)
        sequence, number = transaction.run(_COUNTED, parameters).fetchone() or (sequence, 0)
        parameters = parameters | {"e_sequence": sequence}
        owed = [row | {"sequence": sequence} for row in owed]
    for part in parts.rest:
        transaction.run(part, parameters)
    if parts.owed:
        transaction.run_each(parts.owed, owed)
    return int(str(sequence)), number


# With the contacts the user name goes, from the index only: what has ended signs nobody in, and keeping its name until the
# purge would tell its own person, a month long, that somebody else has taken it.
_FREE_NAME = "DELETE FROM blind_index WHERE case_id = {} AND name = 'username'"
_COUNTED = (
    "SELECT cases.version, activations.attempts_used FROM cases JOIN activations ON activations.case_id = cases.id "
    "WHERE cases.id = :case_id"
)


def _shape(change: Change, patch: tuple[str, ...], *, counts: bool) -> Shape:
    shreds = Erasure.PERSON in change.erase
    return Shape(
        detail=change.case.lifecycle,
        patch=patch,
        counts=counts,
        releases=change.release_contacts,
        closes=change.cancel_messages is not None or Erasure.SECRETS in change.erase or shreds,
        starts=bool(change.start_timers),
        ends=change.fired_timer is not None or change.cancel_timers is not None,
        owes=bool(change.messages),
        drops_papers=Erasure.ATTACHMENTS in change.erase and not shreds,
        shreds=shreds,
        moves_deadline=change.moves_deadline,
    )


@lru_cache(maxsize=2000)
def _parts(shape: Shape, dialect: str) -> Parts:
    sql = Words(dialect)
    rest = [_event(sql)]
    rest += [_closing(sql)] if shape.closes else []
    rest += [_timing(sql, shape)] if shape.starts or shape.ends else []
    rest += [_FREE_NAME.format(sql.case)] if shape.releases and shape.detail == ACTIVATION else []
    rest += [f"DELETE FROM attachments WHERE case_id = {sql.case}"] if shape.drops_papers else []
    rest += [f"DELETE FROM data_keys WHERE case_id = {sql.case}"] if shape.shreds else []
    detail = _detail(sql, shape) if shape.patch or shape.counts else None
    if dialect == SQLITE:
        first, move = (detail or "", _move(sql, shape)) if shape.counts else (_move(sql, shape), None)
        own = [detail] if detail and not shape.counts else []
        return Parts(first, move, (*own, *rest), _owing(sql) if shape.owes else None)
    rest += [_owing(sql)] if shape.owes else []
    return Parts(_one_statement(sql, shape, detail=detail, rest=rest), None, (), None)


def _one_statement(sql: Words, shape: Shape, *, detail: str | None, rest: list[str]) -> str:
    """Everything as parts of one statement; a counted try locks the case first, then moves the counter, then the case."""
    moved = f"moved AS ({_move(sql, shape)} RETURNING id, version)"
    if shape.counts:
        held = (
            f"held AS (SELECT id FROM cases WHERE id = {sql.of(cases.c.id, 'case_id')} AND {_in_state(sql)} FOR UPDATE)"
        )
        head = [held, f"counted AS ({detail} RETURNING case_id, attempts_used)", moved]
        tail = "SELECT moved.version, counted.attempts_used FROM moved, counted"
    else:
        head = [moved, *([f"detail AS ({detail})"] if detail else [])]
        tail = "SELECT moved.version, 0 FROM moved"
    named = [f"part_{number} AS ({part})" for number, part in enumerate(rest)]
    return f"WITH {', '.join([*head, *named])} {tail}"


def _move(sql: Words, shape: Shape) -> str:
    """The compare-and-set itself."""
    sets = {"state": sql.of(cases.c.state, "to"), "changed_at": sql.of(cases.c.changed_at, "e_occurred_at")}
    if shape.releases:
        sets["holds_contacts"] = "FALSE"
    if shape.moves_deadline:
        sets["act_by"] = sql.of(cases.c.act_by, "act_by")
    if shape.counts:
        where = f"id = {sql.counted}"
        sets["version"] = "version + 1"
    else:
        where = f"id = {sql.of(cases.c.id, 'case_id')} AND version = {sql.of(cases.c.version, 'version')}"
        sets["version"] = sql.of(cases.c.version, "e_sequence")
        sets["assignee"] = sql.of(cases.c.assignee, "assignee")
        sets["closed_at"] = sql.of(cases.c.closed_at, "closed_at")
    return f"UPDATE cases SET {', '.join(f'{name} = {value}' for name, value in sets.items())} WHERE {where}"


def _detail(sql: Words, shape: Shape) -> str:
    table = DETAILS[shape.detail]
    sets = [f"{name} = {sql.of(table.c[name], f'd_{name}')}" for name in shape.patch]
    if not shape.counts:
        return f"UPDATE {table.name} SET {', '.join(sets)} WHERE case_id = {sql.case}"
    sets.append("attempts_used = attempts_used + 1")
    below = f"attempts_used < {sql.of(table.c.attempts_used, 'limit')}"
    return f"UPDATE {table.name} SET {', '.join(sets)} WHERE case_id = {sql.held} AND {below}"


def _in_state(sql: Words) -> str:
    return f"state = {sql.of(cases.c.state, 'state')}"


def _event(sql: Words) -> str:
    values = [_of_event(sql, column) for column in audit_events.columns]
    return f"INSERT INTO audit_events ({', '.join(EVENT)}) SELECT {', '.join(values)} {sql.from_moved}"


def _of_event(sql: Words, column: Column[Any]) -> str:
    return sql.version if column.name == "sequence" else sql.of(column, f"e_{column.name}")


def _closing(sql: Words) -> str:
    """Cancel what waits, erase secrets; the fence moves on, so that whoever holds a cancelled row can neither begin nor settle."""
    waits = f"(state IN ({WAITS}) AND ({sql.flag('close_all')} OR kind IN {sql.among('closed')}))"
    return (
        f"UPDATE outbox SET secret = NULL, state = CASE WHEN {waits} THEN '{DeliveryState.CANCELLED}' ELSE state END, "
        f"fence = CASE WHEN {waits} THEN fence + 1 ELSE fence END, "
        f"lease_until = CASE WHEN {waits} THEN NULL ELSE lease_until END "
        f"WHERE case_id = {sql.case} AND ({waits} OR ({sql.flag('erases')} AND secret IS NOT NULL))"
    )


def _timing(sql: Words, shape: Shape) -> str:
    """Disarm what fired or was cancelled, arm or move what starts; no timer of the case is written twice."""
    rows = " UNION ALL ".join(
        [*([_ending(sql, but_started=shape.starts)] if shape.ends else []), *([_starting(sql)] if shape.starts else [])]
    )
    return (
        f"INSERT INTO timers (case_id, trigger, due_at, armed, fired_at) {rows} ON CONFLICT (case_id, trigger) "
        "DO UPDATE SET due_at = excluded.due_at, armed = excluded.armed, fired_at = excluded.fired_at"
    )


def _ending(sql: Words, *, but_started: bool) -> str:
    fired = sql.of(timers.c.trigger, "fired")
    fired_at = f"CASE WHEN trigger = {fired} THEN {sql.of(timers.c.fired_at, 'e_recorded_at')} ELSE fired_at END"
    trigger, _, started = sql.started
    return (
        f"SELECT case_id, trigger, due_at, FALSE, {fired_at} FROM timers WHERE case_id = {sql.case} AND armed "
        f"AND ({sql.flag('disarm_all')} OR trigger = {fired} OR trigger IN {sql.among('disarmed')})"
        + (f" AND trigger NOT IN (SELECT {trigger} FROM {started})" if but_started else "")
    )


def _starting(sql: Words) -> str:
    trigger, due_at, started = sql.started
    never = "CAST(NULL AS TIMESTAMP WITH TIME ZONE)" if sql.from_moved else "NULL"
    where = f"{sql.from_moved}, {started}" if sql.from_moved else f"FROM {started}"
    return f"SELECT {sql.case_of_moved}, {trigger}, {due_at}, TRUE, {never} {where} WHERE TRUE"


def _owing(sql: Words) -> str:
    names = ("case_id", "sequence", "state", "attempts", "fence", "polls", *OWED)
    return f"INSERT INTO outbox ({', '.join(names)}) {sql.owed}"
