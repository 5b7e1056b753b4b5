"""The facade over the state machine: rows are found and returned, nothing is done, mistakes are told when it is built."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from enum import StrEnum

import pytest

from workflow.effects import Days, Notify, StartTimer
from workflow.errors import GuardRefused, NotPermitted, TransitionNotAllowed
from workflow.lifecycles.registration import registration
from workflow.machine import Fired, Lifecycle, Option, Row, guard
from workflow.model import NEW, Role
from workflow.outbox import Audience, MessageKind
from workflow.policy import Policy

DESK, FILER, CLOCK = Role.SERVICE_DESK, Role.END_USER, Role.SYSTEM


class State(StrEnum):
    """A door, as small as a lifecycle can be."""

    SHUT = "shut"
    OPEN = "open"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the guards of the door look at."""

    has_key: bool = False
    is_daytime: bool = False


@guard("The key is missing. Fetch it.")
def key_is_there(facts: Facts) -> bool:
    return facts.has_key


@guard("It is night. Come back in the morning.")
def it_is_day(facts: Facts) -> bool:
    return facts.is_daytime


TELL = Notify(MessageKind.M0, Audience.FILER)
BUILD = Row("build", NEW, State.SHUT, (FILER,), fact="D-1")
UNLOCK = Row("unlock", State.SHUT, State.OPEN, (FILER,), (key_is_there, it_is_day), (TELL,), "D-2")
FORCE = Row("unlock", State.SHUT, State.GONE, (DESK,), (it_is_day,), fact="D-3")
KNOCK = Row("knock", (State.SHUT, State.OPEN), None, (DESK, FILER), fact="D-4")
ROT = Row("rot", State.OPEN, State.GONE, (CLOCK,), then=(StartTimer("rot", Days(1)),), fact="D-5")
ROWS = (BUILD, UNLOCK, FORCE, KNOCK, ROT)
EVENTS: dict[str, str | dict[str, str]] = {
    "build": "door.built",
    "unlock": {State.OPEN: "door.unlocked", State.GONE: "door.forced"},
    "knock": "door.knocked",
    "rot": "door.rotted",
}


def door(*rows: Row[Facts]) -> Lifecycle[Facts]:
    return Lifecycle(
        name="door",
        states=State,
        final=frozenset({"gone"}),
        closed=frozenset({"gone"}),
        may_wait=frozenset(),
        waits_days=2,
        events=EVENTS,
        rows=rows or ROWS,
    )


def fire(trigger: str, *roles: Role, state: str = State.SHUT, **known: bool) -> Fired[Facts]:
    return door().fire(state, trigger, roles=frozenset(roles), facts=Facts(**known))


def test_the_row_that_applies_is_returned_with_its_target_and_effects() -> None:
    fired = fire("unlock", FILER, has_key=True, is_daytime=True)

    assert fired == Fired(UNLOCK, "open")
    assert fired.row.then == (TELL,)


def test_a_row_without_a_target_stays_where_it_is() -> None:
    assert fire("knock", DESK).to == "shut"
    assert fire("knock", DESK, state=State.OPEN).to == "open"


def test_an_action_that_the_state_has_not_names_those_that_it_has() -> None:
    with pytest.raises(TransitionNotAllowed) as refused:
        fire("rot", CLOCK)

    assert (refused.value.state, refused.value.trigger) == ("shut", "rot")
    assert refused.value.allowed == ("unlock", "knock")


@pytest.mark.parametrize("trigger", ["fly", "to_open", "", "unlock "])
def test_no_action_exists_besides_those_of_the_table(trigger: str) -> None:
    with pytest.raises(TransitionNotAllowed):
        fire(trigger, *Role, has_key=True, is_daytime=True)


def test_a_state_that_is_none_of_the_table_is_a_fault_and_no_refusal() -> None:
    with pytest.raises(ValueError, match="ajar"):
        fire("unlock", *Role, state="ajar", has_key=True, is_daytime=True)


def test_a_role_without_this_action_is_told_who_has_it_and_nothing_of_its_conditions() -> None:
    with pytest.raises(NotPermitted) as refused:
        fire("unlock", Role.AUDITOR)

    assert refused.value.needed == ("end_user", "service_desk")
    assert "key" not in refused.value.detail


def test_nobody_without_a_role_acts() -> None:
    with pytest.raises(NotPermitted):
        fire("knock")


def test_the_first_condition_that_fails_is_named_with_its_sentence() -> None:
    with pytest.raises(GuardRefused) as nothing_holds:
        fire("unlock", FILER)
    with pytest.raises(GuardRefused) as one_holds:
        fire("unlock", FILER, has_key=True)

    assert (nothing_holds.value.guard, nothing_holds.value.reason) == ("key_is_there", "The key is missing. Fetch it.")
    assert one_holds.value.guard == "it_is_day"


def test_rows_of_one_trigger_are_tried_from_the_top_and_the_first_match_wins() -> None:
    both = (FILER, DESK)

    assert fire("unlock", *both, has_key=True, is_daytime=True).row is UNLOCK
    assert fire("unlock", *both, is_daytime=True).row is FORCE
    assert door(FORCE, UNLOCK).fire("shut", "unlock", roles=frozenset(both), facts=Facts(True, True)).row is FORCE


def test_the_rows_of_another_role_are_passed_over() -> None:
    with pytest.raises(GuardRefused) as refused:
        fire("unlock", DESK, has_key=True)

    assert refused.value.guard == "it_is_day"
    assert fire("unlock", DESK, is_daytime=True).row is FORCE


def test_the_options_of_an_actor_are_open_or_say_why_not_in_the_order_of_the_table() -> None:
    options = door().allowed("shut", roles=frozenset({FILER}), facts=Facts(has_key=True))

    assert options == (
        Option("unlock", False, "it_is_day", "It is night. Come back in the morning."),
        Option("knock", True),
    )


def test_actions_of_others_are_no_options() -> None:
    assert door().allowed("shut", roles=frozenset({CLOCK}), facts=Facts()) == ()
    assert [one.trigger for one in door().allowed("open", roles=frozenset({CLOCK}), facts=Facts())] == ["rot"]


def test_a_state_without_rows_has_no_options() -> None:
    assert door().allowed("gone", roles=frozenset(Role), facts=Facts(True, True)) == ()
    assert door().triggers("gone") == ()


@pytest.mark.parametrize(
    "row",
    [
        Row("unlock", "ajar", State.OPEN, (FILER,), fact="D-9"),
        Row("unlock", State.SHUT, "ajar", (FILER,), fact="D-9"),
        Row("unlock", (State.SHUT, "ajar"), None, (FILER,), fact="D-9"),
    ],
)
def test_a_mistyped_state_is_refused_when_the_lifecycle_is_built(row: Row[Facts]) -> None:
    with pytest.raises(ValueError, match=r"door: row D-9 names unknown states \['ajar'\]"):
        door(row)


def test_the_event_of_a_row_may_depend_on_where_it_leads() -> None:
    assert door().event("unlock", "open") == "door.unlocked"
    assert door().event("unlock", "gone") == "door.forced"
    assert door().event("knock", "shut") == "door.knocked"


def test_who_may_act_is_told_once_for_each_role() -> None:
    assert door().roles_for("shut", "unlock") == ("end_user", "service_desk")
    assert door().roles_for("gone", "unlock") == ()


def test_asking_changes_nothing_so_every_answer_is_the_same_again() -> None:
    lifecycle = door()

    answers = [lifecycle.fire("shut", "unlock", roles=frozenset({FILER}), facts=Facts(True, True)) for _ in range(3)]

    assert answers == [Fired(UNLOCK, "open")] * 3


def test_no_model_is_registered_and_nothing_is_attached_to_what_is_asked() -> None:
    facts = Facts(True, True)
    before = set(dir(facts)), set(dir(registration))

    door().fire("shut", "unlock", roles=frozenset({FILER}), facts=facts)

    assert registration._machine.models == []
    assert (set(dir(facts)), set(dir(registration))) == before
    assert not [name for name in dir(registration) if name.startswith(("to_", "is_"))]


def test_the_definition_changes_with_the_table_and_with_the_settings_that_it_reads() -> None:
    same, again = door().definition(), door().definition()
    other_row = door(BUILD, UNLOCK).definition()
    other_days = door().definition(Policy(draft_idle_days=31))

    assert same == again
    assert len({same, other_row, other_days}) == 3
    assert len(same) == 16


def test_only_the_facade_imports_the_library_below_it() -> None:
    importers = [
        name
        for name, module in sorted(sys.modules.items())
        if name.startswith(("workflow", "identity")) and getattr(module, "Machine", None) is not None
    ]

    assert importers == ["workflow.machine"]
