"""Somebody who files a request at the desk page by page, as an end user would."""

from __future__ import annotations

from collections.abc import Mapping

from bisdesk.demo.stage import ANNA
from bisdesk.web.desk.filing.sheets import BY_NAME
from bisdesk.web.desk.filing.sheets import ELIGIBLE as BEGIN
from bisdesk.web.desk.filing.typed import merged
from tests.support import papers
from tests.support.officer import Officer
from tests.support.site import OpenSite
from workflow import filing
from workflow.calendar import brussels_date
from workflow.intake import parse_submission
from workflow.model import Attachment, Slot

ANSWERS: dict[str, dict[str, str]] = {
    "document": {"document.type": "identity_card", "document.country": "FR"},
    "photo": {"identityCheck.steps.photoPresent": "yes"},
    "prado": {"identityCheck.steps.onPrado": "yes", "document.pradoId": "FRA-BO-02004"},
    "likeness": {
        "identityCheck.steps.photoMatches": "yes", "identityCheck.checkedOn.day": "20", "identityCheck.checkedOn.month": "11",
        "identityCheck.checkedOn.year": "2026", "identityCheck.checkedBy": "anna@entity.example",
    },
    "authentic": {"identityCheck.steps.authentic": "yes"},
    "validity": {
        "document.issuedOn.day": "2", "document.issuedOn.month": "5", "document.issuedOn.year": "2019",
        "document.expiresOn.day": "1", "document.expiresOn.month": "5", "document.expiresOn.year": "2029",
        "identityCheck.steps.valid": "yes",
    },
    "zone": {"document.mrz": ""},
    "names": {
        "person.familyName": "Dubois", "person.givenName": "Zoë", "person.otherGivenNames": "Maria, Anne",
        "document.number": "880692310285",
    },
    "birth": {
        "person.birthDate.day": "15", "person.birthDate.month": "7", "person.birthDate.year": "1985",
        "person.birthCountry": "FR", "person.birthPlace": "Lille", "person.sex": "F",
    },
    "address": {
        "residence.country": "FR", "residence.street": "Rue de Paris", "residence.houseNumber": "12",
        "residence.postalCode": "59000", "residence.city": "Lille",
    },
    "contact": {
        "contact.email": "zoe.dubois@example.org", "contact.mobile": "+33 6 12 34 56 78", "contact.language": "fr",
    },
    "purpose": {"purpose": "Toegang tot Vlimpers", "noteNumber": "yes"},
    "papers": {
        "identityCheck.declarationDate.day": "20", "identityCheck.declarationDate.month": "11",
        "identityCheck.declarationDate.year": "2026",
    },
}  # fmt: skip
ELIGIBLE = {
    "eligibility.notBelgian": "yes", "eligibility.notDomiciledInBelgium": "yes", "eligibility.noValidEid": "yes",
    "kind": "registration",
}  # fmt: skip
PAPERS = {"scan": papers.jpeg(), "declaration": papers.pdf()}
ENTITY = "OVO002949"
ZONE = "idfradubois<<<<<<<<<<<<<<<<<<<<<<<<<\n8806923102858ZOE<<MARIE<<<<8507158F8"


def begins(officer: Officer, **changed: str) -> str:
    """Answer the questions that come first; the reference of the draft."""
    officer.goes("/desk/new").sends("/desk/new", **ELIGIBLE | changed)
    return officer.path.split("/")[3] if "/file/" in officer.path else ""


def fills(officer: Officer, ref: str, sheet: str, changed: Mapping[str, str] | None = None) -> Officer:
    """Fill in one page and go on."""
    path = f"/desk/requests/{ref}/file/{sheet}"
    officer.goes(path)
    files = PAPERS if sheet == "papers" else None
    return officer.sends(path, files, **ANSWERS[sheet] | dict(changed or {}))


def draft(site: OpenSite, until: str = "check", changed: Mapping[str, str] | None = None) -> str:
    """A draft as if every page up to one had been filled in; the reference."""
    stage = site.stage
    answers = {"kind": "registration"} | {name: "yes" for name in ELIGIBLE if name.startswith("eligibility")}
    raw = merged({"entity": ENTITY}, BEGIN, answers)
    names = list(ANSWERS)[: list(ANSWERS).index(until) if until in ANSWERS else None]
    for name in names:
        raw = merged(raw, BY_NAME[name], ANSWERS[name] | dict(changed or {}))
    submission = parse_submission(raw, today=brussels_date(stage.now), complete=False)
    held = (
        Attachment(Slot.SCAN, "image/jpeg", PAPERS["scan"]),
        Attachment(Slot.DECLARATION, "application/pdf", PAPERS["declaration"]),
    )
    papers_there = held if "papers" in names else ()
    return stage.act(ANNA, lambda door: filing.draft(door, submission, papers_there)).case.ref


def files(officer: Officer) -> str:
    """A whole request, filled in page by page and sent; the reference."""
    ref = begins(officer)
    for sheet in ANSWERS:
        fills(officer, ref, sheet)
    path = f"/desk/requests/{ref}/file/check"
    officer.goes(path).sends(path)
    return ref
