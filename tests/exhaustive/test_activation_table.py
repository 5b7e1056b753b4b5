"""The table of an activation against the handbook: every row, every condition, every cell."""

from __future__ import annotations

import pytest

from tests.exhaustive import activation_rows as handbook
from tests.exhaustive.asking import Subject, Walk, agrees, condition_cases, row_cases
from tests.exhaustive.table import NOT_ALLOWED, NOT_PERMITTED, Expected, Moved, Need, Refused
from workflow.lifecycles.activation import State, Trigger, activation
from workflow.lifecycles.activation_guards import Facts
from workflow.model import NEW, KeyKind, Role

CELLS = 29_770  # states x triggers x roles x answers to every condition, on two backgrounds
ACTIVATION = Subject(activation, Facts, handbook.ROWS, handbook.STATES)
ROWS, CONDITIONS = row_cases(handbook.ROWS), condition_cases(handbook.ROWS)


@pytest.fixture(scope="module")
def walk() -> Walk[Facts]:
    return ACTIVATION.walk()


@pytest.mark.parametrize("row", ROWS)
def test_a_row_leads_where_the_handbook_says_with_all_its_consequences(row: Expected) -> None:
    assert ACTIVATION.consequences_of(row) == {(Moved(row.row, row.target(state)), row.then) for state in row.source}


@pytest.mark.parametrize(("row", "condition"), CONDITIONS)
def test_a_row_does_not_apply_when_only_this_condition_fails(row: Expected, condition: Need) -> None:
    outcomes = list(ACTIVATION.without(row, condition))

    assert outcomes
    assert all(agrees(told, expected) for told, expected in outcomes), outcomes


def test_every_state_trigger_role_and_outcome_of_the_conditions_is_as_the_handbook_says(walk: Walk[Facts]) -> None:
    assert walk.differences == ()
    assert walk.cells == CELLS


def test_every_row_of_the_table_applied_somewhere(walk: Walk[Facts]) -> None:
    assert walk.rows == set(activation.rows)


def test_the_table_has_the_conditions_of_the_handbook_and_no_others() -> None:
    expected = {condition.guard for row in handbook.ROWS for condition in row.needs}

    assert {guard.name for row in activation.rows for guard in row.when} == expected


def test_the_expected_table_names_exactly_the_states_and_triggers_that_there_are() -> None:
    assert set(handbook.STATES) == {NEW, *State}
    assert set(handbook.TRIGGERS) == set(Trigger)


def test_every_row_that_the_handbook_has_not_says_why_it_is_there() -> None:
    assert all(row.why for row in handbook.ADDED)
    assert not any(row.why for row in handbook.HANDBOOK)


@pytest.mark.fact("R4")
@pytest.mark.parametrize(
    ("holds", "first_told"),
    [
        ({}, "before_the_limit"),
        ({"before_limit": True}, "link_is_valid"),
        ({"before_limit": True, "before_expiry": True}, "tries_are_left"),
    ],
)
def test_a_try_is_refused_for_the_limit_then_the_link_then_the_tries(holds: dict[str, bool], first_told: str) -> None:
    told, _ = ACTIVATION.ask("awaiting_code", "count_try", roles=frozenset({Role.APPLICANT}), facts=holds)

    assert told == Refused(frozenset({first_told}))


@pytest.mark.fact("B2-11", "B2-13")
@pytest.mark.parametrize(("state", "trigger"), [("profile_activated", "choose_key"), ("active", "add_key")])
@pytest.mark.parametrize(
    ("holds", "first_told"),
    [
        ({"frozen": True}, "is_not_frozen"),
        ({}, "sms_key_is_possible"),
        ({"has_mobile": True, "sms_paused": True}, "sms_pause_is_over"),
    ],
)
def test_who_chooses_a_key_by_sms_is_told_what_is_wrong_with_that_and_not_with_the_app(
    state: str, trigger: str, holds: dict[str, bool], first_told: str
) -> None:
    known = {"key_kind": KeyKind.SMS, "signed_in": True, "account_ok": True}

    told, _ = ACTIVATION.ask(state, trigger, roles=frozenset({Role.APPLICANT}), facts={**known, **holds})

    assert told == Refused(frozenset({first_told}))


@pytest.mark.fact("B2-2b")
@pytest.mark.parametrize("trigger", ["open_link", "count_try", "submit_code", "malformed_code"])
def test_before_link_and_code_are_handed_over_nothing_is_opened_counted_or_judged(trigger: str) -> None:
    everything = {"before_limit": True, "before_expiry": True, "tries_left": True, "code_matches": True}

    told, _ = ACTIVATION.ask("issuing", trigger, roles=frozenset({Role.APPLICANT}), facts=everything)

    assert told == NOT_ALLOWED


@pytest.mark.fact("B2-5", "R4")
@pytest.mark.parametrize("state", [state for state in handbook.STATES if state != "awaiting_code"])
def test_no_code_is_counted_or_judged_anywhere_but_where_it_is_awaited(state: str) -> None:
    for trigger in ("count_try", "submit_code", "malformed_code"):
        told, _ = ACTIVATION.ask(state, trigger, roles=frozenset(Role), facts={"code_matches": True})

        assert told == NOT_ALLOWED


@pytest.mark.fact("3.4")
@pytest.mark.parametrize("role", [role for role in Role if role is not Role.APPLICANT])
def test_nobody_but_the_applicant_enters_a_code_or_confirms_a_key(role: Role) -> None:
    right = {"before_limit": True, "before_expiry": True, "tries_left": True, "code_matches": True, "otp_ok": True}

    for state, trigger in (
        ("awaiting_code", "count_try"),
        ("awaiting_code", "submit_code"),
        ("key_setup", "confirm_key"),
    ):
        told, _ = ACTIVATION.ask(state, trigger, roles=frozenset({role}), facts=right)

        assert told == NOT_PERMITTED


@pytest.mark.fact("3.11")
def test_the_only_keys_are_the_app_and_the_sms() -> None:
    assert set(KeyKind) == {"totp", "sms"}
