"""A worker killed for real in the middle of a batch: nothing is lost, at most one mail comes twice, and then identically."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from store.schema import upgrade
from tests.support.sending_worker import queue_on
from tests.support.smtp_server import MailServer, mail_server
from tests.unit.notifications.dispatch_example import NOW
from workflow.outbox import DeliveryState

MAILS = 5


@dataclass
class Killer:
    """Kills a process with SIGKILL when the server hears a verb for the third time."""

    verb: str
    victim: subprocess.Popen[bytes] | None = None
    heard: int = 0
    struck: list[str] = field(default_factory=list)

    def __call__(self, verb: str) -> None:
        self.heard += verb == self.verb
        if self.heard == 3 and self.victim is not None and not self.struck:
            self.struck.append(verb)
            self.victim.kill()
            self.victim.wait()


# F03: killed before the content, the server has nothing. F05: taken, and killed before it could be recorded.
@pytest.mark.slow
@pytest.mark.fact("B2-2")
@pytest.mark.parametrize(("verb", "extra"), [("MAIL", 0), ("RCPT", 0), ("DATA", 1)])
def test_a_worker_killed_in_the_middle_of_a_batch_loses_nothing(tmp_path: Path, verb: str, extra: int) -> None:
    database = f"sqlite:///{tmp_path / 'bisdesk.db'}"
    upgrade(database)
    with mail_server() as server:
        queue = queue_on(database, server.url(), NOW)
        owed = [queue.owed(secret=f"token {number}") for number in range(MAILS)]
        _killed_while_sending(server, database, verb)

        queue.drain(minutes=10)
        queue.drain(minutes=10)
        states = {queue.state(message) for message in owed}
        queue.store.dispose()

    copies = Counter(received.content for received in server.received)
    assert states == {DeliveryState.ACCEPTED}
    assert len(copies) == MAILS
    assert sum(copies.values()) == MAILS + extra


def _killed_while_sending(server: MailServer, database: str, verb: str) -> None:
    server.struck = killer = Killer(verb)
    words = [sys.executable, "-m", "tests.support.sending_worker", database, server.url(), NOW.isoformat()]
    killer.victim = subprocess.Popen(words, cwd=Path(__file__).parents[2])
    assert killer.victim.wait(timeout=60) == -9
    server.struck = lambda verb: None
