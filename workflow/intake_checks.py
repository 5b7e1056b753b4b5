"""What follows from a well-formed submission: a refuted check that stops it, and warnings that never do.

It judges the document on the date of the physical check (domain B4) and reads no clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from identity.countries import ALPHA3_BY_COUNTRY
from identity.documents import CheckStep, Document, StopReason, Validity, first_refuted, judge_validity
from identity.mrz import read_zone
from identity.mrz_compare import TypedFields, differences
from identity.problems import Problem
from identity.typos import holds_letter_o, suspected_host
from workflow.submission import Submission

_PATH_OF_FIELD = {
    "mrz": "document.mrz",
    "family_name": "person.familyName",
    "given_names": "person.givenName",
    "birth_date": "person.birthDate",
    "sex": "person.sex",
    "country": "document.country",
    "number": "document.number",
    "expires_on": "document.expiresOn",
}


@dataclass(frozen=True, slots=True)
class FieldWarning:
    """Something to look at once more, under a stable code; it stops nothing and repeats no value."""

    path: str
    code: str
    message: str


def document_validity(submission: Submission) -> Validity | None:
    """Judge the document on the day of the check; None while a date, the type or the birth date is missing."""
    document, born, checked_on = submission.document, submission.person.birth_date, submission.identity_check.checked_on
    if document.type is None or document.country is None or born is None or checked_on is None:
        return None
    if document.issued_on is None or document.expires_on is None:
        return None
    judged = Document(
        type=document.type,
        country=document.country,
        issued_on=document.issued_on,
        expires_on=document.expires_on,
        machine_readable=document.machine_readable,
    )
    return judge_validity(judged, birth_date=born, checked_on=checked_on)


def first_refuted_step(submission: Submission, validity: Validity | None) -> StopReason | None:
    """Return why the request stops (B1-3), in the order of the five checks; None when nothing is refuted."""
    steps = submission.identity_check.steps
    return first_refuted(
        (
            (CheckStep.PHOTO_PRESENT, steps.photo_present),
            (CheckStep.ON_PRADO, steps.on_prado),
            (CheckStep.PHOTO_MATCHES, steps.photo_matches),
            (CheckStep.AUTHENTIC, steps.authentic),
            (CheckStep.VALID, steps.valid),
        ),
        validity,
    )


def checks_passed(submission: Submission, validity: Validity | None) -> int:
    """Count the checks that passed, in their order, 0 to 5 (B1-2)."""
    steps = submission.identity_check.steps
    lawful = steps.valid and validity is not None and validity.accepted
    answers = (steps.photo_present, steps.on_prado, steps.photo_matches, steps.authentic, lawful)
    return next((place for place, answer in enumerate(answers) if not answer), len(answers))


def warnings(submission: Submission) -> tuple[FieldWarning, ...]:
    """List what an officer should look at once more: the zone, letters O, mail hosts, contradictions."""
    return (*_zone_warnings(submission), *_document_warnings(submission), *_contact_warnings(submission))


def _zone_warnings(submission: Submission) -> Iterator[FieldWarning]:
    if submission.document.mrz is None:
        return
    try:
        zone = read_zone(submission.document.mrz)
    except Problem as unread:
        yield FieldWarning("document.mrz", unread.code, unread.message)
        return
    person, document = submission.person, submission.document
    given = (person.given_name or "", *(person.other_given_names or ()))
    typed = TypedFields(
        family_name=person.family_name,
        given_names=" ".join(given).strip() or None,
        birth_date=person.birth_date,
        sex=person.sex,
        country=document.country,
        number=document.number,
        expires_on=document.expires_on,
    )
    for difference in differences(zone, typed):
        yield FieldWarning(_PATH_OF_FIELD[difference.field], difference.code, difference.message)
    if document.machine_readable is False:
        text = "The document is marked as not machine readable, yet a zone was typed; one of both is wrong."
        yield FieldWarning("document.machineReadable", "not_machine_readable", text)


def _document_warnings(submission: Submission) -> Iterator[FieldWarning]:
    document = submission.document
    if document.number is not None and holds_letter_o(document.number):
        yield FieldWarning(
            "document.number", "letter_o", "The number holds the letter O; make sure that it is not a zero."
        )
    if document.country == "BE":
        text = "Belgium issued this document; make sure that the applicant meets the three conditions."
        yield FieldWarning("document.country", "belgian", text)
    issuer = ALPHA3_BY_COUNTRY.get(document.country or "")
    if issuer is not None and document.prado_id is not None and not document.prado_id.startswith(issuer):
        text = "The PRADO number begins with another country than the document's; compare both."
        yield FieldWarning("document.pradoId", "prado_country", text)


def _contact_warnings(submission: Submission) -> Iterator[FieldWarning]:
    if submission.contact.email is not None and suspected_host(submission.contact.email) is not None:
        text = "The part after the @ is one letter away from a well-known mail service; read it back to the applicant."
        yield FieldWarning("contact.email", "mail_host", text)
