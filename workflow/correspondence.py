"""Who a message is for, read at the moment it is sent: the queue itself knows no name and no address (design I6).

It knows nothing of texts or transports.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from identity.contact import parse_email
from workflow import dossier, issuing
from workflow.errors import NotFound
from workflow.model import Activation, Case, Language, RegistrationRequest, User
from workflow.outbox import Audience, QueuedMessage
from workflow.ports import UnitOfWork


@dataclass(frozen=True, slots=True)
class Recipient:
    """What a text may say of the person it addresses and of the case it is about."""

    reference: str
    entity_name: str
    language: Language
    name: str = field(default="", repr=False)
    given_name: str = field(default="", repr=False)
    family_name: str = field(default="", repr=False)
    email: str | None = field(default=None, repr=False)
    mobile: str | None = field(default=None, repr=False)
    purpose: str = field(default="", repr=False)
    remarks: tuple[str, ...] = ()  # JSON paths that the desk asked to correct (B1-6)
    remark_reasons: Mapping[str, str] = field(default_factory=dict, repr=False)  # by path, where a field has its own
    remark_text: str = field(default="", repr=False)


def recipient_of(uow: UnitOfWork, message: QueuedMessage, now: datetime) -> Recipient | None:
    """The recipient as of now; None when the person has been erased or there is nobody to write to."""
    match message.audience:
        case Audience.APPLICANT:
            return _applicant(uow, *uow.cases.activation(message.case_id, now=now))
        case Audience.FILER:
            return _filer(uow, message, now)
        case Audience.SERVICE_DESK | Audience.REGISTER:
            case = _any_case(uow, message.case_id, now)[0]
            return Recipient(case.ref, entity_name(uow, case.entity), Language.NL)


def _applicant(uow: UnitOfWork, case: Case, detail: Activation) -> Recipient | None:
    holder = issuing.holder_of(uow, case.id)
    if holder is None:
        return None
    return Recipient(
        reference=case.ref,
        entity_name=entity_name(uow, case.entity),
        language=detail.language,
        name=f"{holder.given_name} {holder.family_name}".strip(),
        given_name=holder.given_name,
        family_name=holder.family_name,
        email=parse_email(holder.email).deliverable if holder.email else None,
        mobile=holder.mobile,
        purpose=holder.purpose,
    )


def _filer(uow: UnitOfWork, message: QueuedMessage, now: datetime) -> Recipient | None:
    """The officer who filed, in their own language (reading 5); about the request, also when the activation was blocked."""
    case, detail = _any_case(uow, message.case_id, now)
    officer = _officer(uow, detail.filer)
    if officer is None:
        return None
    request_id = detail.request_id if isinstance(detail, Activation) else case.id
    reference = uow.cases.request(request_id, now=now)[0].ref if request_id else case.ref
    fields = dossier.value(uow, case.id, dossier.REMARK_FIELDS)
    reasons = dossier.value(uow, case.id, dossier.REMARK_REASONS)
    given, family = _names(uow, case, detail)
    return Recipient(
        reference=reference,
        entity_name=entity_name(uow, case.entity),
        language=officer.language,
        name=officer.name,
        given_name=given,
        family_name=family,
        email=parse_email(officer.email).deliverable,
        remarks=tuple(str(name) for name in fields) if isinstance(fields, list) else (),
        remark_reasons={str(path): str(text) for path, text in reasons.items()} if isinstance(reasons, dict) else {},
        remark_text=str(dossier.value(uow, case.id, dossier.REMARK_TEXT) or ""),
    )


def _names(uow: UnitOfWork, case: Case, detail: RegistrationRequest | Activation) -> tuple[str, str]:
    """The names of the person it is about, of which an officer's mail shows no more than the initials."""
    if isinstance(detail, Activation):
        holder = issuing.holder_of(uow, case.id)
        return (holder.given_name, holder.family_name) if holder else ("", "")
    person = dossier.stored(uow, case.id).person
    return person.given_name or "", person.family_name or ""


def _officer(uow: UnitOfWork, user_id: UUID | None) -> User | None:
    try:
        return uow.directory.by_id(user_id) if user_id else None
    except NotFound:
        return None


def _any_case(uow: UnitOfWork, case_id: UUID, now: datetime) -> tuple[Case, RegistrationRequest | Activation]:
    try:
        return uow.cases.request(case_id, now=now)
    except NotFound:
        return uow.cases.activation(case_id, now=now)


def entity_name(uow: UnitOfWork, code: str) -> str:
    """The entity's name, or its code where it is not in our directory (offices that issue on paper)."""
    try:
        return uow.directory.entity(code).name
    except NotFound:
        return code
