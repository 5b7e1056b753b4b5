"""The few words in which PostgreSQL and SQLite differ, for SQL text that is written once.

Lists travel as one JSON parameter each, so that the text does not depend on how long they are.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, LargeBinary
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Dialect

from store.tables import audit_events, cases
from store.tables_queue import outbox
from store.types import UtcDateTime

SQLITE = "sqlite"
OWED = (
    "id", "kind", "audience", "channel", "queued_at", "not_before", "send_before", "language", "params", "secret",
    "entity", "urgency",
)  # fmt: skip
_FROM_TEXT = "TIMESTAMP AT TIME ZONE 'UTC'"  # an instant as SQLite keeps it
_POSTGRESQL: Dialect = postgresql.dialect()  # type: ignore[no-untyped-call]


class Words:
    """SQL in the words of one database."""

    def __init__(self, dialect: str) -> None:
        self._lite = dialect == SQLITE
        case_id = self.of(cases.c.id, "case_id")
        self.case = case_id if self._lite else "(SELECT id FROM moved)"
        self.case_of_moved = case_id if self._lite else "moved.id"
        self.version = self.of(audit_events.c.sequence, "e_sequence") if self._lite else "moved.version"
        self.from_moved = "" if self._lite else "FROM moved"
        self.counted = case_id if self._lite else "(SELECT case_id FROM counted)"
        standing = f"(SELECT id FROM cases WHERE id = {case_id} AND state = {self.of(cases.c.state, 'state')})"
        self.held = standing if self._lite else "(SELECT id FROM held)"

    def of(self, column: Column[Any], name: str) -> str:
        """A parameter for a column; PostgreSQL is told its type, SQLite has none to tell."""
        return f":{name}" if self._lite else f"%({name})s::{_typed(column)}"

    def flag(self, name: str) -> str:
        """A yes or no."""
        return f":{name}" if self._lite else f"%({name})s::BOOLEAN"

    def among(self, name: str) -> str:
        """The texts of a list parameter, for IN."""
        if self._lite:
            return f"(SELECT value FROM json_each(:{name}))"
        return f"(SELECT json_array_elements_text(%({name})s::JSON))"

    def ids(self, name: str) -> str:
        """The ids of a list parameter, for IN."""
        if self._lite:
            return self.among(name)
        return f"(SELECT one::UUID FROM json_array_elements_text(%({name})s::JSON) AS one)"

    @property
    def started(self) -> tuple[str, str, str]:
        """Trigger and instant of each timer that starts, and where they come from; a list of pairs."""
        if self._lite:
            return "json_extract(value, '$[0]')", "json_extract(value, '$[1]')", "json_each(:started)"
        return "pair ->> 0", f"(pair ->> 1)::{_FROM_TEXT}", "json_array_elements(%(started)s::JSON) AS pair"

    @property
    def owed(self) -> str:
        """The rows of the messages that a change owes; SQLite takes them one by one."""
        if self._lite:
            return f"VALUES (:case_id, :sequence, 'queued', 0, 0, 0, {', '.join(f':{name}' for name in OWED)})"
        rows = f"json_to_recordset(%(owed)s::JSON) AS owed ({', '.join(f'{name} TEXT' for name in OWED)})"
        own = ", ".join(_from_text(outbox.c[name]) for name in OWED)
        return f"SELECT moved.id, moved.version, 'queued', 0, 0, 0, {own} FROM moved, {rows}"


def _from_text(column: Column[Any]) -> str:
    """A text of a JSON parameter as the value of a column."""
    match column.type:
        case UtcDateTime():
            return f"owed.{column.name}::{_FROM_TEXT}"
        case LargeBinary():
            return f"decode(owed.{column.name}, 'hex')"
        case _:
            return f"owed.{column.name}::{_typed(column)}"


def _typed(column: Column[Any]) -> str:
    return column.type.compile(_POSTGRESQL)
