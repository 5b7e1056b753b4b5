"""The form of the code, sent more than once: one sending is one try, whatever happens on its way (A12, I4)."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from tests.fakes import DyingSecrets, Killed, PlainSecrets
from tests.support.visitor import with_command
from tests.support.world import WRONG_CODE, World
from workflow import freezing
from workflow.activations_code import CodeAccepted, CodeMalformed, CodeMissed, TryRefused
from workflow.outbox import MessageKind

pytestmark = pytest.mark.fact("B3b-max_attempts")
M = MessageKind
OTHER_WRONG = "11111 11111 11111 11111"


class MeanwhileSecrets(PlainSecrets):
    """Secrets of a worker that is slow enough for something else to happen."""

    def __init__(self, world: World, ref: str) -> None:
        self._world, self._ref = world, ref

    def code_matches(self, code: str, digest: str, *, case_id: UUID) -> bool:
        """Right or wrong; meanwhile somebody froze it."""
        self._world.does(None, freezing.freeze, self._ref)
        return super().code_matches(code, digest, case_id=case_id)


def form(world: World) -> UUID:
    """The number of one sending of a form."""
    return world.tools.chance.uuid(world.now)


def killed(world: World, ref: str, code: str, sending: UUID) -> None:
    """The form arrives, the try is counted and committed, and the worker dies before any outcome."""
    alive = world.tools
    world.tools = replace(alive, secrets=DyingSecrets())
    with pytest.raises(Killed):
        with_command(world, ref, code, sending)
    world.tools = alive


def used(world: World, ref: str) -> int:
    """How many tries are used up."""
    return world.activation(ref).attempts_used


@pytest.mark.fact("B2-6", "3.36")
def test_a_wrong_code_sent_twice_with_one_form_costs_one_try() -> None:
    world = World()
    ref, sending = world.issued(), form(world)

    first = with_command(world, ref, WRONG_CODE, sending)
    lines = len(world.history(ref))
    again = [with_command(world, ref, WRONG_CODE, sending) for _ in range(3)]

    assert isinstance(first, CodeMissed)
    assert [(type(one), one.attempts_left) for one in again if isinstance(one, CodeMissed)] == [(CodeMissed, 2)] * 3
    assert used(world, ref) == 1
    assert len(world.history(ref)) == lines


@pytest.mark.fact("B2-5")
def test_the_right_code_sent_twice_with_one_form_is_accepted_twice_and_activates_once() -> None:
    world = World()
    ref, sending = world.issued(), form(world)
    code = world.code_of(ref)

    outcomes = [with_command(world, ref, code, sending) for _ in range(2)]

    assert [type(one) for one in outcomes] == [CodeAccepted, CodeAccepted]
    assert world.events(ref).count("activation.code_accepted") == 1
    assert used(world, ref) == 1


@pytest.mark.fact("B2-6")
def test_another_form_with_the_same_code_is_another_try() -> None:
    world = World()
    ref = world.issued()

    for _ in range(2):
        with_command(world, ref, WRONG_CODE, form(world))

    assert used(world, ref) == 2


def test_a_sending_without_a_number_is_a_try_of_its_own_every_time() -> None:
    world = World()
    ref = world.issued()

    for _ in range(2):
        world.enter(ref)

    assert used(world, ref) == 2


@pytest.mark.fact("B2-7", "R3")
def test_the_third_wrong_code_repeated_is_answered_as_a_block_again() -> None:
    world = World()
    ref = world.issued()
    sendings = [form(world) for _ in range(3)]
    for sending in sendings:
        with_command(world, ref, WRONG_CODE, sending)

    again = with_command(world, ref, WRONG_CODE, sendings[-1])

    assert isinstance(again, CodeMissed)
    assert (again.attempts_left, again.case.state) == (0, "blocked_attempts")
    assert isinstance(with_command(world, ref, world.code_of(ref), form(world)), TryRefused)


@pytest.mark.fact("B2-6")
def test_a_first_wrong_code_repeated_after_the_second_says_what_is_left_now() -> None:
    world = World()
    ref, first = world.issued(), form(world)
    with_command(world, ref, WRONG_CODE, first)
    with_command(world, ref, OTHER_WRONG, form(world))

    again = with_command(world, ref, WRONG_CODE, first)

    assert isinstance(again, CodeMissed)
    assert again.attempts_left == 1
    assert used(world, ref) == 2


@pytest.mark.fact("B2-7b", "R3")
@pytest.mark.parametrize("right", [True, False])
def test_a_form_whose_worker_was_killed_is_judged_without_a_further_try(right: bool) -> None:
    world = World()
    ref, sending = world.issued(), form(world)
    code = world.code_of(ref) if right else WRONG_CODE
    killed(world, ref, code, sending)
    assert used(world, ref) == 1

    outcome = with_command(world, ref, code, sending)
    again = with_command(world, ref, code, sending)

    assert type(outcome) is type(again) is (CodeAccepted if right else CodeMissed)
    assert used(world, ref) == 1
    assert world.events(ref).count("activation.try_counted") == 1


@pytest.mark.fact("B2-7b", "R3")
def test_a_third_try_whose_worker_was_killed_blocks_when_it_is_judged_wrong() -> None:
    world = World()
    ref, sending = world.issued(), form(world)
    world.enter(ref)
    world.enter(ref)
    killed(world, ref, WRONG_CODE, sending)

    outcome = with_command(world, ref, WRONG_CODE, sending)

    assert isinstance(outcome, CodeMissed)
    assert (outcome.attempts_left, world.state(ref)) == (0, "blocked_attempts")


@pytest.mark.fact("B2-7b")
def test_a_form_that_comes_back_after_the_block_of_the_crash_is_refused() -> None:
    world = World()
    ref, sending = world.issued(), form(world)
    world.enter(ref)
    world.enter(ref)
    code = world.code_of(ref)
    killed(world, ref, code, sending)
    world.wait(seconds=60)

    outcome = with_command(world, ref, code, sending)

    assert isinstance(outcome, TryRefused)
    assert world.state(ref) == "blocked_attempts"


@pytest.mark.fact("R4", "B2-8")
def test_a_form_that_comes_back_after_the_end_of_the_link_is_refused() -> None:
    world = World()
    ref, sending = world.issued(), form(world)
    code = world.code_of(ref)
    killed(world, ref, code, sending)
    world.wait(days=15)

    outcome = with_command(world, ref, code, sending)

    assert isinstance(outcome, TryRefused)
    assert (world.state(ref), used(world, ref)) == ("link_expired", 1)


@pytest.mark.fact("R4")
def test_what_is_no_code_costs_nothing_with_whatever_form_and_leaves_the_form_usable() -> None:
    world = World()
    ref, sending = world.issued(), form(world)

    malformed = with_command(world, ref, "123", sending)
    accepted = with_command(world, ref, world.code_of(ref), sending)

    assert isinstance(malformed, CodeMalformed)
    assert isinstance(accepted, CodeAccepted)
    assert used(world, ref) == 1


@pytest.mark.fact("B2-freeze")
@pytest.mark.parametrize("numbered", [True, False])
def test_what_is_frozen_between_count_and_comparison_is_not_activated(numbered: bool) -> None:
    world = World()
    ref = world.issued()
    code, alive = world.code_of(ref), world.tools
    world.tools = replace(alive, secrets=MeanwhileSecrets(world, ref))

    outcome = with_command(world, ref, code, form(world)) if numbered else world.enter(ref, code)

    assert isinstance(outcome, TryRefused)
    assert "frozen" in outcome.reason
    assert (world.state(ref), used(world, ref)) == ("awaiting_code", 1)
    assert "activation.code_accepted" not in world.events(ref)


@pytest.mark.fact("B2-freeze")
def test_a_form_that_was_accepted_is_not_told_again_once_it_is_frozen() -> None:
    world = World()
    ref, sending = world.issued(), form(world)
    code = world.code_of(ref)
    with_command(world, ref, code, sending)
    world.does(None, freezing.freeze, ref)

    again = with_command(world, ref, code, sending)

    assert isinstance(again, TryRefused)
    assert world.history(ref)[-1].reason_code == "frozen"
