"""The paper beside the data: one page of one paper at a time, larger or turned by links, each look written down (D16, U3).

A page arrives as a fresh picture with the viewer's name on it; what was uploaded never leaves as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import Response

from bisdesk.papers.pages import pages_of
from bisdesk.papers.shown import MEDIA_TYPE, TURNS, shown
from bisdesk.papers.verdict import Code
from bisdesk.web.desk.call import Call
from bisdesk.web.desk.frame import Desk
from workflow import looks
from workflow.errors import NotFound
from workflow.model import Slot, User

ZOOMS = (100, 150, 200)  # of the width of its place
BUSY = frozenset({Code.TOO_SLOW})


@dataclass(frozen=True, slots=True)
class Sheet:
    """The page of a paper that stands beside the data, or why there is none: `none`, `no_picture` or `busy`."""

    paper: Slot
    page: int
    count: int
    zoom: int
    turned: int
    why: str = ""


def scan(desk: Desk) -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get("/desk/requests/{ref}/papers/{paper}/{page}")
    def picture(request: Request, ref: str, paper: str, page: str, turned: str = "0") -> Response:
        """One page as a picture; that it was shown is committed before it leaves."""
        call = Call(desk, request)
        user = call.officer(looks.SEE_PAPERS)
        slot, number, degrees = _slot(paper), _number(page), _number(turned)
        pages = _pages(desk, user, ref, slot) if slot else ()
        if slot is None or isinstance(pages, Code) or not 1 <= number <= len(pages) or degrees not in TURNS:
            raise NotFound("page", "of a paper")
        content = shown(pages[number - 1], viewer=user.name, at=call.now, turned=degrees)
        desk.act(user, lambda door: looks.look_at_page(door, ref, slot, page=number))
        return Response(content, media_type=MEDIA_TYPE, headers={"Content-Disposition": "inline"})

    return router


def beside(call: Call, user: User, ref: str) -> Mapping[str, object]:
    """What the page of the data shows beside them, and the addresses that change it."""
    asked = call.request.query_params
    slot = _slot(asked.get("paper")) or Slot.SCAN
    pages = _pages(call.desk, user, ref, slot)
    count = 0 if isinstance(pages, Code) else len(pages)
    why = "" if count else "busy" if pages in BUSY else "none" if pages == () else "no_picture"
    sheet = Sheet(
        slot, _chosen(asked.get("page"), range(1, count + 1)), count, _chosen(asked.get("zoom"), ZOOMS),
        _chosen(asked.get("turned"), TURNS), why,
    )  # fmt: skip
    return {"sheet": sheet, "papers": tuple(Slot), "zooms": ZOOMS, "turns": TURNS, "sheet_at": _address(ref, sheet)}


def _pages(desk: Desk, user: User, ref: str, slot: Slot) -> tuple[bytes, ...] | Code:
    """The pages of a paper, none where it is not kept; no transaction is open while they are painted."""
    paper = desk.look(user, lambda door: looks.paper(door, ref, slot))
    return () if paper is None else pages_of(paper.content)


def _slot(text: str | None) -> Slot | None:
    return next((one for one in Slot if one == text), None)


def _number(text: str | None) -> int:
    """A number of an address; -1, which is no page and no turn, for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 4 else -1


def _chosen(text: str | None, choices: range | tuple[int, ...]) -> int:
    """What an address asks for, the first where it asks for nothing that there is."""
    number = _number(text)
    return number if number in choices else next(iter(choices), 1)


def _address(ref: str, sheet: Sheet) -> Callable[..., str]:
    """The address of this page with something changed; another paper begins at its first page, upright."""

    def changed_to(
        *, paper: Slot = sheet.paper, page: int = sheet.page, zoom: int = sheet.zoom, turned: int = sheet.turned
    ) -> str:
        if paper is not sheet.paper:
            page, turned = 1, 0
        query = {"paper": paper.value, "page": page, "zoom": zoom, "turned": turned}
        return f"/desk/requests/{ref}/person?{urlencode(query)}#paper"

    return changed_to
