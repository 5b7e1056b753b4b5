"""One connection with one transaction at a time: begun by its first statement, gone on with after each commit.

Every statement of the store passes here, so drivers' errors are translated in one place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, CursorResult, Engine, Executable, Row
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import DBAPIError

from store.engine import place
from store.faults import DRIVER_ERRORS, refusal

T = TypeVar("T")
Columns = tuple[Any, ...]  # of a row: the tables say what they are, not the type
Cursor = CursorResult[*Columns]
Parameters = Mapping[str, object] | Sequence[Mapping[str, object]]
PAGE = 500  # rows of a streamed query that are in memory at once


class Transaction:
    """A lazily opened connection; `first` sees it once, before the first statement."""

    def __init__(self, engine: Engine, *, first: Callable[[Connection], None]) -> None:
        self.engine = engine
        self.dialect = engine.dialect.name
        self.statements = 0  # so far, begin and commit not counted
        self._first = first
        self._connection: Connection | None = None
        self._used = False  # whether something of the open transaction would be lost with the connection

    def execute(self, statement: Executable, parameters: Parameters | None = None) -> Cursor:
        """Run a statement built of tables. Raises: Unavailable, ConcurrentChange."""
        self.statements += 1
        return self._guarded(lambda: self._begun().execute(statement, parameters))

    def run(self, sql: str, parameters: dict[str, object]) -> DBAPICursor:
        """Run SQL text as the driver takes it, without any machinery between. Raises: Unavailable, ConcurrentChange."""
        self.statements += 1
        return self._guarded(lambda: self._driven(sql, parameters))

    def run_each(self, sql: str, rows: list[dict[str, object]]) -> None:
        """Run one prepared statement for each row. Raises: Unavailable, ConcurrentChange."""
        self.statements += 1
        self._guarded(lambda: self._cursor().executemany(sql, rows))

    def stream(self, statement: Executable) -> Iterator[Row[*Columns]]:
        """Run a query, a page of rows in memory at a time. Raises: Unavailable."""
        self.statements += 1
        try:
            yield from self._begun().execute(statement, execution_options={"yield_per": PAGE})
        except DRIVER_ERRORS as error:
            raise self._refusal(error) from None

    def commit(self) -> None:
        """Make what was written durable. Raises: Unavailable, ConcurrentChange."""
        if self._connection is not None:
            self._guarded(self._connection.commit)
            self._used = False

    def rollback(self) -> None:
        """Undo what was not committed. Raises: Unavailable."""
        if self._connection is not None:
            self._guarded(self._connection.rollback)
            self._used = False

    def close(self) -> None:
        """Give the connection back; what was not committed is undone."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _guarded(self, work: Callable[[], T]) -> T:
        try:
            result = work()
        except DRIVER_ERRORS as error:
            if not self._was_stale(error):
                raise self._refusal(error) from None
            return self._guarded(work)
        self._used = True
        return result

    def _was_stale(self, error: Exception) -> bool:
        """Whether a kept connection had died before its first statement: then nothing is lost by taking another one."""
        connection, origin = self._connection, error.orig if isinstance(error, DBAPIError) else error
        if connection is None or not isinstance(origin, Exception):
            return False
        if not connection.invalidated:  # Core notices a dead connection itself, SQL text does not
            driver = connection.connection.dbapi_connection
            if not self.engine.dialect.is_disconnect(origin, driver, None):  # type: ignore[arg-type]  # the driver's own
                return False
            connection.invalidate()
        if self._used:
            return False
        self.close()
        return True

    def _driven(self, sql: str, parameters: dict[str, object]) -> DBAPICursor:
        cursor = self._cursor()
        cursor.execute(sql, parameters)
        return cursor

    def _cursor(self) -> DBAPICursor:
        return self._begun().connection.cursor()

    def _begun(self) -> Connection:
        connection = self._connection or self._connected()
        if not connection.in_transaction():
            connection.begin()
        return connection

    def _connected(self) -> Connection:
        connection = self.engine.connect()
        try:
            self._first(connection)
        except BaseException:
            connection.close()
            raise
        self._connection, self._used = connection, False
        return connection

    def _refusal(self, error: Exception) -> Exception:
        return refusal(error, place(self.engine.url))
