"""The store as the workflow sees it: one transaction with all its repositories, over one database.

A unit begins with its first statement and goes on with a new transaction after each commit.
"""

from __future__ import annotations

from types import TracebackType
from typing import Self

from sqlalchemy import Connection, Engine

from store import schema
from store.contacts import SqlContacts
from store.desk import SqlKeptForms, SqlLooks, SqlOfficerSessions, SqlSavedViews
from store.directory import SqlDirectory
from store.engine import looking, open_engine, place
from store.entries import SqlLinks, SqlSessions
from store.fences import SqlFences
from store.keyring import Keyring
from store.keys import SqlKeys
from store.limits import SqlGates, SqlQuotas, SqlSuppressions
from store.marks import SqlMarks
from store.measures import SqlMeasures
from store.outbox import SqlOutbox
from store.people import SqlPeople
from store.receipts import SqlReceipts
from store.repositories import SqlCases
from store.timers import SqlTimers
from store.trail import SqlTrail
from store.transaction import Transaction
from store.vault import Vault
from store.work_list import SqlWorkList
from workflow.measures import Measures
from workflow.ports import Cases, Contacts, Directory, Keys, Marks, People, Timers, UnitOfWork
from workflow.ports_desk import KeptForms, Looks, OfficerSessions, SavedViews, Trail, WorkList
from workflow.ports_entry import Links, Sessions
from workflow.ports_limits import Gates, Quotas, Suppressions
from workflow.ports_queue import Fences, Outbox, Receipts


class SqlStore:
    """One database with its keys; `pooled` keeps connections, for processes that live long."""

    def __init__(self, url: str, keyring: Keyring, *, pooled: bool = False) -> None:
        self._engine = open_engine(url, pooled=pooled)
        self._looking = looking(self._engine)
        self._keyring = keyring
        self._fits = False

    def unit_of_work(self) -> UnitOfWork:
        """A unit of work on this store; its first statement raises Unavailable where the database cannot be used."""
        return SqlUnitOfWork(self._engine, self._keyring, self)

    def look(self) -> UnitOfWork:
        """A unit that only reads: on SQLite it keeps no writer out and no reader waits for it."""
        return SqlUnitOfWork(self._looking, self._keyring, self)

    def dispose(self) -> None:
        """Close every connection that is kept."""
        self._engine.dispose()

    def check(self, connection: Connection) -> None:
        """Refuse a database whose tables are not those of this version; asked once. Raises: Unavailable."""
        if not self._fits:
            schema.refuse_unfit(schema.status_of(connection), place(self._engine.url))
            self._fits = True


class SqlUnitOfWork:
    """One transaction; leaving the block without `commit` rolls back."""

    cases: Cases
    people: People
    contacts: Contacts
    keys: Keys
    timers: Timers
    outbox: Outbox
    receipts: Receipts
    gates: Gates
    quotas: Quotas
    suppressions: Suppressions
    directory: Directory
    marks: Marks
    measures: Measures
    fences: Fences
    links: Links
    sessions: Sessions
    work: WorkList
    officer_sessions: OfficerSessions
    looks: Looks
    saved_views: SavedViews
    trail: Trail
    kept_forms: KeptForms

    def __init__(self, engine: Engine, keyring: Keyring, store: SqlStore) -> None:
        self._transaction = transaction = Transaction(engine, first=store.check)
        self._vault = vault = Vault(transaction, keyring)
        self.cases = SqlCases(transaction, vault)
        self.people = SqlPeople(transaction, vault)
        self.contacts = SqlContacts(transaction, vault)
        self.keys = SqlKeys(transaction, vault)
        self.timers = SqlTimers(transaction)
        self.outbox = SqlOutbox(transaction, vault)
        self.receipts = SqlReceipts(transaction)
        self.gates = SqlGates(transaction)
        self.quotas = SqlQuotas(transaction, keyring)
        self.suppressions = SqlSuppressions(transaction, keyring)
        self.directory = SqlDirectory(transaction, vault)
        self.marks = SqlMarks(transaction)
        self.measures = SqlMeasures(transaction)
        self.fences = SqlFences(transaction)
        self.links = SqlLinks(transaction)
        self.sessions = SqlSessions(transaction)
        self.work = SqlWorkList(transaction, vault)
        self.officer_sessions = SqlOfficerSessions(transaction)
        self.looks = SqlLooks(transaction)
        self.saved_views = SqlSavedViews(transaction)
        self.trail = SqlTrail(transaction, vault)
        self.kept_forms = SqlKeptForms(transaction)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._vault.forget()
        self._transaction.close()

    @property
    def statements(self) -> int:
        """How many statements this unit has sent, begin and commit not counted."""
        return self._transaction.statements

    def commit(self) -> None:
        """Make everything since the last commit durable; the unit can go on with a new transaction."""
        self._transaction.commit()
        self._vault.forget()

    def rollback(self) -> None:
        """Undo everything since the last commit."""
        self._vault.forget()
        self._transaction.rollback()
