"""Mail scanners open links before people do: they look at everything, and nothing is consumed (F57, A1)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.site import OpenSite, Person, issued_site

FOLLOWED = re.compile(r'(?:href|src)="(/[^"#]*)"')
FORMS = re.compile(r'<form[^>]*action="(/[^"]*)"')
FIELDS = re.compile(r'<input[^>]*name="([^"]+)"[^>]*>')


@pytest.fixture
def site(tmp_path: Path) -> Iterator[OpenSite]:
    """Link and code went out to Zoë."""
    with issued_site(tmp_path / "home") as opened:
        yield opened


def crawled(scanner: Person, start: str, most: int = 60) -> dict[str, str]:
    """Every page and file that can be reached by looking, with cookies kept; its text by its path."""
    waiting, seen = [start], {}
    while waiting and len(seen) < most:
        path = waiting.pop(0)
        if path in seen or path.startswith("/demo/"):
            continue
        answer = scanner.get(path)
        assert answer.status_code < 500, path
        seen[path] = answer.text
        waiting += [found.replace("&amp;", "&") for found in FOLLOWED.findall(seen[path])]
    return seen


def succeeds(site: OpenSite, ref: str) -> None:
    """The person comes afterwards, has all three tries, and gets in."""
    assert site.tries_left(ref) == 3
    person = site.person().opens(site.link())
    assert person.name == "landing"
    person.enters(site.code())
    assert person.name == "account"


@pytest.mark.fact("3.34", "B2-4")
def test_five_prefetches_and_a_head_leave_nothing_behind(site: OpenSite) -> None:
    before, link = site.dump(), f"/a/{site.link()}"

    answers = [site.person(**{"Sec-Purpose": "prefetch"}).client.get(link) for _ in range(5)]
    heads = [site.person().client.head(path) for path in (link, "/activate", "/activate/code", "/activate/not-me")]

    assert {answer.status_code for answer in answers} == {303}
    assert heads[0].status_code == 303
    assert site.dump() == before
    succeeds(site, site.ref)


@pytest.mark.fact("B2-4", "B2-5")
def test_a_scanner_that_looks_at_every_page_and_file_leaves_nothing_behind(site: OpenSite) -> None:
    before = site.dump()

    seen = crawled(site.person(), f"/a/{site.link()}")

    assert {"/activate/not-me", "/activate/handover.svg", "/activate/status"} <= set(seen)
    assert any(path.endswith(".js") for path in seen)
    assert site.dump() == before
    succeeds(site, site.ref)


def test_a_scanner_that_goes_through_the_addresses_of_the_way_by_looking_leaves_nothing_behind(site: OpenSite) -> None:
    before, scanner = site.dump(), site.person().opens(site.link())

    for path in (
        "/activate/code", "/activate/account", "/activate/key", "/activate/key/app", "/activate/key/sms", "/activate/done",
        "/activate/resume", "/activate/renew", "/activate/resume/ask", "/activate/not-me", "/keys", "/keys/sign-out",
        "/keys/remove/totp", "/keys/sign-in/sms", "/keys/sign-in/key",
    ):  # fmt: skip
        scanner.get(path)
        scanner.client.head(path)
        scanner.client.options(path)

    assert site.dump() == before
    succeeds(site, site.ref)


def test_a_scanner_that_sends_forms_without_cookies_or_token_changes_nothing(site: OpenSite) -> None:
    scanner = site.person()
    forms = {form for text in crawled(scanner, f"/a/{site.link()}").values() for form in FORMS.findall(text)}
    before = site.dump()

    told = [
        site.person().client.post(form, data={"code": "ABCDE" * 4, "form": ""}).status_code for form in sorted(forms)
    ]
    with_cookies = [scanner.client.post(form).status_code for form in sorted(forms)]

    assert {"/activate", "/activate/not-me"} <= forms
    assert set(told) | set(with_cookies) == {403}
    assert site.dump() == before
    succeeds(site, site.ref)


@pytest.mark.fact("B2-4", "B2-5")
def test_a_scanner_with_a_browser_that_presses_every_button_it_is_led_to_uses_no_try_and_freezes_nothing(
    site: OpenSite,
) -> None:
    scanner = site.person().opens(site.link())

    for _ in range(4):  # press what stands on the page, and again on the page that this leads to
        for form in FORMS.findall(scanner.page):
            fields = dict.fromkeys(FIELDS.findall(scanner.page), "")
            scanner.send(form, **{name: value for name, value in fields.items() if name != "form"})
            scanner.send(form)

    ref = site.ref
    assert scanner.name == "code"
    assert site.state(ref) == "awaiting_code"
    events = set(site.events(ref))
    assert not events & {"activation.try_counted", "activation.frozen", "activation.malformed_code"}, events
    succeeds(site, ref)


def test_what_a_scanner_types_into_the_code_costs_no_try_unless_it_is_a_code(site: OpenSite) -> None:
    scanner = site.person().opens(site.link())
    scanner.get("/activate/code")

    for typed in ("test", "password123", "a@b.example", "1234567890", "<script>alert(1)</script>", "x" * 21):
        scanner.send("/activate/code", code=typed)
        assert len(scanner.mistakes) == 1

    assert site.tries_left(site.ref) == 3


@pytest.mark.fact("B2-13")
def test_a_scanner_that_looks_at_the_link_of_the_security_mail_freezes_nothing(site: OpenSite) -> None:
    person = site.person()
    person.activates(site)
    site.tick()
    before = site.dump()

    seen = crawled(site.person(), f"/a/{site.link()}")
    sent = [site.person().client.post(form).status_code for form in ("/activate/not-me", "/activate")]

    assert "/activate/not-me" in FORMS.findall(seen[f"/a/{site.link()}"])
    assert sent == [403, 403]
    assert site.dump() == before
