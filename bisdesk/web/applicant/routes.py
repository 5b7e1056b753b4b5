"""The applicant's site as one set of routes, with its files, and what is answered when something goes wrong."""

from __future__ import annotations

import logging
from collections.abc import Callable

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from bisdesk.web.applicant.account import account
from bisdesk.web.applicant.code_entry import code_entry
from bisdesk.web.applicant.entrance import entrance, renewing
from bisdesk.web.applicant.not_me import not_me
from bisdesk.web.applicant.own_keys import own_keys, signing_in, signing_out
from bisdesk.web.applicant.reference import reference
from bisdesk.web.applicant.resuming import resuming
from bisdesk.web.applicant.setting_up import confirming, setting_up
from bisdesk.web.applicant.site import Site
from bisdesk.web.applicant.status import status
from bisdesk.web.applicant.visit import Visit
from bisdesk.web.headers import add_headers
from bisdesk.web.phone import has_phone, phone
from bisdesk.web.theme import Theme
from workflow.errors import BisdeskError, ConcurrentChange, NotFound

FOR_EVER = "public, max-age=31536000, immutable"  # the address changes with the content
FORM = "application/x-www-form-urlencoded"
PARTS = (
    entrance,
    renewing,
    reference,
    not_me,
    code_entry,
    account,
    setting_up,
    confirming,
    resuming,
    signing_in,
    own_keys,
    signing_out,
    status,
)
Answer = Callable[[Request, Exception], Response]
log = logging.getLogger("bisdesk.web")


def add_site(web: FastAPI, site: Site, theme: Theme) -> None:
    """Let a web application serve the applicant's site."""
    for part in PARTS:
        web.include_router(part(site), include_in_schema=False, dependencies=[Depends(only_forms)])
    if has_phone(site.app.settings):
        web.include_router(phone(site), include_in_schema=False)
    web.include_router(files(theme), include_in_schema=False)

    def told(what: str, *, status: int | None = None) -> Answer:
        def answer(request: Request, error: Exception) -> Response:
            page = Visit(site, request).trouble(what)
            page.status_code = status or page.status_code
            page.headers.update((isinstance(error, HTTPException) and error.headers) or {})
            return page

        return answer

    def unavailable(request: Request, error: Exception) -> Response:
        code = error.code if isinstance(error, BisdeskError) else type(error).__name__
        log.warning("a page could not be shown: %s", code)
        return Visit(site, request).trouble("unavailable")

    def broken(request: Request, error: Exception) -> Response:
        """Answered outside everything else, so that its headers are added here."""
        page = unavailable(request, error)
        add_headers(page.headers, encrypted=site.encrypted)
        return page

    web.add_exception_handler(400, told("stale_form", status=400))
    web.add_exception_handler(415, told("stale_form", status=415))
    web.add_exception_handler(404, told("not_found"))
    web.add_exception_handler(405, told("not_found", status=405))
    web.add_exception_handler(RequestValidationError, told("stale_form"))
    web.add_exception_handler(ConcurrentChange, told("raced"))
    web.add_exception_handler(NotFound, told("not_found"))
    web.add_exception_handler(BisdeskError, unavailable)
    web.add_exception_handler(500, broken)


def only_forms(request: Request) -> None:
    """Refuse what no form of ours sends: other kinds of body bring encodings that nobody can read, and files."""
    kind = request.headers.get("content-type", FORM).partition(";")[0].strip().lower()
    if request.method == "POST" and kind != FORM:
        raise HTTPException(415)


def files(theme: Theme) -> APIRouter:
    """Style, script, fonts and pictures."""
    router = APIRouter()

    @router.get("/static/{path:path}")
    def asset(request: Request) -> Response:
        """One file of the table that was made at the start."""
        found = theme.asset(request.url.path)
        if found is None:
            raise HTTPException(404)
        return Response(found.content, media_type=found.media_type, headers={"Cache-Control": FOR_EVER})

    return router
