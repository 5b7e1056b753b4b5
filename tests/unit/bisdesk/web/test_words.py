"""The four catalogues say the same things: every name in each, the same values, nothing unused, no word that tells people off."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bisdesk.web.rendering import FOLDER as PAGES
from bisdesk.web.words import FOLDER, words
from notifications.lint_wording import banned, breaking
from tests.support.screens import SAMPLES
from workflow.model import CodeChannel, KeyKind, Language

CODE = PAGES.parent
PLACEHOLDER = re.compile(r"%\((\w+)\)s")
CALL = re.compile(r"""\bt\(\s*"([\w.]+)"\s*(~)?""")
MISTAKE = re.compile(r"""["'](mistake(?:\.\w+)+)["']""")
ENDINGS = {  # what a name that a template puts together may end in
    "key.": tuple(KeyKind),
    "expired.code.": tuple(CodeChannel),
    "blocked.": ("attempts", "time"),
    "ended.": ("cancelled", "expired"),
    "not_me.title.": ("activation", "keys"),
    "not_me.button.": ("activation", "keys"),
    "choose_key.set_up.": tuple(KeyKind),
    "keys.news.": ("added", "removed"),
    "sign_in_key.instead.": tuple(KeyKind),
    "frame.environment.": ("demo", "test"),
    "status_shown.step.": ("mail", "sms", "code", "key"),
    "status_shown.todo.": ("mail", "sms", "code", "key"),
    "status_shown.state.": ("done", "now", "sending", "later", "trouble"),
    "status_shown.advice.": ("wait", "code", "renew", "resume", "sign_in", "desk"),
    "trouble.": ("not_found", "unavailable", "stale_form", "raced", "other_link", "too_many"),
    "trouble.title.": ("not_found", "too_many", "unavailable", "stale_form", "raced", "other_link"),
    "trouble.back.": ("not_found", "too_many", "unavailable", "stale_form", "raced", "other_link"),
}
each_language = pytest.mark.parametrize("language", Language)


def test_the_four_catalogues_have_the_same_names_in_the_same_order() -> None:
    names = {language: list(words(language).sentences) for language in Language}

    assert names[Language.FR] == names[Language.NL]
    assert names[Language.DE] == names[Language.NL]
    assert names[Language.EN] == names[Language.NL]


@each_language
def test_no_sentence_is_empty_and_no_entry_stands_twice(language: Language) -> None:
    text = (FOLDER / f"{language.value}.po").read_text(encoding="utf-8")

    named = re.findall(r'^msgid "(.+)"$', text, re.MULTILINE)

    assert [name for name in named if named.count(name) > 1] == []
    assert "fuzzy" not in text
    assert [
        name for name, said in words(language).sentences.items() if not all(form.strip() for form in said.forms)
    ] == []


@each_language
def test_every_language_puts_in_the_same_values(language: Language) -> None:
    ours = words(language).sentences

    for name, said in words(Language.NL).sentences.items():
        values = [set(PLACEHOLDER.findall(form)) for form in said.forms]
        assert [set(PLACEHOLDER.findall(form)) for form in ours[name].forms] == values, name
        assert ours[name].counted == said.counted
        assert not said.counted or all(said.counted in one for one in values), name


@each_language
def test_no_sentence_has_a_word_that_tells_people_off(language: Language) -> None:
    found = [
        (name, fault)
        for name, said in words(language).sentences.items()
        for form in said.forms
        for fault in banned(form, language)
    ]

    assert found == []


def test_no_french_sign_can_start_a_line() -> None:
    found = [
        (name, fault)
        for name, said in words(Language.FR).sentences.items()
        for form in said.forms
        for fault in breaking(form)
    ]

    assert found == []


def test_nothing_is_said_in_a_template_itself() -> None:
    marks = re.compile(r"""\{[{%#].*?[}%#]\}|<[^>]*>|[\w-]+="[^"]*\"""", re.DOTALL)

    told = {path.name: re.findall(r"[^\W\d_]{2,}", marks.sub("", path.read_text("utf-8"))) for path in _templates()}

    assert {name: found for name, found in told.items() if found} == {}


def test_every_name_that_a_page_uses_is_there_and_every_name_that_is_there_is_used() -> None:
    there = set(words(Language.NL).sentences)

    used = _used()

    assert used - there == set()
    assert there - used == set()


def test_every_mistake_has_a_sample() -> None:
    mistakes = {name for name in words(Language.NL).sentences if name.startswith("mistake.")}

    assert {mistake.sentence for sample in SAMPLES.values() for mistake in sample.mistakes} == mistakes


def test_a_name_that_is_missing_is_a_fault_and_never_shown() -> None:
    with pytest.raises(LookupError, match=r"no sentence code\.titel in nl"):
        words(Language.NL).say("code.titel")


def test_a_value_that_is_missing_is_a_fault() -> None:
    with pytest.raises(LookupError):
        words(Language.NL).say("about.questions", ref="AC-2026-12345-7Q")


def test_one_is_not_many() -> None:
    assert words(Language.EN).say("code.tries", tries_left=1) == "You have 1 attempt left."
    assert words(Language.EN).say("code.tries", tries_left=2) == "You have 2 attempts left."
    assert words(Language.FR).say("code.tries", tries_left=0).endswith("0 essai.")
    assert words(Language.NL).say("code.tries", tries_left=0).endswith("0 pogingen.")


def _templates() -> list[Path]:
    return sorted(PAGES.glob("*.html"))


def _used() -> set[str]:
    used = {name for sample in SAMPLES.values() for name in (mistake.sentence for mistake in sample.mistakes)}
    for path in CODE.rglob("*.py"):
        used |= set(MISTAKE.findall(path.read_text(encoding="utf-8")))
    for path in _templates():
        for name, joined in CALL.findall(path.read_text(encoding="utf-8")):
            used |= {f"{name}{end}" for end in ENDINGS[name]} if joined else {name}
    return used
