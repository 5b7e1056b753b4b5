"""The mailbox and phone of invented people, for demo and test: what was captured, in the browser, with links that work.

It exists only where messages are captured and nobody real is written to; never in live.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from fastapi import APIRouter, Request
from starlette.responses import Response

from bisdesk.demo.letters import SMS, arrived_at, captured, read_letter
from bisdesk.settings import Env, Settings
from bisdesk.web.applicant.screens import Screen
from bisdesk.web.applicant.site import Site
from bisdesk.web.applicant.visit import Visit

PATH = "/demo/phone"
MOST = 40  # messages on the page, newest first
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Phone(Screen):
    """What everybody got, newest first."""

    template: ClassVar[str] = "phone"
    received: tuple[Received, ...] = field(repr=False)


def has_phone(settings: Settings) -> bool:
    """Whether there is anything to show, and nobody real behind it."""
    captures = settings.smtp_url.startswith(CAPTURE) and settings.sms_url.startswith(CAPTURE)
    return settings.env is not Env.LIVE and captures


def phone(site: Site) -> APIRouter:
    """The route."""
    router = APIRouter()

    @router.get(PATH)
    def show(request: Request) -> Response:
        """Mail and SMS."""
        return Visit(site, request).page(Phone(received=_received(site.app.settings)))

    return router


def _received(settings: Settings) -> tuple[Received, ...]:
    folders = (Path(url.removeprefix(CAPTURE)) for url in (settings.smtp_url, settings.sms_url))
    newest = sorted(captured(*folders), key=lambda path: (arrived_at(path), path.name), reverse=True)[:MOST]
    ours = re.compile(rf"({re.escape(settings.applicant_base_url)}/[^\s<>]*)")
    found = []
    for path in newest:
        letter = read_letter(path)
        lines = tuple(_pieces(line, ours) for line in letter.text.splitlines() if line.strip())
        found.append(
            Received(
                channel="sms" if letter.channel == SMS else "mail", to=letter.to, subject=letter.subject,
                at=arrived_at(path), lines=lines,
            )
        )  # fmt: skip
    return tuple(found)


def _pieces(line: str, ours: re.Pattern[str]) -> tuple[Piece, ...]:
    parts = ours.split(line)
    return tuple(Piece(part, part if place % 2 else "") for place, part in enumerate(parts) if part)
