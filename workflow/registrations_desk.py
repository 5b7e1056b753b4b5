"""What officers do beside deciding: mend a typo, flag a suspicion, judge an approval afterwards (B1-typo, B1-fraud, B1-audit)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from workflow import access, dossier
from workflow.access import Door
from workflow.advance import Move, advance
from workflow.errors import FieldError, InvalidSubmission
from workflow.intake import parse_submission
from workflow.lifecycles.registration import Trigger as T
from workflow.lifecycles.registration import registration
from workflow.model import Case, Reason, RegistrationRequest
from workflow.ports import Value
from workflow.submission import Submission, changed_paths, to_json

# What a slip of the pen can be in: never the birth date, the document, or where mail and SMS go to (those change the person).
MENDABLE = (
    "person.givenName", "person.otherGivenNames", "person.familyName", "person.birthPlace",
    "residence.postalCode", "residence.city", "residence.street", "residence.houseNumber", "residence.box",
)  # fmt: skip


def correct_typo(door: Door, ref: str, values: Mapping[str, object], *, reason: Reason) -> Case:
    """Mend fields of a request in review; who did it does not approve it (B1-typo).

    Raises: InvalidSubmission for a field that is none of these, is wrong, or does not change.
    """
    _refuse_others(values)
    case, detail = access.request(door, ref)
    before = dossier.stored(door.uow, case.id)
    after = parse_submission(_with(to_json(before), values), today=door.today, complete=True)
    changed = changed_paths(before, after)
    if not changed:
        raise InvalidSubmission(
            tuple(
                FieldError(path, "unchanged", "This is what it says already. Change it, or cancel.") for path in values
            )
        )
    old, new = dict(_plain(to_json(before))), dict(_plain(to_json(after)))
    payload = {
        "changed": list(changed),
        "before": {path: old.get(path) for path in changed},
        "after": {path: new.get(path) for path in changed},
    }
    case = _move(
        door, (case, detail), T.CORRECT_TYPO, reason, detail={"corrected_by": door.actor.user_id}, payload=payload
    )
    dossier.keep(door.uow, case.id, after)
    _hold_contacts_under(door, case, after)
    return case


def flag_fraud(door: Door, ref: str, reason: Reason) -> Case:
    """Tell the team lead of a suspicion, and nobody else (B1-fraud)."""
    patch: dict[str, Value] = {"fraud_suspected_by": door.actor.user_id, "fraud_suspected_at": door.now}
    return _move(door, access.request(door, ref), T.FLAG_FRAUD, reason, detail=patch)


def unflag_fraud(door: Door, ref: str, reason: Reason) -> Case:
    """Lift a suspicion (B1-fraud)."""
    patch: dict[str, Value] = {"fraud_suspected_by": None, "fraud_suspected_at": None}
    return _move(door, access.request(door, ref), T.UNFLAG_FRAUD, reason, detail=patch)


def judge_approval(door: Door, ref: str, reason: Reason) -> Case:
    """Judge an approval afterwards (B1-audit)."""
    patch: dict[str, Value] = {
        "audited_by": door.actor.user_id, "audited_at": door.now, "audit_verdict": reason.code,
    }  # fmt: skip
    return _move(door, access.request(door, ref), T.JUDGE_APPROVAL, reason, detail=patch)


def _move(
    door: Door,
    loaded: tuple[Case, RegistrationRequest],
    trigger: T,
    reason: Reason,
    *,
    detail: Mapping[str, Value],
    payload: Mapping[str, object] | None = None,
) -> Case:
    case, request = loaded
    facts = replace(access.request_facts(door, case, request), reason_given=True)
    move = Move(
        trigger=trigger, actor=door.actor, now=door.now, reason=reason, detail=detail, payload=payload or {}
    )  # fmt: skip
    return advance(door.uow, case, move, lifecycle=registration, facts=facts, tools=door.tools)


def _hold_contacts_under(door: Door, case: Case, after: Submission) -> None:
    """The contacts are held by who the person is by name and birth date: under another name they are another's."""
    taken = door.uow.contacts.reserve(case.id, dossier.claims_of(after), person_key=dossier.key_of(after))
    if taken:
        door.uow.rollback()
        told = "Another file holds this under the name as it was. Send the request back for correction instead."
        raise InvalidSubmission(tuple(FieldError(name, "taken", told) for name in taken))


def _refuse_others(values: Mapping[str, object]) -> None:
    wrong = [
        FieldError(path, "not_mendable", "This is no slip of the pen. Send the request back for correction instead.")
        for path in values
        if path not in MENDABLE
    ]
    if wrong or not values:
        named = "Name at least one field that is to be mended."
        raise InvalidSubmission(tuple(wrong) or (FieldError("fields", "required", named),))


def _with(raw: dict[str, object], values: Mapping[str, object]) -> dict[str, object]:
    for path, value in values.items():
        section, _, name = path.partition(".")
        place = raw.setdefault(section, {})
        assert isinstance(place, dict)
        place[name] = value
    return raw


def _plain(raw: Mapping[str, object], prefix: str = "") -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    for name, value in raw.items():
        found += _plain(value, f"{prefix}{name}.") if isinstance(value, dict) else [(prefix + name, value)]
    return found
