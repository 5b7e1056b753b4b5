"""`bisdesk serve`: the web server, for the applicant's site, receipts of providers, health and metrics."""

from __future__ import annotations

import logging
from typing import Annotated

import typer

from bisdesk.bootstrap import install
from bisdesk.cli.output import talk
from bisdesk.cli.session import configured
from bisdesk.settings import Env
from bisdesk.site_address import UNNAMED_PROXIES
from workflow.errors import Unavailable


def serve(
    host: Annotated[str, typer.Option("--host", help="The address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="The port to listen at.")] = 8080,
    worker: Annotated[bool, typer.Option("--worker", help="Tick as well, as `bisdesk worker` does.")] = False,
) -> None:
    """Serve the applicant's site, receipts, health and metrics over HTTP until the process is told to stop."""
    from bisdesk.asgi import door_at, web_app  # loaded here: no other command needs a web server
    from bisdesk.asgi import serve as run

    settings = configured()
    if settings.env is Env.LIVE and settings.trusted_proxies is None:
        raise Unavailable(UNNAMED_PROXIES)
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    app = install(settings, pooled=True)
    app.sms_account  # noqa: B018  # a wrong address is told at the start, not at the first receipt
    door = door_at(host, port)
    at = _where(host, door.getsockname()[1])
    run(web_app(app, worker=worker, started=lambda: talk(at)), door, proxies=settings.trusted_proxies or ())
    talk("The server has stopped.")


def _where(host: str, port: int) -> str:
    return f"The server listens at http://{f'[{host}]' if ':' in host else host}:{port}; stop it with Ctrl+C."
