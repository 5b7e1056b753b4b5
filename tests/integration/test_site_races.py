"""Thirty-two browsers at the same instant, over real sockets: no try is gained, nothing happens twice.

On SQLite, on PostgreSQL, and on PostgreSQL with two server processes that know nothing of each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

import httpx2
import pyotp
import pytest

from bisdesk.demo.letters import Letter
from tests.support.site import PASSWORD, OpenSite, Person, issued_site, open_site
from tests.support.site_crowd import at_once, second_server

CROWD = 32
WRONG = [f"{letter}BCDE FGHJK MNPQR STVW{digit}" for letter in "ABCD" for digit in "23456789"]
PROXIED = {"BISDESK_TRUSTED_PROXIES": "127.0.0.1"}
WHERE = ["sqlite", *(pytest.param(name, marks=pytest.mark.postgres) for name in ("postgres", "two servers"))]

ENDS = pytest.mark.parametrize("stadium", [WHERE[0], WHERE[-1]], indirect=True)  # where the two differ most


@dataclass
class Stadium:
    """A site, and every server that serves it."""

    site: OpenSite
    bases: list[str] = field(default_factory=list)

    def browsers(self, person: Person, count: int = CROWD) -> list[Person]:
        """So many browsers that stand where this one stands, spread over the servers."""
        return [self.moved(person.like(), base) for base, _ in zip(cycle(self.bases), range(count), strict=False)]

    def moved(self, person: Person, base: str) -> Person:
        """The same browser at another server; who asks, the proxy says."""
        person.client.base_url = httpx2.URL(base)
        return person

    def mails(self, letters: list[Letter], about: str) -> int:
        """How many mails of one kind arrived."""
        return len([one for one in letters if one.channel == "mail" and about in one.subject])


@pytest.fixture(params=WHERE)
def stadium(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stadium]:
    """Link and code went out to Siobhán, who reads English."""
    home = tmp_path / "home"
    if request.param == "sqlite":
        with issued_site(home, "siobhan-kelly", settings=PROXIED) as site:
            yield Stadium(site, [site.base])
        return
    url = request.getfixturevalue("postgres_url")
    with open_site(home, database=url, settings=PROXIED) as site:
        site.issued("siobhan-kelly")
        if request.param == "postgres":
            yield Stadium(site, [site.base])
            return
        environment = {
            "BISDESK_ENV": "test", "BISDESK_HOME": str(home), "BISDESK_BASE_URL": site.base, "BISDESK_DATABASE_URL": url,
            **PROXIED,
        }  # fmt: skip
        with second_server(environment, site.clock.now()) as other:
            yield Stadium(site, [site.base, other])


@pytest.mark.slow
@pytest.mark.fact("3.36", "R3", "B2-7", "B3b-max_attempts")
def test_of_thirty_two_wrong_codes_at_once_three_are_compared_and_the_right_one_is_refused_afterwards(
    stadium: Stadium,
) -> None:
    site = stadium.site
    person = site.person().opens(site.link())
    person.get("/activate/code")
    last = person.like()

    told = at_once([
        lambda browser=browser, code=code: browser.sends("/activate/code", code=code)
        for browser, code in zip(stadium.browsers(person), WRONG, strict=True)
    ])  # fmt: skip

    assert {answer.status_code for answer in told} == {303}
    assert site.compared("code") == 3
    assert site.events(site.ref).count("activation.try_counted") == 3
    assert site.state(site.ref) == "blocked_attempts"
    last.send("/activate/code", code=site.code())
    assert last.name == "blocked"
    assert site.compared("code") == 3
    assert stadium.mails(site.tick(), "") == 2, "the applicant and the officer are told once"


@pytest.mark.slow
@pytest.mark.fact("3.38", "B2-5")
def test_thirty_two_browsers_with_the_right_code_activate_one_profile(stadium: Stadium) -> None:
    site = stadium.site
    person = site.person().opens(site.link())
    browsers = []
    for browser in stadium.browsers(person):
        browser.get("/activate/code")  # each has a form of its own
        browsers.append(browser)

    told = at_once([lambda browser=browser: browser.sends("/activate/code", code=site.code()) for browser in browsers])

    gone_on = [answer for answer in told if answer.headers.get("location") == "/activate/account"]
    assert len(gone_on) == 1
    assert all(answer.status_code < 500 for answer in told)
    assert site.state(site.ref) == "profile_activated"
    assert site.events(site.ref).count("activation.code_accepted") == 1
    assert site.compared("code") <= 3


@ENDS
@pytest.mark.slow
@pytest.mark.fact("3.38", "B2-5")
def test_one_sending_of_the_right_code_that_arrives_thirty_two_times_leads_on_every_time(stadium: Stadium) -> None:
    site = stadium.site
    person = site.person().opens(site.link())
    person.get("/activate/code")

    told = at_once([
        lambda browser=browser: browser.sends("/activate/code", code=site.code()) for browser in stadium.browsers(person)
    ])  # fmt: skip

    assert {answer.headers.get("location") for answer in told} == {"/activate/account"}
    assert site.events(site.ref).count("activation.try_counted") == 1
    assert site.events(site.ref).count("activation.code_accepted") == 1


@pytest.mark.slow
def test_of_thirty_two_passwords_at_once_five_are_compared(stadium: Stadium) -> None:
    site = stadium.site
    site.person().activates(site)
    person = site.person(**{"Accept-Language": "en"})
    person.get("/keys/sign-in")
    browsers = stadium.browsers(person)
    for number, browser in enumerate(browsers):
        browser.client.headers["X-Forwarded-For"] = f"10.7.0.{number}"
    before = site.compared("password")

    told = at_once([
        lambda browser=browser, number=number: browser.sends(
            "/keys/sign-in", username="zoe.dubois", password=f"{PASSWORD}{number}"
        )
        for number, browser in enumerate(browsers)
    ])  # fmt: skip

    assert {answer.status_code for answer in told} == {303}
    assert site.compared("password") - before == 5
    neighbour = site.person(**{"Accept-Language": "en", "X-Forwarded-For": "10.7.0.200"})
    for waits in (True, False):
        neighbour.get("/keys/sign-in")
        neighbour.send("/keys/sign-in", username="zoe.dubois", password=PASSWORD)
        assert neighbour.name == ("sign_in" if waits else "sign_in_key"), (
            "the right one waits as well, where they guessed"
        )
        assert ("15 minutes" in neighbour.page) is waits
        site.stage.pass_time(minutes=15)


@pytest.mark.slow
@pytest.mark.fact("B2-12")
@pytest.mark.parametrize("kind", ["totp", "sms"])
def test_one_one_time_code_sent_thirty_two_times_at_once_confirms_one_key(stadium: Stadium, kind: str) -> None:
    site = stadium.site
    person = site.person().opens(site.link()).enters(site.code()).names_account()
    person.send("/activate/key", kind=kind)
    path, otp = f"/activate/key/{'app' if kind == 'totp' else 'sms'}", ""
    if kind == "totp":
        otp = pyotp.TOTP(person.secret).at(site.clock.now())
    else:
        site.tick()
        otp = site.otp()

    told = at_once([lambda browser=browser: browser.sends(path, otp=otp) for browser in stadium.browsers(person)])

    assert all(answer.status_code < 500 for answer in told)
    assert len([answer for answer in told if answer.headers.get("location") == "/activate/done"]) >= 1
    assert site.state(site.ref) == "active"
    assert site.events(site.ref).count("activation.key_confirmed") == 1
    assert stadium.mails(site.tick(), "keys") == 1, "one M11"


@pytest.mark.slow
@pytest.mark.fact("B2-9")
def test_thirty_two_renewals_at_once_send_one_link(stadium: Stadium) -> None:
    site = stadium.site
    site.stage.pass_time(days=16)
    site.tick()  # which also tells the other process how late it is
    person = site.person().opens(site.link())
    assert person.name == "expired"

    told = at_once([lambda browser=browser: browser.sends("/activate/renew") for browser in stadium.browsers(person)])

    assert all(answer.status_code < 500 for answer in told)
    assert site.events(site.ref).count("activation.link_renewed") == 1
    assert stadium.mails(site.tick(), "") == 1
    assert site.person().opens(site.link()).name == "landing"


@ENDS
@pytest.mark.slow
@pytest.mark.fact("B2-11")
def test_two_people_who_want_the_same_name_at_once_do_not_both_get_it(stadium: Stadium) -> None:
    site = stadium.site
    people = [site.person().opens(site.link()).enters(site.code())]
    site.issued("luc-vanderberg")
    people.append(site.person().opens(site.link()).enters(site.code()))
    crowd = [twin for person in people for twin in stadium.browsers(person, 4)]

    told = at_once([
        lambda twin=twin, name=name: twin.sends("/activate/account", username=name, password=PASSWORD)
        for twin, name in zip(crowd, cycle(("first.come", "First.Come")), strict=False)
    ])  # fmt: skip

    outcome = [answer.headers["location"].partition("?")[0] for answer in told]
    of_each = [set(outcome[:4]), set(outcome[4:])]
    assert sorted(map(str, of_each)) == ["{'/activate/account'}", "{'/activate/key'}"]


@ENDS
@pytest.mark.slow
@pytest.mark.fact("B2-9b")
def test_thirty_two_questions_by_reference_at_once_send_one_mail(stadium: Stadium) -> None:
    site = stadium.site
    person = site.person()
    person.get("/activate/reference")
    browsers = stadium.browsers(person)
    for number, browser in enumerate(browsers):
        browser.client.headers["X-Forwarded-For"] = f"10.8.{number}.1"

    told = at_once([
        lambda browser=browser: browser.sends("/activate/reference", reference=site.ref) for browser in browsers
    ])  # fmt: skip

    assert {answer.status_code for answer in told} == {303}
    assert stadium.mails(site.tick(), "") == 1
    assert site.person().opens(site.link()).name == "landing"


@ENDS
@pytest.mark.slow
def test_the_eleventh_at_once_from_one_neighbourhood_is_told_to_wait(stadium: Stadium) -> None:
    person = stadium.site.person()
    person.get("/activate/reference")

    told = at_once([
        lambda browser=browser: browser.sends("/activate/reference", reference="AC-2026-99999-ZZ")
        for browser in stadium.browsers(person)
    ])  # fmt: skip

    statuses = [answer.status_code for answer in told]
    assert (statuses.count(303), statuses.count(429)) == (10, 22)
