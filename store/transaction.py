"""One connection with one transaction at a time: begun by its first statement, gone on with after each commit.

Every statement of the store passes here, so drivers' errors are translated in one place. On PostgreSQL, where every way there and
back counts, a look that opens a unit needs no transaction, and a change that stands alone is one: it is sent by the commit, by
itself. Whatever else is sent meanwhile goes after it, and in one transaction with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Connection, CursorResult, Engine, Executable, Row
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import DBAPIError

from store.engine import READ_ONLY, place
from store.faults import DRIVER_ERRORS, refusal
from workflow.errors import ConcurrentChange

T = TypeVar("T")
Columns = tuple[Any, ...]  # of a row: the tables say what they are, not the type
Cursor = CursorResult[*Columns]
Parameters = Mapping[str, object] | Sequence[Mapping[str, object]]
PAGE = 500  # rows of a streamed query that are in memory at once
ALONE = "postgresql"  # where a statement can be a transaction of its own


@dataclass(frozen=True, slots=True)
class Waiting:
    """A change that is still to be sent: one statement, which answers no row when somebody was first."""

    ref: str
    sql: str
    parameters: dict[str, object] = field(repr=False)
    lost: Callable[[], Exception] = field(repr=False)  # what to raise then; it may ask the database who was first


class Transaction:
    """A lazily opened connection; `first` sees it once, before the first statement."""

    def __init__(self, engine: Engine, *, first: Callable[[Connection], None]) -> None:
        self.engine = engine
        self.dialect = engine.dialect.name
        self.statements = 0  # so far, begin and commit not counted
        self._first = first
        self._connection: Connection | None = None
        self._used = False  # whether something of the open transaction would be lost with the connection
        self._alone = self.dialect == ALONE and not engine.get_execution_options().get(READ_ONLY)
        self._waiting: Waiting | None = None

    @property
    def can_wait(self) -> bool:
        """Whether a change may be left to the commit: nothing was sent before it that has to be in one transaction with it."""
        return self._alone and self._waiting is None and not self._is_begun()

    def execute(self, statement: Executable, parameters: Parameters | None = None) -> Cursor:
        """Run a statement built of tables. Raises: Unavailable, ConcurrentChange."""
        self.statements += 1
        return self._guarded(lambda: self._begun().execute(statement, parameters))

    def run(self, sql: str, parameters: dict[str, object]) -> DBAPICursor:
        """Run SQL text as the driver takes it, without any machinery between. Raises: Unavailable, ConcurrentChange."""
        self.statements += 1
        return self._guarded(lambda: self._driven(sql, parameters))

    def read(self, sql: str, parameters: dict[str, object]) -> DBAPICursor:
        """Run a look for which no transaction need be open. Raises: Unavailable."""
        if not self.can_wait:
            return self.run(sql, parameters)
        self.statements += 1
        return self._guarded(lambda: self._by_itself(sql, parameters), keeps=False)

    def leave(self, waiting: Waiting) -> None:
        """Leave a change to the commit, or to whatever else is sent first; only where it `can_wait`."""
        self.statements += 1
        self._waiting = waiting

    def run_each(self, sql: str, rows: Sequence[Mapping[str, Any]] | Sequence[tuple[Any, ...]]) -> None:
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
        if self._waiting is not None and not self._is_begun():
            self._send(self._waiting, self._by_itself)
            self._used = False
        elif self._connection is not None:
            self._guarded(self._connection.commit)
            self._used = False

    def rollback(self) -> None:
        """Undo what was not committed. Raises: Unavailable."""
        self._waiting = None
        if self._connection is not None:
            self._guarded(self._connection.rollback)
            self._used = False

    def close(self) -> None:
        """Give the connection back; what was not committed is undone."""
        connection, self._connection = self._connection, None
        self._waiting = None
        if connection is not None:
            self._keep_together(connection)
            connection.close()

    def _guarded(self, work: Callable[[], T], *, keeps: bool = True) -> T:
        try:
            result = work()
        except DRIVER_ERRORS as error:
            if not self._was_stale(error):
                raise self._refusal(error) from None
            return self._guarded(work, keeps=keeps)
        self._used = self._used or keeps
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
        return _executed(self._begun(), sql, parameters)

    def _cursor(self) -> DBAPICursor:
        return self._begun().connection.cursor()

    def _begun(self) -> Connection:
        connection = self._connection or self._connected()
        if not connection.in_transaction():
            self._keep_together(connection)
            connection.begin()
        if self._waiting is not None:
            self._send(self._waiting, lambda sql, parameters: _executed(connection, sql, parameters))
        return connection

    def _is_begun(self) -> bool:
        return self._connection is not None and self._connection.in_transaction()

    def _by_itself(self, sql: str, parameters: dict[str, object]) -> DBAPICursor:
        """Run one statement that is its own transaction."""
        connection = self._connection or self._connected()
        if connection.in_transaction():  # of the first look at the tables of this process
            connection.rollback()
        driver: Any = connection.connection.dbapi_connection
        if not driver.autocommit:
            driver.autocommit = True
        return _executed(connection, sql, parameters)

    def _send(self, waiting: Waiting, send: Callable[[str, dict[str, object]], DBAPICursor]) -> None:
        """Send what waited. Until it is known to be written it goes on waiting, so that no later commit takes it for done."""
        self._used = True
        try:
            row = send(waiting.sql, waiting.parameters).fetchone()
        except DRIVER_ERRORS as error:
            self._was_stale(error)  # a dead connection is not given back; what waited is not sent again here
            refused = self._refusal(error)
            raise ConcurrentChange(waiting.ref) if isinstance(refused, ConcurrentChange) else refused from None
        self._waiting = None
        if row is None:
            raise waiting.lost()

    def _keep_together(self, connection: Connection) -> None:
        """From here on statements are of one transaction again."""
        if self._alone and not connection.invalidated:
            driver: Any = connection.connection.dbapi_connection
            if driver.autocommit and not driver.closed:
                driver.autocommit = False

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


def _executed(connection: Connection, sql: str, parameters: dict[str, object]) -> DBAPICursor:
    cursor = connection.connection.cursor()
    cursor.execute(sql, parameters)
    return cursor
