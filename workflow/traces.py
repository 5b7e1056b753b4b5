"""Traces: events of an activation that change nothing of it, such as a page that was opened or what was typed and is no code.

Whoever holds a link can ask for them without end, so a case has so many of each kind a Brussels day, and then one that says that
there were more. A counted try and a change of state never come here.
"""

from __future__ import annotations

from datetime import timedelta

from workflow.access import Door
from workflow.activations import facts_of
from workflow.advance import Move, advance
from workflow.calendar import midnight
from workflow.lifecycles.activation import Trigger, activation
from workflow.limits import Quota
from workflow.model import Activation, Case, Reason

SINGLY = 20  # of each kind, a case and a Brussels day; the next one closes the day
MORE = Reason("more_until_midnight")  # stands for itself and for all of its kind that follow that day


def leave(door: Door, loaded: tuple[Case, Activation], trigger: Trigger, *, reason: Reason | None = None) -> Case:
    """Write down that it happened, or that it did so once too often today; after that the case is answered as it stands.

    Raises: what the table refuses, whether anything is written or not; ConcurrentChange.
    """
    case, detail = loaded
    facts = facts_of(detail, now=door.now, tools=door.tools)
    today = _today(door, case, trigger)
    before = door.uow.quotas.used(today)
    if before > SINGLY:
        activation.fire(case.state, trigger, roles=door.actor.roles, facts=facts)
        return case
    told = reason if before < SINGLY else MORE
    move = Move(trigger=trigger, actor=door.actor, now=door.now, reason=told, language=detail.language)
    case = advance(door.uow, case, move, lifecycle=activation, facts=facts, tools=door.tools)
    door.uow.quotas.take(
        door.tools.chance.uuid(door.now), (today,), now=door.now
    )  # whoever lost a race never comes here
    return case


def _today(door: Door, case: Case, trigger: Trigger) -> Quota:
    """What is written of this kind since midnight; a window begins after its `since`."""
    since = midnight(door.today) - timedelta(microseconds=1)
    return Quota(
        f"trace_{trigger}", str(case.id), SINGLY + 1, since, ends_at=midnight(door.today + timedelta(days=1))
    )  # fmt: skip
