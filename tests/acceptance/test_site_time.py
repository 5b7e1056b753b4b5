"""The clock and the pages: the day that is printed is the day that is judged, to the last instant, with nothing ticking."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.support.site import OpenSite, Person, issued_site, open_site

BRUSSELS = ZoneInfo("Europe/Brussels")
MONTHS = {"October": 10, "November": 11, "December": 12}
DAY = re.compile(r"(\d{1,2}) (October|November|December) (2026)")
TICK = timedelta(milliseconds=1)
WRONG = ("ABCDE" * 4, "BBCDE" * 4, "CBCDE" * 4)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[OpenSite]:
    """Link and code went out to Siobhán, who reads English, on 20 November: day 14 is 4 December, day 30 is 20 December."""
    with issued_site(tmp_path / "home", "siobhan-kelly") as opened:
        yield opened


def midnight(year: int, month: int, day: int) -> datetime:
    """The first instant of a day in Brussels."""
    return datetime(year, month, day, tzinfo=BRUSSELS).astimezone(UTC)


def days(person: Person) -> list[date]:
    """Every day that the page prints."""
    return [date(int(year), MONTHS[month], int(day)) for day, month, year in DAY.findall(person.words)]


def comes(site: OpenSite, at: datetime, token: str | None = None) -> Person:
    """Somebody follows the link then."""
    site.clock.set(at)
    return site.person().opens(token or site.link())


@pytest.mark.fact("3.34", "3.36", "R1", "B2-8", "B3b-link_validity")
def test_the_last_instant_of_day_fourteen_works_and_the_first_of_day_fifteen_does_not(site: OpenSite) -> None:
    last = midnight(2026, 12, 5)

    early = comes(site, last - TICK)
    assert (early.name, days(early)[0]) == ("landing", date(2026, 12, 4))
    early.get("/activate/code")
    assert days(early)[-2:] == [date(2026, 12, 4), date(2026, 12, 20)]
    late = comes(site, last)
    assert (late.name, days(late)) == ("expired", [date(2026, 12, 4), date(2026, 12, 20)])
    early.send("/activate/code", code=site.code())

    assert early.name == "expired"
    assert site.tries_left(site.ref) == 3
    assert site.compared("code") == 0
    site.clock.set(last - TICK)
    assert comes(site, last - TICK).enters(site.code()).name == "account"


@pytest.mark.fact("3.34")
def test_a_wrong_code_on_day_fifteen_costs_nothing_either(site: OpenSite) -> None:
    person = comes(site, midnight(2026, 12, 5) - TICK)
    person.get("/activate/code")
    site.clock.set(midnight(2026, 12, 5))

    for code in WRONG:
        person.send("/activate/code", code=code)

    assert site.tries_left(site.ref) == 3
    assert site.state(site.ref) == "link_expired"


@pytest.mark.fact("3.36", "R2", "AM3-6", "B2-9", "B2-10", "B3b-activation_limit")
def test_a_link_renewed_on_day_twenty_five_ends_with_day_thirty(site: OpenSite) -> None:
    old, renewed_at = site.link(), midnight(2026, 12, 15) + timedelta(hours=9)
    person = comes(site, renewed_at)

    person.send("/activate/renew")

    assert person.name == "renewed"
    assert days(person) == [date(2026, 12, 20)]
    site.tick()
    assert site.link() != old
    assert comes(site, renewed_at, old).name == "replaced"
    fresh = comes(site, renewed_at)
    assert (fresh.name, set(days(fresh))) == ("landing", {date(2026, 12, 20)})
    late = comes(site, midnight(2026, 12, 21) - TICK)
    late.get("/activate/code")
    assert late.name == "code"

    over = comes(site, midnight(2026, 12, 21))
    assert (over.name, over.page.count("<form")) == ("blocked", 0)
    late.send("/activate/code", code=site.code())
    assert late.name == "blocked"
    assert site.compared("code") == 0
    site.clock.set(midnight(2026, 12, 21) - TICK)
    assert late.enters(site.code()).name == "account"


@pytest.mark.fact("3.36", "R2", "B2-10")
def test_without_a_renewal_day_thirty_one_is_blocked_by_time(site: OpenSite) -> None:
    assert comes(site, midnight(2026, 12, 21) - TICK).name == "expired"

    person = comes(site, midnight(2026, 12, 21))

    assert person.name == "blocked"
    assert "30 days" in person.words
    assert site.ref in person.words
    assert site.state(site.ref) == "blocked_timeout"


@pytest.mark.fact("3.36", "R3")
def test_a_renewal_gives_no_tries_back(site: OpenSite) -> None:
    person = comes(site, midnight(2026, 12, 5) - TICK)
    person.enters(WRONG[0]).enters(WRONG[1])
    person = comes(site, midnight(2026, 12, 6))
    person.send("/activate/renew")
    site.tick()

    fresh = comes(site, midnight(2026, 12, 6))
    fresh.get("/activate/code")

    assert "1 attempt left" in fresh.words
    assert fresh.enters(WRONG[2]).name == "blocked"


@pytest.mark.fact("B2-9")
def test_one_renewal_a_brussels_day(site: OpenSite) -> None:
    renewed_at = midnight(2026, 12, 6) - TICK  # late in the evening of day 15
    person, again = comes(site, renewed_at), comes(site, renewed_at)
    mails = len(site.letters)

    person.send("/activate/renew")
    again.send("/activate/renew")
    site.tick()

    assert len(site.letters) == mails + 1
    assert site.events(site.ref).count("activation.link_renewed") == 1
    assert again.name in {"replaced", "landing"}
    link = site.link()
    assert comes(site, midnight(2026, 12, 20) - TICK, link).name == "landing"
    later = comes(site, midnight(2026, 12, 20), link)
    assert later.name == "expired", "the link of the 5th works through the 19th"
    later.send("/activate/renew")
    assert later.name == "renewed"


@pytest.mark.fact("B2-9b")
def test_a_link_sent_again_by_reference_keeps_the_last_day_and_kills_the_old_one(site: OpenSite) -> None:
    old, asked_at = site.link(), midnight(2026, 11, 28) + timedelta(hours=10)
    person = comes(site, asked_at)
    person.get("/activate/reference")

    person.send("/activate/reference", reference=site.ref)
    site.tick()

    assert person.name == "reference_sent"
    assert site.link() != old
    replaced = comes(site, asked_at, old)
    assert (replaced.name, days(replaced)) == ("replaced", [date(2026, 11, 28)])
    assert "name=" + '"code"' not in replaced.page
    fresh = comes(site, asked_at)
    assert days(fresh)[0] == date(2026, 12, 4), "the last day is as before"
    assert comes(site, midnight(2026, 12, 5)).name == "expired"


@pytest.mark.fact("R1")
@pytest.mark.parametrize(
    ("issued", "last_day"),
    [
        (datetime(2026, 10, 20, 9, tzinfo=UTC), date(2026, 11, 3)),
        (datetime(2026, 10, 11, 21, 59, 59, tzinfo=UTC), date(2026, 10, 25)),
        (datetime(2026, 10, 11, 22, 0, 0, tzinfo=UTC), date(2026, 10, 26)),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), date(2026, 11, 8)),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), date(2026, 11, 8)),
    ],
    ids=["over the change", "ending on the day of the change", "ending the day after", "02:30 the first time", "the second time"],
)  # fmt: skip
def test_over_the_change_of_the_clock_the_printed_day_is_the_day_that_is_judged(
    tmp_path: Path, issued: datetime, last_day: date
) -> None:
    with open_site(tmp_path / "home", start=issued) as site:
        site.issued("siobhan-kelly")
        over = midnight(last_day.year, last_day.month, last_day.day) + timedelta(hours=36)
        over = midnight(*over.astimezone(BRUSSELS).timetuple()[:3])

        person = comes(site, over - TICK)

        assert (person.name, days(person)[0]) == ("landing", last_day)
        assert comes(site, over).name == "expired"


@pytest.mark.parametrize("back", [timedelta(hours=1), timedelta(days=20)])
def test_a_clock_that_is_put_back_opens_nothing_once_a_tick_saw_later(site: OpenSite, back: timedelta) -> None:
    site.clock.set(midnight(2026, 12, 5))
    site.tick()

    person = comes(site, midnight(2026, 12, 5) - back)

    assert person.name == "expired"
