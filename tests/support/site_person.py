"""A person who uses the applicant's site without a browser: reads pages, sends their forms, keeps cookies."""

from __future__ import annotations

import html
import re
from datetime import datetime
from typing import TYPE_CHECKING

import httpx2
import pyotp

if TYPE_CHECKING:
    from tests.support.site import OpenSite

PASSWORD = "Lantern-Orchid-Seventy"
FORM = re.compile(r'name="form" value="([^"]*)"')
SECRET = re.compile(r"secret=([A-Z2-7]{32})")


class Person:
    """Somebody who reads pages and sends their forms; it keeps cookies as a browser does."""

    def __init__(self, base: str, headers: dict[str, str], known: list[Person]) -> None:
        self.known = known
        known.append(self)
        self.client = httpx2.Client(base_url=base, headers=headers, timeout=60, verify=False)
        self.at = ""  # the path of the page that is shown
        self.shown = ""  # the same with its query, as a reload asks for it
        self.page = ""
        self.status = 0

    def sends(self, path: str, **fields: str) -> httpx2.Response:
        """Send the form of the page that is shown, and stay on that page: the bare answer."""
        return self.client.post(path, data={"form": self.form, **fields})

    def like(self) -> Person:
        """Another browser that has the same cookies and shows the same page."""
        twin = Person(str(self.client.base_url), dict(self.client.headers), self.known)
        for cookie in self.client.cookies.jar:
            twin.client.cookies.set(cookie.name, cookie.value or "", domain=cookie.domain, path=cookie.path)
        twin.at, twin.shown, twin.page, twin.status = self.at, self.shown, self.page, self.status
        return twin

    def get(self, path: str) -> httpx2.Response:
        """Go to a page and wherever it leads."""
        return self._shown(self.client.get(path, follow_redirects=True))

    def send(self, path: str, **fields: str) -> httpx2.Response:
        """Send the form of the page that is shown."""
        return self._shown(self.client.post(path, data={"form": self.form, **fields}, follow_redirects=True))

    def speaks(self, language: str) -> Person:
        """Press the switch of the header."""
        self.get(html.unescape(re.findall(rf'href="([^"]*)"[^>]*hreflang="{language}"', self.page)[0]))
        return self

    @property
    def form(self) -> str:
        """The token of the form on the page."""
        found = FORM.search(self.page)
        return found[1] if found else ""

    @property
    def title(self) -> str:
        """The heading."""
        found = re.search(r"<h1[^>]*>(.*?)</h1>", self.page, re.DOTALL)
        return html.unescape(found[1]) if found else ""

    @property
    def name(self) -> str:
        """The name of the page, as its footer tells it."""
        found = re.search(r"<p>[^<]*?([a-z_]+)</p>\s*</div>\s*</footer>", self.page)
        return found[1] if found else ""

    @property
    def language(self) -> str:
        """The language of the page."""
        found = re.search(r'<html lang="(\w\w)"', self.page)
        return found[1] if found else ""

    @property
    def mistakes(self) -> list[str]:
        """What is to be mended."""
        found = re.findall(r'govuk-error-message"[^>]*>(.*?)</p>', self.page, re.DOTALL)
        return [html.unescape(re.sub("<[^>]+>", "", one)).split(":", 1)[-1].strip() for one in found]

    @property
    def words(self) -> str:
        """The text of the page."""
        found = re.search(r"<main[^>]*>(.*?)</main>", self.page, re.DOTALL)
        body = re.sub("<wbr>|</?span[^>]*>", "", found[1]) if found else ""  # they part no words
        return " ".join(html.unescape(re.sub("<[^>]+>", " ", body)).replace("\u00a0", " ").split())

    def opens(self, token: str) -> Person:
        """Follow the link of a mail."""
        self.get(f"/a/{token}")
        return self

    def enters(self, code: str) -> Person:
        """Go on to the code, and enter it."""
        self.get("/activate/code")
        self.send("/activate/code", code=code)
        return self

    def names_account(self, username: str = "zoe.dubois", password: str = PASSWORD) -> Person:
        """Give user name and password."""
        self.get("/activate/account")
        self.send("/activate/account", username=username, password=password)
        return self

    def sets_up_app(self, now: datetime) -> str:
        """Choose the app and confirm it; its secret."""
        self.get("/activate/key")
        self.send("/activate/key", kind="totp")
        secret = self.secret
        self.send("/activate/key/app", otp=pyotp.TOTP(secret).at(now))
        return secret

    def activates(self, site: OpenSite, username: str = "zoe.dubois") -> str:
        """Go all the way from the link to a key in an app; its secret."""
        self.opens(site.link()).enters(site.code()).names_account(username)
        return self.sets_up_app(site.clock.now())

    def signs_in(self, site: OpenSite, secret: str, username: str = "zoe.dubois") -> Person:
        """Sign in with the app, a minute later, for a step of it counts once."""
        site.stage.pass_time(minutes=1)
        self.get("/keys/sign-in")
        self.send("/keys/sign-in", username=username, password=PASSWORD)
        self.send("/keys/sign-in/key", kind="totp", otp=pyotp.TOTP(secret).at(site.clock.now()))
        return self

    def signs_out(self) -> Person:
        """Sign out, on the page of the keys."""
        self.get("/keys")
        self.send("/keys/sign-out")
        return self

    @property
    def secret(self) -> str:
        """The secret that the page of the app shows."""
        found = SECRET.search(html.unescape(self.page))
        assert found is not None, "the page shows no secret"
        return found[1]

    def _shown(self, answer: httpx2.Response) -> httpx2.Response:
        self.at, self.page, self.status = answer.url.path, answer.text, answer.status_code
        self.shown = answer.url.raw_path.decode()
        return answer
