"""Guessing at somebody's password: it costs the neighbourhood of the one who guesses, and never the owner (device cookies)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest

from tests.support.site import PASSWORD, OpenSite, Person, issued_site

pytestmark = pytest.mark.fact("B2-13")
BEHIND = {"BISDESK_TRUSTED_PROXIES": "127.0.0.1"}
NAME, WRONG = "zoe.dubois", "Lantern-Orchid-Eighty"
HOME, SAME_HOME, ELSEWHERE = "198.51.100.7", "198.51.100.8", "203.0.113.7"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[OpenSite]:
    """Zoë's key works; whoever asks says from where, through a proxy of ours."""
    with issued_site(tmp_path / "home", settings=BEHIND) as opened:
        yield opened


def at(site: OpenSite, address: str) -> Person:
    """Somebody with an empty browser at that address, on the page of user name and password."""
    person = site.person(**{"X-Forwarded-For": address, "Accept-Language": "en"})
    person.get("/keys/sign-in")
    return person


def guess(site: OpenSite, count: int, address: str) -> Person:
    """Somebody who tries so many wrong passwords from there."""
    stranger = at(site, address)
    for _ in range(count):
        stranger.send("/keys/sign-in", username=NAME, password=WRONG)
    return stranger


def has_signed_in(site: OpenSite, address: str, secret: str) -> Person:
    """Zoë at that address, who signed in on her device once, and out again."""
    person = at(site, address).signs_in(site, secret, NAME)
    assert person.name == "keys"
    return person.signs_out()


def asks(person: Person, password: str = PASSWORD) -> str:
    """The page that follows on name and password."""
    person.get("/keys/sign-in")
    person.send("/keys/sign-in", username=NAME, password=password)
    return person.name


def test_a_stranger_who_guesses_waits_alone_and_the_owner_signs_in_from_elsewhere(site: OpenSite) -> None:
    site.person().activates(site, NAME)

    stranger = guess(site, 6, ELSEWHERE)

    assert "15 minutes" in stranger.page
    assert asks(at(site, HOME)) == "sign_in_key"


def test_the_owner_signs_in_on_a_known_device_while_a_neighbour_guesses(site: OpenSite) -> None:
    secret = site.person().activates(site, NAME)
    zoe = has_signed_in(site, HOME, secret)

    guess(site, 6, SAME_HOME)

    assert asks(at(site, SAME_HOME)) == "sign_in", "a device that nobody knows waits with its neighbourhood"
    assert asks(zoe) == "sign_in_key"


def test_a_neighbourhood_that_knocked_a_hundred_times_holds_up_no_known_device(site: OpenSite) -> None:
    secret = site.person().activates(site, NAME)
    zoe = has_signed_in(site, HOME, secret)
    crowd = at(site, SAME_HOME)
    for number in range(99):  # and the first time that Zoë signed in
        crowd.send("/keys/sign-in", username=f"nobody.{number}", password=WRONG)

    crowd.send("/keys/sign-in", username="nobody", password=WRONG)

    assert crowd.status == 429
    assert asks(zoe) == "sign_in_key"


def test_a_known_device_has_its_own_five_tries(site: OpenSite) -> None:
    secret = site.person().activates(site, NAME)
    zoe = has_signed_in(site, HOME, secret)

    for _ in range(5):
        asks(zoe, WRONG)

    assert asks(zoe) == "sign_in"
    assert "15 minutes" in zoe.page
    assert asks(at(site, SAME_HOME)) == "sign_in_key", "nor does a device use up the tries of its neighbourhood"


def test_only_whoever_came_all_the_way_in_makes_a_device_known(site: OpenSite) -> None:
    secret = site.person().activates(site, NAME)
    person = at(site, HOME)
    assert "device" not in person.client.cookies
    assert asks(person) == "sign_in_key"
    assert "device" not in person.client.cookies, "a password is half the way"

    site.stage.pass_time(minutes=1)
    person.send("/keys/sign-in/key", kind="totp", otp=pyotp.TOTP(secret).at(site.clock.now()))

    assert "device" in person.client.cookies


def test_a_device_of_one_person_is_a_stranger_to_another_and_made_up_ones_to_all(site: OpenSite) -> None:
    secret = site.person().activates(site, NAME)
    zoe = has_signed_in(site, HOME, secret)
    site.issued("siobhan-kelly")
    siobhan = at(site, HOME)
    siobhan.activates(site, "siobhan.kelly")
    guess(site, 5, HOME)

    for cookie in (zoe.client.cookies["device"][:-4] + "AAAA", "x" * len(zoe.client.cookies["device"]), "é"):
        thief = at(site, HOME)
        thief.client.cookies.set("device", cookie.encode("ascii", "ignore").decode() or "?")
        assert asks(thief) == "sign_in"
    siobhan.get("/keys/sign-in")
    siobhan.client.cookies.set("device", zoe.client.cookies["device"])
    siobhan.send("/keys/sign-in", username="siobhan.kelly", password=WRONG)
    assert siobhan.name == "sign_in"
    assert asks(zoe) == "sign_in_key"


def test_the_cookie_of_a_device_lives_a_year_and_is_for_this_host_and_no_script(tmp_path: Path) -> None:
    address = {"BISDESK_APPLICANT_BASE_URL": "https://activate.example.be"}
    with issued_site(tmp_path / "home", settings=address | BEHIND) as site:
        told, jar = _signed_in(site)

    (line,) = [line for line in told if line.startswith("__Host-device=") and 'device=""' not in line]
    attributes = {part.strip().lower() for part in line.split(";")[1:]}
    assert {"secure", "httponly", "path=/", "samesite=lax", f"max-age={365 * 24 * 3600}"} <= attributes
    assert NAME not in jar["__Host-device"]


def _signed_in(site: OpenSite) -> tuple[list[str], dict[str, str]]:
    """Every cookie line of a person who sets up an app and signs in over HTTPS, and the cookies in the end."""
    told: list[str] = []
    jar: dict[str, str] = {}

    def sends(method: str, path: str, **fields: str) -> str:
        cookies = {"Cookie": "; ".join(f"{name}={value}" for name, value in jar.items())}
        answer = site.person().client.request(method, path, headers=cookies, data=fields or None)
        for line in answer.headers.get_list("set-cookie"):
            told.append(line)
            name, _, value = line.partition(";")[0].partition("=")
            jar[name] = value
        return answer.text

    def form(page: str) -> str:
        return page.split('name="form" value="')[1].split('"')[0]

    sends("GET", f"/a/{site.link()}")
    sends("POST", "/activate/code", form=form(sends("GET", "/activate/code")), code=site.code())
    account = form(sends("GET", "/activate/account"))
    sends("POST", "/activate/account", form=account, username=NAME, password=PASSWORD)
    sends("POST", "/activate/key", form=form(sends("GET", "/activate/key")), kind="totp")
    page = sends("GET", "/activate/key/app")
    secret = page.split("secret=")[1][:32] if "secret=" in page else ""
    otp = pyotp.TOTP(secret)
    sends("POST", "/activate/key/app", form=form(page), otp=otp.at(site.clock.now()))
    site.stage.pass_time(minutes=1)
    sends("POST", "/keys/sign-in", form=form(sends("GET", "/keys/sign-in")), username=NAME, password=PASSWORD)
    page = sends("GET", "/keys/sign-in/key")
    sends("POST", "/keys/sign-in/key", form=form(page), kind="totp", otp=otp.at(site.clock.now()))
    return told, jar
