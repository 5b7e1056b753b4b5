"""What keeps a restored database from sending again: an epoch and a send journal that lie outside of it (F46, F47).

The values and the ports; it knows no file, no key and no SQL.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol
from uuid import UUID

from workflow.outbox import Delivery, DeliveryState, QueuedMessage, Settlement
from workflow.ports import UnitOfWork

SENT_BEFORE, MAY_HAVE_LEFT = "sent_before_restore", "may_have_left"


class Fate(StrEnum):
    """What the journal says of an attempt, or of a message over all its attempts."""

    OPEN = "open"  # it was about to leave; nobody wrote down what came of it
    LEFT = "left"  # the provider took it over
    STAYED = "stayed"  # it was not tried, or not taken


@dataclass(frozen=True, slots=True)
class Keys:
    """A message as the journal knows it: keyed digests only, of its id, its case, and what it says to whom in which case.

    Two messages of one case that say the same to the same reader share `said`, whatever happened between them.
    """

    id: bytes
    case: bytes
    said: bytes
    doubted: bytes  # stands for `said` where it is not certain that it was said


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal."""

    epoch: int
    at: datetime
    kind: str
    channel: str
    fate: Fate
    attempt: int
    fresh_secret: bool  # it carried a link or code of its own
    keys: Keys


@dataclass(frozen=True, slots=True)
class Told:
    """All that the journal tells of one message."""

    last: Entry
    first_at: datetime
    fate: Fate


@dataclass(frozen=True, slots=True)
class Evidence:
    """The journal, message by message, and how many of its lines could not be read."""

    told: Mapping[bytes, Told]
    unreadable: int = 0


class Standing(StrEnum):
    """How a database stands to the journal beside it."""

    UNUSED = "unused"  # nothing was ever sent
    OPEN = "open"
    FENCED = "fenced"  # more has been sent than this database knows: it was restored from a backup
    MISSING = "missing"  # this database has sent, and the journal is gone


@dataclass(frozen=True, slots=True)
class Stand:
    """How a database stands to its journal, with both epochs."""

    standing: Standing
    known: int  # by the database
    reached: int  # by the journal

    @property
    def may_send(self) -> bool:
        """Whether anything may leave."""
        return self.standing is not Standing.FENCED


@dataclass(frozen=True, slots=True)
class Pass:
    """Leave to send one claimed batch; `sent_before` names the rows that had left before the restore, with their keys."""

    installation: str = ""
    epoch: int = 0
    now: datetime | None = None
    sent_before: Mapping[UUID, bytes] = field(default_factory=lambda: MappingProxyType({}))
    doubted: frozenset[UUID] = frozenset()

    def settlement(self, message_id: UUID) -> Settlement | None:
        """What becomes of a row that is not to be sent again; None for every other."""
        if message_id in self.doubted:
            return Settlement(DeliveryState.PARKED, counts=False, error=MAY_HAVE_LEFT)
        if message_id in self.sent_before:
            return Settlement(DeliveryState.ACCEPTED, counts=False, error=SENT_BEFORE)
        return None

    def spend(self, uow: UnitOfWork, message_id: UUID) -> bool:
        """What had left stands for one message only; False when another one has been faster."""
        key = self.sent_before.get(message_id)
        return key is None or uow.fences.spend(key)


class SendFence(Protocol):
    """What whoever sends must pass, batch by batch."""

    def stand(self, uow: UnitOfWork) -> Stand:
        """How the database stands now. Raises: Unavailable for a journal of another installation, or one out of reach."""

    def enter(self, uow: UnitOfWork, rows: Sequence[Delivery], *, now: datetime) -> Pass:
        """Raise the epoch of the database, in the transaction that claimed the rows. Raises: Unavailable."""

    def write_down(self, leave: Pass, rows: Sequence[Delivery]) -> None:
        """Make epoch and rows durable outside the database; only then anything may leave. Raises: Unavailable."""

    def outcome(self, leave: Pass, row: Delivery, *, left: bool) -> None:
        """Add whether an attempt left; never fails, for without this line the attempt only stays open."""


class Digests(Protocol):
    """Turns ids and messages into the keys of the journal."""

    def of(self, message: QueuedMessage) -> Keys:
        """The keys of a message."""

    def of_case(self, case_id: UUID) -> bytes:
        """The key of a case."""


class Unfenced:
    """No fence, for a store whose past cannot come back, such as one in memory."""

    def stand(self, uow: UnitOfWork) -> Stand:
        """Always open."""
        return Stand(Standing.OPEN, 0, 0)

    def enter(self, uow: UnitOfWork, rows: Sequence[Delivery], *, now: datetime) -> Pass:
        """Nothing to raise."""
        return Pass(now=now)

    def write_down(self, leave: Pass, rows: Sequence[Delivery]) -> None:
        """Nothing to write."""

    def outcome(self, leave: Pass, row: Delivery, *, left: bool) -> None:
        """Nothing to add."""


def evidence_of(entries: Iterable[Entry], *, unreadable: int = 0) -> Evidence:
    """The journal read from its beginning: what became of each message over all its attempts."""
    attempts: dict[bytes, dict[int, Fate]] = {}
    told: dict[bytes, tuple[Entry, datetime]] = {}
    for entry in entries:
        attempts.setdefault(entry.keys.id, {})[entry.attempt] = entry.fate
        told[entry.keys.id] = (entry, told.get(entry.keys.id, (entry, entry.at))[1])
    return Evidence(
        {key: Told(entry, first_at, _over_all(attempts[key].values())) for key, (entry, first_at) in told.items()},
        unreadable,
    )


def _over_all(fates: Iterable[Fate]) -> Fate:
    known = set(fates)
    return next(fate for fate in (Fate.LEFT, Fate.OPEN, Fate.STAYED) if fate in known)


UNFENCED = Unfenced()
