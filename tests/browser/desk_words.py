"""What buttons of the desk are called in the language of a page."""

from __future__ import annotations

from playwright.sync_api import Page

from bisdesk.web.desk.frame import HERE
from bisdesk.web.words import merged
from workflow.model import Language


def trigger(page: Page, name: str) -> str:
    """What the button of an action on a request is called."""
    language = Language(page.locator("html").get_attribute("lang") or "nl")
    return str(merged(language, (HERE / "locale" / f"lifecycles.{language}.po",)).say(f"trigger.registration.{name}"))
