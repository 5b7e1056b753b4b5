"""Right values of every kind, to be spoiled one place at a time; nobody in here exists."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from bisdesk.chance import SeededChance
from tests.request_file import ENTITY, MISSING, SECOND_PERSON, START, request_json, submission
from workflow.access import FILING_RIGHTS
from workflow.model import (
    NEW,
    Activation,
    Attachment,
    AuditEvent,
    Case,
    CodeChannel,
    DigitalKey,
    Entity,
    EntityStatus,
    Issuer,
    KeyKind,
    KeyState,
    Language,
    RegistrationRequest,
    RequestKind,
    Right,
    Role,
    Slot,
    Timer,
    User,
)
from workflow.outbox import Audience, Channel, MessageKind, QueuedMessage
from workflow.ports import Change

OTHER_ENTITY = "OVO001835"
__all__ = ["ENTITY", "MISSING", "SECOND_PERSON", "START", "request_json", "submission"]  # handed on
_CHANCE = SeededChance("builders")


def papers() -> tuple[Attachment, ...]:
    """A scan and a signed declaration."""
    return (
        Attachment(Slot.SCAN, "image/jpeg", b"\xff\xd8\xff invented scan"),
        Attachment(Slot.DECLARATION, "application/pdf", b"%PDF-1.7 invented declaration"),
    )


def uuid(now: datetime = START) -> UUID:
    """A fresh identifier, the same in every run."""
    return _CHANCE.uuid(now)


def user(name: str, /, *roles: Role, **more: Any) -> User:
    """An officer whose rights began a year before START and end two years after it."""
    domain = "entity" if Role.END_USER in roles else "desk"
    year = timedelta(days=365)
    begins, ends = START.date() - year, START.date() + 2 * year
    rights = tuple(Right(right, begins, ends) for right in FILING_RIGHTS) if Role.END_USER in roles else ()
    known: dict[str, Any] = {
        "id": UUID(int=0x01900000_0000_7000_8000_000000000000 + sum(map(ord, name))),
        "email": f"{name.casefold()}@{domain}.example",
        "name": name,
        "language": Language.NL,
        "roles": frozenset(roles),
        "entity": None,
        "agreement_signed_on": begins if Role.END_USER in roles else None,
        "rights": rights,
    }
    return User(**(known | more))


def anna(**more: Any) -> User:
    """The end user who files."""
    return user("Anna", Role.END_USER, **({"entity": ENTITY} | more))


def bart(**more: Any) -> User:
    """The agent of the service desk who decides."""
    return user("Bart", Role.SERVICE_DESK, **more)


def dirk(**more: Any) -> User:
    """The other agent of the service desk."""
    return user("Dirk", Role.SERVICE_DESK, **more)


def carla(**more: Any) -> User:
    """The team lead."""
    return user("Carla", Role.TEAM_LEAD, **more)


def entity(code: str = ENTITY, status: EntityStatus = EntityStatus.ACTIVE) -> Entity:
    """An organisation that may file."""
    return Entity(code, f"Agentschap {code}", status)


def case(lifecycle: str = "registration", **more: Any) -> Case:
    """A case that was never moved."""
    number = uuid(more.get("opened_at", START))
    prefix = {"registration": "BR", "activation": "AC"}[lifecycle]
    known: dict[str, Any] = {
        "id": number,
        "ref": f"{prefix}-2026-{number.int % 10**12:012d}",
        "lifecycle": lifecycle,
        "definition": "0123456789abcdef",
        "state": NEW,
        "version": 0,
        "entity": ENTITY,
        "assignee": None,
        "opened_at": START,
        "changed_at": more.get("opened_at", START),
    }
    return Case(**(known | more))


def request_detail(case_id: UUID, **more: Any) -> RegistrationRequest:
    """The detail of a fresh registration request."""
    known: dict[str, Any] = {"kind": RequestKind.REGISTRATION, "filer": anna().id, "note_number": False}
    return RegistrationRequest(case_id, **(known | more))


def activation_detail(case_id: UUID, **more: Any) -> Activation:
    """The detail of a fresh activation whose link and code are on their way."""
    known: dict[str, Any] = {
        "request_id": None,
        "issuer": Issuer.BISDESK,
        "code_channel": CodeChannel.SMS,
        "language": Language.FR,
        "minted_at": START,
        "link_issued_at": START,
        "link_expires_at": START + timedelta(days=14),
        "link_digest": case_id.bytes * 2,
        "code_hash": "hash of a code",
    }
    return Activation(case_id, **(known | more))


def event(of: Case, *, to: str = "moved", at: datetime = START, **more: Any) -> AuditEvent:
    """The line of history that a move of this case writes."""
    known: dict[str, Any] = {
        "id": uuid(at),
        "case_id": of.id,
        "sequence": of.version + 1,
        "event": "case.moved",
        "trigger": "move",
        "from_state": None if of.state == NEW else of.state,
        "to_state": to,
        "actor": "system",
        "role": "system",
        "entity": None,
        "definition": of.definition,
        "occurred_at": at,
        "recorded_at": at,
    }
    return AuditEvent(**(known | more))


def change(of: Case, *, to: str = "moved", at: datetime = START, **more: Any) -> Change:
    """A move of this case, with whatever else it writes."""
    known: dict[str, Any] = {
        "case": of,
        "to": to,
        "event": event(of, to=to, at=at),
        "assignee": of.assignee,
        "closed_at": of.closed_at,
    }
    return Change(**(known | more))


def moved(by: Change) -> Case:
    """The case as it stands after a change, without due timers."""
    return replace(
        by.case,
        state=by.to,
        version=by.event.sequence,
        assignee=by.assignee,
        changed_at=by.event.occurred_at,
        closed_at=by.closed_at,
        due=(),
    )


def message(of: Case, kind: MessageKind = MessageKind.M1, **more: Any) -> QueuedMessage:
    """A message that the next move of this case owes."""
    queued_at = more.get("queued_at", START)
    known: dict[str, Any] = {
        "id": uuid(queued_at),
        "case_id": of.id,
        "kind": kind,
        "audience": Audience.APPLICANT,
        "channel": Channel.SMS if kind is MessageKind.M3 else Channel.EMAIL,
        "sequence": of.version + 1,
        "queued_at": queued_at,
        "not_before": queued_at,
        "send_before": None,
        "language": "fr",
        "params": {"link_until": "2026-12-07"},
        "secret": "a secret",
    }
    return QueuedMessage(**(known | more))


def timer(of: Case, trigger: str = "link_validity", *, days: float = 14) -> Timer:
    """A deadline of this case, so many days after START."""
    return Timer(of.id, trigger, START + timedelta(days=days))


def key(of: Case, **more: Any) -> DigitalKey:
    """An app key that works."""
    known: dict[str, Any] = {
        "id": uuid(),
        "case_id": of.id,
        "kind": KeyKind.TOTP,
        "state": KeyState.ACTIVE,
        "created_at": START,
        "confirmed_at": START,
        "expires_at": START + timedelta(days=3652),
        "last_step": 0,
        "secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
    }
    return DigitalKey(**(known | more))


def day(text: str) -> date:
    """A calendar day, written as 2026-11-20."""
    return date.fromisoformat(text)
