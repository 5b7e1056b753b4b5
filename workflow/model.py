"""The things the engine keeps, as frozen values: cases and their details, actors, audit events, timers, users.

Personal values are `repr=False` (I6); nothing here reads a clock or a store.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

NEW = "new"  # the pseudo-state before a case exists; written as no state in the history
OFFICER = "user:"  # how the history writes an officer: this, and their number
CANARY = "CANARY"  # the entity of the heartbeat: no organisation, so its cases stand in nobody's list


class Language(StrEnum):
    """The four languages of every message to an applicant (reading 5)."""

    NL = "nl"
    FR = "fr"
    DE = "de"
    EN = "en"


class Role(StrEnum):
    """Who may act (domain B)."""

    END_USER = "end_user"  # DO: desk officer of an entity (3.3)
    SERVICE_DESK = "service_desk"  # SD (3.5)
    TEAM_LEAD = "team_lead"
    LOCAL_ADMIN = "local_admin"  # LB (3.7)
    HEAD_LOCAL_ADMIN = "head_local_admin"  # HLB (3.7)
    OPERATOR = "operator"
    AUDITOR = "auditor"
    APPLICANT = "applicant"  # APP (3.4)
    SYSTEM = "system"  # SYS: the clock, and what follows by itself
    REGISTER = "register"  # REG: an answer of the identity register
    PROVIDER = "provider"  # a receipt of a mail or SMS provider


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person with roles and entity, the applicant, the clock or the register."""

    name: str  # what the history stores: `user:<id>`, `applicant`, `system`, `register`
    roles: frozenset[Role]
    user_id: UUID | None = None
    entity: str | None = None

    @classmethod
    def clock(cls) -> Actor:
        """The engine itself: due timers and what follows by itself."""
        return cls("system", frozenset({Role.SYSTEM}))

    @classmethod
    def register(cls) -> Actor:
        """The identity register answering."""
        return cls("register", frozenset({Role.REGISTER}))

    @classmethod
    def applicant(cls) -> Actor:
        """Whoever holds the link."""
        return cls("applicant", frozenset({Role.APPLICANT}))

    @classmethod
    def of(cls, user: User) -> Actor:
        """A known officer."""
        return cls(f"{OFFICER}{user.id}", user.roles, user.id, user.entity)

    @property
    def sees_all_entities(self) -> bool:
        """Only an end user is bound to their own entity."""
        return Role.END_USER not in self.roles or len(self.roles) > 1


@dataclass(frozen=True, slots=True)
class Timer:
    """A deadline as a row, frozen when issued (I3)."""

    case_id: UUID
    trigger: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Case:
    """What every lifecycle shares; work lists read only this. `due` holds the armed timers that were due when it was read."""

    id: UUID
    ref: str
    lifecycle: str
    definition: str
    state: str
    version: int
    entity: str
    assignee: UUID | None
    opened_at: datetime
    changed_at: datetime
    closed_at: datetime | None = None
    due: tuple[Timer, ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: a code of the action's list, and free text that is sealed with the case."""

    code: str
    text: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """One line of history; `sequence` equals the version of the case that it made."""

    id: UUID
    case_id: UUID
    sequence: int
    event: str
    trigger: str
    from_state: str | None
    to_state: str
    actor: str
    role: str
    entity: str | None
    definition: str
    occurred_at: datetime
    recorded_at: datetime
    reason_code: str | None = None
    command_id: UUID | None = None
    payload: str | None = field(default=None, repr=False)  # JSON, sealed: reason text, changed fields


class RequestKind(StrEnum):
    """A first registration, or new keys for a number that exists (reading 9)."""

    REGISTRATION = "registration"
    REACTIVATION = "reactivation"


class NumberOrigin(StrEnum):
    """Whether our own request created the number (B1-14, B1-17)."""

    CREATED = "created"
    EXISTING = "existing"


@dataclass(frozen=True, slots=True)
class RegistrationRequest:
    """The detail of a registration case that is not personal; the person lies sealed beside it."""

    case_id: UUID
    kind: RequestKind
    filer: UUID
    note_number: bool
    purpose_code: str | None = None
    document_type: str | None = None
    document_country: str | None = None
    checks_passed: int = 0  # of the five steps of annex 1, in order (B1-2)
    checked_at: datetime | None = None
    scan_attached: bool = False
    declaration_attached: bool = False
    validity_rule: str | None = None  # the legal rule that moved the printed date (B4)
    extended_by_law: bool = False
    extension_confirmed: bool = False
    open_remarks: int = 0
    creation_called_at: datetime | None = None
    creation_unknown: bool = False  # a creation timed out: what the search then finds is our own (B1-14)
    register_errors: int = 0  # temporary ones in a row
    number_origin: NumberOrigin | None = None
    number_created: bool = False  # our creation gave a number, consistent or not (B1-15, B1-17b)
    activation_id: UUID | None = None
    previous_activation_id: UUID | None = None
    language: Language | None = None  # of the applicant, so that lists can be narrowed to it (D3)
    corrected_by: UUID | None = None  # who mended a typo: not the one who approves (four eyes)
    approved_by: UUID | None = None
    approved_at: datetime | None = None
    audited_by: UUID | None = None  # an auditor who judged the approval afterwards (L7)
    audited_at: datetime | None = None
    audit_verdict: str | None = None
    fraud_suspected_by: UUID | None = None  # shown to team leads only (D17)
    fraud_suspected_at: datetime | None = None


class Issuer(StrEnum):
    """Who hands out the code (1.5, 3.34)."""

    BISDESK = "bisdesk"
    MUNICIPALITY = "municipality"
    BOSA = "bosa"
    EMBASSY = "embassy"
    FEDICT_SERVICEDESK = "fedict_servicedesk"


class CodeChannel(StrEnum):
    """How the code reaches the applicant (0.14, 1.5)."""

    SMS = "sms"
    PAPER = "paper"


@dataclass(frozen=True, slots=True)
class Activation:
    """The detail of an activation case that is not personal; deadlines are instants frozen when issued (I3)."""

    case_id: UUID
    request_id: UUID | None
    issuer: Issuer
    code_channel: CodeChannel
    language: Language
    minted_at: datetime  # of the newest code
    link_issued_at: datetime  # mint time of the current link
    link_expires_at: datetime  # first instant at which it no longer works
    filer: UUID | None = None  # the officer who hears of a block (M9)
    first_issued_at: datetime | None = None  # mint time of the first link with any accepted message (reading 2)
    blocks_at: datetime | None = None  # first instant after the 30 days
    attempts_used: int = 0
    code_reissues: int = 0
    renewals: int = 0
    renewed_on: date | None = None  # Brussels date of the last renewal
    resent_on: date | None = None  # Brussels date of the last repeat
    activated_at: datetime | None = None
    account_named: bool = False
    keys_expire_at: datetime | None = None  # first instant at which no key works any more
    last_key: str | None = None  # kind of the key that expires last
    resume_until: datetime | None = None
    otp_tries: int = 0
    otp_locked_until: datetime | None = None
    link_digest: bytes | None = field(default=None, repr=False)
    resume_digest: bytes | None = field(default=None, repr=False)
    otp_digest: bytes | None = field(default=None, repr=False)
    otp_expires_at: datetime | None = None
    otp_purpose: str | None = None  # of the newest one-time code by SMS
    otp_sent_at: datetime | None = None
    otp_previous_digest: bytes | None = field(default=None, repr=False)  # an older one works on in its own time
    otp_previous_until: datetime | None = None
    frozen_at: datetime | None = None  # somebody said that it was not them (F59)
    undeliverable: bool = False  # the newest link mail came to nothing; reminders wait until the address is corrected
    code_hash: str | None = field(default=None, repr=False)


class KeyKind(StrEnum):
    """The two digital keys that the Bisdesk advises (3.11)."""

    TOTP = "totp"
    SMS = "sms"


class KeyState(StrEnum):
    """A key works only while active."""

    PENDING = "pending"
    ACTIVE = "active"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class DigitalKey:
    """One key of an activation; its secret is sealed."""

    id: UUID
    case_id: UUID
    kind: KeyKind
    state: KeyState
    created_at: datetime
    confirmed_at: datetime | None = None
    expires_at: datetime | None = None
    last_step: int = 0  # of TOTP: a step is usable once (D5)
    secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Holder:
    """The activation's own copy of the person (trap of B1-23): it outlives the request."""

    given_name: str = field(repr=False)
    family_name: str = field(repr=False)
    email: str = field(repr=False)
    mobile: str | None = field(repr=False)
    insz: str = field(repr=False)
    person_key: str = field(repr=False)
    sex: str = field(default="unknown", repr=False)
    purpose: str = field(default="", repr=False)
    username: str | None = field(default=None, repr=False)
    password_hash: str | None = field(default=None, repr=False)


class Slot(StrEnum):
    """The two papers of a request (3.20)."""

    SCAN = "scan"
    DECLARATION = "declaration"


@dataclass(frozen=True, slots=True)
class Attachment:
    """One paper, sealed at rest."""

    slot: Slot
    media_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class ContactClaim:
    """An e-mail address or mobile number as it is compared (AM3-2); the store keeps only its keyed digest."""

    name: str  # `contact.email` or `contact.mobile`
    value: str = field(repr=False)


class EntityStatus(StrEnum):
    """Onboarding of an entity (domain C1)."""

    CANDIDATE = "candidate"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    TERMINATED = "terminated"


@dataclass(frozen=True, slots=True)
class Entity:
    """An organisation that may file requests (3.13)."""

    code: str
    name: str
    status: EntityStatus


@dataclass(frozen=True, slots=True)
class Right:
    """A user right with its period, both days included, Brussels dates (AM2-2)."""

    name: str
    begins_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class User:
    """An officer; the address is sealed at rest."""

    id: UUID
    email: str = field(repr=False)
    name: str = field(repr=False)
    language: Language
    roles: frozenset[Role]
    entity: str | None
    agreement_signed_on: date | None = None
    rights: tuple[Right, ...] = ()


Detail = TypeVar("Detail", RegistrationRequest, Activation)


def patched(detail: Detail, patch: Mapping[str, object]) -> Detail:
    """The detail with the named fields changed. Raises: TypeError for a name that is none."""
    return replace(detail, **patch)  # type: ignore[arg-type]  # field names of a frozen dataclass, checked by it
