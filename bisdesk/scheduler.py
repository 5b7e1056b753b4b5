"""The clockwork of a worker: APScheduler runs a fixed set of interval jobs, each of which looks for due rows.

No deadline is ever a job: deadlines are rows, and any number of processes may tick (design 7).
"""

from __future__ import annotations

import logging
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC
from threading import Thread
from types import FrameType

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.schedulers.base import BaseScheduler
from apscheduler.schedulers.blocking import BlockingScheduler

from bisdesk.bootstrap import Installation
from bisdesk.clock import SystemClock
from bisdesk.fencing import problem_of
from bisdesk.standstill import under_way
from bisdesk.ticks import parts_of, tick
from workflow.errors import Unavailable

EVERY_SECONDS = {"timers": 5, "registers": 5, "outbox": 2, "receipts": 30, "retention": 300, "canary": 5}
log = logging.getLogger("bisdesk.worker")
for chatty in ("apscheduler", "transitions"):  # else lines each time that a job looks, and for every trigger
    logging.getLogger(chatty).setLevel(logging.WARNING)


def run_worker(app: Installation, *, started: Callable[[], None] | None = None) -> None:
    """Tick until the process is told to stop; a running tick is finished first."""
    clockwork = BlockingScheduler(timezone=UTC)
    _wind_up(clockwork, app)

    def stop(_signal: int, _frame: FrameType | None) -> None:
        Thread(target=clockwork.shutdown, kwargs={"wait": True}).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    if started:
        started()
    clockwork.start()


@contextmanager
def ticking(app: Installation) -> Iterator[None]:
    """Tick beside something else, in threads of this process; a running tick is finished at the end."""
    clockwork = BackgroundScheduler(timezone=UTC)
    _wind_up(clockwork, app)
    clockwork.start()
    try:
        yield
    finally:
        clockwork.shutdown(wait=True)


def _wind_up(clockwork: BaseScheduler, app: Installation) -> None:
    for part in parts_of(app):
        # misfire_grace_time None: by default a job that is one second late is dropped without a word.
        clockwork.add_job(
            _tick_once, "interval", seconds=EVERY_SECONDS[part], id=part, args=(app, part), next_run_time=SystemClock().now(),
            misfire_grace_time=None, coalesce=True, max_instances=1,
        )  # fmt: skip


def _tick_once(app: Installation, part: str) -> None:
    try:
        with under_way(app):
            done = tick(app, (part,))
    except Unavailable as trouble:
        # The database may come back; a worker that dies of it would have to be started by hand.
        log.warning("tick %s could not work: %s", part, trouble.detail)
        return
    if problem := problem_of(app, done.standing):
        log.warning("%s", problem)
    count = done.done.get(part, 0)
    if count:
        log.info("tick %s did %d", part, count)
