"""The whole way over HTTP, as a person goes it: from the link to a key, a back-up, out, in with either, and a key removed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest

from tests.support.site import PASSWORD, OpenSite, Person, issued_site, open_site

PEOPLE = {"nl": "luc-vanderberg", "fr": "zoe-dubois", "de": "jurgen-mueller", "en": "siobhan-kelly"}
SET_UP = ("/activate", "/activate/code")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[OpenSite]:
    """Link and code went out to Zoë."""
    with issued_site(tmp_path / "home") as opened:
        yield opened


@pytest.fixture(params=sorted(PEOPLE))
def told(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, OpenSite]]:
    """A language, and a site on which link and code went out to somebody who prefers it."""
    with issued_site(tmp_path / "home", PEOPLE[request.param]) as opened:
        yield request.param, opened


def shown(person: Person) -> tuple[str, str, int]:
    """The name, language and status of the page."""
    return person.name, person.language, person.status


def from_link_to_two_keys_and_out(site: OpenSite, person: Person) -> tuple[str, list[tuple[str, str, int]]]:
    """The secret of the app, and every page on the way."""
    pages: list[tuple[str, str, int]] = []

    def sees() -> None:
        pages.append(shown(person))

    person.opens(site.link())
    sees()
    person.send("/activate")
    sees()
    person.send("/activate/code", code=site.code())
    sees()
    person.send("/activate/account", username="some.body", password=PASSWORD)
    sees()
    person.send("/activate/key", kind="totp")
    sees()
    secret = person.secret
    person.send("/activate/key/app", otp=pyotp.TOTP(secret).at(site.clock.now()))
    sees()
    person.get("/activate/key")
    sees()
    person.send("/activate/key", kind="sms")
    sees()
    site.tick()
    person.send("/activate/key/sms", otp=site.otp())
    sees()
    person.get("/keys")
    sees()
    person.send("/keys/sign-out")
    sees()
    return secret, pages


@pytest.mark.fact("3.10", "3.11", "3.12", "3.37", "3.38", "R5", "B2-5", "B2-11", "B2-12", "B2-13")
def test_the_whole_way_from_the_link_to_two_keys_and_back_to_one(told: tuple[str, OpenSite]) -> None:
    language, site = told
    person = site.person(**{"Accept-Language": "fr" if language != "fr" else "nl"})

    secret, pages = from_link_to_two_keys_and_out(site, person)

    names = "landing code account choose_key app_key done choose_key sms_key done keys signed_out"
    assert pages == [(name, language, 200) for name in names.split()]

    site.stage.pass_time(minutes=2)
    person.get("/keys/sign-in")
    person.send("/keys/sign-in", username="Some.Body", password=PASSWORD)
    assert person.at == "/keys/sign-in/key"
    person.send("/keys/sign-in/key", kind="totp", otp=pyotp.TOTP(secret).at(site.clock.now()))
    assert shown(person) == ("keys", language, 200)
    person.send("/keys/sign-out")

    person.get("/keys/sign-in")
    person.send("/keys/sign-in", username="some.body", password=PASSWORD)
    person.get("/keys/sign-in/key?kind=sms")
    person.send("/keys/sign-in/sms")
    site.tick()
    person.send("/keys/sign-in/key", kind="sms", otp=site.otp())
    assert shown(person) == ("keys", language, 200)

    person.get("/keys/remove/totp")
    assert person.name == "remove_key"
    person.send("/keys/remove/totp")
    assert shown(person) == ("keys", language, 200)
    assert person.page.count('<div class="key">') == 1
    person.send("/keys/remove/sms")
    assert person.page.count('<div class="key">') == 1, "the last key stays (B2-13)"
    assert "/keys/remove/" not in person.page


@pytest.mark.fact("R5", "3.34")
@pytest.mark.parametrize("language", sorted(PEOPLE))
def test_the_language_switch_keeps_step_and_link_on_every_page_of_the_way(site: OpenSite, language: str) -> None:
    person = site.person().opens(site.link())
    steps = []

    for go in (
        lambda: person.send("/activate"),
        lambda: person.send("/activate/code", code=site.code()),
        lambda: person.send("/activate/account", username="zoe.dubois", password=PASSWORD),
        lambda: person.send("/activate/key", kind="totp"),
        lambda: person.send("/activate/key/app", otp=pyotp.TOTP(person.secret).at(site.clock.now())),
        lambda: person.get("/keys"),
    ):
        before = person.name
        person.get(f"{person.at}?lang={language}")
        steps.append((before, person.name, person.language))
        go()

    assert [before for before, *_ in steps] == ["landing", "code", "account", "choose_key", "app_key", "done"]
    assert all((after, spoken) == (before, language) for before, after, spoken in steps)
    assert shown(person) == ("keys", language, 200)


def test_a_chosen_language_stays_though_the_person_was_registered_with_another(site: OpenSite) -> None:
    person = site.person()
    person.get("/activate/reference?lang=de")

    person.opens(site.link())

    assert shown(person) == ("landing", "de", 200)
    person.get("/activate?lang=xx")
    assert person.language == "de", "what is no language changes nothing"


def test_the_link_itself_can_be_followed_in_another_language(site: OpenSite) -> None:
    person = site.person()

    person.get(f"/a/{site.link()}?lang=en")

    assert shown(person) == ("landing", "en", 200)
    assert site.link() not in person.at + person.page


@pytest.mark.parametrize(
    ("asked", "spoken"),
    [
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("it;q=1.0, en;q=0.4, fr;q=0.7", "fr"),
        ("pl", "nl"),
        ("", "nl"),
        ("*;q=0.5,EN-us", "en"),
        ("fr;q=x,nl;q=0.1", "nl"),
    ],
)
def test_a_stranger_is_answered_in_the_language_of_the_browser(site: OpenSite, asked: str, spoken: str) -> None:
    person = site.person(**{"Accept-Language": asked})

    person.get("/activate/reference")

    assert person.language == spoken
    person.get("/nothing/here")
    assert shown(person) == ("trouble", spoken, 404)


def test_every_page_of_a_stranger_has_a_switch_that_leads_to_itself(site: OpenSite) -> None:
    person = site.person()

    for path in ("/activate/reference", "/activate/status", "/keys/sign-in"):
        person.get(path)
        name = person.name
        for language in ("nl", "fr", "de", "en"):
            assert f'href="{path}?lang={language}"' in person.page or person.language == language
            person.get(f"{path}?lang={language}")
            assert shown(person) == (name, language, 200)


@pytest.mark.fact("B2-11b")
def test_it_goes_on_from_another_browser_with_link_and_code(site: OpenSite) -> None:
    site.person().opens(site.link()).enters(site.code()).names_account()
    other = site.person().opens(site.link())
    assert other.name == "used"
    other.send("/activate/resume/ask")
    site.tick()

    other.opens(site.link())
    assert other.name == "resume"
    other.send("/activate/resume", otp=site.otp())

    assert (other.name, other.at) == ("choose_key", "/activate/key")
    other.sets_up_app(site.clock.now())
    assert other.name == "done"


@pytest.mark.fact("3.10")
def test_desktop_and_phone_can_take_turns_on_one_link(site: OpenSite) -> None:
    desktop, phone = site.person().opens(site.link()), site.person().opens(site.link())

    desktop.enters("ABCDE ABCDE ABCDE ABCDE")
    phone.enters(site.code())

    assert phone.name == "account"
    desktop.get("/activate")
    assert desktop.name == "used"


@pytest.mark.postgres
@pytest.mark.fact("3.37")
def test_the_way_to_a_key_is_the_same_on_postgresql(postgres_url: str, tmp_path: Path) -> None:
    with open_site(tmp_path / "home", database=postgres_url) as site:
        ref = site.issued()
        person = site.person()

        secret = person.activates(site)
        person.signs_out()
        person.signs_in(site, secret)

        assert shown(person) == ("keys", "fr", 200)
        assert site.state(ref) == "active"
