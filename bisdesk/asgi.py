"""The web server of an installation: its routes, and how it starts and ends. Nothing else answers.

Addresses are those of the settings: no header of a request says who we are.
"""

from __future__ import annotations

import logging
import signal
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext

import uvicorn
from anyio import to_thread
from fastapi import FastAPI

from bisdesk.bootstrap import Installation
from bisdesk.scheduler import ticking
from bisdesk.settings_desk import Door as Entrance
from bisdesk.web.applicant.routes import add_site
from bisdesk.web.applicant.site import ANSWER_S as ALIKE_S
from bisdesk.web.applicant.site import Site
from bisdesk.web.body_limit import BodyLimit
from bisdesk.web.callbacks import ANSWER_S, receipts_route
from bisdesk.web.desk.filing.papers import MOST_BYTES
from bisdesk.web.desk.frame import Desk
from bisdesk.web.desk.routes import add_desk
from bisdesk.web.headers import SecurityHeaders
from bisdesk.web.health import health_routes
from bisdesk.web.metrics import metrics_route
from bisdesk.web.rendering import Pages
from bisdesk.web.tally import Tally
from workflow.errors import Unavailable

IDLE_S = 75  # longer than web servers keep a line to us (nginx: 60): none is closed on a form that is on its way
GRACE_S = 10  # for requests that are under way when the process is told to stop


def web_app(
    app: Installation,
    *,
    worker: bool = False,
    started: Callable[[], None] | None = None,
    answer_s: float = ANSWER_S,
    alike_s: float = ALIKE_S,
) -> FastAPI:
    """The application over an installation; with `worker` it ticks as well."""
    tally = Tally(app.unit_of_work)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        with ticking(app) if worker else nullcontext():
            if started:
                started()
            yield
        await to_thread.run_sync(tally.write)

    theme = app.theme
    site = Site(app, Pages(theme, app.settings.languages), answer_s=alike_s)
    web = FastAPI(lifespan=lifespan, openapi_url=None, docs_url=None, redoc_url=None)
    web.router.routes.extend(
        [receipts_route(app, tally, answer_s=answer_s), *health_routes(app), metrics_route(app, tally)]
    )
    add_site(web, site, theme)
    if app.settings.desk.door is not Entrance.CLOSED:
        add_desk(web, Desk(app, theme))
    web.add_middleware(BodyLimit, papers=MOST_BYTES)
    web.add_middleware(SecurityHeaders, encrypted=site.encrypted)
    return web


def server_of(web: FastAPI, *, proxies: tuple[str, ...] = ()) -> uvicorn.Server:
    """A server of the application; it writes no path down, for a path may name a message or hold a link.

    Who asks, only the proxies may say that the settings name.
    """
    logging.getLogger("uvicorn.access").setLevel(logging.CRITICAL)
    config = uvicorn.Config(
        web, log_config=None, access_log=False, server_header=False,
        proxy_headers=bool(proxies), forwarded_allow_ips=list(proxies),
        timeout_keep_alive=IDLE_S, timeout_graceful_shutdown=GRACE_S, lifespan="on", ws="none",
    )  # fmt: skip
    return uvicorn.Server(config)


def door_at(host: str, port: int) -> socket.socket:
    """The address to listen at, ours from now on; port 0 takes a free one. Raises: Unavailable."""
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as trouble:
        why = trouble.strerror or "it is no address of this machine"
        raise Unavailable(
            f"Nothing can listen at {host} port {port}: {why}. Stop what listens there, or choose another --port."
        ) from None


def serve(web: FastAPI, door: socket.socket, *, proxies: tuple[str, ...] = ()) -> None:
    """Serve until the process is told to stop; what is under way is finished first."""
    for told in (signal.SIGINT, signal.SIGTERM):
        signal.signal(told, _nothing_more)  # uvicorn repeats the signal once it has ended; then it has been obeyed
    server_of(web, proxies=proxies).run(sockets=[door])


def _nothing_more(_signal: int, _frame: object) -> None:
    """It has stopped already."""
