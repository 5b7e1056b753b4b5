"""Two people, one browser: what is sent from the page of one never counts for the other (a shared desk, a couple)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.support.site import OpenSite, open_site


@pytest.fixture
def site(tmp_path: Path) -> Iterator[OpenSite]:
    """A site with nobody in it yet."""
    with open_site(tmp_path / "home") as opened:
        yield opened


@pytest.mark.fact("3.36", "R3")
def test_a_code_typed_on_the_page_of_one_costs_the_other_no_try(site: OpenSite) -> None:
    mine = site.issued("zoe-dubois")
    link, code = site.link(), site.code()
    theirs = site.issued("jurgen-mueller")
    person = site.person().opens(link)
    person.get("/activate/code")
    my_page = person.form
    person.opens(site.link())  # in another tab
    before = site.tries_left(theirs)

    answer = person.client.post("/activate/code", data={"form": my_page, "code": code})

    assert answer.status_code == 409
    assert (before, site.tries_left(theirs), site.tries_left(mine)) == (3, 3, 3)
    assert site.state(theirs) == "awaiting_code"


def test_who_opens_their_own_link_again_goes_on_with_all_their_tries(site: OpenSite) -> None:
    mine = site.issued("zoe-dubois")
    link, code = site.link(), site.code()
    site.issued("jurgen-mueller")
    person = site.person().opens(link)
    person.get("/activate/code")
    my_page = person.form
    person.opens(site.link())
    person.client.post("/activate/code", data={"form": my_page, "code": code})

    person.opens(link).enters(code)

    assert (person.at, site.state(mine)) == ("/activate/account", "profile_activated")


@pytest.mark.parametrize("path", ["/activate/not-me", "/activate/renew"])
def test_what_is_confirmed_on_the_page_of_one_does_not_happen_to_the_other(site: OpenSite, path: str) -> None:
    site.issued("zoe-dubois")
    link = site.link()
    theirs = site.issued("jurgen-mueller")
    person = site.person().opens(link)
    my_page = person.form
    person.opens(site.link())
    before = site.events(theirs)

    answer = person.client.post(path, data={"form": my_page})

    assert (answer.status_code, site.events(theirs)) == (409, before)


def test_a_page_of_a_person_who_signed_out_since_changes_no_key_of_the_next(site: OpenSite) -> None:
    first = site.issued("zoe-dubois")
    person = site.person().opens(site.link()).enters(site.code())
    person.names_account("zoe.dubois")
    old_page = person.form
    second = site.issued("jurgen-mueller")
    person.opens(site.link()).enters(site.code())

    answer = person.client.post("/activate/key", data={"form": old_page, "kind": "totp"}, follow_redirects=True)

    assert answer.status_code == 409
    assert (site.state(first), site.state(second)) == ("profile_activated", "profile_activated")


def test_a_confirmation_that_is_sent_twice_leads_to_the_key_that_works(site: OpenSite) -> None:
    site.issued()
    person = site.person().opens(site.link()).enters(site.code())
    person.names_account()
    before = "; ".join(f"{name}={value}" for name, value in person.client.cookies.items())
    person.get("/activate/key")
    person.send("/activate/key", kind="totp")
    form = person.form
    person.sets_up_app(site.clock.now())

    again = httpx2.post(  # the second click left before the first was answered, with the cookies of then
        f"{site.base}/activate/key/app", data={"form": form, "otp": "000000"}, headers={"Cookie": before}
    )

    assert (again.status_code, again.headers["location"]) == (303, "/activate/key/app")
    assert "session=" not in again.headers.get("set-cookie", ""), "the session of the first answer stays"
    assert person.get("/activate/key/app").url.path == "/activate/done"
