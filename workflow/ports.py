"""What the workflow needs from outside, as protocols: the store, the register, chance, secrets.

Two things stand behind each (a memory and a SQL store, a simulated and a real register, a seeded and a real chance); no port
knows of SQL, HTTP or a clock: `now` is always an argument.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
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
from workflow.outbox import (
    Attempt,
    Channel,
    Delivery,
    DeliveryState,
    KeptReceipt,
    MessageKind,
    QueuedMessage,
    Receipt,
    Settlement,
)  # fmt: skip
from workflow.ports_limits import Gates, Quotas, Suppressions

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


class Cases(Protocol):
    """Cases of every lifecycle, and the one way to move them."""

    def open(self, case: Case, detail: RegistrationRequest | Activation) -> None:
        """Write a case in state NEW, version 0, with its detail and a fresh data key; the first change moves it on."""

    def apply(self, change: Change) -> bool:
        """Write a change by compare-and-set on the version; False when somebody was first, and then nothing is written."""

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

    def activation_by_link(self, digest: bytes, *, now: datetime) -> tuple[Case, Activation]:
        """The activation whose current link has this digest. Raises: NotFound."""

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
        """Replace the blind index entries of one name (`insz`, `document`, `phonetic`, `username`) for a case."""

    def find(self, name: str, values: tuple[str, ...]) -> list[UUID]:
        """Cases that carry one of these values under that index."""


class Contacts(Protocol):
    """E-mail addresses and mobile numbers, unique per person over open requests and profiles (AM3-2)."""

    def taken(self, claims: tuple[ContactClaim, ...], *, person_key: str) -> tuple[str, ...]:
        """Names of the claims that another person holds."""

    def reserve(self, case_id: UUID, claims: tuple[ContactClaim, ...], *, person_key: str) -> tuple[str, ...]:
        """Hold them for a case, replacing what it held; names of those that another person holds (then nothing is written)."""


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


class Outbox(Protocol):
    """The queue of everything that leaves."""

    def claim(
        self, channels: frozenset[Channel], *, now: datetime, lease_until: datetime, limit: int
    ) -> list[Delivery]:
        """Lease due rows (queued, or unknown past its wait), oldest first, each with a new fence; never past send_before."""

    def begin(self, delivery: Delivery, *, now: datetime, lease_until: datetime) -> bool:
        """Record that an attempt starts (state sending; pinned template, language, digest); False if the fence is stale."""

    def settle(self, delivery: Delivery, settlement: Settlement, *, now: datetime) -> bool:
        """Record what the attempt came to, and free the lease; False if the fence is stale."""

    def rescue(self, *, now: datetime) -> int:
        """Free lapsed leases: back to queued where no attempt began, unknown where one did; how many."""

    def overdue(self, *, now: datetime) -> list[Delivery]:
        """Close what waited past its send_before as cancelled, secrets erased; the rows closed."""

    def erase_secrets(self, *, now: datetime) -> int:
        """Erase secrets that can no longer be needed: delivered, failed, past send_before; how many."""

    def of_case(self, case_id: UUID) -> list[Delivery]:
        """Every row of a case, oldest first, secrets left out."""

    def find(self, message_id: UUID) -> Delivery:
        """One row, secret left out. Raises: NotFound."""

    def listed(self, states: frozenset[DeliveryState], *, limit: int) -> list[Delivery]:
        """Rows in these states, oldest first (all states when empty), secrets left out."""

    def requeue(self, message_id: UUID, *, now: datetime) -> None:
        """Put a parked or failed row back, its attempts at zero."""

    def count_due(self, channels: frozenset[Channel], *, now: datetime) -> int:
        """How many rows could be claimed now."""

    def latest_owed(self, *, upto: datetime) -> datetime | None:
        """The latest instant, up to a bound, at which a row came due that waits and was never tried."""

    def move(self, delivery: Delivery, settlement: Settlement, *, now: datetime) -> bool:
        """Write what a receipt came to, only while the row still stands as it was read; whoever held it holds it no more."""

    def secret_of(self, message_id: UUID) -> str | None:
        """The secret of a row while it is kept; it is read to be sent again, never to be shown."""

    def attempts_of(self, message_id: UUID) -> list[Attempt]:
        """Every attempt at a row, oldest first."""

    def by_reference(self, provider_ref: str) -> Delivery | None:
        """The row that the provider knows under this reference."""

    def unconfirmed(self, *, now: datetime, lease_until: datetime, limit: int) -> list[Delivery]:
        """Accepted rows whose provider is to be asked now, oldest first, each put off until the lease ends."""

    def asked(self, delivery: Delivery, *, again_at: datetime | None) -> None:
        """Note that the provider was asked about a row, and when to ask again."""


class Receipts(Protocol):
    """Everything that providers told us, kept whether it moved a message or not."""

    def keep(self, receipt: Receipt, *, case_id: UUID | None, moved: bool, now: datetime) -> None:
        """Write one down; its message may be none of ours."""

    def of_message(self, message_id: UUID) -> list[KeptReceipt]:
        """What was told of a message, oldest first."""

    def drop_strays(self, *, before: datetime) -> int:
        """Drop receipts of no message of ours that are older; how many."""


class Directory(Protocol):
    """Officers and entities."""

    def by_email(self, email: str) -> User:
        """Raises: NotFound."""

    def by_id(self, user_id: UUID) -> User:
        """Raises: NotFound."""

    def with_role(self, role: Role) -> list[User]:
        """Officers who hold a role."""

    def entity(self, code: str) -> Entity:
        """Raises: NotFound."""

    def put_user(self, user: User) -> None:
        """Write or replace a user."""

    def put_entity(self, entity: Entity) -> None:
        """Write or replace an entity."""


class Marks(Protocol):
    """The high-water mark that keeps time from running backwards; only ticks raise it."""

    def high_water(self) -> datetime | None:
        """The latest instant that a tick has seen."""

    def raise_to(self, now: datetime) -> None:
        """Raise the mark; never lowers it."""


class Fences(Protocol):
    """What the database knows of the send journal outside of it (F46)."""

    def installation(self) -> str | None:
        """The name under which this database sends; None before it ever sent."""

    def call_it(self, installation: str) -> str:
        """Name it, unless it has a name; the name that stands."""

    def epoch(self) -> int:
        """How many batches were claimed to be sent."""

    def raise_epoch(self) -> int:
        """One more; the new epoch."""

    def lift(self, epoch: int) -> None:
        """Go on from an epoch that was reached elsewhere."""

    def sent_elsewhere(self, keys: Sequence[bytes], *, now: datetime) -> dict[bytes, int]:
        """How many messages of these keys had left before the restore and are not made up for."""

    def expect(self, counts: Mapping[bytes, int], *, until: datetime) -> None:
        """Note how many messages of a key had left before the restore."""

    def spend(self, key: bytes) -> bool:
        """One of them is made up for; False when none is left."""

    def forget(self, *, now: datetime) -> int:
        """Drop what is no longer expected; how many."""

    def doubt(self, delivery: Delivery, *, first_at: datetime, last_at: datetime) -> bool:
        """Make a waiting row one whose attempt has no outcome; False when it no longer stands as it was read."""


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

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def commit(self) -> None:
        """Make everything since the last commit durable; the unit can go on with a new transaction."""

    def rollback(self) -> None:
        """Undo everything since the last commit."""


UnitOfWorkFactory = Callable[[], UnitOfWork]


class Chance(Protocol):
    """Randomness, handed in; a seeded one replays a whole story."""

    def uuid(self, now: datetime) -> UUID:
        """A UUIDv7 of this instant."""

    def pick(self, alphabet: str, length: int) -> str:
        """Characters drawn evenly from an alphabet."""

    def token(self) -> str:
        """256 random bits, base64url without padding."""


class Secrets(Protocol):
    """Keyed hashes of what must never be stored (I6)."""

    def token_digest(self, token: str, *, purpose: str) -> bytes:
        """HMAC-SHA-256 of a link token or one-time code."""

    def hash_code(self, code: str, *, case_id: UUID) -> str:
        """argon2id over a peppered HMAC of the normalised activation code; slow, call it outside a transaction."""

    def code_matches(self, code: str, digest: str, *, case_id: UUID) -> bool:
        """Constant-time comparison; slow, call it outside a transaction."""

    def hash_password(self, password: str) -> str:
        """argon2id over a peppered HMAC; slow."""

    def password_matches(self, password: str, digest: str) -> bool:
        """Constant-time comparison; slow."""


class OneTimeCodes(Protocol):
    """RFC 6238 codes of the app key (D5)."""

    def new_secret(self, chance: Chance) -> str:
        """A base-32 secret of 160 bits."""

    def uri(self, secret: str, *, account: str, issuer: str) -> str:
        """The otpauth URI of a secret."""

    def step_of(self, secret: str, code: str, *, now: datetime) -> int | None:
        """The time step (one of now-1, now, now+1) whose code this is, or None."""
