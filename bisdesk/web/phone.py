"""The mailboxes and phones of invented people, for demo and test: what was captured, in the browser, with links that work.

It exists only where messages are captured and nobody real is written to; never in live.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import ClassVar

from fastapi import APIRouter, Request
from starlette.responses import Response

from bisdesk.demo.letters import MAIL, SMS, Letter, arrived_at, newest_first, read_letter
from bisdesk.settings import Env, Settings
from bisdesk.web.applicant.screens import Screen
from bisdesk.web.applicant.site import Site
from bisdesk.web.applicant.visit import Visit

PATH = "/demo/phone"
MOST, OLDEST = 40, 400  # messages on the page, newest first; messages that are looked through
REFERENCE = re.compile(r"AC-\d{4}-\d{5}-\w\w")
CAPTURE = "capture:"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text; `address` where it is a link of ours."""

    text: str = field(repr=False)
    address: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One mail or SMS as its reader sees it."""

    channel: str  # mail or sms
    to: str = field(repr=False)
    subject: str = field(repr=False)
    at: datetime
    lines: tuple[tuple[Piece, ...], ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Box:
    """What one person reads: a mailbox, with their phone once it is known; `key` names it in the address of the page."""

    key: str
    to: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Phone(Screen):
    """What one person got, newest first, and whose else there is to look into."""

    template: ClassVar[str] = "phone"
    received: tuple[Received, ...] = field(repr=False)
    boxes: tuple[Box, ...] = ()
    shown: str = ""  # the key of the box that is open


def has_phone(settings: Settings) -> bool:
    """Whether there is anything to show, and nobody real behind it."""
    captures = settings.smtp_url.startswith(CAPTURE) and settings.sms_url.startswith(CAPTURE)
    return settings.env is not Env.LIVE and captures


def phone(site: Site) -> APIRouter:
    """The route."""
    router = APIRouter()

    @router.get(PATH)
    def show(request: Request, of: str = "") -> Response:
        """Mail and SMS of one person."""
        return Visit(site, request).page(_phone(site.app.settings, of))

    return router


def received_by(settings: Settings, addresses: frozenset[str]) -> tuple[Received, ...]:
    """What came to these addresses, newest first."""
    ours = _links(settings.applicant_base_url)
    own = [(letter, at) for letter, at in _letters(settings) if letter.to in addresses]
    return tuple(_received(*one, ours) for one in own[:MOST])


def _letters(settings: Settings) -> list[tuple[Letter, datetime]]:
    """Everything that was captured lately, newest first, each with when it came."""
    folders = (Path(url.removeprefix(CAPTURE)) for url in (settings.smtp_url, settings.sms_url))
    return [(read_letter(path), arrived_at(path)) for path in newest_first(*folders)[:OLDEST]]


def _phone(settings: Settings, asked: str) -> Phone:
    letters = _letters(settings)
    link = f"{settings.applicant_base_url}/a/"
    owners = _owners([letter for letter, _ in letters], link)
    boxes = _boxes(owners)
    first = next((owners[letter.to] for letter, _ in letters if link in letter.text), "")
    known = {box.key for box in boxes}
    shown = asked if asked in known else _key(first) if first else boxes[0].key if boxes else ""
    ours = _links(settings.applicant_base_url)
    own = [(letter, at) for letter, at in letters if _key(owners[letter.to]) == shown]
    return Phone(received=tuple(_received(*one, ours) for one in own[:MOST]), boxes=boxes, shown=shown)


def _owners(letters: Sequence[Letter], link: str) -> dict[str, str]:
    """To whose mailbox each address belongs: a phone to the one to which the link of the same reference came."""
    of_reference = {
        ref: letter.to
        for letter in letters
        if letter.channel == MAIL and link in letter.text
        for ref in REFERENCE.findall(letter.text)
    }
    of_phone = {
        letter.to: of_reference[ref]
        for letter in letters
        if letter.channel == SMS
        for ref in REFERENCE.findall(letter.text)
        if ref in of_reference
    }
    return {letter.to: of_phone.get(letter.to, letter.to) for letter in letters}


def _boxes(owners: dict[str, str]) -> tuple[Box, ...]:
    """One for each owner, who got something last before the others."""
    of_owner: dict[str, list[str]] = {owner: [owner] for owner in owners.values()}
    for address, owner in owners.items():
        if address != owner:
            of_owner[owner].append(address)
    return tuple(Box(_key(owner), tuple(addresses)) for owner, addresses in of_owner.items())


def _key(owner: str) -> str:
    """A name for the address of the page, which nobody's own address must be in."""
    return sha256(owner.encode()).hexdigest()[:12]


def _received(letter: Letter, at: datetime, ours: re.Pattern[str]) -> Received:
    lines = tuple(_pieces(line, ours) for line in letter.text.splitlines() if line.strip())
    channel = "sms" if letter.channel == SMS else "mail"
    return Received(channel=channel, to=letter.to, subject=letter.subject, at=at, lines=lines)


def _links(base: str) -> re.Pattern[str]:
    """Our own addresses, without the full stop of the sentence that they end."""
    return re.compile(rf"({re.escape(base)}/(?:[^\s<>]*[^\s<>.,;:!?)])?)")


def _pieces(line: str, ours: re.Pattern[str]) -> tuple[Piece, ...]:
    parts = ours.split(line)
    return tuple(Piece(part, part if place % 2 else "") for place, part in enumerate(parts) if part)
