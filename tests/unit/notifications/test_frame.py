"""The frame of a mail: well formed, in its language, for small and dark screens, and the same bytes in every process."""

import hashlib
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from notifications.errors import UnfitMessage
from notifications.frame import VERSION, framed
from notifications.pages import read_page
from notifications.rendering import Renderer
from notifications.templates import shipped
from tests.unit.notifications.message_rows import LANGUAGES, LINK, LINK_DAYS, RENDERER, TOKEN, M, applicant, row

ROOT = Path(__file__).parents[3]
PRINT_DIGEST = """
import hashlib
from tests.unit.notifications.message_rows import LINK_DAYS, RENDERER, TOKEN, M, applicant, row
html = RENDERER.mail(row(M.M1, LINK_DAYS, secret=TOKEN), applicant("fr")).html
print(hashlib.sha256(html.encode()).hexdigest())
"""


def html_of(language: str = "nl", **person: str) -> str:
    """The HTML part of a link mail."""
    return RENDERER.mail(row(M.M1, LINK_DAYS, secret=TOKEN), applicant(language, **person)).html


def test_every_process_writes_the_same_bytes() -> None:
    command = [sys.executable, "-c", PRINT_DIGEST]
    others = {
        subprocess.run(
            command, cwd=ROOT, env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("1", "2")
    }

    assert others == {hashlib.sha256(html_of("fr").encode()).hexdigest() + "\n"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_mail_says_its_language_and_fetches_nothing(language: str) -> None:
    read = read_page(html_of(language))

    assert read.language == language
    assert read.foreign == ()
    assert read.headings == 1


def test_every_table_is_there_for_the_layout_only() -> None:
    html = html_of()

    assert html.count("<table") > 3
    assert html.count("<table") == html.count('role="presentation"') - 1  # the cell of the button is one too


def test_a_mail_fits_a_screen_of_three_hundred_and_twenty_dots() -> None:
    html = re.sub(r"<!--\[if.*?<!\[endif\]-->", "", html_of(), flags=re.DOTALL)  # what only Outlook on a desk reads

    assert re.findall(r"(?<!max-)(?<!min-)width[:=]\W?\d{3,}(?:px|\")", html) == []
    assert "overflow-wrap: anywhere" in html


def test_a_mail_has_colours_for_a_dark_screen() -> None:
    assert "@media (prefers-color-scheme: dark)" in html_of()
    assert 'name="color-scheme" content="light dark"' in html_of()


def test_the_link_is_a_button_and_stands_below_it_in_full() -> None:
    assert read_page(html_of()).links.count(LINK) == 2


@pytest.mark.parametrize("name", ['"quoted" & <b>', "Œuvre d’Été", "]]> <!-- -->", "<mj-raw>x</mj-raw>"])
def test_a_value_never_becomes_part_of_the_frame(name: str) -> None:
    html = html_of(entity_name=name)

    assert name in "".join(_texts(html))
    assert read_page(html).links == read_page(html_of()).links


def test_mjml_that_is_not_well_formed_is_refused_without_a_word_of_it() -> None:
    with pytest.raises(ValueError) as refused:
        framed("<mjml><mj-body>Zoë</mjml>")

    assert "Zoë" not in str(refused.value)


def test_a_text_that_breaks_the_frame_makes_its_message_unfit(tmp_path: Path) -> None:
    name = "email/M1/body.nl.mjml"
    (tmp_path / name).parent.mkdir(parents=True)
    (tmp_path / name).write_text((shipped() / name).read_text(encoding="utf-8").replace("</p>", ""), encoding="utf-8")
    own = Renderer(tmp_path, applicant_base_url="https://keys.example.be", base_url="https://desk.example.be")

    with pytest.raises(UnfitMessage) as refused:
        own.mail(row(M.M1, LINK_DAYS, secret=TOKEN), applicant("nl"))

    assert refused.value.code == "template_fault"
    assert name in refused.value.what


def test_the_frames_release_is_known() -> None:
    assert VERSION.startswith("mrml 0.")


def _texts(html: str) -> list[str]:
    """What a reader sees, piece by piece, with the signs that HTML escapes."""
    seen: list[str] = []

    class Reader(HTMLParser):
        def handle_data(self, data: str) -> None:
            seen.append(data)

    Reader().feed(html)
    return seen
