"""The one way in which a change is written: compare-and-set, then all that hangs on it, or nothing (I1, I2).

On PostgreSQL one statement, whose parts all read `moved`, so that a lost race writes nothing; on SQLite the same parts one
after the other, under the write lock. Either way the number of statements does not grow with messages and timers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from sqlalchemy import Column

from store.dialects import OWED, SQLITE, Words
from store.mapping import bound, to_text, values_of
from store.tables import activations, audit_events, cases, registration_requests, timers
from store.transaction import Transaction
from store.types import as_text
from store.vault import Vault
from workflow.effects import Erasure
from workflow.outbox import WAITING, DeliveryState, QueuedMessage
from workflow.ports import Change, Value

DETAILS = {"registration": registration_requests, "activation": activations}
SECRETS_OF_ACTIVATION: Mapping[str, Value] = {"code_hash": None, "otp_digest": None, "resume_digest": None}
EVENT = tuple(column.name for column in audit_events.columns)
WAITS = ", ".join(f"'{state}'" for state in sorted(WAITING))


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
    patch = _patch(change)
    shape = _shape(change, tuple(patch), counts=limit is not None)
    parameters = _parameters(vault, change, patch, limit)
    parts, owed = _parts(shape, transaction.dialect), _owed(vault, change)
    if transaction.dialect == SQLITE:
        written = _step_by_step(transaction, parts, parameters, owed)
    else:
        row = transaction.run(parts.first, parameters | {"owed": _as_json(owed)}).fetchone()
        written = None if row is None else (row[0], row[1])
    if written and shape.shreds:
        vault.shred(change.case.id)
    return written


def _step_by_step(
    transaction: Transaction, parts: Parts, parameters: dict[str, object], owed: list[dict[str, object]]
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


_COUNTED = (
    "SELECT cases.version, activations.attempts_used FROM cases JOIN activations ON activations.case_id = cases.id "
    "WHERE cases.id = :case_id"
)


def _patch(change: Change) -> dict[str, Value]:
    """The changed fields of the detail; what is erased comes before what the same change writes."""
    erased = Erasure.SECRETS in change.erase and DETAILS[change.case.lifecycle] is activations
    return {**(SECRETS_OF_ACTIVATION if erased else {}), **change.detail}


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
    )


# --- the SQL text of a shape


@lru_cache(maxsize=2000)
def _parts(shape: Shape, dialect: str) -> Parts:
    sql = Words(dialect)
    rest = [_event(sql)]
    rest += [_closing(sql)] if shape.closes else []
    rest += [_timing(sql, shape)] if shape.starts or shape.ends else []
    rest += [f"DELETE FROM attachments WHERE case_id = {sql.case}"] if shape.drops_papers else []
    rest += [f"DELETE FROM data_keys WHERE case_id = {sql.case}"] if shape.shreds else []
    detail = _detail(sql, shape) if shape.patch or shape.counts else None
    if dialect == SQLITE:
        first, move = (detail or "", _move(sql, shape)) if shape.counts else (_move(sql, shape), None)
        own = [detail] if detail and not shape.counts else []
        return Parts(first, move, (*own, *rest), _owing(sql) if shape.owes else None)
    rest += [_owing(sql)] if shape.owes else []
    return Parts(_one_statement(sql, shape, detail, rest), None, (), None)


def _one_statement(sql: Words, shape: Shape, detail: str | None, rest: list[str]) -> str:
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


def _of_event(sql: Words, column: Column[object]) -> str:
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
    names = ("case_id", "sequence", "state", "attempts", "fence", *OWED)
    return f"INSERT INTO outbox ({', '.join(names)}) {sql.owed}"


# --- the parameters of a change


def _parameters(vault: Vault, change: Change, patch: Mapping[str, Value], limit: int | None) -> dict[str, object]:
    case, event, bind = change.case, change.event, vault.bind
    values = values_of(event, EVENT, bind)
    values["payload"] = bind(_payload(vault, change))
    parameters = {f"e_{name}": value for name, value in values.items()}
    parameters |= bound(patch, bind, prefix="d_")
    parameters |= {
        "case_id": bind(case.id),
        "version": case.version,
        "state": case.state,
        "to": change.to,
        "assignee": bind(change.assignee),
        "closed_at": bind(change.closed_at),
        "limit": limit,
    }
    return parameters | _lists(change)


def _lists(change: Change) -> dict[str, object]:
    """Which timers and messages a change touches."""
    started = {timer.trigger: as_text(timer.due_at) for timer in change.start_timers}
    return {
        "started": json.dumps(list(started.items())),
        "fired": change.fired_timer,
        "disarm_all": change.cancel_timers == (),
        "disarmed": json.dumps(change.cancel_timers or ()),
        "close_all": change.cancel_messages == (),
        "closed": json.dumps(change.cancel_messages or ()),
        "erases": bool(change.erase & {Erasure.SECRETS, Erasure.PERSON}),
    }


def _payload(vault: Vault, change: Change) -> bytes | None:
    """Sealed with the case; what a change that shreds the person would say of them is not kept at all."""
    if Erasure.PERSON in change.erase:
        return None
    return vault.write(change.case.id, payload_path(change.event.id), change.event.payload)


def payload_path(event_id: UUID) -> str:
    """Where the payload of an event lies, for its seal."""
    return f"event/{event_id}"


def _owed(vault: Vault, change: Change) -> list[dict[str, object]]:
    """The messages that a change owes, one row each, in values that both databases read."""
    own = {"case_id": vault.bind(change.case.id), "sequence": change.event.sequence}
    return [own | _owed_one(vault, message, shreds=Erasure.PERSON in change.erase) for message in change.messages]


def _owed_one(vault: Vault, message: QueuedMessage, *, shreds: bool) -> dict[str, object]:
    row = values_of(message, OWED, to_text)
    secret = None if shreds else vault.write(message.case_id, secret_path(message.id), message.secret)
    return row | {"params": json.dumps(dict(message.params), ensure_ascii=False), "secret": secret}


def _as_json(rows: list[dict[str, object]]) -> str:
    """Rows as one parameter; what is sealed in hexadecimal."""
    return json.dumps(rows, default=lambda value: value.hex())


def secret_path(message_id: UUID) -> str:
    """Where the secret of a message lies, for its seal."""
    return f"outbox/{message_id}"
