"""The clock and the phone beside the desk in a real browser: in every language, in a window and on a phone, without scripts too."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from bisdesk.demo.simulation import keep_beginning
from tests.browser.looks import faults
from tests.support.chromium import DESK, PHONE, Chromium, Watch, Ways, Window
from tests.support.site import OpenSite

LOOKS = (("nl", DESK), ("fr", PHONE), ("de", PHONE), ("en", DESK))


@pytest.fixture
def seen(site: OpenSite, watch: Watch) -> Iterator[list[Page]]:
    """Pages whose site keeps to itself."""
    pages: list[Page] = []
    yield pages
    for page in pages:
        page.context.close()
    assert watch.wrong == []


def signed_in(chromium: Chromium, site: OpenSite, watch: Watch, ways: Ways) -> Page:
    page = chromium.opened(ways, watch)
    page.goto(f"{site.base}/desk?lang={ways.language}")
    page.goto(f"{site.base}/desk/sign-in?lang={ways.language}")
    page.get_by_role("button", name="Bart Claes").click()
    page.wait_for_url("**/desk/work")
    return page


@pytest.mark.parametrize(("language", "window"), LOOKS, ids=[f"{language}-{window.name}" for language, window in LOOKS])
def test_clock_and_phone_have_no_fault(
    chromium: Chromium, site: OpenSite, watch: Watch, seen: list[Page], language: str, window: Window
) -> None:
    activation = site.issued()
    site.stage.file("marta-nowak")
    keep_beginning(site.stage.app)
    ref = site.stage.activation(activation)["request"]
    page = signed_in(chromium, site, watch, Ways(window, language))
    seen.append(page)
    found: list[str] = []

    for path in ("/desk/demo", "/desk/demo?moved=day&passed=2", "/desk/demo/phone", f"/desk/demo/phone?of={ref}"):
        page.goto(f"{site.base}{path}")
        found += faults(page, language, axe=True, width=window.width)

    assert found == []


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_an_officer_moves_the_clock_until_the_link_is_over_and_begins_again(
    chromium: Chromium, site: OpenSite, watch: Watch, seen: list[Page], scripts: bool
) -> None:
    ref = site.stage.activation(site.issued())["request"]
    keep_beginning(site.stage.app)
    page = signed_in(chromium, site, watch, Ways(DESK, "en", scripts=scripts))
    seen.append(page)
    page.goto(f"{site.base}/desk/demo/phone?of={ref}")

    for _ in range(3):  # two reminders, then the end of the fourteenth day
        page.get_by_role("button", name="To the next deadline").click()
        page.get_by_role("alert").wait_for()
    assert "5 December 2026, 00:00" in page.get_by_role("alert").inner_text()
    assert page.locator('[data-state="link_expired"].diagram__state--current').count() == 1
    assert page.locator("article.letter--mail").count() == 4

    page.goto(f"{site.base}/desk/demo")
    page.get_by_role("button", name="Reset the demo").click()
    assert "begins again" in page.get_by_role("alert").inner_text()
    page.goto(f"{site.base}/desk/demo/phone?of={ref}")
    assert page.locator('[data-state="awaiting_code"].diagram__state--current').count() == 1
    assert page.locator("article.letter--mail").count() == 2
