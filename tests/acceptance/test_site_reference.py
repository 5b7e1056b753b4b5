"""With a reference alone: the same answer for everybody, mail only to the stored address, and limits that hold (trust 2.3, 6)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from tests.support.site import OpenSite, Person, issued_site

NEIGHBOURS = {"settings": {"BISDESK_TRUSTED_PROXIES": "127.0.0.1"}}
UNKNOWN, UNKNOWN_TOO = "AC-2026-99999-ZZ", "AC-2025-00000-00"
NOT_ALIKE = re.compile(r'name="form" value="[^"]*"|AC-\d{4}-\d{5}-\w\w|told=[\w-]+')
WRONG = ("ABCDE" * 4, "BBCDE" * 4, "CBCDE" * 4)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[OpenSite]:
    """Link and code went out to Siobhán, who reads English."""
    with issued_site(tmp_path / "home", "siobhan-kelly", **NEIGHBOURS) as opened:
        yield opened


@dataclass(frozen=True)
class Known:
    """References by what became of them."""

    site: OpenSite
    of: dict[str, str]


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Known]:
    """One that waits, one that is frozen, one that is blocked, one that works, one whose set-up is unfinished."""
    home = tmp_path_factory.mktemp("known") / "home"
    with issued_site(home, "siobhan-kelly", **NEIGHBOURS) as site:
        of = {"waiting": site.ref}
        of["frozen"] = site.issued("luc-vanderberg")
        person = site.person().opens(site.link())
        person.get("/activate/not-me")
        person.send("/activate/not-me")
        of["blocked"] = site.issued("jurgen-mueller")
        person = site.person().opens(site.link())
        for code in WRONG:
            person.enters(code)
        of["active"] = site.issued("zoe-dubois")
        site.person().activates(site)
        of["unfinished"] = site.issued("marta-nowak")
        site.person().opens(site.link()).enters(site.code())
        assert [site.state(of[name]) for name in ("blocked", "active", "unfinished")] == [
            "blocked_attempts", "active", "profile_activated",
        ]  # fmt: skip
        yield Known(site, of)


def neighbour(site: OpenSite, number: int) -> Person:
    """Somebody elsewhere on the internet."""
    return site.person(**{"X-Forwarded-For": f"10.{number // 250}.{number % 250}.7"})


def asks(person: Person, ref: str) -> tuple[object, ...]:
    """What is seen from outside when somebody asks for the way on."""
    person.get("/activate/reference")
    answer = person.sends("/activate/reference", reference=ref)
    headers = {
        name: NOT_ALIKE.sub(lambda told: str(len(told[0])), value)
        for name, value in answer.headers.items()
        if name != "date"
    }
    page = person.get(answer.headers["location"]) if answer.status_code == 303 else person._shown(answer)
    return answer.status_code, headers, len(answer.content), len(page.content), NOT_ALIKE.sub("", page.text)


@pytest.mark.fact("B2-9b")
def test_every_reference_is_answered_alike(known: Known) -> None:
    strangers = [asks(neighbour(known.site, 300 + number), ref) for number, ref in enumerate((UNKNOWN, UNKNOWN_TOO))]

    assert strangers[0][0] == 303
    for number, (kind, ref) in enumerate(known.of.items()):
        assert asks(neighbour(known.site, number), ref) == strangers[0], kind
    assert strangers[1] == strangers[0]


def test_what_the_reference_sets_off_goes_to_the_stored_address_only(known: Known) -> None:
    known.site.stage.pass_time(days=1)
    known.site.tick()

    for number, ref in enumerate(known.of.values()):
        asks(neighbour(known.site, 400 + number), ref)
    arrived = known.site.tick()

    assert {letter.to for letter in arrived if letter.channel == "mail"} == {
        "siobhan.kelly@example.com", "marta.nowak@example.org",
    }  # fmt: skip
    assert {letter.to for letter in arrived if letter.channel == "SMS"} == {"+48601234567"}


@pytest.mark.fact("B2-9b")
def test_the_mail_goes_out_once_a_day_and_the_answer_is_the_same(site: OpenSite) -> None:
    told = [asks(neighbour(site, number), site.ref) for number in range(4)]
    today = site.tick()
    site.stage.pass_time(days=1)
    told.append(asks(neighbour(site, 9), site.ref))

    assert all(one == told[0] for one in told)
    assert [letter.to for letter in today] == ["siobhan.kelly@example.com"]
    assert [letter.to for letter in site.tick()] == ["siobhan.kelly@example.com"]


def test_the_eleventh_of_an_hour_from_one_neighbourhood_is_told_to_wait(site: OpenSite) -> None:
    for number in range(10):
        person = site.person(**{"X-Forwarded-For": f"192.0.2.{number}"})
        assert asks(person, UNKNOWN)[0] == 303

    one_more = site.person(**{"X-Forwarded-For": "192.0.2.200", "Accept-Language": "de"})
    status, headers, *_ = asks(one_more, site.ref)

    assert status == 429
    assert isinstance(headers, dict)
    assert 0 < int(headers["retry-after"]) <= 3600
    assert (one_more.name, one_more.language) == ("trouble", "de")
    assert site.tick() == [], "and nothing is sent"
    assert asks(neighbour(site, 1), UNKNOWN)[0] == 303, "others are not held up"
    site.stage.pass_time(seconds=3600)
    assert asks(one_more, UNKNOWN)[0] == 303


@pytest.mark.parametrize(
    "typed", ["", "AC-2026", "BR-2026-12345-AB", "AC-2026-12345-AB\r\nBcc: x@y.example", "🔑" * 30, "x" * 60000]
)
def test_what_is_no_reference_is_mended_and_counts_for_no_limit(site: OpenSite, typed: str) -> None:
    person = site.person()
    person.get("/activate/reference")

    for _ in range(12):
        person.send("/activate/reference", reference=typed)
        assert (person.name, len(person.mistakes)) == ("reference", 1)


@pytest.mark.parametrize("dress", [str.lower, lambda ref: f"  {ref} ", lambda ref: ref.replace("-", "–")])
def test_a_reference_is_read_however_it_is_typed(site: OpenSite, dress: object) -> None:
    assert callable(dress)

    asks(neighbour(site, 1), dress(site.ref))

    assert len(site.tick()) == 1


def status(person: Person, ref: str, email: str) -> tuple[object, ...]:
    """What is seen from outside when somebody asks how far it is."""
    person.get("/activate/status")
    answer = person.send("/activate/status", reference=ref, email=email)
    return answer.status_code, NOT_ALIKE.sub("", answer.text).replace(ref, "").replace(email, "")


def test_how_far_it_is_is_told_for_reference_and_address_together_only(known: Known) -> None:
    right, wrong, ref = "siobhan.kelly@example.com", "siobhan.kelly@example.net", known.of["waiting"]
    person = neighbour(known.site, 500)
    assert status(person, ref, right)[0] == 200
    assert person.name == "status_shown"
    assert "siobhan.kelly" not in person.page, "and even then no address is shown"

    nothing = {
        status(neighbour(known.site, 501), ref, wrong),
        status(neighbour(known.site, 502), UNKNOWN, right),
        status(neighbour(known.site, 503), UNKNOWN, wrong),
        status(neighbour(known.site, 504), known.of["blocked"], right),
        status(neighbour(known.site, 505), known.of["frozen"], right),
    }

    assert len({told[0] for told in nothing}) == 1
    assert len(nothing) == 1


def test_twenty_questions_an_hour_from_one_neighbourhood(site: OpenSite) -> None:
    for number in range(20):
        person = site.person(**{"X-Forwarded-For": f"2001:db8:1:1::{number}"})
        status(person, UNKNOWN, "a@b.example")

    late = site.person(**{"X-Forwarded-For": "2001:db8:1:1:ffff::1"})
    assert status(late, site.ref, "siobhan.kelly@example.com")[0] == 429
    assert int(late.client.post("/activate/status", data={"form": late.form}).headers.get("retry-after", "1")) > 0
    other = site.person(**{"X-Forwarded-For": "2001:db8:1:2::1"})
    assert status(other, site.ref, "siobhan.kelly@example.com")[0] == 200
    site.clock.advance(timedelta(hours=1))
    assert status(late, site.ref, "siobhan.kelly@example.com")[0] == 200
