"""What the officers' desk keeps beside the cases, with its ports: work lists, sessions, looks, views, kept forms.

Two stores keep them all, and `now` is always an argument.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from workflow.model import Activation, AuditEvent, Case, RegistrationRequest

Place = tuple[datetime, UUID]  # of a row in its list: where the next page begins


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which cases a list shows; what is None or empty asks nothing."""

    lifecycle: str = "registration"
    closed: bool | None = False  # open ones by deadline; closed ones, or all of them, newest first
    states: frozenset[str] = frozenset()
    entity: str | None = None
    assignee: UUID | None = None
    filer: UUID | None = None
    kind: str | None = None
    language: str | None = None
    due_before: datetime | None = None
    fraud: bool = False  # only those under suspicion
    unaudited: bool = False  # only approvals that no auditor has judged
    unassigned: bool = False  # only those that nobody deals with
    approved_from: datetime | None = None  # only what was approved at this instant or later
    closed_from: datetime | None = None  # only what was closed at this instant or later
    activation_in: frozenset[str] = frozenset()  # only requests whose activation stands in one of these states
    activation_past: frozenset[str] = frozenset()  # or in one of these past its thirty days, swept or not
    activation_from: datetime | None = None  # and that since this instant or later
    lapsing: frozenset[str] = frozenset()  # states whose deadline closes the case: past it they count as closed
    lapsed: bool = True  # whether those belong to the list of closed ones


@dataclass(frozen=True, slots=True)
class Listed:
    """One row of a work list: the case with its timers that are due, and by when somebody is to act."""

    case: Case
    detail: RegistrationRequest | Activation
    act_by: datetime | None


@dataclass(frozen=True, slots=True)
class Passed:
    """A state that a case came to, and when."""

    to_state: str
    occurred_at: datetime


class WorkList(Protocol):
    """Many cases at a time: a page, a count; never all of them."""

    def page(self, wanted: Wanted, *, now: datetime, after: Place | None, limit: int) -> list[tuple[Place, Listed]]:
        """The next rows, each with its place: open ones by deadline, closed ones newest first."""

    def found(self, case_ids: tuple[UUID, ...], *, now: datetime) -> list[Listed]:
        """These requests, in this order; what is none is left out."""

    def ids(self, wanted: Wanted, *, now: datetime, limit: int) -> tuple[UUID, ...]:
        """The first of them, in the order of their list."""

    def courses(self, case_ids: tuple[UUID, ...]) -> dict[UUID, list[Passed]]:
        """The states that each of these cases came to, oldest first; one question for all of them."""

    def count(self, wanted: Wanted, *, now: datetime, most: int) -> int:
        """How many there are, counted no further than `most`."""

    def by_state(self, wanted: Wanted, *, now: datetime) -> dict[str, int]:
        """How many stand in each state."""

    def by_person(self, wanted: Wanted, *, now: datetime) -> list[tuple[UUID | None, int, int]]:
        """How many each assignee has, and how many of them are overdue."""

    def flow(self, wanted: Wanted, edges: tuple[datetime, ...]) -> list[tuple[int, int]]:
        """How many were opened and how many closed between each edge and the next, oldest first."""

    def ageing(self, wanted: Wanted, edges: tuple[datetime, ...], *, now: datetime) -> dict[str, list[int]]:
        """For each state, how many were opened before the first edge, between each and the next, and after the last."""

    def names(self, case_ids: tuple[UUID, ...], paths: tuple[str, ...]) -> dict[UUID, dict[str, str]]:
        """Some personal values of some cases, as JSON texts by path; nothing of a case whose person is erased."""


@dataclass(frozen=True, slots=True)
class OfficerSession:
    """One browser of one officer; the number in its cookie is kept as a digest only."""

    digest: bytes = field(repr=False)
    user_id: UUID
    opened_at: datetime
    seen_at: datetime
    ends_at: datetime


class OfficerSessions(Protocol):
    """Browsers in which officers are signed in."""

    def put(self, session: OfficerSession) -> None:
        """Write one or replace it."""

    def get(self, digest: bytes) -> OfficerSession | None:
        """One session, or None."""

    def seen(self, digest: bytes, *, now: datetime) -> None:
        """Note that its browser is still there, if it has not been ended meanwhile."""

    def drop(self, digest: bytes) -> None:
        """End one."""

    def drop_of(self, user_id: UUID) -> None:
        """End all of an officer."""

    def drop_over(self, *, now: datetime) -> int:
        """Forget those that are over; how many."""


class Looked(StrEnum):
    """What was looked at or taken away (U3, E16, L9)."""

    SCAN = "scan"
    DECLARATION = "declaration"
    NUMBER = "bis_number"
    SEARCH = "search"
    EXPORT = "export"


@dataclass(frozen=True, slots=True)
class Look:
    """One look at something that is watched; it moves no case, so it has no place in the case's own history."""

    id: UUID
    at: datetime
    actor: str
    role: str
    what: Looked
    case_id: UUID | None = None
    told: str = ""  # filters of an export, kinds of a search: never a personal value


class Looks(Protocol):
    """Who looked at what; only ever added to."""

    def add(self, look: Look) -> None:
        """Write one down."""

    def of_case(self, case_id: UUID) -> list[Look]:
        """The looks at one case, oldest first."""

    def listed(self, *, since: datetime, limit: int) -> list[Look]:
        """The newest since an instant, newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Which lines of history an auditor looks for; what is None asks nothing."""

    ref: str | None = None
    actor: str | None = None
    entity: str | None = None  # of the case
    event: str | None = None
    since: datetime | None = None
    until: datetime | None = None  # the first instant that does not count any more
    without: frozenset[str] = frozenset()  # triggers that are not for this reader
    not_of: str | None = None  # an entity whose cases are nobody's business


@dataclass(frozen=True, slots=True)
class Traced:
    """A line of history with the case that it belongs to."""

    ref: str
    entity: str
    event: AuditEvent

    @property
    def place(self) -> Place:
        """Where the next page begins."""
        return self.event.occurred_at, self.event.id


class Trail(Protocol):
    """The history of all cases together."""

    def page(self, sought: Sought, *, after: Place | None, limit: int) -> list[Traced]:
        """The next lines, newest first, without what they say of a person."""

    def line(self, event_id: UUID) -> Traced | None:
        """One line with all that it says; what it says of a person is None once the person is erased."""


@dataclass(frozen=True, slots=True)
class SavedView:
    """The filters of a list under a name of its owner's choice."""

    user_id: UUID
    name: str
    query: str


class SavedViews(Protocol):
    """Filters that officers keep."""

    def of(self, user_id: UUID) -> list[SavedView]:
        """Those of one officer, by name."""

    def put(self, view: SavedView) -> None:
        """Write one, or replace the one of this name."""

    def drop(self, user_id: UUID, name: str) -> None:
        """Forget one."""


@dataclass(frozen=True, slots=True)
class KeptForm:
    """What somebody typed while their session ran out, sealed, for after they have signed in again (E11)."""

    digest: bytes = field(repr=False)  # of the browser's number
    user_id: UUID
    path: str
    content: bytes = field(repr=False)
    ends_at: datetime


class KeptForms(Protocol):
    """Forms that wait for their owner; one a browser."""

    def put(self, form: KeptForm) -> None:
        """Keep one instead of the last."""

    def take(self, digest: bytes, *, user_id: UUID, now: datetime) -> KeptForm | None:
        """Hand it back once, to its owner, while it is kept."""

    def drop_over(self, *, now: datetime) -> int:
        """Forget those that nobody fetched; how many."""
