"""The end user's half of a registration request: draft, checks, papers, submit, correct (B1-1 to B1-4, B1-7).

A refuted check is an outcome that is stored, never an exception that would undo it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from identity.documents import StopReason
from workflow import access, dossier
from workflow.access import Door
from workflow.advance import Move, advance
from workflow.calendar import after_working_days, last_day
from workflow.codes import new_ref
from workflow.errors import FieldError, GuardRefused, InvalidSubmission, NotFound, NotPermitted, TransitionNotAllowed
from workflow.intake import parse_submission
from workflow.intake_checks import checks_passed, document_validity, first_refuted_step
from workflow.lifecycles.activation import Trigger as A
from workflow.lifecycles.activation import activation
from workflow.lifecycles.activation_guards import Facts as ActivationFacts
from workflow.lifecycles.registration import State, registration
from workflow.lifecycles.registration import Trigger as T
from workflow.lifecycles.registration_guards import Facts
from workflow.model import NEW, Attachment, Case, Reason, RegistrationRequest, RequestKind, Slot, patched
from workflow.outbox import MessageKind
from workflow.ports import Value
from workflow.submission import IdentityCheck, IdentityDocument, Submission, changed_paths, to_json

LARGEST_PAPER = 10 * 1024 * 1024  # bytes


@dataclass(frozen=True, slots=True)
class Filed:
    """A request in the hands of its filer, and the check that stopped it if one did."""

    case: Case
    detail: RegistrationRequest
    stopped: StopReason | None = None


def file_request(door: Door, submission: Submission, papers: tuple[Attachment, ...]) -> Filed:
    """Create, check and submit in one transaction.

    Raises: InvalidSubmission, NotPermitted, GuardRefused; a refuted check raises nothing, it stops the case.
    """
    _refuse_bad_papers(papers, needed=tuple(Slot))
    filed = _open(door, submission, _attached(papers))
    _keep(door, filed.case.id, submission, papers)
    return _submit(door, _checked(door, filed, submission), submission, trigger=T.SUBMIT)


def draft(door: Door, submission: Submission, papers: tuple[Attachment, ...], *, case_id: UUID | None = None) -> Filed:
    """Open a draft that may be incomplete; it lapses after 30 days without a change (B1-8b).

    Whoever repeats it with the id that was given to it finds the draft of the first time: it is not opened twice (E17).
    """
    _refuse_bad_papers(papers)
    if case_id is not None:
        try:
            return Filed(*access.request(door, case_id))
        except NotFound:
            pass
    filed = _open(door, submission, _attached(papers), case_id)
    _keep(door, filed.case.id, submission, papers)
    return _checked(door, filed, submission)


def edit(door: Door, ref: str, submission: Submission, papers: tuple[Attachment, ...]) -> Filed:
    """Replace the data of a draft or of a request sent back; another document restarts checks and papers (B1-2b, B4)."""
    _refuse_bad_papers(papers)
    _refuse_other_officer(door, submission)
    case, detail = access.request(door, ref)
    before = dossier.stored(door.uow, case.id)
    swapped = before.document.number is not None and _document_of(before) != _document_of(submission)
    held = frozenset[Slot]() if swapped else _held(detail)
    patch = {**_described(submission, held | _attached(papers)), **({"checks_passed": 0} if swapped else {})}
    changed = changed_paths(before, submission)
    trigger = T.CHANGE_DOCUMENT if swapped else T.EDIT
    filed = _move(door, Filed(case, detail), trigger, detail=patch, payload={"changed": list(changed)})
    _keep(door, case.id, submission, papers)
    _remember_changes(door, case.id, changed)
    return _checked(door, filed, submission)


def fail_check(door: Door, ref: str, reason: Reason) -> Filed:
    """Stop a draft, or a request sent back, because a check of the document refuted it (B1-3)."""
    case, detail = access.request(door, ref)
    params = {MessageKind.M6: {"outcome": "stopped", "reason": reason.code, "recreate": "no"}}
    filed = _move(door, Filed(case, detail), T.CHECK_FAILED, detail={}, reason=reason, params=params)
    return replace(filed, stopped=StopReason(reason.code))


def submit(door: Door, ref: str, trigger: T) -> Filed:
    """Submit a draft or resubmit what was sent back, on the data that is stored (B1-4, B1-7)."""
    case, detail = access.request(door, ref)
    if trigger not in registration.triggers(case.state):
        raise TransitionNotAllowed(case.state, trigger, registration.actions(case.state))
    submission = parse_submission(to_json(dossier.stored(door.uow, case.id)), today=door.today, complete=True)
    return _submit(door, _checked(door, Filed(case, detail), submission), submission, trigger=trigger)


def clone(door: Door, ref: str) -> Filed:
    """A new draft from a request that has to be made anew; papers and checks are not copied (B1-9)."""
    case, detail = access.request(door, ref)
    if not any(event.trigger == T.REQUIRE_RECREATE for event in door.uow.cases.history(case.id)):
        raise GuardRefused(
            "recreation_was_required", "Only a request that has to be made anew is copied to a new draft."
        )
    if case.state == State.PURGED:
        raise GuardRefused("person_is_kept", "The month is over and the request is erased. File a new one.")
    old = dossier.stored(door.uow, case.id)
    kept = replace(old, document=IdentityDocument(), identity_check=IdentityCheck(), kind=detail.kind, officer=None)
    copy = _open(door, kept, frozenset())
    dossier.keep(door.uow, copy.case.id, kept)
    return copy


def _open(door: Door, submission: Submission, held: frozenset[Slot], case_id: UUID | None = None) -> Filed:
    """A new case with the papers it holds, moved to `draft` by the row B1-1."""
    _refuse_other_officer(door, submission)
    user_id, entity = door.actor.user_id, door.actor.entity
    if user_id is None or entity is None:
        raise NotPermitted(T.CREATE, registration.roles_for(NEW, T.CREATE))
    case = Case(
        id=case_id or door.tools.chance.uuid(door.now),
        ref=new_ref("BR", now=door.now, chance=door.tools.chance, taken=door.uow.cases.refs_like),
        lifecycle=registration.name,
        definition=registration.definition(door.tools.policy),
        state=NEW,
        version=0,
        entity=entity,
        assignee=None,
        opened_at=door.now,
        changed_at=door.now,
    )
    kind = submission.kind or RequestKind.REGISTRATION
    detail = patched(RegistrationRequest(case.id, kind, user_id, False), _described(submission, held))
    facts = access.with_filing_rights(door, Facts(actor=user_id, filer=user_id, kind=kind), entity=entity)
    detail = replace(detail, previous_activation_id=_follow_up(door, submission))
    door.uow.cases.open(case, detail)
    move = Move(trigger=T.CREATE, actor=door.actor, now=door.now)
    case = advance(door.uow, case, move, lifecycle=registration, facts=facts, tools=door.tools)
    return Filed(case, detail)


def _follow_up(door: Door, submission: Submission) -> UUID | None:
    """Note the new request on the activation that it follows (B2-16)."""
    if submission.previous is None:
        return None
    try:
        case, _ = access.activation(door, submission.previous)
    except NotFound:
        message = "There is no activation with this reference. Check it, or leave the field out."
        raise InvalidSubmission((FieldError("previous", "not_found", message),)) from None
    move = Move(trigger=A.NEW_REQUEST, actor=door.actor, now=door.now)
    advance(door.uow, case, move, lifecycle=activation, facts=ActivationFacts(), tools=door.tools)
    return case.id


def _checked(door: Door, filed: Filed, submission: Submission) -> Filed:
    """Record each passed step as its own event (B1-2); a refuted one stops the request for good (B1-3, reading 6)."""
    validity = document_validity(submission)
    for step in range(filed.detail.checks_passed + 1, checks_passed(submission, validity) + 1):
        patch: dict[str, Value] = {"checks_passed": step, "checked_at": door.now}
        filed = _move(door, filed, T.RECORD_CHECK, detail=patch, step=step)
    refuted = first_refuted_step(submission, validity)
    if refuted is None:
        return filed
    params = {MessageKind.M6: {"outcome": "stopped", "reason": str(refuted), "recreate": "no"}}
    described = _described(submission, frozenset())
    filed = _move(door, filed, T.CHECK_FAILED, detail=described, reason=Reason(str(refuted)), params=params)
    return replace(filed, stopped=refuted)


def _submit(door: Door, filed: Filed, submission: Submission, *, trigger: T) -> Filed:
    if filed.stopped:
        return filed
    claims, owner = dossier.claims_of(submission), dossier.key_of(submission)
    taken = door.uow.contacts.reserve(filed.case.id, claims, person_key=owner)
    if taken:
        door.uow.rollback()
        message = "This is already used in another file. Ask the person for a personal one that only they use."
        raise InvalidSubmission(tuple(FieldError(name, "taken", message) for name in taken))
    validity = document_validity(submission)
    patch: dict[str, Value] = {
        "validity_rule": validity.rule_id if validity else None,
        "extended_by_law": validity is not None and validity.effective > validity.printed,
        "open_remarks": 0,
    }
    answer_by = last_day(after_working_days(door.now, door.tools.policy.queue_alert_working_days))
    return _move(
        door, filed, trigger, detail=patch, complete=True, params={MessageKind.M0: {"answer_by": answer_by.isoformat()}}
    )  # fmt: skip


def _move(
    door: Door,
    filed: Filed,
    trigger: T,
    *,
    detail: Mapping[str, Value],
    step: int = 0,
    complete: bool = False,
    reason: Reason | None = None,
    payload: Mapping[str, object] | None = None,
    params: Mapping[MessageKind, Mapping[str, str]] | None = None,
) -> Filed:
    """One step of the filer; `complete` says that the whole file was judged right and its contacts are held."""
    changed = patched(filed.detail, detail)
    facts = access.with_filing_rights(door, access.request_facts(door, filed.case, changed), entity=filed.case.entity)
    facts = replace(
        facts,
        step=step,
        steps_passed=filed.detail.checks_passed,
        reason_given=reason is not None,
        data_complete=complete,
        eligible=complete,
        residence_abroad=complete,
        declared_after_check=complete,
        contacts_unique=complete,
    )
    move = Move(
        trigger=trigger, actor=door.actor, now=door.now, detail=detail, reason=reason, payload=payload or {}, params=params or {}
    )  # fmt: skip
    case = advance(door.uow, filed.case, move, lifecycle=registration, facts=facts, tools=door.tools)
    return Filed(case, changed)


def _described(submission: Submission, held: frozenset[Slot]) -> dict[str, Value]:
    """What of the file lies open beside the case: nothing that names a person."""
    return {
        "note_number": bool(submission.note_number),
        "document_type": str(submission.document.type) if submission.document.type else None,
        "document_country": submission.document.country,
        "language": submission.contact.language,
        "scan_attached": Slot.SCAN in held,
        "declaration_attached": Slot.DECLARATION in held,
    }


def _keep(door: Door, case_id: UUID, submission: Submission, papers: tuple[Attachment, ...]) -> None:
    dossier.keep(door.uow, case_id, submission)
    for paper in papers:
        door.uow.people.attach(case_id, paper)


def _remember_changes(door: Door, case_id: UUID, changed: tuple[str, ...]) -> None:
    """The fields that changed since the request was sent back, for the reviewer (B1-7)."""
    known = dossier.value(door.uow, case_id, dossier.CHANGED)
    names = sorted({*changed, *(known if isinstance(known, list) else ())})
    door.uow.people.put(case_id, {dossier.CHANGED: json.dumps(names)})


def _attached(papers: tuple[Attachment, ...]) -> frozenset[Slot]:
    return frozenset(paper.slot for paper in papers)


def _held(detail: RegistrationRequest) -> frozenset[Slot]:
    held = {Slot.SCAN: detail.scan_attached, Slot.DECLARATION: detail.declaration_attached}
    return frozenset(slot for slot, there in held.items() if there)


def _document_of(submission: Submission) -> tuple[object, ...]:
    return (submission.document.type, submission.document.country, submission.document.number)


def _refuse_other_officer(door: Door, submission: Submission) -> None:
    """The filer is the actor; the file may name nobody else, and no other entity."""
    if door.actor.user_id is None:
        return
    user = door.uow.directory.by_id(door.actor.user_id)
    wrong = []
    if submission.officer and submission.officer.casefold() != user.email.casefold():
        wrong.append(FieldError("officer", "not_the_filer", "The officer of a request is the person who files it."))
    if submission.entity and user.entity and submission.entity != user.entity:
        wrong.append(FieldError("entity", "not_own", "File requests for your own entity only."))
    if wrong:
        raise InvalidSubmission(tuple(wrong))


def _refuse_bad_papers(papers: tuple[Attachment, ...], needed: tuple[Slot, ...] = ()) -> None:
    missing = [slot for slot in needed if slot not in _attached(papers)]
    wrong = [FieldError(slot, "required", f"Attach the {slot}: it can never be waived.") for slot in missing]
    wrong += [
        FieldError(paper.slot, "empty", "The file is empty. Attach it again.") for paper in papers if not paper.content
    ]
    big = [paper.slot for paper in papers if len(paper.content) > LARGEST_PAPER]
    wrong += [
        FieldError(slot, "too_large", "The file is larger than 10 MB. Scan it with fewer dots per inch.")
        for slot in big
    ]
    if wrong:
        raise InvalidSubmission(tuple(wrong))
