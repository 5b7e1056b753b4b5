"""A request file in which everything is right, to be spoiled one place at a time; nobody in here exists."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from workflow.calendar import brussels_date
from workflow.intake import parse_submission
from workflow.submission import Submission

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # a Monday, ten o'clock in Brussels
ENTITY = "OVO002949"
MISSING = object()

_REQUEST: dict[str, Any] = {
    "kind": "registration",
    "entity": ENTITY,
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

SECOND_PERSON: dict[str, object] = {
    "person.givenName": "Lukas",
    "person.otherGivenNames": MISSING,
    "person.familyName": "Hohenwarter",
    "person.birthDate": "1979-02-03",
    "person.sex": "M",
    "person.birthCountry": "AT",
    "person.birthPlace": "Villach",
    "contact.email": "lukas.hohenwarter@example.org",
    "contact.mobile": "+436641234567",
    "contact.language": "de",
    "document.number": "P1234567",
    "document.type": "passport",
    "document.country": "AT",
    "document.pradoId": "AUT-AO-02001",
}


def request_json(changes: Mapping[str, object] | None = None) -> dict[str, Any]:
    """A request file that is complete and right, with values set by JSON path; MISSING takes a field away."""
    request = copy.deepcopy(_REQUEST)
    for path, value in (changes or {}).items():
        *sections, name = path.split(".")
        place = request
        for section in sections:
            place = place.setdefault(section, {})
        if value is MISSING:
            place.pop(name, None)
        else:
            place[name] = value
    return request


def submission(
    changes: Mapping[str, object] | None = None, *, now: datetime = START, complete: bool = True
) -> Submission:
    """The request file as it is judged at `now`."""
    return parse_submission(request_json(changes), today=brussels_date(now), complete=complete)
