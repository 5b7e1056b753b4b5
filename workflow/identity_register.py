"""The identity register as a port: what it is asked and what it can answer, whoever stands behind it.

It knows no row of the outbox and no case beyond its id.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class RegisterPerson:
    """What the register is asked with: minimum identification data (D2)."""

    request_id: UUID
    given_names: tuple[str, ...] = field(repr=False)
    family_name: str = field(repr=False)
    birth_date: str = field(repr=False)  # ISO, maybe partial
    sex: str = field(repr=False)
    birth_country: str = field(repr=False)
    birth_place: str = field(repr=False)
    residence_country: str = field(repr=False)
    residence_city: str = field(repr=False)
    insz: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person that the register found."""

    insz: str = field(repr=False)
    given_names: str = field(repr=False)
    family_name: str = field(repr=False)
    birth_date: str = field(repr=False)
    sex: str = field(repr=False)
    birth_place: str | None = field(default=None, repr=False)
    active_resident: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """Answer to a search; no candidates means nobody like this one."""

    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class Created:
    """A number was created (or had been, for the same idempotency key)."""

    insz: str = field(repr=False)
    birth_date: str | None = field(default=None, repr=False)
    sex: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Existing:
    """The register found persons at creation time and created nobody (B1-18)."""

    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Down:
    """Nothing happened; try again (B1-19)."""

    code: str


@dataclass(frozen=True, slots=True)
class RegisterRefused:
    """Nothing was created and a repeat will not help (B1-19b)."""

    code: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class TimedOut:
    """Nobody knows whether it happened (B1-20)."""


@dataclass(frozen=True, slots=True)
class ByHand:
    """The register is kept by hand; a desk officer will type what it gave."""


RegisterAnswer = Found | Created | Existing | Down | RegisterRefused | TimedOut | ByHand


class IdentityRegister(Protocol):
    """The BIS register; called outside every transaction. `manual` says that a person types its answers."""

    manual: bool

    def search(self, person: RegisterPerson) -> RegisterAnswer:
        """Look for the person: Found, Down, RegisterRefused, TimedOut or ByHand."""

    def create(self, person: RegisterPerson, *, idempotency_key: str, confirmed_distinct: bool) -> RegisterAnswer:
        """Create the person once per key: Created, Existing, Down, RegisterRefused, TimedOut or ByHand."""
