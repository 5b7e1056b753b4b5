"""Somebody in a real browser: opens links, types, presses, by finger, mouse or keyboard, and knows no words of any page."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from playwright.sync_api import Locator, Page, Response

from tests.browser.keyboard import Keyboard
from tests.support.chromium import Ways
from tests.support.site import PASSWORD, OpenSite

CODE, ACCOUNT, KEY, APP, SMS = (
    "/activate/code", "/activate/account", "/activate/key", "/activate/key/app", "/activate/key/sms",
)  # fmt: skip
SECRET = re.compile(r"secret=([A-Z2-7]{32})")
HERE = "() => document.querySelector('footer p:last-of-type').textContent.trim().split(/\\s+/).at(-1)"


@dataclass
class Reader:
    """A person with one browser."""

    page: Page
    site: OpenSite = field(repr=False)
    ways: Ways
    keyboard: bool = False
    keys: Keyboard = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.keys = Keyboard(self.page)

    @property
    def name(self) -> str:
        """The name of the page, as its footer tells it."""
        return str(self.page.evaluate(HERE))

    @property
    def path(self) -> str:
        """Where the browser is."""
        return self.page.url.removeprefix(self.site.base).partition("#")[0]

    @property
    def mistakes(self) -> list[str]:
        """What is to be mended, as it stands beside the fields."""
        return [text.strip() for text in self.page.locator(".govuk-error-message").all_inner_texts()]

    @property
    def secret(self) -> str:
        """The secret that the page of the app shows as text, where it is unfolded."""
        return "".join((self.page.locator("#secret").text_content() or "").split())

    def goes(self, path: str) -> Reader:
        """Type an address."""
        self.page.goto(f"{self.site.base}{path}")
        self.keys.turned()
        return self

    def opens(self, token: str) -> Reader:
        """Follow the link of a mail."""
        return self.goes(f"/a/{token}")

    def presses(self, target: str | Locator) -> Response | None:
        """Follow a link or press a button that leads to another page."""
        found = self._reached(target)
        with self.page.expect_navigation() as led:
            self._act(found, key="Enter")
        self.keys.turned()
        return led.value

    def ticks(self, target: str) -> None:
        """Choose or unfold something on the page that is shown."""
        self._act(self._reached(target), key="Space")

    def types(self, target: str, text: str) -> None:
        """Fill in a field."""
        found = self._reached(target)
        if not self.keyboard:
            found.fill(text)
            return
        self.page.keyboard.press("ControlOrMeta+A")
        self.page.keyboard.type(text)

    def sends(self, action: str, **fields: str) -> Response | None:
        """Fill in the form that goes there, and send it."""
        for name, text in fields.items():
            self.types(f'form[action="{action}"] [name="{name}"]', text)
        return self.presses(f'form[action="{action}"] button[type=submit]')

    def follows(self, path: str) -> Response | None:
        """Follow the link within the page that leads there."""
        return self.presses(f'main a[href="{path}"]')

    def enters_code(self, code: str) -> Reader:
        """From the page of the link through the page of the code."""
        self.sends("/activate")
        self.sends(CODE, code=code)
        return self

    def names_account(self, username: str, password: str = PASSWORD) -> Reader:
        """Give a user name and a password."""
        self.sends(ACCOUNT, username=username, password=password)
        return self

    def chooses(self, kind: str) -> Reader:
        """Choose a kind of key, or take the only one."""
        radio = f'input[name="kind"][value="{kind}"]'
        if self.page.locator(radio).count():
            self.ticks(radio)
            self.sends(KEY)
        else:
            self.presses(f'form[action="{KEY}"] button[name="kind"][value="{kind}"]')
        return self

    def speaks(self, language: str) -> Reader:
        """Take another language in the header."""
        self.presses(f'nav a[hreflang="{language}"]')
        return self

    def _reached(self, target: str | Locator) -> Locator:
        """The one that is meant; with a keyboard the focus goes there first, past the header with its skip link."""
        found = self.page.locator(target).first if isinstance(target, str) else target
        if self.keyboard:
            if not self.keys.stops and self.page.evaluate("document.activeElement === document.body"):
                self.keys.past_header()
            self.keys.to(found)
        return found

    def _act(self, found: Locator, *, key: str) -> None:
        if self.keyboard:
            self.keys.press(key)
        elif self.ways.window.touch:
            found.tap()
        else:
            found.click()
