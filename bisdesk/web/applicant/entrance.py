"""From the link to the page that is true now: `/a/{token}`, `/activate` and what leads on from there.

GET and HEAD change nothing; which page it is, `workflow.standing` says.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from bisdesk.web.applicant import screens
from bisdesk.web.applicant.link_screens import renewed_screen, screen_of, standing_of
from bisdesk.web.applicant.site import Site
from bisdesk.web.applicant.visit import Visit
from workflow import activations, activations_code
from workflow.access import Door
from workflow.errors import GuardRefused, TransitionNotAllowed
from workflow.standing import Page, Standing, of_link

RENEWED = "/activate/renewed"


def entrance(site: Site) -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.api_route("/", methods=["GET", "HEAD"])
    def start() -> Response:
        """Whoever types the bare name of the site begins where everybody does."""
        return RedirectResponse("/activate", 303)

    @router.api_route("/a/{token}", methods=["GET", "HEAD"])
    def open_link(request: Request, token: str) -> Response:
        """Take the token out of the address bar; the same answer for every token, and nothing is looked up."""
        visit = Visit(site, request)
        wait = site.opens.wait_of(visit.address)
        if wait:
            return visit.trouble("too_many", minutes=1)
        visit.forget_visit()
        visit.keep_link(token)
        return visit.go("/activate")

    @router.api_route("/activate", methods=["GET", "HEAD"])
    def landing(request: Request) -> Response:
        """The page that is true for the link now; without a link, where to type the reference."""
        visit = Visit(site, request)
        if visit.link:
            return _shown(visit)
        if visit.had_session:
            return visit.go("/activate/account")
        return visit.page(screens.Reference(), here="/activate/reference")

    @router.post("/activate")
    def go_on(request: Request, form: Annotated[str, Form()] = "") -> Response:
        """Go on to the code; that somebody did is written down."""
        visit = Visit(site, request)
        token = visit.link
        if not visit.is_genuine(form) or not token:
            return visit.trouble("stale_form")
        site.act(lambda door: _note_opened(door, token))
        return visit.go("/activate/code")

    return router


def renewing(site: Site) -> APIRouter:
    """The routes by which an expired link is renewed."""
    router = APIRouter()

    @router.post("/activate/renew")
    def renew(request: Request, form: Annotated[str, Form()] = "") -> Response:
        """A new link after the old one expired (B2-9)."""
        visit = Visit(site, request)
        token = visit.link
        if not visit.is_genuine(form) or not token:
            return visit.trouble("stale_form")
        return _renew(visit, form, token)

    @router.get(RENEWED)
    def renewed(request: Request) -> Response:
        """A new link is on its way; afterwards the page of the link says what became of it."""
        visit = Visit(site, request)
        here = standing_of(visit)
        return visit.page(renewed_screen(here)) if here and visit.told().news else visit.go("/activate")

    return router


def _shown(visit: Visit) -> Response:
    standing = standing_of(visit)
    if standing is None:
        return visit.page(screens.Unknown(), status=404)
    return visit.page(screen_of(visit, standing))


def _note_opened(door: Door, token: str) -> None:
    """Write down that the page was opened by a person; wherever that is not possible the next page says why."""
    here = of_link(door, token)
    if here is not None and here.page is Page.READY:
        activations_code.open_link(door, here.ref)


def _renew(visit: Visit, form: str, token: str) -> Response:
    here = standing_of(visit)
    if here is not None and not visit.is_about(form, here):
        return visit.trouble("other_link")
    renewed = visit.site.act(lambda door: _renewed(door, token))
    if renewed is None:
        return visit.go("/activate")
    visit.about(renewed)
    return visit.tell(RENEWED, news="renewed")


def _renewed(door: Door, token: str) -> Standing | None:
    """Where it stands after the renewal; None where there is none to be had: the page of the link says why."""
    here = of_link(door, token)
    if here is None or here.page is not Page.EXPIRED:
        return None
    try:
        activations.renew_link(door, here.ref)
    except (GuardRefused, TransitionNotAllowed):
        return None
    return of_link(door, token)
