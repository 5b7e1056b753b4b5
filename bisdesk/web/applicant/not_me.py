"""Did you not ask for this? Saying so freezes everything until the service desk has looked; a GET only asks (decision 0014)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from bisdesk.web.applicant import screens
from bisdesk.web.applicant.link_screens import asked_of, not_me_screen, standing_of
from bisdesk.web.applicant.site import Site
from bisdesk.web.applicant.visit import Visit
from workflow import freezing
from workflow.errors import GuardRefused, TransitionNotAllowed

ASK, DONE = "/activate/not-me", "/activate/not-me/done"


def not_me(site: Site) -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get(ASK)
    def ask(request: Request) -> Response:
        """Did you not ask for this?"""
        visit = Visit(site, request)
        here = standing_of(visit)
        if here is None or not here.can_freeze:
            return visit.go("/activate")
        return visit.page(not_me_screen(here))

    @router.post(ASK)
    def freeze(request: Request, form: Annotated[str, Form()] = "") -> Response:
        """Let nothing move any more until the service desk has looked (F59)."""
        visit = Visit(site, request)
        here = standing_of(visit)
        if not visit.is_genuine(form) or here is None:
            return visit.trouble("stale_form")
        if not visit.is_about(form, here):
            return visit.trouble("other_link")
        if not here.can_freeze:
            return visit.go("/activate")
        try:
            site.act(lambda door: freezing.freeze(door, here.ref))
        except (GuardRefused, TransitionNotAllowed):
            return visit.go("/activate")
        visit.leave()
        return visit.tell(DONE, news="frozen")

    @router.get(DONE)
    def done(request: Request) -> Response:
        """It is stopped; afterwards the page of the link says the same."""
        visit = Visit(site, request)
        here = standing_of(visit)
        if here is None or not visit.told().news:
            return visit.go(ASK)
        return visit.page(screens.NotMeDone(asked=asked_of(here)))

    return router
