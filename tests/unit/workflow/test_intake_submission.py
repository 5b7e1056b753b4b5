"""A submission goes to JSON, to single sealed values and back without a loss."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.workflow.intake_example import TODAY, example
from workflow.errors import InvalidSubmission
from workflow.intake import parse_submission
from workflow.intake_fields import FIELD_RULES
from workflow.submission import Submission, changed_paths, flatten, to_json, unflatten

CANARIES = ("Zoë", "Maria", "Dubois", "1985", "Lille", "59000", "zoe.dubois", "61234", "880692", "02004", "anna@")


def submission(changes: dict[str, object] | None = None) -> Submission:
    return parse_submission(example(changes), today=TODAY, complete=True)


def without_nulls(value: object) -> object:
    if isinstance(value, dict):
        return {key: without_nulls(inner) for key, inner in value.items() if inner is not None}
    return value


def test_json_in_and_json_out_are_the_same_without_the_nulls() -> None:
    assert json.loads(json.dumps(to_json(submission()))) == without_nulls(example())


@pytest.mark.parametrize("birth_date", ["1985-07-15", "1985-07", "1985"])
def test_flat_values_give_back_the_same_submission(birth_date: str) -> None:
    filed = submission({"person.birthDate": birth_date, "document.machineReadable": False})

    flat = flatten(filed)

    assert unflatten(flat) == filed
    assert flat["person.birthDate"] == json.dumps(birth_date)
    assert flat["person.otherGivenNames"] == '["Maria"]'
    assert flat["document.machineReadable"] == "false"
    assert set(flat) <= set(FIELD_RULES)


def test_every_field_of_the_file_has_a_place_in_the_submission() -> None:
    everything = example(
        {
            "kind": "reactivation",
            "previous": "AC-2026-00042-X3",
            "person.insz": "85073003328",
            "document.mrz": "P<FRA",
            "document.machineReadable": True,
            "identityCheck.note": "seen twice",
        }
    )

    filed = parse_submission(everything, today=TODAY, complete=True)

    assert set(flatten(filed)) == set(FIELD_RULES)
    assert json.loads(json.dumps(to_json(filed))) == everything


@given(st.text(min_size=1, max_size=40), st.text(min_size=1, max_size=40))
def test_what_was_accepted_once_is_accepted_again_unchanged(name: str, city: str) -> None:
    try:
        filed = submission({"person.familyName": name, "residence.city": city})
    except InvalidSubmission:
        return

    assert parse_submission(to_json(filed), today=TODAY, complete=True) == filed


def test_an_empty_draft_is_an_empty_object() -> None:
    assert to_json(Submission()) == {}
    assert flatten(Submission()) == {}
    assert unflatten({}) == Submission()


def test_values_under_other_paths_are_left_alone() -> None:
    assert unflatten({"insz": '"85073003328"', "person.familyName": '"Dubois"'}).person.family_name == "Dubois"


@pytest.mark.fact("B1-7")
def test_changed_paths_names_what_was_added_changed_or_removed() -> None:
    before = submission()
    after = submission({"person.familyName": "Dupont", "residence.box": None, "identityCheck.note": "seen twice"})

    assert set(changed_paths(before, after)) == {"person.familyName", "residence.box", "identityCheck.note"}
    assert changed_paths(before, replace(before)) == ()


def test_repr_of_a_submission_shows_nobody() -> None:
    filed = repr(submission())

    assert not any(canary in filed for canary in CANARIES)
