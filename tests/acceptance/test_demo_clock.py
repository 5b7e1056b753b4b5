"""Time in one's own hands at the desk of a demonstration: forward, back to the beginning, seen by all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bisdesk import views
from bisdesk.demo.simulation import keep_beginning
from bisdesk.demo.stage import ANNA, BART
from tests.support.officer import Officer
from tests.support.site import LINK, START, OpenSite, open_site
from workflow.access import Door
from workflow.model import Role

DAY = timedelta(days=1)
BANNER = re.compile(r'<div class="environment">.*?</div>', re.DOTALL)
LINKS = re.compile(r'(?:href|action|value)="([^"]*)"')
GOING = "/desk/demo/move"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[OpenSite]:
    """An installation whose desk is open."""
    with open_site(tmp_path / "home") as opened:
        yield opened


def officer(site: OpenSite, name: str = "Bart Claes") -> Officer:
    return Officer(site.base, name, site.people).signs_in()


def presses(who: Officer, step: str) -> Officer:
    """Open the page of the clock and press one of its buttons; all of them are one form."""
    who.goes("/desk/demo")
    return who.sends(GOING, step=step)


def events(site: OpenSite, ref: str) -> dict[str, views.View]:
    """What happened to an activation, the last of each."""
    return {str(line["event"]): line for line in site.stage.act(BART, lambda door: views.history(door, ref))}


# Forward


@pytest.mark.parametrize(("step", "by"), [("hour", timedelta(hours=1)), ("day", DAY)])
def test_a_press_moves_the_clock_by_what_it_says(site: OpenSite, step: str, by: timedelta) -> None:
    bart = presses(officer(site), step)

    assert (bart.status, bart.path) == (200, "/desk/demo")
    assert site.clock.now() == START + by


def test_to_the_next_deadline_is_to_its_very_instant_and_it_acts(site: OpenSite) -> None:
    activation = site.issued()
    reminder = _timers(site, activation)[0]

    bart = presses(officer(site), "next")

    assert site.clock.now() == datetime.fromisoformat(str(reminder["dueAt"]))
    assert "activation.reminder_due" in events(site, activation)
    assert [letter.channel for letter in site.stage.arrived()] == ["mail"], "the reminder is there already"
    assert "1 termijn" in bart.text


def test_where_no_deadline_lies_ahead_the_clock_stays(site: OpenSite) -> None:
    presses(officer(site), "next")

    assert site.clock.now() == START


def test_deadlines_on_the_way_act_at_their_own_instants(site: OpenSite) -> None:
    activation = site.issued()
    site.stage.pass_time(days=13, hours=20)
    site.tick()

    presses(officer(site), "day")

    expired = events(site, activation)["activation.link_expired"]
    assert site.state(activation) == "link_expired"
    assert expired["at"] == "2026-12-04T23:00:00Z"
    assert expired["recordedAt"] == expired["at"], "as with a scheduler that never slept"


def test_two_clicks_are_one_press(site: OpenSite) -> None:
    bart = officer(site).goes("/desk/demo")
    form = dict(bart.hidden(GOING)) | {"step": "day"}

    carried = "; ".join(f"{name}={value}" for name, value in bart.client.cookies.items())
    browser = Officer(site.base, "the same browser", site.people).client

    for _ in range(2):  # the second leaves before the first is answered
        answer = browser.post(GOING, data=form, headers={"Cookie": carried}, follow_redirects=False)
        assert answer.headers["location"].startswith("/desk/demo?moved=day")
        browser.cookies.clear()

    assert site.clock.now() == START + DAY


def test_nothing_but_a_press_of_ours_moves_it(site: OpenSite) -> None:
    bart = officer(site).goes("/desk/demo")
    form = dict(bart.hidden(GOING))

    said = [
        bart.client.get(GOING).status_code,
        bart.client.post(GOING, data={"form": "made up", "step": "day"}).status_code,
        bart.client.post(GOING, data=form | {"step": "day"}, headers={"Sec-Fetch-Site": "cross-site"}).status_code,
        bart.client.post(GOING, data=form | {"step": "back"}).status_code,
        bart.client.post("/desk/demo/reset", data={"form": "made up"}).status_code,
    ]

    assert said == [405, 403, 403, 404, 403]
    assert site.clock.now() == START


# Who


def test_nobody_moves_it_without_signing_in(site: OpenSite) -> None:
    stranger = Officer(site.base, "nobody", site.people)

    for path in ("/desk/demo", "/desk/demo/phone"):
        assert stranger.goes(path).path == "/desk/sign-in"
    stranger.goes("/desk/sign-in")
    form = dict(stranger.hidden("/desk/sign-in"))
    for path in (GOING, "/desk/demo/reset"):
        assert stranger.client.post(path, data=form | {"step": "day"}).url.path == "/desk/sign-in"
    assert site.clock.now() == START


def test_every_officer_may(site: OpenSite) -> None:
    who = officer(site, "Anna Peeters")

    def become(role: Role) -> None:
        def put(door: Door) -> None:
            door.uow.directory.put_user(replace(door.uow.directory.by_email(ANNA), roles=frozenset({role})))

        site.stage.act(BART, put)

    for role in Role:
        become(role)
        assert who.goes("/desk/demo").status == who.goes("/desk/demo/phone").status == 200, role
        assert presses(who, "hour").status == 200, role


def test_who_moves_it_stays_signed_in_and_a_colleague_signs_in_again(site: OpenSite) -> None:
    bart, dirk = officer(site), officer(site, "Dirk Maes")

    presses(bart, "day")

    assert bart.goes("/desk/work").path == "/desk/work"
    assert dirk.goes("/desk/work").path == "/desk/sign-in"


# What is shown


def test_every_page_of_the_desk_says_what_time_it_is(site: OpenSite) -> None:
    bart = presses(officer(site), "day")
    seen = {path: _banner(bart, path) for path in ("/desk/work", "/desk/search", "/desk/demo", "/desk/nothing")}
    bart.client.cookies.clear()
    outside = _banner(bart, "/desk/sign-in")

    for banner in (*seen.values(), outside):
        assert "21 november 2026, 10:00" in banner
    assert all('href="/desk/demo"' in banner for banner in seen.values())
    assert "href" not in outside


def test_what_comes_next_stands_in_the_order_of_its_days(site: OpenSite) -> None:
    site.issued()
    site.stage.pass_time(hours=1)
    site.stage.file("marta-nowak")

    shown = officer(site).goes("/desk/demo").page
    days = re.findall(r'<th scope="row"[^>]*>([^<]+)</th>', shown)

    assert days[:3] == ["25 november 2026, 00:00", "27 november 2026, 09:00", "2 december 2026, 09:00"]
    assert "Nowak, Marta" in shown
    assert "Dubois, Zoë" in shown


def test_the_phone_of_a_person_shows_what_came_to_that_person_and_its_link_works(site: OpenSite) -> None:
    activation = site.issued()
    site.issued("marta-nowak")
    ref = site.stage.activation(activation)["request"]

    bart = officer(site).goes(f"/desk/demo/phone?of={ref}")

    assert "Votre code" in bart.text or "code d'activation" in bart.text
    assert "Marta" not in bart.text.partition("Telefoon en mailbox")[2]
    link = LINK.search(bart.page)
    assert link
    assert site.person().client.get(link.group(), follow_redirects=True).status_code == 200
    assert 'data-state="awaiting_code"' in bart.page, "the case is beside it, as a picture"


def test_no_address_of_the_pages_names_a_person(site: OpenSite) -> None:
    ref = site.stage.activation(site.issued())["request"]
    bart = officer(site)

    told = [*LINKS.findall(bart.goes("/desk/demo").page), *LINKS.findall(bart.goes(f"/desk/demo/phone?of={ref}").page)]

    assert not [one for one in told if re.search(r"zoe|dubois|example\.org|\+?336", one, re.IGNORECASE)]


def test_the_phone_of_another_entity_is_not_found(site: OpenSite) -> None:
    ref = site.stage.file("zoe-dubois")

    def move_anna(door: Door) -> None:
        door.uow.directory.put_user(replace(door.uow.directory.by_email(ANNA), entity="OVO000009"))

    site.stage.act(BART, move_anna)
    anna = officer(site, "Anna Peeters")

    assert anna.goes(f"/desk/demo/phone?of={ref}").status == 404
    assert "Dubois" not in anna.goes("/desk/demo/phone").text
    assert "Dubois" not in anna.goes("/desk/demo").text


def test_after_a_press_beside_the_phone_the_same_phone_is_shown(site: OpenSite) -> None:
    ref = str(site.stage.activation(site.issued())["request"])
    bart = officer(site).goes(f"/desk/demo/phone?of={ref}")

    bart.sends(GOING, step="day", of=ref)

    assert bart.path == "/desk/demo/phone"
    assert "Dubois" in bart.text
    assert bart.goes("/desk/demo").sends(GOING, step="day", of="//elsewhere.example").path == "/desk/demo"


# Back to the beginning


def test_beginning_again_brings_back_people_messages_and_clock_and_the_desk_goes_on(site: OpenSite) -> None:
    first = site.issued()
    keep_beginning(site.stage.app)
    kept = site.dump()
    mails = _files(site)
    bart = presses(officer(site), "day")
    added = site.issued("marta-nowak")
    for _ in range(4):
        presses(bart, "next")

    bart.goes("/desk/demo").sends("/desk/demo/reset")

    assert "De demonstratie begint opnieuw" in bart.text, "and Bart is signed in still"
    assert site.clock.now() == START
    assert {name: rows for name, rows in site.dump().items() if rows != kept.get(name)}.keys() <= {"officer_sessions"}
    assert _files(site) == mails
    assert site.state(first) == "awaiting_code"
    assert added not in bart.goes("/desk/demo/phone").text
    again = site.issued("marta-nowak")
    assert site.state(again) == "awaiting_code", "nothing holds back what is sent from here on"


def test_where_no_beginning_was_kept_there_is_no_button_and_no_way_back(site: OpenSite) -> None:
    site.issued()
    bart = officer(site).goes("/desk/demo")
    form = dict(bart.hidden(GOING))

    assert "/desk/demo/reset" not in bart.page
    assert bart.client.post("/desk/demo/reset", data=form).status_code == 404
    assert len(site.stage.act(BART, lambda door: list(door.uow.cases.listed("registration", now=door.now)))) == 1


def _banner(who: Officer, path: str) -> str:
    return BANNER.findall(who.goes(path).page)[0]


def _timers(site: OpenSite, ref: str) -> list[views.View]:
    return site.stage.act(BART, lambda door: [views.timer(one) for one in views.explain(door, ref).coming])


def _files(site: OpenSite) -> list[str]:
    home = site.stage.app.settings.home
    return sorted(path.name for folder in ("mail", "sms") for path in (home / folder).iterdir())
