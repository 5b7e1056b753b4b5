"""Tables of the memory store: dictionaries with an undo log, so that a rollback is as true as that of a database.

It knows rows and keys, nothing of what a row means.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import UTC, datetime
from typing import Generic, TypeVar, cast
from uuid import UUID

from workflow.calendar import aware
from workflow.limits import Gate
from workflow.model import (
    Activation,
    Attachment,
    AuditEvent,
    Case,
    ContactClaim,
    DigitalKey,
    Entity,
    RegistrationRequest,
    Slot,
    Timer,
    User,
)  # fmt: skip
from workflow.outbox import Attempt, Channel, Delivery, KeptReceipt
from workflow.ports_desk import KeptForm, Look, OfficerSession, SavedView
from workflow.ports_entry import Link, Session

K = TypeVar("K", bound=Hashable)
R = TypeVar("R")
Journal = list[Callable[[], None]]


class Table(Generic[K, R]):
    """Rows by key, and by one group (mostly their case); every write notes how to undo it."""

    def __init__(self, journal: Journal, group: Callable[[K], Hashable]) -> None:
        self._journal = journal
        self._group = group
        self._rows: dict[K, R] = {}
        self._groups: dict[Hashable, dict[K, None]] = {}

    def get(self, key: K) -> R | None:
        """One row, or None."""
        return self._rows.get(key)

    def of(self, group: Hashable) -> list[tuple[K, R]]:
        """The rows of one group."""
        return [(key, self._rows[key]) for key in self._groups.get(group, ())]

    def all(self) -> Iterator[R]:
        """Every row, in the order in which they were first written."""
        return iter(list(self._rows.values()))

    def items(self) -> list[tuple[K, R]]:
        """Every row with its key, in the order in which they were first written."""
        return list(self._rows.items())

    def put(self, key: K, row: R) -> None:
        """Write or replace a row."""
        if key in self._rows:
            before = self._rows[key]
            self._journal.append(lambda: self._write(key, before))
        else:
            self._journal.append(lambda: self._drop(key))
        self._write(key, in_utc(row))

    def drop(self, key: K) -> None:
        """Delete a row, if it is there."""
        if key in self._rows:
            before = self._rows[key]
            self._drop(key)
            self._journal.append(lambda: self._write(key, before))

    def _write(self, key: K, row: R) -> None:
        self._rows[key] = row
        self._groups.setdefault(self._group(key), {})[key] = None

    def _drop(self, key: K) -> None:
        del self._rows[key]
        members = self._groups[self._group(key)]
        del members[key]
        if not members:
            del self._groups[self._group(key)]


def in_utc(row: R) -> R:
    """The row with every instant in UTC, as a database gives it back. Raises: ValueError for a naive one."""
    if isinstance(row, datetime):
        return row if row.tzinfo is UTC else cast(R, aware(row))
    if not is_dataclass(row) or isinstance(row, type):
        return row
    before = {each.name: getattr(row, each.name) for each in fields(row)}
    changed = {name: after for name, value in before.items() if (after := in_utc(value)) is not value}
    return replace(row, **changed) if changed else row


@dataclass(frozen=True, slots=True)
class Claims:
    """What one case holds of addresses and numbers, and for which person."""

    person_key: str = field(repr=False)
    claims: tuple[ContactClaim, ...]


@dataclass(frozen=True, slots=True)
class Queued:
    """A row of the outbox with its lease."""

    delivery: Delivery
    lease_until: datetime | None = None
    poll_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Used:
    """One use of a quota."""

    subject: str = field(repr=False)
    used_at: datetime
    amount: int


@dataclass(frozen=True, slots=True)
class Told:
    """A receipt, and the case of its message where we know it."""

    kept: KeptReceipt
    case_id: UUID | None


def _first(key: tuple[UUID, object]) -> Hashable:
    return key[0]


def _told(key: tuple[UUID | None, int]) -> Hashable:
    return key[0]


def _named(key: tuple[str, UUID]) -> Hashable:
    return key[0]


def _none(key: object) -> Hashable:
    return None


class Tables:
    """All that the store holds; values stand in the clear, for as long as the process lives."""

    def __init__(self) -> None:
        self.journal: Journal = []
        self.cases: Table[UUID, Case] = Table(self.journal, _none)
        self.refs: Table[str, UUID] = Table(self.journal, _none)
        self.details: Table[UUID, RegistrationRequest | Activation] = Table(self.journal, _none)
        self.events: Table[tuple[UUID, int], AuditEvent] = Table(self.journal, _first)
        self.commands: Table[UUID, UUID] = Table(self.journal, _none)
        self.timers: Table[tuple[UUID, str], Timer] = Table(self.journal, _first)
        self.sealable: Table[UUID, bool] = Table(self.journal, _none)  # stands for a case's data key, gone once erased
        self.values: Table[tuple[UUID, str], str] = Table(self.journal, _first)
        self.attachments: Table[tuple[UUID, Slot], Attachment] = Table(self.journal, _first)
        self.entries: Table[tuple[UUID, str], frozenset[str]] = Table(self.journal, _first)
        self.claims: Table[UUID, Claims] = Table(self.journal, _none)
        self.keys: Table[tuple[UUID, UUID], DigitalKey] = Table(self.journal, _first)
        self.links: Table[bytes, Link] = Table(self.journal, _none)
        self.sessions: Table[bytes, Session] = Table(self.journal, _none)
        self.outbox: Table[tuple[UUID, UUID], Queued] = Table(self.journal, _first)
        self.attempts: Table[tuple[UUID, int], Attempt] = Table(self.journal, _first)
        self.outbox_ids: Table[UUID, UUID] = Table(self.journal, _none)
        self.receipts: Table[tuple[UUID | None, int], Told] = Table(self.journal, _told)
        self.gates: Table[Channel, Gate] = Table(self.journal, _none)
        self.buckets: Table[Channel, int] = Table(self.journal, _none)
        self.uses: Table[tuple[str, UUID], Used] = Table(self.journal, _named)
        self.suppressed: Table[str, datetime] = Table(self.journal, _none)
        self.act_by: Table[UUID, datetime] = Table(self.journal, _none)
        self.officer_sessions: Table[bytes, OfficerSession] = Table(self.journal, _none)
        self.looks: Table[UUID, Look] = Table(self.journal, _none)
        self.saved_views: Table[tuple[UUID, str], SavedView] = Table(self.journal, _first)
        self.kept_forms: Table[bytes, KeptForm] = Table(self.journal, _none)
        self.subjects: Table[tuple[str, str], UUID] = Table(self.journal, _none)
        self.users: Table[UUID, User] = Table(self.journal, _none)
        self.entities: Table[str, Entity] = Table(self.journal, _none)
        self.marks: Table[str, datetime] = Table(self.journal, _none)
        self.counters: Table[str, int] = Table(self.journal, _none)
        self.fences: Table[str, str] = Table(self.journal, _none)
        self.sent_elsewhere: Table[bytes, tuple[int, datetime]] = Table(self.journal, _none)

    def commit(self) -> None:
        """Forget how to undo."""
        self.journal.clear()

    def rollback(self) -> None:
        """Undo everything since the last commit, latest first."""
        while self.journal:
            self.journal.pop()()


Begin = Callable[[], Tables]
