"""A person's own keys: sign in with password and key, see them, remove one, sign out.

Whether a name exists, neither the words nor the time of an answer tell.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from bisdesk.web.applicant import key_screens, screens
from bisdesk.web.applicant.inside import Inside, acted, inside, otp_mistake
from bisdesk.web.applicant.screens import Mistake
from bisdesk.web.applicant.site import SIGN_IN, Site
from bisdesk.web.applicant.slow import slowly
from bisdesk.web.applicant.visit import Visit, minutes_of, mistake
from bisdesk.web.throttle import SITE_V6, neighbourhood
from workflow import accounts, activations_keys, one_time, sign_in, standing
from workflow.access import Door
from workflow.errors import GuardRefused
from workflow.model import KeyKind
from workflow.one_time import OtpMalformed, OtpMissed, Purpose
from workflow.ports_entry import Stage
from workflow.sessions import Opened
from workflow.sign_in import Origin, SignInRefused

KEYS, PASSWORD, CODE, OUT = "/keys", "/keys/sign-in", "/keys/sign-in/key", "/keys/signed-out"
SIGNED_IN, PASSWORD_GIVEN = frozenset({Stage.SIGNED_IN}), frozenset({Stage.PASSWORD_GIVEN})


def signing_in(site: Site) -> APIRouter:
    """The routes of signing in."""
    router = APIRouter()

    @router.get(PASSWORD)
    def ask(request: Request) -> Response:
        """User name and password."""
        visit = Visit(site, request)
        told = visit.told()
        return visit.page(screens.SignIn(
            username=told.typed.get("username", ""), locked_minutes=_minutes(told.mistakes), mistakes=told.mistakes
        ))  # fmt: skip

    @router.post(PASSWORD)
    async def give_password(
        request: Request, form: Annotated[str, Form()] = "", username: Annotated[str, Form()] = "",
        password: Annotated[str, Form()] = "",
    ) -> Response:  # fmt: skip
        """Judge both; the same answer after the same time, whichever is wrong."""
        return await slowly(site, lambda: _password(Visit(site, request), form, username.strip(), password))

    @router.get(CODE)
    def ask_key(request: Request) -> Response:
        """The six digits of a key that works."""
        visit = Visit(site, request)
        here = inside(visit, PASSWORD_GIVEN)
        return here if isinstance(here, Response) else _key_page(visit, here)

    @router.post("/keys/sign-in/sms")
    def send_sms(request: Request, form: Annotated[str, Form()] = "") -> Response:
        """Send the code of a key by SMS."""
        visit = Visit(site, request)
        return acted(visit, PASSWORD_GIVEN, lambda door, here: _send(visit, door, here), form=form)

    @router.post(CODE)
    def give_key(
        request: Request, form: Annotated[str, Form()] = "", otp: Annotated[str, Form()] = "",
        kind: Annotated[str, Form()] = "",
    ) -> Response:  # fmt: skip
        """Judge the digits."""
        visit = Visit(site, request)
        return acted(
            visit, PASSWORD_GIVEN, lambda door, here: _key(visit, door, here, _kind(here, kind), otp), form=form
        )

    return router


def own_keys(site: Site) -> APIRouter:
    """The routes of those who are in."""
    router = APIRouter()

    @router.get(KEYS)
    def keys(request: Request, news: str = "") -> Response:
        """Every key that works."""
        visit = Visit(site, request)
        here = inside(visit, SIGNED_IN)
        if isinstance(here, Response):
            return here
        told = news if news in ("added", "removed") else ""
        return visit.page(key_screens.own(here, told), signed_in=True)

    @router.get("/keys/remove/{kind}")
    def ask_remove(request: Request, kind: str) -> Response:
        """Is it to go?"""
        visit = Visit(site, request)
        here = inside(visit, SIGNED_IN)
        if isinstance(here, Response):
            return here
        known = kind in here.kinds and len(here.keys) > 1
        return visit.page(screens.RemoveKey(kind=KeyKind(kind)), signed_in=True) if known else visit.go(KEYS)

    @router.post("/keys/remove/{kind}")
    def remove(request: Request, kind: str, form: Annotated[str, Form()] = "") -> Response:
        """It goes; the last one stays (B2-13)."""
        visit = Visit(site, request)

        def removed(door: Door, here: Inside) -> Response:
            if kind not in here.kinds:
                return visit.go(KEYS)
            activations_keys.remove_key(door, here.ref, KeyKind(kind), proof=here.session)
            return visit.go(f"{KEYS}?news=removed")

        return acted(visit, SIGNED_IN, removed, form=form)

    return router


def signing_out(site: Site) -> APIRouter:
    """The routes of those who leave."""
    router = APIRouter()

    @router.post("/keys/sign-out")
    def sign_out(request: Request, form: Annotated[str, Form()] = "") -> Response:
        """The session ends here, for whoever may have its number."""
        visit = Visit(site, request)
        if not visit.is_genuine(form):
            return visit.trouble("stale_form", back=KEYS)
        site.act(lambda door: _end(visit, door))
        visit.leave()
        return visit.tell(OUT)

    @router.get(OUT)
    def signed_out(request: Request) -> Response:
        """Nobody is in any more."""
        visit = Visit(site, request)
        if visit.had_session:
            return visit.go(KEYS)
        visit.told()
        return visit.page(screens.SignedOut(by_itself=False))

    return router


def _password(visit: Visit, form: str, username: str, password: str) -> Response:
    site = visit.site
    if not visit.is_genuine(form):
        return visit.trouble("stale_form", back=PASSWORD)
    if not username or not password:
        return _refused(visit, username, mistake("username", "mistake.sign_in.wrong"))
    device = visit.device(accounts.name_key(username))
    if wait := site.wait_of(SIGN_IN, visit.address, device=device):
        return visit.trouble("too_many", minutes=minutes_of(wait.total_seconds()), back=PASSWORD)
    done = site.act(lambda door: (_given(visit, door, username, password), door.now))
    match done:
        case SignInRefused(until=until), now if until is not None:
            return _locked(visit, username, until - now)
        case SignInRefused(), _:
            return _refused(visit, username, mistake("username", "mistake.sign_in.wrong"))
        case opened, _:
            visit.enter(opened)
            return visit.go(CODE)


def _given(visit: Visit, door: Door, username: str, password: str) -> Opened | SignInRefused:
    device = visit.device(accounts.name_key(username))
    origin = Origin(neighbourhood(visit.address, v6=SITE_V6), device)
    told = sign_in.give_password(door, username, password, origin=origin)
    if isinstance(told, Opened):
        visit.end_session(door)
    return told


def _locked(visit: Visit, username: str, wait: timedelta) -> Response:
    minutes = minutes_of(wait.total_seconds())
    return _refused(visit, username, mistake("username", "mistake.sign_in.locked", minutes=minutes))


def _refused(visit: Visit, username: str, told: Mistake) -> Response:
    return visit.tell(PASSWORD, told, typed={"username": username})


def _minutes(mistakes: tuple[Mistake, ...]) -> int:
    """How long to wait, where the mistakes say so."""
    return max((int(str(one.values.get("minutes", 0))) for one in mistakes), default=0)


def _key_page(visit: Visit, here: Inside) -> Response:
    wanted = _kind(here, visit.request.query_params.get("kind", ""))
    screen = screens.SignInKey(
        kinds=here.kinds, kind=wanted, mobile_end=here.here.mobile_end,
        sent=here.detail.otp_purpose == Purpose.SIGN_IN and here.detail.otp_digest is not None,
        again_at=here.again_at, mistakes=visit.told().mistakes,
    )  # fmt: skip
    return visit.page(screen)


def _key_told(visit: Visit, kind: KeyKind, told: Mistake) -> Response:
    return visit.tell(f"{CODE}?kind={kind}", told)


def _kind(here: Inside, asked: str) -> KeyKind:
    """The key that is asked for; the app first."""
    return KeyKind(asked) if asked in here.kinds else here.kinds[0]


def _send(visit: Visit, door: Door, here: Inside) -> Response:
    """The SMS is on its way; asking again within the pause sends none, and the page says how long it lasts."""
    try:
        sign_in.ask_code(door, here.ref, here.session)
    except GuardRefused as refused:
        if refused.guard != "sms_pause_is_over":
            raise
        door.uow.rollback()
        if one_time.is_locked(door, here.detail):
            locked = OtpMissed(here.case, 0, here.detail.otp_locked_until)
            return _key_told(visit, KeyKind.SMS, otp_mistake(locked, now=door.now))
    return visit.go(f"{CODE}?kind={KeyKind.SMS}")


def _key(visit: Visit, door: Door, here: Inside, kind: KeyKind, otp: str) -> Response:
    if not otp.strip():
        return _key_told(visit, kind, mistake("otp", "mistake.otp.missing"))
    told = sign_in.give_key(door, here.ref, here.session, kind=kind, otp=otp)
    if isinstance(told, OtpMissed | OtpMalformed):
        return _key_told(visit, kind, otp_mistake(told, now=door.now))
    visit.enter(told)
    visit.know_device(accounts.name_key(here.username))
    return visit.go(KEYS)


def _end(visit: Visit, door: Door) -> None:
    session = visit.session(door)
    if session is not None:
        here = standing.of_case(door, session.case_id)
        if here is not None:
            visit.about(here)
        door.uow.sessions.drop(session.digest)
