"""Every page of the applicant's site, from samples in all four languages: whole, calm, labelled, and nothing from elsewhere."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser

import pytest

from bisdesk.web.rendering import FOLDER, Frame, Pages, switched
from tests.support.screens import LONG, SAMPLES, kinds, small_theme
from workflow.model import Language

TOKEN = "form-token-of-this-page"
FRAMES = {"layout", "parts"}
PAGES = Pages(small_theme(), tuple(Language))
EVERY = [
    pytest.param(name, language, id=f"{name}-{language.value}") for name in SAMPLES for language in Language
]  # fmt: skip
every_page = pytest.mark.parametrize(("name", "language"), EVERY)


@dataclass
class Tag:
    """One element: its name, its attributes, the form that it stands in."""

    name: str
    attributes: dict[str, str]
    form: int


@dataclass
class Read(HTMLParser):
    """The elements of a page, and all of its text."""

    tags: list[Tag] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    title: list[str] = field(default_factory=list)
    forms: int = 0
    inside: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.forms += tag == "form"
        self.inside.append(tag)
        self.tags.append(Tag(tag, {name: value or "" for name, value in attrs}, self.forms))

    def handle_data(self, data: str) -> None:
        (self.title if self.inside[-1:] == ["title"] else self.text).append(data)

    def all(self, *names: str) -> list[Tag]:
        """Every element of these names."""
        return [tag for tag in self.tags if tag.name in names]


@cache
def html(name: str, language: Language) -> str:
    frame = Frame(language=language, here="/activate?a=1", form=TOKEN, signed_in=False, environment="demo")
    return PAGES.html(SAMPLES[name], frame)


def read(name: str, language: Language) -> Read:
    page = Read()
    page.feed(html(name, language))
    return page


def test_every_kind_of_page_has_its_template_and_a_sample() -> None:
    named = {kind.template for kind in kinds()}
    templates = {path.stem for path in FOLDER.glob("*.html")} - FRAMES

    assert templates == named
    assert {sample.template for sample in SAMPLES.values()} == named


@every_page
def test_a_page_has_one_title_in_its_language(name: str, language: Language) -> None:
    page = read(name, language)

    assert page.all("html")[0].attributes["lang"] == language.value
    assert len(page.all("h1")) == 1
    assert len(page.all("main")) == 1
    assert len(page.all("title")) == 1


@every_page
def test_a_page_has_nothing_inline_and_fetches_nothing_from_elsewhere(name: str, language: Language) -> None:
    page = read(name, language)

    inline = [tag for tag in page.tags if tag.name == "style" or "style" in tag.attributes]
    handlers = [tag for tag in page.tags if any(attribute.startswith("on") for attribute in tag.attributes)]
    fetched = [tag.attributes.get("src") or tag.attributes.get("href") for tag in page.all("script", "img", "link")]
    addresses = [tag.attributes.get(at, "") for tag in page.tags for at in ("href", "src", "action", "formaction")]

    assert inline == []
    assert handlers == []
    assert all(address and address.startswith("/static/") for address in fetched)
    assert not any(address.strip().lower().startswith("javascript:") for address in addresses)


@every_page
def test_every_form_is_a_post_to_ourselves_with_the_token(name: str, language: Language) -> None:
    page = read(name, language)

    for form in page.all("form"):
        fields = {tag.attributes.get("name"): tag.attributes for tag in page.all("input") if tag.form == form.form}
        assert form.attributes["method"] == "post"
        assert form.attributes["action"].startswith(("/activate", "/keys"))
        assert "novalidate" in form.attributes
        assert fields["form"]["value"] == TOKEN


@every_page
def test_every_field_has_a_label_and_none_is_required_by_the_browser(name: str, language: Language) -> None:
    page = read(name, language)

    fields = [tag.attributes for tag in page.all("input") if tag.attributes["type"] != "hidden"]
    labels = {tag.attributes["for"] for tag in page.all("label")}

    assert {one["id"] for one in fields} <= labels
    assert not any("required" in one or "maxlength" in one for one in fields)
    assert all(one["type"] == "radio" or one["autocomplete"] for one in fields)


@every_page
def test_every_name_that_a_page_points_to_is_there_once(name: str, language: Language) -> None:
    page = read(name, language)

    ids = [tag.attributes["id"] for tag in page.tags if "id" in tag.attributes]
    pointed = {part for tag in page.tags for part in tag.attributes.get("aria-describedby", "").split()}
    pointed |= {tag.attributes["href"][1:] for tag in page.all("a") if tag.attributes["href"].startswith("#")}
    pointed |= {tag.attributes[at] for tag in page.tags for at in ("aria-labelledby", "aria-controls", "data-status")
                if at in tag.attributes}  # fmt: skip

    assert len(ids) == len(set(ids))
    assert pointed - set(ids) == set()


@every_page
def test_there_is_one_primary_button_at_most(name: str, language: Language) -> None:
    page = read(name, language)

    looks = [tag.attributes.get("class", "").split() for tag in page.all("a", "button")]
    primary = [look for look in looks if "govuk-button" in look and not any("--" in part for part in look)]

    assert len(primary) <= 1


@every_page
def test_mistakes_stand_in_the_title_in_the_summary_and_beside_their_field(name: str, language: Language) -> None:
    page = read(name, language)

    summaries = [tag for tag in page.tags if "govuk-error-summary" in tag.attributes.get("class", "").split()]
    starts = {Language.NL: "Fout:", Language.FR: "Erreur\u00a0:", Language.DE: "Fehler:", Language.EN: "Error:"}

    assert len(summaries) == bool(SAMPLES[name].mistakes)
    assert page.title[0].startswith(starts[language]) == bool(SAMPLES[name].mistakes)
    for summary in summaries:
        assert (summary.attributes["role"], summary.attributes["tabindex"]) == ("alert", "-1")


@every_page
def test_a_page_about_an_activation_says_whose_it_is_and_why(name: str, language: Language) -> None:
    asked = getattr(SAMPLES[name], "asked", None)

    text = " ".join(read(name, language).text)

    if asked:
        assert asked.entity in text
        assert asked.purpose in text
        assert asked.ref in text


@every_page
def test_the_way_to_help_and_to_the_other_languages_is_on_every_page(name: str, language: Language) -> None:
    page = read(name, language)

    switches = [tag.attributes for tag in page.all("a") if "hreflang" in tag.attributes]
    links = [tag.attributes["href"] for tag in page.all("a")]

    assert {one["hreflang"] for one in switches} == {other.value for other in Language} - {language.value}
    assert all(one["href"] == f"/activate?a=1&lang={one['hreflang']}" == one["href"] for one in switches)
    assert "/activate/status" in links
    assert any(link.startswith("mailto:") for link in links)


@pytest.mark.parametrize("rule", ["blocked-attempts", "blocked-time", "ended-cancelled", "frozen"])
def test_what_is_over_offers_no_form_and_no_button(rule: str) -> None:
    page = read(rule, Language.EN)

    assert page.all("form") == []
    assert [tag for tag in page.tags if "govuk-button" in tag.attributes.get("class", "")] == []


@pytest.mark.parametrize("language", Language)
def test_the_last_attempt_is_announced_before_the_field_and_after_a_mistake_between_field_and_button(
    language: Language,
) -> None:
    page, mended = html("code-last", language), html("code-last-worst", language)

    assert page.index("notice--warning") < page.index('id="code"')
    assert mended.index('id="code"') < mended.index("notice--warning") < mended.index('<button type="submit"')


def test_what_a_person_wrote_is_text_and_never_markup() -> None:
    page = html("reference-malformed", Language.EN)
    long = html("blocked-attempts", Language.EN)

    assert "<b>" not in page
    assert "AC-2026-&#34;&lt;b&gt;" in page
    assert "<voor>" not in long
    assert LONG.entity in long


def test_the_code_has_one_wide_field_that_can_be_filled_in_by_the_phone() -> None:
    fields = [tag.attributes for tag in read("code", Language.NL).all("input") if tag.attributes["name"] != "form"]

    assert len(fields) == 1
    assert fields[0]["autocomplete"] == "one-time-code"
    assert fields[0]["autocapitalize"] == "characters"
    assert fields[0]["spellcheck"] == "false"


def test_six_digits_bring_the_keys_of_a_number() -> None:
    for name in ("app_key", "sms_key", "resume", "sign_in_key-app"):
        (field_,) = (tag.attributes for tag in read(name, Language.NL).all("input") if tag.attributes["name"] == "otp")
        assert (field_["inputmode"], field_["autocomplete"]) == ("numeric", "one-time-code")


def test_a_password_is_never_sent_back() -> None:
    for name in ("account-length", "sign_in-wrong"):
        (one,) = (
            tag.attributes for tag in read(name, Language.NL).all("input") if tag.attributes["name"] == "password"
        )
        assert "value" not in one


def test_only_outside_live_the_environment_is_named() -> None:
    live = Frame(language=Language.EN, here="/activate", form=TOKEN, signed_in=False, environment="live")

    assert "environment" not in PAGES.html(SAMPLES["landing"], live)
    assert "nothing here is real" in html("landing", Language.EN)


def test_the_language_switch_keeps_what_else_was_asked() -> None:
    assert switched("/activate", Language.FR) == "/activate?lang=fr"
    assert switched("/keys/sign-in/key?kind=sms&lang=nl", Language.DE) == "/keys/sign-in/key?kind=sms&lang=de"


def test_no_inner_space_of_a_date_breaks() -> None:
    assert re.search("6\u00a0december\u00a02026", html("landing", Language.NL))
