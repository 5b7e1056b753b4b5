"""The limits of an activation: 14 days of a link, 30 of the whole, and how the one ends with the other."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.calendar import last_day, midnight
from workflow.issuing import limit_of, link_expiry, stuck
from workflow.policy import DEFAULT, Policy

FIRST = datetime(2026, 11, 23, 15, tzinfo=ZoneInfo("Europe/Brussels")).astimezone(UTC)
instants = st.datetimes(datetime(2026, 1, 1), datetime(2046, 1, 1), timezones=st.just(UTC))


def on(day: date) -> datetime:
    """Noon of a Brussels day."""
    return midnight(day) + timedelta(hours=12)


@pytest.mark.fact("R1", "3.34", "B3b-link_validity")
def test_a_link_works_through_the_fourteenth_day_after_its_issue() -> None:
    assert last_day(link_expiry(FIRST)) == date(2026, 12, 7)


@pytest.mark.fact("R2", "3.36", "B3b-activation_limit")
def test_the_thirtieth_day_still_works_and_the_thirty_first_does_not() -> None:
    limit = limit_of(FIRST)

    assert last_day(limit) == date(2026, 12, 23)
    assert on(date(2026, 12, 23)) < limit <= on(date(2026, 12, 24))


@pytest.mark.fact("R2", "B3b-link_validity")
@pytest.mark.parametrize(
    ("renewed", "last"),
    [
        (date(2026, 12, 8), date(2026, 12, 22)),
        (date(2026, 12, 9), date(2026, 12, 23)),
        (date(2026, 12, 10), date(2026, 12, 23)),
        (date(2026, 12, 23), date(2026, 12, 23)),
    ],
)
def test_a_renewed_link_lives_fourteen_days_but_never_past_day_thirty(renewed: date, last: date) -> None:
    assert last_day(link_expiry(on(renewed), blocks_at=limit_of(FIRST))) == last


@pytest.mark.fact("R2", "B3b-renewals")
@given(instants)
def test_at_most_two_renewals_fit_in_the_thirty_days(first: datetime) -> None:
    limit, expires, renewals = limit_of(first), link_expiry(first), 0

    while expires < limit:
        renewals, expires = renewals + 1, link_expiry(expires, blocks_at=limit)

    assert renewals == 2
    assert expires == limit


@pytest.mark.fact("R2")
@given(instants, st.timedeltas(timedelta(0), timedelta(days=40)))
def test_no_link_outlives_the_limit(first: datetime, later: timedelta) -> None:
    assert link_expiry(first + later, blocks_at=limit_of(first)) <= limit_of(first)


@pytest.mark.fact("B3b-issuing_stuck")
def test_an_activation_that_nobody_accepted_is_stuck_a_day_after_its_mint() -> None:
    assert stuck(FIRST) == {"stuck_at": FIRST + timedelta(hours=24)}


@pytest.mark.fact("B3b-draft_idle", "B3b-info_deadline", "B3b-queue_alert", "B3b-setup_idle", "B3b-key_reminder")
def test_the_numbers_that_are_ours_have_the_recommended_values() -> None:
    assert (DEFAULT.draft_idle_days, DEFAULT.info_days, DEFAULT.queue_alert_working_days) == (30, 14, 2)
    assert (DEFAULT.setup_idle_days, DEFAULT.setup_reminder_days, DEFAULT.key_reminder_days) == (90, 14, 30)


@pytest.mark.fact("3.34", "3.36", "3.33")
def test_the_numbers_of_the_source_are_no_settings() -> None:
    names = set(Policy.__slots__)

    assert not [name for name in names if any(word in name for word in ("link", "limit", "attempt", "consult"))]
    with pytest.raises(KeyError):
        DEFAULT.number("link_valid_days")
