"""How a database is opened, and what a person reads when it cannot be used."""

from __future__ import annotations

import sqlite3
import threading
from datetime import datetime
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Dialect
from sqlalchemy.dialects import postgresql, sqlite

from store.engine import WAL_IS_SAFE, open_engine
from store.keyring import Keyring
from store.types import UtcDateTime, as_text, from_text
from store.unit_of_work import SqlStore
from tests import builders
from tests.contract.steps import opened
from tests.unit.store.keys import DATA_KEY, KEYRING, OTHER_KEY, SECRET_KEY
from workflow.errors import Unavailable


def test_sqlite_is_opened_so_that_it_keeps_its_word(sqlite_url: str) -> None:
    engine = open_engine(sqlite_url)

    with engine.connect() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("foreign_keys", "secure_delete", "busy_timeout", "journal_mode", "synchronous")
        }

    safe = sqlite3.sqlite_version_info >= WAL_IS_SAFE
    assert found == {
        "foreign_keys": 1,
        "secure_delete": 1,
        "busy_timeout": 5000,
        "journal_mode": "wal" if safe else "delete",
        "synchronous": 2 if safe else 3,
    }


def test_a_unit_of_work_on_sqlite_takes_the_write_lock_with_its_first_statement(sqlite_url: str) -> None:
    impatient = SqlStore(f"{sqlite_url}?timeout=0.05", KEYRING)
    store = SqlStore(sqlite_url, KEYRING)

    with store.unit_of_work() as first:
        first.cases.refs_like("BR-2026-00001-AA")
        with (
            impatient.unit_of_work() as second,
            pytest.raises(Unavailable, match="is busy: another process is writing") as refused,
        ):
            second.cases.refs_like("BR-2026-00001-AA")

    assert "try again" in refused.value.detail


def test_a_unit_of_work_that_does_nothing_locks_nobody_out(sqlite_url: str) -> None:
    impatient = SqlStore(f"{sqlite_url}?timeout=0.05", KEYRING)

    with SqlStore(sqlite_url, KEYRING).unit_of_work(), impatient.unit_of_work() as second:
        assert not second.cases.refs_like("BR-2026-00001-AA")


@pytest.mark.parametrize("pooled", [False, True])
def test_two_threads_write_one_after_the_other(sqlite_url: str, pooled: bool) -> None:
    store = SqlStore(sqlite_url, KEYRING, pooled=pooled)

    def write() -> None:
        for _ in range(10):
            with store.unit_of_work() as uow:
                opened(uow)
                uow.commit()

    threads = [threading.Thread(target=write) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with store.unit_of_work() as uow:
        assert len(list(uow.cases.listed("registration", now=builders.START))) == 20
    store.dispose()


def test_a_missing_file_is_named_with_the_command_that_makes_it(tmp_path: Path) -> None:
    store = SqlStore(f"sqlite:///{tmp_path}/none.db", KEYRING)

    with store.unit_of_work() as uow, pytest.raises(Unavailable, match="bisdesk db upgrade") as refused:
        uow.marks.high_water()

    assert f"{tmp_path}/none.db" in refused.value.detail
    assert not (tmp_path / "none.db").exists()


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "letter.db").write_text("Dear colleague, " * 100)
    store = SqlStore(f"sqlite:///{tmp_path}/letter.db", KEYRING)

    with store.unit_of_work() as uow, pytest.raises(Unavailable, match="is no database"):
        uow.marks.high_water()


def test_a_server_that_does_not_answer_is_named_without_user_or_password() -> None:
    store = SqlStore("postgresql://anna:s3cret@127.0.0.1:1/bisdesk", KEYRING)

    with store.unit_of_work() as uow, pytest.raises(Unavailable, match=r"127\.0\.0\.1:1/bisdesk") as refused:
        uow.marks.high_water()

    assert "s3cret" not in refused.value.detail
    assert "anna" not in refused.value.detail
    assert refused.value.__cause__ is None


@pytest.mark.parametrize("url", ["", "bisdesk.db", "mysql://host/db", "sqlite://", "postgresql://h:port/db"])
def test_a_url_that_names_no_database_is_refused_with_an_example(url: str) -> None:
    with pytest.raises(Unavailable, match="BISDESK_DATABASE_URL names no database") as refused:
        SqlStore(url, KEYRING)

    assert "postgresql://user@host/database" in refused.value.detail


def test_a_url_that_is_refused_is_not_repeated_with_its_password() -> None:
    with pytest.raises(Unavailable) as refused:
        SqlStore("mysql://anna:s3cret@host/db", KEYRING)

    assert "s3cret" not in refused.value.detail


@pytest.mark.postgres
def test_a_kept_connection_that_died_meanwhile_is_replaced(postgres_url: str) -> None:
    store = SqlStore(postgres_url, KEYRING, pooled=True)
    with store.unit_of_work() as uow:
        uow.marks.high_water()

    _end_connections(postgres_url)

    with store.unit_of_work() as uow:
        assert uow.marks.high_water() is None
    store.dispose()


@pytest.mark.postgres
def test_a_connection_that_died_between_two_transactions_of_a_unit_is_replaced(postgres_url: str) -> None:
    store = SqlStore(postgres_url, KEYRING)

    with store.unit_of_work() as uow:
        case = opened(uow, "activation")
        uow.commit()
        _end_connections(postgres_url)
        assert uow.cases.activation(case.id, now=builders.START)[0].id == case.id
    store.dispose()


@pytest.mark.postgres
def test_a_connection_that_dies_inside_a_transaction_is_trouble_that_is_told(postgres_url: str) -> None:
    store = SqlStore(postgres_url, KEYRING)

    with store.unit_of_work() as uow:
        case = opened(uow)
        _end_connections(postgres_url)
        with pytest.raises(Unavailable, match="cannot be reached"):
            uow.commit()

    with store.unit_of_work() as uow:
        assert not uow.cases.refs_like(case.ref)
    store.dispose()


def test_the_wrong_data_key_is_told_before_anything_is_opened(sqlite_url: str) -> None:
    with SqlStore(sqlite_url, KEYRING).unit_of_work() as uow:
        case = opened(uow)
        uow.people.put(case.id, {"person.familyName": '"Dubois"'})
        uow.commit()

    wrong = SqlStore(sqlite_url, Keyring(SECRET_KEY, OTHER_KEY))

    with wrong.unit_of_work() as uow, pytest.raises(Unavailable, match="The data key does not fit this database"):
        uow.people.get(case.id)


def test_the_wrong_secret_key_is_told_before_it_costs_anybody_a_try(sqlite_url: str) -> None:
    with SqlStore(sqlite_url, KEYRING).unit_of_work() as uow:
        case = opened(uow, "activation")
        uow.commit()

    wrong = SqlStore(sqlite_url, Keyring(OTHER_KEY, DATA_KEY))

    with wrong.unit_of_work() as uow, pytest.raises(Unavailable, match="The secret key does not fit this database"):
        uow.cases.activation(case.id, now=builders.START)


@pytest.mark.parametrize("dialect", [sqlite.dialect(), postgresql.dialect()])
def test_an_instant_without_a_time_zone_is_refused(dialect: Dialect) -> None:
    with pytest.raises(ValueError, match="without a time zone"):
        UtcDateTime().process_bind_param(datetime(2026, 11, 23, 9, 0), dialect)


def test_instants_on_sqlite_sort_as_text_in_the_order_of_time() -> None:
    instants = [datetime.fromisoformat(text) for text in ("2026-11-23T10:00:00.5+01:00", "2026-11-23T09:00:01+00:00")]

    assert [from_text(as_text(instant)) for instant in instants] == instants
    assert as_text(instants[0]) < as_text(instants[1])
    assert len(as_text(instants[0])) == len(as_text(instants[1])) == 26


def _end_connections(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
