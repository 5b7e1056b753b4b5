"""Deadlines are Brussels calendar days, computed once: readings 1, 2 and 10, over every change of the clock."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.calendar import (
    after_days,
    after_months,
    after_working_days,
    after_years,
    aware,
    brussels_date,
    is_working_day,
    last_day,
    midnight,
    public_holidays,
)

BRUSSELS = ZoneInfo("Europe/Brussels")
INSTANT = timedelta(microseconds=1)

instants = st.datetimes(datetime(1975, 1, 1), datetime(2150, 1, 1), timezones=st.just(UTC))


def local(text: str) -> datetime:
    """A Brussels wall clock time as an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=BRUSSELS).astimezone(UTC)


@pytest.mark.fact("R1", "3.36", "B3b-link_validity")
@pytest.mark.parametrize(
    ("issued", "first_invalid"),
    [
        ("2026-11-23T15:00", "2026-12-07T23:00+00:00"),
        ("2026-11-23T00:00", "2026-12-07T23:00+00:00"),
        ("2026-11-23T23:59:59.999999", "2026-12-07T23:00+00:00"),
        ("2026-10-20T12:00", "2026-11-03T23:00+00:00"),  # over 25 October 2026, when the clocks go back
        ("2027-03-20T12:00", "2027-04-03T22:00+00:00"),  # over 28 March 2027, when they go forward
        ("2027-10-25T12:00", "2027-11-08T23:00+00:00"),  # over 31 October 2027
        ("2026-10-11T12:00", "2026-10-25T23:00+00:00"),  # the last day has 25 hours
        ("2027-03-14T12:00", "2027-03-28T22:00+00:00"),  # the last day has 23 hours
        ("2026-10-25T02:30", "2026-11-08T23:00+00:00"),  # the hour that comes twice
        ("2028-02-20T12:00", "2028-03-05T23:00+00:00"),  # over a leap day
        ("2026-12-24T12:00", "2027-01-07T23:00+00:00"),
    ],
)
def test_fourteen_days_end_with_the_fourteenth_day_in_brussels(issued: str, first_invalid: str) -> None:
    assert after_days(local(issued), 14) == datetime.fromisoformat(first_invalid)


@pytest.mark.fact("R1")
def test_the_last_microsecond_of_the_last_day_is_still_valid_and_the_next_instant_is_not() -> None:
    first_invalid = after_days(local("2026-11-23T15:00"), 14)

    assert local("2026-12-07T23:59:59.999999") < first_invalid
    assert local("2026-12-08T00:00:00") == first_invalid


@pytest.mark.fact("R1")
def test_fourteen_days_are_never_fourteen_times_twenty_four_hours() -> None:
    shortest = local("2027-03-27T23:59:59.999999")
    longest = local("2026-10-24T00:00")

    assert after_days(shortest, 14) - shortest == timedelta(days=13, hours=23) + INSTANT
    assert after_days(longest, 14) - longest == timedelta(days=15, hours=1)


@pytest.mark.fact("R1")
@pytest.mark.parametrize(
    ("utc", "day"),
    [
        ("2026-11-23T22:59:59.999999", date(2026, 11, 23)),
        ("2026-11-23T23:00:00", date(2026, 11, 24)),  # winter: one hour ahead
        ("2026-07-01T21:59:59.999999", date(2026, 7, 1)),
        ("2026-07-01T22:00:00", date(2026, 7, 2)),  # summer: two hours ahead
    ],
)
def test_a_day_begins_at_midnight_in_brussels_and_not_in_utc(utc: str, day: date) -> None:
    assert brussels_date(datetime.fromisoformat(utc).replace(tzinfo=UTC)) == day


@given(instants, st.integers(0, 400))
def test_days_end_at_a_local_midnight_whatever_the_hour(instant: datetime, days: int) -> None:
    first_invalid = after_days(instant, days)

    there = first_invalid.astimezone(BRUSSELS)
    assert (there.hour, there.minute, there.second, there.microsecond) == (0, 0, 0, 0)
    assert last_day(first_invalid) == instant.astimezone(BRUSSELS).date() + timedelta(days=days)
    assert first_invalid > instant
    assert first_invalid.utcoffset() == timedelta(0)


@given(instants, st.integers(0, 60), st.timedeltas(timedelta(0), timedelta(days=2)))
def test_what_begins_later_never_ends_earlier(instant: datetime, days: int, later: timedelta) -> None:
    assert after_days(instant + later, days) >= after_days(instant, days)


@given(instants, st.integers(0, 60))
def test_an_instant_counts_the_same_in_every_time_zone(instant: datetime, days: int) -> None:
    elsewhere = instant.astimezone(ZoneInfo("Pacific/Kiritimati"))

    assert after_days(elsewhere, days) == after_days(instant, days)


@pytest.mark.fact("R10", "3.33", "B3b-consultation")
@pytest.mark.parametrize(
    ("completed", "last"),
    [
        ("2026-11-23T15:00", date(2026, 12, 23)),
        ("2027-01-31T12:00", date(2027, 2, 28)),
        ("2027-01-29T12:00", date(2027, 2, 28)),
        ("2028-01-31T12:00", date(2028, 2, 29)),
        ("2028-02-29T12:00", date(2028, 3, 29)),
        ("2027-02-28T12:00", date(2027, 3, 28)),  # the last day is the one of 23 hours
        ("2026-09-25T12:00", date(2026, 10, 25)),  # and here the one of 25
        ("2026-10-31T23:59:59.999999", date(2026, 11, 30)),
        ("2026-12-31T12:00", date(2027, 1, 31)),
    ],
)
def test_one_month_runs_through_the_same_day_number_clamped_to_the_end(completed: str, last: date) -> None:
    first_invalid = after_months(local(completed), 1)

    assert first_invalid == datetime.combine(last + timedelta(days=1), datetime.min.time(), BRUSSELS)
    assert last_day(first_invalid) == last


@pytest.mark.fact("R10")
@given(instants, st.integers(1, 36))
def test_months_keep_the_day_number_or_end_with_the_month(instant: datetime, months: int) -> None:
    begun = instant.astimezone(BRUSSELS).date()

    last = last_day(after_months(instant, months))

    assert (last.year * 12 + last.month) - (begun.year * 12 + begun.month) == months
    assert last.day == min(begun.day, monthrange(last.year, last.month)[1])


@pytest.mark.fact("B3b-key_validity")
@pytest.mark.parametrize(
    ("confirmed", "last"),
    [("2026-11-23T15:00", date(2036, 11, 23)), ("2028-02-29T15:00", date(2038, 2, 28))],
)
def test_a_key_of_ten_years_works_through_the_same_date(confirmed: str, last: date) -> None:
    assert last_day(after_years(local(confirmed), 10)) == last


@pytest.mark.fact("B3b-queue_alert")
@pytest.mark.parametrize(
    ("entered", "last"),
    [
        ("2026-11-23T09:00", date(2026, 11, 25)),  # Monday
        ("2026-11-26T09:00", date(2026, 11, 30)),  # Thursday, over a weekend
        ("2026-11-27T23:59:59.999999", date(2026, 12, 1)),  # Friday, its last moment
        ("2026-11-28T09:00", date(2026, 12, 1)),  # Saturday
        ("2026-12-24T09:00", date(2026, 12, 29)),  # Christmas on a Friday
        ("2026-11-10T09:00", date(2026, 11, 13)),  # Armistice Day on a Wednesday
        ("2027-03-26T09:00", date(2027, 3, 31)),  # Easter Monday
    ],
)
def test_two_working_days_leave_out_weekends_and_public_holidays(entered: str, last: date) -> None:
    assert last_day(after_working_days(local(entered), 2)) == last


@given(instants, st.integers(0, 10))
def test_working_days_end_on_a_working_day_after_exactly_as_many(instant: datetime, days: int) -> None:
    begun, last = brussels_date(instant), last_day(after_working_days(instant, days))

    between = [begun + timedelta(days=n) for n in range(1, (last - begun).days + 1)]
    assert sum(map(is_working_day, between)) == days
    assert days == 0 or is_working_day(last)


def test_the_public_holidays_of_a_year_are_the_ten_of_belgium() -> None:
    assert sorted(f"{day:%m-%d}" for day in public_holidays(2026)) == [
        "01-01", "04-06", "05-01", "05-14", "05-25", "07-21", "08-15", "11-01", "11-11", "12-25",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "easter", ["2008-03-23", "2024-03-31", "2025-04-20", "2026-04-05", "2027-03-28", "2028-04-16", "2038-04-25"]
)
def test_easter_monday_ascension_and_whit_monday_follow_easter(easter: str) -> None:
    sunday = date.fromisoformat(easter)

    for days in (1, 39, 50):
        assert not is_working_day(sunday + timedelta(days=days))


def test_a_time_without_a_zone_is_refused() -> None:
    for compute in (aware, brussels_date, lambda naive: after_days(naive, 1)):
        with pytest.raises(ValueError, match="naive"):
            compute(datetime(2026, 11, 23, 12))


@given(st.dates(date(1975, 1, 2), date(2150, 1, 1)))
def test_midnight_is_the_first_instant_of_its_day(day: date) -> None:
    first = midnight(day)

    assert brussels_date(first) == day
    assert brussels_date(first - INSTANT) == day - timedelta(days=1)
