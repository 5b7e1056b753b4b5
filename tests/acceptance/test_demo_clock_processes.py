"""The clock of a demonstration beneath its pages: one for server and worker, kept over a restart, and nowhere in live."""

from __future__ import annotations

import asyncio
import base64
import shutil
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bisdesk.asgi import web_app
from bisdesk.bootstrap import Installation, install
from bisdesk.clock import ShiftedClock, SystemClock
from bisdesk.demo.simulation import Step, begin_again, move
from bisdesk.scheduler import ticking
from bisdesk.seed import seed
from bisdesk.settings import Env, Settings, read_settings
from bisdesk.standstill import under_way
from store.schema import upgrade
from workflow.errors import GuardRefused

DAY = timedelta(days=1)
KEYS = {"SECRET_KEY": bytes(range(32)), "DATA_KEY": bytes(range(32, 64))}
GOING = "/desk/demo/move"


def settings(home: Path, **more: str) -> Settings:
    return read_settings(
        {"BISDESK_ENV": "demo", "BISDESK_HOME": str(home), "BISDESK_BASE_URL": "http://127.0.0.1:9", **more}
    )


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Installation]:
    """An installation of the demonstration kind on the clock that it has by itself."""
    given = settings(tmp_path / "home")
    made = install(given)
    upgrade(given.database_url)
    seed(made, made.clock.now())
    yield made
    made.store.dispose()
    shutil.rmtree(tmp_path / "home")


def test_server_and_worker_see_the_same_clock_and_a_restart_keeps_it(app: Installation) -> None:
    before = app.clock.now()
    move(app, Step.DAY)

    other = install(app.settings)

    assert timedelta() <= other.clock.now() - before - DAY < timedelta(minutes=1)


def test_a_worker_goes_on_ticking_however_far_the_clock_was_moved(app: Installation) -> None:
    for _ in range(40):
        move(app, Step.DAY)
    with app.unit_of_work() as uow:
        before = uow.marks.high_water()
    assert before is not None

    with ticking(app):
        end = time.monotonic() + 30
        while time.monotonic() < end and _mark(app) <= before:
            time.sleep(0.1)

    assert _mark(app) > before


def test_whoever_moves_waits_for_what_ticks(app: Installation) -> None:
    """Else half of a tick would be written into the people of another time."""
    moved = threading.Event()
    mover = threading.Thread(target=lambda: (move(app, Step.HOUR), moved.set()))

    with under_way(app), under_way(app):
        mover.start()
        assert not moved.wait(0.3)

    assert moved.wait(20)
    mover.join()


# Live


def test_in_live_the_clock_is_the_machines_and_there_is_no_page_to_move_it(tmp_path: Path) -> None:
    keys = {f"BISDESK_{name}": base64.b64encode(secret).decode() for name, secret in KEYS.items()}
    live = replace(settings(tmp_path / "home", **keys), env=Env.LIVE)
    app = install(live)
    pages = asyncio.run(_statuses(app, ("GET", "/desk/demo"), ("GET", "/desk/demo/phone"), ("POST", GOING),
                                  ("POST", "/desk/demo/reset"), ("GET", "/desk/sign-in")))  # fmt: skip

    assert type(app.clock) is SystemClock
    assert set(pages[:4]) == {404}
    assert pages[4] != 404, "the desk itself is there"
    for forbidden in (lambda: move(app, Step.DAY), lambda: begin_again(app)):
        with pytest.raises(GuardRefused):
            forbidden()


def test_even_a_clock_that_could_be_moved_is_not_moved_in_live(app: Installation) -> None:
    live = install(replace(app.settings, env=Env.LIVE), clock=ShiftedClock(app.settings.home / "clock"))

    with pytest.raises(GuardRefused):
        move(live, Step.DAY)
    assert not (app.settings.home / "clock").exists()


async def _statuses(app: Installation, *asked: tuple[str, str]) -> list[int]:
    """What the application answers, without a server."""
    web, told = web_app(app), []
    for method, path in asked:
        body = b"form=x&step=day" if method == "POST" else b""
        scope = {
            "type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": b"", "scheme": "http",
            "server": ("127.0.0.1", 80), "client": ("127.0.0.1", 1), "http_version": "1.1", "root_path": "",
            "headers": [(b"content-type", b"application/x-www-form-urlencoded"), (b"host", b"127.0.0.1")],
        }  # fmt: skip

        async def receive(body: bytes = body) -> dict[str, object]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: dict[str, object]) -> None:
            if message["type"] == "http.response.start":
                told.append(int(str(message["status"])))

        await web(scope, receive, send)  # type: ignore[arg-type]
    return told


def _mark(app: Installation) -> datetime:
    with app.unit_of_work() as uow:
        mark = uow.marks.high_water()
    assert mark is not None
    return mark
