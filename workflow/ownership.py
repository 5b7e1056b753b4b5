"""One owner, visible: whoever deals with a request acts on it; others read, and take it over first (D7).

The table says what may happen; this says what the desk offers to whom. The command line, where one person stands for another in
an emergency, keeps to the table alone.
"""

from __future__ import annotations

from workflow.access import Door
from workflow.errors import GuardRefused
from workflow.explain import Explanation
from workflow.lifecycles.registration import State, Trigger
from workflow.machine import Option

OWNED = frozenset({State.IN_REVIEW})
FOR_ALL = frozenset(
    {Trigger.REASSIGN, Trigger.WITHDRAW, Trigger.FLAG_FRAUD, Trigger.UNFLAG_FRAUD, Trigger.REPEAT_MESSAGE}
)
GUARD = "request_is_yours"
WHY = "A colleague deals with this request. Take it over first."


def offered(door: Door, explained: Explanation) -> tuple[Option, ...]:
    """The options of this officer on a request, those of a colleague's request closed with the reason."""
    case = explained.case
    theirs = case.state in OWNED and case.assignee not in (None, door.actor.user_id)
    if not theirs:
        return explained.options
    return tuple(
        Option(option.trigger, False, GUARD, WHY) if option.open and option.trigger not in FOR_ALL else option
        for option in explained.options
    )


def refuse_foreign_work(door: Door, explained: Explanation, trigger: str) -> None:
    """Raises: GuardRefused for an action on a request that a colleague deals with."""
    for option in offered(door, explained):
        if option.trigger == trigger and option.guard == GUARD:
            raise GuardRefused(GUARD, WHY)
