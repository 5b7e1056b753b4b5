"""Receipts that Twilio brings: `POST /callbacks/twilio/{attempt}`, signed, answered within a second.

What a callback is worth is judged in notifications, what it does in the workflow; here is only HTTP.
"""

from __future__ import annotations

import logging
from functools import partial

from anyio import move_on_after, to_thread
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from bisdesk.bootstrap import CALLBACKS, Installation
from bisdesk.figures import REFUSED
from bisdesk.web.tally import Tally
from notifications.callbacks import Account, Asked, Refusal, judged
from workflow.errors import ConcurrentChange, Unavailable

ANSWER_S = 0.9  # Twilio gives up on those who are slow; what was begun goes on, and a repeat of it changes nothing
MOST_BYTES = 64 * 1024
FORM = "application/x-www-form-urlencoded"
SIGNATURE = "X-Twilio-Signature"
KEPT, UNBELIEVED, NOT_NOW = 204, 403, 503
AGAIN = {"Retry-After": "5"}

log = logging.getLogger("bisdesk.web")


def receipts_route(app: Installation, tally: Tally, *, answer_s: float = ANSWER_S) -> Route:
    """The route of the receipts."""

    async def receipts(request: Request) -> Response:
        account = app.sms_account
        if account is None:
            return Response(status_code=404)
        if request.headers.get("Content-Type", "").partition(";")[0].strip().lower() != FORM:
            return Response(status_code=415)
        with move_on_after(answer_s):
            try:
                asked = await _read(request)
            except ClientDisconnect:
                return Response(status_code=400)
            work = partial(_answer, app, tally, account, asked)
            return _said(await to_thread.run_sync(work, abandon_on_cancel=True))
        return _said(NOT_NOW)

    return Route(f"{CALLBACKS}/{{attempt}}", receipts, methods=["POST"], max_body_size=MOST_BYTES)


def _said(status: int) -> Response:
    return Response(status_code=status, headers=AGAIN if status == NOT_NOW else None)


async def _read(request: Request) -> Asked:
    return Asked(
        attempt=request.path_params["attempt"],
        query=request.scope["query_string"].decode("latin-1"),
        body=await request.body(),
        signature=request.headers.get(SIGNATURE),
    )


def _answer(app: Installation, tally: Tally, account: Account, asked: Asked) -> int:
    """The status to answer with: kept, refused, or not now."""
    told = judged(asked, account)
    if isinstance(told, Refusal):
        tally.add(f"{REFUSED}{told}")
        return UNBELIEVED
    try:
        now = app.instant()
        app.hear(told.receipt(now), now)
    except (Unavailable, ConcurrentChange) as trouble:
        log.warning("a receipt could not be kept: %s", trouble.code)
        return NOT_NOW
    return KEPT
