"""The pictures of the messages show what is sent: each carries the digest of the page that it was taken of."""

from __future__ import annotations

import shutil
from pathlib import Path

from notifications.catalogue import KINDS
from tests.architecture.source import ROOT
from tests.support import messages

MOST_BYTES = 3_000_000


def test_every_message_has_a_picture_that_shows_what_is_sent() -> None:
    assert messages.stale_pictures(ROOT) == [], "take them again with: make pictures"


def test_the_pictures_stay_small() -> None:
    sizes = [path.stat().st_size for path in (ROOT / messages.FOLDER).iterdir()]

    assert len(sizes) == len(KINDS)
    assert sum(sizes) < MOST_BYTES


def test_a_missing_picture_one_of_another_text_and_one_of_no_message_are_found(tmp_path: Path) -> None:
    shutil.copytree(ROOT / messages.FOLDER, tmp_path / messages.FOLDER)
    folder = tmp_path / messages.FOLDER
    (folder / "M0.png").unlink()
    shutil.copy(folder / "M3.png", folder / "M1.png")
    shutil.copy(folder / "M3.png", folder / "M99.png")

    assert messages.stale_pictures(tmp_path) == [f"{messages.FOLDER}/{name}.png" for name in ("M0", "M1", "M99")]


def test_the_page_shows_every_picture_beside_the_digest_of_its_texts() -> None:
    page = (ROOT / "docs" / "messages.md").read_text(encoding="utf-8")

    for kind in KINDS:
        assert f"(pictures/messages/{kind}.png)" in page
        assert messages.digest(kind) in page
