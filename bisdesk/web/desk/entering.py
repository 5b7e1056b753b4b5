"""Coming in and going out: by the identity provider, or, where nobody real works, by choosing an invented officer."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from starlette.responses import JSONResponse, Response

from bisdesk.openid.claims import Identity
from bisdesk.openid.client import Begun
from bisdesk.openid.outcomes import Refused
from bisdesk.settings_desk import Door as Entrance
from bisdesk.web.desk.call import BEGUN, SIGN_IN, Call
from bisdesk.web.desk.frame import Desk
from bisdesk.web.desk.people import holding
from workflow import officers
from workflow.access import Door
from workflow.errors import NotFound
from workflow.model import Role, User
from workflow.officers import Proven

HOME = "/desk/work"
BEGUN_FOR = timedelta(minutes=10)
CONTEXT = b"cookie/desk-begun/v1"
OFFICERS = (
    Role.END_USER, Role.SERVICE_DESK, Role.TEAM_LEAD, Role.AUDITOR, Role.LOCAL_ADMIN, Role.HEAD_LOCAL_ADMIN, Role.OPERATOR,
)  # fmt: skip


def entering(desk: Desk) -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get(SIGN_IN)
    def ask(request: Request, to: str = HOME) -> Response:
        """How to come in."""
        call = Call(desk, request)
        if call.signed_in:
            return call.go(_inside(to))
        cards = desk.look(None, lambda door: holding(door, OFFICERS)) if desk.entrance is Entrance.DEVELOPMENT else ()
        return call.page("sign_in", entrance=desk.entrance.value, cards=cards, to=_inside(to), refused="")

    if desk.entrance is Entrance.DEVELOPMENT:

        @router.post(SIGN_IN)
        def choose(
            request: Request,
            form: Annotated[str, Form()],
            who: Annotated[str, Form()],
            to: Annotated[str, Form()] = HOME,
        ) -> Response:
            """Be one of the invented officers; this route does not exist in live."""
            call = Call(desk, request)
            call.refuse_strange(form)
            call.enter(desk.look(None, lambda door: _chosen(door, who)))
            return call.go(_inside(to))

    if desk.entrance is Entrance.OPENID:
        _by_provider(router, desk)

    _being_there(router, desk)
    return router


def _being_there(router: APIRouter, desk: Desk) -> None:
    @router.post("/desk/stay")
    def stay(request: Request, form: Annotated[str, Form()]) -> Response:
        """Somebody is still there: the pause begins anew (E11); how many seconds they have."""
        call = Call(desk, request)
        call.officer(frozenset(OFFICERS))
        call.refuse_strange(form)
        return JSONResponse({"seconds": call.stay()})

    @router.post("/desk/sign-out")
    def out(request: Request, form: Annotated[str, Form()]) -> Response:
        """End the session."""
        call = Call(desk, request)
        call.refuse_strange(form)
        signed_in = call.signed_in
        if signed_in:
            desk.act(None, lambda door: door.uow.officer_sessions.drop(signed_in.session.digest))
        call.leave()
        return call.go("/desk/signed-out")

    @router.get("/desk/signed-out")
    def signed_out(request: Request) -> Response:
        """Nobody is in any more; where the provider still knows them, it says so."""
        call = Call(desk, request)
        end = desk.provider.end_url(f"{desk.app.settings.base_url}/desk/signed-out") if desk.provider else None
        return call.page("signed_out", end=end)


def _by_provider(router: APIRouter, desk: Desk) -> None:
    @router.get(f"{SIGN_IN}/openid")
    def begin(request: Request, to: str = HOME) -> Response:
        """On to the identity provider, with what its answer will be held against in a sealed cookie."""
        call = Call(desk, request)
        assert desk.provider is not None
        begun = desk.provider.begin(desk.app.chance)
        if isinstance(begun, Refused):
            return _refused(call, begun)
        plain = json.dumps(asdict(begun) | {"to": _inside(to)}).encode()
        sealed = desk.seal.shut(plain, CONTEXT, now=call.now)
        call.keep(BEGUN, sealed, lives_s=int(BEGUN_FOR.total_seconds()))
        return call.go(begun.url)

    @router.get(f"{SIGN_IN}/return")
    def back(request: Request) -> Response:
        """Back from the identity provider; what it was held against counts once."""
        call = Call(desk, request)
        cookie = call.carried(BEGUN)
        plain = desk.seal.read(cookie, CONTEXT, younger_than=BEGUN_FOR, now=call.now) if cookie else None
        call.keep(BEGUN, "", lives_s=0)
        if plain is None:
            return call.page("sign_in", status=403, entrance="openid", cards=(), to=HOME, refused="stale")
        known = json.loads(plain)
        to = known.pop("to")
        assert desk.provider is not None
        told = desk.provider.finish(Begun(**known), dict(request.query_params), call.now)
        return _refused(call, told) if isinstance(told, Refused) else _admit(call, told, to)


def _admit(call: Call, told: Identity, to: str) -> Response:
    proven = Proven(
        issuer=told.issuer, subject=told.subject, email=told.email, name=f"{told.given_name} {told.family_name}".strip(),
        roles=told.roles, entity=told.organisation,
    )  # fmt: skip

    user = call.desk.act(None, lambda door: officers.admitted(door, proven))
    if user is None:
        return call.page("sign_in", status=403, entrance="openid", cards=(), to=to, refused="unknown")
    call.enter(user)
    answer = call.page("entered", to=to)
    answer.headers["Refresh"] = f"0; url={to}"  # a strict cookie is not sent along a redirect that began elsewhere
    return answer


def _refused(call: Call, refused: Refused) -> Response:
    return call.page("sign_in", status=403, entrance="openid", cards=(), to=HOME, refused=str(refused.code))


def _chosen(door: Door, who: str) -> User:
    try:
        return door.uow.directory.by_id(UUID(who))
    except ValueError:
        raise NotFound("officer", "with this card") from None


def _inside(to: str) -> str:
    """Only pages of the desk are led on to."""
    return to if to.startswith("/desk/") and "\\" not in to and "//" not in to else HOME
