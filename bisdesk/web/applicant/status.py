"""Where is my activation? For whoever knows its reference and its e-mail address; any other pair is answered alike (A5)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from bisdesk.web.applicant import screens
from bisdesk.web.applicant.link_screens import asked_of
from bisdesk.web.applicant.site import STATUS, Site
from bisdesk.web.applicant.slow import slowly
from bisdesk.web.applicant.visit import Visit, minutes_of, mistake
from workflow import by_reference
from workflow.by_reference import Told

PATH = "/activate/status"


def status(site: Site) -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get(PATH)
    def ask(request: Request) -> Response:
        """Reference and address."""
        return Visit(site, request).page(screens.Status())

    @router.post(PATH)
    async def show(
        request: Request, form: Annotated[str, Form()] = "", reference: Annotated[str, Form()] = "",
        email: Annotated[str, Form()] = "",
    ) -> Response:  # fmt: skip
        """How far it is, after the same time for everybody."""
        return await slowly(site, lambda: _shown(Visit(site, request), form, reference, email.strip()))

    return router


def _shown(visit: Visit, form: str, typed: str, email: str) -> Response:
    site = visit.site
    if not visit.is_genuine(form):
        return visit.trouble("stale_form", back=PATH)
    ref = by_reference.normalised(typed)
    mistakes = [] if email else [mistake("email", "mistake.email.missing")]
    if ref is None:
        kind = "malformed" if typed.strip() else "missing"
        mistakes.insert(0, mistake("reference", f"mistake.reference.{kind}"))
    if mistakes or ref is None:
        return visit.page(screens.Status(typed=typed, email=email, mistakes=tuple(mistakes)))
    wait = site.wait_of(STATUS, visit.address)
    if wait:
        return visit.trouble("too_many", minutes=minutes_of(wait.total_seconds()), back=PATH)
    told = site.look(lambda door: by_reference.how_far(door, ref, email))
    if told is None:
        nothing = (mistake("reference", "mistake.status.nothing"),)
        return visit.page(screens.Status(typed=typed, email=email, mistakes=nothing))
    visit.about(told.standing)
    return visit.page(_screen(told))


def _screen(told: Told) -> screens.StatusShown:
    steps = tuple(screens.Step(name=step.name, state=step.state, on=step.on) for step in told.steps)
    return screens.StatusShown(asked=asked_of(told.standing), steps=steps, advice=told.advice, until=told.until)
