"""A refuted check stops a well-formed submission; a doubt only warns."""

from __future__ import annotations

import pytest

from identity.documents import StopReason, Verdict
from tests.unit.workflow.intake_example import TODAY, example
from workflow.intake import parse_submission
from workflow.intake_checks import checks_passed, document_validity, first_refuted_step, warnings
from workflow.submission import Submission

FRENCH_ZONE = "IDFRABERTHIER<<<<<<<<<<<<<<<<<<<<<<<\n8806923102858CORINNE<<<<<<<6512068F6"


def submission(changes: dict[str, object] | None = None, *, complete: bool = True) -> Submission:
    return parse_submission(example(changes), today=TODAY, complete=complete)


def stop_of(changes: dict[str, object]) -> StopReason | None:
    filed = submission(changes)
    return first_refuted_step(filed, document_validity(filed))


def warned(changes: dict[str, object]) -> set[str]:
    return {warning.path for warning in warnings(submission(changes))}


def test_a_request_in_order_stops_nowhere_and_warns_of_nothing() -> None:
    assert stop_of({}) is None
    assert warnings(submission()) == ()


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        pytest.param("photoPresent", StopReason.NO_PHOTO, marks=pytest.mark.fact("3.22", "B1-3")),
        pytest.param("onPrado", StopReason.NOT_IN_PRADO, marks=pytest.mark.fact("3.23", "B1-3")),
        pytest.param("photoMatches", StopReason.NO_LIKENESS, marks=pytest.mark.fact("3.24", "B1-3")),
        pytest.param("authentic", StopReason.NOT_AUTHENTIC, marks=pytest.mark.fact("3.25", "B1-3")),
        pytest.param("valid", StopReason.EXPIRED, marks=pytest.mark.fact("3.26", "B1-3")),
    ],
)
def test_a_false_step_stops_with_its_reason(step: str, reason: StopReason) -> None:
    assert stop_of({f"identityCheck.steps.{step}": False}) is reason


@pytest.mark.fact("3.26", "AM3-5", "B1-3")
def test_a_document_that_expired_before_the_check_is_refuted_though_marked_valid() -> None:
    assert stop_of({"document.expiresOn": "2026-11-19"}) is StopReason.EXPIRED
    assert stop_of({"document.expiresOn": "2026-11-20"}) is None


@pytest.mark.fact("3.26")
def test_validity_is_judged_on_the_day_of_the_check_and_not_of_filing() -> None:
    assert stop_of({"document.expiresOn": "2026-11-21"}) is None


@pytest.mark.fact("B1-3")
@pytest.mark.parametrize("answer", [True, False])
def test_a_card_ended_by_law_is_refuted_with_that_reason(answer: bool) -> None:
    paper = {
        "document.country": "IT",
        "document.pradoId": "ITA-BO-02001",
        "document.machineReadable": False,
        "identityCheck.steps.valid": answer,
    }

    assert stop_of(paper) is StopReason.VALIDITY_ENDED_BY_LAW


@pytest.mark.fact("3.26")
def test_a_french_card_extended_by_law_passes_and_says_so() -> None:
    filed = submission({"document.issuedOn": "2012-06-01", "document.expiresOn": "2022-05-31"})
    validity = document_validity(filed)

    assert validity is not None
    assert validity.verdict is Verdict.EXTENDED_BY_LAW
    assert first_refuted_step(filed, validity) is None
    assert checks_passed(filed, validity) == 5


@pytest.mark.fact("B1-2")
def test_checks_count_in_their_order_until_the_first_that_did_not_pass() -> None:
    filed = submission({"identityCheck.steps.photoMatches": False})
    expired = submission({"document.expiresOn": "2026-11-19"})

    assert checks_passed(submission(), document_validity(submission())) == 5
    assert checks_passed(filed, document_validity(filed)) == 2
    assert checks_passed(expired, document_validity(expired)) == 4


def test_a_draft_without_a_document_has_no_validity() -> None:
    assert document_validity(submission({"document.type": None}, complete=False)) is None


def test_a_draft_without_dates_has_no_validity_and_refutes_nothing() -> None:
    draft = submission({"document.issuedOn": None, "identityCheck.steps": {}}, complete=False)

    assert document_validity(draft) is None
    assert first_refuted_step(draft, None) is None
    assert checks_passed(draft, None) == 0


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"document.number": "88O692310285"}, "document.number"),
        ({"contact.email": "zoe@homtail.com"}, "contact.email"),
        ({"document.mrz": "P<FRA"}, "document.mrz"),
        ({"document.mrz": "?" * 88}, "document.mrz"),
        ({"document.pradoId": "ITA-BO-02001"}, "document.pradoId"),
        ({"document.country": "BE", "document.pradoId": "BEL-BO-02001"}, "document.country"),
    ],
)
def test_a_doubt_warns_on_its_field_and_stops_nothing(changes: dict[str, object], path: str) -> None:
    assert path in warned(changes)
    assert stop_of(changes) is None


def test_a_zone_that_says_something_else_warns_on_each_differing_field() -> None:
    assert warned({"document.mrz": FRENCH_ZONE}) == {"person.familyName", "person.givenName", "person.birthDate"}


def test_a_zone_that_agrees_with_what_was_typed_warns_of_nothing() -> None:
    agreeing = {
        "document.mrz": FRENCH_ZONE,
        "person.familyName": "Berthier",
        "person.givenName": "Corinne",
        "person.otherGivenNames": [],
        "person.birthDate": "1965-12-06",
    }

    assert warned(agreeing) == set()


def test_a_typed_zone_on_a_card_said_to_have_none_is_a_contradiction() -> None:
    assert "document.machineReadable" in warned({"document.mrz": FRENCH_ZONE, "document.machineReadable": False})


def test_warnings_never_repeat_what_was_typed() -> None:
    told = warnings(submission({"document.mrz": FRENCH_ZONE, "contact.email": "zoe@homtail.com"}))

    assert told
    assert not any(value in one.message for one in told for value in ("Dubois", "BERTHIER", "homtail", "8806"))
