"""What an installation puts over the pages: every part optional, every slip named, and no path of a request on the disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from bisdesk.web.rendering import Frame, Pages
from bisdesk.web.theme import read_theme
from tests.support.screens import SAMPLES
from workflow.model import Language

TOML = """
organisation = "Stad Voorbeeld"
contact = "hulp@voorbeeld.example"
help = "https://voorbeeld.example/hulp"
goes_to = "https://voorbeeld.example/toepassing"

[service]
nl = "Sleutels van Voorbeeld"
"""


@pytest.fixture
def static(tmp_path: Path) -> Path:
    folder = tmp_path / "static"
    (folder / "fonts").mkdir(parents=True)
    for name in ("applicant.css", "applicant.js", "logo.svg", "favicon.svg", "fonts/one.woff2"):
        (folder / name).write_text(f"the product's {name}", encoding="utf-8")
    return folder


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "theme"
    folder.mkdir()
    return folder


def test_without_a_folder_the_product_looks_as_it_is(static: Path) -> None:
    theme = read_theme(None, static)

    asset = theme.asset(theme.address("applicant.css"))

    assert asset is not None
    assert asset.content == b"the product's applicant.css"
    assert asset.media_type == "text/css; charset=utf-8"
    assert theme.address("theme.css") == ""
    assert theme.asset(f"{theme.root}/fonts/one.woff2") is not None
    assert theme.help_in(Language.FR).endswith("/fr")


def test_an_empty_folder_changes_nothing(static: Path, own: Path) -> None:
    assert read_theme(own, static) == read_theme(None, static)


def test_the_address_of_files_changes_with_what_is_in_them(static: Path, own: Path) -> None:
    before = read_theme(own, static).root
    (own / "theme.css").write_text(":root { --govuk-brand-colour: #005a2b; }", encoding="utf-8")

    after = read_theme(own, static)

    assert before != after.root
    assert after.address("theme.css") == f"{after.root}/theme.css"


def test_a_logo_of_the_folder_stands_in_for_that_of_the_product(static: Path, own: Path) -> None:
    (own / "logo.svg").write_text("<svg/>", encoding="utf-8")

    theme = read_theme(own, static)
    asset = theme.asset(theme.address("logo.svg"))

    assert asset is not None
    assert asset.content == b"<svg/>"


def test_words_of_the_folder_stand_on_the_pages(static: Path, own: Path) -> None:
    (own / "theme.toml").write_text(TOML, encoding="utf-8")
    (own / "theme.css").write_text("", encoding="utf-8")

    theme = read_theme(own, static)
    dutch, german = (_landing(Pages(theme, tuple(Language)), language) for language in (Language.NL, Language.DE))

    assert "Sleutels van Voorbeeld" in dutch
    assert "Meine digitalen Schlüssel" in german
    assert all("Stad Voorbeeld" in page for page in (dutch, german))
    assert all("mailto:hulp@voorbeeld.example" in page for page in (dutch, german))
    assert all('href="https://voorbeeld.example/hulp"' in page for page in (dutch, german))
    assert all(theme.address("theme.css") in page for page in (dutch, german))
    assert theme.goes_to == "https://voorbeeld.example/toepassing"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("service = 3", "service is to be a text"),
        ("service = ''", "service is to be a text"),
        ("logo = 'x'", "names logo; it knows service"),
        ("[service]\nes = 'x'", "service knows nl, fr, de and en, not es"),
        ("help = 'javascript:alert(1)'", "help is to begin with https"),
        ("goes_to = 'ftp://x'", "goes_to is to begin with https"),
        ("contact = 'nobody'", "contact is to be a mail address"),
        ("service = ", "is not TOML"),
    ],
)
def test_a_slip_in_the_words_is_named(static: Path, own: Path, text: str, sentence: str) -> None:
    (own / "theme.toml").write_text(text, encoding="utf-8")

    with pytest.raises(ValueError, match=sentence):
        read_theme(own, static)


def test_a_folder_that_is_not_there_is_named(static: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"BISDESK_THEME_DIR names .*/nowhere, which is no folder"):
        read_theme(tmp_path / "nowhere", static)


def test_a_file_that_cannot_be_read_is_named(static: Path, own: Path) -> None:
    (own / "theme.css").mkdir()

    with pytest.raises(ValueError, match=r"theme\.css cannot be read"):
        read_theme(own, static)


def test_pages_that_were_never_built_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="run `make setup`"):
        read_theme(None, tmp_path)


@pytest.mark.parametrize("path", ["../theme.py", "/etc/passwd", "/static/../theme.toml", "theme.toml", "", "/static/"])
def test_no_path_of_a_request_touches_the_disk(static: Path, own: Path, path: str) -> None:
    (own / "theme.toml").write_text(TOML, encoding="utf-8")

    theme = read_theme(own, static)

    assert theme.asset(path) is None
    assert theme.asset(f"{theme.root}/{path}") is None


def _landing(pages: Pages, language: Language) -> str:
    frame = Frame(language=language, here="/activate", form="token", signed_in=False, environment="live")
    return pages.html(SAMPLES["landing"], frame)
