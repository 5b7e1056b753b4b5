"""The desk in a real browser: two officers at once, every page looked at, in every language, in a window and on a phone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.browser.desk_words import pressed, trigger
from tests.browser.looks import faults
from tests.support.chromium import DESK, PHONE, Chromium, Watch, Ways, Window
from tests.support.site import OpenSite

LANGUAGES = ("nl", "fr", "de", "en")
PARTS = ("", "/person", "/messages", "/timeline", "/diagram")


class Office:
    """Officers in browsers of their own."""

    def __init__(self, chromium: Chromium, site: OpenSite, watch: Watch) -> None:
        self.chromium, self.site, self.watch = chromium, site, watch
        self.pages: list[Page] = []

    def signs_in(self, name: str, ways: Ways | None = None) -> Page:
        """Somebody chooses their card and stands before their work."""
        page = self.chromium.opened(ways or Ways(), self.watch)
        self.pages.append(page)
        page.goto(f"{self.site.base}/desk")
        page.get_by_role("button", name=name).click()
        page.wait_for_url("**/desk/work")
        return page

    def opens(self, page: Page, ref: str, rest: str = "") -> None:
        """A page of a case."""
        page.goto(f"{self.site.base}/desk/requests/{ref}{rest}")


@pytest.fixture
def office(chromium: Chromium, site: OpenSite, watch: Watch) -> Iterator[Office]:
    """A desk whose pages keep to themselves."""
    open_ = Office(chromium, site, watch)
    yield open_
    for page in open_.pages:
        page.context.close()
    assert watch.wrong == []


def presses(page: Page, label: str) -> None:
    """Press what is called so in the case or in its form."""
    pressed(page, page.locator("main").get_by_role("button", name=label, exact=True))


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_one_officer_takes_and_asks_while_another_takes_over_and_neither_loses_a_word(
    office: Office, scripts: bool
) -> None:
    ref = office.site.stage.file("zoe-dubois")
    bart = office.signs_in("Bart Claes", Ways(language="en", scripts=scripts))
    dirk = office.signs_in("Dirk Maes", Ways(language="en", scripts=scripts))
    for page in (bart, dirk):
        page.get_by_role("link", name="English").click()

    bart.goto(f"{office.site.base}/desk/work?tab=unassigned")
    bart.get_by_role("link", name=ref).click()
    presses(bart, trigger(bart, "take"))
    office.opens(bart, ref, "/do/request_info")
    bart.get_by_label("Explanation").fill("Which birth place does the document say?")
    office.opens(dirk, ref, "/do/reassign")
    presses(dirk, trigger(dirk, "reassign"))
    office.opens(dirk, ref, "/do/approve")
    presses(dirk, trigger(dirk, "approve"))
    bart.locator("input[name=fields]").first.check()
    presses(bart, trigger(bart, "request_info"))

    assert office.site.state(ref) == "approved"
    told = bart.locator("main").inner_text()
    assert "Dirk Maes" in told
    assert bart.get_by_label("What you wrote").input_value() == "Which birth place does the document say?"


@pytest.mark.parametrize("window", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_of_the_desk_has_a_fault_in_any_language_and_window(
    office: Office, language: str, window: Window
) -> None:
    waits, returned = office.site.stage.file("zoe-dubois"), office.site.stage.file("luc-vanderberg")
    office.site.stage.take(returned)
    office.site.stage.ask(returned, ("person.birthPlace",), "De geboorteplaats staat anders op het document.")
    page = office.signs_in("Bart Claes", Ways(window, language))
    office.site.stage.take(waits)
    found: list[str] = []

    def looked(path: str) -> None:
        address = f"{path}{'&' if '?' in path else '?'}lang={language}"
        page.goto(f"{office.site.base}{address}")
        found.extend(f"{path}: {fault}" for fault in faults(page, language, axe=True, width=window.width))

    for path in (
        "/desk/work",
        "/desk/work?tab=all&due=week",
        "/desk/work?tab=matches",
        "/desk/search",
        "/desk/nothing",
    ):
        looked(path)
    for part in PARTS:
        looked(f"/desk/requests/{returned}{part}")
    for action in ("request_info", "reject", "correct_typo", "reassign", "approve", "withdraw"):
        looked(f"/desk/requests/{waits}/do/{action}")
    presses(page, trigger(page, "withdraw"))  # without a reason
    found.extend(f"mistake: {fault}" for fault in faults(page, language, axe=True, width=window.width))

    assert found == []
