"""A store in memory with true transactions: for tests, simulations and anything that may be gone when the process ends.

Same semantics as the SQL store (one contract suite holds both); it seals nothing, since it writes nothing down.
"""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Self

from store.memory_cases import MemoryCases
from store.memory_desk import MemoryKeptForms, MemoryLooks, MemoryOfficerSessions, MemorySavedViews
from store.memory_entries import MemoryLinks, MemorySessions
from store.memory_fences import MemoryFences
from store.memory_limits import MemoryGates, MemoryQuotas, MemorySuppressions
from store.memory_measures import MemoryMeasures
from store.memory_outbox import MemoryOutbox
from store.memory_people import MemoryContacts, MemoryDirectory, MemoryKeys, MemoryMarks, MemoryPeople
from store.memory_receipts import MemoryReceipts
from store.memory_tables import Tables
from store.memory_timers import MemoryTimers
from store.memory_trail import MemoryTrail
from store.memory_work_list import MemoryWorkList
from workflow.errors import Unavailable
from workflow.measures import Measures
from workflow.ports import Cases, Contacts, Directory, Keys, Marks, People, Timers, UnitOfWork
from workflow.ports_desk import KeptForms, Looks, OfficerSessions, SavedViews, Trail, WorkList
from workflow.ports_entry import Links, Sessions
from workflow.ports_limits import Gates, Quotas, Suppressions
from workflow.ports_queue import Fences, Outbox, Receipts


class MemoryStore:
    """Everything in dictionaries; one transaction at a time."""

    def __init__(self) -> None:
        self._tables = Tables()
        self._gate = _Gate()

    def unit_of_work(self) -> UnitOfWork:
        """A unit of work on this store."""
        return MemoryUnitOfWork(self._tables, self._gate)


class MemoryUnitOfWork:
    """One transaction after another; each begins at its first use, so a slow hash after a commit holds up nobody."""

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

    def __init__(self, tables: Tables, gate: _Gate) -> None:
        self._tables = tables
        self._gate = gate
        self._entered = False
        self._begun = False
        self.cases = MemoryCases(self._begin)
        self.people = MemoryPeople(self._begin)
        self.contacts = MemoryContacts(self._begin)
        self.keys = MemoryKeys(self._begin)
        self.timers = MemoryTimers(self._begin)
        self.outbox = MemoryOutbox(self._begin)
        self.receipts = MemoryReceipts(self._begin)
        self.gates = MemoryGates(self._begin)
        self.quotas = MemoryQuotas(self._begin)
        self.suppressions = MemorySuppressions(self._begin)
        self.directory = MemoryDirectory(self._begin)
        self.marks = MemoryMarks(self._begin)
        self.measures = MemoryMeasures(self._begin)
        self.fences = MemoryFences(self._begin)
        self.links = MemoryLinks(self._begin)
        self.sessions = MemorySessions(self._begin)
        self.work = MemoryWorkList(self._begin)
        self.officer_sessions = MemoryOfficerSessions(self._begin)
        self.looks = MemoryLooks(self._begin)
        self.saved_views = MemorySavedViews(self._begin)
        self.trail = MemoryTrail(self._begin)
        self.kept_forms = MemoryKeptForms(self._begin)

    def __enter__(self) -> Self:
        self._entered = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.rollback()
        self._entered = False

    def commit(self) -> None:
        """Make everything since the last commit durable; the unit can go on with a new transaction."""
        if self._begun:
            self._tables.commit()
            self._end()

    def rollback(self) -> None:
        """Undo everything since the last commit."""
        if self._begun:
            self._tables.rollback()
            self._end()

    def _begin(self) -> Tables:
        if not self._entered:
            raise RuntimeError("a unit of work is used inside its with block")
        if not self._begun:
            self._gate.enter()
            self._begun = True
        return self._tables

    def _end(self) -> None:
        self._begun = False
        self._gate.leave()


class _Gate:
    """Lets one transaction in at a time; waits without a clock, so that a frozen one cannot hang it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside: int | None = None

    def enter(self) -> None:
        """Wait for the transaction that is open. Raises: Unavailable when it belongs to this very thread."""
        if self._inside == threading.get_ident():
            raise Unavailable("Another unit of work of this thread is open. Commit it or leave its block first.")
        self._lock.acquire()
        self._inside = threading.get_ident()

    def leave(self) -> None:
        """Let the next one in."""
        self._inside = None
        self._lock.release()
