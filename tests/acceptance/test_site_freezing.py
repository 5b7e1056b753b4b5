"""Somebody says that it was not them: nothing moves until the service desk has looked (F59)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest

from tests.support.site import PASSWORD, OpenSite, Person, issued_site
from workflow import freezing
from workflow.model import Reason

BART = "bart@desk.example"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[OpenSite]:
    """Link and code went out to Siobhán, who reads English."""
    with issued_site(tmp_path / "home", "siobhan-kelly") as opened:
        yield opened


def unfrozen(site: OpenSite) -> None:
    """The service desk has looked."""
    site.stage.act(BART, lambda door: freezing.unfreeze(door, site.ref, Reason("checked", "The person was called.")))


def signs_in(site: OpenSite, secret: str) -> Person:
    """Somebody tries password and app."""
    return site.person().signs_in(site, secret)


@pytest.mark.fact("3.38")
def test_who_did_not_ask_for_it_stops_it_from_the_page_of_the_link(site: OpenSite) -> None:
    thief = site.person().opens(site.link())
    thief.get("/activate/code")
    person = site.person().opens(site.link())
    assert 'href="/activate/not-me"' in person.page

    person.get("/activate/not-me")
    assert (person.name, site.events(site.ref).count("activation.frozen")) == ("not_me", 0)
    person.send("/activate/not-me")

    assert person.name == "not_me_done"
    assert site.ref in person.words
    thief.send("/activate/code", code=site.code())
    assert thief.name == "frozen"
    assert site.compared("code") == 0
    assert site.tries_left(site.ref) == 3
    assert site.person().opens(site.link()).name == "frozen"


@pytest.mark.fact("B2-13")
def test_the_link_of_the_security_mail_asks_first_and_then_stops_everything(site: OpenSite) -> None:
    thief = site.person()
    secret = thief.activates(site)
    site.tick()
    person = site.person().opens(site.link())
    assert person.name == "not_me"
    thief.get("/keys")
    assert thief.name == "keys", "looking stops nothing"

    person.send("/activate/not-me")

    assert person.name == "not_me_done"
    thief.get("/keys")
    assert thief.name in ("signed_out", "frozen", "sign_in")
    late = signs_in(site, secret)
    assert late.name in ("sign_in", "frozen"), "keys sign nobody in"
    assert site.person().opens(site.link()).name == "frozen"
    told = [letter.subject for letter in site.tick() if letter.channel == "mail"]
    assert told, "and the person is told"


@pytest.mark.fact("B2-13")
def test_the_link_of_the_security_mail_names_its_last_day_while_it_works_and_when_it_is_over(site: OpenSite) -> None:
    site.person(**{"Accept-Language": "en"}).activates(site)
    (mail,) = [letter for letter in site.tick() if letter.channel == "mail"]
    link = site.link()
    here = site.person(**{"Accept-Language": "en"}).opens(link)
    last = re.search(r"until (\d+ \w+ \d{4})\.", here.words)
    assert last is not None
    assert last[1] in mail.text

    site.stage.pass_time(days=40)
    late = site.person(**{"Accept-Language": "en"}).opens(link)

    assert (here.name, late.name) == ("not_me", "not_me_over")
    assert f"until {last[1]}" in late.words
    assert "/activate/not-me" not in late.page
    late.get("/activate/not-me")
    assert late.name == "not_me_over"


def test_frozen_by_one_nothing_that_was_open_still_works(site: OpenSite) -> None:
    thief = site.person().opens(site.link()).enters(site.code()).names_account()
    thief.send("/activate/key", kind="totp")
    secret = thief.secret
    person = site.person().opens(site.link())
    person.get("/activate/not-me")
    person.send("/activate/not-me")
    before = site.dump()

    for path, fields in (
        ("/activate/key/app", {"otp": pyotp.TOTP(secret).at(site.clock.now())}),
        ("/activate/account", {"username": "the.thief", "password": PASSWORD}),
        ("/activate/key", {"kind": "sms"}),
        ("/activate/key/sms/again", {}),
        ("/activate/resume/ask", {}),
        ("/activate/resume", {"otp": "123456"}),
        ("/activate/renew", {}),
        ("/activate/not-me", {}),
    ):
        thief.get("/activate/reference")
        thief.send(path, **fields)
        assert thief.status < 500

    assert site.dump() == before
    assert site.state(site.ref) == "key_setup"
    assert secret not in thief.get("/activate/key/app").text


@pytest.mark.fact("B2-13")
def test_once_the_desk_has_looked_it_goes_on_and_old_sessions_stay_dead(site: OpenSite) -> None:
    owner = site.person()
    secret = owner.activates(site)
    number = owner.client.cookies["session"]
    site.tick()
    person = site.person().opens(site.link())
    person.send("/activate/not-me")

    unfrozen(site)

    again = site.person()
    again.client.cookies.set("session", number)
    again.get("/keys")
    assert again.name == "signed_out"
    assert signs_in(site, secret).name == "keys"


def test_the_desk_lets_an_activation_go_on_with_its_three_tries(site: OpenSite) -> None:
    person = site.person().opens(site.link())
    person.get("/activate/not-me")
    person.send("/activate/not-me")

    unfrozen(site)

    assert site.person().opens(site.link()).enters(site.code()).name == "account"


def test_saying_it_twice_is_once(site: OpenSite) -> None:
    person = site.person().opens(site.link())
    person.get("/activate/not-me")
    twin = person.like()

    person.send("/activate/not-me")
    twin.send("/activate/not-me")

    assert site.events(site.ref).count("activation.frozen") == 1
    assert twin.name == "frozen"


def test_a_link_that_was_replaced_stops_nothing(site: OpenSite) -> None:
    old = site.person().opens(site.link())
    token = old.form
    old.get("/activate/reference")
    old.send("/activate/reference", reference=site.ref)
    site.tick()
    before = site.dump()

    old.get("/activate/not-me")
    assert (old.name, old.at) == ("replaced", "/activate")
    answer = old.client.post("/activate/not-me", data={"form": token}, follow_redirects=True)

    assert answer.url.path == "/activate"
    assert site.dump() == before


def test_after_its_thirtieth_day_the_link_of_the_security_mail_stops_nothing(site: OpenSite) -> None:
    site.person().activates(site)
    site.tick()
    site.stage.pass_time(days=31)

    person = site.person().opens(site.link())
    assert person.name == "not_me_over"
    before = site.dump()
    person.send("/activate/not-me")

    assert site.dump() == before


def test_a_stranger_freezes_nothing(site: OpenSite) -> None:
    before = site.dump()
    stranger = site.person()
    stranger.get("/activate/reference")

    stranger.send("/activate/not-me")
    stranger.opens("x" * 43)
    stranger.get("/activate/reference")
    stranger.send("/activate/not-me")

    assert site.dump() == before
