"""Growth: what the desk's lists and the page of a case take with few and with many cases, asked over HTTP one after the other.

Run as `python -m bench.growth serve PORT` it is the server; else it measures and prints.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx2

from bench.growth_fill import Desk, fill
from bisdesk.asgi import server_of, web_app
from bisdesk.bootstrap import Installation
from bisdesk.chance import SystemChance
from bisdesk.clock import SystemClock, VirtualClock
from bisdesk.settings import read_settings
from tests.support.postgres import COMMON, server
from workflow.model import Actor
from workflow.officers import open_for

DATABASES = ("SQLite as shipped", "PostgreSQL")
COUNTS = (1_000, 100_000)
TIMES = 100  # that each page is asked for
TARGET = 5.0  # times as long, with a hundred times as many cases
NEXT = re.compile(r'href="(/desk/work\?[^"]*after=[^"]*)"')


@dataclass(frozen=True, slots=True)
class Asked:
    """What one page took with one number of cases."""

    cases: int
    p50_ms: float
    p95_ms: float


@dataclass(frozen=True, slots=True)
class Growth:
    """A page on one database, with few and with many cases."""

    database: str
    page: str
    few: Asked
    many: Asked

    @property
    def ratio(self) -> float:
        """How many times as long the slowest of twenty takes."""
        return self.many.p95_ms / self.few.p95_ms

    def as_json(self) -> dict[str, object]:
        """As plain values."""
        return asdict(self) | {"ratio": round(self.ratio, 2), "target": TARGET}


def measured(
    *, counts: tuple[int, int] = COUNTS, times: int = TIMES, databases: tuple[str, ...] = DATABASES
) -> Iterator[Growth]:  # fmt: skip
    """Each database with few and with many cases."""
    for database in databases:
        few, many = (_on(database, count, times) for count in counts)
        for page in few:
            yield Growth(database, page, few[page], many[page])


def _on(database: str, count: int, times: int) -> dict[str, Asked]:
    with tempfile.TemporaryDirectory(prefix="bisdesk-growth-") as folder, _database(database, folder) as url:
        environment = {"BISDESK_ENV": "test", "BISDESK_HOME": folder, "BISDESK_DATABASE_URL": url}
        now = datetime.now(UTC)
        app = Installation(read_settings(environment), VirtualClock(now), SystemChance())
        began = time.perf_counter()
        desk = fill(app, VirtualClock(now), count=count)
        _say(f"growth, {database}: {count:,} cases written in {time.perf_counter() - began:.0f} s\n")
        token = _session(app, desk)
        app.store.dispose()
        with _served(environment) as base, httpx2.Client(base_url=base, cookies={"desk": token}, timeout=60) as browser:
            return {page: _asked(browser, paths, count, times) for page, paths in _pages(browser, desk).items()}


def _pages(browser: httpx2.Client, desk: Desk) -> dict[str, list[str]]:
    """The addresses to ask for, each group in turns."""
    entity = desk.entities[0]
    further = NEXT.search(browser.get("/desk/work?tab=all").text)
    assert further is not None
    return {
        "work list, mine": ["/desk/work?tab=mine"],
        "work list, everything open": ["/desk/work?tab=all"],
        "work list, its second page": [further[1].replace("&amp;", "&")],
        "work list, what is done": ["/desk/work?tab=done"],
        "work list, of one entity": [
            f"/desk/work?tab=all&entity={entity}",
            f"/desk/work?tab=unassigned&entity={entity}",
        ],
        "work list, keys that are blocked": ["/desk/work?tab=blocked"],
        "page of a case": [f"/desk/requests/{ref}" for ref in desk.refs.values()],
        "history of a case": [f"/desk/requests/{ref}/timeline" for ref in desk.refs.values()],
    }


def _asked(browser: httpx2.Client, paths: list[str], count: int, times: int) -> Asked:
    for path in paths:
        assert browser.get(path).status_code == 200, path  # and warm
    took = []
    for number in range(times):
        began = time.perf_counter()
        browser.get(paths[number % len(paths)])
        took.append(1000 * (time.perf_counter() - began))
    took.sort()
    return Asked(count, *(round(took[int(len(took) * share)], 1) for share in (0.5, 0.95)))


def _session(app: Installation, desk: Desk) -> str:
    with app.unit_of_work() as uow:
        bart = uow.directory.by_id(desk.officer)
        token = open_for(app.door(uow, Actor.of(bart), app.clock.now()), bart.id)
        uow.commit()
    return token


@contextmanager
def _database(name: str, folder: str) -> Iterator[str]:
    if name.startswith("SQLite"):
        yield f"sqlite:///{folder}/growth.db"
        return
    with server(COMMON) as running, running.database() as url:
        yield url


@contextmanager
def _served(environment: dict[str, str]) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    words = [sys.executable, "-m", "bench.growth", "serve", str(port)]
    running = subprocess.Popen(
        words, env=os.environ | environment, stderr=subprocess.DEVNULL, cwd=Path(__file__).parents[1]
    )
    try:
        for _ in range(300):
            with socket.socket() as door:
                if door.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        running.terminate()
        running.wait(20)


def _say(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()


def _serve(port: int) -> None:
    app = Installation(read_settings(dict(os.environ)), SystemClock(), SystemChance(), pooled=True)
    server_of(web_app(app)).run(sockets=[socket.create_server(("127.0.0.1", port))])


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        _serve(int(sys.argv[2]))
    else:
        for one in measured():
            print(json.dumps(one.as_json()))
