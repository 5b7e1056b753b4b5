"""The limit: the same load and the same writes as SQL written by hand, straight on the driver, the sealing included.

It decides nothing: what to write was planned beforehand. On PostgreSQL two statements in autocommit, on SQLite one transaction.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from uuid import UUID

import psycopg
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bench.walk import KEYRING
from store.keyring import sealed
from workflow.effects import Erasure
from workflow.model import Activation, Case
from workflow.outbox import QueuedMessage, urgency_of
from workflow.ports import Change

CASE = "id, ref, lifecycle, definition, state, version, entity, assignee, opened_at, changed_at, closed_at"
DETAIL = ", ".join(f"d.{name}" for name in Activation.__dataclass_fields__)
LOAD = (
    f"SELECT {', '.join(f'c.{name}' for name in CASE.split(', '))}, {DETAIL}, k.key_id, k.wrapped, t.trigger, t.due_at "
    "FROM cases c JOIN activations d ON d.case_id = c.id LEFT JOIN data_keys k ON k.case_id = c.id "
    "LEFT JOIN timers t ON t.case_id = c.id AND t.armed AND t.due_at <= ? WHERE c.id = ?"
)
STATE, VERSION = 4, 5
KEY_ID, WRAPPED = -4, -3
EVENT = (
    "id", "case_id", "sequence", "event", "trigger", "from_state", "to_state", "actor", "role", "entity", "definition",
    "occurred_at", "recorded_at", "reason_code", "command_id",
)  # fmt: skip
MESSAGE = (
    "id", "case_id", "kind", "audience", "channel", "sequence", "queued_at", "not_before", "send_before", "language",
    "params", "secret",
)  # fmt: skip
CANCEL = (
    "UPDATE outbox SET secret = NULL, state = CASE WHEN {waits} THEN 'cancelled' ELSE state END, "
    "fence = CASE WHEN {waits} THEN fence + 1 ELSE fence END, lease_until = CASE WHEN {waits} THEN NULL ELSE lease_until END "
    "WHERE case_id = {case} AND ({waits}{erased})"
)
WAITING = "state IN ('queued', 'sending', 'unknown', 'parked')"
Convert = Callable[[object], object]


def walk_sqlite(connection: sqlite3.Connection, changes: list[Change]) -> Iterator[None]:
    """BEGIN IMMEDIATE, SELECT, UPDATE, INSERTs, COMMIT, for each transition."""
    for change in changes:
        connection.execute("BEGIN IMMEDIATE")
        key = (_text(change.event.recorded_at), change.case.id.hex)
        row = connection.execute(LOAD, key).fetchall()[0]
        _expect(row[STATE], row[VERSION], change)
        for sql, parameters in _parts(change, row, lite=True):
            if connection.execute(sql, parameters).rowcount < 1 and sql.startswith("UPDATE cases"):
                raise RuntimeError("somebody was first")
        connection.execute("COMMIT")
        yield


def walk_postgresql(connection: psycopg.Connection, changes: list[Change]) -> Iterator[None]:
    """SELECT, then one statement that writes everything, for each transition."""
    load = LOAD.replace("?", "%s")
    for change in changes:
        key = (change.event.recorded_at, change.case.id)
        row = connection.execute(load, key, prepare=True).fetchall()[0]
        _expect(row[STATE], row[VERSION], change)
        (move, moved), *others = _parts(change, row, lite=False)
        named = ", ".join(f"part_{number} AS ({sql})" for number, (sql, _) in enumerate(others))
        sql = f"WITH moved AS ({move} RETURNING id){', ' if named else ''}{named} SELECT 1 FROM moved"
        values = [*moved, *(value for _, parameters in others for value in parameters)]
        if connection.execute(sql.replace("?", "%s"), values, prepare=True).fetchone() is None:
            raise RuntimeError("somebody was first")
        yield


def _expect(state: str, version: int, change: Change) -> None:
    """The guard of the by-hand side: the row is as it was planned for."""
    if (state, version) != (change.case.state, change.case.version):
        raise RuntimeError("the case is not where the walk expects it")


def _parts(change: Change, row: tuple[object, ...], *, lite: bool) -> list[tuple[str, list[object]]]:
    """The statements of one transition with their values; the move itself is the first."""
    case, event, of = change.case, change.event, _for_sqlite if lite else _for_postgresql
    version = event.sequence
    parts = [(
        "UPDATE cases SET state = ?, version = ?, assignee = ?, changed_at = ?, closed_at = ? WHERE id = ? AND version = ?",
        [change.to, version, of(change.assignee), of(event.occurred_at), of(change.closed_at), of(case.id), case.version],
    )]  # fmt: skip
    patch = {
        **({"code_hash": None, "otp_digest": None, "resume_digest": None} if change.erase else {}),
        **change.detail,
    }
    if patch:
        sets = ", ".join(f"{name} = ?" for name in patch)
        parts.append((f"UPDATE activations SET {sets} WHERE case_id = ?", [*map(of, patch.values()), of(case.id)]))
    parts.append((_insert("audit_events", EVENT), [of(getattr(event, name)) for name in EVENT]))
    parts += _timers(change, of)
    parts += _cancelled(change, of)
    cipher = _cipher(case, row) if any(message.secret for message in change.messages) else None
    for message in change.messages:
        values = [of(value) for value in _message(message, cipher)]
        own = ["queued", 0, 0, case.entity, urgency_of(message.kind), 0]
        names = (*MESSAGE, "state", "attempts", "fence", "entity", "urgency", "polls")
        parts.append((_insert("outbox", names), [*values, *own]))
    return parts


def _timers(change: Change, of: Convert) -> list[tuple[str, list[object]]]:
    started = [timer.trigger for timer in change.start_timers]
    parts: list[tuple[str, list[object]]] = []
    if change.fired_timer:
        sql = "UPDATE timers SET armed = FALSE, fired_at = ? WHERE case_id = ? AND trigger = ? AND armed"
        parts.append((sql, [of(change.event.recorded_at), of(change.case.id), change.fired_timer]))
    if change.cancel_timers is not None:
        sql, values = "UPDATE timers SET armed = FALSE WHERE case_id = ? AND armed", [of(change.case.id)]
        if change.cancel_timers:
            sql += f" AND trigger IN ({', '.join('?' * len(change.cancel_timers))})"
            values += list(map(str, change.cancel_timers))
        if started:
            sql += f" AND trigger NOT IN ({', '.join('?' * len(started))})"
            values += started
        parts.append((sql, values))
    for timer in change.start_timers:
        sql = (
            "INSERT INTO timers (case_id, trigger, due_at, armed, fired_at) VALUES (?, ?, ?, TRUE, NULL) "
            "ON CONFLICT (case_id, trigger) DO UPDATE SET due_at = excluded.due_at, armed = TRUE, fired_at = NULL"
        )
        parts.append((sql, [of(timer.case_id), timer.trigger, of(timer.due_at)]))
    return parts


def _cancelled(change: Change, of: Convert) -> list[tuple[str, list[object]]]:
    erases = Erasure.SECRETS in change.erase
    if change.cancel_messages is None and not erases:
        return []
    kinds = list(map(str, change.cancel_messages or ()))
    waits = f"({WAITING}{f' AND kind IN ({_texts(kinds)})' if kinds else ''})"
    sql = CANCEL.format(waits=waits, case="?", erased=" OR secret IS NOT NULL" if erases else "")
    return [(sql, [of(change.case.id)])]


def _message(message: QueuedMessage, cipher: AESGCM | None) -> list[object]:
    secret = None
    if message.secret and cipher:
        context = b"case/" + message.case_id.bytes + b"/" + f"outbox/{message.id}".encode()
        secret = sealed(cipher, message.secret.encode(), context=context)
    values: Mapping[str, object] = {"params": json.dumps(dict(message.params), ensure_ascii=False), "secret": secret}
    return [values[name] if name in values else getattr(message, name) for name in MESSAGE]


def _cipher(case: Case, row: tuple[object, ...]) -> AESGCM:
    wrapped, key_id = row[WRAPPED], row[KEY_ID]
    assert isinstance(wrapped, bytes)
    return AESGCM(KEYRING.unwrap(wrapped, case.id, key_id=str(key_id)))


def _insert(table: str, names: tuple[str, ...]) -> str:
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"


def _texts(values: list[str]) -> str:
    return ", ".join(f"'{value}'" for value in values)


def _for_sqlite(value: object) -> object:
    if isinstance(value, UUID):
        return value.hex
    return _text(value) if isinstance(value, datetime) else value


def _for_postgresql(value: object) -> object:
    return str(value) if isinstance(value, str) else value


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")
