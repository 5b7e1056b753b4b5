"""What is said of a paper: safe, with what is kept and what is shown, or refused, with a stable code and one sentence.

Light on purpose: the child that opens strange files imports it before anything else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

JPEG, PNG, PDF = "image/jpeg", "image/png", "application/pdf"


class Code(StrEnum):
    """Why a paper is refused; pages translate by it, so none is ever renamed."""

    NONE = "none"
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TYPE = "type"
    PASSWORD = "password"
    DAMAGED = "damaged"
    TOO_MANY_PAGES = "too_many_pages"
    TOO_MANY_PIXELS = "too_many_pixels"
    ACTIVE_CONTENT = "active_content"
    INFECTED = "infected"
    SCANNER_DOWN = "scanner_down"
    TOO_SLOW = "too_slow"


SENTENCES = {
    Code.NONE: "No file was chosen. Choose a PDF, JPEG or PNG of at most 10 MB.",
    Code.EMPTY: "The file is empty. Attach it again.",
    Code.TOO_LARGE: "The file is larger than 10 MB. Scan it with fewer dots per inch.",
    Code.TYPE: "The file is no PDF, JPEG or PNG, whatever its name says. Save or scan the paper as one of these.",
    Code.PASSWORD: "The file is protected with a password. Save it without protection, and attach it again.",
    Code.DAMAGED: "The file is damaged or incomplete. Scan the paper again, or save the file anew.",
    Code.TOO_MANY_PAGES: "The file has more than 20 pages. Attach only the pages that are asked for.",
    Code.TOO_MANY_PIXELS: "The picture is larger than 40 million dots, or longer than 20,000. Scan it with fewer dots per inch.",
    Code.ACTIVE_CONTENT: "The file holds a program, a form that runs one, or another file. Print it to a new PDF, or scan it.",
    Code.INFECTED: "The virus scanner found something harmful in the file. Do not send it on; scan the paper anew.",
    Code.SCANNER_DOWN: "The virus scanner does not answer, so nothing was accepted. Try again in a moment.",
    Code.TOO_SLOW: "The file takes too much time or memory to open. Scan the paper again, or print it to a new PDF.",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one paper may ask for; what is over it is refused, and a child that takes more is ended."""

    size: int  # bytes of the file
    pixels: int = 40_000_000
    side: int = 20_000  # pixels
    pages: int = 20
    dpi: int = 200  # of a page of a PDF as it is shown: small print on a card stays readable
    shown_pixels: int = 8_000_000
    objects: int = 100_000  # of a PDF
    unpacked: int = 256 * 1024 * 1024  # bytes of all streams of a PDF together
    memory: int = 1536 * 1024 * 1024  # bytes of address space
    cpu_s: int = 20
    wall_s: float = 30


@dataclass(frozen=True, slots=True)
class Safe:
    """A paper that is fit to keep: the bytes to seal, and its pages as pictures that are fit to show."""

    media_type: str
    evidence: bytes = field(repr=False)
    pages: tuple[bytes, ...] = field(repr=False)

    @property
    def page_count(self) -> int:
        """How many pages it has; a picture is one."""
        return len(self.pages)


@dataclass(frozen=True, slots=True)
class Refused:
    """A paper of which nothing is kept; `seen` is the ending of the type that it was taken for, such as `heic`."""

    code: Code
    seen: str | None = None

    @property
    def sentence(self) -> str:
        """What a person reads, in English."""
        return SENTENCES[self.code]
