"""From the account to a key that works: kind of key, app or SMS, done.

A signed-in person adds a back-up on the same pages.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from bisdesk.web.applicant import key_screens, screens
from bisdesk.web.applicant.account import ACCOUNT, STAGES
from bisdesk.web.applicant.inside import Inside, acted, inside, otp_mistake
from bisdesk.web.applicant.site import Site
from bisdesk.web.applicant.visit import Visit, mistake
from workflow import activations_keys, one_time, sessions
from workflow.access import Door
from workflow.activations_keys import KeyChosen
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
        return visit.go(ACCOUNT) if here.needs_account else visit.page(key_screens.choose(here))

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
        return visit.page(key_screens.choose(here, mistake("kind", "mistake.kind.missing")), here=KEY)
    try:
        if here.stage is Stage.SIGNED_IN:
            activations_keys.add_key(door, here.ref, KeyKind(kind), proof=here.session)
        else:
            activations_keys.choose_key(door, here.ref, KeyKind(kind))
    except GuardRefused as refused:
        door.uow.rollback()
        if one_time.is_locked(door, here.detail):
            locked = otp_mistake(OtpMissed(here.case, 0, here.detail.otp_locked_until), now=door.now)
            return visit.page(key_screens.choose(here, replace(locked, name="kind")), here=KEY)
        if refused.guard == "sms_pause_is_over":
            return visit.go(SMS)
        if refused.guard == "sms_key_is_possible":
            return visit.page(key_screens.choose(here, mistake("kind", "mistake.kind.no_mobile")), here=KEY)
        raise
    return visit.go(PAGE_OF_KIND[KeyKind(kind)])


def _waiting_page(visit: Visit, kind: KeyKind) -> Response:
    here = inside(visit, STAGES)
    if isinstance(here, Response):
        return here
    return _waiting(visit, here, kind, visit.site.look(lambda door: activations_keys.waiting(door, here.case)))


def _waiting(visit: Visit, here: Inside, kind: KeyKind, key: KeyChosen | None, *mistakes: screens.Mistake) -> Response:
    """The page of the key that waits; somebody who has it confirmed already is done."""
    if key is None or key.kind is not kind:
        return visit.go(DONE if here.keys else KEY)
    screen = key_screens.app(key, mistakes) if kind is KeyKind.TOTP else key_screens.sms(here, mistakes)
    return visit.page(screen, here=PAGE_OF_KIND[kind])


def _confirming(visit: Visit, otp: str, kind: KeyKind) -> Callable[[Door, Inside], Response]:
    def confirm(door: Door, here: Inside) -> Response:
        key = activations_keys.waiting(door, here.case)
        if key is None or key.kind is not kind or not otp.strip():
            missing = (mistake("otp", "mistake.otp.missing"),) if key else ()
            return _waiting(visit, here, kind, key, *missing)
        told = activations_keys.confirm_key(door, here.ref, otp)
        match told:
            case OtpMissed() | OtpMalformed():
                return _waiting(visit, here, kind, key, otp_mistake(told, now=door.now))
            case Case():
                visit.enter(_signed_in(door, here))
                return visit.go(DONE)

    return confirm


def _signed_in(door: Door, here: Inside) -> Opened:
    """Whoever has just shown a key that works is signed in with it."""
    door.uow.sessions.drop(here.session.digest)
    return sessions.open_for(door.uow, here.case.id, Stage.SIGNED_IN, now=door.now, tools=door.tools)
