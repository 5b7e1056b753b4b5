"""Entering the activation code: the page on which three tries are all there are (3.36).

What is typed here is a try only behind a link that works; the same sending of a form is one try, however often it arrives (A12).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Annotated

import segno
from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from bisdesk.web.applicant import screens
from bisdesk.web.applicant.link_screens import HANDOVER, asked_of, screen_of, standing_of
from bisdesk.web.applicant.screens import Mistake
from bisdesk.web.applicant.site import Site
from bisdesk.web.applicant.visit import Visit, mistake
from workflow import activations_code, sessions
from workflow.access import Door
from workflow.activations_code import CodeAccepted, CodeMalformed, CodeMissed, CodeOutcome, TryRefused
from workflow.codes import normalise
from workflow.ports_entry import Stage
from workflow.sessions import Opened
from workflow.standing import Page, Standing

CODE = "/activate/code"
REPEATED_FOR = timedelta(minutes=10)  # an answer that was lost is fetched again at once, not days later
LONGEST = 60  # characters of what was typed that are shown again
STEP = 1  # of three in the set-up


def code_entry(site: Site) -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get(CODE)
    def ask(request: Request) -> Response:
        """The page with its one field."""
        visit = Visit(site, request)
        here = standing_of(visit)
        return _page(visit, here) if here else visit.go("/activate")

    @router.post(CODE)
    def enter(request: Request, form: Annotated[str, Form()] = "", code: Annotated[str, Form()] = "") -> Response:
        """Judge what was typed."""
        visit = Visit(site, request)
        here = standing_of(visit)
        if not visit.is_genuine(form):
            return visit.trouble("stale_form", back="/activate")
        if here is None:
            return visit.go("/activate")
        if not visit.is_about(form, here):
            return visit.trouble("other_link")
        if here.page not in (Page.READY, Page.USED):
            return visit.go("/activate")
        if not code.strip():
            return visit.tell(CODE, mistake("code", "mistake.code.missing"))
        outcome = _judged(site, here.ref, code, form)
        if isinstance(outcome, CodeAccepted):
            opened = site.act(lambda door: _session(visit, door, here))
            if opened is None:
                return visit.go("/activate")
            visit.enter(opened)
            return visit.go("/activate/account")
        return _told(visit, outcome, typed=code)

    @router.get("/activate/handover.svg")
    def handover(request: Request) -> Response:
        """The link as a picture for another phone (A16); nothing for a browser without one."""
        token = Visit(site, request).link
        if token is None:
            return Response(status_code=404)
        address = f"{site.app.settings.applicant_base_url}/a/{token}"
        picture = BytesIO()
        segno.make(address, error="m").save(picture, kind="svg", scale=4, border=4, light="#fff")
        return Response(picture.getvalue(), media_type="image/svg+xml")

    return router


def _page(visit: Visit, here: Standing) -> Response:
    """The page of the code while it can be entered, else the one that says why it cannot."""
    if here.page is not Page.READY:
        return visit.page(screen_of(visit, here), here="/activate")
    told = visit.told()
    screen = screens.Code(
        asked=asked_of(here), link_until=here.link_until, block_on=here.block_on, tries_left=here.tries_left,
        code_by=here.code_by, mobile_end=here.mobile_end, code_sent_at=here.code_sent_at, handover=HANDOVER,
        typed=told.typed.get("code", ""), mistakes=tuple(_by_now(one, here) for one in told.mistakes), step=STEP,
    )  # fmt: skip
    return visit.page(screen)


def _by_now(mistake: Mistake, here: Standing) -> Mistake:
    """How many tries are left is told as it is now: another device may have used one since."""
    if "tries_left" not in mistake.values:
        return mistake
    return replace(mistake, values={"tries_left": here.tries_left})


def _judged(site: Site, ref: str, typed: str, form: str) -> CodeOutcome:
    """The outcome; the command is bound to what was typed, so that another code of the same form is another try."""
    command = site.seal.command(form, f"{ref} {normalise(typed) or ''}")
    return site.act(lambda door: activations_code.submit_code(door, ref, typed, command_id=command))


def _session(visit: Visit, door: Door, here: Standing) -> Opened | None:
    """A session for whoever has just entered the right code; None for a sending that is repeated much later."""
    _, detail = door.uow.cases.activation(here.case.id, now=door.now)
    if detail.activated_at is None or door.now - detail.activated_at > REPEATED_FOR:
        return None
    visit.end_session(door)
    return sessions.open_for(door.uow, here.case.id, Stage.SETTING_UP, now=door.now, tools=door.tools)


def _told(visit: Visit, outcome: CodeOutcome, *, typed: str) -> Response:
    """What became of it, told on the page that is true now: a block or an end has a page of its own.

    What had the form of a code is not shown again: it may be the code of somebody else.
    """
    here = standing_of(visit)
    if here is None:
        return visit.go("/activate")
    match outcome:
        case CodeMissed(attempts_left=left) if left:
            return visit.tell(CODE, mistake("code", "mistake.code.wrong", tries_left=left))
        case CodeMalformed():
            return visit.tell(CODE, mistake("code", "mistake.code.malformed"), typed={"code": typed[:LONGEST]})
        case TryRefused() if here.page is Page.READY:
            return visit.tell(CODE, mistake("code", "mistake.code.judging"))
        case _:
            return visit.go(CODE)
