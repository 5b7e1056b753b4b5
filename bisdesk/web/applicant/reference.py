"""Typing the reference of a mail: it sends the mail that leads on, and opens nothing (decision 0013)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from bisdesk.web.applicant import screens
from bisdesk.web.applicant.site import BY_REFERENCE, Site
from bisdesk.web.applicant.slow import slowly
from bisdesk.web.applicant.visit import Visit, minutes_of, mistake
from workflow import by_reference

ASK, SENT = "/activate/reference", "/activate/reference/sent"


def reference(site: Site) -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get(ASK)
    def ask(request: Request) -> Response:
        """Where to type the reference of the mail."""
        visit = Visit(site, request)
        told = visit.told()
        return visit.page(screens.Reference(typed=told.typed.get("reference", ""), mistakes=told.mistakes))

    @router.post(ASK)
    async def send_way_on(
        request: Request, form: Annotated[str, Form()] = "", reference: Annotated[str, Form()] = ""
    ) -> Response:  # fmt: skip
        """Send the mail that leads on; the same answer for every reference, after the same time."""
        return await slowly(site, lambda: _by_reference(Visit(site, request), form, reference))

    @router.get(SENT)
    def sent(request: Request) -> Response:
        """The one answer to every reference; nothing is looked up for it."""
        visit = Visit(site, request)
        ref = visit.told().typed.get("reference")
        return visit.page(screens.ReferenceSent(ref=ref)) if ref else visit.go(ASK)

    return router


def _by_reference(visit: Visit, form: str, typed: str) -> Response:
    site = visit.site
    if not visit.is_genuine(form):
        return visit.trouble("stale_form", back=ASK)
    ref = by_reference.normalised(typed)
    if ref is None:
        sentence = "mistake.reference.malformed" if typed.strip() else "mistake.reference.missing"
        return visit.tell(ASK, mistake("reference", sentence), typed={"reference": typed})
    wait = site.wait_of(BY_REFERENCE, visit.address)
    if wait:
        return visit.trouble("too_many", minutes=minutes_of(wait.total_seconds()), back=ASK)
    site.act(lambda door: by_reference.send_way_on(door, ref))
    return visit.tell(SENT, typed={"reference": ref})
