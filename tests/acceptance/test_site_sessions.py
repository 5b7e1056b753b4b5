"""Sessions: fresh numbers at each stage, dead on sign-out, pause, end and freeze; nobody sees anybody else (trust 2.3, 13)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest

from tests.support.site import PASSWORD, OpenSite, Person, issued_site

COOKIES = ("act", "visit", "session", "lang")
BEHIND = ("/activate/account", "/activate/key", "/activate/key/app", "/activate/key/sms", "/activate/done", "/keys",
          "/keys/remove/totp", "/keys/sign-in/key")  # fmt: skip


@pytest.fixture
def site(tmp_path: Path) -> Iterator[OpenSite]:
    """Link and code went out to Zoë."""
    with issued_site(tmp_path / "home") as opened:
        yield opened


def holding(site: OpenSite, number: str) -> Person:
    """Another browser that has got hold of the number of a session, and of nothing else."""
    thief = site.person()
    thief.client.cookies.set("session", number)
    return thief


def opens(site: OpenSite, number: str) -> set[str]:
    """What pages behind a session the number still opens."""
    found = set()
    for path in BEHIND:
        thief = holding(site, number)
        thief.get(path)
        if thief.at == path and thief.name not in ("signed_out", "frozen"):
            found.add(path)
    return found


@pytest.mark.fact("B2-13")
def test_the_number_changes_at_each_stage_and_the_old_one_is_dead(site: OpenSite) -> None:
    person = site.person().opens(site.link())
    numbers = []

    def keeps() -> None:
        numbers.append(person.client.cookies["session"])

    person.enters(site.code())
    keeps()
    person.names_account()
    secret = person.sets_up_app(site.clock.now())
    keeps()
    site.stage.pass_time(minutes=1)  # and she signs in anew without signing out
    person.get("/keys/sign-in")
    person.send("/keys/sign-in", username="zoe.dubois", password=PASSWORD)
    keeps()
    assert opens(site, numbers[2]) == {"/keys/sign-in/key"}, "a password alone opens nothing"
    person.send("/keys/sign-in/key", kind="totp", otp=pyotp.TOTP(secret).at(site.clock.now()))
    keeps()

    assert len(set(numbers)) == 4
    assert all(len(number) >= 43 for number in numbers)
    assert [opens(site, number) for number in numbers[:3]] == [set()] * 3
    assert "/keys" in opens(site, numbers[3])


def test_a_number_that_was_chosen_by_somebody_else_is_worth_nothing(site: OpenSite) -> None:
    person = site.person()
    for name in ("session", "visit", "act"):
        person.client.cookies.set(name, "A" * 43)
    person.opens(site.link())
    assert person.name == "landing"

    person.enters(site.code())

    taken = [cookie.value for cookie in person.client.cookies.jar if cookie.name == "session" and cookie.domain]
    assert taken
    assert "A" * 43 not in taken[-1:]
    assert opens(site, "A" * 43) == set()


def test_signing_out_kills_the_session_on_the_server(site: OpenSite) -> None:
    person = site.person()
    person.activates(site)
    number = person.client.cookies["session"]
    assert "/keys" in opens(site, number)

    person.signs_out()

    assert person.name == "signed_out"
    assert opens(site, number) == set()
    assert "session" not in person.client.cookies


def test_a_set_up_that_is_unfinished_opens_no_keys(site: OpenSite) -> None:
    person = site.person().opens(site.link()).enters(site.code()).names_account()

    for path in ("/keys", "/keys/remove/totp", "/keys/sign-in/key", "/activate/done"):
        person.get(path)
        assert person.at.startswith("/activate/"), path
        assert person.name in ("account", "choose_key")


def test_without_a_session_every_page_behind_one_leads_to_a_way_in(site: OpenSite) -> None:
    for path in BEHIND:
        person = site.person()
        person.get(path)
        assert person.name in ("reference", "sign_in"), path
        person.client.cookies.set("session", "x" * 43)
        person.get(path)
        assert person.name == "signed_out", path


def test_thirty_minutes_without_a_page_end_a_session(site: OpenSite) -> None:
    person = site.person()
    person.activates(site)
    number = person.client.cookies["session"]

    for _ in range(3):
        site.stage.pass_time(minutes=29, seconds=59)
        person.get("/keys")
        assert person.name == "keys"
    site.stage.pass_time(minutes=30)
    person.get("/keys")

    assert person.name == "signed_out"
    assert opens(site, number) == set()


def test_after_four_hours_a_session_is_over_however_busy(site: OpenSite) -> None:
    person = site.person()
    person.activates(site)

    for _ in range(11):
        site.stage.pass_time(minutes=20)
        person.get("/keys")
        assert person.name == "keys"
    site.stage.pass_time(minutes=20)
    person.get("/keys")

    assert person.name == "signed_out"


def test_after_a_password_a_key_is_due_within_fifteen_minutes(site: OpenSite) -> None:
    person = site.person()
    secret = person.activates(site)
    site.stage.pass_time(minutes=1)
    person.get("/keys/sign-in")
    person.send("/keys/sign-in", username="zoe.dubois", password=PASSWORD)
    site.stage.pass_time(minutes=15)

    person.send("/keys/sign-in/key", kind="totp", otp=pyotp.TOTP(secret).at(site.clock.now()))

    assert person.name == "signed_out"


def test_a_session_of_one_never_shows_another(site: OpenSite) -> None:
    zoe = site.person()
    zoe.activates(site, "zoe.dubois")
    site.issued("siobhan-kelly")
    siobhan = site.person()
    siobhan.activates(site, "siobhan.kelly")

    zoe.opens(site.link())  # her browser sees the link of somebody else
    zoe.get("/keys")
    siobhan.get("/keys")

    assert "zoe.dubois" in zoe.words
    assert "siobhan" not in zoe.page.casefold()
    assert "siobhan.kelly" in siobhan.words
    assert "zoe" not in siobhan.page.casefold()
    zoe.send("/keys/remove/totp")
    siobhan.get("/keys")
    assert siobhan.page.count('<div class="key">') == 1


def test_cookies_are_for_this_host_alone_and_no_script_reads_them(tmp_path: Path) -> None:
    with issued_site(tmp_path / "home", settings={"BISDESK_APPLICANT_BASE_URL": "https://activate.example.be"}) as site:
        jar: dict[str, str] = {}
        told: list[str] = []

        def sends(method: str, path: str, **fields: str) -> str:
            with_cookies = {"Cookie": "; ".join(f"{name}={value}" for name, value in jar.items())}
            answer = site.person().client.request(method, path, headers=with_cookies, data=fields or None)
            for line in answer.headers.get_list("set-cookie"):
                told.append(line)
                name, _, value = line.partition(";")[0].partition("=")
                jar[name] = value
            return answer.text

        sends("GET", f"/a/{site.link()}?lang=en")
        page = sends("GET", "/activate/code")
        form = page.split('name="form" value="')[1].split('"')[0]
        sends("POST", "/activate/code", form=form, code=site.code())

        assert set(jar) == {f"__Host-{name}" for name in COOKIES}
        for line in told:
            attributes = {part.strip().lower() for part in line.split(";")[1:]}
            assert {"secure", "httponly", "path=/", "samesite=lax"} <= attributes, line
            assert not any(attribute.startswith("domain") for attribute in attributes)
        assert not any(
            "max-age" in line.lower() and "__Host-lang" not in line and "=;" not in line and '=""' not in line
            for line in told
        )


def test_outside_https_a_cookie_makes_no_promise_it_cannot_keep(site: OpenSite) -> None:
    answer = site.person().client.get(f"/a/{site.link()}?lang=en")

    lines = answer.headers.get_list("set-cookie")

    assert {line.partition("=")[0] for line in lines} == {"act", "lang"}
    assert all("httponly" in line.lower() and "samesite=lax" in line.lower() for line in lines)
    assert not any("secure" in line.lower() for line in lines)
