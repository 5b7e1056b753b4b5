"""The ladder of reminders (M7): when each rung is due, and whether a rung that came due still has something to say.

A rung is a timer of its own, so none is taken twice; the sweep marks it also where it is passed over.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from workflow.calendar import at_hour, brussels_date, last_day
from workflow.lifecycles.activation import LADDER, Trigger
from workflow.model import Case, Reason, Timer
from workflow.policy import Policy

T = Trigger
HOUR = 9  # local: nobody is woken by a reminder
RUNGS = frozenset({T.REMIND_1, T.REMIND_2, T.REMIND_LIMIT})
TOLD_BY_OTHERS = RUNGS | {T.T14, T.T30}


def of_link(issued_at: datetime, expires: datetime, *, policy: Policy, now: datetime) -> dict[str, datetime | None]:
    """The rungs of one link: so many days after its issue, while it works; None for a rung that there is not."""
    rungs = [at_hour(brussels_date(issued_at) + timedelta(days=days), HOUR) for days in policy.reminder_days]
    ahead = [rung for rung in rungs if now < rung < expires]
    return dict(zip((LADDER[T.REMIND_1], LADDER[T.REMIND_2]), [*ahead, None, None], strict=False))


def of_limit(blocks_at: datetime, *, policy: Policy, now: datetime) -> dict[str, datetime | None]:
    """The last rung, some days before the end of the activation."""
    rung = at_hour(last_day(blocks_at) - timedelta(days=policy.last_reminder_days), HOUR)
    return {LADDER[T.REMIND_LIMIT]: rung if now < rung < blocks_at else None}


def is_timely(case: Case, rung: Timer) -> bool:
    """Whether nothing newer came due by now: one mail a person a run, and none about what is over."""
    return not any(other.trigger in TOLD_BY_OTHERS and other.trigger != rung.trigger for other in case.due)


def passed_over(case: Case, rung: Timer, *, undeliverable: bool, frozen: bool = False) -> Reason | None:
    """Why a rung sends nothing, as the history tells it; None when it does."""
    if frozen:
        return Reason("frozen")
    if undeliverable:
        return Reason("undeliverable")
    return None if is_timely(case, rung) else Reason("overtaken")
