"""Calendar rules in Europe/Brussels, computed once and frozen as UTC instants; the only file that knows the time zone.

Every function returns the first instant at which something no longer holds: local midnight after the last day.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

BRUSSELS = ZoneInfo("Europe/Brussels")


def brussels_date(instant: datetime) -> date:
    """The local date of an aware instant."""
    return aware(instant).astimezone(BRUSSELS).date()


def aware(instant: datetime) -> datetime:
    """The instant in UTC; Raises: ValueError for a naive one, which says nothing about when."""
    if instant.tzinfo is None:
        raise ValueError("a naive datetime is no instant")
    return instant.astimezone(UTC)


def midnight(day: date) -> datetime:
    """The first instant of a Brussels day, in UTC (00:00 exists every day: Belgium changes its clocks at 02:00 and 03:00)."""
    return datetime.combine(day, time(), tzinfo=BRUSSELS).astimezone(UTC)


def at_hour(day: date, hour: int) -> datetime:
    """An hour of a Brussels day, in UTC; one that exists once every day (not 2)."""
    return datetime.combine(day, time(hour), tzinfo=BRUSSELS).astimezone(UTC)


def after_days(instant: datetime, days: int) -> datetime:
    """First instant after `days` calendar days: usable through D+days 23:59:59 local (reading 1)."""
    return midnight(brussels_date(instant) + timedelta(days=days + 1))


def after_months(instant: datetime, months: int) -> datetime:
    """First instant after calendar months: through the same day number, clamped to the end of the month (reading 10)."""
    day = brussels_date(instant)
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = monthrange(year, month + 1)[1]
    return midnight(date(year, month + 1, min(day.day, last)) + timedelta(days=1))


def after_years(instant: datetime, years: int) -> datetime:
    """First instant after calendar years; 29 February counts through 28 February."""
    return after_months(instant, 12 * years)


def after_working_days(instant: datetime, days: int) -> datetime:
    """First instant after `days` Belgian working days, the day of the event excluded (D8)."""
    day = brussels_date(instant)
    while days > 0:
        day += timedelta(days=1)
        if is_working_day(day):
            days -= 1
    return midnight(day + timedelta(days=1))


def last_day(deadline: datetime) -> date:
    """The last Brussels date on which something with this first-invalid instant still holds: what messages print."""
    return brussels_date(deadline - timedelta(microseconds=1))


def is_working_day(day: date) -> bool:
    """Monday to Friday, no Belgian public holiday."""
    return day.weekday() < 5 and day not in public_holidays(day.year)


@lru_cache(maxsize=64)
def public_holidays(year: int) -> frozenset[date]:
    """The ten Belgian public holidays of a year (royal decree of 18 April 1974)."""
    easter = _easter(year)
    fixed = ((1, 1), (5, 1), (7, 21), (8, 15), (11, 1), (11, 11), (12, 25))
    moving = (easter + timedelta(days=1), easter + timedelta(days=39), easter + timedelta(days=50))
    return frozenset({date(year, month, day) for month, day in fixed} | set(moving))


def _easter(year: int) -> date:
    """Easter Sunday in the Gregorian calendar (the anonymous algorithm of Meeus)."""
    golden, century, rest = year % 19, year // 100, year % 100
    leap, skip = divmod(century, 4)
    moon = (19 * golden + century - leap - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    week = (32 + 2 * skip + 2 * (rest // 4) - moon - rest % 4) % 7
    shift = (golden + 11 * moon + 22 * week) // 451
    month, day = divmod(moon + week - 7 * shift + 114, 31)
    return date(year, month, day + 1)
