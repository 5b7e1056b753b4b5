"""The web server of an installation: its routes, and how it starts and ends. Nothing else answers.

Addresses are those of the settings: no header of a request says who we are or who asks.
"""

from __future__ import annotations

import logging
import signal
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext

import uvicorn
from anyio import to_thread
from starlette.applications import Starlette

from bisdesk.bootstrap import Installation
from bisdesk.scheduler import ticking
from bisdesk.web.callbacks import ANSWER_S, receipts_route
from bisdesk.web.health import health_routes
from bisdesk.web.metrics import metrics_route
from bisdesk.web.tally import Tally
from workflow.errors import Unavailable

GRACE_S = 10  # for requests that are under way when the process is told to stop


def web_app(
    app: Installation,
    *,
    worker: bool = False,
    started: Callable[[], None] | None = None,
    answer_s: float = ANSWER_S,
) -> Starlette:
    """The application over an installation; with `worker` it ticks as well."""
    tally = Tally(app.unit_of_work)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        with ticking(app) if worker else nullcontext():
            if started:
                started()
            yield
        await to_thread.run_sync(tally.write)

    routes = [receipts_route(app, tally, answer_s=answer_s), *health_routes(app), metrics_route(app, tally)]
    return Starlette(routes=routes, lifespan=lifespan)


def server_of(web: Starlette) -> uvicorn.Server:
    """A server of the application; it writes no path down, for a path may name a message, and believes no header of a proxy."""
    logging.getLogger("uvicorn.access").setLevel(logging.CRITICAL)
    config = uvicorn.Config(
        web, log_config=None, access_log=False, proxy_headers=False, server_header=False,
        timeout_graceful_shutdown=GRACE_S, lifespan="on", ws="none",
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


def serve(web: Starlette, door: socket.socket) -> None:
    """Serve until the process is told to stop; what is under way is finished first."""
    for told in (signal.SIGINT, signal.SIGTERM):
        signal.signal(told, _nothing_more)  # uvicorn repeats the signal once it has ended; then it has been obeyed
    server_of(web).run(sockets=[door])


def _nothing_more(_signal: int, _frame: object) -> None:
    """It has stopped already."""
