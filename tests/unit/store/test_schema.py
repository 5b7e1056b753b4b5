"""The version of the tables: made, checked, never mistaken for another."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Table, text

from store import schema, tables, tables_people, tables_queue
from store.engine import open_engine
from store.schema import SchemaStatus, check, upgrade
from store.unit_of_work import SqlStore
from tests.unit.store.keys import KEYRING
from workflow.errors import Unavailable
from workflow.model import Activation, AuditEvent, Case, DigitalKey, RegistrationRequest
from workflow.outbox import Delivery, QueuedMessage
from workflow.ports_entry import Link, Session


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/bisdesk.db"
    else:
        yield request.getfixturevalue("postgres_empty_url")


def test_upgrading_makes_the_tables_once_and_then_finds_nothing_to_do(empty_url: str) -> None:
    assert check(empty_url) is SchemaStatus.MISSING

    assert upgrade(empty_url) == schema.HEAD
    assert check(empty_url) is SchemaStatus.CURRENT

    assert upgrade(empty_url) == schema.HEAD
    assert check(empty_url) is SchemaStatus.CURRENT


def test_the_migrations_make_exactly_the_tables_that_the_store_uses(empty_url: str) -> None:
    upgrade(empty_url)
    engine = open_engine(empty_url)

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, tables.metadata)
    engine.dispose()

    assert differences == []


def test_the_migrations_can_be_taken_back(empty_url: str) -> None:
    upgrade(empty_url)
    engine = open_engine(empty_url)
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))

    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    engine.dispose()

    assert check(empty_url) is SchemaStatus.MISSING


def test_the_revisions_that_the_store_knows_are_those_of_the_migrations() -> None:
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    script = ScriptDirectory.from_config(config)

    revisions = [revision.revision for revision in script.walk_revisions()]

    assert tuple(reversed(revisions)) == schema.REVISIONS
    assert script.get_current_head() == schema.HEAD


def test_tables_of_a_newer_version_are_refused_by_every_door(empty_url: str) -> None:
    upgrade(empty_url)
    _stamp(empty_url, "9999")

    assert check(empty_url) is SchemaStatus.AHEAD
    with pytest.raises(Unavailable, match="newer than this version"):
        upgrade(empty_url)
    with (
        SqlStore(empty_url, KEYRING).unit_of_work() as uow,
        pytest.raises(Unavailable, match="newer than this version"),
    ):
        uow.marks.high_water()


def test_a_database_without_tables_is_refused_with_the_command_that_makes_them(empty_url: str) -> None:
    engine = open_engine(empty_url, create=True)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE something_else (id INTEGER)"))
    engine.dispose()

    assert check(empty_url) is SchemaStatus.MISSING
    for _ in range(2):
        with SqlStore(empty_url, KEYRING).unit_of_work() as uow, pytest.raises(Unavailable, match="bisdesk db upgrade"):
            uow.marks.high_water()


def test_a_store_that_was_refused_works_once_the_tables_are_there(empty_url: str) -> None:
    store = SqlStore(empty_url, KEYRING)
    with store.unit_of_work() as uow, pytest.raises(Unavailable):
        uow.marks.high_water()

    upgrade(empty_url)

    with store.unit_of_work() as uow:
        assert uow.marks.high_water() is None
    store.dispose()


def test_a_table_that_vanished_is_told_with_the_command_that_mends_it(empty_url: str) -> None:
    upgrade(empty_url)
    engine = open_engine(empty_url)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE marks"))
    engine.dispose()

    with SqlStore(empty_url, KEYRING).unit_of_work() as uow, pytest.raises(Unavailable, match="bisdesk db upgrade"):
        uow.marks.high_water()


def test_a_database_that_cannot_be_reached_is_a_status_of_its_own() -> None:
    assert check("postgresql://anna@127.0.0.1:1/bisdesk") is SchemaStatus.UNREACHABLE


def test_the_file_of_an_sqlite_database_is_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "folder" / "bisdesk.db"

    upgrade(f"sqlite:///{path}")

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(Unavailable, match="cannot be made"):
        upgrade(f"sqlite:///{tmp_path}/file/bisdesk.db")


@pytest.mark.parametrize(
    ("kind", "table", "apart"),
    [
        (Case, tables.cases, {"due", "holds_contacts", "act_by"}),
        (RegistrationRequest, tables.registration_requests, set()),
        (Activation, tables.activations, set()),
        (AuditEvent, tables.audit_events, set()),
        (DigitalKey, tables_people.digital_keys, set()),
        (Link, tables_people.links, set()),
        (Session, tables_people.sessions, set()),
        (
            QueuedMessage,
            tables_queue.outbox,
            {field.name for field in fields(Delivery)} - {"message"} | {"lease_until", "entity", "urgency", "poll_at"},
        ),
    ],
)
def test_every_field_has_its_column_and_every_column_its_field(kind: type, table: Table, apart: set[str]) -> None:
    assert {field.name for field in fields(kind)} ^ {column.name for column in table.columns} == apart


@pytest.mark.postgres
def test_two_processes_that_upgrade_at_once_do_it_once(postgres_empty_url: str) -> None:
    from tests.contract.steps import in_threads

    revisions = in_threads(3, lambda _: upgrade(postgres_empty_url))

    assert revisions == [schema.HEAD] * 3
    with psycopg.connect(postgres_empty_url) as connection:
        assert connection.execute("SELECT count(*) FROM alembic_version").fetchone() == (1,)


def _stamp(url: str, revision: str) -> None:
    engine = open_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :to"), {"to": revision})
    engine.dispose()
