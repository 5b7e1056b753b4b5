"""The texts as somebody at the desk looks at them: on the terminal, as one page, as a folder of pages."""

from __future__ import annotations

from pathlib import Path

from notifications.catalogue import KINDS
from tests.acceptance.desk import Desk


def test_a_message_is_printed_in_the_language_that_was_asked_for(lite: Desk) -> None:
    done = lite.run("message", "preview", "m1", "--lang", "fr", plain=True)

    assert done.code == 0
    assert "Subject: CSAM – Mes clés numériques" in done.out


def test_every_message_can_be_printed_at_once(lite: Desk) -> None:
    shown = lite.ok("message", "preview", "--all", "--lang", "de")

    assert {one["title"].split()[0] for one in shown} == set(KINDS)


def test_a_message_becomes_one_page_with_all_languages(lite: Desk, tmp_path: Path) -> None:
    file = tmp_path / "m6.html"

    written = lite.ok("message", "preview", "M6", "--all-turns", "--html", str(file))

    assert written == [{"file": str(file)}]
    assert file.read_text(encoding="utf-8").count("<figcaption>Deutsch</figcaption>") > 15


def test_all_messages_become_a_folder_with_an_index(lite: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "pages"

    done = lite.run("message", "preview", "--all", "--html", str(folder), plain=True)

    assert done.code == 0
    assert {path.name for path in folder.iterdir()} == {"index.html", *(f"{kind}.html" for kind in KINDS)}
    assert done.out.splitlines()[0] == str(folder / "index.html")


def test_a_host_too_long_for_the_bound_line_is_told_and_fails_nothing(lite: Desk) -> None:
    lite.set(APPLICANT_BASE_URL="https://digitale-sleutels.bisdesk.example")

    done = lite.run("message", "lint", plain=True)

    assert done.code == 0
    assert "digitale-sleutels.bisdesk.example: 33 letters" in done.err
