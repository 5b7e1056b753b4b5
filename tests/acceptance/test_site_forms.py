"""No form works without its token, with that of another browser, or from another site: nothing changes (trust 2.3, 13)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bisdesk.asgi import web_app
from tests.support.site import PASSWORD, OpenSite, Person, issued_site
from tests.support.site_routes import routes

ELSEWHERE = ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"})
OURS = ({"Sec-Fetch-Site": "same-origin"}, {"Origin": "null"}, {"Sec-Fetch-Site": "none", "Origin": "null"})


@dataclass(frozen=True)
class Form:
    """A form, filled in so that it would work, and how far its person is when it is sent."""

    stage: str  # link, code, set up, done, password
    fields: Callable[[OpenSite], dict[str, str]] = lambda _: {}


ACCOUNT = {"username": "other.name", "password": PASSWORD}
FORMS = {
    "/activate": Form("link"),
    "/activate/code": Form("link", lambda site: {"code": site.code()}),
    "/activate/renew": Form("expired"),
    "/activate/not-me": Form("link"),
    "/activate/reference": Form("link", lambda site: {"reference": site.ref}),
    "/activate/status": Form("link", lambda site: {"reference": site.ref, "email": "zoe.dubois@example.org"}),
    "/activate/account": Form("set up", lambda _: ACCOUNT),
    "/activate/key": Form("set up", lambda _: {"kind": "totp"}),
    "/activate/key/app": Form("key by app", lambda _: {"otp": "123456"}),
    "/activate/key/sms": Form("key by sms", lambda site: {"otp": site.otp()}),
    "/activate/key/sms/again": Form("key by sms, a while ago"),
    "/activate/resume": Form("resume", lambda site: {"otp": site.otp()}),
    "/activate/resume/ask": Form("used"),
    "/activate/resume/again": Form("resume, a while ago"),
    "/keys/sign-in": Form("done", lambda _: {"username": "zoe.dubois", "password": PASSWORD}),
    "/keys/sign-in/sms": Form("password"),
    "/keys/sign-in/key": Form("password", lambda _: {"otp": "123456", "kind": "sms"}),
    "/keys/remove/{kind}": Form("done twice"),
    "/keys/sign-out": Form("done"),
}
AT = {path: path.replace("{kind}", "sms") for path in FORMS}
TOLD_ALIKE = {"/activate/status"}  # it changes nothing, ever


@pytest.fixture
def site(tmp_path: Path) -> Iterator[OpenSite]:
    """Link and code went out to Zoë."""
    with issued_site(tmp_path / "home") as opened:
        yield opened


def brought(site: OpenSite, stage: str) -> Person:
    """A person who is so far."""
    person = site.person().opens(site.link())
    match stage:
        case "link":
            return person
        case "expired":
            site.stage.pass_time(days=15)
            return person.opens(site.link())
        case "used" | "resume" | "resume, a while ago":
            site.person().opens(site.link()).enters(site.code())
            person.opens(site.link())
            if stage != "used":
                person.send("/activate/resume/ask")
                site.tick()
                person.opens(site.link())
                site.stage.pass_time(minutes=2 if "while" in stage else 0)
            return person
        case "done" | "done twice" | "password":
            person.enters(site.code()).names_account()
            _by_sms(site, person)
            if stage == "done twice":
                person.sets_up_app(site.clock.now())
            if stage == "password":
                person.get("/keys/sign-in")
                site.stage.pass_time(minutes=2)
                person.send("/keys/sign-in", username="zoe.dubois", password=PASSWORD)
            return person
    person.enters(site.code())
    if stage != "set up":
        person.names_account()
        person.send("/activate/key", kind="totp" if stage == "key by app" else "sms")
        site.tick()
        site.stage.pass_time(minutes=2 if "while" in stage else 0)
    else:
        person.names_account()
    return person


def _by_sms(site: OpenSite, person: Person) -> None:
    person.send("/activate/key", kind="sms")
    site.tick()
    person.send("/activate/key/sms", otp=site.otp())
    assert person.name == "done"


def test_every_form_of_the_site_is_in_this_test(site: OpenSite) -> None:
    forms = {path for method, path in routes(web_app(site.stage.app)) if method == "POST"}

    assert {path for path in forms if not path.startswith(("/desk", "/callbacks"))} == set(FORMS)


@pytest.mark.parametrize("path", FORMS)
def test_a_form_from_elsewhere_is_refused_and_changes_nothing(site: OpenSite, path: str) -> None:
    form = FORMS[path]
    person = brought(site, form.stage)
    fields, where = form.fields(site), AT[path]
    stranger = site.person()
    stranger.get("/activate/reference")
    before = site.dump()

    token = person.form or _form_of(person)
    tried = [
        person.client.post(where, data=fields),
        person.client.post(where, data={**fields, "form": ""}),
        person.client.post(where, data={**fields, "form": "x" * 66}),
        person.client.post(where, data={**fields, "form": token[:-1] + ("A" if token[-1] != "A" else "B")}),
        person.client.post(where, data={**fields, "form": stranger.form}),
        *(person.client.post(where, data={**fields, "form": token}, headers=headers) for headers in ELSEWHERE),
        stranger.client.post(where, data={**fields, "form": token}),
        person.client.post(f"{where}?form={token}", data=fields),
        person.client.post(where, json={**fields, "form": token}),
        person.client.post(where, files={"form": ("form", token)}),
        person.client.post(where, content=f"form={token}", headers={"Content-Type": "text/plain"}),
    ]

    assert [answer.status_code for answer in tried[:10]] == [403] * 10
    assert {answer.status_code for answer in tried[10:]} == {415}
    assert site.dump() == before
    for answer in tried[:1]:  # the page that says so leads somewhere
        back = answer.text.split('role="button"')[0].rsplit('href="', 1)[1].split('"')[0]
        assert person.client.get(back, follow_redirects=True).status_code < 400, back


def _form_of(person: Person) -> str:
    """A form of a page about whoever is in, or of one that is about nobody."""
    person.get("/keys")
    if not person.form:
        person.get("/activate/reference")
    return person.form


@pytest.mark.parametrize("path", FORMS)
def test_the_same_form_from_here_is_worked_on(site: OpenSite, path: str) -> None:
    form = FORMS[path]
    person = brought(site, form.stage)
    before, token = site.dump(), person.form or _form_of(person)

    answer = person.client.post(AT[path], data={**form.fields(site), "form": token}, headers=OURS[0])

    assert answer.status_code == 303, "whatever is answered, a reload sends nothing again"
    assert (site.dump() != before) or path in TOLD_ALIKE, "the test above would prove nothing"


@pytest.mark.parametrize("headers", OURS)
def test_browsers_that_tell_little_of_where_a_form_was_are_believed(site: OpenSite, headers: dict[str, str]) -> None:
    person = site.person().opens(site.link())

    answer = person.client.post("/activate", data={"form": person.form}, headers=headers)

    assert answer.headers["location"] == "/activate/code"


def test_a_token_is_worth_nothing_to_a_browser_without_a_number(site: OpenSite) -> None:
    person = site.person().opens(site.link())
    token = person.form
    bare = site.person()
    bare.client.cookies.set("act", person.client.cookies["act"])

    assert bare.client.post("/activate", data={"form": token}).status_code == 403
