"""A desk with many cases: a few that went through the product's doors, and so many copies of them, written in bulk SQL.

The copies are whole enough for lists and pages: case, detail, sealed name, history and timers, under a data key of their own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, Table, Uuid, func, insert, literal, select, text

from bisdesk.bootstrap import Installation
from bisdesk.clock import VirtualClock
from bisdesk.demo.stage import Stage
from bisdesk.seed import seed
from store.engine import open_engine
from store.schema import upgrade
from store.tables import activations, audit_events, cases, data_keys, registration_requests, timers
from store.tables_people import sealed_values
from store.types import NO_DEADLINE
from store.vault import DataKey
from workflow.access import Door
from workflow.issuing import limit_of
from workflow.model import Entity, EntityStatus, Language, Role, User
from workflow.work import NAMES

CHUNK = 5000
ENTITIES, OFFICERS = 20, 50
OPEN_SHARE = 10  # one of so many is open
SURNAMES = ("Abara", "Brink", "Castell", "Dorn", "Eymery", "Falk", "Gruber", "Horvat", "Iken", "Jansma")
ACTIVATION = "the activation of the case that is done"
OPEN_STATES = ("submitted", "in_review", "info_requested")

Who = tuple[tuple[UUID, ...], tuple[str, ...]]  # officers, entities


@dataclass(frozen=True, slots=True)
class Desk:
    """What stands there once it is filled: the cases that the doors made, by state, and who works with them."""

    refs: dict[str, str]
    officer: UUID
    entities: tuple[str, ...]


def fill(app: Installation, clock: VirtualClock, *, count: int) -> Desk:
    """An empty database becomes a desk with this many cases."""
    upgrade(app.settings.database_url)
    seed(app, clock.now())
    stage = Stage(app, clock)
    officers, entities = stage.act(None, _staffed)
    refs = _by_hand(stage)
    engine = open_engine(app.settings.database_url)
    chance = Random(count)
    with engine.begin() as connection:
        patterns = {state: _pattern(connection, ref) for state, ref in refs.items()}
        for first in range(len(refs), count, CHUNK):
            places = range(first, min(first + CHUNK, count))
            _write(connection, app, [_copied(app, patterns, chance, (officers, entities), place) for place in places])
        _issued(connection, app, _pattern(connection, ACTIVATION))
        for state, pattern in patterns.items():
            _fill_in(connection, pattern["id"], state)
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))  # as its own housekeeping does within a minute
    engine.dispose()
    return Desk(refs, officers[0], entities)


def _staffed(door: Door) -> Who:
    """Colleagues of Bart, and entities beside the first."""
    bart = door.uow.directory.by_email("bart@desk.example")
    ids = [bart.id]
    for number in range(1, OFFICERS):
        user = User(
            id=door.tools.chance.uuid(door.now), email=f"officer{number}@desk.example", name=f"Officer {number:02}",
            language=Language.NL, roles=frozenset({Role.SERVICE_DESK}), entity=None, agreement_signed_on=None, rights=(),
        )  # fmt: skip
        door.uow.directory.put_user(user)
        ids.append(user.id)
    codes = tuple(f"OVO{number:06}" for number in range(1, ENTITIES + 1))
    for code in codes:
        door.uow.directory.put_entity(Entity(code, f"Agentschap {code[-2:]}", EntityStatus.ACTIVE))
    return tuple(ids), codes


def _by_hand(stage: Stage) -> dict[str, str]:
    """One case of each state, made as officers make it."""
    refs = {"submitted": stage.file("zoe-dubois"), "in_review": stage.file("luc-vanderberg")}
    stage.take(refs["in_review"])
    refs["info_requested"] = stage.file("jurgen-mueller")
    stage.take(refs["info_requested"])
    stage.ask(refs["info_requested"], ("person.birthPlace",), "Which place does the document name?")
    refs["completed"] = stage.file("marta-nowak")
    stage.take(refs["completed"])
    stage.approve(refs["completed"])
    stage.tick()
    return {state: ref for state, ref in refs.items() if stage.state(ref) == state}


def _pattern(connection: Connection, ref: str) -> dict[str, Any]:
    which = cases.c.lifecycle == "activation" if ref == ACTIVATION else cases.c.ref == ref
    return dict(connection.execute(select(cases).where(which)).one()._mapping)


def _copied(
    app: Installation, patterns: dict[str, dict[str, Any]], chance: Random, who: Who, place: int
) -> dict[str, Any]:  # fmt: skip
    officers, entities = who
    state = chance.choice(OPEN_STATES) if place % OPEN_SHARE == 0 else "completed"
    opened = app.clock.now() - timedelta(minutes=place if place < 10_000 else place * 2)
    is_open = state != "completed"
    return patterns[state] | {
        "id": app.chance.uuid(opened), "ref": f"BR-{place:08}", "entity": chance.choice(entities), "opened_at": opened,
        "changed_at": opened, "assignee": None if state == "submitted" else chance.choice(officers),
        "closed_at": None if is_open else opened + timedelta(seconds=30),
        "act_by": _due(app.clock.now(), chance) if is_open else NO_DEADLINE, "holds_contacts": False,
    }  # fmt: skip


def _due(now: datetime, chance: Random) -> datetime:
    return now + timedelta(minutes=chance.randrange(30, 20_000))


def _write(connection: Connection, app: Installation, rows: list[dict[str, Any]]) -> None:
    """Cases with what is sealed in them; the rest is filled in afterwards, in the database itself."""
    keys, values = [], []
    for number, row in enumerate(rows):
        key = AESGCM.generate_key(256)
        keys.append({
            "case_id": row["id"], "key_id": app.keyring.key_id, "secret_id": app.keyring.secret_id,
            "wrapped": app.keyring.wrap(key, row["id"]),
        })  # fmt: skip
        values += list(_named(DataKey(row["id"], key), row["id"], number))
    for table, made in ((cases, rows), (data_keys, keys), (sealed_values, values)):
        connection.execute(insert(table), made)


def _named(key: DataKey, case_id: UUID, number: int) -> Iterator[dict[str, object]]:
    for path, word in zip(NAMES, (SURNAMES[number % len(SURNAMES)], f"Voornaam{number:05}"), strict=True):
        yield {"case_id": case_id, "path": path, "value": key.seal(f"value/{path}", json.dumps(word).encode())}


def _issued(connection: Connection, app: Installation, pattern: dict[str, Any]) -> None:
    """The activation of every copy that is done: most are active, some are blocked, the newest wait for their code."""
    detail = dict(
        connection.execute(select(activations).where(activations.c.case_id == pattern["id"])).one()._mapping
    )  # fmt: skip
    done = select(cases.c.id, cases.c.ref, cases.c.entity, cases.c.opened_at).where(
        cases.c.state == "completed", cases.c.ref.like("BR-0%")
    )
    made: list[tuple[dict[str, Any], dict[str, Any]]] = []
    for number, (request_id, ref, entity, opened) in enumerate(connection.execute(done).all()):
        fresh = app.clock.now() - opened < timedelta(days=3)
        state = "awaiting_code" if fresh else "blocked_timeout" if number % 50 == 0 else "active"
        case_id = app.chance.uuid(opened)
        case = {"id": case_id, "ref": f"AC-{ref}", "entity": entity, "opened_at": opened, "changed_at": opened, "state": state,
                "closed_at": None if fresh else opened, "holds_contacts": False}  # fmt: skip
        own = {"case_id": case_id, "request_id": request_id, "link_digest": None, "blocks_at": limit_of(opened)}
        made.append((pattern | case, detail | own))
    for first in range(0, len(made), CHUNK):
        connection.execute(insert(cases), [case for case, _ in made[first : first + CHUNK]])
        connection.execute(insert(activations), [own for _, own in made[first : first + CHUNK]])


def _fill_in(connection: Connection, pattern: UUID, state: str) -> None:
    """Detail, timers and history of every copy of a case, as they are of the case itself."""
    copies = (cases.c.state == state, cases.c.id != pattern, cases.c.ref.like("BR-0%"))
    fresh = (
        func.gen_random_uuid() if connection.dialect.name == "postgresql" else func.lower(func.hex(func.randomblob(16)))
    )
    activation_of = select(activations.c.case_id).where(activations.c.request_id == cases.c.id).scalar_subquery()
    changed: dict[Table, dict[str, Any]] = {
        registration_requests: {"activation_id": activation_of},
        timers: {"due_at": cases.c.opened_at if state == "completed" else cases.c.act_by},
        audit_events: {"id": fresh, "command_id": literal(None, Uuid()), "occurred_at": cases.c.opened_at,
                       "recorded_at": cases.c.opened_at, "payload": literal(None, audit_events.c.payload.type)},
    }  # fmt: skip
    for table, others in changed.items():
        columns = [others.get(column.name, cases.c.id if column.name == "case_id" else column) for column in table.c]
        found = select(*columns).select_from(cases.join(table, table.c.case_id == pattern)).where(*copies)
        connection.execute(insert(table).from_select([column.name for column in table.c], found))
