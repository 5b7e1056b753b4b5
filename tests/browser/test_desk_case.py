"""The pages of one case in a real browser: scan beside data, messages, activation, duplicates, number, in every language."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import SiteBesideABrowser
from tests.browser.desk_words import pressed
from tests.browser.looks import faults
from tests.support import papers
from tests.support.chromium import DESK, PHONE, Chromium, Watch, Ways, Window
from tests.support.desk_case import file_with
from tests.support.site import OpenSite, open_site

LIKE = {
    "givenName": "Zbigniew", "familyName": "Grzegorzevsky", "birthDate": "1941-11-30", "sex": "M", "birthCountry": "PL",
    "birthPlace": "Lublin",
}  # fmt: skip
MOBILE = {"email": "zbigniew@example.org", "mobile": "+33612345679", "language": "nl"}
BY_AXE = ("nl", "fr")  # one in each window
EVERYWHERE: tuple[tuple[str, Window], ...] = (
    ("nl", DESK),
    ("fr", PHONE),
    ("de", DESK),
    ("en", PHONE),
)  # each language once, each window twice

SCROLLED = """it => new Promise(tell => {
  const look = left => it.scrollLeft > 0 || !left ? tell(it.scrollLeft > 0) : requestAnimationFrame(() => look(left - 1));
  look(120);
})"""


@pytest.fixture
def bart(chromium: Chromium, site: OpenSite, watch: Watch, ways: Ways) -> Iterator[Page]:
    """A service-desk officer who has signed in; whatever they saw, the pages kept to themselves."""
    page = chromium.opened(ways, watch)
    page.goto(f"{site.base}/desk")
    page.get_by_role("button", name="Bart Claes").click()
    page.wait_for_url("**/desk/work")
    yield page
    page.context.close()
    assert watch.wrong == []


@pytest.fixture
def ways(request: pytest.FixtureRequest) -> Ways:
    """In which window and language."""
    language, window = getattr(request, "param", ("nl", DESK))
    return Ways(window, language)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenSite]:
    """One installation for all pages: they are only looked at."""
    with open_site(tmp_path_factory.mktemp("case") / "home") as opened:
        yield SiteBesideABrowser(**vars(opened))


@pytest.fixture(scope="module")
def cases(site: OpenSite) -> dict[str, str]:
    """One case for each page: with papers, completed, with somebody alike."""
    made = {"completed": file_with(site, "zoe-dubois", declaration=papers.pdf(2), noteNumber=True)}
    made["alike"] = file_with(site, "marta-nowak", person=LIKE, contact=MOBILE)
    for ref in made.values():
        site.stage.take(ref)
        site.stage.approve(ref)
    site.tick()
    made["activation"] = str(site.stage.request(made["completed"])["activation"])
    made["scanned"] = file_with(site, "jurgen-mueller", declaration=papers.pdf(2))
    site.stage.take(made["scanned"])
    site.clock.advance(timedelta(minutes=6))
    return made


@pytest.mark.parametrize("ways", EVERYWHERE, indirect=True, ids=[f"{one} {window.name}" for one, window in EVERYWHERE])
def test_no_page_of_a_case_has_a_fault(bart: Page, site: OpenSite, cases: dict[str, str], ways: Ways) -> None:
    found: list[str] = []
    done, activation, scanned = cases["completed"], cases["activation"], cases["scanned"]

    def looked(path: str = "") -> None:
        if path:
            bart.goto(f"{site.base}{path}{'&' if '?' in path else '?'}lang={ways.language}")
        found.extend(faults(bart, ways.language, axe=ways.language in BY_AXE, width=ways.window.width))

    for path in (
        f"/desk/requests/{scanned}", f"/desk/requests/{scanned}/person?paper=declaration&page=2&zoom=200&turned=90",
        f"/desk/requests/{done}", f"/desk/requests/{done}/messages", f"/desk/activations/{activation}",
        f"/desk/activations/{activation}/diagram", f"/desk/activations/{activation}/do/cancel",
        f"/desk/requests/{cases['alike']}/match", f"/desk/requests/{scanned}/do/request_info",
    ):  # fmt: skip
        looked(path)
    pressed(bart, bart.locator("main form button").last)  # nothing was named
    looked()
    bart.goto(f"{site.base}/desk/requests/{done}/messages")
    pressed(bart, bart.locator(".letter a").first)
    looked()
    bart.goto(f"{site.base}/desk/requests/{done}")
    pressed(bart, bart.locator(f'form[action="/desk/requests/{done}/number"] button'))
    looked()

    assert found == []


def test_a_page_of_the_scan_is_larger_and_turned_and_scrolled_by_keys(
    bart: Page, site: OpenSite, cases: dict[str, str], watch: Watch
) -> None:
    bart.goto(f"{site.base}/desk/requests/{cases['scanned']}/person")
    small = _width(bart)

    pressed(bart, bart.get_by_role("link", name="200"))
    assert _width(bart) == pytest.approx(2 * small, abs=2)
    sheet = bart.locator(".sheet")
    sheet.focus()
    bart.keyboard.press("ArrowRight")
    assert sheet.evaluate(SCROLLED)
    pressed(bart, bart.get_by_role("link", name="90°", exact=True))
    wide, high = bart.locator(".sheet img").evaluate(
        "it => it.decode().then(() => [it.naturalWidth, it.naturalHeight])"
    )

    assert (wide, high) == (600, 900)
    assert "image" in watch.loaded


def _width(page: Page) -> float:
    return float(page.locator(".sheet img").evaluate("it => it.decode().then(() => it.getBoundingClientRect().width)"))
