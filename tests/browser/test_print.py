"""The page that is worth printing: the key, how long it is valid, and nothing that paper cannot do (A21)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.browser.conftest import Readers
from tests.browser.reader import APP, KEY, SMS, Reader
from tests.browser.story import USERNAME, app_code
from tests.support.chromium import Ways
from tests.support.site import OpenSite

pytestmark = pytest.mark.browser
ON_PAPER = (
    "[...document.querySelectorAll('a, button, input, summary, nav, .environment')].filter(it => it.checkVisibility())"
)


def done(site: OpenSite, one: Reader) -> Reader:
    """From the link to the page that says that a key works."""
    site.issued()
    one.opens(site.link()).enters_code(site.code()).names_account(USERNAME).chooses("totp")
    one.sends(APP, otp=app_code(one, one.secret))
    assert one.name == "done"
    return one


def test_the_done_page_prints_the_key_and_its_last_day_and_no_button(site: OpenSite, reader: Readers) -> None:
    one = done(site, reader(Ways(language="en")))
    one.speaks("en")
    shown = one.page.locator("main").inner_text()

    one.page.emulate_media(media="print")
    printed = one.page.locator("main").inner_text()

    assert one.page.evaluate(f"{ON_PAPER}.map(it => it.outerHTML.slice(0, 90))") == []
    assert "mobile app, valid up to and including 20\u00a0November\u00a02036" in printed
    assert len(printed) < len(shown)
    assert one.page.locator("header").inner_text().strip()


def test_it_fits_one_sheet(site: OpenSite, reader: Readers) -> None:
    one = done(site, reader())

    sheet = one.page.pdf(format="A4")

    assert sheet.startswith(b"%PDF-")
    assert sheet.count(b"/Type /Page\n") == 1


def test_after_the_back_up_it_prints_the_key_that_was_added(site: OpenSite, reader: Readers) -> None:
    one = done(site, reader(Ways(language="en")))
    one.speaks("en").follows(KEY)
    one.chooses("sms")
    site.clock.advance(timedelta(minutes=1))
    site.tick()
    one.sends(SMS, otp=site.otp())

    one.page.emulate_media(media="print")

    assert "code by SMS, valid up to and including 20\u00a0November\u00a02036" in one.page.locator("main").inner_text()
