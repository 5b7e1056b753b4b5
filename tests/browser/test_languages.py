"""Another language on every step: the step stays, and so does what was chosen (A14)."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Readers
from tests.browser.looks import faults
from tests.browser.mixes import LANGUAGES
from tests.browser.story import PEOPLE, until_first_key
from tests.support.chromium import PHONE, Ways
from tests.support.site import OpenSite

pytestmark = pytest.mark.browser


def test_every_step_can_be_read_in_every_language_and_stays_the_step(site: OpenSite, reader: Readers) -> None:
    site.issued(PEOPLE["fr"])
    one = reader(Ways(PHONE, language="nl"))
    wrong: list[str] = []
    steps: list[str] = []

    def switched() -> None:
        step = one.name
        steps.append(step)
        for language in (*LANGUAGES, "fr"):
            if one.page.evaluate("document.documentElement.lang") != language:
                one.speaks(language)
            if one.name != step:
                wrong.append(f"{step} became {one.name} in {language}")
            wrong.extend(faults(one.page, language))

    until_first_key(one, switched)

    assert wrong == []
    assert steps == ["landing", "code", "account", "choose_key", "app_key", "done"]


def test_a_person_is_spoken_to_as_registered_until_they_choose(site: OpenSite, reader: Readers) -> None:
    site.issued(PEOPLE["de"])
    one = reader(Ways(language="fr"))
    heard = "document.documentElement.lang"

    one.opens(site.link())
    assert one.page.evaluate(heard) == "de"
    one.speaks("en").sends("/activate")
    assert one.page.evaluate(heard) == "en"
    one.sends("/activate/code", code="1234")

    assert one.page.evaluate(heard) == "en"
    assert one.page.title().startswith("Error:")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_names_of_languages_are_in_their_own_language(language: str, site: OpenSite, reader: Readers) -> None:
    one = reader(Ways(language=language))
    one.goes("/keys/sign-in")

    named = one.page.locator("nav li > *").evaluate_all("all => all.map(it => [it.lang, it.textContent.trim()])")

    assert named == [["nl", "Nederlands"], ["fr", "Français"], ["de", "Deutsch"], ["en", "English"]]
    assert one.page.evaluate("document.documentElement.lang") == language
