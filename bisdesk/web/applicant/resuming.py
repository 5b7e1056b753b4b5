"""Going on with an unfinished set-up: ask for link and code, then redeem both (B2-11b)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from bisdesk.web.applicant import screens
from bisdesk.web.applicant.inside import otp_mistake
from bisdesk.web.applicant.link_screens import asked_of, standing_of
from bisdesk.web.applicant.site import Site
from bisdesk.web.applicant.visit import Visit, mistake
from workflow import activations_resume, one_time, sessions
from workflow.access import Door
from workflow.errors import GuardRefused, TransitionNotAllowed
from workflow.one_time import OtpMalformed, OtpMissed, Purpose
from workflow.ports_entry import LinkPurpose, Stage
from workflow.standing import Page, Standing, of_link

RESUME, SENT, LINK = "/activate/resume", "/activate/resume/sent", "/activate"
FROM = frozenset({Page.USED, Page.RESUME_OVER})


def resuming(site: Site) -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.post(f"{RESUME}/ask")
    def ask(request: Request, form: Annotated[str, Form()] = "") -> Response:
        """Send link and code; asking again within the pause changes nothing and is answered alike."""
        visit = Visit(site, request)
        return _with_link(visit, form, lambda door, here: _ask(visit, door, here))

    @router.get(SENT)
    def sent(request: Request) -> Response:
        """What was sent, and where to; whoever has the link knows as much already."""
        visit = Visit(site, request)
        here = standing_of(visit)
        if here is None or not visit.told().news:
            return visit.go(LINK)
        return visit.page(
            screens.ResumeSent(
                asked=asked_of(here), email=here.email, mobile_end=here.mobile_end, minutes=one_time.MINUTES
            )
        )

    @router.get(RESUME)
    def again_there(request: Request) -> Response:
        """The page lives at the address of its link."""
        return Visit(site, request).go("/activate")

    @router.post(f"{RESUME}/again")
    def send_again(request: Request, form: Annotated[str, Form()] = "") -> Response:
        """Another SMS: its code lives ten minutes, the link a day."""
        visit = Visit(site, request)
        return _with_link(visit, form, lambda door, here: _send_again(visit, door, here))

    @router.post(RESUME)
    def redeem(request: Request, form: Annotated[str, Form()] = "", otp: Annotated[str, Form()] = "") -> Response:
        """Redeem both, once."""
        visit = Visit(site, request)
        return _with_link(visit, form, lambda door, here: _redeem(visit, door, here, otp))

    return router


def _with_link(visit: Visit, form: str, work: Callable[[Door, Standing], Response]) -> Response:
    token = visit.link
    if not visit.is_genuine(form) or not token:
        return visit.trouble("stale_form")

    def act(door: Door) -> Response:
        visit.afresh()
        here = of_link(door, token)
        if here is None:
            return visit.go("/activate")
        visit.about(here)
        return work(door, here) if visit.is_about(form, here) else visit.trouble("other_link")

    try:
        return visit.site.act(act)
    except (GuardRefused, TransitionNotAllowed):
        return visit.go("/activate")


def _ask(visit: Visit, door: Door, here: Standing) -> Response:
    if here.page not in FROM or here.finished:
        return visit.go(LINK)
    try:
        activations_resume.ask_resume(door, here.ref)
    except GuardRefused as refused:
        if refused.guard != "sms_pause_is_over":
            raise
        door.uow.rollback()
        if one_time.is_locked(door, here.detail):
            locked = OtpMissed(here.case, 0, here.detail.otp_locked_until)
            return visit.tell(LINK, otp_mistake(locked, now=door.now))
        if here.detail.otp_purpose != Purpose.RESUME:  # it was sent for something else, and nothing went out now
            return visit.tell(LINK, mistake("otp", "mistake.otp.pause"))
    return visit.tell(SENT, news="sent")


def _send_again(visit: Visit, door: Door, here: Standing) -> Response:
    if here.page is Page.RESUME:
        activations_resume.send_code(door, here.ref, digest=_digest(visit, door))
    return visit.go("/activate")


def _redeem(visit: Visit, door: Door, here: Standing, otp: str) -> Response:
    if here.page is not Page.RESUME:
        return visit.go("/activate")
    if not otp.strip():
        return visit.tell(LINK, mistake("otp", "mistake.otp.missing"))
    told = activations_resume.resume(door, here.ref, digest=_digest(visit, door), otp=otp)
    if isinstance(told, OtpMissed | OtpMalformed):
        return visit.tell(LINK, otp_mistake(told, now=door.now))
    visit.end_session(door)
    opened = sessions.open_for(door.uow, told.id, Stage.SETTING_UP, now=door.now, tools=door.tools)
    visit.enter(opened)
    return visit.go("/activate/account" if not here.detail.account_named else "/activate/key")


def _digest(visit: Visit, door: Door) -> bytes:
    return door.tools.secrets.token_digest(visit.link or "", purpose=LinkPurpose.RESUME)
