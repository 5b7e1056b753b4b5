"""Filing in a real browser: an end user files from a document's zone, the desk decides, every page is looked at."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.desk_words import pressed, trigger
from tests.browser.looks import faults
from tests.browser.mixes import EVERY, LANGUAGES
from tests.browser.test_desk import Office, office
from tests.support.chromium import DESK, PHONE, Ways, Window
from tests.support.filer import ANSWERS, PAPERS, ZONE, draft

__all__ = ["office"]
SHEETS = tuple(ANSWERS)
LOOKED_AT = [(language, window) for place, language in enumerate(LANGUAGES) for window in (DESK, PHONE)
             if EVERY or (window is PHONE) == bool(place % 2)]  # fmt: skip


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_an_end_user_files_from_the_zone_and_the_desk_approves(office: Office, tmp_path: Path, scripts: bool) -> None:
    anna = office.signs_in("Anna Peeters", Ways(scripts=scripts))
    bart = office.signs_in("Bart Claes", Ways(scripts=scripts))

    ref = files(anna, tmp_path)
    bart.goto(f"{office.site.base}/desk/work?tab=unassigned")
    bart.get_by_role("link", name=ref).click()
    pressed(bart, bart.locator("main").get_by_role("button", name=trigger(bart, "take"), exact=True))
    office.opens(bart, ref, "/do/approve")
    bart.locator("main").get_by_role("button", name=trigger(bart, "approve"), exact=True).click()
    bart.wait_for_url(f"**/desk/requests/{ref}?*")

    assert office.site.state(ref) == "approved"


@pytest.mark.parametrize(("language", "window"), LOOKED_AT, ids=lambda one: getattr(one, "name", one))
def test_no_page_of_filing_has_a_fault(office: Office, language: str, window: Window) -> None:
    ref = draft(office.site)
    page = office.signs_in("Anna Peeters", Ways(window, language))
    found: list[str] = []

    def look(what: str) -> None:
        found.extend(f"{what}: {fault}" for fault in faults(page, language, axe=True, width=window.width))

    def looked(path: str) -> None:
        page.goto(f"{office.site.base}{path}{'&' if '?' in path else '?'}lang={language}")
        look(path)

    for path in ("/desk/new", *(f"/desk/requests/{ref}/file/{sheet}" for sheet in (*SHEETS, "check"))):
        looked(path)
    types(page, "zone", {"document.mrz": ZONE.replace("8507158", "8507168")}, office.site.base, ref)
    look("zone read")
    looked(f"/desk/requests/{ref}/file/check")
    types(page, "contact", {"contact.email": "zoe", "contact.mobile": "1"}, office.site.base, ref)
    look("mistakes")
    types(page, "photo", {"identityCheck.steps.photoPresent": "no"}, office.site.base, ref)
    look("stop")
    pressed(page, page.locator("button[name=stop]"))
    look("stopped")

    assert found == []


def test_an_officer_is_warned_before_the_session_ends_and_keeps_it_with_one_click(office: Office) -> None:
    page = office.signs_in("Anna Peeters")
    page.clock.install()
    page.goto(f"{office.site.base}/desk/new")
    warning = page.locator("#session-warning")
    expect(warning).to_be_hidden()

    page.clock.run_for(13 * 60 * 1000 + 1000)
    expect(warning).to_be_visible()
    with page.expect_response("**/desk/stay") as answer:
        warning.get_by_role("button").click()

    assert answer.value.json()["seconds"] > 14 * 60
    expect(warning).to_be_hidden()


def files(page: Page, folder: Path) -> str:
    """A whole request from the zone, as an end user would; the reference."""
    pressed(page, page.get_by_role("link", name="Nieuwe aanvraag"))
    for condition in ("notBelgian", "notDomiciledInBelgium", "noValidEid"):
        page.locator(f"input[name='eligibility.{condition}'][value=yes]").check()
    page.locator("input[name=kind][value=registration]").check()
    onward(page)
    ref = page.url.split("/")[5]
    for sheet in SHEETS:
        if sheet == "zone":
            page.locator("[id='document.mrz']").fill(ZONE)
            onward(page)
            pressed(page, page.locator("main a.govuk-button"))
            continue
        known = {"person.familyName", "person.otherGivenNames", "document.number"} if sheet == "names" else set()
        answer(page, {name: value for name, value in ANSWERS[sheet].items() if name not in known})
        if sheet == "papers":
            for slot, content in PAPERS.items():
                path = folder / f"{slot}.bin"
                path.write_bytes(content)
                page.locator(f"input[name={slot}]").set_input_files(path)
        onward(page)
    onward(page)
    page.wait_for_url(f"**/desk/requests/{ref}/filed")
    return ref


def types(page: Page, sheet: str, answers: dict[str, str], base: str, ref: str) -> None:
    """Open one page, fill it in and send it."""
    page.goto(f"{base}/desk/requests/{ref}/file/{sheet}")
    answer(page, answers)
    onward(page)


def answer(page: Page, answers: dict[str, str]) -> None:
    """Fill in what a page asks."""
    for name, value in answers.items():
        boxes = page.locator(f"main [name='{name}']")
        kind = boxes.first.evaluate("it => it.type")
        if kind == "radio":
            page.locator(f"main [name='{name}'][value='{value}']").check()
        elif kind == "select-one":
            boxes.first.select_option(value)
        else:
            boxes.first.fill(value)


def onward(page: Page) -> None:
    """Send the form of the page by its first button."""
    pressed(page, page.locator("main form button[type=submit]").first)
