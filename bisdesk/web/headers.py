"""The headers that every answer carries, whatever went wrong: nothing from elsewhere, nothing kept, nothing told on (A24).

They are added outside the application, so that no page can forget them.
"""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT = "; ".join(
    (
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "font-src 'self'",
        "form-action 'self'", "base-uri 'none'", "object-src 'none'", "frame-ancestors 'none'",
    )
)  # fmt: skip
ALWAYS = {
    "Content-Security-Policy": CONTENT,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Robots-Tag": "noindex, nofollow",
}
NOT_KEPT = "no-store"
ONE_YEAR = "max-age=31536000; includeSubDomains"


def add_headers(headers: MutableHeaders, *, encrypted: bool) -> None:
    """Add them to one answer; what it says itself stands. `encrypted` where the site is reached over HTTPS."""
    always = ALWAYS | ({"Strict-Transport-Security": ONE_YEAR} if encrypted else {})
    for name, value in (*always.items(), ("Cache-Control", NOT_KEPT)):
        headers.setdefault(name, value)


class SecurityHeaders:
    """Adds them to every answer of the application."""

    def __init__(self, app: ASGIApp, *, encrypted: bool) -> None:
        self._app, self._encrypted = app, encrypted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                add_headers(MutableHeaders(scope=message), encrypted=self._encrypted)
            await send(message)

        await self._app(scope, receive, with_headers)
