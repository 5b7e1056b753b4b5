"""Working time: the hours in which the service desk works, on Belgian working days; it knows no case and no promise.

An hour of a night never counts, so no change of the clock does: 9 to 17 has eight hours on every working day of the year.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache

from workflow.calendar import at_hour, aware, brussels_date, is_working_day

OPENS_AT, CLOSES_AT = 9, 17  # REC: Brussels time, Monday to Friday, no public holiday
WORKING_DAY = timedelta(hours=CLOSES_AT - OPENS_AT)
NOTHING = timedelta()
ONE_DAY = timedelta(days=1)


def is_open(instant: datetime) -> bool:
    """Whether the desk works at this instant: from 9:00 on, no more at 17:00."""
    opens, closes = _hours(brussels_date(instant))
    return opens <= aware(instant) < closes


def working_time(start: datetime, end: datetime) -> timedelta:
    """The working time between two instants; nothing when the end is not after the start."""
    return sum((until - since for since, until in _stretches(start, end)), NOTHING)


def after_working_time(start: datetime, span: timedelta) -> datetime:
    """The first instant at which this much working time has passed: a whole day ends at 17:00, not at 9:00 of the next one."""
    if span <= NOTHING:
        return aware(start)
    stretches = _stretches(start, None)
    since, until = next(stretches)
    while span > until - since:
        span -= until - since
        since, until = next(stretches)
    return since + span


def working_dates(start: datetime, end: datetime) -> frozenset[date]:
    """The Brussels dates on which working time lies between two instants."""
    return frozenset(brussels_date(since) for since, _ in _stretches(start, end))


def working_days_until(today: date, day: date) -> int:
    """How many working days come after today, through that day; 0 when it is today or past."""
    return sum(is_working_day(today + timedelta(days=ahead)) for ahead in range(1, (day - today).days + 1))


def _stretches(start: datetime, end: datetime | None) -> Iterator[tuple[datetime, datetime]]:
    """The working time from an instant on, a stretch a day, none of them empty; without an end it never ends."""
    start, end = aware(start), None if end is None else aware(end)
    day = brussels_date(start)
    while True:
        opens, closes = _hours(day)
        if end is not None and opens >= end:
            return
        since, until = max(start, opens), closes if end is None else min(closes, end)
        if since < until:
            yield since, until
        day += ONE_DAY


@lru_cache(maxsize=4096)  # ten years of days: a list asks for the same few over and over
def _hours(day: date) -> tuple[datetime, datetime]:
    """When the desk opens and closes on a day; at the same instant when it does not work."""
    opens = at_hour(day, OPENS_AT)
    return opens, at_hour(day, CLOSES_AT) if is_working_day(day) else opens
