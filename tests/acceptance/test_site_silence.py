"""What leaves the pages and the logs of a whole story: no secret, no name, no number, not even at DEBUG (I6, row 10)."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest

from tests.support.site import PASSWORD, OpenSite, Person, issued_site

OUR_OWN_CLIENT = ("httpx2", "httpcore2", "httpx", "httpcore")
USERNAME = "some.body.7"
PERSON = ("siobhan", "siobhán", "kelly", "353851234567", "siobhan.kelly@example.com")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[OpenSite]:
    """Link and code went out to Siobhán Kelly."""
    with issued_site(tmp_path / "home", "siobhan-kelly") as opened:
        yield opened


def story(site: OpenSite, person: Person) -> list[str]:
    """The whole way and the mishaps of it; every secret that was in it."""
    token, code = site.link(), site.code()
    said = [token, code, code.replace(" ", ""), PASSWORD, USERNAME, "a wrong passphrase", "ABCDE ABCDE ABCDE ABCDE"]
    person.get(f"/a/{token}?lang=en")
    person.enters("ABCDE ABCDE ABCDE ABCDE").enters("too short to be one").enters(code)
    person.send("/activate/account", username=USERNAME, password="short")
    person.send("/activate/account", username=USERNAME, password=PASSWORD)
    person.send("/activate/key", kind="totp")
    secret = person.secret
    person.send("/activate/key/app", otp="000000")
    person.send("/activate/key/app", otp=pyotp.TOTP(secret).at(site.clock.now()))
    person.get("/activate/key")
    person.send("/activate/key", kind="sms")
    site.tick()
    person.send("/activate/key/sms", otp=site.otp())
    said += [secret, site.otp(), person.client.cookies["session"], person.client.cookies["visit"]]
    person.get("/keys")
    person.send("/keys/sign-out")
    person.get("/keys/sign-in")
    person.send("/keys/sign-in", username=USERNAME, password="a wrong passphrase")
    site.stage.pass_time(minutes=2)
    person.signs_in(site, secret, USERNAME)
    person.get("/activate/status")
    person.send("/activate/status", reference=site.ref, email="siobhan.kelly@example.com")
    person.get("/activate/reference")
    person.send("/activate/reference", reference=site.ref)
    site.tick()
    return [*said, site.link()]


def test_the_logs_of_a_whole_story_at_debug_name_no_secret_and_nobody(
    site: OpenSite, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)

    said = story(site, site.person())
    database = site.stage.app.settings.home / "bisdesk.db"
    site.stage.app.store.dispose()
    database.rename(database.with_suffix(".away"))
    site.person().opens(said[0])

    logged = [record for record in caplog.records if record.name.split(".")[0] not in OUR_OWN_CLIENT]
    text = "\n".join([logging.Formatter().format(record) for record in logged] + list(capfd.readouterr()))
    assert logged, "something was heard"
    assert [one for one in (*said, *PERSON) if one.casefold() in text.casefold()] == []
    assert "/a/" not in text


def test_no_page_names_the_person_and_addresses_and_numbers_are_masked(site: OpenSite) -> None:
    person, pages, at = site.person(), [], []
    shown = person._shown

    def kept(answer: object) -> object:
        told = shown(answer)  # type: ignore[arg-type]
        pages.append((person.name, person.page))
        at.append(str(told.url))
        return told

    person._shown = kept  # type: ignore[method-assign,assignment]
    said = story(site, person)
    site.stage.pass_time(days=20)
    site.issued("luc-vanderberg")
    person.opens(site.link())
    site.stage.pass_time(days=15)
    person.opens(site.link())

    assert {"landing", "code", "account", "app_key", "sms_key", "keys", "status_shown", "expired"} <= {
        name for name, _ in pages
    }
    typed = {"status": "siobhan.kelly@example.com", "status_shown": ""}
    for name, page in pages:
        for word in (*PERSON, "luc", "vanderberg", "31612345678"):
            if word not in typed.get(name, ""):
                assert not re.search(rf"\b{re.escape(word)}\b", page.casefold()), (name, word)
    assert any(
        "l***" in page or "l•" in page or re.search(r"l[.*…]+", page) for name, page in pages if name == "expired"
    )
    for secret in said:
        assert not any(secret in address for address in at if "/a/" not in address), "no address holds a secret"


def test_a_secret_is_on_no_page_but_its_own(site: OpenSite) -> None:
    person = site.person().opens(site.link()).enters(site.code()).names_account()
    person.send("/activate/key", kind="totp")
    secret = person.secret

    for path in ("/activate", "/activate/account", "/activate/key", "/activate/status", "/keys"):
        assert secret not in person.get(path).text
        assert secret[:4] + " " + secret[4:8] not in person.page
    person.get("/activate/key/app")
    assert person.secret == secret, "the same until it is confirmed (A19)"
    person.send("/activate/key/app", otp=pyotp.TOTP(secret).at(site.clock.now()))
    person.get("/activate/key/app")
    assert (secret in person.page, person.at) == (False, "/activate/done")


def test_a_password_is_never_given_back(site: OpenSite) -> None:
    person = site.person().opens(site.link()).enters(site.code())
    person.send("/activate/account", username="x", password="Secret-But-With-A-Bad-Name-7")
    assert (person.name, person.status) == ("account", 200)
    assert "Secret-But" not in person.page

    person.get("/keys/sign-in")
    person.send("/keys/sign-in", username="zoe", password="Secret-And-Wrong-7")

    assert (person.name, person.status) == ("sign_in", 200)
    assert "Secret-And" not in person.page
