"""The words of the desk's own pages: the same names in four languages, each of them used, none of them missing."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import bisdesk.web.desk
from bisdesk.web.words import merged
from notifications.lint_wording import banned, breaking
from workflow.model import Language

HERE = Path(bisdesk.web.desk.__file__).parent
FOLDER = HERE / "locale"
PARTS = ("desk", "filing", "case", "lead", "demo")
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
SAID = re.compile(r'\bt\("([a-z_.0-9A-Z]+)"[,)]')
QUOTED = re.compile(r'"([a-z_.0-9A-Z]+)"')
BEGUN = re.compile(r'"([a-z_.A-Z]+\.)"\s*~')  # a name that is put together in a page
PUT_TOGETHER = re.compile(r'f"([a-z_.A-Z]+\.)\{')  # or in code
each_part = pytest.mark.parametrize("part", PARTS)
each_language = pytest.mark.parametrize("language", Language)


def test_every_catalogue_is_judged_here_or_with_the_lifecycles() -> None:
    assert {path.name.split(".")[0] for path in FOLDER.glob("*.po")} == {*PARTS, "lifecycles"}


@each_part
def test_the_four_languages_have_the_same_names_in_the_same_order(part: str) -> None:
    names = {language: list(said(part, language)) for language in Language}

    assert all(names[language] == names[Language.NL] for language in Language)


@each_part
@each_language
def test_every_language_puts_in_the_same_values(part: str, language: Language) -> None:
    for name, forms in said(part, language).items():
        expected = set(PLACEHOLDER.findall(" ".join(said(part, Language.EN)[name])))
        assert set(PLACEHOLDER.findall(" ".join(forms))) == expected, name
        assert all(form == form.strip() and form for form in forms), name
        assert "%" not in PLACEHOLDER.sub("", " ".join(forms)).replace("%%", ""), name


@each_part
@each_language
def test_no_sentence_tells_people_off(part: str, language: Language) -> None:
    faults = [(name, fault) for name, forms in said(part, language).items() for form in forms
              for fault in banned(form, language)]  # fmt: skip

    assert faults == []


@each_part
def test_no_french_sign_can_start_a_line(part: str) -> None:
    forms = [(name, form) for name, forms in said(part, Language.FR).items() for form in forms]

    assert [(name, fault) for name, form in forms for fault in breaking(form)] == []


@each_part
def test_every_name_is_said_somewhere(part: str) -> None:
    text = _code()
    whole, begun = set(QUOTED.findall(text)), set(BEGUN.findall(text)) | set(PUT_TOGETHER.findall(text))

    unused = [name for name in said(part, Language.NL) if name not in whole and not name.startswith(tuple(begun))]

    assert unused == []


def test_every_name_that_a_page_says_is_there() -> None:
    there = merged(Language.NL, sorted(FOLDER.glob("*.nl.po"))).sentences

    missing = {f"{page.name}: {name}" for page in (HERE / "pages").glob("*.html")
               for name in SAID.findall(page.read_text("utf-8")) if name not in there}  # fmt: skip

    assert missing == set()


@cache
def said(part: str, language: Language) -> dict[str, tuple[str, ...]]:
    """The sentences of one catalogue by name, each in all its forms."""
    with (FOLDER / f"{part}.{language.value}.po").open("rb") as file:
        catalogue = read_po(file, locale=language.value, abort_invalid=True)
    found: dict[str, tuple[str, ...]] = {}
    for message in catalogue:
        if message.id:
            name = message.id if isinstance(message.id, str) else message.id[0]
            forms = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
            assert name not in found
            assert not message.fuzzy
            found[name] = forms
    return found


@cache
def _code() -> str:
    paths = [*(HERE / "pages").glob("*.html"), *HERE.rglob("*.py")]
    return "\n".join(path.read_text("utf-8") for path in paths)
