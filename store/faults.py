"""Trouble with the database in the words of the errors' family: what happened, and the next step.

A driver's text may carry values and addresses, so none is passed on; only what SQLite says in fixed words.
"""

from __future__ import annotations

import sqlite3

import psycopg
from sqlalchemy.exc import DBAPIError, TimeoutError

from workflow.errors import ConcurrentChange, Unavailable

UPGRADE = "Run: bisdesk db upgrade"
COMMAND_ID = "command_id"
DRIVER_ERRORS = (DBAPIError, sqlite3.Error, psycopg.Error, TimeoutError)

_SQLITE_SAYS = {
    "readonly": "The database {place} may not be written. Give this user the right to write the file and its folder.",
    "full": "The disk of the database {place} is full. Make room, then try again.",
    "disk i/o": "The disk of the database {place} fails. Look at the disk, then at the last backup.",
    "malformed": "The database {place} is damaged. Restore it from the last backup.",
    "not a database": "The file {place} is no database, or is encrypted. Check BISDESK_DATABASE_URL.",
}


def refusal(error: Exception, place: str) -> Exception:
    """The error to raise instead of a driver's: its meaning, or a fault of ours, told without the values of the row."""
    return meaning(error, place) or _fault(error)


def _fault(error: Exception) -> RuntimeError:
    """PostgreSQL repeats the whole row that it refuses, so only the names in its complaint are kept."""
    origin = error.orig if isinstance(error, DBAPIError) else error
    match origin:
        case psycopg.Error():
            named = (origin.sqlstate, origin.diag.table_name, origin.diag.column_name, origin.diag.constraint_name)
            about = ", ".join(name for name in named if name)
        case _:
            about = str(origin)
    return RuntimeError(f"The database refused a statement: {type(origin).__name__} ({about})")


def meaning(error: Exception, place: str) -> Exception | None:
    """What an error of a driver says to a person; None for a fault of ours, which must stay visible as one."""
    origin = error.orig if isinstance(error, DBAPIError) else error
    match origin:
        case sqlite3.Error():
            return _sqlite_meaning(origin, place)
        case psycopg.errors.UndefinedTable() | psycopg.errors.UndefinedColumn() | psycopg.errors.InvalidSchemaName():
            return Unavailable(f"The database {place} does not have the tables of this version. {UPGRADE}")
        case (
            psycopg.errors.DeadlockDetected()
            | psycopg.errors.LockNotAvailable()
            | psycopg.errors.SerializationFailure()
        ):
            return _busy(place)
        case psycopg.errors.UniqueViolation():
            return _repeated(f"{origin.diag.constraint_name}")
        case psycopg.OperationalError() | psycopg.InterfaceError() | TimeoutError():
            return Unavailable(
                f"The database {place} cannot be reached. Check that it runs, and BISDESK_DATABASE_URL; then try again."
            )
        case _:
            return None


def missing(place: str) -> Unavailable:
    """There is no database at all."""
    return Unavailable(f"There is no database {place} yet. {UPGRADE}")


def _sqlite_meaning(error: sqlite3.Error, place: str) -> Exception | None:
    says = str(error).lower()
    if "locked" in says or "busy" in says:
        return _busy(place)
    if "unable to open" in says:
        return missing(place)
    if "no such table" in says or "no such column" in says or "has no column" in says:
        return Unavailable(f"The database {place} does not have the tables of this version. {UPGRADE}")
    if says.startswith("unique constraint"):
        return _repeated(says)
    return next((Unavailable(text.format(place=place)) for words, text in _SQLITE_SAYS.items() if words in says), None)


def _busy(place: str) -> Unavailable:
    return Unavailable(f"The database {place} is busy: another process is writing. Nothing was stored; try again.")


def _repeated(constraint: str) -> Exception:
    """A row that must be unique exists already: somebody stored it first; a repeated command id says that it is done."""
    if "outbox" in constraint:
        return ValueError("A transition owes the same message twice to the same audience: its table is wrong.")
    return ConcurrentChange("this command, which is stored already" if COMMAND_ID in constraint else "the same thing")
