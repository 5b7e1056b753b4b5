"""Dates as documents give them: a birth date may lack its day or its month (domain B4, D1).

Nothing here reads a clock: the caller hands in today's Brussels date.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

from identity.problems import Problem

EARLIEST_BIRTH_YEAR = 1880

_PARTIAL = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_FULL = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")


@dataclass(frozen=True, slots=True, repr=False)
class PartialDate:
    """A birth date of which the day, or month and day, may be unknown."""

    year: int
    month: int | None = None
    day: int | None = None

    def __repr__(self) -> str:
        return "PartialDate(****)"

    def __str__(self) -> str:
        parts = [f"{self.year:04d}"]
        parts += [f"{part:02d}" for part in (self.month, self.day) if part is not None]
        return "-".join(parts)

    def agrees_with(self, other: PartialDate) -> bool:
        """Tell whether nothing that both dates know is different."""
        pairs = ((self.year, other.year), (self.month, other.month), (self.day, other.day))
        return all(ours is None or theirs is None or ours == theirs for ours, theirs in pairs)

    @property
    def first_day(self) -> date:
        """The earliest day it can stand for."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def last_day(self) -> date:
        """The latest day it can stand for."""
        month = self.month or 12
        return date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])


def read_partial_date(text: str) -> PartialDate:
    """Read `1985-07-15`, `1985-07` or `1985`.

    Raises: Problem `date_format` or `no_such_date`.
    """
    match = _PARTIAL.fullmatch(text)
    if match is None:
        raise Problem("date_format", "Write the date as 1985-07-15, or as 1985-07 or 1985 when the rest is unknown.")
    year, month, day = (int(part) if part is not None else None for part in match.groups())
    partial = PartialDate(year or 0, month, day)
    try:
        _ = partial.first_day, partial.last_day
    except ValueError:
        raise _no_such_date() from None
    if month == 0 or day == 0:
        raise _no_such_date()
    return partial


def parse_birth_date(text: str, *, today: date) -> PartialDate:
    """Read the birth date of a living person.

    Raises: Problem `date_format`, `no_such_date`, `in_future` or `too_long_ago`.
    """
    born = read_partial_date(text)
    if born.first_day > today:
        raise Problem("in_future", "A birth date cannot lie after today.")
    if born.year < EARLIEST_BIRTH_YEAR:
        raise Problem("too_long_ago", f"A birth year before {EARLIEST_BIRTH_YEAR} cannot be right.")
    return born


def parse_date(text: str) -> date:
    """Read a full calendar date written as `2026-11-20`.

    Raises: Problem `date_format` or `no_such_date`.
    """
    match = _FULL.fullmatch(text)
    if match is None:
        raise Problem("date_format", "Write the date as year-month-day, such as 2026-11-20.")
    year, month, day = (int(part) for part in match.groups())
    try:
        return date(year, month, day)
    except ValueError:
        raise _no_such_date() from None


def add_years(day: date, years: int) -> date:
    """Return the same day a number of years later; 29 February becomes 28 February where there is none."""
    # A card without an end is written as 9999-12-31: its year cannot grow.
    year = min(day.year + years, date.max.year)
    return day.replace(year=year, day=min(day.day, calendar.monthrange(year, day.month)[1]))


def _no_such_date() -> Problem:
    return Problem("no_such_date", "This day does not exist in the calendar.")
