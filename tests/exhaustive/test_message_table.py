"""The table of a message against the handbook: every row, every condition, every cell."""

from __future__ import annotations

import pytest

from tests.exhaustive import message_rows as handbook
from tests.exhaustive.asking import Subject, Walk, agrees, condition_cases, row_cases
from tests.exhaustive.table import NOT_ALLOWED, Expected, Moved, Need
from workflow.lifecycles.message import Facts, Trigger, message
from workflow.model import NEW, Role
from workflow.outbox import DeliveryState

CELLS = 4_472  # states x triggers x roles x answers to every condition, on two backgrounds
MESSAGE = Subject(message, Facts, handbook.ROWS, handbook.STATES)
ROWS, CONDITIONS = row_cases(handbook.ROWS), condition_cases(handbook.ROWS)


@pytest.fixture(scope="module")
def walk() -> Walk[Facts]:
    return MESSAGE.walk()


@pytest.mark.parametrize("row", ROWS)
def test_a_row_leads_where_the_handbook_says_with_all_its_consequences(row: Expected) -> None:
    assert MESSAGE.consequences_of(row) == {(Moved(row.row, row.target(state)), row.then) for state in row.source}


@pytest.mark.parametrize(("row", "condition"), CONDITIONS)
def test_a_row_does_not_apply_when_only_this_condition_fails(row: Expected, condition: Need) -> None:
    outcomes = list(MESSAGE.without(row, condition))

    assert outcomes
    assert all(agrees(told, expected) for told, expected in outcomes), outcomes


def test_every_state_trigger_role_and_outcome_of_the_conditions_is_as_the_handbook_says(walk: Walk[Facts]) -> None:
    assert walk.differences == ()
    assert walk.cells == CELLS


def test_every_row_of_the_table_applied_somewhere(walk: Walk[Facts]) -> None:
    assert walk.rows == set(message.rows)


def test_the_expected_table_names_exactly_the_states_triggers_and_conditions_that_there_are() -> None:
    assert set(handbook.STATES) == {NEW, *DeliveryState}
    assert {row.on for row in handbook.ROWS} == set(Trigger)
    assert {guard.name for row in message.rows for guard in row.when} == {
        condition.guard for row in handbook.ROWS for condition in row.needs
    }


@pytest.mark.fact("B3-deliver")
@pytest.mark.parametrize("told", ["accept", "miss", "bounce", "deliver"])
@pytest.mark.parametrize("state", ["delivered", "undelivered", "bounced", "cancelled"])
def test_no_receipt_moves_a_message_back_from_its_end(state: str, told: str) -> None:
    assert MESSAGE.ask(state, told, roles=frozenset(Role), facts={})[0] == NOT_ALLOWED
