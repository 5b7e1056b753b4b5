"""A request file is judged as a whole: every wrong field at once, by its JSON path."""

from __future__ import annotations

from datetime import date

import pytest

from identity.dates import PartialDate
from identity.documents import DocumentType
from tests.unit.workflow.intake_example import MISSING, codes, example, parse, wrong
from workflow.intake_fields import FIELD_RULES
from workflow.model import Language, RequestKind
from workflow.submission import Submission

REQUIRED = [
    "kind",
    "entity",
    "purpose",
    "eligibility.notBelgian",
    "eligibility.notDomiciledInBelgium",
    "eligibility.noValidEid",
    "person.givenName",
    "person.familyName",
    "person.birthDate",
    "person.sex",
    "person.birthCountry",
    "person.birthPlace",
    "residence.country",
    "residence.city",
    "residence.street",
    "contact.email",
    "contact.mobile",
    "contact.language",
    "document.type",
    "document.country",
    "document.number",
    "document.issuedOn",
    "document.expiresOn",
    "document.pradoId",
    "identityCheck.checkedOn",
    "identityCheck.checkedBy",
    "identityCheck.declarationDate",
    "identityCheck.steps.photoPresent",
    "identityCheck.steps.onPrado",
    "identityCheck.steps.photoMatches",
    "identityCheck.steps.authentic",
    "identityCheck.steps.valid",
]
OPTIONAL = [
    "officer",
    "noteNumber",
    "person.otherGivenNames",
    "residence.postalCode",
    "residence.houseNumber",
    "residence.box",
    "document.mrz",
    "document.machineReadable",
    "identityCheck.note",
]


@pytest.mark.fact("3.27", "B1-4")
def test_a_complete_request_is_read_into_typed_values() -> None:
    submission = parse(example())

    assert submission.kind is RequestKind.REGISTRATION
    assert submission.person.given_name == "Zoë"
    assert submission.person.other_given_names == ("Maria",)
    assert submission.person.birth_date == PartialDate(1985, 7, 15)
    assert submission.contact.language is Language.FR
    assert submission.contact.mobile == "+33612345678"
    assert submission.document.type is DocumentType.IDENTITY_CARD
    assert submission.document.expires_on == date(2029, 5, 1)
    assert submission.identity_check.steps.valid is True
    assert submission.note_number is False


@pytest.mark.fact("AM3-1", "3.27", "B1-4")
@pytest.mark.parametrize("value", [MISSING, None, "", "  "])
@pytest.mark.parametrize("path", REQUIRED)
def test_a_required_field_that_is_not_filled_in_is_named(path: str, value: object) -> None:
    assert codes({path: value}) == {path: "required"}


@pytest.mark.fact("AM3-1")
@pytest.mark.parametrize("value", [MISSING, None, ""])
@pytest.mark.parametrize("path", OPTIONAL)
def test_what_exists_only_for_some_may_be_left_out(path: str, value: object) -> None:
    assert parse(example({path: value}))


@pytest.mark.fact("AM3-7")
def test_the_number_is_not_noted_unless_the_officer_asks() -> None:
    assert parse(example({"noteNumber": MISSING})).note_number is False
    assert parse(example({"noteNumber": True})).note_number is True


@pytest.mark.fact("3.30")
def test_a_draft_may_miss_everything_and_still_not_be_wrong() -> None:
    assert parse({}, complete=False) == Submission()
    assert {one.code for one in wrong({})} == {"required"}
    assert wrong({"person": {"birthDate": "soon"}}, complete=False)[0].path == "person.birthDate"


def test_an_empty_request_names_every_required_field_at_once() -> None:
    named = [one.path for one in wrong({})]

    assert set(named) == set(REQUIRED) - {"document.pradoId"}
    assert named == [path for path in FIELD_RULES if path in named]


@pytest.mark.fact("3.16")
@pytest.mark.parametrize("condition", ["notBelgian", "notDomiciledInBelgium", "noValidEid"])
def test_each_condition_on_the_applicant_has_its_own_explanation(condition: str) -> None:
    (refusal,) = wrong(example({f"eligibility.{condition}": False}))
    others = {wrong(example({f"eligibility.{name}": False}))[0].message for name in ("notBelgian", "noValidEid")}

    assert (refusal.path, refusal.code) == (f"eligibility.{condition}", "not_eligible")
    assert len(others) == 2


@pytest.mark.fact("3.16", "B1-4")
def test_somebody_who_lives_in_belgium_is_sent_to_the_municipality() -> None:
    (refusal,) = wrong(example({"residence.country": "BE", "residence.postalCode": "1000"}))

    assert refusal.code == "lives_in_belgium"
    assert "municipality" in refusal.message


@pytest.mark.fact("3.17")
def test_a_request_without_a_purpose_is_refused() -> None:
    assert codes({"purpose": MISSING}) == {"purpose": "required"}


@pytest.mark.fact("3.21")
def test_a_driving_licence_is_refused_with_an_explanation_of_its_own() -> None:
    (refusal,) = wrong(example({"document.type": "driving_licence"}))

    assert refusal.code == "driving_licence"
    assert "passport" in refusal.message
    assert "identity card" in refusal.message
    assert codes({"document.type": "residence_permit"}) == {"document.type": "choice"}


@pytest.mark.fact("3.27")
@pytest.mark.parametrize("language", ["nl", "fr", "de", "en"])
def test_the_four_languages_are_accepted(language: str) -> None:
    assert parse(example({"contact.language": language})).contact.language == language


@pytest.mark.fact("AM3-1")
@pytest.mark.parametrize("sex", ["F", "M", "X", "unknown"])
def test_the_four_answers_for_sex_are_accepted(sex: str) -> None:
    assert parse(example({"person.sex": sex})).person.sex == sex


def test_a_section_of_the_wrong_type_is_one_fault_and_not_one_for_each_of_its_fields() -> None:
    assert codes({"person": "Zoë Dubois"}) == {"person": "type"}


@pytest.mark.parametrize("request_value", [None, [], "text", 5, True])
def test_a_file_that_holds_no_object_is_refused_as_a_whole(request_value: object) -> None:
    (refusal,) = wrong(request_value)

    assert (refusal.path, refusal.code) == ("$", "type")


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("nickname", "nickname"),
        ("person.nationality", "person.nationality"),
        ("identityCheck.steps.photo", "identityCheck.steps.photo"),
    ],
)
def test_an_unknown_field_is_named_so_that_no_typo_vanishes(path: str, shown: str) -> None:
    assert codes({path: "x"}) == {shown: "unknown_field"}
    assert codes({path: None}, complete=False) == {shown: "unknown_field"}


@pytest.mark.fact("B1-2")
def test_the_prado_document_number_is_required_once_the_document_is_on_prado() -> None:
    assert codes({"document.pradoId": None}) == {"document.pradoId": "required"}
    assert parse(example({"document.pradoId": None, "identityCheck.steps.onPrado": False}))


@pytest.mark.fact("B1-3", "3.22")
def test_a_refuted_check_is_no_wrong_field_and_later_checks_need_no_answer() -> None:
    stopped = parse(example({"identityCheck.steps": {"photoPresent": False}, "document.pradoId": None}))

    assert stopped.identity_check.steps.photo_present is False


@pytest.mark.fact("B1-4")
@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"identityCheck.declarationDate": "2026-11-19"}, "identityCheck.declarationDate"),
        ({"document.issuedOn": "2026-11-21"}, "document.issuedOn"),
        ({"document.issuedOn": "1985-07-14"}, "document.issuedOn"),
        ({"document.expiresOn": "2019-05-01"}, "document.expiresOn"),
    ],
)
def test_dates_that_cannot_follow_each_other_are_named(changes: dict[str, object], path: str) -> None:
    assert codes(changes) == {path: "date_order"}
    assert codes(changes, complete=False) == {path: "date_order"}


@pytest.mark.fact("B1-4")
def test_check_declaration_and_issue_may_fall_on_one_day() -> None:
    assert parse(example({"document.issuedOn": "2026-11-20", "identityCheck.declarationDate": "2026-11-23"}))


def test_former_states_are_birth_countries_and_nothing_else() -> None:
    assert parse(example({"person.birthCountry": "SU"})).person.birth_country == "SU"
    assert codes({"document.country": "YU"}) == {"document.country": "country"}


@pytest.mark.fact("B2-16")
def test_only_a_reactivation_names_an_existing_number_and_an_earlier_activation() -> None:
    earlier = {"person.insz": "85.07.30-033.28", "previous": "AC-2026-00042-X3"}

    reactivation = parse(example(earlier | {"kind": "reactivation"}))

    assert reactivation.person.insz == "85073003328"
    assert reactivation.previous == "AC-2026-00042-X3"
    assert codes(earlier) == {"person.insz": "only_reactivation", "previous": "only_reactivation"}
    assert parse(example({"kind": "reactivation"})).person.insz is None


@pytest.mark.fact("B2-16")
def test_a_mistyped_existing_number_is_a_wrong_field() -> None:
    changes = {"kind": "reactivation", "person.insz": "85.07.30-033.29"}

    assert codes(changes) == {"person.insz": "check_digits"}


@pytest.mark.fact("3.27")
def test_contact_data_are_kept_as_typed_and_in_e164() -> None:
    contact = parse(example({"contact.email": " Zoe@Example.org ", "contact.mobile": "0470 12 34 56"})).contact

    assert (contact.email, contact.mobile) == ("Zoe@Example.org", "+32470123456")
