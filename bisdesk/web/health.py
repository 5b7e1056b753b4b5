"""Whether this installation works, in one word: UP, DEGRADED or DOWN; what is wrong in detail, `doctor` and `message stats` tell.

The detail stays inside: anybody may be able to ask.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bisdesk.bootstrap import Installation
from bisdesk.canary import beat_of
from workflow.errors import BisdeskError
from workflow.measures import Measured
from workflow.outbox import Channel

NO_TICK = timedelta(minutes=5)  # a worker ticks every two seconds, a timer of the system every minute
LATE = timedelta(minutes=15)
SENT = (Channel.EMAIL, Channel.SMS)


class Health(StrEnum):
    """What a monitor asks for."""

    UP = "UP"
    DEGRADED = "DEGRADED"  # it works, and something waits: a provider is down, or nobody ticks
    DOWN = "DOWN"


def health_routes(app: Installation) -> list[Route]:
    """The routes of the health: how it is, whether the process lives, whether it can work."""

    async def health(_: Request) -> Response:
        return _said(await to_thread.run_sync(health_of, app))

    async def live(_: Request) -> Response:
        return _said(Health.UP)

    async def ready(_: Request) -> Response:
        return _said(await to_thread.run_sync(_readiness, app))

    return [Route("/health", health), Route("/health/live", live), Route("/health/ready", ready)]


def health_of(app: Installation) -> Health:
    """How it is now."""
    try:
        with app.unit_of_work() as uow:
            mark = uow.marks.high_water()
            now = app.instant_in(uow)
            measured = uow.measures.taken(now=now)
    except BisdeskError:
        return Health.DOWN
    beat = beat_of(app, measured, now)
    well = _is_well(measured, mark, now) and not (beat and beat.late)
    return Health.UP if well else Health.DEGRADED


def _is_well(measured: Measured, mark: datetime | None, now: datetime) -> bool:
    late = any(measured.oldest_due.get(channel, timedelta()) > LATE for channel in SENT)
    return mark is not None and now - mark <= NO_TICK and not late and not measured.paused


def _readiness(app: Installation) -> Health:
    try:
        app.instant()
    except BisdeskError:
        return Health.DOWN
    return Health.UP


def _said(health: Health) -> Response:
    return JSONResponse({"status": str(health)}, status_code=503 if health is Health.DOWN else 200)
