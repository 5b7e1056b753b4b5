"""Two officers in two browsers at once: what came back is corrected, and whom the register found is judged."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.desk_words import pressed, trigger
from tests.browser.test_desk import Office, office
from tests.browser.test_desk_case import LIKE, MOBILE
from tests.support.chromium import Ways
from tests.support.desk_case import file_with

__all__ = ["office"]
both_ways = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])


@both_ways
def test_a_request_goes_back_with_a_reason_and_comes_again_corrected(office: Office, scripts: bool) -> None:
    ref = office.site.stage.file("zoe-dubois")
    bart = office.signs_in("Bart Claes", Ways(scripts=scripts))
    anna = office.signs_in("Anna Peeters", Ways(scripts=scripts))

    office.opens(bart, ref)
    press(bart, "take")
    office.opens(bart, ref, "/do/request_info")
    bart.locator("input[name=fields][value='person.birthPlace']").check()
    bart.locator("[name=text]").fill("Op het document staat Roubaix.")
    press(bart, "request_info")
    anna.goto(f"{office.site.base}/desk/work?tab=returned")
    anna.get_by_role("link", name=ref).click()
    anna.locator("main").get_by_role("button", name="Vul verder in").click()
    assert "Op het document staat Roubaix." in anna.locator("main").inner_text()
    anna.locator(".asked-back").get_by_role("link").first.click()
    anna.locator("[id='person.birthPlace']").fill("Roubaix")
    pressed(anna, anna.locator("main form button[type=submit]").first)
    press(anna, "resubmit")
    assert anna.url.endswith(f"/desk/requests/{ref}/filed")
    office.opens(bart, ref, "/person")

    assert office.site.state(ref) == "submitted"
    assert "Roubaix" in bart.locator("main").inner_text()


@both_ways
def test_somebody_whom_the_register_knows_is_told_apart_side_by_side(office: Office, scripts: bool) -> None:
    site = office.site
    person = site.stage.person("zoe-dubois")["person"]
    assert isinstance(person, dict)
    ref = file_with(site, "zoe-dubois", person=person | LIKE, contact=MOBILE)
    bart = office.signs_in("Bart Claes", Ways(scripts=scripts))
    office.opens(bart, ref)
    press(bart, "take")
    office.opens(bart, ref, "/do/approve")
    press(bart, "approve")
    site.tick()
    assert site.state(ref) == "match_review"

    dirk = office.signs_in("Dirk Maes", Ways(scripts=scripts))
    dirk.goto(f"{site.base}/desk/work?tab=matches")
    dirk.get_by_role("link", name=ref).click()
    office.opens(dirk, ref, "/match")
    assert (
        "verschilt" in dirk.locator(".match").inner_text().lower()
        or "zelfde" in dirk.locator(".match").inner_text().lower()
    )
    dirk.locator(f"main a[href='/desk/requests/{ref}/do/different_person']").click()
    dirk.locator("input[name=reason]").first.check()
    dirk.locator("[name=text]").fill("Andere geboorteplaats en ander document.")
    press(dirk, "different_person")
    site.tick()

    assert site.state(ref) in ("registering", "registered", "completed")


def press(page: Page, action: str) -> None:
    """Press what an action is called."""
    pressed(page, page.locator("main").get_by_role("button", name=trigger(page, action), exact=True))
