"""What a viewer gets of a page: a fresh picture, turned as asked for, with who looked and when written all over it.

The words stand one beside the other at a slant, faint enough to read what is below and too many to cut away.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from PIL.ImageFont import FreeTypeFont

from workflow.calendar import BRUSSELS

MEDIA_TYPE = "image/jpeg"  # of every answer
TURNS = (0, 90, 180, 270)
# The site's own typeface (SIL Open Font License), which set-up puts there; the second has the letters of more languages.
FONTS = tuple(
    Path(__file__).parents[1] / "web" / "static" / "fonts" / f"public-sans-{part}.woff2"
    for part in ("latin", "latin-ext")
)
WEIGHT = 600
LONGEST_NAME = 60
MOST_PIXELS = 10_000_000
SLANT = 30  # degrees
LETTERS_A_SIDE = 50  # the size of the letters, as a part of the longer side
ROWS_APART = 7  # letters: whatever part is cut out, a name and a time are in it
INK, HALO = 54, 48  # of 255: dark letters for light places, with a light edge for dark ones
QUALITY = 82
NO_LETTER = "\uffff"


def shown(page: bytes, *, viewer: str, at: datetime, turned: int = 0, fonts: tuple[Path, ...] = FONTS) -> bytes:
    """A page of a safe paper as a JPEG, turned clockwise by so many degrees, with the viewer's name and the time on it.

    Raises: ValueError for another turn, or for what is no page of a safe paper.
    """
    if turned not in TURNS:
        raise ValueError("a page is turned by 0, 90, 180 or 270 degrees")
    picture = _turned(_page(page), turned)
    words = f"{_printable(viewer)} · {at.astimezone(BRUSSELS):%d-%m-%Y %H:%M}"
    ink, halo = _sheet(picture.size, words, fonts)
    picture.paste("white", mask=halo)
    picture.paste("#20242c", mask=ink)
    out = BytesIO()
    picture.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def _page(page: bytes) -> Image.Image:
    try:
        picture = Image.open(BytesIO(page), formats=("JPEG", "PNG"))
        if picture.width * picture.height > MOST_PIXELS:
            raise ValueError("this is larger than any page")
        return picture.convert("RGB")
    except (OSError, SyntaxError, Image.DecompressionBombError):
        raise ValueError("this is no page of a safe paper") from None


def _turned(picture: Image.Image, degrees: int) -> Image.Image:
    ways = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}
    return picture.transpose(ways[degrees]) if degrees else picture


def _printable(viewer: str) -> str:
    return "".join(letter for letter in viewer.strip() if letter.isprintable())[:LONGEST_NAME] or "?"


def _sheet(size: tuple[int, int], words: str, fonts: tuple[Path, ...]) -> tuple[Image.Image, Image.Image]:
    """How dark and how light each place is made, for a page of this size."""
    letter = max(max(size) // LETTERS_A_SIDE, 9)
    ink, halo = (_slanted(words, letter, fonts, edge=edge) for edge in (0, max(letter // 12, 1)))
    across, down = max(int(halo.width * 0.98), 1), letter * ROWS_APART
    sheets = Image.new("L", size), Image.new("L", size)
    for row, top in enumerate(range(-halo.height, size[1], down)):
        for left in range(-across // 2 - (row % 2) * across // 2, size[0], across):
            for sheet, mark, strength in zip(sheets, (ink, halo), (INK, HALO), strict=True):
                sheet.paste(strength, (left, top), mark)
    return sheets


def _slanted(words: str, letter: int, fonts: tuple[Path, ...], *, edge: int) -> Image.Image:
    """The words once, rising to the right: black on nothing."""
    pieces = [(text, font, font.getlength(text)) for text, font in in_letters(words, letter, fonts)]
    mark = Image.new("L", (int(sum(width for *_, width in pieces)) + 2 * letter, letter * 2))
    pen, left = ImageDraw.Draw(mark), float(letter)
    for text, font, width in pieces:
        pen.text((left, letter), text, fill=255, font=font, anchor="lm", stroke_width=edge, stroke_fill=255)
        left += width
    return mark.rotate(SLANT, expand=True, resample=Image.Resampling.BILINEAR)


def in_letters(words: str, letter: int, fonts: tuple[Path, ...]) -> Iterator[tuple[str, FreeTypeFont]]:
    """The words cut where the typeface changes; a letter that none has is written without its marks, or as a question mark."""
    faces = _faces(letter, fonts)
    run, held = "", faces[0]
    for sign in words:
        plain = unicodedata.normalize("NFKD", sign)[:1]
        choices = ((one, face) for one in (sign, plain) for face in faces if _has(face, one))
        one, face = next(choices, ("?", faces[0]))
        if face is not held:
            yield run, held
            run, held = "", face
        run += one
    yield run, held


def _has(face: FreeTypeFont, sign: str) -> bool:
    return sign.isspace() or bytes(face.getmask(sign)) != bytes(face.getmask(NO_LETTER))


@lru_cache(maxsize=32)
def _faces(letter: int, fonts: tuple[Path, ...]) -> tuple[FreeTypeFont, ...]:
    faces = [ImageFont.truetype(str(path), letter) for path in fonts if path.is_file()]
    for face in faces:
        face.set_variation_by_axes([WEIGHT])
    plain = ImageFont.load_default(letter)
    return tuple(faces) or ((plain,) if isinstance(plain, FreeTypeFont) else ())
