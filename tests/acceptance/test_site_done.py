"""A form that was worked on leads to a page that says what was done, survives reload and language, and is there for nobody else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from tests.support.site import OpenSite, Person, issued_site

LANGUAGES = ("nl", "fr", "de", "en")
CLOCK = re.compile(r"\d\d:\d\d")


@dataclass(frozen=True)
class Deed:
    """A form that works, and the page that says so; afterwards its address leads elsewhere."""

    page: str
    at: str
    does: Callable[[OpenSite, Person], object]
    later: str


def renews(site: OpenSite, person: Person) -> None:
    """Ask for a new link in place of one that expired."""
    site.stage.pass_time(days=15)
    person.opens(site.link()).send("/activate/renew")


def freezes(site: OpenSite, person: Person) -> None:
    """Say that it was not for them."""
    person.opens(site.link()).get("/activate/not-me")
    person.send("/activate/not-me")


def types_reference(site: OpenSite, person: Person) -> None:
    """Ask for the way on by reference."""
    person.get("/activate/reference")
    person.send("/activate/reference", reference=site.ref)


def asks_how_far(site: OpenSite, person: Person) -> None:
    """Reference and address."""
    person.get("/activate/status")
    person.send("/activate/status", reference=site.ref, email="siobhan.kelly@example.com")


def asks_to_go_on(site: OpenSite, person: Person) -> None:
    """Ask for link and SMS of a set-up that was left."""
    site.person().opens(site.link()).enters(site.code())
    person.opens(site.link()).send("/activate/resume/ask")


def signs_out(site: OpenSite, person: Person) -> None:
    """Activate, and leave."""
    person.activates(site)
    person.signs_out()


DEEDS = {
    "renewed": Deed("renewed", "/activate/renewed", renews, "replaced"),
    "frozen": Deed("not_me_done", "/activate/not-me/done", freezes, "frozen"),
    "reference": Deed("reference_sent", "/activate/reference/sent", types_reference, "reference"),
    "status": Deed("status_shown", "/activate/status", asks_how_far, "status"),
    "resume": Deed("resume_sent", "/activate/resume/sent", asks_to_go_on, "used"),
    "signed out": Deed("signed_out", "/keys/signed-out", signs_out, "signed_out"),
}
every_deed = pytest.mark.parametrize("name", DEEDS)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[OpenSite]:
    """Link and code went out to Siobhán, who reads English."""
    with issued_site(tmp_path / "home", "siobhan-kelly") as opened:
        yield opened


@every_deed
def test_what_was_done_is_said_on_a_page_that_can_be_read_again_in_any_language(site: OpenSite, name: str) -> None:
    deed, person = DEEDS[name], site.person()
    deed.does(site, person)
    site.tick()
    before = site.dump()

    assert (person.status, person.name, person.at, person.mistakes) == (200, deed.page, deed.at, [])
    for language in LANGUAGES:
        if language != person.language:
            person.speaks(language)
        person.get(person.shown)
        assert (person.name, person.language) == (deed.page, language)

    assert site.dump() == before, "and nothing is done again"
    assert site.tick() == []


@every_deed
def test_afterwards_and_for_others_the_page_that_is_true_now_stands_there(site: OpenSite, name: str) -> None:
    deed, person = DEEDS[name], site.person()
    deed.does(site, person)
    marked, stranger = person.shown, site.person()

    stranger.get(marked)
    person.get(deed.at)

    assert person.name == deed.later
    assert stranger.name in {"reference", "status", "signed_out"}, "nothing about anybody"


def test_how_far_it_is_is_told_as_it_is_now_and_only_for_some_minutes(site: OpenSite) -> None:
    person = site.person()
    asks_how_far(site, person)
    assert "Enter the code You are here" in person.words

    site.person().opens(site.link()).enters(site.code())
    person.get(person.shown)
    assert "Set up the digital key You are here" in person.words
    site.stage.pass_time(minutes=10)
    person.get(person.shown)

    assert person.name == "status"


def test_whoever_goes_on_with_a_set_up_reads_what_was_sent_and_where(site: OpenSite) -> None:
    person = site.person()

    asks_to_go_on(site, person)
    arrived = site.tick()

    assert sorted(letter.channel for letter in arrived) == ["SMS", "mail"]
    assert "ending in 67" in person.words
    assert "to s***@e***.com" in person.words
    assert "siobhan" not in person.page


def test_the_bare_name_of_the_site_leads_to_its_beginning(site: OpenSite) -> None:
    for method in ("GET", "HEAD"):
        answer = site.person().client.request(method, "/")
        assert (answer.status_code, answer.headers["location"]) == (303, "/activate")
        assert "set-cookie" not in answer.headers


def test_the_steps_of_the_set_up_are_counted_and_a_back_up_is_none(site: OpenSite) -> None:
    person = site.person().opens(site.link())
    said = []

    def step() -> None:
        found = re.search(r"Step \d of 3", person.words)
        said.append((person.name, found[0] if found else ""))

    person.get("/activate/code")
    step()
    person.enters(site.code())
    step()
    person.names_account()
    step()
    person.send("/activate/key", kind="totp")
    step()
    person.sets_up_app(site.clock.now())
    step()
    person.get("/activate/key")
    step()

    assert said == [
        ("code", "Step 1 of 3"), ("account", "Step 2 of 3"), ("choose_key", "Step 3 of 3"), ("app_key", "Step 3 of 3"),
        ("done", ""), ("choose_key", ""),
    ]  # fmt: skip


def test_one_key_that_can_be_added_is_a_button_and_after_it_both_are_said_to_be_active(site: OpenSite) -> None:
    person = site.person()
    person.activates(site)
    person.get("/activate/key")
    assert 'type="radio"' not in person.page
    assert '<button type="submit" class="govuk-button" name="kind" value="sms">' in person.page

    site.stage.pass_time(minutes=2)
    person.send("/activate/key", kind="sms")
    site.tick()
    person.send("/activate/key/sms", otp=site.otp())

    assert person.title == "Both your digital keys are active"
    assert person.words.count("valid up to and including") == 2
    assert person.get("/activate/key").url.path == "/activate/done", "nothing is left to add"


def test_from_when_another_sms_can_be_asked_for_is_a_time_of_day_in_belgium(site: OpenSite) -> None:
    person = site.person().opens(site.link()).enters(site.code()).names_account()
    site.clock.set(site.clock.now().replace(second=20))

    person.send("/activate/key", kind="sms")

    assert "From 10:02 (Belgian time)" in person.words
    assert "seconds" not in person.words
    site.clock.advance(timedelta(seconds=60))
    person.get("/activate/key/sms")
    assert not CLOCK.search(person.words)
    assert "/activate/key/sms/again" in person.page
