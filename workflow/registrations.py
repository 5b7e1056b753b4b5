"""The service desk's half of a registration request: take, ask, decide, withdraw (B1-5 to B1-11, B1-24 to B1-26).

Each use case has the same beats: load and settle, gather facts, advance.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from workflow import access, dossier
from workflow.access import Door
from workflow.advance import Move, advance
from workflow.calendar import after_days, last_day
from workflow.errors import FieldError, InvalidSubmission
from workflow.intake_fields import FIELD_RULES
from workflow.lifecycles.registration import Trigger as T
from workflow.lifecycles.registration import registration
from workflow.lifecycles.registration_guards import Facts
from workflow.model import Case, Reason, RegistrationRequest, Role
from workflow.outbox import MessageKind
from workflow.ports import Value

M = MessageKind

REASONS: dict[str, tuple[str, ...]] = {
    T.WITHDRAW: ("applicant", "officer", "duplicate", "other"),
    T.REJECT: ("ineligible", "document", "fraud", "duplicate_contact", "other"),
    T.REQUIRE_RECREATE: ("incomplete", "wrong_person", "other"),
    T.CHECK_FAILED: (
        "no_photo", "not_in_prado", "no_likeness", "not_authentic", "expired", "validity_ended_by_law",
    ),
    T.DIFFERENT_PERSON: ("birth_date", "name", "sex", "birth_place", "other"),
    "cancel": ("withdrawal", "wrong_person", "death", "fraud", "code_lost", "key_lost", "undeliverable"),
    "unfreeze": ("was_the_person", "by_mistake", "other"),
    T.CORRECT_TYPO: ("document_says", "transliteration", "other"),
    T.FLAG_FRAUD: ("document", "person", "pattern", "other"),
    T.UNFLAG_FRAUD: ("unfounded", "reported", "other"),
    T.JUDGE_APPROVAL: ("in_order", "remark", "wrong"),
}  # fmt: skip
LONGEST_REASON = 300  # characters of what is said of one field
TEXT_NEEDED = frozenset({"other", "fraud", "remark", "wrong"})
TEXT_ALWAYS = frozenset({T.REJECT, T.CORRECT_TYPO, T.FLAG_FRAUD, T.UNFLAG_FRAUD})  # whose motivation somebody reads


def reason_for(trigger: str, code: str | None, text: str | None) -> Reason:
    """The reason of an action, judged against its list.

    Raises: InvalidSubmission when the code is missing or strange, or a text is needed and missing.
    """
    codes = REASONS[trigger]
    wrong = []
    if code not in codes:
        wrong.append(FieldError("reason", "not_listed", f"Choose a reason for {trigger}: {', '.join(codes)}."))
    if not (text and text.strip()) and (code in TEXT_NEEDED or trigger in TEXT_ALWAYS):
        wrong.append(FieldError("text", "required", "This reason needs a text: say in a sentence what happened."))
    if wrong or code is None:
        raise InvalidSubmission(tuple(wrong))
    return Reason(code, text)


def take(door: Door, ref: str) -> Case:
    """Take a submitted request into review (B1-5)."""
    return _act(door, ref, T.TAKE, assign=door.actor.user_id)


def release(door: Door, ref: str) -> Case:
    """Put a request in review back on the pile (B1-5b)."""
    return _act(door, ref, T.RELEASE, unassign=True)


def reassign(door: Door, ref: str, *, to: UUID) -> Case:
    """Give a request in review to a colleague who did not file it (B1-5b). Raises: InvalidSubmission outside the desk."""
    loaded = access.request(door, ref)
    if to != loaded[1].filer and Role.SERVICE_DESK not in door.uow.directory.by_id(to).roles:
        raise InvalidSubmission((FieldError("to", "not_service_desk", "Choose a colleague of the service desk."),))
    return _move(door, loaded, T.REASSIGN, assign=to, assignee_to_be=to)


def request_info(
    door: Door, ref: str, *, fields: tuple[str, ...], text: str, reasons: Mapping[str, str] | None = None
) -> Case:
    """Send a request back for corrections: which fields, and why: for each of them, for all of them, or both (B1-6, E15).

    Raises: InvalidSubmission for a strange field, or one of which nothing says what is wrong.
    """
    own = {path: " ".join(why.split()) for path, why in (reasons or {}).items() if why.strip()}
    refuse_strange_remarks(fields, text, own)
    case, detail = access.request(door, ref)
    told: dict[str, object] = {"fields": list(fields), "text": text}
    case = _move(
        door, (case, detail), T.REQUEST_INFO,
        detail={"open_remarks": len(fields)}, payload=told | ({"reasons": own} if own else {}),
        params={M.M5: {"answer_until": answer_until(door)}}, unassign=True, fields_named=True,
    )  # fmt: skip
    remarks = {
        dossier.REMARK_FIELDS: json.dumps(list(fields)),
        dossier.REMARK_TEXT: json.dumps(text, ensure_ascii=False),
        dossier.REMARK_REASONS: json.dumps(own, ensure_ascii=False),
    }
    door.uow.people.put(case.id, remarks | {dossier.CHANGED: "[]"})
    return case


def answer_until(door: Door) -> str:
    """The last day on which a request that goes back now can be corrected, as M5 prints it."""
    return last_day(after_days(door.now, door.tools.policy.info_days)).isoformat()


def require_recreate(door: Door, ref: str, reason: Reason) -> Case:
    """End a request that has to be made anew (B1-9)."""
    return _act(door, ref, T.REQUIRE_RECREATE, reason=reason, params=_ended("rejected", reason.code, recreate="yes"))


def reject(door: Door, ref: str, reason: Reason) -> Case:
    """End a request for good (B1-10); a number that was created stays on record and becomes a task for the KSZ."""
    params = _ended("rejected", reason.code) | {M.M10: {"problem": "ksz_correction"}}
    return _act(door, ref, T.REJECT, reason=reason, params=params)


def is_resident(door: Door, ref: str) -> Case:
    """End a request whose person turned out to be an active resident or Belgian (B1-16)."""
    return _act(door, ref, T.IS_RESIDENT, params=_ended("rejected", "resident"))


def withdraw(door: Door, ref: str, reason: Reason) -> Case:
    """Withdraw a request before its number is created (B1-24, B1-25); afterwards it is refused (B1-26)."""
    return _act(door, ref, T.WITHDRAW, reason=reason, params=_ended("withdrawn", reason.code))


def approve(door: Door, ref: str, *, extension_confirmed: bool) -> Case:
    """Approve a request by a second pair of eyes and let the register be searched (B1-11)."""
    case, detail = access.request(door, ref)
    submission = dossier.stored(door.uow, case.id)
    unique = not submission.person.birth_date or not door.uow.contacts.taken(
        dossier.claims_of(submission), person_key=dossier.key_of(submission)
    )
    confirmed = extension_confirmed or detail.extension_confirmed
    return _move(
        door, (case, detail), T.APPROVE,
        detail={
            "extension_confirmed": confirmed and detail.extended_by_law, "register_errors": 0,
            "approved_by": door.actor.user_id, "approved_at": door.now,
        },
        contacts_unique=unique, extension_confirmed=confirmed,
    )  # fmt: skip


def retry(door: Door, ref: str) -> Case:
    """Ask the register again after an alarm: it is always searched first (B1-19)."""
    return _act(door, ref, T.RETRY, detail={"register_errors": 0})


def _act(door: Door, ref: str, trigger: T, **how: object) -> Case:
    return _move(door, access.request(door, ref), trigger, **how)  # type: ignore[arg-type]  # checked by _move's own signature


def _move(
    door: Door,
    loaded: tuple[Case, RegistrationRequest],
    trigger: T,
    *,
    reason: Reason | None = None,
    detail: Mapping[str, Value] | None = None,
    payload: Mapping[str, object] | None = None,
    params: Mapping[MessageKind, Mapping[str, str]] | None = None,
    assign: UUID | None = None,
    unassign: bool = False,
    assignee_to_be: UUID | None = None,
    fields_named: bool = False,
    contacts_unique: bool = False,
    extension_confirmed: bool = False,
) -> Case:
    case, request = loaded
    facts: Facts = replace(
        access.request_facts(door, case, request),
        reason_given=reason is not None,
        assignee_to_be=assignee_to_be,
        fields_named=fields_named,
        contacts_unique=contacts_unique,
        extension_confirmed=extension_confirmed,
    )
    move = Move(
        trigger=trigger, actor=door.actor, now=door.now, reason=reason, payload=payload or {}, detail=detail or {},
        params=params or {}, assign=assign, unassign=unassign,
    )  # fmt: skip
    return advance(door.uow, case, move, lifecycle=registration, facts=facts, tools=door.tools)


def _ended(outcome: str, reason: str, *, recreate: str = "no") -> dict[MessageKind, dict[str, str]]:
    return {M.M6: {"outcome": outcome, "reason": reason, "recreate": recreate}}


def refuse_strange_remarks(fields: tuple[str, ...], text: str, reasons: Mapping[str, str]) -> None:
    """Raises: InvalidSubmission for a field that is none, a reason of a field that is not named, or nothing said of one."""
    wrong = [
        FieldError(f"fields.{place}", "unknown_field", "A request has no such field. Use its JSON path, like person.birthDate.")
        for place, name in enumerate(fields)
        if name not in FIELD_RULES and name not in ("scan", "declaration")
    ]  # fmt: skip
    wrong += [
        FieldError(
            f"reason.{path}", "unknown_field", "Name the field as well: --set fields=contact.email,person.birthDate."
        )
        for path in reasons
        if path not in fields
    ]
    wrong += [
        FieldError(f"reason.{path}", "too_long", f"Write at most {LONGEST_REASON} characters for one field.")
        for path, why in reasons.items()
        if len(why) > LONGEST_REASON
    ]
    if not fields:
        wrong.append(
            FieldError("fields", "required", "Name at least one field: --set fields=contact.email,person.birthDate.")
        )
    if not text.strip() and not (fields and set(fields) <= set(reasons)):
        wrong.append(
            FieldError(
                "text", "required", "Say what is wrong with the fields: --text, or --set reason.person.birthDate=..."
            )
        )
    if wrong:
        raise InvalidSubmission(tuple(wrong))
