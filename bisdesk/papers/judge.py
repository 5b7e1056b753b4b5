"""Judges an uploaded paper: size and type here, viruses by the scanner, everything inside by a child that may fail.

A claimed name or type is never asked for. Whatever a file does, the answer is a value and this process is unharmed.
"""

from __future__ import annotations

import filetype

from bisdesk.papers.cell import opened
from bisdesk.papers.verdict import JPEG, PDF, PNG, Code, Limits, Refused, Safe
from bisdesk.papers.virus import infection
from workflow.filing import LARGEST_PAPER

LIMITS = Limits(size=LARGEST_PAPER)
MAGIC = {JPEG: b"\xff\xd8\xff", PNG: b"\x89PNG\r\n\x1a\n", PDF: b"%PDF-"}
FIRST_CHUNK = slice(12, 16)  # of a PNG: the name of the chunk that every PNG begins with
MARKUP = ("svg", "html")
ONE_DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010100000000376ef9240000000a49444154789c63"
    "f80f0001010100b138f6140000000049454e44ae426082"
)  # the smallest PNG


def made_safe(content: bytes | None, *, clamd: str, limits: Limits = LIMITS) -> Safe | Refused:
    """What may be kept and shown of a paper, or why nothing is; `clamd` is the setting of that name. Raises nothing.

    What costs least is judged first, and the scanner sees the original before any library opens it.
    """
    refused = _refused_at_sight(content, limits)
    if refused or not content:
        return refused or Refused(Code.NONE)
    ill = infection(content, clamd)
    if ill:
        return Refused(ill)
    found = opened(content, media_of(content), limits)
    return Refused(found) if isinstance(found, Code) else found


def can_open() -> bool:
    """Whether a child starts that can open a paper; without one every paper would be called damaged."""
    return isinstance(opened(ONE_DOT, PNG, LIMITS), Safe)


def media_of(content: bytes) -> str:
    """The media type that the first bytes stand for, of the three that are taken, or the one for anything else."""
    return next((media for media, magic in MAGIC.items() if content.startswith(magic)), "application/octet-stream")


def _refused_at_sight(content: bytes | None, limits: Limits) -> Refused | None:
    if content is None:
        return Refused(Code.NONE)
    if not content:
        return Refused(Code.EMPTY)
    if len(content) > limits.size:
        return Refused(Code.TOO_LARGE)
    media = media_of(content)
    if media not in MAGIC:
        return Refused(Code.TYPE, seen=_taken_for(content))
    headless = media == PNG and content[FIRST_CHUNK] != b"IHDR"
    endless = media == PDF and b"%%EOF" not in content  # a part of a file, of which a tolerant reader would show a part
    return Refused(Code.DAMAGED) if headless or endless else None


def _taken_for(content: bytes) -> str | None:
    start = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(b"<"):
        return next((kind for kind in MARKUP if f"<{kind}".encode() in start), "xml")
    try:
        kind = filetype.guess(content)
    except Exception:  # noqa: BLE001  # its matchers index into bytes that anybody wrote
        return None
    return str(kind.extension) if kind else None
