"""Workers of the proof, each a process of its own for one tick, so that it can be killed at any instant by SIGKILL.

Run as a program it reads instants, one a line, and has a fresh process tick at each; it tells the process and how it ended.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import traceback
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from bisdesk.ticks import tick
from tests.proof.place import Place, quiet

PARTS = ("timers", "outbox", "receipts")
PATH = Path(__file__).parents[2]
FIRST = datetime(2026, 1, 1, tzinfo=UTC)


class TickFailed(Exception):
    """A worker ended with an error of its own."""


@dataclass
class Workers:
    """So many workers that tick side by side; their deaths are counted."""

    place: Place
    count: int
    seed: str
    dying: float = 0.0  # the share of ticks that are killed at a random moment

    def __post_init__(self) -> None:
        self._random = Random(self.seed)
        self._hosts = [_host(self.place) for _ in range(self.count)]
        self._pids: dict[int, int] = {}
        self._struck: set[int] = set()  # a blow may fall just after a tick was done, and show at the next one
        self.longest_s = 0.6

    def tick(self, now: datetime) -> int:
        """Let every worker tick at this instant; how many of them died."""
        for place, host in enumerate(self._hosts):
            assert host.stdin is not None
            assert host.stdout is not None
            host.stdin.write(f"{now.isoformat()}\n")
            host.stdin.flush()
            self._pids[place] = int(host.stdout.readline())
        timers = [self._doom(place) for place in self._pids if self._random.random() < self.dying]
        ended = [self._ended(place) for place in list(self._pids)]
        for timer in timers:
            timer.cancel()
        return sum(ended)

    def strike(self) -> bool:
        """Kill one that is at work, now."""
        return any(self._kill(place) for place in list(self._pids))

    def stop(self) -> None:
        """No more ticks."""
        for host in self._hosts:
            assert host.stdin is not None
            host.stdin.close()
            host.wait()
            assert host.stdout is not None
            host.stdout.close()

    def _doom(self, place: int) -> threading.Timer:
        timer = threading.Timer(self._random.uniform(0, self.longest_s), self._kill, (place,))
        timer.start()
        return timer

    def _kill(self, place: int) -> bool:
        pid = self._pids.get(place)
        if pid is None:
            return False
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            self._struck.add(pid)
            return True
        return False

    def _ended(self, place: int) -> bool:
        """Wait for one; whether it died. Raises: TickFailed when it failed by itself."""
        host = self._hosts[place]
        assert host.stdout is not None
        status = int(host.stdout.readline())
        pid = self._pids.pop(place)
        if status == -signal.SIGKILL and pid in self._struck:
            return True
        if status != 0:
            raise TickFailed(f"a worker ended with {status}")
        return False


def _host(place: Place) -> subprocess.Popen[str]:
    words = [sys.executable, "-m", "tests.proof.worker", place.url, str(place.home), place.smtp, place.sms]
    return subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=PATH)


def _serve(place: Place) -> None:
    quiet()
    place.app(FIRST).warm()
    worker: _Worker | None = None
    for line in sys.stdin:
        worker = worker or _Worker(place)
        print(worker.pid, flush=True)
        status = worker.tick(line)
        print(status, flush=True)
        if status:
            worker = None


class _Worker:
    """A process that ticks whenever it is told to, until it is killed."""

    def __init__(self, place: Place) -> None:
        asked, ask = os.pipe()
        told, tell = os.pipe()
        self.pid = os.fork()
        if not self.pid:
            os.close(ask)
            os.close(told)
            _work(place, asked, tell)
        os.close(asked)
        os.close(tell)
        self._ask, self._told = os.fdopen(ask, "w"), os.fdopen(told)

    def tick(self, line: str) -> int:
        """Let it tick; 0, or how it ended."""
        with suppress(BrokenPipeError):
            self._ask.write(line)
            self._ask.flush()
        if self._told.readline():
            return 0
        self._told.close()
        with suppress(BrokenPipeError):
            self._ask.close()
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def _work(place: Place, asked: int, tell: int) -> None:
    """Tick until nobody asks any more; whatever happens, this process never returns."""
    try:
        app = place.app(FIRST, pooled=True)
        for line in os.fdopen(asked):
            app.put(datetime.fromisoformat(line.strip()))
            tick(app, PARTS)
            os.write(tell, b"done\n")
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        os._exit(1)


if __name__ == "__main__":
    _serve(Place(sys.argv[1], Path(sys.argv[2]), sys.argv[3], sys.argv[4]))
