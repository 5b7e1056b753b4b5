"""Pages: how many a second the applicant's code page gives at 16 connections, next to a bare FastAPI page from the same database.

Run as `python -m bench.pages serve ours|bare PORT` it is one server process; else it measures both in turns.
"""

from __future__ import annotations

import asyncio
import json
import os
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
from statistics import median

import httpx2
import uvicorn
from fastapi import FastAPI, Request
from jinja2 import Environment
from sqlalchemy import select
from starlette.responses import HTMLResponse

from bisdesk.asgi import server_of, web_app
from bisdesk.bootstrap import Installation, install
from bisdesk.chance import SystemChance
from bisdesk.settings import read_settings
from store.engine import looking, open_engine
from store.schema import upgrade
from store.tables import activations, cases
from tests.support.postgres import COMMON, server
from workflow.access import Door
from workflow.codes import Minted
from workflow.issuing import issue_to
from workflow.model import Actor, Entity, EntityStatus, Holder, Language
from workflow.ports_entry import LinkPurpose

CONNECTIONS, ROUNDS, SECONDS = 16, 5, 4.0
TARGET = 0.6
LINK = "BENCH_LINK"  # whose page it is, told to the servers
BARE = Environment(autoescape=True).from_string(
    "<!DOCTYPE html><html lang=en><title>{{ ref }}</title><h1>{{ ref }}</h1><p>{{ state }}, until {{ until }}</p>"
    "<form method=post><label for=code>Code</label><input id=code name=code><button>Send</button></form></html>"
)


@dataclass(frozen=True, slots=True)
class Load:
    """What one server gave under load: minimum, median and maximum of the rounds."""

    per_second: tuple[float, float, float]
    p50_ms: float
    p99_ms: float
    bytes: int


@dataclass(frozen=True, slots=True)
class Pages:
    """Both servers on one database."""

    database: str
    ours: Load
    bare: Load

    @property
    def ratio(self) -> float:
        """Ours to the bare page."""
        return self.ours.per_second[1] / self.bare.per_second[1]

    def as_json(self) -> dict[str, object]:
        """As plain values."""
        return asdict(self) | {"ratio": round(self.ratio, 3), "target": TARGET, "connections": CONNECTIONS}


def measured(*, rounds: int = ROUNDS, seconds: float = SECONDS) -> Iterator[Pages]:
    """Both databases, both servers in turns."""
    with tempfile.TemporaryDirectory(prefix="bisdesk-pages-") as folder:
        yield _on("SQLite as shipped", f"sqlite:///{folder}/pages.db", Path(folder), rounds, seconds)
    with server(COMMON) as running, running.database() as url, tempfile.TemporaryDirectory() as folder:
        yield _on("PostgreSQL", url, Path(folder), rounds, seconds)


def _on(database: str, url: str, home: Path, rounds: int, seconds: float) -> Pages:
    environment = {"BISDESK_ENV": "test", "BISDESK_HOME": str(home), "BISDESK_DATABASE_URL": url}
    token = _furnished(environment)
    environment |= {LINK: token}
    with _process("ours", environment) as ours, _process("bare", environment) as bare:
        cookie = _cookie(ours, token)
        asked = {
            "ours": (ours, f"GET /activate/code HTTP/1.1\r\nHost: x\r\nCookie: {cookie}\r\n\r\n".encode()),
            "bare": (bare, b"GET /bare HTTP/1.1\r\nHost: x\r\n\r\n"),
        }
        took: dict[str, list[list[float]]] = {name: [] for name in asked}
        size = {name: asyncio.run(_loaded(port, ask, 1.0))[1] for name, (port, ask) in asked.items()}  # warm-up
        for _ in range(rounds):
            for name, (port, ask) in asked.items():
                took[name].append(asyncio.run(_loaded(port, ask, seconds))[0])
    made = {name: _load(took[name], seconds, size[name]) for name in asked}
    return Pages(database, made["ours"], made["bare"])


def _load(rounds: list[list[float]], seconds: float, size: int) -> Load:
    rates = sorted(len(one) / seconds for one in rounds)
    waits = sorted(wait for one in rounds for wait in one)
    p50, p99 = (1000 * waits[int(len(waits) * share)] for share in (0.5, 0.99))
    return Load((round(rates[0]), round(median(rates)), round(rates[-1])), round(p50, 1), round(p99, 1), size)


async def _loaded(port: int, ask: bytes, seconds: float) -> tuple[list[float], int]:
    """Every answer's time in seconds, and the size of one."""
    ends, waits, sizes = time.perf_counter() + seconds, [], set()

    async def connection() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.perf_counter() < ends:
            began = time.perf_counter()
            writer.write(ask)
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200"), head[:200]
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            await reader.readexactly(length)
            waits.append(time.perf_counter() - began)
            sizes.add(length)
        writer.close()

    await asyncio.gather(*(connection() for _ in range(CONNECTIONS)))
    return waits, max(sizes)


def _furnished(environment: dict[str, str]) -> str:
    """A database with 1,000 activations, and the link of one that waits for its code."""
    app = install(read_settings(environment))
    upgrade(app.settings.database_url)
    token = ""
    for place in range(1000):
        now = app.clock.now()
        minted = app.mint(now) if place == 0 else _cheap(app, now)
        token = token or minted.token
        with app.unit_of_work() as uow:
            if place == 0:
                uow.directory.put_entity(Entity("OVO000001", "Agentschap Voorbeeld", EntityStatus.ACTIVE))
            door = Door(uow=uow, actor=Actor.clock(), now=now, tools=app.tools)
            holder = Holder("Zoë", "Dubois", f"p{place}@example.org", f"+3247{place:07d}", f"{place:011d}", f"p{place}")
            issue_to(door, holder, entity="OVO000001", language=Language.EN, minted=minted)
            uow.commit()
    app.store.dispose()
    engine = open_engine(app.settings.database_url)
    with engine.begin() as connection:
        connection.execute(cases.update().values(state="awaiting_code"))
    engine.dispose()
    return token


def _cheap(app: Installation, now: datetime) -> Minted:
    """A link and code whose hash nobody will compare."""
    return Minted(app.chance.uuid(now), now, "x", os.urandom(32), "0" * 20, "no hash")


def _cookie(port: int, token: str) -> str:
    """What a browser carries that followed the link; its page is the one to measure."""
    with httpx2.Client(base_url=f"http://127.0.0.1:{port}") as browser:
        browser.get(f"/a/{token}", follow_redirects=True)
        assert 'name="code"' in browser.get("/activate/code").text
        return "; ".join(f"{name}={value}" for name, value in browser.cookies.items())


@contextmanager
def _process(name: str, environment: dict[str, str]) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    words = [sys.executable, "-m", "bench.pages", "serve", name, str(port)]
    running = subprocess.Popen(words, env=os.environ | environment, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            with socket.socket() as door:
                if door.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port
    finally:
        running.terminate()
        running.wait(20)


def _serve(name: str, port: int) -> None:
    app = Installation(read_settings(dict(os.environ)), _Clock(), SystemChance(), pooled=True)
    running = server_of(web_app(app)) if name == "ours" else uvicorn.Server(uvicorn.Config(_bare(app), log_config=None))
    running.run(sockets=[socket.create_server(("127.0.0.1", port))])


class _Clock:
    def now(self) -> datetime:
        return datetime.now(UTC)


def _bare(app: Installation) -> FastAPI:
    """One query, one small template, nothing else."""
    digest = app.tools.secrets.token_digest(os.environ[LINK], purpose=LinkPurpose.ACTIVATION)
    engine = looking(open_engine(app.settings.database_url, pooled=True))
    found = (
        select(cases.c.ref, cases.c.state, activations.c.link_expires_at)
        .join(activations, activations.c.case_id == cases.c.id)
        .where(activations.c.link_digest == digest)
    )
    web = FastAPI()

    @web.get("/bare")
    def bare(request: Request) -> HTMLResponse:
        with engine.connect() as connection:
            ref, state, until = connection.execute(found).one()
        return HTMLResponse(BARE.render(ref=ref, state=state, until=until))

    return web


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        _serve(sys.argv[2], int(sys.argv[3]))
    else:
        for one in measured():
            print(json.dumps(one.as_json()))
