"""Mistakes are found and mended by everybody: the summary first, one step to the field, Enter, and on."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Readers
from tests.browser.looks import faults
from tests.browser.mixes import LANGUAGES
from tests.browser.reader import ACCOUNT, CODE
from tests.browser.story import PEOPLE, USERNAME
from tests.support.chromium import PHONE, Ways
from tests.support.site import PASSWORD, OpenSite

pytestmark = pytest.mark.browser
FOCUS = "document.activeElement.id"
BOTH = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])


@BOTH
def test_a_mistake_is_mended_with_tab_and_enter_alone(scripts: bool, site: OpenSite, reader: Readers) -> None:
    site.issued()
    one = reader(Ways(scripts=scripts), keyboard=True)
    one.opens(site.link()).sends("/activate")
    one.sends(CODE, code="1234")

    one.keys.to(one.page.locator(".govuk-error-summary a"))
    one.keys.press("Enter")
    one.page.wait_for_function(f"{FOCUS} === 'code'")
    one.page.keyboard.press("ControlOrMeta+A")
    one.page.keyboard.type(site.code())
    with one.page.expect_navigation():
        one.keys.press("Enter")

    assert one.name == "account"
    assert one.keys.wrong == []


@BOTH
def test_every_mistake_of_a_page_is_told_at_once_and_leads_to_its_own_field(
    scripts: bool, site: OpenSite, reader: Readers
) -> None:
    site.issued()
    one = reader(Ways(PHONE, scripts=scripts, language="fr"))
    one.opens(site.link()).enters_code(site.code())
    one.sends(ACCOUNT, username="a", password="b")

    reached = []
    for link in one.page.locator(".govuk-error-summary a").all():
        link.tap()
        reached.append(one.page.evaluate(FOCUS))

    assert reached == ["username", "password"]
    assert faults(one.page, "fr") == []
    assert one.page.locator("#username").input_value() == "a"
    assert one.page.locator("#password").input_value() == "", "a password is never sent back"


@pytest.mark.parametrize("language", LANGUAGES)
@BOTH
@pytest.mark.parametrize(
    "codes",
    [("",), ("K7QF-2M9T",), ("ABCDE" * 4,), ("ABCDE" * 4, "BBCDE" * 4)],
    ids=["missing", "malformed", "wrong", "last"],
)
def test_after_a_mistake_a_small_phone_shows_summary_and_field_without_scrolling(
    scripts: bool, language: str, codes: tuple[str, ...], site: OpenSite, reader: Readers
) -> None:
    site.issued(PEOPLE[language])
    one = reader(Ways(PHONE, language=language, scripts=scripts))
    one.opens(site.link()).sends("/activate")
    for code in codes:
        one.sends(CODE, code=code)

    spots = [one.page.locator(spot).bounding_box() for spot in (".govuk-error-summary", "#code")]

    assert all(spot and spot["y"] >= 0 and spot["y"] + spot["height"] <= PHONE.height for spot in spots), spots


def test_with_scripts_the_summary_has_the_focus_and_is_read_first(site: OpenSite, reader: Readers) -> None:
    one = reader()
    one.goes("/activate/reference").sends("/activate/reference", reference="")

    assert one.page.evaluate("document.activeElement.className") == "govuk-error-summary"
    assert one.page.locator(".govuk-error-summary").get_attribute("role") == "alert"


def test_enter_in_a_field_sends_the_form_and_no_button_of_a_script_does(site: OpenSite, reader: Readers) -> None:
    site.issued()
    one = reader()
    one.opens(site.link()).enters_code(site.code())
    one.types("#username", USERNAME)
    one.types("#password", PASSWORD)

    with one.page.expect_navigation():
        one.page.locator("#password").press("Enter")

    assert one.name == "choose_key"
