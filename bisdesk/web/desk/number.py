"""The number of a completed request, on request only: pressing the button is a look, and looks are written down (E16)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from bisdesk.web.desk.call import Call
from bisdesk.web.desk.frame import Desk
from workflow import looks
from workflow.errors import GuardRefused


def number(desk: Desk) -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.post("/desk/requests/{ref}/number")
    def show(request: Request, ref: str, form: Annotated[str, Form()] = "") -> Response:
        """The number and until when it is shown; it stands in this answer only, in no address and on no other page."""
        call = Call(desk, request)
        user = call.officer(looks.SEE_NUMBER)
        call.refuse_strange(form)
        try:
            told = desk.act(user, lambda door: looks.show_number(door, ref))
        except GuardRefused:
            return call.go(f"/desk/requests/{ref.upper()}")
        return call.page("case_number", ref=ref.upper(), told=told)

    @router.get("/desk/requests/{ref}/number")
    def again(request: Request, ref: str) -> Response:
        """Whoever reloads or keeps the address comes to the case, where it can be asked for again."""
        call = Call(desk, request)
        call.officer(looks.SEE_NUMBER)
        return call.go(f"/desk/requests/{ref.upper()}")

    return router
