"""What a page says about the form that was sent from it: what is to be mended and what was typed, or what was done.

The answer to a form leads on and leaves this in a sealed cookie. Only the page whose address bears its mark shows it, to the
browser that sent the form: another tab does not, a reload and another language do, and nothing is sent twice for it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bisdesk.web.applicant.screens import Mistake
from bisdesk.web.applicant.seal import Seal
from workflow.model import Language

TOLD_FOR = timedelta(minutes=10)
LONGEST = 254  # characters of a field that are kept to be mended: an address; all of it fits into a cookie
CONTEXT = "cookie/told/v1"
MARK = "told"  # the name of the mark in an address


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is said once; `typed` holds no secret, and `ref` and `language` are those of the page that the form was on."""

    mistakes: tuple[Mistake, ...] = ()
    typed: Mapping[str, str] = field(default_factory=dict, repr=False)
    news: str = ""  # what was done, where a page of its own says so
    ref: str = field(default="", repr=False)
    language: Language | None = None


@dataclass(frozen=True, slots=True)
class Spot:
    """Where it may be said: in one browser, on one page, under one mark."""

    visit: str = field(repr=False)
    path: str
    mark: str

    @property
    def context(self) -> bytes:
        """What the seal binds it to."""
        return json.dumps([CONTEXT, self.visit, self.path, self.mark]).encode()


def noted(seal: Seal, told: Told, spot: Spot, *, now: datetime) -> str:
    """It as a cookie carries it."""
    mistakes = [[one.name, one.sentence, one.values] for one in told.mistakes]
    typed = {name: _kept(text) for name, text in told.typed.items()}
    plain = [told.ref, told.language or "", told.news, typed, mistakes]
    return seal.shut(json.dumps(plain, ensure_ascii=False).encode("utf-8", "replace"), spot.context, now=now)


def told_in(seal: Seal, cookie: str, spot: Spot, *, now: datetime) -> Told:
    """What a cookie says at this spot; nothing where it was made for another one, or too long ago."""
    plain = seal.read(cookie, spot.context, younger_than=TOLD_FOR, now=now)
    if plain is None:
        return Told()
    ref, language, news, typed, mistakes = json.loads(plain)
    said = tuple(Mistake(*one) for one in mistakes)
    return Told(mistakes=said, typed=typed, news=news, ref=ref, language=Language(language) if language else None)


def _kept(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable())[:LONGEST]
