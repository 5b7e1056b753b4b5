"""What can be done with the rows of a list, and with several of them at once: only what is open on each of them (D18).

The rules are those of the case itself; nothing is asked of the store, so a list may ask for every row.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from workflow import access
from workflow.access import Door
from workflow.explain import NOBODY, Explanation
from workflow.lifecycles.registration import Trigger, registration
from workflow.machine import Option
from workflow.ownership import offered
from workflow.work import WorkRow

IN_BULK = (Trigger.TAKE, Trigger.REASSIGN, Trigger.RELEASE)  # what needs no look at the person


@dataclass(frozen=True, slots=True)
class Hindered:
    """A row on which an action is not open, with the guard that says why; without one the action does not exist there."""

    row: WorkRow
    guard: str = ""


def options(door: Door, row: WorkRow) -> tuple[Option, ...]:
    """What this officer can do with a row of what is done in lists, and what not and why."""
    facts = replace(access.request_facts(door, row.case, row.detail), assignee_to_be=NOBODY)
    known = registration.allowed(row.case.state, roles=door.actor.roles, facts=facts)
    of_lists = tuple(option for option in known if option.trigger in IN_BULK)
    return offered(door, Explanation(row.case, of_lists, ()))


def can(door: Door, row: WorkRow, trigger: str) -> bool:
    """Whether an action is open on a row."""
    return any(option.trigger == trigger and option.open for option in options(door, row))


def open_on_any(door: Door, rows: tuple[WorkRow, ...]) -> tuple[Trigger, ...]:
    """The actions that are open on one row at least: what is worth offering above a list."""
    return tuple(trigger for trigger in IN_BULK if any(can(door, row, trigger) for row in rows))


def hindered(door: Door, rows: tuple[WorkRow, ...], trigger: str) -> tuple[Hindered, ...]:
    """The rows on which an action is not open; none where it may be done on all of them."""
    found = []
    for row in rows:
        option = next((one for one in options(door, row) if one.trigger == trigger), None)
        if option is None or not option.open:
            found.append(Hindered(row, option.guard or "" if option else ""))
    return tuple(found)
