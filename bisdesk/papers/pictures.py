"""Opens a JPEG or PNG whole and writes it anew: upright, on white, with nothing of what came along.

It runs in the child only.
"""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO

from PIL import Image, JpegImagePlugin, MpoImagePlugin, PngImagePlugin, TiffImagePlugin

from bisdesk.papers.verdict import JPEG, PNG, Code, Limits, Safe

PLUG_INS = (JpegImagePlugin, MpoImagePlugin, PngImagePlugin, TiffImagePlugin)  # loaded before the last door shuts
Image.preinit()
FORMATS = {JPEG: "JPEG", PNG: "PNG"}
ORIENTATION = 0x0112  # of EXIF
TURNED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}  # fmt: skip
QUALITIES = ((92, 0), (88, 2), (80, 2), (65, 2), (45, 2))  # with how the colours are thinned out; the first that fits
SHOWN = ((86, 2),)


def read(content: bytes, media: str, limits: Limits) -> Safe | Code:
    """A picture as it may be kept and shown. Raises: whatever a broken file brings the library to."""
    Image.MAX_IMAGE_PIXELS = None  # its limit only warns up to twice its number; ours refuses
    picture = Image.open(BytesIO(content), formats=(FORMATS[media],))
    if too_large(picture.size, limits):
        return Code.TOO_MANY_PIXELS
    picture.load()
    plain = _plain(_upright(picture))
    kept_as, evidence = _kept(plain, media, limits)
    if evidence is None:
        return Code.TOO_LARGE
    small = plain.width * plain.height <= limits.shown_pixels
    return Safe(kept_as, evidence, (evidence if small else shown(plain, limits),))


def too_large(size: tuple[int, int], limits: Limits) -> bool:
    """Whether a picture has more pixels than are taken."""
    return size[0] * size[1] > limits.pixels or max(size) > limits.side


def shown(picture: Image.Image, limits: Limits) -> bytes:
    """A page as a viewer gets it, made smaller where it has more pixels than anybody looks at."""
    scale = min((limits.shown_pixels / (picture.width * picture.height)) ** 0.5, 1)
    if scale < 1:
        size = (max(int(picture.width * scale), 1), max(int(picture.height * scale), 1))
        picture = picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    return jpeg(picture, SHOWN) or b""


def jpeg(picture: Image.Image, qualities: Iterable[tuple[int, int]], most: int | None = None) -> bytes | None:
    """The best JPEG of at most so many bytes; None where even the plainest is larger."""
    for quality, thinned in qualities:
        out = BytesIO()
        picture.save(out, "JPEG", quality=quality, subsampling=thinned)
        if most is None or out.tell() <= most:
            return out.getvalue()
    return None


def _kept(picture: Image.Image, media: str, limits: Limits) -> tuple[str, bytes | None]:
    """A PNG stays one unless it grew over the limit."""
    if media == PNG:
        out = BytesIO()
        picture.save(out, "PNG")
        if out.tell() <= limits.size:
            return PNG, out.getvalue()
    return JPEG, jpeg(picture, QUALITIES, limits.size)


def _upright(picture: Image.Image) -> Image.Image:
    try:
        turn = TURNED.get(picture.getexif().get(ORIENTATION, 1))
    except Exception:  # noqa: BLE001  # broken notes about a picture do not make the picture wrong
        turn = None
    return picture if turn is None else picture.transpose(turn)


def _plain(picture: Image.Image) -> Image.Image:
    """Eight bits, grey or in colour, what is transparent on white; and nothing that came along."""
    if picture.mode.startswith("I;16"):
        high = 1 if picture.mode in ("I;16", "I;16L") else 0
        plain = Image.frombytes("L", picture.size, picture.tobytes()[high::2])
    elif picture.has_transparency_data:
        seen = picture.convert("RGBA")
        plain = Image.new("RGB", seen.size, "white")
        plain.paste(seen, mask=seen.getchannel("A"))
    else:
        plain = picture.convert("L" if picture.mode in ("1", "L") else "RGB")
    plain.info = {}  # comments and colour profiles would be written again
    return plain
