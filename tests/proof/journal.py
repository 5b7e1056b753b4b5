"""What a provider of the proof took over, copy by copy: written by the provider alone, so that the outbox can be held to it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy of one message; `fault` is what then happened to the answer, `tick` the run of the worker that brought it."""

    message_id: str
    digest: str
    at: datetime
    tick: int
    fault: str | None = None
    attempt: int | None = None  # an SMS names it
    text: str = field(default="", repr=False)  # an SMS only


@dataclass
class Now:
    """The instant of the run, and which run of a worker is under way."""

    at: datetime
    tick: int = 0


@dataclass
class Journal:
    """The copies of both providers."""

    now: Now
    copies: dict[str, list[Copy]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(
        self, message_id: str, content: bytes, *, fault: str | None, attempt: int | None = None, text: str = ""
    ) -> None:
        """Take a copy over."""
        copy = Copy(message_id, sha256(content).hexdigest(), self.now.at, self.now.tick, fault, attempt, text)
        with self.lock:
            self.copies.setdefault(message_id, []).append(copy)
