"""What is refused before anything is opened: by size, by type as the bytes tell it, by what is plainly missing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bisdesk.papers.judge import LIMITS, made_safe
from bisdesk.papers.verdict import SENTENCES, Code, Refused
from tests.support import papers
from workflow.filing import LARGEST_PAPER

HTML = b"<!doctype html><html><script>alert(1)</script></html>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def refused(content: bytes | None) -> Refused:
    """What is said of a paper that is refused."""
    found = made_safe(content, clamd="off")
    assert isinstance(found, Refused), found
    return found


def test_no_file_and_an_empty_file_are_told_apart() -> None:
    assert refused(None).code is Code.NONE
    assert refused(b"").code is Code.EMPTY


def test_ten_megabytes_are_the_most() -> None:
    assert LIMITS.size == LARGEST_PAPER == 10 * 1024 * 1024
    assert refused(papers.jpeg() + bytes(LARGEST_PAPER)).code is Code.TOO_LARGE
    assert refused(b"a" * LARGEST_PAPER).code is Code.TYPE


@pytest.mark.parametrize(
    ("content", "seen"),
    [
        (papers.other("GIF"), "gif"), (papers.other("TIFF"), "tif"), (papers.other("WEBP"), "webp"),
        (papers.other("BMP"), "bmp"), (papers.heic(), "heic"), (papers.zipped(), "zip"), (SVG, "svg"), (HTML, "html"),
        (b"  \n<svg/>", "svg"), (b"<note/>", "xml"), (b"only words", None), (b"\0" * 40, None), (b" %PDF-1.7 %%EOF", None),
        (b"MZ" + bytes(100), "exe"), (b"\x7fELF" + bytes(100), "elf"),
    ],
)  # fmt: skip
def test_another_type_is_refused_whatever_its_name_says(content: bytes, seen: str | None) -> None:
    found = refused(content)

    assert (found.code, found.seen) == (Code.TYPE, seen)
    assert "PDF, JPEG or PNG" in found.sentence


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n a scan", b"%PDF-1.7 a declaration", papers.pdf(3)[:-30]])
def test_a_file_without_its_head_or_its_end_is_damaged(content: bytes) -> None:
    assert refused(content).code is Code.DAMAGED


def test_a_smaller_limit_holds_as_well() -> None:
    content = papers.png()

    found = made_safe(content, clamd="off", limits=replace(LIMITS, size=len(content) - 1))

    assert found == Refused(Code.TOO_LARGE)


def test_every_code_has_one_sentence_that_says_what_to_do() -> None:
    assert set(SENTENCES) == set(Code)
    assert len({*SENTENCES.values()}) == len(Code)
    for sentence in SENTENCES.values():
        assert sentence.endswith(".")
        assert len(sentence) < 130


def test_the_codes_keep_their_names() -> None:
    assert {*Code} == {
        "none", "empty", "too_large", "type", "password", "damaged", "too_many_pages", "too_many_pixels",
        "active_content", "infected", "scanner_down", "too_slow",
    }  # fmt: skip
