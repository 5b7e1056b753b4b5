"""The clock of the service level: how much of the promised working time the handling of a request has used (D5).

It runs from the submission to the end, in the desk's working hours, and stands still while the requester has to act. It stands
beside the legal clocks, which count calendar days and never pause: 14 days for information, 30 for a draft, one month to consult.

The target of the whole handling is ours (REC, 5 working days), and no field of the policy: the policy is part of the hash of
every definition, and this clock moves no case. The policy's own `queue_alert_working_days` (2) is another thing: an alert that
a request waits in one queue.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from workflow.calendar import aware, brussels_date
from workflow.lifecycles.registration import State, registration
from workflow.working_hours import (
    NOTHING,
    WORKING_DAY,
    after_working_time,
    is_open,
    working_dates,
    working_days_until,
    working_time,
)

TARGET_WORKING_DAYS = 5  # REC: of the whole handling, from `submitted` to an end
SOON_WORKING_DAYS = 1  # REC: due on the next working day
STARTS_IN = State.SUBMITTED
WAITS_FOR_REQUESTER = frozenset({State.INFO_REQUESTED})


class Happened(Protocol):
    """As much of a line of history as the clock reads; an audit event is one."""

    @property
    def to_state(self) -> str: ...

    @property
    def occurred_at(self) -> datetime: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceLevel:
    """Where the promise stands at one instant. Spans are working time, of which a day has eight hours."""

    target: timedelta
    started_at: datetime | None  # None: not submitted yet, nothing is promised
    ended_at: datetime | None  # when the case came to an end: from then on nothing changes
    paused: bool  # the requester has to act
    paused_since: datetime | None
    used: timedelta
    remaining: timedelta  # negative once breached, by as much as was used too long
    due_at: datetime | None  # None before the start, and while paused in time: nobody can know it then
    breached: bool
    breached_at: datetime | None  # equal to `due_at`: the first instant that is too late
    days_over: int  # working days after the one on which it was due, days on which the requester had to act left out
    within_working_hours: bool  # whether the desk works at this instant

    @property
    def used_days(self) -> float:
        """The working time used, in working days."""
        return self.used / WORKING_DAY

    @property
    def remaining_days(self) -> float:
        """The working time that is left, in working days; negative once breached."""
        return self.remaining / WORKING_DAY


class BadgeKind(StrEnum):
    """What a badge says; its words are the page's matter."""

    OVERDUE = "overdue"
    TODAY = "today"
    SOON = "soon"
    IN_DAYS = "in_days"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Badge:
    """A badge, and the number in it.

    Overdue: working days since the day it was due, 0 on that day itself. Today: working hours left, begun ones counted whole.
    Soon, in days: working days from today through the day it is due. Paused: calendar days since, 0 on the first.
    """

    kind: BadgeKind
    count: int


@dataclass(frozen=True, slots=True)
class _Span:
    """A time in which the clock ran."""

    start: datetime
    end: datetime


def service_level(
    history: Iterable[Happened], *, now: datetime, target_working_days: int = TARGET_WORKING_DAYS
) -> ServiceLevel:
    """The service level of a request at `now`; lines of history that come later are not looked at."""
    now, target = aware(now), target_working_days * WORKING_DAY
    visits = _visits(history, now=now)
    spans = _spans(visits, now=now)
    used = sum((working_time(span.start, span.end) for span in spans), NOTHING)
    due_at, breached = _due(spans, target)
    ended_at = next((at for state, at in visits if state in registration.closed), None)
    paused = bool(visits) and ended_at is None and visits[-1][0] in WAITS_FOR_REQUESTER
    return ServiceLevel(
        target=target,
        started_at=visits[0][1] if visits else None,
        ended_at=ended_at,
        paused=paused,
        paused_since=visits[-1][1] if paused else None,
        used=used,
        remaining=target - used,
        due_at=None if paused and not breached else due_at,
        breached=breached,
        breached_at=due_at if breached else None,
        days_over=_days_over(spans, due_at) if breached and due_at else 0,
        within_working_hours=is_open(now),
    )


def badge(level: ServiceLevel, *, now: datetime) -> Badge | None:
    """The badge of a request that is under way, None before and after; a broken promise is told also while it is paused."""
    if level.started_at is None or level.ended_at is not None:
        return None
    if level.breached:
        return Badge(BadgeKind.OVERDUE, level.days_over)
    today = brussels_date(now)
    if level.paused_since is not None:
        return Badge(BadgeKind.PAUSED, (today - brussels_date(level.paused_since)).days)
    assert level.due_at is not None  # it runs, so it is due some day
    days = working_days_until(today, brussels_date(level.due_at))
    if days == 0:
        return Badge(BadgeKind.TODAY, -(-level.remaining // timedelta(hours=1)))
    return Badge(BadgeKind.SOON if days <= SOON_WORKING_DAYS else BadgeKind.IN_DAYS, days)


def breaches_within(level: ServiceLevel, hours: int, *, now: datetime) -> bool:
    """Whether it will be too late within so many working hours when nobody acts; not when it is already, nor while paused (L8)."""
    if level.ended_at is not None or level.breached or level.due_at is None:
        return False
    return level.due_at <= after_working_time(now, timedelta(hours=hours))


def _visits(history: Iterable[Happened], *, now: datetime) -> list[tuple[str, datetime]]:
    """The states from the first submission to the first end, each with when it began; lines that stay in a state are left out."""
    visits: list[tuple[str, datetime]] = []
    for line in history:
        state, at = str(line.to_state), aware(line.occurred_at)
        if at > now or (not visits and state != STARTS_IN):
            continue
        if not visits or state != visits[-1][0]:
            visits.append((state, max(at, visits[-1][1]) if visits else at))
        if state in registration.closed:
            break
    return visits


def _spans(visits: Sequence[tuple[str, datetime]], *, now: datetime) -> list[_Span]:
    """The times in which somebody else than the requester has to act."""
    ends = [*(at for _, at in visits[1:]), now]
    stopped = WAITS_FOR_REQUESTER | registration.closed
    return [_Span(at, end) for (state, at), end in zip(visits, ends, strict=False) if state not in stopped]


def _due(spans: Sequence[_Span], target: timedelta) -> tuple[datetime | None, bool]:
    """When the working time is used up if the last span goes on, and whether it was within the spans."""
    left, due = target, None
    for span in spans:
        due = after_working_time(span.start, left)
        if due <= span.end:
            return due, True
        left -= working_time(span.start, span.end)
    return due, False


def _days_over(spans: Sequence[_Span], due_at: datetime) -> int:
    worked = {day for span in spans for day in working_dates(max(span.start, due_at), span.end)}
    return len(worked - {brussels_date(due_at)})
