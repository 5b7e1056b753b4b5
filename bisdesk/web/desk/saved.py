"""Filters that an officer keeps under a name of their own; nobody else sees them (D2)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from bisdesk.web.desk import filters
from bisdesk.web.desk.call import Call
from bisdesk.web.desk.frame import Desk
from bisdesk.web.desk.listing import list_page
from bisdesk.web.desk.menu import READERS
from workflow import saved_views
from workflow.errors import InvalidSubmission


def saved(desk: Desk) -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get("/desk/lists/views")
    def back(request: Request) -> Response:
        """Whoever comes here by reloading or by another language is led to the lists."""
        return Call(desk, request).go(filters.LIST)

    @router.post("/desk/lists/views")
    def save(
        request: Request,
        form: Annotated[str, Form()],
        view: Annotated[str, Form()] = "",
        back: Annotated[str, Form()] = "",
    ) -> Response:
        """Keep the filters of this list."""
        call = Call(desk, request)
        user = call.officer(READERS)
        call.refuse_strange(form)
        asked = filters.read(back)
        try:
            desk.act(user, lambda door: saved_views.save(door, view, filters.query_of(asked)))
        except InvalidSubmission as wrong:
            mistakes = {"view": [call.problem(one) for one in wrong.fields]}
            return list_page(call, user, asked, status=422, mistakes=mistakes, typed={"view": view})
        return call.go(filters.address(asked)())

    @router.post("/desk/lists/views/drop")
    def drop(
        request: Request,
        form: Annotated[str, Form()],
        view: Annotated[str, Form()],
        back: Annotated[str, Form()] = "",
    ) -> Response:
        """Forget them."""
        call = Call(desk, request)
        user = call.officer(READERS)
        call.refuse_strange(form)
        desk.act(user, lambda door: saved_views.drop(door, view))
        return call.go(filters.address(filters.read(back))())

    return router
