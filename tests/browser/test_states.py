"""Every page in every state: whole, in its language, narrow and wide, and nothing that axe finds."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.conftest import Readers
from tests.browser.looks import faults
from tests.browser.mixes import EVERY, LANGUAGES
from tests.browser.reader import Reader
from tests.browser.story import PEOPLE
from tests.browser.tours import TOURS
from tests.support.chromium import Ways
from tests.support.site import OpenSite

pytestmark = pytest.mark.browser
WIDTHS = ((320, 640), (1280, 800))
# Every tour in two languages, every language in half of the tours; `make browser` takes all.
PAIRS = (("nl", "de"), ("fr", "en"))
ASKED = [
    (tour, language)
    for number, tour in enumerate(TOURS)
    for language in (LANGUAGES if EVERY else PAIRS[number % 2])
]  # fmt: skip


@pytest.mark.parametrize(("tour", "language"), ASKED, ids=[f"{tour}-{language}" for tour, language in ASKED])
def test_every_state_is_whole_in_its_language_at_both_widths(
    tour: str, language: str, site: OpenSite, reader: Readers
) -> None:
    site.issued(PEOPLE[language])
    one = reader(Ways(language=language))
    wrong: list[str] = []
    seen: list[str] = []

    TOURS[tour](one, _looking(one, wrong, seen))

    assert wrong == []
    assert len(seen) == len(set(seen)) > 2
    _count(seen, language)


def _looking(one: Reader, wrong: list[str], seen: list[str]) -> Callable[[str], None]:
    """Look at the page that is shown, in both widths; the first word of a state is the name of its page."""

    def look(state: str) -> None:
        template = state.split(" ")[0].strip(",:")
        if one.name != template:
            wrong.append(f"{state}: the page is {one.name}, {one.path}")
        for width, height in WIDTHS:
            one.page.set_viewport_size({"width": width, "height": height})
            wrong.extend(f"{state}: {fault}" for fault in faults(one.page, one.ways.language, axe=True))
        wrong.extend(f"{state}: {fault}" for fault in _summary(one))
        seen.append(state)

    return look


def _summary(one: Reader) -> list[str]:
    """Whoever made a mistake is led to the summary, and from there to the field."""
    links = one.page.locator(".govuk-error-summary a")
    if not one.mistakes:
        return [] if links.count() == 0 else ["a summary without a mistake"]
    found = []
    if not one.page.evaluate("document.activeElement.matches('.govuk-error-summary')"):
        found.append("the summary has not the focus")
    for link in links.all():
        link.click()
        field = one.page.evaluate("document.activeElement.id")
        if f"#{field}" != link.get_attribute("href"):
            found.append(f"{link.get_attribute('href')} moves the focus to {field!r}")
    return found


def _count(seen: list[str], language: str) -> None:
    """For a report: what was looked at, where somebody asked for it."""
    if tally := os.environ.get("BROWSER_TALLY"):
        with Path(tally).open("a", encoding="utf-8") as out:
            out.writelines(json.dumps([language, state]) + "\n" for state in seen)
