"""Lists, overview and audit in a real browser: several requests taken without a script, and every page looked at."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page

from bisdesk.demo.stage import BART
from tests.browser.looks import faults
from tests.support.chromium import DESK, PHONE, Chromium, Watch, Ways, Window
from tests.support.site import OpenSite
from workflow import registrations_desk
from workflow.access import Door
from workflow.model import Language, Reason, Role, User

LEAD = ("/desk/work?tab=all&breach=40", "/desk/work?tab=blocked", "/desk/overview")
AUDIT = (
    "/desk/audit", "/desk/audit/events", "/desk/audit/events?ref=x", "/desk/audit/looks", "/desk/audit/four-eyes",
)  # fmt: skip
TYPO = Reason("document_says", "Op het paspoort staat een n.")


def busy(site: OpenSite) -> None:
    """Requests that wait, one that was mended, one that was approved, and an auditor."""
    stage = site.stage
    stage.act(BART, _put_auditor)
    for name in ("zoe-dubois", "marta-nowak"):
        stage.file(name)
    mended, approved = stage.file("luc-vanderberg"), stage.file("jurgen-mueller")
    for ref in (mended, approved):
        stage.take(ref)
    values = {"person.familyName": "Vandenberg"}
    stage.act(BART, lambda door: registrations_desk.correct_typo(door, mended, values, reason=TYPO))
    stage.approve(approved)
    site.clock.advance(timedelta(days=6))


def signs_in(chromium: Chromium, site: OpenSite, watch: Watch, name: str, ways: Ways) -> Page:
    """Somebody stands before their work."""
    page = chromium.opened(ways, watch)
    page.goto(f"{site.base}/desk")
    page.get_by_role("button", name=name).click()
    page.wait_for_url("**/desk/work")
    return page


def test_several_requests_are_chosen_and_assigned_without_a_script(
    chromium: Chromium, site: OpenSite, watch: Watch
) -> None:
    busy(site)
    page = signs_in(chromium, site, watch, "Carla Wouters", Ways(scripts=False))
    page.goto(f"{site.base}/desk/work?tab=unassigned")

    for box in page.locator("input[name=chosen]").all():
        box.check()
    page.locator("button[name=do][value=take]").first.click()
    page.get_by_role("heading", name="2 van 2 gedaan").wait_for()
    page.goto(f"{site.base}/desk/work?tab=mine")
    for box in page.locator("input[name=chosen]").all():
        box.check()
    page.locator("button[name=do][value=reassign]").last.click()
    page.get_by_label("Aan wie?").select_option(label="Dirk Maes")
    page.locator("main").get_by_role("button").click()

    page.get_by_role("heading", name="2 van 2 gedaan").wait_for()
    assert page.get_by_role("cell", name="Dirk Maes").count() == 2
    page.context.close()
    assert watch.wrong == []


@pytest.mark.parametrize(
    ("language", "window"), [("nl", DESK), ("fr", PHONE), ("de", PHONE), ("en", DESK)], ids=["nl", "fr", "de", "en"]
)
def test_no_page_of_lists_overview_and_audit_has_a_fault(
    chromium: Chromium, site: OpenSite, watch: Watch, *, language: str, window: Window
) -> None:
    busy(site)
    found: list[str] = []
    ways = Ways(window, language)
    carla, els = (signs_in(chromium, site, watch, name, ways) for name in ("Carla Wouters", "Els"))

    def looked(page: Page, path: str = "") -> None:
        if path:
            page.goto(f"{site.base}{path}{'&' if '?' in path else '?'}lang={language}")
        found.extend(faults(page, language, axe=True, width=window.width))

    for path in LEAD:
        looked(carla, path)
    looked(carla, "/desk/work?tab=all")
    with carla.expect_navigation():
        carla.locator("button[name=do]").first.click()  # nothing is chosen
    looked(carla)
    for box in carla.locator("input[name=chosen]").all():
        box.check()
    with carla.expect_navigation():
        carla.locator("button[name=do][value=take]").first.click()  # not open on all of them
    looked(carla)
    carla.goto(f"{site.base}/desk/work?tab=unassigned&lang={language}")
    with carla.expect_navigation():
        carla.locator("button.take").first.click()
    looked(carla)
    for path in AUDIT:
        looked(els, path)
    els.goto(f"{site.base}/desk/audit/events?event=request.typo_corrected&lang={language}")
    with els.expect_navigation():
        els.locator(".list th a").first.click()
    looked(els)
    for page in (carla, els):
        page.context.close()

    assert found == []
    assert watch.wrong == []


def _put_auditor(door: Door) -> None:
    door.uow.directory.put_user(
        User(
            id=door.tools.chance.uuid(door.now),
            email="els@audit.example",
            name="Els",
            language=Language.NL,
            roles=frozenset({Role.AUDITOR}),
            entity=None,
        )
    )
