"""The heartbeat of this installation: who walks, how its app shows a code, and how the walks went."""

from __future__ import annotations

import logging
from datetime import datetime

from pyotp import TOTP

from bisdesk.bootstrap import Installation
from workflow.canary import Canary, Heartbeat, heartbeat, step
from workflow.errors import BisdeskError, Unavailable
from workflow.measures import Measured

log = logging.getLogger("bisdesk.canary")


def walk(app: Installation, now: datetime) -> bool:
    """Take one step where one can be taken; whether it was. Raises: Unavailable."""
    route = app.settings.canary
    if route is None:
        return False
    canary = Canary(app.unit_of_work, app.tools, route, mint=app.mint, app_shows=_app_shows)
    try:
        return step(canary, now)
    except Unavailable:
        raise
    except BisdeskError as trouble:
        # Somebody was first, or a step is refused: the next tick looks again, and the bound of a walk tells of the rest.
        log.warning("the canary did not get on: %s", trouble.code)
        return False


def beat_of(app: Installation, measured: Measured, now: datetime) -> Heartbeat | None:
    """How the walks went; None where nobody walks."""
    route = app.settings.canary
    return heartbeat(measured.counted, route, now=now) if route else None


def _app_shows(secret: str, now: datetime) -> str:
    return TOTP(secret).at(now)
