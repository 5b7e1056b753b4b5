"""The promise of the handling on the page of a case: in words and with a date, pausing while the filer has to act (D4, D5)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.support.filer import draft
from tests.support.officer import Officer
from tests.support.site import OpenSite, open_site

BADGE = re.compile(r"<dt>Handling</dt><dd>(.*?)</dd>", re.DOTALL)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[OpenSite]:
    """An installation whose desk is open on Friday 20 November 2026, without a request."""
    with open_site(tmp_path / "home") as opened:
        yield opened


def badge(site: OpenSite, ref: str) -> str:
    """What the badge of a case says in English."""
    page = Officer(site.base, "Bart Claes", site.people).signs_in().goes(f"/desk/requests/{ref}?lang=en").page
    return " ".join(re.sub(r"<[^>]+>", " ", " ".join(BADGE.findall(page))).split())


def test_the_badge_counts_working_days_and_names_the_day(site: OpenSite) -> None:
    ref = site.stage.file("zoe-dubois")

    assert badge(site, ref) == "5 working days by 27 November 2026"
    site.clock.advance(timedelta(days=6))  # Thursday; the weekend did not count
    assert badge(site, ref) == "Next working day by 27 November 2026"
    site.clock.advance(timedelta(days=1, minutes=-30))  # half an hour before it is used up; a begun hour counts whole
    assert badge(site, ref) == "1 hour left by 27 November 2026"
    site.clock.advance(timedelta(minutes=30))
    assert badge(site, ref) == "Overdue today by 27 November 2026"
    site.clock.advance(timedelta(days=4))
    assert badge(site, ref) == "2 days overdue by 27 November 2026"


def test_while_the_filer_has_to_act_it_says_since_when_it_is_paused(site: OpenSite) -> None:
    ref = site.stage.file("zoe-dubois")
    site.stage.take(ref)
    site.stage.ask(ref, ("contact.email",), "Welk adres?")
    site.clock.advance(timedelta(days=3))

    assert badge(site, ref) == "Paused since 20 November 2026"


def test_a_draft_and_a_request_that_ended_have_no_promise(site: OpenSite) -> None:
    begun, ref = draft(site, until="photo"), site.stage.file("marta-nowak")
    site.stage.take(ref)
    assert badge(site, ref) != ""
    site.stage.approve(ref)
    site.tick()

    assert (site.state(begun), site.state(ref)) == ("draft", "completed")
    assert (badge(site, begun), badge(site, ref)) == ("", "")
