"""What the simulated register remembers from one process to the next, in one file without a readable personal value.

Persons are sealed, whatever is searched by is a keyed digest; a write replaces the file as a whole, under a lock.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import hmac
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from registers.people import Resident
from workflow.errors import Unavailable

SHORTEST_KEY = 32
_FILE, _LOCK = "register-simulator.json", "register-simulator.lock"


@dataclass(slots=True)
class Page:
    """The ledger while it is open: looked up by digests, and written back at the end if something was added."""

    ledger: Ledger = field(repr=False)
    rows: list[dict[str, str]] = field(repr=False)
    calls: list[str] = field(repr=False)
    changed: bool = False
    _known: set[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._known = {digest for row in self.rows for digest in row["keys"].split()}

    def of_call(self, call: str) -> Resident | None:
        """The person that this call created."""
        digest = self.ledger.digest("call", call)
        return next((self.ledger.unseal(row["person"]) for row in self.rows if row["call"] == digest), None)

    def of_keys(self, kind: str, values: Iterable[str]) -> list[Resident]:
        """Everybody who was remembered under one of these search keys."""
        wanted = {self.ledger.digest(kind, value) for value in values}
        return [self.ledger.unseal(row["person"]) for row in self.rows if not wanted.isdisjoint(row["keys"].split())]

    def holds(self, kind: str, value: str) -> bool:
        """Whether anybody was remembered under this search key."""
        return self.ledger.digest(kind, value) in self._known

    def remember(self, call: str, person: Resident, *, keys: dict[str, tuple[str, ...]]) -> None:
        """Add a person whom this call created, found again under these keys."""
        digests = [self.ledger.digest(kind, value) for kind, values in keys.items() for value in values]
        call_digest = self.ledger.digest("call", call)
        self.rows.append({"call": call_digest, "keys": " ".join(digests), "person": self.ledger.seal(person)})
        self._known.update(digests)
        self.changed = True

    def first_time(self, call: str) -> bool:
        """Whether this call was never marked before; it is from now on."""
        digest = self.ledger.digest("tried", call)
        if digest in self.calls:
            return False
        self.calls.append(digest)
        self.changed = True
        return True


class Ledger:
    """The file, its key, and its lock."""

    def __init__(self, folder: Path, key: bytes) -> None:
        if len(key) < SHORTEST_KEY:
            raise ValueError(f"The key of the simulated register needs at least {SHORTEST_KEY} bytes.")
        self._folder = folder
        self._digests = hmac.digest(key, b"register simulator: digests", hashlib.sha256)
        self._seal = AESSIV(hmac.digest(key, b"register simulator: seal", hashlib.sha512))

    @contextmanager
    def open(self) -> Iterator[Page]:
        """The ledger, for this process alone until the block ends. Raises: Unavailable when it cannot be read."""
        self._folder.mkdir(parents=True, exist_ok=True)
        # A plain wait for the lock, never a timed one: it must also work while the clock of the process stands still.
        with open(self._folder / _LOCK, "a", opener=_private) as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            page = self._read()
            yield page
            if page.changed:
                self._write(page)

    def digest(self, kind: str, value: str) -> str:
        """The keyed digest of something searched by."""
        return hmac.digest(self._digests, f"{kind}\x00{value}".encode(), hashlib.sha256).hex()[:32]

    def seal(self, person: Resident) -> str:
        """A person as sealed text."""
        return base64.b64encode(self._seal.encrypt(json.dumps(asdict(person)).encode(), None)).decode()

    def unseal(self, text: str) -> Resident:
        """The person of a sealed text."""
        return Resident(**json.loads(self._seal.decrypt(base64.b64decode(text), None)))

    def _read(self) -> Page:
        path = self._folder / _FILE
        if not path.exists():
            return Page(self, [], [])
        try:
            kept = json.loads(path.read_text())
            page = Page(self, list(kept["people"]), list(kept["tried"]))
            for row in page.rows[:1]:
                self.unseal(row["person"])
        except (ValueError, KeyError, TypeError, InvalidTag):
            raise _unreadable(path) from None
        return page

    def _write(self, page: Page) -> None:
        fresh = self._folder / f"{_FILE}.new"
        with open(fresh, "w", opener=_private) as file:
            json.dump({"people": page.rows, "tried": page.calls}, file, indent=0)
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, self._folder / _FILE)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _unreadable(path: Path) -> Unavailable:
    return Unavailable(
        f"The memory of the simulated register ({path.name}) cannot be read with this key. Move it away."
    )
