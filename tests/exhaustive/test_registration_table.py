"""The table of a registration request against the handbook: every row, every condition, every cell."""

from __future__ import annotations

from uuid import UUID

import pytest

from tests.exhaustive import registration_rows as handbook
from tests.exhaustive.asking import Subject, Walk, agrees, condition_cases, row_cases
from tests.exhaustive.table import NOT_ALLOWED, Expected, Moved, Need, Refused
from workflow.lifecycles.registration import State, Trigger, registration
from workflow.lifecycles.registration_guards import Facts
from workflow.model import NEW, Role

CELLS = 186_628  # states x triggers x roles x answers to every condition, on two backgrounds
REQUEST = Subject(registration, Facts, handbook.ROWS, handbook.STATES)
ROWS, CONDITIONS = row_cases(handbook.ROWS), condition_cases(handbook.ROWS)


@pytest.fixture(scope="module")
def walk() -> Walk[Facts]:
    return REQUEST.walk()


@pytest.mark.parametrize("row", ROWS)
def test_a_row_leads_where_the_handbook_says_with_all_its_consequences(row: Expected) -> None:
    assert REQUEST.consequences_of(row) == {(Moved(row.row, row.target(state)), row.then) for state in row.source}


@pytest.mark.parametrize(("row", "condition"), CONDITIONS)
def test_a_row_does_not_apply_when_only_this_condition_fails(row: Expected, condition: Need) -> None:
    outcomes = list(REQUEST.without(row, condition))

    assert outcomes
    assert all(agrees(told, expected) for told, expected in outcomes), outcomes


def test_every_state_trigger_role_and_outcome_of_the_conditions_is_as_the_handbook_says(walk: Walk[Facts]) -> None:
    assert walk.differences == ()
    assert walk.cells == CELLS


def test_every_row_of_the_table_applied_somewhere_but_the_one_that_only_refuses(walk: Walk[Facts]) -> None:
    assert walk.rows == {row for row in registration.rows if row.fact != "B1-26"}
    assert "creation_can_be_undone" in walk.guards


def test_the_table_has_the_conditions_of_the_handbook_and_no_others() -> None:
    expected = {condition.guard for row in handbook.ROWS for condition in row.needs}

    assert {guard.name for row in registration.rows for guard in row.when} == expected


def test_the_expected_table_names_exactly_the_states_and_triggers_that_there_are() -> None:
    assert set(handbook.STATES) == {NEW, *State}
    assert set(handbook.TRIGGERS) == set(Trigger)


def test_every_row_that_the_handbook_has_not_says_why_it_is_there() -> None:
    assert all(row.why for row in handbook.ADDED)
    assert not any(row.why for row in handbook.HANDBOOK)


@pytest.mark.fact("B1-26", "R8")
@pytest.mark.parametrize("state", ["registering", "registered", "completed"])
def test_once_a_number_may_exist_nobody_withdraws_whatever_else_holds(state: str) -> None:
    everything = {"own_entity": True, "reason_given": True, "creation_called": False}

    told, _ = REQUEST.ask(state, "withdraw", roles=frozenset(Role), facts=everything)

    assert told == Refused(frozenset({"creation_can_be_undone"}))


@pytest.mark.fact("B1-23")
def test_a_purged_request_has_no_action_left() -> None:
    for trigger in Trigger:
        told, _ = REQUEST.ask("purged", trigger, roles=frozenset(Role), facts={})

        assert told == NOT_ALLOWED


@pytest.mark.fact("R6")
def test_a_stopped_request_can_only_be_purged_and_its_mail_looked_after() -> None:
    assert set(registration.triggers("stopped")) == {"consultation", "repeat_message", "dispatch_failed"}


@pytest.mark.fact("B1-17", "3.31")
@pytest.mark.parametrize("role", [Role.REGISTER, Role.SERVICE_DESK])
def test_digits_that_do_not_hold_together_never_register_a_request_whatever_else_is_said_of_them(role: Role) -> None:
    broken = {"actor": UUID(int=2), "number_valid": False, "number_consistent": True, "manual_register": True}

    told, _ = REQUEST.ask("registering", "created", roles=frozenset({role}), facts=broken)

    assert told == Refused(frozenset({"number_is_valid"}))
