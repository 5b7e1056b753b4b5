"""What the workflow needs of a store, as protocols: cases and their people, and the one transaction over everything.

The ports of the queue, of limits and of measures stand beside. Two stores keep them all, one in memory and one in SQL; no port
knows of SQL, HTTP or a clock: `now` is always an argument.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import TracebackType
from typing import Protocol, Self
from uuid import UUID

from workflow.effects import Erasure
from workflow.measures import Measures
from workflow.model import (
    Activation,
    Attachment,
    AuditEvent,
    Case,
    ContactClaim,
    DigitalKey,
    Entity,
    RegistrationRequest,
    Role,
    Slot,
    Timer,
    User,
)  # fmt: skip
from workflow.outbox import MessageKind, QueuedMessage
from workflow.ports_desk import KeptForms, Looks, OfficerSessions, SavedViews, Trail, WorkList
from workflow.ports_entry import Links, Sessions
from workflow.ports_limits import Gates, Quotas, Suppressions
from workflow.ports_queue import Fences, Outbox, Receipts

Value = str | int | bool | bytes | datetime | date | UUID | None


@dataclass(frozen=True, slots=True)
class Change:
    """All that one transition writes, in one transaction: nothing of it, or all (I1).

    `detail` names changed fields of RegistrationRequest or Activation; `cancel_timers` and `cancel_messages`: None for nothing,
    empty for all of the case. Cancelling and erasing come before what the same change starts and owes.
    """

    case: Case  # as it was loaded; its version is the one that must still stand (I2)
    to: str
    event: AuditEvent
    assignee: UUID | None
    closed_at: datetime | None
    messages: tuple[QueuedMessage, ...] = ()
    start_timers: tuple[Timer, ...] = ()
    fired_timer: str | None = None
    cancel_timers: tuple[str, ...] | None = None
    cancel_messages: tuple[MessageKind, ...] | None = None
    erase: frozenset[Erasure] = frozenset()
    release_contacts: bool = False
    detail: Mapping[str, Value] = field(default_factory=dict)
    moves_deadline: bool = False  # whether `act_by` is written; else what stands stays, rung alarms too
    act_by: datetime | None = None  # by when the one whose turn it is should have acted; what work lists sort by


class Cases(Protocol):
    """Cases of every lifecycle, and the one way to move them."""

    def open(self, case: Case, detail: RegistrationRequest | Activation) -> None:
        """Write a case in state NEW, version 0, with its detail and a fresh data key; the first change moves it on."""

    def apply(self, change: Change) -> bool:
        """Write a change by compare-and-set on the version; False when somebody was first, and then nothing is written."""

    def move(self, change: Change, *, lost: Callable[[], Exception]) -> None:
        """Like `apply`, but raise `lost()` when somebody was first: here, at the next statement of this unit, or at its commit.

        A store may so send a change that stands alone together with its commit. Nothing is durable before the commit anyway.
        """

    def count_try(self, change: Change, *, limit: int) -> int | None:
        """Like `apply`, but attempts_used rises by one only while it is below `limit`, in the same statement.

        Never fails on a version that moved on: the counter is the guard here (I4); the event's sequence is set from the row.
        The number of this try, or None when no try is left or the state is no longer `change.case.state`.
        """

    def hold(self, case_id: UUID) -> None:
        """Let nobody else move a case until this transaction ends, and see what others wrote of it (see `recording`)."""

    def request(self, key: str | UUID, *, now: datetime) -> tuple[Case, RegistrationRequest]:
        """One request by reference or id, its case carrying the armed timers due at `now`. Raises: NotFound."""

    def activation(self, key: str | UUID, *, now: datetime) -> tuple[Case, Activation]:
        """One activation by reference or id. Raises: NotFound."""

    def activations_of(self, insz: str, *, now: datetime) -> list[tuple[Case, Activation]]:
        """Every activation of this number, by its blind index."""

    def listed(
        self, lifecycle: str, *, now: datetime, entity: str | None = None
    ) -> Iterator[tuple[Case, datetime | None]]:
        """Cases of a lifecycle with the earliest armed timer of each, oldest first, streamed."""

    def history(self, case_id: UUID) -> list[AuditEvent]:
        """The events of a case, oldest first."""

    def refs_like(self, ref: str) -> bool:
        """Whether this reference is taken."""


class People(Protocol):
    """Personal values of a case, each sealed under the case's own data key, named by JSON path."""

    def put(self, case_id: UUID, values: Mapping[str, str]) -> None:
        """Write or replace values."""

    def replace(self, case_id: UUID, values: Mapping[str, str], *, prefix: str) -> None:
        """Drop every value under a prefix (an empty one: all) and write these."""

    def get(self, case_id: UUID) -> dict[str, str]:
        """All values of a case; empty once erased."""

    def attach(self, case_id: UUID, attachment: Attachment) -> None:
        """Write or replace a paper."""

    def attachment(self, case_id: UUID, slot: Slot) -> Attachment | None:
        """One paper, or None."""

    def index(self, case_id: UUID, name: str, values: tuple[str, ...]) -> None:
        """Replace the blind index entries of one name (`insz`, `document`, `phonetic`, `username`) for a case.

        Raises: ConcurrentChange for a user name that another case has.
        """

    def find(self, name: str, values: tuple[str, ...]) -> list[UUID]:
        """Cases that carry one of these values under that index."""


class Contacts(Protocol):
    """E-mail addresses and mobile numbers, unique per person over open requests and profiles (AM3-2)."""

    def taken(self, claims: tuple[ContactClaim, ...], *, person_key: str) -> tuple[str, ...]:
        """Names of the claims that another person holds."""

    def reserve(self, case_id: UUID, claims: tuple[ContactClaim, ...], *, person_key: str) -> tuple[str, ...]:
        """Hold them for a case, replacing what it held; names of those that another person holds (then nothing is written)."""

    def holders(self, claim: ContactClaim) -> list[UUID]:
        """Cases that hold it, oldest first."""


class Keys(Protocol):
    """Digital keys of an activation."""

    def of(self, case_id: UUID) -> list[DigitalKey]:
        """All keys, oldest first, with their secrets."""

    def put(self, key: DigitalKey) -> None:
        """Write a key or replace it."""

    def use_step(self, key_id: UUID, *, step: int) -> bool:
        """Mark a TOTP step as used, only if it is newer than the last one (D5); whether this call did it."""


class Timers(Protocol):
    """Deadlines as rows."""

    def armed(self, case_id: UUID) -> list[Timer]:
        """The armed timers of a case, soonest first."""

    def due(self, *, now: datetime, limit: int, after: Timer | None = None) -> list[Timer]:
        """A batch of armed timers that are due, oldest first, claimed for this transaction where the database can."""

    def count_due(self, *, now: datetime) -> int:
        """How many are due."""

    def ahead(self, *, now: datetime, limit: int) -> list[Timer]:
        """The armed timers that lie ahead, soonest first."""


class Directory(Protocol):
    """Officers and entities."""

    def by_email(self, email: str) -> User:
        """Raises: NotFound."""

    def by_id(self, user_id: UUID) -> User:
        """Raises: NotFound."""

    def names(self, user_ids: Collection[UUID]) -> dict[UUID, str]:
        """What these officers are called; one question for all of them, and whom nobody knows is left out."""

    def with_role(self, role: Role) -> list[User]:
        """Officers who hold a role."""

    def entity(self, code: str) -> Entity:
        """Raises: NotFound."""

    def entities(self) -> list[Entity]:
        """Every entity, by name."""

    def by_subject(self, issuer: str, subject: str) -> User:
        """The officer whom the identity provider knows under this subject. Raises: NotFound."""

    def know_as(self, user_id: UUID, issuer: str, subject: str) -> None:
        """Note who an officer is to the identity provider. Raises: ConcurrentChange when that is somebody else."""

    def put_user(self, user: User) -> None:
        """Write or replace a user; who they are to the identity provider stays."""

    def put_entity(self, entity: Entity) -> None:
        """Write or replace an entity."""


class Marks(Protocol):
    """The high-water mark that keeps time from running backwards; only ticks raise it."""

    def high_water(self) -> datetime | None:
        """The latest instant that a tick has seen."""

    def raise_to(self, now: datetime) -> None:
        """Raise the mark; never lowers it."""


class UnitOfWork(Protocol):
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

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def commit(self) -> None:
        """Make everything since the last commit durable; the unit can go on with a new transaction."""

    def rollback(self) -> None:
        """Undo everything since the last commit."""


UnitOfWorkFactory = Callable[[], UnitOfWork]
