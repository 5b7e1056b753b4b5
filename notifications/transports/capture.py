"""Messages kept as files instead of sent: what a demo, a rehearsal and the tests read.

A repeat overwrites the same file with the same bytes; the files hold links and codes, so only their owner may read them.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from notifications.envelopes import Mail, MailSession, Sms
from notifications.outcome import Absent, Accepted, Down, LookedUp, Outcome
from workflow.outbox import Receipt


@dataclass(frozen=True, slots=True)
class MailCapture:
    """Each mail as one `.eml` file; a capture counts as accepted."""

    folder: Path

    @asynccontextmanager
    async def session(self) -> AsyncIterator[MailSession]:
        """A session for one batch; nothing to open."""
        yield self

    async def send(self, mail: Mail) -> Outcome:
        """Write one mail."""
        return _written(self.folder / f"{mail.id}.eml", mail.content)


@dataclass(frozen=True, slots=True)
class SmsCapture:
    """Each SMS as one `.txt` file: a `To:` line, an empty line, the body."""

    folder: Path

    def send(self, sms: Sms) -> Outcome:
        """Write one SMS."""
        return _written(self._file(sms), f"To: {sms.to}\n\n{sms.body}".encode())

    def lookup(self, sms: Sms, *, since: datetime) -> LookedUp:
        """Whether the file is there; its name is that of the outbox row, so `since` does not matter."""
        return Accepted() if self._file(sms).exists() else Absent()

    def status(self, provider_ref: str, *, now: datetime) -> Receipt | Down | None:
        """A folder tells no more than that it holds the file."""
        return None

    def _file(self, sms: Sms) -> Path:
        return self.folder / f"{sms.id}.txt"


def _written(file: Path, content: bytes) -> Outcome:
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _replace(file, content)
    except OSError:
        return Down("capture_write")
    return Accepted()


def _replace(file: Path, content: bytes) -> None:
    """Write whole or not at all: a reader never sees half a message, a crash leaves none."""
    draft = file.with_name(f".{file.name}.{os.getpid()}.tmp")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
