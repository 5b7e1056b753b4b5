"""Pages of the applicant's site shown in a real browser from their samples, as the site sends them, without a site."""

from __future__ import annotations

from dataclasses import dataclass, field

from playwright.sync_api import Page, Route

from bisdesk.web.applicant.screens import Screen
from bisdesk.web.headers import CONTENT
from bisdesk.web.rendering import Frame, Pages
from bisdesk.web.theme import Theme
from workflow.model import Language

SITE = "http://bisdesk.localhost"  # a secure context, as the real site is


@dataclass
class Rendered:
    """A browser's page that shows one sample after the other; whatever else it asks for is refused, which its console tells."""

    page: Page
    theme: Theme
    pages: Pages = field(init=False)
    _html: str = ""

    def __post_init__(self) -> None:
        self.pages = Pages(self.theme, tuple(Language))
        self.page.route("**/*", self._answer)

    def shows(self, screen: Screen, language: Language) -> None:
        """Open a sample in a language."""
        frame = Frame(language=language, here="/activate", form="token", signed_in=False, environment="test")
        self._html = self.pages.html(screen, frame)
        self.page.goto(f"{SITE}/")

    def _answer(self, route: Route) -> None:
        path = route.request.url.removeprefix(SITE)
        asset = self.theme.asset(path)
        if path == "/":
            headers = {"Content-Security-Policy": CONTENT, "Content-Type": "text/html; charset=utf-8"}
            route.fulfill(body=self._html, headers=headers)
        elif asset is not None:
            route.fulfill(body=asset.content, headers={"Content-Type": asset.media_type})
        else:
            route.abort()
