"""A form that was not right: the answer leads on to a page that says so, to its own browser and tab, and costs nothing to read."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.site import PASSWORD, OpenSite, Person, issued_site

WRONG, WRONG_2, SHORT = "ABCDE-FGHJK-MNPQR-STUVW", "BBCDE-FGHJK-MNPQR-STUVW", "K7QF-2M9T"
CODE, ACCOUNT, KEY, APP, SMS = (
    "/activate/code", "/activate/account", "/activate/key", "/activate/key/app", "/activate/key/sms",
)  # fmt: skip
REFERENCE, STATUS, SIGN_IN, SIGN_IN_KEY = (
    "/activate/reference", "/activate/status", "/keys/sign-in", "/keys/sign-in/key",
)  # fmt: skip
MARKED = re.compile(r"/[a-z/-]+\?(?:kind=totp&)?told=[A-Za-z0-9_-]{22}")
LANGUAGES = ("nl", "fr", "de", "en")
ERROR = {"nl": "Fout:", "fr": "Erreur\u00a0:", "de": "Fehler:", "en": "Error:"}


@dataclass(frozen=True)
class Slip:
    """A form that is sent with a mistake, and what is typed in it that the page shows again."""

    path: str
    typed: dict[str, str]
    fields: tuple[str, ...]  # that are told about
    kept: tuple[str, ...] = ()
    stage: Callable[[OpenSite, Person], object] = lambda _site, _person: None


def to_code(site: OpenSite, person: Person) -> None:
    """At the page of the code."""
    person.opens(site.link()).get(CODE)


def to_account(site: OpenSite, person: Person) -> None:
    """Behind the right code."""
    person.opens(site.link()).enters(site.code())


def to_key(site: OpenSite, person: Person) -> None:
    """At the choice of the key."""
    to_account(site, person)
    person.names_account()


def to_app(site: OpenSite, person: Person) -> None:
    """Where the app is confirmed."""
    to_key(site, person)
    person.send(KEY, kind="totp")


def to_sms(site: OpenSite, person: Person) -> None:
    """Where the SMS is confirmed."""
    to_key(site, person)
    person.send(KEY, kind="sms")


def to_resume(site: OpenSite, person: Person) -> None:
    """Behind the link that goes on with a set-up."""
    site.person().opens(site.link()).enters(site.code())
    person.opens(site.link()).send("/activate/resume/ask")
    site.tick()
    person.opens(site.link())


def to_sign_in_key(site: OpenSite, person: Person) -> None:
    """Behind the password, an app and no SMS."""
    person.activates(site)
    person.signs_out()
    person.get(SIGN_IN)
    person.send(SIGN_IN, username="zoe.dubois", password=PASSWORD)


SLIPS = {
    "code missing": Slip(CODE, {"code": " "}, ("code",), stage=to_code),
    "code malformed": Slip(CODE, {"code": SHORT}, ("code",), ("code",), to_code),
    "code wrong": Slip(CODE, {"code": WRONG}, ("code",), stage=to_code),
    "account": Slip(ACCOUNT, {"username": "a b", "password": "short"}, ("username", "password"), ("username",), to_account),
    "key": Slip(KEY, {}, ("kind",), stage=to_key),
    "app": Slip(APP, {"otp": "12345"}, ("otp",), stage=to_app),
    "sms": Slip(SMS, {"otp": "000000"}, ("otp",), stage=to_sms),
    "resume": Slip("/activate/resume", {"otp": ""}, ("otp",), stage=to_resume),
    "reference": Slip(REFERENCE, {"reference": "AC-2026-1"}, ("reference",), ("reference",)),
    "status": Slip(STATUS, {"reference": "AC-2026-1", "email": ""}, ("reference", "email"), ("reference",)),
    "status unknown": Slip(
        STATUS, {"reference": "AC-2026-99999-ZZ", "email": "a@example.org"}, ("reference",), ("reference", "email")
    ),
    "password": Slip(SIGN_IN, {"username": "zoe.dubois", "password": PASSWORD + "x"}, ("username",), ("username",)),
    "key to sign in": Slip(SIGN_IN_KEY, {"kind": "totp", "otp": "x"}, ("otp",), stage=to_sign_in_key),
}  # fmt: skip
every_slip = pytest.mark.parametrize("name", SLIPS)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[OpenSite]:
    """Link and code went out to Zoë."""
    with issued_site(tmp_path / "home") as opened:
        yield opened


def arrived(site: OpenSite, slip: Slip) -> Person:
    """Somebody who chose English, on the page of that form."""
    person = site.person()
    person.get(f"{REFERENCE}?lang=en")
    slip.stage(site, person)
    if person.at != slip.path and slip.path not in ("/activate/resume",):
        person.get(slip.path)
    return person


def slipped(site: OpenSite, name: str) -> Person:
    """The same, who has sent it with its mistake and reads the page that follows."""
    slip = SLIPS[name]
    person = arrived(site, slip)
    person.send(slip.path, **slip.typed)
    assert len(person.mistakes) == len(slip.fields)
    return person


def value_of(person: Person, name: str) -> str:
    """What stands in a field."""
    found = re.search(rf'<input[^>]* name="{name}"[^>]* value="([^"]*)"', person.page)
    return found[1] if found else ""


def title_of(person: Person) -> str:
    """What the browser calls the page."""
    found = re.search(r"<title>(.*?)</title>", person.page)
    return found[1] if found else ""


@every_slip
def test_a_mistake_is_answered_303_and_the_page_that_follows_says_it(site: OpenSite, name: str) -> None:
    slip = SLIPS[name]
    person = arrived(site, slip)

    answer = person.sends(slip.path, **slip.typed)
    person.get(answer.headers["location"])

    assert answer.status_code == 303
    assert MARKED.fullmatch(answer.headers["location"])
    assert (person.status, len(person.mistakes)) == (200, len(slip.fields))
    assert title_of(person).startswith(ERROR[person.language])
    assert re.findall(r'<li><a href="#(\w+)">', person.page) == list(slip.fields), "the summary leads to each field"


@every_slip
def test_what_was_typed_is_shown_again_unless_it_is_a_secret(site: OpenSite, name: str) -> None:
    slip = SLIPS[name]

    person = slipped(site, name)

    assert {field: value_of(person, field) for field in slip.kept} == {field: slip.typed[field] for field in slip.kept}
    for field in slip.typed.keys() - set(slip.kept) - {"kind"}:
        assert value_of(person, field) == ""
        assert len(slip.typed[field]) < 5 or slip.typed[field] not in person.page


@every_slip
def test_a_reload_and_another_language_tell_the_same_mistake_and_change_nothing(site: OpenSite, name: str) -> None:
    person = slipped(site, name)
    told, kept = person.mistakes, {field: value_of(person, field) for field in SLIPS[name].kept}
    before = site.dump()

    for _ in range(3):
        person.get(person.shown)
        assert person.mistakes == told
    for language in LANGUAGES:
        if language != person.language:
            person.speaks(language)
        assert (person.language, len(person.mistakes)) == (language, len(told))
        assert title_of(person).startswith(ERROR[language])
        assert {field: value_of(person, field) for field in kept} == kept

    assert person.mistakes == told, "English was the last"
    assert site.dump() == before


def test_who_chose_no_language_reads_the_mistake_in_that_of_the_page_before(site: OpenSite) -> None:
    person = site.person(**{"Accept-Language": "de"}).opens(site.link())
    person.get(CODE)

    person.send(CODE, code=SHORT)

    assert person.language == "fr", "the one that Zoë was registered with"
    assert title_of(person).startswith(ERROR["fr"])


@every_slip
def test_another_tab_and_another_browser_show_no_mistake(site: OpenSite, name: str) -> None:
    person = slipped(site, name)
    marked, plain = person.shown, person.shown.partition("?")[0]
    stranger = site.person()

    person.get(plain)
    assert person.mistakes == []
    assert not title_of(person).startswith("Error:")
    person.get(f"{plain}?told={'A' * 22}")
    assert person.mistakes == []
    stranger.get(marked)
    assert stranger.mistakes == []
    person.get(marked)
    assert person.mistakes, "the tab of the mistake still says it"


@every_slip
def test_neither_the_address_nor_the_cookie_holds_what_was_typed(site: OpenSite, name: str) -> None:
    slip = SLIPS[name]
    person = arrived(site, slip)

    answer = person.sends(slip.path, **slip.typed)

    (told,) = [one for one in answer.headers.get_list("set-cookie") if one.startswith("told=")]
    value, *traits = [part.strip() for part in told.removeprefix("told=").split(";")]
    sealed = base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
    assert {trait.lower() for trait in traits} == {"httponly", "max-age=600", "path=/", "samesite=lax"}
    assert len(value) < 3000, "browsers keep cookies of at most 4096 bytes"
    for typed in (text for name, text in slip.typed.items() if len(text) > 3 and name != "kind"):
        assert typed not in answer.headers["location"]
        assert typed not in value
        assert typed.encode() not in sealed


def test_a_cookie_holds_no_more_for_a_password_or_a_code_that_is_longer(site: OpenSite) -> None:
    """What is not kept has no influence on what is sealed; its length would show that it were there."""
    person = arrived(site, SLIPS["password"])
    sizes = set()

    for password in ("x", "y" * 100):
        person.get(SIGN_IN)
        person.sends(SIGN_IN, username="zoe.dubois", password=password)
        sizes.add(len(person.client.cookies["told"]))

    assert len(sizes) == 1


@pytest.mark.fact("R4", "B2-6")
def test_a_malformed_code_is_free_and_a_wrong_one_counts_once_however_often_its_page_is_read(site: OpenSite) -> None:
    ref = site.ref
    person = arrived(site, SLIPS["code malformed"])

    person.send(CODE, code=SHORT)
    person.get(person.shown)
    assert (site.tries_left(ref), site.compared("code")) == (3, 0)
    person.send(CODE, code=WRONG)
    for language in LANGUAGES:
        person.get(person.shown)
        if language != person.language:
            person.speaks(language)

    assert (site.tries_left(ref), site.compared("code")) == (2, 1)
    assert site.events(ref).count("activation.try_counted") == 1


def test_how_many_tries_are_left_is_told_as_it_is_now(site: OpenSite) -> None:
    person = slipped(site, "code wrong")
    assert "2 attempts left" in person.mistakes[0]

    site.person().opens(site.link()).enters(WRONG_2)
    person.get(person.shown)

    assert "1 attempt left" in person.mistakes[0]


def test_a_mistake_that_was_mended_is_not_told_again(site: OpenSite) -> None:
    person = slipped(site, "code malformed")
    marked = person.shown

    person.send(CODE, code=site.code())
    person.get(marked)

    assert (person.at, person.mistakes) == (ACCOUNT, [])


def test_the_newest_mistake_is_told_and_the_one_before_is_not(site: OpenSite) -> None:
    person = slipped(site, "code malformed")
    first = person.shown

    person.send(CODE, code="")
    assert person.mistakes == ["Enter your activation code."]
    person.get(first)

    assert person.mistakes == []


def test_after_ten_minutes_a_mistake_is_forgotten_even_by_a_browser_that_kept_it(site: OpenSite) -> None:
    person = slipped(site, "reference")

    site.stage.pass_time(minutes=10)
    person.get(person.shown)

    assert (person.name, person.mistakes) == ("reference", [])


def test_the_mistake_of_one_person_is_not_told_on_the_page_of_another(site: OpenSite) -> None:
    person = slipped(site, "code malformed")
    marked = person.shown
    site.issued("jurgen-mueller")

    person.opens(site.link())
    person.get(marked)

    assert (person.name, person.mistakes, value_of(person, "code")) == ("code", [], "")


@pytest.mark.parametrize(
    "broken", ["", "x", "A" * 400, "é", "=" * 9], ids=["none", "short", "long", "letters", "signs"]
)
def test_a_cookie_that_is_not_ours_tells_nothing(site: OpenSite, broken: str) -> None:
    person = slipped(site, "reference")
    marked, others = (
        person.shown,
        [f"{one.name}={one.value}" for one in person.client.cookies.jar if one.name != "told"],
    )
    person.client.cookies.clear()

    cookie = "; ".join([*others, f"told={broken}"]).encode("latin-1", "replace")
    answer = person.client.get(marked, headers={b"Cookie": cookie})

    assert answer.status_code == 200
    assert "govuk-error" not in answer.text
