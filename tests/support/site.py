"""The applicant's site of an installation on a virtual clock, served over real sockets, and a person who uses it without a browser.

Nothing ticks by itself; link and code are read out of the captured mail and SMS, as people do.
"""

from __future__ import annotations

import atexit
import re
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from bisdesk.asgi import server_of, web_app
from bisdesk.chance import SystemChance
from bisdesk.clock import VirtualClock
from bisdesk.demo.letters import Letter
from bisdesk.demo.stage import BART, CODE, OTP, Stage
from bisdesk.seed import seed
from bisdesk.settings import read_settings
from store.schema import upgrade
from tests.support.site_person import PASSWORD, Person
from tests.support.site_watch import Watched, dump
from tests.support.watched import comparisons
from workflow import activations_code
from workflow.access import Door
from workflow.activations_code import CodeOutcome

__all__ = ["PASSWORD", "OpenSite", "Person", "issued_site", "open_site"]
START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
LINK = re.compile(r"/a/([A-Za-z0-9_-]{43})")
REFERENCE = re.compile(r"AC-\d{4}-\d{5}-\w\w")


@dataclass
class OpenSite:
    """A site that listens, its clock and its people."""

    stage: Stage
    base: str
    letters: list[Letter] = field(default_factory=list, repr=False)
    people: list[Person] = field(default_factory=list, repr=False)

    @property
    def clock(self) -> VirtualClock:
        """The clock of the installation."""
        return self.stage.clock

    def tick(self) -> list[Letter]:
        """Let everything happen that is due; what arrived."""
        arrived = self.stage.tick()
        self.letters += arrived
        return arrived

    def issued(self, name: str = "zoe-dubois") -> str:
        """A person to whom link and code were sent; the reference of the activation."""
        ref = self.stage.file(name)
        self.stage.take(ref)
        self.stage.approve(ref)
        self.tick()
        return str(self.stage.request(ref)["activation"])

    @property
    def ref(self) -> str:
        """The reference that the newest letter names."""
        return [found.group() for one in self.letters if (found := REFERENCE.search(one.text))][-1]

    def link(self) -> str:
        """The token of the newest link that came by mail."""
        return [found[1] for one in self.letters if one.channel == "mail" and (found := LINK.search(one.text))][-1]

    def code(self) -> str:
        """The newest activation code that came by SMS."""
        return [found.group() for one in self.letters if one.channel == "SMS" and (found := CODE.search(one.text))][-1]

    def otp(self) -> str:
        """The newest one-time code that came by SMS."""
        return [found.group() for one in self.letters if one.channel == "SMS" and (found := OTP.search(one.text))][-1]

    def state(self, ref: str) -> str:
        """The true state of a case now."""
        return self.stage.state(ref)

    def events(self, ref: str) -> list[str]:
        """What happened to an activation, oldest first."""

        def read(door: Door) -> list[str]:
            case, _ = door.uow.cases.activation(ref, now=door.now)
            return [event.event for event in door.uow.cases.history(case.id)]

        return self.stage.act(BART, read)

    def tries_left(self, ref: str) -> object:
        """How many tries are left."""
        return self.stage.activation(ref)["attemptsLeft"]

    def compared(self, what: str) -> int:
        """How many codes or passwords were compared, by any process."""
        return comparisons(self.stage.app.settings.home, what)

    def dump(self) -> dict[str, list[str]]:
        """What the database holds about cases and people."""
        return dump(self.stage.app.settings.database_url)

    def enter(self, ref: str, code: str) -> CodeOutcome:
        """Enter a code past the pages."""
        return self.stage.act(None, lambda door: activations_code.submit_code(door, ref, code))

    def person(self, **headers: str) -> Person:
        """Somebody with an empty browser."""
        return Person(self.base, headers, self.people)


@contextmanager
def issued_site(home: Path, *names: str, **more: Any) -> Iterator[OpenSite]:
    """A site at START on which link and code went out to these people, else to Zoë; on SQLite, made once and copied."""
    shutil.copytree(_issued(names or ("zoe-dubois",)), home)
    with open_site(home, **more) as site:
        yield site


@cache
def _issued(names: tuple[str, ...]) -> Path:
    home = Path(tempfile.mkdtemp(prefix="bisdesk-site-")) / "home"
    atexit.register(shutil.rmtree, home.parent, ignore_errors=True)
    with open_site(home, kept=True) as site:
        for name in names:
            site.issued(name)
    return home


@contextmanager
def open_site(
    home: Path, *, database: str | None = None, start: datetime = START, kept: bool = False, **more: Any
) -> Iterator[OpenSite]:
    """A site on a free port of 127.0.0.1, on a database of its own; `more` goes to the application."""
    with socket.socket() as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{door.getsockname()[1]}"
        environment = {
            "BISDESK_ENV": "test", "BISDESK_HOME": str(home), "BISDESK_BASE_URL": base,
            "BISDESK_DATABASE_URL": database or f"sqlite:///{home}/bisdesk.db", **more.pop("settings", {}),
        }  # fmt: skip
        clock = VirtualClock(start)
        settings = read_settings(environment)
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        app = Watched(settings, clock, SystemChance(), pooled=True)
        upgrade(settings.database_url)
        stage = Stage(app, clock)
        seed(app, start)
        server = server_of(web_app(app, **({"alike_s": 0.0} | more)), proxies=settings.trusted_proxies or ())
        people: list[Person] = []
        thread = threading.Thread(target=server.run, kwargs={"sockets": [door]}, daemon=True)
        thread.start()
        try:
            _until_started(server)
            yield OpenSite(stage, base, stage.arrived(), people)
        finally:
            for person in people:
                person.client.close()
            server.should_exit = True
            thread.join()
            app.store.dispose()
            if not kept:
                shutil.rmtree(home / "mail", ignore_errors=True)


def _until_started(server: Any) -> None:
    for _ in range(600):
        if server.started:
            return
        time.sleep(0.05)
    raise RuntimeError("the site did not start")
