"""Ticks and whoever moves the clock of a demonstration keep out of each other's way, over all processes of one folder.

In live nobody moves a clock, and nothing here waits for anything.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from bisdesk.bootstrap import Installation
from bisdesk.settings import Env

LOCK = "ticks.lock"


@contextmanager
def under_way(app: Installation) -> Iterator[None]:
    """While something ticks; any number may."""
    if app.settings.env is Env.LIVE:
        yield
        return
    with _held(app, fcntl.LOCK_SH):
        yield


@contextmanager
def at_rest(app: Installation) -> Iterator[None]:
    """While nothing ticks: what has begun is finished first, and the rest waits."""
    with _held(app, fcntl.LOCK_EX):
        yield


@contextmanager
def _held(app: Installation, how: int) -> Iterator[None]:
    handle = os.open(app.settings.home / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, how)
        yield
    finally:
        os.close(handle)
