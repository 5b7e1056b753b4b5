"""From a number to an activation: who has a profile already, what the new case keeps, link and code on their way (B2-1).

The activation owns its copy of name, address, mobile, language and number, so that purging the request cannot break it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from uuid import UUID

from identity.contact import email_key
from workflow import dossier
from workflow.access import Door
from workflow.advance import Move, advance
from workflow.calendar import after_days, after_months, last_day
from workflow.codes import Minted, new_ref
from workflow.errors import FieldError, InvalidSubmission
from workflow.lifecycles.activation import (
    ACTIVATION_LIMIT_DAYS,
    FINAL,
    LINK_VALID_DAYS,
    MINT_STALE_HOURS,
    Trigger,
    activation,
)  # fmt: skip
from workflow.lifecycles.activation_guards import Facts
from workflow.lifecycles.registration import CONSULTATION_MONTHS
from workflow.model import (
    NEW,
    Activation,
    Case,
    CodeChannel,
    ContactClaim,
    Holder,
    Issuer,
    Language,
    Reason,
    RegistrationRequest,
    RequestKind,
)  # fmt: skip
from workflow.outbox import MessageKind
from workflow.ports import UnitOfWork
from workflow.ports_entry import Link, LinkPurpose
from workflow.submission import Submission
from workflow.timers import as_of
from workflow.wording import last_call, link_words

M, T = MessageKind, Trigger
HOLDER = "holder."


def link_expiry(issued: datetime, *, blocks_at: datetime | None = None) -> datetime:
    """First instant at which a link no longer works: 14 calendar days, capped by the 30 days (readings 1 and 2)."""
    expires = after_days(issued, LINK_VALID_DAYS)
    return expires if blocks_at is None else min(expires, blocks_at)


def limit_of(first_issued: datetime) -> datetime:
    """First instant after the 30 days (reading 2)."""
    return after_days(first_issued, ACTIVATION_LIMIT_DAYS)


def holder_of(uow: UnitOfWork, case_id: UUID) -> Holder | None:
    """The activation's copy of the person, or None once it is erased."""
    values = {
        path.removeprefix(HOLDER): json.loads(text)
        for path, text in uow.people.get(case_id).items()
        if path.startswith(HOLDER)
    }
    return Holder(**values) if values else None


def keep_holder(uow: UnitOfWork, case_id: UUID, **changed: str | None) -> None:
    """Seal values of the holder by their names."""
    uow.people.put(case_id, {HOLDER + name: json.dumps(value, ensure_ascii=False) for name, value in changed.items()})


def profile_of(door: Door, insz: str, detail: RegistrationRequest) -> bool:
    """Whether the person has an open or active profile, so that a first registration needs no activation (B1-21b)."""
    return detail.kind is RequestKind.REGISTRATION and bool(_open_activations(door, insz))


def words_of_completion(door: Door, detail: RegistrationRequest, *, origin: str) -> dict[str, str]:
    """What M4 prints: never the number itself (B1-22)."""
    until = last_day(after_months(door.now, CONSULTATION_MONTHS)).isoformat()
    return {"origin": origin, "number_shown": "yes" if detail.note_number else "no", "shown_until": until}


def issue_for(door: Door, loaded: tuple[Case, RegistrationRequest], *, insz: str, minted: Minted) -> Case:
    """Start the activation of a registered request; older open ones are superseded in this transaction (B1-21, B2-16)."""
    request, detail = loaded
    submission = dossier.stored(door.uow, request.id)
    for old, older in _open_activations(door, insz):
        _supersede(door, old, older)
    door.uow.contacts.reserve(minted.case_id, dossier.claims_of(submission), person_key=dossier.key_of(submission))
    fresh = _new_activation(detail, submission, minted)
    case = _open_case(door, minted, entity=request.entity, detail=fresh)
    _keep_person(door, case.id, submission, insz)
    return _issue(door, case, fresh, minted)


def issue_at_office(door: Door, submission: Submission, *, insz: str, issuer: Issuer, minted: Minted) -> Case:
    """An office hands out the code on paper: no explanation mail, no SMS (1.5, B4).

    Raises: InvalidSubmission when the address is somebody else's.
    """
    claims, owner = dossier.claims_of(submission), dossier.key_of(submission)
    taken = door.uow.contacts.reserve(minted.case_id, claims, person_key=owner)
    if taken:
        raise InvalidSubmission(
            tuple(FieldError(name, "taken", "This is already used in another file.") for name in taken)
        )
    language = submission.contact.language or Language.NL
    fresh = replace(_blank(minted, language), issuer=issuer, code_channel=CodeChannel.PAPER, filer=door.actor.user_id)
    case = _open_case(door, minted, entity=door.actor.entity or issuer, detail=fresh)
    _keep_person(door, case.id, submission, insz)
    return _issue(door, case, fresh, minted, other_open=bool(_open_activations(door, insz, apart_from=case.id)))


def issue_to(door: Door, holder: Holder, *, entity: str, language: Language, minted: Minted) -> Case | None:
    """Start an activation for somebody who filed no request and has no number; None when the address is somebody else's."""
    claims = tuple(claim for claim in (new_claim(holder.email), mobile_claim(holder.mobile)) if claim)
    if door.uow.contacts.reserve(minted.case_id, claims, person_key=holder.person_key):
        return None
    fresh = _blank(minted, language)
    case = _open_case(door, minted, entity=entity, detail=fresh)
    keep_holder(door.uow, case.id, **asdict(holder))
    return _issue(door, case, fresh, minted)


def repoint(door: Door, case_id: UUID, insz: str) -> None:
    """Point an open activation to the number that replaced its own; nobody activates anew (B1-27)."""
    case, detail = door.uow.cases.activation(case_id, now=door.now)
    if case.state in FINAL:
        return
    move = Move(trigger=T.INSZ_REPLACED, actor=door.actor, now=door.now, language=detail.language)
    advance(door.uow, case, move, lifecycle=activation, facts=Facts(), tools=door.tools)
    keep_holder(door.uow, case.id, insz=insz)
    door.uow.people.index(case.id, "insz", (insz,))


def _open_activations(door: Door, insz: str, *, apart_from: UUID | None = None) -> list[tuple[Case, Activation]]:
    """Activations of this number that are open or active as of now, whatever the scheduler did."""
    found = []
    for stored, detail in door.uow.cases.activations_of(insz, now=door.now):
        case, _ = as_of(stored, detail, now=door.now, tools=door.tools)
        if case.state not in FINAL and case.id != apart_from:
            found.append((stored, detail))
    return found


def _supersede(door: Door, case: Case, detail: Activation) -> None:
    move = Move(
        trigger=T.CANCEL, actor=door.actor, now=door.now, reason=Reason("superseded"), language=detail.language,
        params={M.M12: {"cancelled_on": door.today.isoformat(), "reason": "superseded"}},
    )  # fmt: skip
    advance(door.uow, case, move, lifecycle=activation, facts=Facts(reason_given=True), tools=door.tools)


def _blank(minted: Minted, language: Language) -> Activation:
    return Activation(
        case_id=minted.case_id,
        request_id=None,
        issuer=Issuer.BISDESK,
        code_channel=CodeChannel.SMS,
        language=language,
        minted_at=minted.at,
        link_issued_at=minted.at,
        link_expires_at=link_expiry(minted.at),
        link_digest=minted.link_digest,
        code_hash=minted.code_hash,
    )


def _new_activation(detail: RegistrationRequest, submission: Submission, minted: Minted) -> Activation:
    language = submission.contact.language or Language.NL
    return replace(_blank(minted, language), request_id=detail.case_id, filer=detail.filer)


def _open_case(door: Door, minted: Minted, *, entity: str, detail: Activation) -> Case:
    case = Case(
        id=minted.case_id,
        ref=new_ref("AC", now=door.now, chance=door.tools.chance, taken=door.uow.cases.refs_like),
        lifecycle=activation.name,
        definition=activation.definition(door.tools.policy),
        state=NEW,
        version=0,
        entity=entity,
        assignee=None,
        opened_at=door.now,
        changed_at=door.now,
    )
    door.uow.cases.open(case, detail)
    keep_link(door, case.id, minted.link_digest)
    return case


def _keep_person(door: Door, case_id: UUID, submission: Submission, insz: str) -> None:
    person, contact = submission.person, submission.contact
    keep_holder(
        door.uow, case_id, given_name=person.given_name or "", family_name=person.family_name or "", email=contact.email or "",
        mobile=contact.mobile, insz=insz, person_key=dossier.key_of(submission), sex=person.sex or "unknown",
        purpose=submission.purpose or "",
    )  # fmt: skip
    door.uow.people.index(case_id, "insz", (insz,))


def _issue(door: Door, case: Case, detail: Activation, minted: Minted, *, other_open: bool = False) -> Case:
    facts = Facts(
        has_insz=True, other_activation_open=other_open, contact_unique=True, code_channel=detail.code_channel
    )
    move = with_letters(
        Move(trigger=T.ISSUE, actor=door.actor, now=door.now, dues=stuck(detail.minted_at)), detail, minted
    )
    return advance(door.uow, case, move, lifecycle=activation, facts=facts, tools=door.tools)


def keep_link(door: Door, case_id: UUID, digest: bytes) -> None:
    """Remember a link that is sent now, also for the day when a newer one has replaced it (A4)."""
    door.uow.links.add(Link(digest, case_id, LinkPurpose.ACTIVATION, door.now))


def stuck(minted_at: datetime) -> dict[str, datetime]:
    """When an activation whose messages nobody accepted becomes a task (B3b, issuing_stuck)."""
    return {"stuck_at": minted_at + timedelta(hours=MINT_STALE_HOURS)}


def with_letters(move: Move, detail: Activation, minted: Minted) -> Move:
    """The move with words, secrets and last moments of M1, M2 and M3, which go out together."""
    words = link_words(
        detail.link_expires_at, detail.blocks_at or limit_of(detail.link_issued_at), by=detail.code_channel
    )
    kinds = (M.M1, M.M2, M.M3)
    return replace(
        move,
        language=detail.language,
        params=dict.fromkeys(kinds, words),
        secrets={M.M1: minted.token, M.M3: minted.code},
        send_before=dict.fromkeys(kinds, last_call(detail.link_expires_at, now=move.now)),
    )


def new_claim(email: str) -> ContactClaim:
    """The claim on a corrected e-mail address."""
    return ContactClaim("contact.email", email_key(email))


def mobile_claim(mobile: str | None) -> ContactClaim | None:
    """The claim on the mobile number that stays, if there is one."""
    return ContactClaim("contact.mobile", mobile) if mobile else None
