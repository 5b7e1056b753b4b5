"""The version of the tables: is this database current, and how to make it so. Alembic is loaded only to upgrade."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path

from sqlalchemy import URL, Connection, text

from store.engine import open_engine, parsed, place
from store.faults import DRIVER_ERRORS, UPGRADE, meaning, refusal
from store.preflight import refuse_shared_names
from workflow.errors import Unavailable

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006")  # oldest first; a test holds them equal to the migrations
HEAD = REVISIONS[-1]
MIGRATIONS = Path(__file__).parent / "migrations"
_UPGRADING = 0x62697364  # one upgrade at a time on PostgreSQL: an advisory lock


class SchemaStatus(StrEnum):
    """How the tables of a database stand to this version; every comment says what mends it."""

    CURRENT = "current"  # nothing
    MISSING = "missing"  # bisdesk db upgrade
    BEHIND = "behind"  # bisdesk db upgrade
    AHEAD = "ahead"  # a newer bisdesk
    UNREACHABLE = "unreachable"  # the database itself


def upgrade(url: str) -> str:
    """Bring the tables of a database to this version, or make them; the revision that it then has.

    Raises: Unavailable.
    """
    from alembic import command
    from alembic.config import Config

    target = parsed(url)
    _make_file(target)
    engine = open_engine(url, create=True)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    try:
        with engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _UPGRADING})
            if status_of(connection) is SchemaStatus.AHEAD:
                refuse_unfit(SchemaStatus.AHEAD, place(target))
            refuse_shared_names(connection, _revision_of(connection), place(target))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except DRIVER_ERRORS as error:
        raise refusal(error, place(target)) from None
    finally:
        engine.dispose()
    return HEAD


def check(url: str) -> SchemaStatus:
    """How the tables of a database stand; nothing is changed. Raises: Unavailable for a URL that names none."""
    target = parsed(url)
    if target.get_backend_name() == "sqlite" and not Path(str(target.database)).exists():
        return SchemaStatus.MISSING
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            return status_of(connection)
    except DRIVER_ERRORS:
        return SchemaStatus.UNREACHABLE
    finally:
        engine.dispose()


def status_of(connection: Connection) -> SchemaStatus:
    """How the tables behind a connection stand."""
    match stored := _revision_of(connection):
        case None:
            return SchemaStatus.MISSING
        case str() if stored == HEAD:
            return SchemaStatus.CURRENT
        case str() if stored in REVISIONS:
            return SchemaStatus.BEHIND
        case _:
            return SchemaStatus.AHEAD


def _revision_of(connection: Connection) -> str | None:
    """The revision that a database says it has; None where it has no tables of ours."""
    try:
        with connection.begin_nested():
            stored: str | None = connection.exec_driver_sql(
                "SELECT version_num FROM alembic_version"
            ).scalar_one_or_none()
    except DRIVER_ERRORS as error:
        if _no_table(error):
            return None
        raise
    return stored


def refuse_unfit(status: SchemaStatus, place: str) -> None:
    """Say what mends a database whose tables do not fit. Raises: Unavailable."""
    match status:
        case SchemaStatus.CURRENT:
            return
        case SchemaStatus.MISSING:
            raise Unavailable(f"The database {place} has no tables yet. {UPGRADE}")
        case SchemaStatus.BEHIND:
            raise Unavailable(f"The tables of the database {place} are older than this version. {UPGRADE}")
        case SchemaStatus.AHEAD:
            raise Unavailable(
                f"The tables of the database {place} are newer than this version. Install the bisdesk that made them; "
                "bisdesk db upgrade cannot go back."
            )
        case SchemaStatus.UNREACHABLE:
            raise Unavailable(f"The database {place} cannot be reached. Check that it runs, and BISDESK_DATABASE_URL.")


def _no_table(error: Exception) -> bool:
    known = meaning(error, "")
    return isinstance(known, Unavailable) and UPGRADE in known.detail


def _make_file(target: URL) -> None:
    """Create the file of an SQLite database for its owner alone: it holds personal data, sealed or not."""
    if target.get_backend_name() != "sqlite":
        return
    path = Path(str(target.database))
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError:
        raise Unavailable(
            f"The database {path} cannot be made. Give this user the right to write its folder."
        ) from None
