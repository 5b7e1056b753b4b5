"""Officers come in through the pages by a real provider; whoever may not is told so in words, and nobody is signed in."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx2
import pytest
from pytest_iam import Server

from bisdesk.web.desk.frame import HERE
from bisdesk.web.words import merged
from tests.support.chromium import Watch, Ways, chromium_running
from tests.support.openid import configuration, fills_in, free_port, openid_provider, signs_in
from tests.support.site import OpenSite, open_site
from workflow.model import Language

pytestmark = pytest.mark.openid
SECRET = "for demos: 100% + tests"
SIGN_IN, RETURN, WORK = "/desk/sign-in", "/desk/sign-in/return", "/desk/work"
EID = "urn:be:vlaanderen:authmech:eid"
SCOPES = "openid,profile,vo,bisdesk,email"
NEW = "Nora Nieuw"  # has a right at the provider, and is no officer of this desk
SHORT_LIVED_S = 1
TAGS = re.compile(r"<[^>]+>")
WORDS = merged(Language.EN, [HERE / "locale" / "desk.en.po"])


@dataclass
class Browser:
    """A browser at the desk, with its own cookies; at the provider it is nobody until a form is filled in."""

    site: OpenSite
    client: httpx2.Client = field(init=False, repr=False)
    page: httpx2.Response = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.client = httpx2.Client(base_url=self.site.base, follow_redirects=False, timeout=30)
        self.client.get("/desk/sign-in?lang=en")

    @property
    def text(self) -> str:
        """What the page says."""
        return " ".join(html.unescape(TAGS.sub(" ", self.page.text.partition("<main")[2])).split())

    @property
    def is_in(self) -> bool:
        """Whether the desk knows who this is: it shows the work, or asks to sign in first."""
        answer = self.client.get(WORK)
        if answer.status_code != 200:
            assert answer.headers["location"].startswith(SIGN_IN)
        return answer.status_code == 200

    def begins(self, to: str = WORK) -> str:
        """Press the button; where the desk leads on to."""
        self.client.get(f"{SIGN_IN}?to={to}")
        answer = self.client.get(f"{SIGN_IN}/openid", params={"to": to})
        assert answer.status_code == 303
        return str(answer.headers["location"])

    def comes_back(self, query: dict[str, str]) -> Browser:
        """Return from the provider with these parameters, now."""
        self.site.clock.set(max(self.site.clock.now(), datetime.now(UTC)))
        self.page = self.client.get(RETURN, params=query)
        return self

    def signs_in(self, name: str | None, *, url: str = "", **changed: str) -> Browser:
        """The whole way as this person; what comes back can be changed on its way."""
        query = signs_in(url or self.begins(), name, back_at=f"{self.site.base}{RETURN}")
        return self.comes_back(query | changed)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenSite]:
    """A desk whose officers come in by a provider that tells what ACM/IDM tells."""
    with _desk(tmp_path_factory.mktemp("openid") / "home") as site:
        yield site


@pytest.fixture
def browser(site: OpenSite) -> Iterator[Callable[[], Browser]]:
    """Another browser each time."""
    opened: list[Browser] = []

    def one() -> Browser:
        opened.append(Browser(site))
        return opened[-1]

    yield one
    for each in opened:
        each.client.close()


def test_an_officer_comes_in_by_the_provider_and_stands_before_their_work(browser: Callable[[], Browser]) -> None:
    bart = browser()

    bart.signs_in("Bart Claes")

    assert bart.page.status_code == 200
    assert bart.page.headers["refresh"] == f"0; url={WORK}"
    assert bart.is_in
    assert "Bart Claes" in bart.client.get(WORK).text


def test_who_asked_for_a_page_comes_to_it_and_never_to_another_site(browser: Callable[[], Browser]) -> None:
    asked, lured = browser(), browser()

    asked.signs_in("Bart Claes", url=asked.begins("/desk/search"))
    lured.signs_in("Bart Claes", url=lured.begins("//evil.example/desk/"))

    assert asked.page.headers["refresh"] == "0; url=/desk/search"
    assert lured.page.headers["refresh"] == f"0; url={WORK}"


def test_nothing_that_proves_anything_stands_in_a_cookie_that_can_be_read(browser: Callable[[], Browser]) -> None:
    bart = browser()

    query = dict(parse_qsl(urlsplit(bart.begins()).query))

    held = "".join(str(cookie.value) for cookie in bart.client.cookies.jar)
    assert query["state"]
    assert query["nonce"]
    assert query["state"] not in held
    assert query["nonce"] not in held


@pytest.mark.fact("3.13")
@pytest.mark.fact("3.14")
@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("Lotte Lokaal", "local_authority"), ("Emile Extern", "target_group"), ("Gert Geenrecht", "no_role"),
        ("Wim Wachtwoord", "level"), (NEW, "unknown"), (None, "cancelled"),
    ],
)  # fmt: skip
def test_who_may_not_come_in_reads_why_and_is_not_signed_in(
    name: str | None, why: str, browser: Callable[[], Browser]
) -> None:
    one = browser()

    one.signs_in(name)

    _is_refused(one, WORDS.say(f"sign_in.refused.{why}"))


@pytest.mark.parametrize(
    ("changed", "code"), [("nonce", "nonce"), ("code_challenge", "grant")], ids=["nonce", "PKCE verifier"]
)
def test_what_was_changed_on_the_way_to_the_provider_signs_nobody_in(
    changed: str, code: str, browser: Callable[[], Browser]
) -> None:
    one = browser()
    other = dict(parse_qsl(urlsplit(browser().begins()).query))

    one.signs_in("Bart Claes", url=_with(one.begins(), changed, other[changed]))

    _is_refused(one, WORDS.say("sign_in.refused.other", code=code))


def test_an_answer_of_another_provider_signs_nobody_in(browser: Callable[[], Browser]) -> None:
    one = browser()

    one.signs_in("Bart Claes", iss="https://evil.example")

    _is_refused(one, WORDS.say("sign_in.refused.other", code="issuer"))


def test_an_answer_that_does_not_say_whose_it_is_signs_nobody_in(browser: Callable[[], Browser]) -> None:
    one = browser()
    query = signs_in(one.begins(), "Bart Claes", back_at=f"{one.site.base}{RETURN}")
    del query["iss"]

    one.comes_back(query)

    _is_refused(one, WORDS.say("sign_in.refused.other", code="issuer"))


def test_an_answer_that_another_browser_began_signs_nobody_in(browser: Callable[[], Browser]) -> None:
    lured, also_lured, thief = browser(), browser(), browser()
    query = signs_in(thief.begins(), "Bart Claes", back_at=f"{thief.site.base}{RETURN}")
    also_lured.begins()

    lured.comes_back(query)  # has begun nothing
    also_lured.comes_back(query)  # has begun something else

    _is_refused(lured, WORDS.say("sign_in.refused.stale"))
    _is_refused(also_lured, WORDS.say("sign_in.refused.other", code="state"))


def test_a_return_counts_once_in_the_same_browser_and_in_one_with_its_cookies(browser: Callable[[], Browser]) -> None:
    bart, copy = browser(), browser()
    query = signs_in(bart.begins(), "Bart Claes", back_at=f"{bart.site.base}{RETURN}")
    copy.client.cookies = httpx2.Cookies(bart.client.cookies)
    bart.comes_back(query)
    assert bart.is_in
    bart.client.cookies.delete("desk")

    bart.comes_back(query)
    copy.comes_back(query)

    _is_refused(bart, WORDS.say("sign_in.refused.stale"))
    _is_refused(copy, WORDS.say("sign_in.refused.other", code="grant"))


def test_a_sign_in_that_takes_more_than_ten_minutes_is_begun_again(browser: Callable[[], Browser]) -> None:
    slow = browser()
    query = signs_in(slow.begins(), "Bart Claes", back_at=f"{slow.site.base}{RETURN}")
    slow.site.clock.advance(timedelta(minutes=11))

    slow.page = slow.client.get(RETURN, params=query)

    _is_refused(slow, WORDS.say("sign_in.refused.stale"))


def test_a_proof_that_has_expired_signs_nobody_in(tmp_path: Path) -> None:
    with _desk(tmp_path / "home", id_token_s=SHORT_LIVED_S) as site:
        one = Browser(site)
        query = signs_in(one.begins(), "Bart Claes", back_at=f"{site.base}{RETURN}")
        site.clock.set(datetime.now(UTC) + timedelta(minutes=3))

        one.comes_back(query)

        _is_refused(one, WORDS.say("sign_in.refused.other", code="expired"))
        one.client.close()


def test_a_provider_that_is_down_is_said_in_words(tmp_path: Path) -> None:
    with _desk(tmp_path / "home", started=False) as site:
        one = Browser(site)

        one.page = one.client.get(f"{SIGN_IN}/openid")

        _is_refused(one, WORDS.say("sign_in.refused.provider_down"))
        one.client.close()


def test_a_provider_of_another_make_is_believed_and_told_what_it_does_not_say(
    tmp_path: Path, iam_server: Server
) -> None:
    """Canaille cannot tell what ACM/IDM tells: all that it proves holds, and then the organisation is missing."""
    given = {"BISDESK_OIDC_ISSUER": iam_server.url.rstrip("/"), "BISDESK_OIDC_SCOPES": "openid,profile"}
    with open_site(tmp_path / "home", start=datetime.now(UTC), settings=_settings("a-plain-secret") | given) as site:
        client = iam_server.models.Client(
            client_id="bisdesk", client_secret="a-plain-secret", client_name="Bisdesk", contacts=["desk@your.example"],
            redirect_uris=[f"{site.base}{RETURN}"], grant_types=["authorization_code"], response_types=["code"],
            scope=["openid", "profile"], token_endpoint_auth_method="client_secret_basic",
            id_token_signed_response_alg="RS256",
        )  # fmt: skip
        iam_server.backend.save(client)
        iam_server.backend.update(client, audience=[client])
        iam_server.backend.save(client)
        officer = iam_server.random_user(user_name="anna", password="correct horse battery")
        iam_server.consent(officer, client)
        one = Browser(site)

        known = {"login": "anna", "password": "correct horse battery"}
        one.comes_back(fills_in(one.begins(), known, back_at=f"{site.base}{RETURN}"))

        _is_refused(one, WORDS.say("sign_in.refused.other", code="claims"))
        one.client.close()
        for kept in (*iam_server.backend.query(iam_server.models.Consent), client, officer):
            iam_server.backend.delete(kept)


@pytest.mark.browser
def test_in_a_real_browser_the_strict_cookie_comes_along_and_the_work_stands_there(site: OpenSite) -> None:
    with chromium_running() as chromium:
        page = chromium.opened(Ways(language="en"), Watch(site.base))
        page.goto(f"{site.base}/desk/search")
        page.locator("main a.govuk-button").click()
        site.clock.set(max(site.clock.now(), datetime.now(UTC)))

        page.get_by_role("button", name="Bart Claes").click()
        page.wait_for_url("**/desk/search")

        assert "Bart Claes" in page.locator("body").inner_text()


def _is_refused(one: Browser, sentence: str) -> None:
    assert (one.page.status_code, one.is_in) == (403, False), one.text
    assert str(html.unescape(sentence)) in one.text
    assert f"{SIGN_IN}/openid" in one.page.text  # and can begin again
    assert one.client.cookies.get("desk") is None


def _with(url: str, name: str, value: str) -> str:
    parts = urlsplit(url)
    return parts._replace(query=urlencode(dict(parse_qsl(parts.query)) | {name: value})).geturl()


def _settings(secret: str) -> dict[str, str]:
    return {"BISDESK_OIDC_CLIENT_ID": "bisdesk", "BISDESK_OIDC_CLIENT_SECRET": secret}


@contextmanager
def _desk(home: Path, *, started: bool = True, **more: Any) -> Iterator[OpenSite]:
    """A desk and its provider, which know each other's address."""
    port = free_port()
    settings = _settings(SECRET) | {
        "BISDESK_OIDC_ISSUER": f"http://127.0.0.1:{port}", "BISDESK_OIDC_SCOPES": SCOPES, "BISDESK_OIDC_ACR": EID,
    }  # fmt: skip
    with open_site(home, start=datetime.now(UTC), settings=settings) as site, ExitStack() as stack:
        config = configuration(redirect_uris=[f"{site.base}{RETURN}"]) | more
        config["users"][NEW] = config["users"]["Bart Claes"] | {
            "given_name": "Nora", "family_name": "Nieuw", "email": "nora@desk.example",
        }  # fmt: skip
        if started:
            stack.enter_context(openid_provider(config, port=port))
        yield site
