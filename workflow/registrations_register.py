"""The register's half of a registration request: what it is asked, what its answers make of the case (B1-12 to B1-22, B1-27).

The call itself happens outside every transaction; a timeout searches again and never creates blindly (B1-20).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from identity.numbers import inconsistencies, parse_insz
from identity.problems import NumberError
from workflow import access, dossier, issuing
from workflow.access import Door
from workflow.advance import Move, Tools, advance
from workflow.calendar import brussels_date
from workflow.codes import Minted
from workflow.errors import FieldError, InvalidSubmission, NotPermitted
from workflow.identity_register import (
    ByHand,
    Candidate,
    Created,
    Down,
    Existing,
    Found,
    RegisterAnswer,
    RegisterPerson,
    RegisterRefused,
    TimedOut,
)
from workflow.lifecycles.registration import State, registration
from workflow.lifecycles.registration import Trigger as T
from workflow.model import Actor, Case, NumberOrigin, Reason, RegistrationRequest, RequestKind, Role, patched
from workflow.outbox import MessageKind
from workflow.ports import UnitOfWork, Value

M = MessageKind
Loaded = tuple[Case, RegistrationRequest]


def question_for(uow: UnitOfWork, case_id: UUID) -> RegisterPerson:
    """What the register is asked about this request: minimum identification data (D2)."""
    submission = dossier.stored(uow, case_id)
    person, residence = submission.person, submission.residence
    return RegisterPerson(
        request_id=case_id,
        given_names=(person.given_name or "", *(person.other_given_names or ())),
        family_name=person.family_name or "",
        birth_date=str(person.birth_date),
        sex=person.sex or "unknown",
        birth_country=person.birth_country or "",
        birth_place=person.birth_place or "",
        residence_country=residence.country or "",
        residence_city=residence.city or "",
        insz=person.insz,
    )


def still_wanted(uow: UnitOfWork, case_id: UUID, operation: MessageKind, *, now: datetime) -> bool:
    """Whether the case still stands where this call belongs."""
    case, _ = uow.cases.request(case_id, now=now)
    return case.state == (State.APPROVED if operation is M.SEARCH else State.REGISTERING)


def answered(
    uow: UnitOfWork, case_id: UUID, *, operation: MessageKind, answer: RegisterAnswer, now: datetime, tools: Tools,
    minted: Minted,
) -> None:  # fmt: skip
    """Let an answer of the register move the case; an answer that comes too late changes nothing."""
    case, detail = uow.cases.request(case_id, now=now)
    if not still_wanted(uow, case_id, operation, now=now):
        return
    door = Door(uow=uow, actor=Actor.register(), now=now, tools=tools)
    match answer:
        case Found(candidates):
            dossier.keep_candidates(uow, case_id, candidates)
            params = {M.M10: {"problem": "match_review"}}
            patch = _search_over(now, creates=not candidates and detail.kind is RequestKind.REGISTRATION)
            _move(door, (case, detail), T.SEARCH_DONE, params=params, matches=len(candidates), detail=patch)
        case Created():
            _created(door, (case, detail), answer, minted)
        case Existing(candidates):
            dossier.keep_candidates(uow, case_id, candidates)
            _move(door, (case, detail), T.EXISTING_PERSONS, params={M.M10: {"problem": "match_review"}})
        case RegisterRefused(code, text):
            reason, params = Reason(code, text), {M.M10: {"problem": "register_refused"}}
            _move(door, (case, detail), T.PERMANENT_ERROR, reason=reason, params=params)
        case TimedOut() if operation is M.CREATE:
            _move(door, (case, detail), T.OUTCOME_UNKNOWN, detail={"creation_unknown": True})
        case TimedOut() | Down():
            _trouble(door, (case, detail), answer)
        case ByHand():
            return


def candidates(door: Door, ref: str) -> list[dict[str, object]]:
    """Whom the register found, for the person who judges (B1-13). Raises: NotFound, NotPermitted."""
    case, _ = door.uow.cases.request(ref, now=door.now)
    access.refuse_foreign(door.actor, case)
    if Role.SERVICE_DESK not in door.actor.roles:
        raise NotPermitted("same_person", (Role.SERVICE_DESK,))
    found = dossier.value(door.uow, case.id, dossier.CANDIDATES)
    return found if isinstance(found, list) else []


def same_person(door: Door, ref: str, insz: str, minted: Minted) -> Case:
    """The person exists under this number: use it, create nothing (B1-14). Raises: InvalidSubmission."""
    case, detail = _ready_for_hand(door, access.request(door, ref))
    digits = _digits(insz, door)
    created = detail.number_created or detail.creation_unknown
    origin = NumberOrigin.CREATED if created else NumberOrigin.EXISTING
    patch: dict[str, Value] = {"number_origin": origin}
    case, detail = _move(door, (case, detail), T.SAME_PERSON, detail=patch, number_valid=True)
    dossier.keep_number(door.uow, case.id, digits)
    return _finish(door, (case, detail), digits, minted)


def created_by_hand(door: Door, ref: str, insz: str, minted: Minted) -> Case:
    """A desk officer types the number that a register kept by hand gave (B1-17). Raises: InvalidSubmission."""
    loaded = _ready_for_hand(door, access.request(door, ref))
    return _created(door, loaded, Created(_digits(insz, door)), minted)


def different_person(door: Door, ref: str, reason: Reason) -> Case:
    """None of the candidates is this person: create, as confirmed distinct (B1-15)."""
    loaded = access.request(door, ref)
    case, _ = _move(
        door, loaded, T.DIFFERENT_PERSON, reason=reason, all_refused=True, detail=_search_over(door.now, creates=True)
    )
    return case


def insz_replaced(uow: UnitOfWork, case_id: UUID, *, new: str, now: datetime, tools: Tools) -> None:
    """The register replaced the number: keep history, point request and activation to the new one (B1-27)."""
    door = Door(uow=uow, actor=Actor.register(), now=now, tools=tools)
    case, detail = uow.cases.request(case_id, now=now)
    digits = _digits(new, door)
    payload = {"old": dossier.value(uow, case_id, dossier.NUMBER), "new": digits}
    if case.state == State.COMPLETED or case.state == State.REGISTERED:
        _move(door, (case, detail), T.INSZ_REPLACED, payload=payload, number_valid=True)
        dossier.keep_number(uow, case_id, digits)
    if detail.activation_id is not None:
        issuing.repoint(door, detail.activation_id, digits)


def _search_over(now: datetime, *, creates: bool) -> dict[str, Value]:
    """Errors are forgotten; from the moment a creation is owed nothing withdraws the request any more (B1-25, B1-26)."""
    return {"register_errors": 0, "creation_called_at": now} if creates else {"register_errors": 0}


def _trouble(door: Door, loaded: Loaded, answer: Down | TimedOut) -> None:
    errors = loaded[1].register_errors + 1
    code = answer.code if isinstance(answer, Down) else "timeout"
    left = errors < door.tools.policy.register_retries
    _move(
        door, loaded, T.TEMPORARY_ERROR, reason=Reason(code), retries_left=left,
        detail={"register_errors": errors}, params={M.M10: {"problem": "register_down"}},
    )  # fmt: skip


def _created(door: Door, loaded: Loaded, answer: Created, minted: Minted) -> Case:
    insz = answer.insz
    valid, odd = _judged(door, loaded[0].id, insz)
    if odd:
        _keep_apart(door, loaded[0].id, answer)
    patch: dict[str, Value] = {"number_created": True}
    if not odd:
        patch["number_origin"] = NumberOrigin.CREATED
    case, detail = _move(
        door, loaded, T.CREATED, detail=patch, params={M.M10: {"problem": "inconsistent_number"}},
        payload={"inconsistencies": list(odd)} if odd else None, number_valid=valid, number_consistent=not odd,
    )  # fmt: skip
    if odd:
        return case
    dossier.keep_number(door.uow, case.id, insz)
    return _finish(door, (case, detail), insz, minted)


def _keep_apart(door: Door, case_id: UUID, answer: Created) -> None:
    """A number that contradicts the declared person is kept apart; the desk sees it with the register's own fields (B1-17b)."""
    person = dossier.stored(door.uow, case_id).person
    told = Candidate(
        insz=answer.insz,
        given_names=person.given_name or "",
        family_name=person.family_name or "",
        birth_date=answer.birth_date or "",
        sex=answer.sex or "",
    )
    door.uow.people.put(case_id, {dossier.ODD_NUMBER: json.dumps(answer.insz)})
    dossier.keep_candidates(door.uow, case_id, (told,))


def _finish(door: Door, loaded: Loaded, insz: str, minted: Minted) -> Case:
    """From a known number to a started activation and a completed request, in this transaction (B1-21, B1-21b, B1-22)."""
    clock = replace(door, actor=Actor.clock())
    case, detail = loaded
    profile = issuing.profile_of(clock, insz, detail)
    origin = "profile_exists" if profile else str(detail.number_origin)
    params = {M.M4: issuing.words_of_completion(clock, detail, origin=origin)}
    if profile:
        case, _ = _move(clock, loaded, T.ACTIVATION_NOT_NEEDED, params=params, profile_exists=True)
        return case
    case, detail = _move(clock, loaded, T.START_ACTIVATION, detail={"activation_id": minted.case_id})
    issuing.issue_for(clock, (case, detail), insz=insz, minted=minted)
    case, _ = _move(clock, (case, detail), T.COMPLETE, params=params)
    return case


def _ready_for_hand(door: Door, loaded: Loaded) -> Loaded:
    """A typed answer implies the search by hand that led to it, where the register is kept by hand."""
    case, _ = loaded
    if not door.tools.manual_register or case.state != State.APPROVED:
        return loaded
    return _move(
        replace(door, actor=Actor.register()), loaded, T.SEARCH_DONE, detail=_search_over(door.now, creates=True)
    )


def _judged(door: Door, case_id: UUID, insz: str) -> tuple[bool, tuple[str, ...]]:
    """Whether the digits hold together, and every way in which they contradict the declared data (B1-17, B1-17b)."""
    person = dossier.stored(door.uow, case_id).person
    try:
        digits = parse_insz(insz, today=brussels_date(door.now)).digits
    except NumberError as error:
        return False, (error.code,)
    assert person.birth_date is not None
    return True, inconsistencies(digits, birth_date=person.birth_date, sex=person.sex or "unknown", today=door.today)


def _digits(insz: str, door: Door) -> str:
    try:
        return parse_insz(insz, today=door.today).digits
    except NumberError as error:
        raise InvalidSubmission((FieldError("insz", error.code, error.message),)) from None


def _move(
    door: Door,
    loaded: Loaded,
    trigger: T,
    *,
    reason: Reason | None = None,
    detail: Mapping[str, Value] | None = None,
    payload: Mapping[str, object] | None = None,
    params: Mapping[MessageKind, Mapping[str, str]] | None = None,
    **facts_known: object,
) -> Loaded:
    case, request = loaded
    before = access.request_facts(door, case, request)
    facts = replace(before, reason_given=reason is not None, **facts_known)  # type: ignore[arg-type]  # names of Facts
    if trigger is T.COMPLETE:
        facts = replace(facts, activation_exists=True)
    move = Move(
        trigger=trigger, actor=door.actor, now=door.now, reason=reason, payload=payload or {}, detail=detail or {},
        params=params or {},
    )  # fmt: skip
    case = advance(door.uow, case, move, lifecycle=registration, facts=facts, tools=door.tools)
    return case, patched(request, detail or {})
