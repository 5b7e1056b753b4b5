"""Two reports for auditors: who looked at papers and numbers, and whether four eyes saw every approval (U3, U8)."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from bisdesk.web.desk import filters
from bisdesk.web.desk.audit import PARTS
from bisdesk.web.desk.call import Call
from bisdesk.web.desk.frame import Desk
from bisdesk.web.desk.menu import AUDITORS
from workflow import trail
from workflow.access import Door
from workflow.ports_desk import Look, Place
from workflow.trail import Eyes

PERIODS = ("1", "7", "30", "90")  # days


def audit_reports(desk: Desk) -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get("/desk/audit/looks")
    def looks(request: Request, days: str = "7") -> Response:
        """Who looked at papers and numbers, searched, or took a list away."""
        call = Call(desk, request)
        user = call.officer(AUDITORS)
        span = days if days in PERIODS else PERIODS[1]
        found, refs, people = desk.look(user, lambda door: _looks(door, int(span)))
        return call.page(
            "audit_looks", parts_of=PARTS, part="looks", looks=found, refs=refs, people=people, days=span, periods=PERIODS,
            told_of=_told, most=trail.MOST_LOOKS,
        )  # fmt: skip

    @router.get("/desk/audit/four-eyes")
    def four_eyes(request: Request, days: str = "30", after: str = "") -> Response:
        """Who filed, mended, approved and judged."""
        call = Call(desk, request)
        user = call.officer(AUDITORS)
        span = days if days in PERIODS else PERIODS[2]
        since, place = call.now - timedelta(days=int(span)), filters.placed(after)

        def read(door: Door) -> tuple[tuple[Eyes, ...], Place | None, dict[str, str]]:
            rows, further = trail.four_eyes(door, since=since, after=place)
            return rows, further, trail.names(door, trail.people_of(rows))

        rows, further, people = desk.look(user, read)
        onward = (
            f"{PARTS['four_eyes']}?{urlencode({'days': span, 'after': filters.written(further)})}" if further else ""
        )
        return call.page(
            "audit_four_eyes", parts_of=PARTS, part="four_eyes", rows=rows, people=people, next=onward, days=span,
            periods=PERIODS,
        )  # fmt: skip

    return router


def _looks(door: Door, days: int) -> tuple[tuple[Look, ...], dict[UUID, str], dict[str, str]]:
    found, refs = trail.looks(door, days=days)
    return found, refs, trail.names(door, {look.actor for look in found})


def _told(look: Look) -> tuple[str, str]:
    """Of an export its filters and how many rows it had."""
    query, _, rows = look.told.partition(" rows=")
    return filters.query_of(filters.read(query)), rows
