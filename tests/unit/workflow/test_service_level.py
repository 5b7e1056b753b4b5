"""The promise of five working days: working hours only, Belgian holidays left out, no time of the requester's (D5, L8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.calendar import public_holidays
from workflow.lifecycles.registration import State as S
from workflow.service_level import Badge, BadgeKind, ServiceLevel, badge, breaches_within, service_level
from workflow.working_hours import (
    after_working_time,
    is_open,
    working_dates,
    working_days_until,
    working_time,
)

BRUSSELS = ZoneInfo("Europe/Brussels")
DAY, HOUR = timedelta(hours=8), timedelta(hours=1)


@dataclass(frozen=True)
class Line:
    """As much of a line of history as the clock reads."""

    to_state: str
    occurred_at: datetime


def local(text: str) -> datetime:
    """A Brussels wall clock time as an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=BRUSSELS).astimezone(UTC)


def story(*told: tuple[str, str]) -> list[Line]:
    """A history out of states and Brussels times; it begins as a draft, long before."""
    return [Line(S.DRAFT, local("2026-01-02T10:00")), *(Line(state, local(at)) for state, at in told)]


def at(text: str, *told: tuple[str, str]) -> ServiceLevel:
    """The service level of a story at a Brussels time."""
    return service_level(story(*told), now=local(text))


def wall(instant: datetime | None) -> str:
    """An instant as a Brussels wall clock shows it."""
    assert instant is not None
    return f"{instant.astimezone(BRUSSELS):%Y-%m-%dT%H:%M}"


@pytest.mark.parametrize(
    ("submitted", "due"),
    [
        ("2026-11-23T09:00", "2026-11-27T17:00"),  # Monday, first minute: through Friday, not to the next Monday
        ("2026-11-23T06:30", "2026-11-27T17:00"),  # before the desk opens
        ("2026-11-23T17:00", "2026-11-30T17:00"),  # the desk has just closed
        ("2026-11-23T23:59", "2026-11-30T17:00"),
        ("2026-11-25T14:30", "2026-12-02T14:30"),  # Wednesday, over a weekend
        ("2026-11-27T16:59", "2026-12-04T16:59"),  # Friday, one minute left
        ("2026-11-28T12:00", "2026-12-04T17:00"),  # Saturday
        ("2026-11-29T23:00", "2026-12-04T17:00"),  # Sunday
        ("2026-10-31T12:00", "2026-11-06T17:00"),  # All Saints on a Sunday costs no working day
        ("2026-11-10T15:00", "2026-11-18T15:00"),  # eve of Armistice Day, a Wednesday
        ("2026-11-11T10:00", "2026-11-18T17:00"),  # on the holiday itself
        ("2026-10-23T13:00", "2026-10-30T13:00"),  # over 25 October, a day of 25 hours
        ("2027-03-25T13:00", "2027-04-02T13:00"),  # over 28 March, a day of 23 hours, and Easter Monday
        ("2026-04-02T13:00", "2026-04-10T13:00"),  # Easter Monday, 6 April
        ("2026-05-12T13:00", "2026-05-20T13:00"),  # Ascension, Thursday 14 May; the Friday after is worked
        ("2026-05-22T13:00", "2026-06-01T13:00"),  # Whit Monday, 25 May
        ("2026-04-30T16:00", "2026-05-08T16:00"),  # 1 May on a Friday
        ("2026-07-20T13:00", "2026-07-28T13:00"),  # 21 July on a Tuesday
        ("2026-08-14T13:00", "2026-08-21T13:00"),  # 15 August on a Saturday costs no working day
        ("2025-08-14T13:00", "2025-08-22T13:00"),  # and on a Friday it does
        ("2026-12-21T13:00", "2026-12-29T13:00"),  # Christmas on a Friday; 26 December is no holiday in Belgium
        ("2026-12-28T13:00", "2027-01-05T13:00"),  # New Year on a Friday
        ("2028-02-25T13:00", "2028-03-03T13:00"),  # over a leap day
    ],
)
def test_five_working_days_from_the_submission(submitted: str, due: str) -> None:
    level = at(submitted, (S.SUBMITTED, submitted))

    assert wall(level.due_at) == due
    assert level.started_at == local(submitted)
    assert (level.used, level.remaining) == (timedelta(), 5 * DAY)
    assert not level.breached


def test_a_draft_has_no_clock() -> None:
    level = at("2026-11-24T10:00")

    assert level.started_at is None
    assert level.due_at is None
    assert not level.paused
    assert badge(level, now=local("2026-11-24T10:00")) is None


def test_the_promise_is_broken_at_the_instant_it_is_due_and_not_before() -> None:
    told = ((S.SUBMITTED, "2026-11-23T10:00"), (S.IN_REVIEW, "2026-11-23T11:00"))

    before, then = at("2026-11-30T09:59", *told), at("2026-11-30T10:00", *told)

    assert (before.breached, before.breached_at) == (False, None)
    assert (before.used, before.remaining) == (5 * DAY - HOUR / 60, HOUR / 60)
    assert (then.breached, then.breached_at) == (True, local("2026-11-30T10:00"))
    assert then.remaining == timedelta()


def test_a_night_and_a_weekend_use_nothing() -> None:
    told = (S.SUBMITTED, "2026-11-27T15:00")

    friday, monday = at("2026-11-27T17:00", told), at("2026-11-30T09:00", told)

    assert friday.used == monday.used == 2 * HOUR
    assert friday.due_at == monday.due_at


@pytest.mark.parametrize("day", ["2026-10-26", "2027-03-30"], ids=["after 25 hours", "after 23 hours"])
def test_a_change_of_the_clock_changes_no_working_day(day: str) -> None:
    friday = "2026-10-23" if day == "2026-10-26" else "2027-03-26"

    level = at(f"{day}T11:00", (S.SUBMITTED, f"{friday}T15:00"))

    assert level.used == 4 * HOUR


def test_the_clock_stands_still_while_the_requester_has_to_act() -> None:
    told = (
        (S.SUBMITTED, "2026-11-23T10:00"),
        (S.IN_REVIEW, "2026-11-23T12:00"),
        (S.INFO_REQUESTED, "2026-11-24T10:00"),
    )

    level = at("2026-12-03T10:00", *told)

    assert (level.paused, level.paused_since) == (True, local("2026-11-24T10:00"))
    assert (level.used, level.remaining) == (DAY, 4 * DAY)
    assert level.due_at is None
    assert not level.breached


def test_what_is_due_is_counted_anew_after_each_of_two_returns() -> None:
    told = [
        (S.SUBMITTED, "2026-11-23T10:00"),
        (S.IN_REVIEW, "2026-11-23T12:00"),
        (S.INFO_REQUESTED, "2026-11-24T10:00"),  # one day used
        (S.SUBMITTED, "2026-11-26T14:00"),
        (S.IN_REVIEW, "2026-11-26T15:00"),
        (S.INFO_REQUESTED, "2026-11-27T14:00"),  # and another
        (S.SUBMITTED, "2026-12-05T18:00"),  # on a Saturday
    ]

    once, twice = at("2026-11-26T14:00", *told[:4]), at("2026-12-05T18:00", *told)

    assert (once.used, wall(once.due_at)) == (DAY, "2026-12-02T14:00")
    assert (twice.used, wall(twice.due_at)) == (2 * DAY, "2026-12-09T17:00")
    assert not twice.paused


def test_lines_that_change_no_state_change_no_clock() -> None:
    told = ((S.SUBMITTED, "2026-11-23T10:00"), (S.IN_REVIEW, "2026-11-23T12:00"))

    level = at("2026-11-25T10:00", *told, (S.IN_REVIEW, "2026-11-24T10:00"), (S.IN_REVIEW, "2026-11-24T11:00"))

    assert level == at("2026-11-25T10:00", *told)


def test_a_pause_after_the_promise_was_broken_makes_it_no_worse() -> None:
    told = ((S.SUBMITTED, "2026-11-23T10:00"), (S.INFO_REQUESTED, "2026-12-01T10:00"))

    level, now = at("2026-12-10T10:00", *told), local("2026-12-10T10:00")

    assert level.paused
    assert (level.breached, wall(level.due_at)) == (True, "2026-11-30T10:00")
    assert level.remaining == -DAY
    assert badge(level, now=now) == Badge(BadgeKind.OVERDUE, 1)


@pytest.mark.parametrize("end", [S.COMPLETED, S.REJECTED, S.WITHDRAWN, S.STOPPED, S.LAPSED])
def test_an_end_stops_the_clock_for_good_also_after_the_purge(end: str) -> None:
    told = ((S.SUBMITTED, "2026-11-23T10:00"), (end, "2026-11-24T10:00"), (S.PURGED, "2026-12-25T00:00"))

    level = at("2027-03-01T10:00", *told)

    assert level.ended_at == local("2026-11-24T10:00")
    assert (level.used, level.breached, level.paused) == (DAY, False, False)
    assert wall(level.due_at) == "2026-11-30T10:00"
    assert badge(level, now=local("2027-03-01T10:00")) is None


def test_the_time_of_the_register_counts() -> None:
    told = ((S.SUBMITTED, "2026-11-23T10:00"), (S.APPROVED, "2026-11-23T11:00"), (S.REGISTERING, "2026-11-23T11:01"))

    assert at("2026-11-24T10:00", *told).used == DAY


def test_a_request_that_ends_while_the_requester_had_to_act_is_not_paused() -> None:
    told = ((S.SUBMITTED, "2026-11-23T10:00"), (S.INFO_REQUESTED, "2026-11-24T10:00"), (S.LAPSED, "2026-12-09T00:00"))

    level = at("2026-12-20T10:00", *told)

    assert (level.paused, level.breached, level.used) == (False, False, DAY)


def test_another_target_gives_another_day() -> None:
    level = service_level(
        story((S.SUBMITTED, "2026-11-23T10:00")), now=local("2026-11-23T10:00"), target_working_days=2
    )

    assert wall(level.due_at) == "2026-11-25T10:00"


@pytest.mark.parametrize(
    ("now", "kind", "count"),
    [
        ("2026-11-23T10:00", BadgeKind.IN_DAYS, 5),  # Monday, due the next Monday at 10:00
        ("2026-11-26T10:00", BadgeKind.IN_DAYS, 2),
        ("2026-11-27T10:00", BadgeKind.SOON, 1),  # Friday: the next working day
        ("2026-11-29T10:00", BadgeKind.SOON, 1),  # Sunday
        ("2026-11-30T08:00", BadgeKind.TODAY, 1),
        ("2026-11-30T09:59", BadgeKind.TODAY, 1),
        ("2026-11-30T10:00", BadgeKind.OVERDUE, 0),
        ("2026-11-30T20:00", BadgeKind.OVERDUE, 0),
        ("2026-12-01T09:01", BadgeKind.OVERDUE, 1),
        ("2026-12-06T12:00", BadgeKind.OVERDUE, 4),  # Sunday: Tuesday to Friday
    ],
)
def test_the_badge_of_a_request_that_runs(now: str, kind: BadgeKind, count: int) -> None:
    level = at(now, (S.SUBMITTED, "2026-11-23T10:00"))

    assert badge(level, now=local(now)) == Badge(kind, count)


@pytest.mark.parametrize(("now", "days"), [("2026-11-24T18:00", 0), ("2026-11-25T00:00", 1), ("2026-12-04T10:00", 10)])
def test_the_badge_of_a_paused_request_counts_calendar_days(now: str, days: int) -> None:
    level = at(now, (S.SUBMITTED, "2026-11-23T10:00"), (S.INFO_REQUESTED, "2026-11-24T10:00"))

    assert badge(level, now=local(now)) == Badge(BadgeKind.PAUSED, days)


@pytest.mark.parametrize(("hours", "warned"), [(1, False), (2, True), (16, True)])
def test_a_breach_is_foreseen_in_working_hours(hours: int, warned: bool) -> None:
    friday = local("2026-11-27T16:00")  # due on Monday at 10:00: one hour on Friday, one on Monday
    level = service_level(story((S.SUBMITTED, "2026-11-23T10:00")), now=friday)

    assert breaches_within(level, hours, now=friday) is warned


def test_nothing_is_foreseen_of_what_is_broken_paused_or_over() -> None:
    now = local("2026-12-20T10:00")
    stories = (
        ((S.SUBMITTED, "2026-11-23T10:00"),),
        ((S.SUBMITTED, "2026-11-23T10:00"), (S.INFO_REQUESTED, "2026-11-24T10:00")),
        ((S.SUBMITTED, "2026-11-23T10:00"), (S.REJECTED, "2026-11-24T10:00")),
    )

    assert not any(breaches_within(service_level(story(*told), now=now), 1000, now=now) for told in stories)


@pytest.mark.parametrize(
    ("now", "works"),
    [
        ("2026-11-23T08:59", False), ("2026-11-23T09:00", True), ("2026-11-23T16:59", True),
        ("2026-11-23T17:00", False), ("2026-11-28T12:00", False), ("2026-11-11T12:00", False),
    ],
)  # fmt: skip
def test_the_desk_works_from_nine_to_seventeen_on_working_days(now: str, works: bool) -> None:
    assert is_open(local(now)) is works
    assert at(now, (S.SUBMITTED, "2026-11-02T10:00")).within_working_hours is works


# What is drawn: a request that is returned any number of times, after any working or idle times.

instants = st.datetimes(datetime(2024, 1, 1), datetime(2032, 1, 1), timezones=st.just(UTC))
gaps = st.timedeltas(timedelta(minutes=1), timedelta(days=9))


@st.composite
def returned(draw: st.DrawFn) -> tuple[list[Line], list[Line]]:
    """A request that was returned some times, and the same one had nobody returned it."""
    moment = draw(instants)
    lines = [Line(S.SUBMITTED, moment)]
    for worked, waited in draw(st.lists(st.tuples(gaps, gaps), max_size=4)):
        moment += worked
        lines.append(Line(S.INFO_REQUESTED, moment))
        moment += waited
        lines.append(Line(S.SUBMITTED, moment))
    return lines, lines[:1]


@given(returned(), st.integers(0, 20))
def test_a_pause_never_makes_it_due_earlier(told: tuple[list[Line], list[Line]], days: int) -> None:
    now = told[0][-1].occurred_at

    paused, plain = (service_level(lines, now=now, target_working_days=days) for lines in told)

    assert paused.due_at is not None
    assert plain.due_at is not None
    assert paused.due_at >= plain.due_at
    assert paused.used <= plain.used
    assert plain.breached or not paused.breached


@given(returned(), gaps, gaps)
def test_working_time_never_runs_backwards(
    told: tuple[list[Line], list[Line]], first: timedelta, more: timedelta
) -> None:
    lines, _ = told
    early = lines[0].occurred_at + first

    one, other = (service_level(lines, now=now) for now in (early, early + more))

    assert one.used <= other.used
    assert other.breached or not one.breached
    assert one.breached_at in (None, other.breached_at)
    assert other.days_over >= one.days_over


@given(returned(), gaps)
def test_the_parts_of_a_service_level_agree(told: tuple[list[Line], list[Line]], later: timedelta) -> None:
    now = told[0][-1].occurred_at + later

    level = service_level(told[0], now=now)

    assert level.used + level.remaining == level.target
    assert level.breached == (level.due_at is not None and level.due_at <= now)
    assert level.breached == (level.remaining <= timedelta())
    assert level.breached or level.due_at == after_working_time(now, level.remaining)


@given(instants, st.timedeltas(timedelta(minutes=1), timedelta(hours=400)))
def test_the_instant_after_a_span_is_the_first_at_which_it_has_passed(start: datetime, span: timedelta) -> None:
    then = after_working_time(start, span)

    assert working_time(start, then) == span
    assert working_time(start, then - timedelta(microseconds=1)) < span


@given(instants, gaps, gaps)
def test_working_time_adds_up(start: datetime, one: timedelta, other: timedelta) -> None:
    middle, end = start + one, start + one + other

    assert working_time(start, end) == working_time(start, middle) + working_time(middle, end)
    assert len(working_dates(start, end)) * DAY >= working_time(start, end)


@pytest.mark.parametrize(("today", "day", "days"), [(23, 23, 0), (23, 30, 5), (28, 30, 1), (30, 23, 0)])
def test_working_days_until_leave_out_today(today: int, day: int, days: int) -> None:
    assert working_days_until(date(2026, 11, today), date(2026, 11, day)) == days


def test_the_moving_holidays_follow_the_church_calendar_in_every_year() -> None:
    """Easter worked out another way than in the calendar: the Sunday after the full moon of the tables of Clavius."""
    for year in range(1900, 2200):
        sunday = _easter_by_epact(year)

        moving = {sunday + timedelta(days=days) for days in (1, 39, 50)}
        fixed = {date(year, *day) for day in ((1, 1), (5, 1), (7, 21), (8, 15), (11, 1), (11, 11), (12, 25))}
        assert public_holidays(year) == moving | fixed, year


def _easter_by_epact(year: int) -> date:
    golden, century = year % 19 + 1, year // 100 + 1
    epact = (11 * golden + 20 + (8 * century + 5) // 25 - 5 - (3 * century // 4 - 12)) % 30
    epact += epact == 24 or (epact == 25 and golden > 11)
    moon = 44 - epact + (30 if epact > 23 else 0)  # of March
    full = date(year, 3, 1) + timedelta(days=moon - 1)
    return full + timedelta(days=7 - (full.weekday() + 1) % 7)


def test_lines_of_history_that_come_later_are_not_looked_at() -> None:
    told = ((S.SUBMITTED, "2026-11-23T10:00"), (S.INFO_REQUESTED, "2026-11-24T10:00"))

    before, between = at("2026-11-23T09:59", *told), at("2026-11-23T11:00", *told)

    assert before.started_at is None
    assert (between.paused, between.used) == (False, HOUR)
