"""The story that this product is for, told in every language, window and way of reading."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Readers
from tests.browser.looks import faults
from tests.browser.mixes import LANGUAGES, SPREAD, Mix, mixes
from tests.browser.story import PAGES, PEOPLE, whole
from tests.support.chromium import Watch
from tests.support.site import OpenSite

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("mix", [pytest.param(mix, id=mix.name) for mix in mixes()])
def test_an_applicant_comes_from_the_mail_to_two_keys_and_back_to_one(
    mix: Mix, site: OpenSite, reader: Readers, watch: Watch
) -> None:
    ref = site.issued(PEOPLE[mix.ways.language])
    one = reader(mix.ways, keyboard=mix.keyboard)
    pages: list[str] = []
    wrong: list[str] = []
    letters: list[float] = []

    def seen() -> None:
        pages.append(one.name)
        wrong.extend(faults(one.page, mix.ways.language))
        letters.append(one.page.evaluate("parseFloat(getComputedStyle(document.querySelector('footer a')).fontSize)"))

    whole(one, seen)

    assert tuple(pages) == PAGES
    assert wrong == []
    assert one.keys.wrong == []
    assert site.state(ref) == "active"
    assert set(letters) == {32.0 if mix.ways.large else 16.0}
    assert {"stylesheet", "font"} <= watch.loaded


def test_the_spread_has_each_language_in_each_window_and_each_way_twice() -> None:
    ways = [mix.ways for mix in SPREAD]

    assert {(one.language, one.window.name) for one in ways} == {
        (language, window) for language in LANGUAGES for window in ("phone", "desk")
    }
    assert min(sum(not one.scripts for one in ways), sum(one.large for one in ways)) >= 2
    assert sum(mix.keyboard for mix in SPREAD) >= 2
