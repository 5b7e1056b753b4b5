"""Duplicates side by side: the person of a request beside each one whom the register found, and from there to a decision (D15)."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from bisdesk.web.desk.call import Call
from bisdesk.web.desk.casefile import CaseFile, read_case
from bisdesk.web.desk.frame import Desk
from workflow.access import Door
from workflow.likeness import Likenesses, likenesses
from workflow.model import Role

JUDGES = frozenset({Role.SERVICE_DESK})  # B1-13: whom the register found is for the person who judges


def comparing(desk: Desk) -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get("/desk/requests/{ref}/match")
    def compare(request: Request, ref: str) -> Response:
        """All candidates beside the request; where nobody waits to be judged, the case itself."""
        call = Call(desk, request)
        user = call.officer(JUDGES)
        shown, found = desk.look(user, lambda door: _read(door, ref))
        if found is None:
            return call.go(f"/desk/requests/{shown.row.case.ref}")
        return call.page("match", case=shown, ref=shown.row.case.ref, found=found)

    return router


def _read(door: Door, ref: str) -> tuple[CaseFile, Likenesses | None]:
    shown = read_case(door, ref)
    return shown, likenesses(door, shown.row.case.ref)
