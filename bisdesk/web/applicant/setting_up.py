"""From the account to a key that works: kind of key, app or SMS, done.

A signed-in person adds a back-up on the same pages.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from bisdesk.web.applicant import key_screens
from bisdesk.web.applicant.account import ACCOUNT, STAGES
from bisdesk.web.applicant.inside import Inside, acted, inside, otp_mistake
from bisdesk.web.applicant.site import Site
from bisdesk.web.applicant.visit import Visit, mistake
from workflow import activations_keys, one_time, sessions
from workflow.access import Door
from workflow.errors import GuardRefused
from workflow.model import Case, KeyKind
from workflow.one_time import OtpMalformed, OtpMissed
from workflow.ports_entry import Stage
from workflow.sessions import Opened

KEY, APP, SMS, DONE = (
    "/activate/key",
    "/activate/key/app",
    "/activate/key/sms",
    "/activate/done",
)
PAGE_OF_KIND = {KeyKind.TOTP: APP, KeyKind.SMS: SMS}


def setting_up(site: Site) -> APIRouter:
    """The routes of the choice."""
    router = APIRouter()

    @router.get(KEY)
    def choose(request: Request) -> Response:
        """Which key."""
        visit = Visit(site, request)
        here = inside(visit, STAGES)
        if isinstance(here, Response):
            return here
        if here.needs_account:
            return visit.go(ACCOUNT)
        screen = key_screens.choose(here, visit.told().mistakes)
        return visit.page(screen) if screen.offered else visit.go(DONE)

    @router.post(KEY)
    def chosen(request: Request, form: Annotated[str, Form()] = "", kind: Annotated[str, Form()] = "") -> Response:
        """Prepare the key that was chosen."""
        visit = Visit(site, request)
        return acted(visit, STAGES, lambda door, here: _chosen(visit, door, here, kind), form=form)

    return router


def confirming(site: Site) -> APIRouter:
    """The routes on which a key is confirmed."""
    router = APIRouter()

    @router.get(APP)
    def app_key(request: Request) -> Response:
        """What the app needs; the same until it is confirmed (A19)."""
        return _waiting_page(Visit(site, request), KeyKind.TOTP)

    @router.get(SMS)
    def sms_key(request: Request) -> Response:
        """Where the digits of the SMS go."""
        return _waiting_page(Visit(site, request), KeyKind.SMS)

    @router.post(APP)
    def confirm_app(request: Request, form: Annotated[str, Form()] = "", otp: Annotated[str, Form()] = "") -> Response:
        """Confirm the app."""
        visit = Visit(site, request)
        return acted(visit, STAGES, _confirming(visit, otp, KeyKind.TOTP), form=form)

    @router.post(SMS)
    def confirm_sms(request: Request, form: Annotated[str, Form()] = "", otp: Annotated[str, Form()] = "") -> Response:
        """Confirm the key by SMS."""
        visit = Visit(site, request)
        return acted(visit, STAGES, _confirming(visit, otp, KeyKind.SMS), form=form)

    @router.post(f"{SMS}/again")
    def sms_again(request: Request, form: Annotated[str, Form()] = "") -> Response:
        """Another SMS; the older code works on in its own ten minutes (A20)."""
        visit = Visit(site, request)
        return acted(visit, STAGES, lambda door, here: _chosen(visit, door, here, KeyKind.SMS), form=form)

    @router.get(DONE)
    def done(request: Request) -> Response:
        """A key works."""
        visit = Visit(site, request)
        here = inside(visit, STAGES)
        if isinstance(here, Response):
            return here
        goes_to = site.pages.goes_to
        return visit.page(key_screens.done(here, goes_to), signed_in=True) if here.keys else visit.go(KEY)

    return router


def _chosen(visit: Visit, door: Door, here: Inside, kind: str) -> Response:
    if here.needs_account:
        return visit.go(ACCOUNT)
    if kind not in tuple(KeyKind):
        return visit.tell(KEY, mistake("kind", "mistake.kind.missing"))
    try:
        if here.stage is Stage.SIGNED_IN:
            activations_keys.add_key(door, here.ref, KeyKind(kind), proof=here.session)
        else:
            activations_keys.choose_key(door, here.ref, KeyKind(kind))
    except GuardRefused as refused:
        door.uow.rollback()
        if one_time.is_locked(door, here.detail):
            locked = otp_mistake(OtpMissed(here.case, 0, here.detail.otp_locked_until), now=door.now)
            return visit.tell(KEY, replace(locked, name="kind"))
        if refused.guard == "sms_pause_is_over":
            return _paused(visit, door, here)
        if refused.guard == "sms_key_is_possible":
            return visit.tell(KEY, mistake("kind", "mistake.kind.no_mobile"))
        raise
    return visit.go(PAGE_OF_KIND[KeyKind(kind)])


def _paused(visit: Visit, door: Door, here: Inside) -> Response:
    """One was sent less than a minute ago: for this key, which waits on its page; or for something else, which is said."""
    key = activations_keys.waiting(door, here.case)
    if key is not None and key.kind is KeyKind.SMS:
        return visit.go(SMS)
    return visit.tell(KEY, mistake("kind", "mistake.otp.pause"))


def _waiting_page(visit: Visit, kind: KeyKind) -> Response:
    here = inside(visit, STAGES)
    if isinstance(here, Response):
        return here
    key = visit.site.look(lambda door: activations_keys.waiting(door, here.case))
    if key is None or key.kind is not kind:
        return _elsewhere(visit, here)
    mistakes = visit.told().mistakes
    return visit.page(key_screens.app(here, key, mistakes) if kind is KeyKind.TOTP else key_screens.sms(here, mistakes))


def _elsewhere(visit: Visit, here: Inside) -> Response:
    """No key of this kind waits; somebody who has it confirmed already is done."""
    return visit.go(DONE if here.keys else KEY)


def _confirming(visit: Visit, otp: str, kind: KeyKind) -> Callable[[Door, Inside], Response]:
    def confirm(door: Door, here: Inside) -> Response:
        key = activations_keys.waiting(door, here.case)
        if key is None or key.kind is not kind:
            return _elsewhere(visit, here)
        if not otp.strip():
            return visit.tell(PAGE_OF_KIND[kind], mistake("otp", "mistake.otp.missing"))
        told = activations_keys.confirm_key(door, here.ref, otp, proof=here.session)
        match told:
            case OtpMissed() | OtpMalformed():
                return visit.tell(PAGE_OF_KIND[kind], otp_mistake(told, now=door.now))
            case Case():
                visit.enter(_signed_in(door, here))
                return visit.go(DONE)

    return confirm


def _signed_in(door: Door, here: Inside) -> Opened:
    """Whoever has just shown a key that works is signed in with it."""
    door.uow.sessions.drop(here.session.digest)
    return sessions.open_for(door.uow, here.case.id, Stage.SIGNED_IN, now=door.now, tools=door.tools)
