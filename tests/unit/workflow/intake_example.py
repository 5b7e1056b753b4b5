"""A request file in which everything is right, to be spoiled one place at a time, and what is then said of it."""

from __future__ import annotations

import copy
from datetime import date

import pytest

from workflow.errors import FieldError, InvalidSubmission
from workflow.intake import parse_submission
from workflow.submission import Submission

TODAY = date(2026, 11, 23)

_EXAMPLE: dict[str, object] = {
    "kind": "registration",
    "entity": "OVO002949",
    "officer": "anna@entity.example",
    "purpose": "Toegang tot Vlimpers",
    "noteNumber": False,
    "eligibility": {"notBelgian": True, "notDomiciledInBelgium": True, "noValidEid": True},
    "person": {
        "givenName": "Zoë",
        "otherGivenNames": ["Maria"],
        "familyName": "Dubois",
        "birthDate": "1985-07-15",
        "sex": "F",
        "birthCountry": "FR",
        "birthPlace": "Lille",
    },
    "residence": {
        "country": "FR",
        "postalCode": "59000",
        "city": "Lille",
        "street": "Rue de Paris",
        "houseNumber": "12",
        "box": "3",
    },
    "contact": {"email": "zoe.dubois@example.org", "mobile": "+33612345678", "language": "fr"},
    "document": {
        "type": "identity_card",
        "country": "FR",
        "number": "880692310285",
        "issuedOn": "2019-05-02",
        "expiresOn": "2029-05-01",
        "mrz": None,
        "machineReadable": None,
        "pradoId": "FRA-BO-02004",
    },
    "identityCheck": {
        "checkedOn": "2026-11-20",
        "checkedBy": "anna@entity.example",
        "declarationDate": "2026-11-20",
        "steps": {"photoPresent": True, "onPrado": True, "photoMatches": True, "authentic": True, "valid": True},
        "note": None,
    },
}

MISSING = object()


def example(changes: dict[str, object] | None = None) -> dict[str, object]:
    """Return the example with values set by JSON path; MISSING takes a field away."""
    request = copy.deepcopy(_EXAMPLE)
    for path, value in (changes or {}).items():
        *sections, name = path.split(".")
        place: dict = request
        for section in sections:
            place = place.setdefault(section, {})
        if value is MISSING:
            del place[name]
        else:
            place[name] = value
    return request


def parse(request: object, *, complete: bool = True) -> Submission:
    """The file as it is read on TODAY."""
    return parse_submission(request, today=TODAY, complete=complete)


def wrong(request: object, *, complete: bool = True) -> tuple[FieldError, ...]:
    """The wrong fields of a file that must be refused."""
    with pytest.raises(InvalidSubmission) as refused:
        parse(request, complete=complete)
    return refused.value.fields


def codes(changes: dict[str, object], *, complete: bool = True) -> dict[str, str]:
    """The wrong fields of the example with these changes, by path."""
    return {one.path: one.code for one in wrong(example(changes), complete=complete)}
