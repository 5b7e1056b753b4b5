"""How large a request may be: small everywhere, and as large as two papers where papers are sent."""

from __future__ import annotations

import re

from starlette.datastructures import Headers
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

SMALL = 64 * 1024  # bytes
MOST_DRAINED = 128 * 1024 * 1024  # bytes; whoever sends more finds the connection closed
WITH_PAPERS = re.compile(r"/desk/requests/[0-9A-Za-z-]{1,40}/file/papers")
TOLD = "?large=yes"


class BodyLimit:
    """Refuses a request that is larger than what its address can be about."""

    def __init__(self, app: ASGIApp, *, papers: int) -> None:
        self._small = RequestBodyLimitMiddleware(app, max_body_size=SMALL)
        self._papers = RequestBodyLimitMiddleware(app, max_body_size=papers)
        self._most = papers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request in; papers that are too large lead back to their page, which says so."""
        if scope["type"] != "http" or not WITH_PAPERS.fullmatch(scope["path"]):
            await self._small(scope, receive, send)
        elif self._most < _announced(scope) <= MOST_DRAINED:
            await _drain(receive)  # a browser that is still sending would never read the answer
            await RedirectResponse(f"{scope['path']}{TOLD}", 303)(scope, receive, send)
        else:
            await self._papers(scope, receive, send)


def _announced(scope: Scope) -> int:
    text = Headers(scope=scope).get("content-length", "")
    return int(text) if text.isascii() and text.isdigit() else 0


async def _drain(receive: Receive) -> None:
    while True:
        message = await receive()
        if message["type"] != "http.request" or not message.get("more_body"):
            return
