"""Takes the pictures of docs/messages.md that no longer show what is sent, with the system's Chromium: `make pictures`."""

from __future__ import annotations

import sys
import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image, PngImagePlugin

from notifications.catalogue import KINDS
from tests.support.browser import browser, found
from tests.support.generate import ROOT
from tests.support.messages import FOLDER, MARK, digest, picture_of, shown, stale_pictures

WIDTH, COLOURS = 1480, 64


def small(picture: bytes, mark: str) -> bytes:
    """The same picture in few colours, with what it shows written into it."""
    text, out = PngImagePlugin.PngInfo(), BytesIO()
    text.add_text(MARK, mark)
    few = Image.open(BytesIO(picture)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(out, "PNG", optimize=True, pnginfo=text)
    return out.getvalue()


def take(program: str, root: Path = ROOT) -> list[str]:
    """Take what is stale again, remove what belongs to no message; the names of both."""
    old = stale_pictures(root)
    (root / FOLDER).mkdir(parents=True, exist_ok=True)
    for name in old:
        (root / name).unlink(missing_ok=True)
    with browser(program) as one, tempfile.TemporaryDirectory() as folder:
        for kind in (kind for kind in KINDS if not picture_of(kind, root).exists()):
            page = Path(folder) / f"{kind}.html"
            page.write_text(shown(kind), encoding="utf-8")
            picture_of(kind, root).write_bytes(small(one.picture(page, width=WIDTH), digest(kind)))
    return old


def main() -> int:
    """Take the stale pictures; fails where there is no browser."""
    program = found()
    if program is None:
        print("This needs Chromium: install the package chromium, then run the command again.", file=sys.stderr)
        return 1
    for name in take(program):
        print(f"taken: {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
