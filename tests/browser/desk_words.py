"""Buttons of the desk: what they are called in the language of a page, and pressing them."""

from __future__ import annotations

from playwright.sync_api import Locator, Page

from bisdesk.web.desk.frame import HERE
from bisdesk.web.words import merged
from workflow.model import Language


def pressed(page: Page, what: Locator) -> None:
    """Press something that leads on, and wait until it has: a page that is still to come says nothing yet."""
    with page.expect_navigation():
        what.click()


def trigger(page: Page, name: str) -> str:
    """What the button of an action on a request is called."""
    language = Language(page.locator("html").get_attribute("lang") or "nl")
    return str(merged(language, (HERE / "locale" / f"lifecycles.{language}.po",)).say(f"trigger.registration.{name}"))
