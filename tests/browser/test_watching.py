"""What a browser asks for on the way: only the site, with its style and its letters, and nothing is kept (A24)."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Readers
from tests.browser.story import until_first_key
from tests.support.chromium import PHONE, Watch, Ways
from tests.support.site import OpenSite

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_the_way_to_a_key_asks_nobody_else_and_shows_its_own_letters(
    scripts: bool, site: OpenSite, reader: Readers, watch: Watch
) -> None:
    site.issued()
    one = reader(Ways(PHONE, scripts=scripts))
    fonts: set[bool] = set()

    def seen() -> None:
        one.page.wait_for_load_state("load")
        fonts.add(one.page.evaluate("document.fonts.check('16px \"Public Sans Variable\"')"))

    until_first_key(one, seen)

    assert fonts == {True}
    assert {url.split("/")[2] for url in watch.asked} == {site.base.removeprefix("http://")}
    assert {"stylesheet", "font", "image"} <= watch.loaded
    assert ("script" in watch.loaded) is scripts


def test_neither_token_nor_code_stays_in_an_address_or_in_the_storage_of_the_browser(
    site: OpenSite, reader: Readers, watch: Watch
) -> None:
    site.issued()
    one = reader()
    token, code = site.link(), site.code()

    until_first_key(one, lambda: None)

    kept = one.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
    assert kept == '[{},{},""]', "cookies are there, and no script can read them"
    assert [url for url in watch.asked if token in url] == [f"{site.base}/a/{token}"]
    assert not any(code.replace(" ", "") in url for url in watch.asked)
    assert all(cookie["httpOnly"] for cookie in one.page.context.cookies())
