"""Every answer carries the headers that keep it private, whatever went wrong, and no page fetches anything from elsewhere (A24)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from bisdesk.web.headers import CONTENT
from tests.support.site import OpenSite, issued_site

FETCHED = re.compile(
    r'(?:src|action|data|poster|srcset)="([^"]+)"|<link[^>]*href="([^"]+)"|url\(([^)]+)\)|@import\s+([^;]+)'
)
AWAY = {"BISDESK_APPLICANT_BASE_URL": "https://activate.example.be"}
PAGES = ("/activate", "/activate/code", "/activate/reference", "/activate/status", "/activate/not-me", "/keys/sign-in")
ELSEWHERE = (
    "/activate/account", "/keys", "/nothing", "/a/" + "x" * 43, "/static/nothing.js", "/health", "/health/live",
    "/health/ready", "/metrics", "/demo/phone", "/activate/handover.svg", "/docs", "/openapi.json", "/favicon.ico",
)  # fmt: skip


@pytest.fixture
def site(tmp_path: Path) -> Iterator[OpenSite]:
    """Link and code went out to Zoë."""
    with issued_site(tmp_path / "home") as opened:
        yield opened


def is_private(answer: httpx2.Response, *, kept: bool = False) -> bool:
    """Whether an answer says all that it has to; those of files may be kept."""
    told = answer.headers
    assert told.get_list("content-security-policy") == [CONTENT], answer.url
    assert told["referrer-policy"] == "no-referrer"
    assert told["x-content-type-options"] == "nosniff"
    assert told["x-frame-options"] == "DENY"
    assert told["cross-origin-opener-policy"] == "same-origin"
    assert "server" not in told
    assert "x-powered-by" not in told
    assert told.get_list("cache-control") == (["public, max-age=31536000, immutable"] if kept else ["no-store"])
    assert "strict-transport-security" not in told
    return True


def test_the_policy_allows_nothing_from_elsewhere_and_nothing_inline() -> None:
    policy = dict(part.split(" ", 1) for part in CONTENT.split("; "))

    assert policy["default-src"] == "'none'"
    assert set(policy.values()) == {"'none'", "'self'"}
    assert {policy[name] for name in ("base-uri", "object-src", "frame-ancestors")} == {"'none'"}
    assert "script-src" in policy
    assert policy["form-action"] == "'self'"


def test_pages_redirects_and_what_is_not_there(site: OpenSite) -> None:
    person = site.person().opens(site.link())

    for path in (*PAGES, *ELSEWHERE):
        for method in ("GET", "HEAD", "OPTIONS", "PUT", "DELETE"):
            answer = person.client.request(method, path)
            assert (is_private(answer), answer.status_code < 500) == (True, True), (method, path)


def test_what_is_refused(site: OpenSite) -> None:
    person = site.person().opens(site.link())
    person.get("/activate/code")
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    told = {
        403: person.client.post("/activate/code", data={"code": "x"}),
        405: person.client.delete("/activate"),
        413: person.client.post("/activate/code", content=b"a" * 70_000, headers=form),
        415: person.client.post("/activate/code", json={}),
        400: person.client.post("/activate/code", content=b"a=1&" * 4000, headers=form),
        303: person.sends("/activate/code", code="x"),
        404: person.client.get("/nothing"),
    }

    assert {status: answer.status_code for status, answer in told.items()} == {status: status for status in told}
    assert all(is_private(answer) for answer in told.values())
    for _ in range(61):
        last = person.client.get("/a/x")
    assert (last.status_code, is_private(last)) == (429, True)


def test_when_the_database_is_away(site: OpenSite) -> None:
    person = site.person(**{"Accept-Language": "en"}).opens(site.link())
    database = site.stage.app.settings.home / "bisdesk.db"
    site.stage.app.store.dispose()
    database.rename(database.with_suffix(".away"))

    for answer in (
        *(person.client.get(path) for path in ("/activate", "/activate/code", "/health/ready", "/metrics")),
        *(
            person.sends(path, reference=site.ref, code=site.code())
            for path in ("/activate/code", "/activate/reference")
        ),
    ):
        assert (answer.status_code, is_private(answer)) == (503, True), answer.url
    person.get("/activate")
    assert person.name == "trouble"
    assert "Traceback" not in person.page
    assert str(database) not in person.page


def test_when_we_made_a_mistake(site: OpenSite) -> None:
    person = site.person().opens(site.link())
    person.get("/activate/code")
    tools = site.stage.app.tools
    site.stage.app.__dict__["tools"] = None  # nothing works any more

    broken = person.sends("/activate/code", code=site.code())

    site.stage.app.__dict__["tools"] = tools
    assert (broken.status_code, is_private(broken)) == (503, True)
    assert "NoneType" not in broken.text
    assert person.sends("/activate/code", code=site.code()).status_code == 303


def test_files_may_be_kept_for_ever(site: OpenSite) -> None:
    person = site.person()
    page = person.client.get("/activate/reference").text
    files = set(re.findall(r'"(/static/[^"]+)"', page))

    assert len(files) >= 4
    for path in files:
        answer = person.client.get(path)
        assert (answer.status_code, is_private(answer, kept=True)) == (200, True)


def test_only_over_https_browsers_are_told_to_come_back_over_https(tmp_path: Path) -> None:
    with issued_site(tmp_path / "home", settings=AWAY) as site:
        for path in ("/activate", "/a/x", "/nothing", "/health"):
            answer = site.person().client.get(path)
            assert answer.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"


def test_no_page_and_no_file_fetches_anything_from_elsewhere(site: OpenSite) -> None:
    person = site.person().opens(site.link())
    texts = [person.client.get(path).text for path in PAGES]
    texts += [person.client.get(path).text for path in re.findall(r'"(/static/[^"]+\.(?:css|js|svg))"', texts[0])]
    secret = person.enters(site.code()).names_account() and person.sets_up_app(site.clock.now())
    texts += [person.client.get(path).text for path in ("/activate/done", "/keys", "/activate/key")]
    assert secret

    found = [next(filter(None, groups)).strip("\"' ") for text in texts for groups in FETCHED.findall(text)]

    assert found
    assert [one for one in found if ":" in one] == []
    assert [one for one in found if one.startswith("//")] == []
    inline = [text for text in texts if re.search(r"<script(?![^>]*src=)|<style|\son\w+=|style=\"", text)]
    assert inline == []
