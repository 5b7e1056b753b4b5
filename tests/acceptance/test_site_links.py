"""What `GET /a/{token}` tells is the same for every token; which page is true, only the page after it says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import segno

from tests.support.site import REFERENCE, OpenSite, issued_site
from tests.support.site_watch import statements

WRONG = ("ABCDE" * 4, "BBCDE" * 4, "CBCDE" * 4)
FORM = re.compile(r'name="form" value="[^"]*"')
MALFORMED = ("short", "x" * 65, "x" * 5000, "%00", "%C3%BC" * 20, "..%3B", "a%20b" * 8, "'or'1'='1" * 4, "%0d%0aX:y")
DEAD = ("replaced", "used", "blocked", "purged")


@dataclass(frozen=True)
class Tokens:
    """A site and one token of each kind."""

    site: OpenSite
    of: dict[str, str]


@pytest.fixture(scope="module")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tokens]:
    """Zoë has a link and an older one, Luc used his, Jürgen is blocked, and Siobhán is forgotten."""
    home = tmp_path_factory.mktemp("links") / "home"
    people = ("zoe-dubois", "luc-vanderberg", "jurgen-mueller", "siobhan-kelly")
    with issued_site(home, "siobhan-kelly", settings={"BISDESK_TRUSTED_PROXIES": "127.0.0.1"}) as site:
        of = {"purged": site.link()}
        blocked(site)
        site.stage.pass_time(days=40)
        site.tick()
        site.tick()
        for name in people[:3]:
            site.issued(name)
            of |= {name: site.link()}
            match name:
                case "luc-vanderberg":
                    site.person().opens(site.link()).enters(site.code())
                case "jurgen-mueller":
                    blocked(site)
        person = site.person().opens(of["zoe-dubois"])
        ref = REFERENCE.search(person.words)
        assert ref is not None
        person.get("/activate/reference")
        person.send("/activate/reference", reference=ref.group())
        site.tick()
        named = {"replaced": of["zoe-dubois"], "live": site.link()}
        named |= {"used": of["luc-vanderberg"], "blocked": of["jurgen-mueller"], "purged": of["purged"]}
        yield Tokens(site, named | {"unknown": "u" * 43})


def blocked(site: OpenSite) -> None:
    """The person of the newest link enters three wrong codes."""
    person = site.person().opens(site.link())
    for code in WRONG:
        person.enters(code)
    assert person.name == "blocked"


def outside(tokens: Tokens, token: str, method: str = "GET") -> tuple[object, ...]:
    """All that can be seen of an answer: status, size, each header's name, length, and value where it does not change by itself."""
    asked = tokens.site.person(**{"X-Forwarded-For": f"10.{len(tokens.site.people) % 250}.1.1"})
    answer = asked.client.request(method, f"/a/{token}")
    fixed = {name: value for name, value in answer.headers.items() if name not in ("date", "set-cookie")}
    return (
        answer.status_code,
        fixed,
        [(name, len(value)) for name, value in answer.headers.multi_items()],
        answer.content,
    )


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_every_token_is_answered_with_the_same_status_headers_and_size(tokens: Tokens, method: str) -> None:
    live = outside(tokens, tokens.of["live"], method)

    assert live[0] == 303
    for kind in (*DEAD, "unknown"):
        assert outside(tokens, tokens.of[kind], method) == live, kind
    for token in MALFORMED:
        assert outside(tokens, token, method) == live, token


def test_following_a_link_asks_the_database_nothing(tokens: Tokens) -> None:
    tokens.site.person().client.get("/activate/reference")  # whatever is read once in a process has been read

    with statements() as sent:
        for token in (*tokens.of.values(), *MALFORMED):
            outside(tokens, token)
        there = list(sent)
        tokens.site.person(**{"X-Forwarded-For": "10.251.1.1"}).opens(tokens.of["live"])

    assert there == []
    assert sent, "the page after it does"


@pytest.mark.fact("3.34", "3.36", "3.38")
@pytest.mark.parametrize(
    ("kind", "page", "status"),
    [
        ("live", "landing", 200), ("replaced", "replaced", 200), ("used", "used", 200), ("blocked", "blocked", 200),
        ("purged", "unknown", 404), ("unknown", "unknown", 404),
    ],
)  # fmt: skip
def test_the_page_after_it_says_what_is_true(tokens: Tokens, kind: str, page: str, status: int) -> None:
    person = tokens.site.person(**{"X-Forwarded-For": "10.252.1.1"}).opens(tokens.of[kind])

    assert (person.name, person.status, person.at) == (page, status, "/activate")


def test_a_purged_link_cannot_be_told_from_one_that_never_was(tokens: Tokens) -> None:
    said = set()
    for token in (tokens.of["purged"], tokens.of["unknown"], "v" * 43, *MALFORMED):
        person = tokens.site.person(**{"X-Forwarded-For": "10.253.1.1"}).opens(token)
        said.add(FORM.sub("", person.page))

    assert len(said) == 1


def test_the_token_stands_in_no_address_cookie_or_page_afterwards(tokens: Tokens) -> None:
    token = tokens.of["live"]
    person = tokens.site.person(**{"X-Forwarded-For": "10.254.1.1"})

    answer = person.client.get(f"/a/{token}")
    person.opens(token)
    person.get("/activate/code")

    assert answer.headers["location"] == "/activate"
    assert token not in str(answer.headers)
    assert token not in person.page


def test_the_picture_for_the_phone_holds_the_link_and_is_there_only_for_who_has_it(tokens: Tokens) -> None:
    token = tokens.of["live"]
    person = tokens.site.person(**{"X-Forwarded-For": "10.254.2.1"}).opens(token)

    picture = person.client.get("/activate/handover.svg")

    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/svg+xml")
    assert re.findall(r'<path[^>]*d="([^"]+)"', picture.text)[-1] in _drawn(f"{tokens.site.base}/a/{token}")
    assert token not in picture.text
    assert tokens.site.person().client.get("/activate/handover.svg").status_code == 404


def _drawn(address: str) -> str:
    return segno.make(address, error="m").svg_inline(scale=4, border=4, light="#fff")


def test_a_link_whose_cookie_was_changed_is_no_link(tokens: Tokens) -> None:
    person = tokens.site.person(**{"X-Forwarded-For": "10.255.1.1"}).opens(tokens.of["live"])
    sealed = person.client.cookies["act"]

    for place in range(0, len(sealed), 7):
        other = "A" if sealed[place] != "A" else "B"
        stranger = tokens.site.person()
        stranger.client.cookies.set("act", sealed[:place] + other + sealed[place + 1 :])
        stranger.get("/activate")
        assert stranger.name == "reference", place


def test_a_browser_forgets_the_link_after_four_hours(tmp_path: Path) -> None:
    with issued_site(tmp_path / "home") as site:
        person = site.person().opens(site.link())

        site.stage.pass_time(hours=3, minutes=59, seconds=59)
        assert person.get("/activate").status_code == 200
        assert person.name == "landing"
        site.stage.pass_time(seconds=1)
        person.get("/activate")

        assert person.name == "reference", "the link itself lies in the mailbox"
        person.opens(site.link())
        assert person.name == "landing"
