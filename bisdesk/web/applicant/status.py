"""Where is my activation? For whoever knows its reference and its e-mail address; any other pair is answered alike (A5)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from bisdesk.web.applicant import screens
from bisdesk.web.applicant.link_screens import asked_of
from bisdesk.web.applicant.site import STATUS, Site
from bisdesk.web.applicant.slow import slowly
from bisdesk.web.applicant.told import Told
from bisdesk.web.applicant.visit import Visit, minutes_of, mistake
from workflow import by_reference
from workflow.by_reference import Told as Known

PATH = "/activate/status"


def status(site: Site) -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get(PATH)
    def ask(request: Request) -> Response:
        """Reference and address."""
        visit = Visit(site, request)
        told = visit.told()
        found = _told_of(visit, told) if told.news else None
        if found is not None:
            visit.about(found.standing)
            return visit.page(_screen(found))
        ref, email = told.typed.get("reference", ""), told.typed.get("email", "")
        return visit.page(screens.Status(typed=ref, email=email, mistakes=told.mistakes))

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
        return visit.tell(PATH, *mistakes, typed={"reference": typed, "email": email})
    wait = site.wait_of(STATUS, visit.address)
    if wait:
        return visit.trouble("too_many", minutes=minutes_of(wait.total_seconds()), back=PATH)
    told = site.look(lambda door: by_reference.how_far(door, ref, email))
    if told is None:
        nothing = mistake("reference", "mistake.status.nothing")
        return visit.tell(PATH, nothing, typed={"reference": typed, "email": email})
    return visit.tell(PATH, typed={"reference": ref, "email": email}, news="shown")


def _told_of(visit: Visit, told: Told) -> Known | None:
    """How far it is by now; the pair was right when it was sealed."""
    ref, email = told.typed["reference"], told.typed["email"]
    return visit.site.look(lambda door: by_reference.how_far(door, ref, email))


def _screen(told: Known) -> screens.StatusShown:
    steps = tuple(screens.Step(name=step.name, state=step.state, on=step.on) for step in told.steps)
    return screens.StatusShown(asked=asked_of(told.standing), steps=steps, advice=told.advice, until=told.until)
