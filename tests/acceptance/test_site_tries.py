"""Entering the code over HTTP: slips are free, three wrong codes are all there are, and a repeated sending is one try."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.site import OpenSite, Person, issued_site
from tests.support.site_crowd import at_once

WRONG, WRONG_2, WRONG_3 = "ABCDE ABCDE ABCDE ABCDE", "BBCDE ABCDE ABCDE ABCDE", "CBCDE ABCDE ABCDE ABCDE"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[OpenSite]:
    """Link and code went out to Siobhán, who reads English."""
    with issued_site(tmp_path / "home", "siobhan-kelly") as opened:
        yield opened


@pytest.fixture
def person(site: OpenSite) -> Person:
    """She is at the page of the code."""
    her = site.person().opens(site.link())
    her.get("/activate/code")
    return her


def told(person: Person, form: str, code: str) -> str:
    """What the page says after a form was sent, which may be an old one."""
    answer = person.client.post("/activate/code", data={"form": form, "code": code})
    assert answer.status_code == 303
    person.get(answer.headers["location"])
    return person.mistakes[0]


@pytest.mark.fact("R4", "B2-6")
@pytest.mark.parametrize(
    "typed",
    ["ABCDE", "ABCDE ABCDE ABCDE ABCD", "ABCDE ABCDE ABCDE ABCDEF", "ABCDE ABCDE ABCDE ABCD!", "ABCDÉ" * 4, "１" * 19,
     "🔑" * 20, "\u202eABCDE", "ABCDE\x00" * 4, "A" * 60000],
)  # fmt: skip
def test_what_is_no_code_costs_no_try_and_says_so(site: OpenSite, person: Person, typed: str) -> None:
    ref = site.ref

    person.send("/activate/code", code=typed)

    assert (person.status, person.name, len(person.mistakes)) == (200, "code", 1)
    assert site.tries_left(ref) == 3
    assert "activation.try_counted" not in site.events(ref)
    assert site.compared("code") == 0


@pytest.mark.parametrize("typed", ["", "   ", "\t\n"])
def test_nothing_typed_is_not_even_written_down(site: OpenSite, person: Person, typed: str) -> None:
    before = site.dump()

    person.send("/activate/code", code=typed)

    assert person.mistakes == ["Enter your activation code."]
    assert site.dump() == before


@pytest.mark.fact("3.38", "R4")
@pytest.mark.parametrize(
    "as_typed",
    [
        lambda code: code.lower(),
        lambda code: code.replace(" ", ""),
        lambda code: code.replace(" ", "-"),
        lambda code: f"\u00a0 {code}\r\n",
        lambda code: code.replace("0", "o").replace("1", "l"),
        lambda code: "".join(chr(ord(char) + 0xFEE0) if char != " " else "\u3000" for char in code),
    ],
    ids=["small letters", "no spaces", "hyphens", "pasted with blanks", "look-alikes", "full width"],
)  # fmt: skip
def test_the_right_code_is_taken_however_it_is_typed(site: OpenSite, person: Person, as_typed: object) -> None:
    assert callable(as_typed)

    person.send("/activate/code", code=as_typed(site.code()))

    assert person.at == "/activate/account"


@pytest.mark.fact("3.36", "R3", "B2-6", "B2-7", "B3b-max_attempts")
def test_each_wrong_code_says_what_is_left_and_the_third_blocks_for_good(site: OpenSite, person: Person) -> None:
    ref = site.ref

    person.send("/activate/code", code=WRONG)
    assert person.mistakes == ["This code is not right. You have 2 attempts left."]
    warned = person.page.count("govuk-warning") + person.page.count("notice")
    person.send("/activate/code", code=WRONG_2)
    assert person.mistakes == ["This code is not right. You have 1 attempt left."]
    assert person.page.count("govuk-warning") + person.page.count("notice") > warned, "the last try is announced"
    assert "new request" in person.words, "and what blocking means"
    open_still = person.like()
    person.send("/activate/code", code=WRONG_3)

    assert person.name == "blocked"
    assert "20 November 2026" in person.words
    assert ref in person.words
    assert "gebruikersbeheer@vlaanderen.be" in person.words.replace(" ", "")
    assert 'name="code"' not in person.page
    assert "<form" not in person.page

    twin = site.person().opens(site.link())
    twin.get("/activate/code")
    assert (twin.name, 'name="code"' in twin.page) == ("blocked", False)
    open_still.send("/activate/code", code=site.code())
    assert open_still.name == "blocked"
    assert site.state(ref) == "blocked_attempts"
    assert site.compared("code") == 3


@pytest.mark.fact("R3")
def test_an_old_page_of_the_code_still_open_gains_no_fourth_try(site: OpenSite, person: Person) -> None:
    open_still = person.like()
    for code in (WRONG, WRONG_2, WRONG_3):
        person.send("/activate/code", code=code)
        person.get("/activate/code")

    open_still.send("/activate/code", code=site.code())

    assert open_still.name == "blocked"
    assert site.compared("code") == 3


@pytest.mark.fact("B2-6")
def test_refresh_and_replay_of_a_wrong_code_count_once(site: OpenSite, person: Person) -> None:
    ref, form = site.ref, person.form

    for _ in range(4):
        assert told(person, form, WRONG) == "This code is not right. You have 2 attempts left."
        assert told(person, form, WRONG) == person.mistakes[0]
        person.get(person.shown)
        assert "2 attempts left" in person.mistakes[0], "a reload of the page that says so sends nothing"
    assert site.tries_left(ref) == 2

    assert "2 attempts left" in told(person, form, WRONG.lower().replace(" ", "")), "the same code in another dress"
    assert "1 attempt left" in told(person, form, WRONG_2), "another code in the same form counts"
    assert site.tries_left(ref) == 1
    assert site.compared("code") == 2


@pytest.mark.fact("B2-6")
def test_the_same_sending_twice_at_the_same_moment_counts_once(site: OpenSite, person: Person) -> None:
    ref, twins = site.ref, [person.like() for _ in range(8)]

    told = at_once([lambda twin=twin: twin.sends("/activate/code", code=WRONG) for twin in twins])

    assert {answer.status_code for answer in told} <= {303, 409}
    assert site.tries_left(ref) == 2
    assert site.events(ref).count("activation.try_counted") == 1


@pytest.mark.fact("B2-6")
def test_the_same_wrong_code_from_a_fresh_form_is_another_try(site: OpenSite, person: Person) -> None:
    ref = site.ref

    person.send("/activate/code", code=WRONG)
    person.send("/activate/code", code=WRONG)

    assert site.tries_left(ref) == 1


@pytest.mark.fact("3.38", "B2-5")
def test_the_right_code_sent_twice_leads_on_both_times(site: OpenSite, person: Person) -> None:
    ref = site.ref
    lost, again = person.like(), person.like()

    first = lost.sends("/activate/code", code=site.code())
    second = again.sends("/activate/code", code=site.code())

    assert [answer.headers["location"] for answer in (first, second)] == ["/activate/account"] * 2
    again.names_account()
    assert again.at == "/activate/key"
    assert site.events(ref).count("activation.profile_activated") <= 1
    assert site.compared("code") == 1


@pytest.mark.fact("3.38")
def test_the_right_code_works_once_and_not_from_another_form(site: OpenSite, person: Person) -> None:
    person.like().sends("/activate/code", code=site.code())

    stranger = site.person().opens(site.link())
    assert stranger.name == "used"
    stranger.send("/activate/code", code=site.code())

    assert stranger.name == "used"
    assert "session" not in stranger.client.cookies
