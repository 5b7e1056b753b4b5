"""The structural checks: both tables are sound, and every kind of fault is told in a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import pytest

from workflow.checks import check, ends_within, places, timers_of
from workflow.effects import CancelTimer, Days, Notify, StartTimer
from workflow.lifecycles.activation import activation
from workflow.lifecycles.registration import registration
from workflow.machine import Lifecycle, Row, guard
from workflow.model import NEW, Role
from workflow.outbox import Audience, Channel, MessageKind
from workflow.policy import Policy

DESK, CLOCK = (Role.SERVICE_DESK,), (Role.SYSTEM,)
ALERT = Notify(MessageKind.M10, Audience.SERVICE_DESK, Channel.TASK)


class State(StrEnum):
    """A parcel."""

    WAITING = "waiting"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Facts:
    """Nothing to look at."""


@guard("Never.")
def never(_: Facts) -> bool:
    return False


LEAVE = Row("leave", NEW, State.WAITING, DESK, then=(StartTimer("rot", Days(5)),), fact="P-1")
FETCH = Row("fetch", State.WAITING, State.GONE, DESK, then=(CancelTimer(),), fact="P-2")
FORGOT = Row("fetch", State.WAITING, State.GONE, DESK, fact="P-2")
ROT = Row("rot", State.WAITING, State.GONE, CLOCK, fact="P-3")


def parcel(*rows: Row[Facts], waits_days: int = 6, may_wait: frozenset[str] = frozenset()) -> Lifecycle[Facts]:
    events: dict[str, str | dict[str, str]] = {str(row.on): f"parcel.{row.on}" for row in rows if row.on != "silent"}
    return Lifecycle(
        name="parcel",
        states=State,
        final=frozenset({"gone"}),
        closed=frozenset({"gone"}),
        may_wait=may_wait,
        waits_days=waits_days,
        events=events,
        rows=rows,
    )


def sentences(*rows: Row[Facts], waits_days: int = 6, may_wait: frozenset[str] = frozenset()) -> str:
    found = check(parcel(*rows, waits_days=waits_days, may_wait=may_wait))
    return " ".join(one.sentence for one in found)


@pytest.mark.parametrize("lifecycle", [registration, activation], ids=lambda one: one.name)
def test_both_tables_are_sound(lifecycle: Lifecycle[object]) -> None:
    assert check(lifecycle) == ()


def test_a_small_table_in_order_has_no_finding() -> None:
    assert check(parcel(LEAVE, FETCH, ROT)) == ()


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ((LEAVE, ROT, Row("fetch", State.GONE, None, (), fact="P-2")), "names no role"),
        ((LEAVE, ROT, Row("fetch", State.WAITING, State.GONE, DESK)), "names no row of the handbook"),
        ((LEAVE, ROT, FETCH, Row("fetch", State.WAITING, None, DESK, (never,), fact="P-9")), "can never apply"),
        (
            (LEAVE, ROT, FETCH, Row("fetch", State.WAITING, None, (Role.SERVICE_DESK, Role.REGISTER), fact="P-9")),
            "can never apply for service_desk",
        ),
        ((LEAVE, ROT, Row("silent", State.WAITING, None, DESK, fact="P-9")), "has no event"),
        ((Row("leave", NEW, State.WAITING, DESK, fact="P-1"), FETCH), "without any deadline"),
        ((LEAVE, FETCH), "The timer rot can be armed in the state waiting, which has no such row."),
        ((LEAVE, FORGOT, ROT), "The timer rot can be armed in the state gone, which has no such row."),
        ((LEAVE, FETCH, ROT, Row("back", State.GONE, State.WAITING, DESK, fact="P-9")), "The final state gone"),
        ((Row("leave", NEW, State.GONE, DESK, fact="P-1"), FETCH, ROT), "The state waiting cannot be reached."),
        ((LEAVE, Row("rot", State.WAITING, None, CLOCK, fact="P-3")), "The state waiting has no way out"),
        (
            (
                LEAVE,
                FETCH,
                Row("rot", State.WAITING, None, CLOCK, then=(StartTimer("rot", Days(1)),), fact="P-3"),
            ),
            "feed each other for ever",
        ),
    ],
)
def test_every_fault_of_a_table_is_told(rows: tuple[Row[Facts], ...], told: str) -> None:
    assert told in sentences(*rows)


def test_a_promise_that_is_too_short_is_told_with_both_numbers() -> None:
    assert "stay open for 6 days when nobody acts; the table promises 5" in sentences(LEAVE, FETCH, ROT, waits_days=5)


def test_a_state_that_may_wait_needs_an_alert() -> None:
    free = Row("leave", NEW, State.WAITING, DESK, fact="P-1")
    reminded = Row("leave", NEW, State.WAITING, DESK, then=(StartTimer("remind", Days(5)),), fact="P-1")
    remind = Row("remind", State.WAITING, None, CLOCK, then=(ALERT,), fact="P-4")
    waiting = frozenset({"waiting"})

    assert "nothing ever raises an alert" in sentences(free, FETCH, may_wait=waiting)
    assert sentences(reminded, FETCH, remind, may_wait=waiting) == ""


def test_whoever_arrives_in_a_state_that_may_wait_has_its_alert_armed() -> None:
    remind = Row("remind", State.WAITING, None, CLOCK, then=(ALERT, StartTimer("remind", Days(5))), fact="P-4")
    armed = Row("leave", NEW, State.WAITING, DESK, then=(StartTimer("remind", Days(5)),), fact="P-1")
    forgot = Row("bring", NEW, State.WAITING, DESK, fact="P-6")
    waiting = frozenset({"waiting"})

    found = sentences(armed, forgot, FETCH, remind, may_wait=waiting)

    assert "P-6 (bring from new) leads there without remind" in found
    assert "P-1" not in found


def test_a_timer_that_was_stopped_is_not_armed_any_more() -> None:
    stop = Row("stop", State.WAITING, None, DESK, then=(CancelTimer(("rot",)),), fact="P-5")

    assert places(parcel(LEAVE, FETCH, ROT, stop)) == {
        (NEW, frozenset()),
        ("waiting", frozenset({"rot"})),
        ("waiting", frozenset()),
        ("gone", frozenset()),
    }
    assert "without any deadline" in sentences(LEAVE, FETCH, ROT, stop)


@pytest.mark.fact("B3b-draft_idle")
def test_a_longer_setting_makes_the_promise_of_the_table_too_short() -> None:
    assert ends_within(registration) <= registration.waits_days
    assert check(registration, policy=Policy(draft_idle_days=300))


@pytest.mark.fact("B1-8", "B1-8b", "B1-23", "B1-alert")
def test_a_request_has_exactly_the_deadlines_of_the_handbook() -> None:
    assert timers_of(registration) == {"draft_idle", "info_deadline", "queue_alert", "consultation"}


@pytest.mark.fact("B2-8", "B2-10", "B2-14b", "B2-15")
def test_an_activation_has_exactly_the_deadlines_of_the_handbook() -> None:
    assert timers_of(activation) == {
        "link_validity",
        "activation_limit",
        "issuing_stuck",
        "crashed_try",
        "setup_idle",
        "setup_reminder",
        "key_reminder",
        "key_validity",
        "holder_purge",
        "link_reminder_1",
        "link_reminder_2",
        "limit_reminder",
    }
