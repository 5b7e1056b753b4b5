"""Every address that an application answers, read from the application itself, so that none can be forgotten in a test."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.routing import Route


def routes(web: FastAPI) -> frozenset[tuple[str, str]]:
    """Method and path of every page and form, however deep its router was included."""
    found, waiting = set(), list(web.routes)
    while waiting:
        route = waiting.pop()
        if isinstance(route, Route):
            found |= {(method, route.path) for method in (route.methods or ()) if method != "HEAD"}
        waiting += getattr(getattr(route, "original_router", None), "routes", [])
    return frozenset(found)
