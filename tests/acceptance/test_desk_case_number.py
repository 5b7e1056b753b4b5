"""The number of a completed request: where it was asked for, on a button, for one month, and each look is written down."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.support.desk_case import completed, looks_at, with_role
from tests.support.officer import Officer
from tests.support.site import OpenSite, open_site
from workflow.calendar import BRUSSELS
from workflow.model import Role

NUMBER = re.compile(r"\b\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2}\b")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[OpenSite]:
    """An installation whose desk is open, without a request."""
    with open_site(tmp_path / "home") as opened:
        yield opened


def officer(site: OpenSite, name: str) -> Officer:
    return Officer(site.base, name, site.people).signs_in()


def asks(who: Officer, ref: str) -> Officer:
    """Press the button of the case in English."""
    return who.goes(f"/desk/requests/{ref}?lang=en").sends(f"/desk/requests/{ref}/number")


@pytest.mark.parametrize("name", ["Anna Peeters", "Bart Claes"])
def test_the_number_is_shown_on_a_button_with_its_last_day_and_the_look_is_written_down(
    site: OpenSite, name: str
) -> None:
    ref = completed(site, "zoe-dubois", noteNumber=True)
    who = officer(site, name)

    for part in ("", "/person", "/messages", "/timeline", "/diagram"):
        assert NUMBER.findall(who.goes(f"/desk/requests/{ref}{part}").text) == [], part
    assert looks_at(site, ref) == []
    asks(who, ref)

    assert len(NUMBER.findall(who.text)) == 1
    assert NUMBER.findall(who.text)[0].startswith("85.47.15")  # born on 15 July 1985, sex known
    assert "20 December 2026" in who.text
    assert [str(one.what) for one in looks_at(site, ref)] == ["bis_number"]
    assert not any(NUMBER.search(row) for row in site.dump()["looks"])


def test_every_look_counts_and_the_address_alone_shows_nothing(site: OpenSite) -> None:
    ref = completed(site, "zoe-dubois", noteNumber=True)
    bart = officer(site, "Bart Claes")

    asks(bart, ref)
    asks(bart, ref)
    bart.goes(f"/desk/requests/{ref}/number")

    assert bart.path == f"/desk/requests/{ref}"
    assert NUMBER.findall(bart.text) == []
    assert len(looks_at(site, ref)) == 2


def test_a_number_that_was_not_asked_for_is_shown_to_nobody(site: OpenSite) -> None:
    ref = completed(site, "zoe-dubois", noteNumber=False)

    for name in ("Anna Peeters", "Bart Claes"):
        who = officer(site, name).goes(f"/desk/requests/{ref}")
        assert f"/desk/requests/{ref}/number" not in who.page
        form = dict(who.hidden("/desk/sign-out"))
        told = who.client.post(f"/desk/requests/{ref}/number", data=form)
        assert NUMBER.findall(told.text) == []
    assert looks_at(site, ref) == []


def test_a_request_under_way_has_no_number_to_show(site: OpenSite) -> None:
    ref = site.stage.file("zoe-dubois")
    bart = officer(site, "Bart Claes").goes(f"/desk/requests/{ref}")

    told = bart.client.post(f"/desk/requests/{ref}/number", data=dict(bart.hidden("/desk/sign-out")))

    assert NUMBER.findall(told.text) == []
    assert looks_at(site, ref) == []


@pytest.mark.parametrize(
    ("role", "entity", "status"),
    [(Role.TEAM_LEAD, None, 403), (Role.AUDITOR, None, 403), (Role.OPERATOR, None, 403), (Role.LOCAL_ADMIN, None, 403),
     (Role.END_USER, "OVO000009", 404)],
)  # fmt: skip
def test_nobody_else_is_shown_the_number(site: OpenSite, role: Role, entity: str | None, status: int) -> None:
    ref = completed(site, "zoe-dubois", noteNumber=True)
    who = with_role(site, "Nie Mand", role, entity)
    form = dict(who.goes("/desk/work").hidden("/desk/sign-out"))

    told = who.client.post(f"/desk/requests/{ref}/number", data=form)

    assert told.status_code == status
    assert NUMBER.findall(told.text) == []
    assert looks_at(site, ref) == []


def test_a_form_of_another_site_shows_nothing(site: OpenSite) -> None:
    ref = completed(site, "zoe-dubois", noteNumber=True)
    bart = officer(site, "Bart Claes").goes(f"/desk/requests/{ref}")
    form = dict(bart.hidden(f"/desk/requests/{ref}/number"))

    told = bart.client.post(f"/desk/requests/{ref}/number", data=form, headers={"origin": "https://evil.example"})

    assert told.status_code == 403
    assert looks_at(site, ref) == []


def test_the_month_ends_at_midnight_in_brussels_though_nothing_sweeps(site: OpenSite) -> None:
    ref = completed(site, "zoe-dubois", noteNumber=True)
    last_second = datetime(2026, 12, 20, 23, 59, 59, tzinfo=BRUSSELS)
    site.clock.advance(last_second - site.stage.now)
    bart = officer(site, "Bart Claes")
    assert len(NUMBER.findall(asks(bart, ref).text)) == 1
    form = dict(bart.goes(f"/desk/requests/{ref}").hidden(f"/desk/requests/{ref}/number"))

    site.clock.advance(timedelta(seconds=1))

    assert NUMBER.findall(bart.client.post(f"/desk/requests/{ref}/number", data=form).text) == []
    assert f"/desk/requests/{ref}/number" not in bart.goes(f"/desk/requests/{ref}").page
    assert len(looks_at(site, ref)) == 1
