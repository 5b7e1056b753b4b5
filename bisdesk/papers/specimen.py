"""Draws the papers of invented people: the page of an identity document and a signed declaration, each marked SPECIMEN.

They look like papers and imitate none: no country's design, no coat of arms, no photo, and no line that a machine could read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageDraw

from bisdesk.papers.shown import FONTS, in_letters

Point = tuple[float, float]
PAGE, SHEET = (1000, 640), (827, 1169)  # pixels: a card, and an A4 page at 100 dots per inch
PAPER, BAND, INK, FAINT = "#eef2f7", "#24486b", "#1d2733", "#c3d0de"
MARK, MARK_INK, SLANT = "SPECIMEN", 46, 24
QUALITY = 72
STROKES: tuple[tuple[Point, ...], ...] = (  # of a signature that spells nothing
    ((0, 34), (18, 4), (30, 44), (46, 12), (58, 40), (74, 18), (92, 36), (118, 8), (132, 38), (170, 22)),
    ((8, 48), (60, 44), (140, 50)),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One field of a paper: what it is called, and what stands there."""

    label: str
    value: str = field(repr=False)


def identity_page(title: str, lines: Sequence[Line]) -> bytes:
    """The page of an identity document as a scanner gives it, a JPEG; a shape stands where a face would be."""
    page = Image.new("RGB", PAGE, PAPER)
    pen = ImageDraw.Draw(page)
    for x in range(-PAGE[1], PAGE[0], 26):
        pen.line((x, PAGE[1], x + PAGE[1], 0), fill="#e2e9f1", width=2)
    pen.rectangle((0, 0, PAGE[0], 78), fill=BAND)
    _write(pen, (30, 39), title, 30, "white")
    page.paste(_portrait(), (40, 120))
    for number, line in enumerate(lines):
        column, row = number % 2, number // 2
        place = (320 + column * 340, 130 + row * 88)
        _write(pen, place, line.label, 17, "#51657a")
        _write(pen, (place[0], place[1] + 32), line.value, 27, INK)
    pen.rectangle((0, PAGE[1] - 64, PAGE[0], PAGE[1]), fill="#dfe6ee")
    _write(pen, (30, PAGE[1] - 32), "Invented document of an invented person. It proves nothing.", 21, INK)
    return _jpeg(_marked(page))


def declaration(title: str, paragraphs: Sequence[str], signed: str) -> bytes:
    """A signed declaration of one page, a PDF that holds a scan, as offices make them."""
    sheet = Image.new("L", SHEET, "white")
    pen = ImageDraw.Draw(sheet)
    _write(pen, (80, 110), title, 30, "black")
    y = 190.0
    for paragraph in paragraphs:
        for line in _wrapped(paragraph, 66):
            _write(pen, (80, y), line, 19, "black")
            y += 32
        y += 20
    for stroke in STROKES:
        pen.line([(90 + 1.7 * x, y + 30 + 1.7 * dy) for x, dy in stroke], fill=40, width=4, joint="curve")
    pen.line((80, y + 150, 460, y + 150), fill=90, width=2)
    _write(pen, (80, y + 176), signed, 19, "black")
    out = BytesIO()
    _marked(sheet).save(out, "PDF", resolution=100, quality=QUALITY)
    return out.getvalue()


def _portrait() -> Image.Image:
    """A head and shoulders, nobody's."""
    frame = Image.new("RGB", (240, 310), "white")
    pen = ImageDraw.Draw(frame)
    pen.ellipse((75, 60, 165, 170), fill=FAINT)
    pen.ellipse((30, 185, 210, 430), fill=FAINT)
    pen.rectangle((0, 0, 239, 309), outline=FAINT, width=3)
    return frame


def _marked(page: Image.Image) -> Image.Image:
    """The page with the mark all over it, so that no part of it can pass for real."""
    page.paste("#7d1a14" if page.mode == "RGB" else 60, mask=_marks(page.size))
    return page


@lru_cache(maxsize=2)
def _marks(size: tuple[int, int]) -> Image.Image:
    """How dark each place of a page of this size is made."""
    across, down = size
    plain = Image.new("L", (across * 2, down * 2))
    pen = ImageDraw.Draw(plain)
    for row, y in enumerate(range(40, plain.height, 150)):
        for x in range(-200 * (row % 2), plain.width, 400):
            _write(pen, (x, y), MARK, 52, MARK_INK)
    slanted = plain.rotate(SLANT, resample=Image.Resampling.BILINEAR)
    return slanted.crop((across // 2, down // 2, across // 2 + across, down // 2 + down))


def _write(pen: ImageDraw.ImageDraw, at: Point, words: str, letter: int, ink: str | int) -> None:
    x, y = at
    for text, font in in_letters(words, letter, FONTS):
        pen.text((x, y), text, fill=ink, font=font, anchor="lm")
        x += font.getlength(text)


def _wrapped(text: str, most: int) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if len(longer) > most:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _jpeg(page: Image.Image) -> bytes:
    out = BytesIO()
    page.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()
