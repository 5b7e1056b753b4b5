"""Reads a mail's HTML as a person would: its words, its links, its headings, and what it would fetch from elsewhere.

It knows nothing of messages.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from html.parser import HTMLParser

_FETCHING = frozenset(
    {"img", "script", "link", "iframe", "object", "embed", "video", "audio", "source", "form", "base"}
)
_FETCHING_ATTRIBUTES = frozenset({"src", "srcset", "background", "action", "formaction", "poster"})
_WORD = re.compile(r"[^\W_](?:.*[^\W_])?")
_UNCLOSED = frozenset({"meta", "br", "hr", "img", "link", "base", "source", "embed", "input"})


@dataclass(frozen=True, slots=True)
class Page:
    """What stands in an HTML part."""

    language: str | None
    words: tuple[str, ...]
    links: tuple[str, ...]
    headings: int
    foreign: tuple[str, ...]  # tags and attributes that fetch something, or run something


@lru_cache(maxsize=8)  # several rules read the same page
def read_page(html: str) -> Page:
    """Read the HTML part of a mail."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return Page(
        reader.language,
        words("".join(reader.text)),
        tuple(reader.links),
        reader.headings,
        tuple(reader.foreign),
    )


def words(text: str) -> tuple[str, ...]:
    """The words and numbers of a text, without the punctuation around them."""
    stripped = (_bare(part) for part in text.split())
    return tuple(word for word in stripped if word)


def _bare(part: str) -> str:
    found = _WORD.search(part)
    return found[0] if found else ""


class _Reader(HTMLParser):
    """Collects what `Page` holds; the head of the document is not for reading."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.language: str | None = None
        self.text: list[str] = []
        self.links: list[str] = []
        self.headings = 0
        self.foreign: list[str] = []
        self.open: list[str] = []
        self._numbers: list[int | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag means; anything but running text parts the words."""
        values = dict(attrs)
        if tag not in _UNCLOSED:
            self.open.append(tag)
        self.foreign += [tag] if tag in _FETCHING else []
        self.foreign += [name for name in values if name in _FETCHING_ATTRIBUTES or name.startswith("on")]
        if "url(" in (values.get("style") or "").lower():
            self.foreign.append("style")
        if tag == "html":
            self.language = values.get("lang")
        if tag == "a":
            self.links.append(values.get("href") or "")
        self.headings += tag == "h1"
        self._mark(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the innermost tag; that the tags match was seen when the frame was put around them."""
        if self.open:
            self.open.pop()
        if tag in ("ol", "ul") and self._numbers:
            self._numbers.pop()
        if tag not in ("a", "bdi", "b", "i", "span"):
            self.text.append(" ")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag that closes itself, such as a line break."""
        self.handle_starttag(tag, attrs)
        if tag not in _UNCLOSED:
            self.handle_endtag(tag)

    def handle_data(self, data: str) -> None:
        """Keep what is shown."""
        if "head" not in self.open:
            self.text.append(data)

    def _mark(self, tag: str) -> None:
        """Number the items of a list as they are shown."""
        if tag in ("ol", "ul"):
            self._numbers.append(0 if tag == "ol" else None)
        if tag == "li" and self._numbers and self._numbers[-1] is not None:
            self._numbers[-1] += 1
            self.text.append(f" {self._numbers[-1]}. ")
        elif tag in ("p", "li", "br", "div", "h1"):
            self.text.append(" ")
