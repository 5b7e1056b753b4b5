"""A worker in a process of its own that sends under a fence and kills itself with SIGKILL at a named step."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from notifications.envelopes import Mail, MailSession
from notifications.outcome import Accepted, Outcome
from store.send_fence import FileFence
from tests.support.restoring import KEYRING, Site
from workflow.fence import Entry, Pass
from workflow.outbox import Delivery

STEPS = ("claimed", "epoch raised", "written down", "begun", "taken", "told")
TAKEN = "taken.log"


class Dying:
    """Dies at the n-th time that it comes to a step."""

    def __init__(self, step: str, times: int) -> None:
        self.step, self.left = step, times

    def at(self, step: str) -> None:
        """Here the process may end."""
        self.left -= step == self.step
        if not self.left:
            os.kill(os.getpid(), signal.SIGKILL)


class DyingFence(FileFence):
    """A fence whose process dies between its steps."""

    def __init__(self, journal: Any, dying: Dying) -> None:
        super().__init__(journal, named=lambda: "here", keep_days=60)
        self.dying = dying
        raised, append = journal.raise_to, journal.append

        def raise_to(marker: Any) -> None:
            raised(marker)
            dying.at("epoch raised")

        def append_and_die(entries: Sequence[Entry], *, durable: bool) -> None:
            append(entries, durable=durable)
            dying.at("written down" if durable else "told")

        journal.raise_to, journal.append = raise_to, append_and_die

    def write_down(self, leave: Pass, rows: Sequence[Delivery]) -> None:
        """The claim is committed."""
        self.dying.at("claimed")
        super().write_down(leave, rows)


class DyingMail:
    """A provider that writes down what it took; whoever hands it over may die before or after."""

    def __init__(self, folder: Path, dying: Dying) -> None:
        self.folder, self.dying = folder, dying

    @asynccontextmanager
    async def session(self) -> AsyncIterator[MailSession]:
        """A session."""
        yield self

    async def send(self, mail: Mail) -> Outcome:
        """Take a mail."""
        self.dying.at("begun")
        with (self.folder / TAKEN).open("a", encoding="ascii") as file:
            file.write(f"{mail.id}\n")
        self.dying.at("taken")
        return Accepted()


def site_of(folder: Path, now: datetime, *, step: str, times: int) -> Site:
    """An installation whose worker dies."""
    dying = Dying(step, times)
    site = Site(folder, now=now, mail=DyingMail(folder, dying), batch=3)
    site.queue.fence = DyingFence(site.fence.journal, dying)
    return site


if __name__ == "__main__":
    assert KEYRING
    site_of(Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2]), step=sys.argv[3], times=int(sys.argv[4])).drain()
