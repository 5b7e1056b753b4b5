"""The installation of the proof: where it lives, with the real dispatcher and transports, only less patient."""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from bisdesk.bootstrap import Installation
from bisdesk.chance import SystemChance
from bisdesk.clock import VirtualClock
from bisdesk.settings import read_settings
from notifications.dispatcher import Dispatcher
from store.hashing import Hasher
from tests import builders
from workflow.outbox import Channel, MessageKind

PATIENCE_S = 0.8  # instead of twenty seconds: a silent provider holds up a run for as long as that
CALLBACKS = "https://bisdesk.test"


@dataclass(frozen=True, slots=True)
class Place:
    """What a process needs to open the installation."""

    url: str
    home: Path
    smtp: str = "capture:mail"
    sms: str = "capture:sms"

    @property
    def environment(self) -> dict[str, str]:
        """The settings."""
        return {
            "BISDESK_ENV": "test", "BISDESK_HOME": str(self.home), "BISDESK_DATABASE_URL": self.url,
            "BISDESK_SMTP_URL": self.smtp, "BISDESK_SMS_URL": self.sms, "BISDESK_CALLBACK_BASE_URL": CALLBACKS,
        }  # fmt: skip

    def app(self, now: datetime, *, pooled: bool = False) -> Proven:
        """It, with a clock that stands still."""
        return Proven(read_settings(self.environment), VirtualClock(now), SystemChance(), pooled)


@dataclass(frozen=True)
class Proven(Installation):
    """The real thing; codes and passwords are hashed quickly, and nobody waits twenty seconds for an answer."""

    @cached_property
    def secrets(self) -> Hasher:
        """One whose slow hashes are cheap."""
        return Hasher(self.keyring, cheap=True)

    @cached_property
    def dispatcher(self) -> Dispatcher:
        """The real one, with the real transports."""
        real: Any = super().dispatcher
        mail = replace(real.mail_transport, timeout=PATIENCE_S)
        return replace(real, mail_transport=mail, sms_transport=replace(real.sms_transport, timeout=PATIENCE_S))

    def put(self, now: datetime) -> None:
        """Set the clock."""
        assert isinstance(self.clock, VirtualClock)
        self.clock.set(now)

    def warm(self) -> None:
        """Read what every tick needs, before the first."""
        assert self.keyring
        assert self.dispatcher
        assert self.tools
        for kind in (MessageKind.M1, MessageKind.M2, MessageKind.M7, MessageKind.M8, MessageKind.M9):
            self.renderer.template_version(kind, builders.message(builders.case()).audience, Channel.EMAIL)


@contextmanager
def in_memory() -> Iterator[Path]:
    """A folder that lies in memory, where there is such a place: processes are killed here, but no machine is."""
    quick = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="bisdesk-proof-", dir=quick) as folder:
        yield Path(folder)


def quiet() -> None:
    """Faults are what the proof is about; they need not be printed one by one."""
    logging.disable(logging.CRITICAL)
