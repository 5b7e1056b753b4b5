"""The one place that draws chance: a system source for the product, a seeded one that replays a whole story.

Both implement `workflow.ports.Chance`; neither reads a clock: an identifier carries the `now` that it is given.
"""

from __future__ import annotations

import base64
import random
import secrets
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

TOKEN_BYTES = 32  # 256 bits
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SUB_MILLISECOND_STEPS = 4096  # the twelve bits behind the version hold the fraction of a millisecond (RFC 9562, 6.2)
_TAIL_BITS = 62
_LONGEST_STEP = 2**32


class SystemChance:
    """Chance of the operating system, for everything that must not be guessed."""

    def __init__(self) -> None:
        self._sequence = _Sequence(secrets.randbelow)

    def uuid(self, now: datetime) -> UUID:
        """A UUIDv7 of this instant; those of one instant rise in the order in which they were drawn."""
        return self._sequence.next(now)

    def pick(self, alphabet: str, length: int) -> str:
        """Characters drawn evenly from an alphabet."""
        return "".join(secrets.choice(alphabet) for _ in range(length))

    def token(self) -> str:
        """256 random bits, base64url without padding."""
        return _url_text(secrets.token_bytes(TOKEN_BYTES))


class SeededChance:
    """Chance that gives the same draws for the same seed: for stories and tests, never for secrets of real people."""

    def __init__(self, seed: int | str) -> None:
        self._source = random.Random(seed)
        self._sequence = _Sequence(self._source.randrange)

    def uuid(self, now: datetime) -> UUID:
        """A UUIDv7 of this instant; those of one instant rise in the order in which they were drawn."""
        return self._sequence.next(now)

    def pick(self, alphabet: str, length: int) -> str:
        """Characters drawn evenly from an alphabet."""
        return "".join(self._source.choice(alphabet) for _ in range(length))

    def token(self) -> str:
        """256 bits of the seed, base64url without padding."""
        return _url_text(self._source.randbytes(TOKEN_BYTES))


class _Sequence:
    """UUIDv7: time to a quarter of a microsecond, then a random tail that grows while the instant stays the same.

    So the messages that one transition owes keep their order even when the clock stands still.
    """

    def __init__(self, below: Callable[[int], int]) -> None:
        self._below = below
        self._lock = threading.Lock()
        self._head = -1
        self._tail = 0

    def next(self, now: datetime) -> UUID:
        """The next identifier of this instant."""
        head = _microseconds(now)
        with self._lock:
            if head == self._head:
                self._tail = (self._tail + 1 + self._below(_LONGEST_STEP)) % 2**_TAIL_BITS
            else:
                # The top bit stays free, so that the tail has room to grow.
                self._head, self._tail = head, self._below(2 ** (_TAIL_BITS - 1))
            tail = self._tail
        milliseconds, rest = divmod(head, 1000)
        fraction = rest * _SUB_MILLISECOND_STEPS // 1000
        return UUID(int=milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | tail)


def _microseconds(now: datetime) -> int:
    """Whole microseconds since 1970, without the rounding of a float."""
    if now.tzinfo is None:
        raise ValueError("a naive datetime is no instant: give it a time zone")
    return (now - _EPOCH) // timedelta(microseconds=1)


def _url_text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
