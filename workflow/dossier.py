"""What is kept of a person with a request: read back, compared, indexed; the only file that knows the paths it lies under.

The request's own fields lie under their JSON paths; what the desk and the register added lies under `review.` and `register.`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from uuid import UUID

from identity.contact import email_key
from identity.matching import person_key, search_keys
from identity.transliteration import plain
from workflow.identity_register import Candidate
from workflow.model import ContactClaim
from workflow.ports import UnitOfWork
from workflow.submission import Submission, flatten, unflatten

NUMBER = "register.insz"
ODD_NUMBER = "register.inconsistentInsz"  # kept apart, never sent (B1-17b)
CANDIDATES = "register.candidates"
REMARK_FIELDS, REMARK_TEXT, CHANGED = "review.fields", "review.text", "review.changed"
REMARK_REASONS = "review.reasons"  # by path, where a field has its own
_ADDED = ("review.", "register.")


def stored(uow: UnitOfWork, case_id: UUID) -> Submission:
    """The submission as it is kept, sealed values opened."""
    return unflatten(uow.people.get(case_id))


def keep(uow: UnitOfWork, case_id: UUID, submission: Submission) -> None:
    """Replace the request's fields and its blind index, leave what desk and register added."""
    added = {path: text for path, text in uow.people.get(case_id).items() if path.startswith(_ADDED)}
    uow.people.replace(case_id, flatten(submission) | added, prefix="")
    person, number = submission.person, submission.document.number
    if person.family_name and person.birth_date:
        uow.people.index(case_id, "phonetic", search_keys(person.family_name, person.birth_date.year))
    if number:
        uow.people.index(case_id, "document", (f"{submission.document.country}|{plain(number).replace(' ', '')}",))


def claims_of(submission: Submission) -> tuple[ContactClaim, ...]:
    """What must be unique per person over open requests and profiles (AM3-2)."""
    contact = submission.contact
    claims = (
        ContactClaim("contact.email", email_key(contact.email)) if contact.email else None,
        ContactClaim("contact.mobile", contact.mobile) if contact.mobile else None,
    )
    return tuple(claim for claim in claims if claim)


def key_of(submission: Submission) -> str:
    """The key that tells the person's own older record from somebody else's (B4)."""
    person = submission.person
    assert person.birth_date is not None
    return person_key(person.family_name or "", person.given_name or "", person.birth_date)


def keep_number(uow: UnitOfWork, case_id: UUID, insz: str) -> None:
    """Seal the number and index its keyed hash, which outlives the purge (B1-23)."""
    uow.people.put(case_id, {NUMBER: json.dumps(insz)})
    uow.people.index(case_id, "insz", (insz,))


def keep_candidates(uow: UnitOfWork, case_id: UUID, candidates: Sequence[Candidate]) -> None:
    """Seal whom the register found, for the person who judges (B1-13)."""
    rows = [
        {
            "insz": found.insz,
            "givenNames": found.given_names,
            "familyName": found.family_name,
            "birthDate": found.birth_date,
            "sex": found.sex,
            "birthPlace": found.birth_place,
            "activeResident": found.active_resident,
        }
        for found in candidates
    ]
    uow.people.put(case_id, {CANDIDATES: json.dumps(rows, ensure_ascii=False)})


def value(uow: UnitOfWork, case_id: UUID, path: str) -> object:
    """One value that desk or register added, or None."""
    text = uow.people.get(case_id).get(path)
    return None if text is None else json.loads(text)
