"""A real browser for tests of the pages: how it is started, how its window can be, and a watch over all that it asks for and says.

It knows no page.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    Request,
    Response,
    sync_playwright,
)

from tests.support.browser import found

QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--force-color-profile=srgb", "--font-render-hinting=none",
)  # fmt: skip
# The setting of the browser for letters, twice as large: text grows and the window does not, as a zoom would have it.
LARGE = "--blink-settings=defaultFontSize=32,defaultFixedFontSize=26"
REFUSALS = "addEventListener('securitypolicyviolation', it => console.error('refused by CSP: ' + it.violatedDirective))"
ENDED_BY_READER = ("net::ERR_ABORTED",)  # a picture that was still on its way when the page was left
PATIENCE_MS = 20_000


@dataclass(frozen=True, slots=True)
class Window:
    """What a page is shown in."""

    name: str
    width: int
    height: int
    touch: bool = False


PHONE, DESK = Window("phone", 320, 640, touch=True), Window("desk", 1280, 800)


@dataclass(frozen=True, slots=True)
class Ways:
    """How somebody reads: in which window and language, with scripts or none, with letters of the usual or double size."""

    window: Window = DESK
    language: str = "nl"
    scripts: bool = True
    large: bool = False


@dataclass
class Watch:
    """All that the browsers of one person asked for and said; `wrong` is empty where a site keeps to itself."""

    base: str
    said: list[tuple[str, str]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    pages: set[str] = field(default_factory=set)
    failed: list[str] = field(default_factory=list)
    loaded: set[str] = field(default_factory=set)  # kinds of files that arrived whole

    def over(self, context: BrowserContext) -> None:
        """Begin to watch a browser."""
        context.add_init_script(REFUSALS)
        context.on("request", lambda request: self.asked.append(request.url))
        context.on("requestfailed", self._failed)
        context.on("response", self._answered)
        context.on("console", self._said)
        context.on("weberror", lambda error: self.failed.append(f"script: {error.error}"))

    @property
    def wrong(self) -> list[str]:
        """What nobody should find: requests that leave the site, files that are missing, errors of scripts or of the browser."""
        away = [f"asked elsewhere: {url}" for url in self.asked if not url.startswith(f"{self.base}/")]
        told = [text for text, url in self.said if not ("Failed to load resource" in text and url in self.pages)]
        return [*away, *self.failed, *told]

    def _failed(self, request: Request) -> None:
        if request.failure not in ENDED_BY_READER:
            self.failed.append(f"did not arrive: {request.url} {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.request.resource_type == "document":
            self.pages.add(response.url)  # 422 and 404 are answers; the browser calls them errors
        elif response.status >= 400:
            self.failed.append(f"{response.status}: {response.url}")
        else:
            self.loaded.add(response.request.resource_type)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.said.append((f"{message.type}: {message.text}", message.location["url"]))


@dataclass
class Chromium:
    """The browser of this machine: one that shows letters of the usual size, and one whose owner has set them to 200 %."""

    playwright: Playwright
    program: str
    _running: dict[bool, Browser] = field(default_factory=dict)

    def opened(self, ways: Ways, watch: Watch) -> Page:
        """An empty browser of somebody who reads in these ways, watched."""
        if ways.large not in self._running:
            more = [LARGE] if ways.large else []
            self._running[ways.large] = self.playwright.chromium.launch(
                executable_path=self.program, args=[*QUIET, *more]
            )
        context = self._running[ways.large].new_context(
            viewport={"width": ways.window.width, "height": ways.window.height}, is_mobile=ways.window.touch,
            has_touch=ways.window.touch, java_script_enabled=ways.scripts, locale=f"{ways.language}-BE",
            reduced_motion="reduce",
        )  # fmt: skip
        context.set_default_timeout(PATIENCE_MS)
        watch.over(context)
        return context.new_page()

    def close(self) -> None:
        """End whatever was started."""
        for browser in self._running.values():
            browser.close()


@contextmanager
def chromium_running() -> Iterator[Chromium]:
    """The browser of this machine. Raises: RuntimeError where there is none."""
    program = found()
    if program is None:
        raise RuntimeError("no Chromium")
    with sync_playwright() as playwright:
        chromium = Chromium(playwright, program)
        try:
            yield chromium
        finally:
            chromium.close()
