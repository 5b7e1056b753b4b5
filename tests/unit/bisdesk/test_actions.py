"""Every action that a refusal or an explanation names can be taken from the command line, and the line that takes it is told."""

from __future__ import annotations

import pytest

from bisdesk.cli.actions import COMMANDS, OF_ACTIVATIONS, OF_REQUESTS, ON_PAGES_OR_BY_THE_ENGINE, ways
from tests.architecture.test_surface import COMMANDS as LISTED
from workflow.lifecycles import activation, registration
from workflow.machine import Lifecycle

OF_A_CASE = ((registration.registration, OF_REQUESTS), (activation.activation, OF_ACTIVATIONS))


@pytest.mark.parametrize(("table", "by_do"), OF_A_CASE, ids=["registration", "activation"])
def test_whatever_a_person_can_do_has_a_command(table: Lifecycle[object], by_do: tuple[str, ...]) -> None:
    named = {action for row in table.rows for source in row.sources for action in table.actions(source)}

    assert len(named) > 10
    assert named - {*by_do, *COMMANDS, *ON_PAGES_OR_BY_THE_ENGINE} == set()


def test_no_way_is_shown_that_the_command_line_does_not_have() -> None:
    assert {" ".join(command.split()[:2]) for command in COMMANDS.values()} <= set(LISTED)


def test_only_actions_with_a_command_of_their_own_are_explained() -> None:
    assert list(ways(("cancel", "renew_link"))) == ["  renew_link: bisdesk activation renew REF"]
