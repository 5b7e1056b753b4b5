"""Partial and full dates as documents give them."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.dates import PartialDate, add_years, parse_birth_date, parse_date, read_partial_date
from identity.problems import Problem

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize("text", ["1985-07-15", "1985-07", "1985", "2024-02-29"])
def test_a_birth_date_may_lack_its_day_or_its_month(text: str) -> None:
    born = parse_birth_date(text, today=TODAY)

    assert str(born) == text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("15/07/1985", "date_format"),
        ("1985-7-15", "date_format"),
        ("1985-07-15\n", "date_format"),
        ("１９８５", "date_format"),
        ("1985-02-31", "no_such_date"),
        ("2023-02-29", "no_such_date"),
        ("1985-13", "no_such_date"),
        ("1985-00-10", "no_such_date"),
        ("1985-07-00", "no_such_date"),
        ("0000", "no_such_date"),
        ("2026-11-24", "in_future"),
        ("2026-12", "in_future"),
        ("2027", "in_future"),
        ("1879-12-31", "too_long_ago"),
    ],
)
def test_a_birth_date_that_cannot_be_is_refused(text: str, code: str) -> None:
    with pytest.raises(Problem) as refused:
        parse_birth_date(text, today=TODAY)

    assert refused.value.code == code


def test_somebody_may_be_born_today_or_in_the_running_month() -> None:
    assert parse_birth_date("2026-11-23", today=TODAY) == PartialDate(2026, 11, 23)
    assert parse_birth_date("2026-11", today=TODAY) == PartialDate(2026, 11)


def test_partial_dates_agree_when_nothing_both_know_differs() -> None:
    full = PartialDate(1985, 7, 15)

    assert full.agrees_with(PartialDate(1985))
    assert PartialDate(1985, 7).agrees_with(full)
    assert not full.agrees_with(PartialDate(1985, 8))
    assert not full.agrees_with(PartialDate(1986))


def test_a_partial_date_spans_every_day_it_may_mean() -> None:
    assert (PartialDate(2024, 2).first_day, PartialDate(2024, 2).last_day) == (date(2024, 2, 1), date(2024, 2, 29))
    assert (PartialDate(1985).first_day, PartialDate(1985).last_day) == (date(1985, 1, 1), date(1985, 12, 31))


def test_repr_of_a_birth_date_shows_nothing() -> None:
    assert "1985" not in repr(PartialDate(1985, 7, 15))


def test_a_document_date_is_always_full() -> None:
    assert parse_date("2026-11-20") == date(2026, 11, 20)
    with pytest.raises(Problem):
        parse_date("2026-11")
    with pytest.raises(Problem):
        parse_date("2026-11-31")


def test_adding_years_to_a_leap_day_gives_the_day_before_march() -> None:
    assert add_years(date(2012, 2, 29), 5) == date(2017, 2, 28)
    assert add_years(date(9999, 12, 31), 5) == date(9999, 12, 31)


def test_reading_without_a_clock_keeps_any_year() -> None:
    assert read_partial_date("2999") == PartialDate(2999)


partial_dates = st.one_of(
    st.dates(date(1880, 1, 1), TODAY).map(lambda day: PartialDate(day.year, day.month, day.day)),
    st.builds(PartialDate, st.integers(1880, 2025), st.integers(1, 12)),
    st.builds(PartialDate, st.integers(1880, 2025)),
)


@given(partial_dates)
def test_a_birth_date_written_and_read_back_is_the_same(born: PartialDate) -> None:
    assert parse_birth_date(str(born), today=TODAY) == born
    assert born.first_day <= born.last_day


@given(partial_dates, partial_dates)
def test_agreeing_is_mutual_and_means_that_some_day_is_possible_for_both(one: PartialDate, other: PartialDate) -> None:
    assert one.agrees_with(one)
    assert one.agrees_with(other) == other.agrees_with(one)
    overlap = one.first_day <= other.last_day and other.first_day <= one.last_day
    assert one.agrees_with(other) == overlap


@given(st.text(max_size=20))
def test_no_text_does_more_than_be_refused(text: str) -> None:
    for read in (lambda: parse_birth_date(text, today=TODAY), lambda: parse_date(text)):
        with suppress(Problem):
            read()


@given(st.dates(), st.integers(0, 30))
def test_years_are_added_without_moving_the_month(day: date, years: int) -> None:
    later = add_years(day, years)

    assert later >= day
    assert later.month == day.month
    assert later.day in (day.day, 28)
