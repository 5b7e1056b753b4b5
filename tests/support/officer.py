"""An officer who uses the desk over HTTP without a browser: signs in by card, follows links, fills in forms that the pages show."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

import httpx2

FORM = re.compile(r'<form action="([^"]+)" method="post"[^>]*>(.*?)</form>', re.DOTALL)
INPUT = re.compile(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"')
CARD = re.compile(r'<input type="hidden" name="who" value="([^"]+)">.*?<strong>(.*?)</strong>', re.DOTALL)
AS_BROWSERS_DO = {"Origin": "null", "Sec-Fetch-Site": "same-origin"}  # of a form, on a page that sends no referrer
TAGS = re.compile(r"<[^>]+>")


@dataclass
class Officer:
    """One browser; `page` is what it shows."""

    base: str
    name: str
    known: list[object]  # where it is closed when the site is
    client: httpx2.Client = field(init=False, repr=False)
    page: str = ""
    status: int = 0
    path: str = ""

    def __post_init__(self) -> None:
        self.client = httpx2.Client(base_url=self.base, headers=AS_BROWSERS_DO, follow_redirects=True, timeout=30)
        self.known.append(self)

    @property
    def text(self) -> str:
        """What the page says, without markup."""
        body = self.page.partition("<body")[2]
        return " ".join(html.unescape(TAGS.sub(" ", body)).split())

    def goes(self, path: str) -> Officer:
        """Open a page."""
        return self._shown(self.client.get(path))

    def signs_in(self) -> Officer:
        """Choose the own card."""
        self.goes("/desk/sign-in")
        who = next(user for user, told in CARD.findall(self.page) if self.name in told)
        return self.sends("/desk/sign-in", who=who, to="/desk/work")

    def sends(self, path: str, files: dict[str, bytes] | None = None, **typed: str | list[str]) -> Officer:
        """Fill in the form of this page that leads there, with its hidden fields, and send it; files as a browser does."""
        hidden = dict(self.hidden(path))
        sent = {name: (f"{name}.bin", content) for name, content in (files or {}).items()}
        return self._shown(self.client.post(path, data=hidden | typed, files=sent or None))

    def hidden(self, path: str) -> list[tuple[str, str]]:
        """What a form of this page carries unseen."""
        found = next(inside for action, inside in FORM.findall(self.page) if html.unescape(action) == path)
        return [(name, html.unescape(value)) for name, value in INPUT.findall(found)]

    def does(self, ref: str, action: str, **typed: str | list[str]) -> Officer:
        """Open the case, the page of an action where it has one, and send it."""
        path = f"/desk/requests/{ref}/do/{action}"
        self.goes(f"/desk/requests/{ref}")
        if f'<form action="{path}"' not in self.page:
            self.goes(path)
        return self.sends(path, **typed)

    def _shown(self, answer: httpx2.Response) -> Officer:
        self.page, self.status, self.path = answer.text, answer.status_code, answer.url.path
        return self
