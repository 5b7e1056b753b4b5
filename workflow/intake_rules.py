"""What must hold between the fields of a request file, each judged only where its fields are there.

It reads a built submission; the look of a single field is the matter of intake_fields.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from identity.postcodes import refuse_foreign_shape
from identity.problems import Problem
from workflow.errors import FieldError
from workflow.model import RequestKind
from workflow.submission import Submission

STEP_NAMES = ("photoPresent", "onPrado", "photoMatches", "authentic", "valid")

_Rule = Callable[[Submission], Iterator[FieldError]]


def rule_errors(submission: Submission) -> Iterator[FieldError]:
    """Yield every broken rule between fields that are filled in, draft or not."""
    for rule in _RULES:
        yield from rule(submission)


def completeness_errors(submission: Submission) -> Iterator[FieldError]:
    """Yield what a complete request lacks beyond its plainly required fields."""
    steps = submission.identity_check.steps
    answers = (steps.photo_present, steps.on_prado, steps.photo_matches, steps.authentic, steps.valid)
    for name, answer in zip(STEP_NAMES, answers, strict=True):
        if answer is False:
            # The procedure ends at the first "no" (3.22-3.26): the later checks were not made.
            break
        if answer is None:
            yield FieldError(f"identityCheck.steps.{name}", "required", "Make this check, and answer true or false.")
    if steps.on_prado and submission.document.prado_id is None:
        yield FieldError("document.pradoId", "required", "Copy the number of the document from PRADO (B1-2).")


def _residence_is_abroad(submission: Submission) -> Iterator[FieldError]:
    if submission.residence.country == "BE":
        text = "Somebody who lives in Belgium registers with the municipality; the Bisdesk serves people living abroad."
        yield FieldError("residence.country", "lives_in_belgium", text)


def _postcode_fits(submission: Submission) -> Iterator[FieldError]:
    residence = submission.residence
    if residence.postal_code is None or residence.country is None:
        return
    try:
        refuse_foreign_shape(residence.postal_code, residence.country)
    except Problem as wrong:
        yield FieldError("residence.postalCode", wrong.code, wrong.message)


def _document_dates_follow(submission: Submission) -> Iterator[FieldError]:
    document, checked_on = submission.document, submission.identity_check.checked_on
    born = submission.person.birth_date
    if _before(checked_on, document.issued_on):
        text = "A document cannot be issued after it was checked."
        yield FieldError("document.issuedOn", "date_order", text)
    if _before(document.issued_on, born.first_day if born is not None else None):
        yield FieldError("document.issuedOn", "date_order", "A document cannot be issued before its holder was born.")
    if _before(document.expires_on, document.issued_on):
        yield FieldError("document.expiresOn", "date_order", "A document cannot expire before it was issued.")


def _declaration_follows_check(submission: Submission) -> Iterator[FieldError]:
    check = submission.identity_check
    if _before(check.declaration_date, check.checked_on):
        text = "The declaration is signed on the day of the check or later (B1-4)."
        yield FieldError("identityCheck.declarationDate", "date_order", text)


def _earlier_registration(submission: Submission) -> Iterator[FieldError]:
    if submission.kind is not RequestKind.REGISTRATION:
        return
    text = "This belongs to a request of the kind reactivation; leave it out or change the kind."
    if submission.person.insz is not None:
        yield FieldError("person.insz", "only_reactivation", text)
    if submission.previous is not None:
        yield FieldError("previous", "only_reactivation", text)


def _before(day: date | None, other: date | None) -> bool:
    return day is not None and other is not None and day < other


_RULES: tuple[_Rule, ...] = (
    _residence_is_abroad,
    _postcode_fits,
    _document_dates_follow,
    _declaration_follows_check,
    _earlier_registration,
)
