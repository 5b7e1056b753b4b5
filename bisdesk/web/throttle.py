"""How often one address of the internet may knock, in this process: a window that slides, in memory that is bounded.

It is for page views, which write nothing; what writes is limited in the database, for all processes together.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable
from ipaddress import ip_address, ip_network
from threading import Lock
from time import monotonic

MOST_KEPT = 50_000  # neighbourhoods; the one that was quiet longest is forgotten first
NET_V4, NET_V6, SITE_V6 = 24, 64, 48  # bits; 48 where one subscriber must not be many


def neighbourhood(address: str | None, *, v6: int = NET_V6) -> str:
    """The network that an address stands for: /24 of IPv4, /64 of IPv6; what is no address stands for itself."""
    try:
        parsed = ip_address(address or "")
    except ValueError:
        return "unknown"
    mapped = getattr(parsed, "ipv4_mapped", None)
    known = mapped or parsed
    return str(ip_network(f"{known}/{NET_V4 if known.version == 4 else v6}", strict=False))


class Throttle:
    """At most so many knocks of one neighbourhood in so many seconds."""

    def __init__(self, most: int, *, seconds: float, since_start: Callable[[], float] = monotonic) -> None:
        self._most, self._seconds, self._clock = most, seconds, since_start
        self._knocks: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = Lock()

    def wait_of(self, address: str | None) -> float:
        """Count one knock; the seconds to wait where it is one too many, else 0."""
        now, key = self._clock(), neighbourhood(address)
        with self._lock:
            knocks = self._knocks.setdefault(key, deque(maxlen=self._most))
            self._knocks.move_to_end(key)
            while len(self._knocks) > MOST_KEPT:
                self._knocks.popitem(last=False)
            if len(knocks) == self._most and now - knocks[0] < self._seconds:
                return self._seconds - (now - knocks[0])
            knocks.append(now)
            return 0.0
