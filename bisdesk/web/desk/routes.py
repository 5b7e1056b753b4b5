"""The desk as one set of routes, and what is answered when something goes wrong on one of its pages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import urlencode

from fastapi import FastAPI, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from bisdesk.web.desk.acting import acting
from bisdesk.web.desk.activation_acting import activation_acting
from bisdesk.web.desk.activation_case import activation_case
from bisdesk.web.desk.audit import audit
from bisdesk.web.desk.audit_reports import audit_reports
from bisdesk.web.desk.bulk import bulk
from bisdesk.web.desk.call import SIGN_IN, Call, NotYours, SignInNeeded, StaleForm
from bisdesk.web.desk.casefile import casefile
from bisdesk.web.desk.claiming import claiming
from bisdesk.web.desk.comparing import comparing
from bisdesk.web.desk.correspondence import correspondence
from bisdesk.web.desk.entering import entering
from bisdesk.web.desk.export import export
from bisdesk.web.desk.filing.declaration import declaration
from bisdesk.web.desk.filing.finish import finish
from bisdesk.web.desk.filing.form import form
from bisdesk.web.desk.filing.start import start
from bisdesk.web.desk.filing.zone import zone
from bisdesk.web.desk.frame import Desk
from bisdesk.web.desk.listing import listing
from bisdesk.web.desk.number import number
from bisdesk.web.desk.overview import overview
from bisdesk.web.desk.people import administrators
from bisdesk.web.desk.saved import saved
from bisdesk.web.desk.scan import scan
from bisdesk.web.desk.simulation import simulation

PARTS = (
    entering, listing, claiming, bulk, saved, export, overview, audit, audit_reports,
    casefile, scan, number, comparing, acting, correspondence, activation_case, activation_acting,
    start, declaration, zone, finish, form, simulation,
)  # fmt: skip
TOLD = {404: "not_found", 413: "too_large", 405: "not_found", 403: "stale", 409: "conflict"}
Handler = Callable[[Request, Exception], Response | Awaitable[Response]]


def add_desk(web: FastAPI, desk: Desk) -> None:
    """Let a web application serve the desk; what goes wrong on its pages is told on a page of the desk."""
    for part in PARTS:
        web.include_router(part(desk), include_in_schema=False)
    web.add_exception_handler(SignInNeeded, lambda request, error: _sign_in(desk, request, error))
    web.add_exception_handler(NotYours, lambda request, error: _not_yours(desk, request, error))
    web.add_exception_handler(
        StaleForm, lambda request, _: Call(desk, request).page("trouble", status=403, what="stale")
    )
    for key, handler in list(web.exception_handlers.items()):
        if key not in (SignInNeeded, NotYours, StaleForm):
            web.exception_handlers[key] = _by_page(desk, handler)


def _by_page(desk: Desk, handler: Handler) -> Handler:
    """The desk's own words for its own pages; elsewhere those that were there."""

    async def answer(request: Request, error: Exception) -> Response:
        given = await _given(handler, request, error)
        if not request.url.path.startswith("/desk"):
            return given
        what = TOLD.get(given.status_code, "unavailable")
        return await run_in_threadpool(Call(desk, request).page, "trouble", status=given.status_code, what=what)

    return answer


async def _given(handler: Handler, request: Request, error: Exception) -> Response:
    """What a handler answers; some of the framework's own have to be awaited."""
    given = await run_in_threadpool(handler, request, error)
    return given if isinstance(given, Response) else await given


def _sign_in(desk: Desk, request: Request, error: Exception) -> Response:
    at = error.at if isinstance(error, SignInNeeded) else "/desk/work"
    return Call(desk, request).go(f"{SIGN_IN}?{urlencode({'to': at})}")


def _not_yours(desk: Desk, request: Request, error: Exception) -> Response:
    """Which right is missing, and who can give it (B3)."""
    needed = error.needed if isinstance(error, NotYours) else frozenset()
    who = desk.look(None, administrators)
    return Call(desk, request).page("not_yours", status=403, needed=sorted(needed), administrators=who)
