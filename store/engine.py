"""A database behind a URL: SQLite as the embedded default, PostgreSQL through psycopg 3; each opened so that it keeps its word.

It knows no table; an error here names the database, never the password of its URL.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, NullPool, QueuePool, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry

from workflow.errors import Unavailable

BUSY_S = 5  # SQLite's own wait for another writer; it needs no clock of ours
CONNECT_S = 10
WAL_IS_SAFE = (3, 51, 3)  # older ones can lose a commit when several processes reset the log at once
DEFERRED, LOOKING = "DEFERRED", "bisdesk_looking"
READ_ONLY = "postgresql_readonly"
PREPARED = 400  # statements kept prepared per PostgreSQL connection: every shape of a transition fits


def open_engine(url: str, *, pooled: bool = False, create: bool = False) -> Engine:
    """An engine for a URL; nothing is connected yet. `create` lets SQLite make its file. Raises: Unavailable."""
    target = parsed(url)
    if target.get_backend_name() == "sqlite":
        return _sqlite(target, pooled=pooled, create=create)
    return _postgresql(target, pooled=pooled)


def looking(engine: Engine) -> Engine:
    """The same connections for units that only read: the database itself refuses whatever they would write.

    It costs no way there and back: PostgreSQL is told by the BEGIN that is sent anyway, SQLite in this very process, and only
    when a connection turns from writing to looking. On SQLite they take no lock before they need one.
    """
    return engine.execution_options(**{"sqlite_begin": DEFERRED, READ_ONLY: True})


def parsed(url: str) -> URL:
    """The parts of a URL. Raises: Unavailable for one that names no database we know."""
    try:
        target = make_url(url)
        float(str(target.query.get("timeout", BUSY_S)))
    except (ArgumentError, ValueError):
        raise Unavailable(_UNKNOWN) from None
    match target.get_backend_name():
        case "sqlite" if target.database and target.database != ":memory:":
            return target
        case "postgresql" | "postgres":
            return target.set(drivername="postgresql+psycopg")
        case _:
            raise Unavailable(_UNKNOWN)


def place(url: URL) -> str:
    """The database as a person may read it: never a user, a password or an option."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    return f"{url.host or 'local socket'}{f':{url.port}' if url.port else ''}/{url.database or ''}"


_UNKNOWN = (
    "BISDESK_DATABASE_URL names no database that is known here. Write sqlite:////path/to/file.db or "
    "postgresql://user@host/database."
)


def _sqlite(url: URL, *, pooled: bool, create: bool) -> Engine:
    path = Path(str(url.database)).absolute()
    address = f"file:{quote(str(path))}?mode={'rwc' if create else 'rw'}"
    waits_s = float(str(url.query.get("timeout", BUSY_S)))

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(
            address,
            uri=True,
            timeout=waits_s,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=256,
        )

    engine = create_engine(
        url, creator=connect, poolclass=QueuePool if pooled else NullPool, hide_parameters=True, query_cache_size=1000
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_immediate)
    return engine


def _prepare_sqlite(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    safe = sqlite3.sqlite_version_info >= WAL_IS_SAFE
    cursor = connection.cursor()
    for pragma in (
        "foreign_keys = ON",
        "secure_delete = ON",  # what is erased is overwritten, not only unlinked (I6)
        f"journal_mode = {'WAL' if safe else 'DELETE'}",
        f"synchronous = {'FULL' if safe else 'EXTRA'}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_immediate(connection: Connection) -> None:
    """Take the write lock first: a reader that turns writer half-way would be refused (stack 0.6)."""
    how = connection.get_execution_options().get("sqlite_begin", "IMMEDIATE")
    looks = how == DEFERRED
    if connection.info.get(LOOKING, False) is not looks:
        connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if looks else 'OFF'}")
        connection.info[LOOKING] = looks
    connection.exec_driver_sql(f"BEGIN {how}")


def _postgresql(url: URL, *, pooled: bool) -> Engine:
    engine = create_engine(
        url,
        poolclass=QueuePool if pooled else NullPool,
        isolation_level="READ COMMITTED",
        hide_parameters=True,
        query_cache_size=1000,
        connect_args={} if "connect_timeout" in url.query else {"connect_timeout": CONNECT_S},
    )
    event.listen(engine, "connect", _prepare_postgresql)
    return engine


def _prepare_postgresql(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    connection.prepared_max = PREPARED
