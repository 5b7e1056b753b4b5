"""An installation with a stand-in for Twilio before it and its own web server behind: receipts over real sockets."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta

import uvicorn

from bisdesk.asgi import server_of, web_app
from bisdesk.bootstrap import Installation
from bisdesk.chance import SystemChance
from bisdesk.clock import VirtualClock
from bisdesk.settings import read_settings
from bisdesk.ticks import tick
from tests import builders
from tests.integration.race_world import BLOCKS, LINK_EXPIRES, START, Place, Waiting, awaiting
from tests.support.twilio_callbacks import Answer, request
from tests.support.twilio_server import Message, TwilioServer
from workflow.lifecycles.activation import State
from workflow.measures import Measured
from workflow.model import Case, CodeChannel
from workflow.outbox import Attempt, Delivery, KeptReceipt, MessageKind, QueuedMessage
from workflow.wording import link_words

CODE = "K7Q2M4T9WX8ZB3CH6N5P"
PATIENT_S = 30.0  # a machine that is busy with other tests is no fault


@dataclass
class Line:
    """One installation, Twilio, and codes on their way."""

    app: Installation
    maker: Place
    twilio: TwilioServer
    base: str = ""
    waiting: list[Waiting] = field(default_factory=list)

    def owed(self, count: int = 1) -> list[Waiting]:
        """Activations that wait for their code, whose SMS is in the queue."""
        made = awaiting(self.maker.app(), range(len(self.waiting), len(self.waiting) + count),
            state=State.AWAITING_CODE, messages=_code_sms)  # fmt: skip
        self.waiting += made
        return made

    def sent(self) -> Message:
        """The SMS of one activation, taken over by Twilio."""
        self.owed()
        self.tick("outbox")
        return self.twilio.messages[-1]

    def tick(self, *parts: str, **later: float) -> None:
        """Let time pass, then tick."""
        self.wait(**later)
        tick(self.app, parts)

    def wait(self, **later: float) -> None:
        """Let time pass."""
        clock = self.app.clock
        assert isinstance(clock, VirtualClock)
        clock.advance(timedelta(**later))

    def row(self, place: int = 0) -> Delivery:
        """The first row of a case, as the desk sees it."""
        return self.rows(place)[0]

    def rows(self, place: int = 0) -> list[Delivery]:
        """The rows of a case that are SMS."""
        with self.app.unit_of_work() as uow:
            rows = uow.outbox.of_case(self.waiting[place].case_id)
        return [row for row in rows if row.message.kind is MessageKind.M3]

    def told(self, place: int = 0) -> list[KeptReceipt]:
        """What was told of the first row of a case."""
        row = self.row(place)
        with self.app.unit_of_work() as uow:
            return uow.receipts.of_message(row.message.id)

    def tries(self, place: int = 0) -> list[Attempt]:
        """The attempts at the first row of a case."""
        row = self.row(place)
        with self.app.unit_of_work() as uow:
            return uow.outbox.attempts_of(row.message.id)

    def measured(self) -> Measured:
        """The figures now."""
        with self.app.unit_of_work() as uow:
            return uow.measures.taken(now=self.app.clock.now())

    def get(self, path: str) -> Answer:
        """What our server answers."""
        return request("GET", f"{self.base}{path}")


@contextmanager
def line(place: Place, twilio: TwilioServer, *, answer_s: float = PATIENT_S, **more: str) -> Iterator[Line]:
    """An installation that listens on a free port of 127.0.0.1."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{door.getsockname()[1]}"
        settings = place.environment | {
            "BISDESK_SMS_URL": twilio.url(), "BISDESK_CALLBACK_BASE_URL": base, **more,
        }  # fmt: skip
        app = Installation(read_settings(settings), VirtualClock(START), SystemChance(), pooled=True)
        server = server_of(web_app(app, answer_s=answer_s))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [door]}, daemon=True)
        thread.start()
        try:
            _until_started(server)
            yield Line(app, place, twilio, base)
        finally:
            server.should_exit = True
            thread.join()
            app.store.dispose()


def _until_started(server: uvicorn.Server) -> None:
    until = time.monotonic() + PATIENT_S
    while not server.started:
        assert time.monotonic() < until, "the server did not start"
        time.sleep(0.01)


def _code_sms(case: Case) -> tuple[QueuedMessage, ...]:
    words = link_words(LINK_EXPIRES, BLOCKS, by=CodeChannel.SMS)
    sms = builders.message(case, MessageKind.M3, secret=CODE, send_before=LINK_EXPIRES)
    return (replace(sms, params=words),)
