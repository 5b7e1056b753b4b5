"""Many browsers at the same instant, and a second server process on the database of the first."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")
ROOT = Path(__file__).parents[2]
PATIENCE_S = 120


def at_once(works: Sequence[Callable[[], T]]) -> list[T]:
    """What each gave; all begin together, each in a thread of its own."""
    line = threading.Barrier(len(works))
    given: dict[int, T] = {}
    wrong: list[BaseException] = []

    def run(number: int, work: Callable[[], T]) -> None:
        try:
            line.wait(PATIENCE_S)
            given[number] = work()
        except BaseException as trouble:  # noqa: BLE001  # told by the thread that waits
            wrong.append(trouble)

    threads = [threading.Thread(target=run, args=each) for each in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
    if wrong:
        raise wrong[0]
    return [given[number] for number in range(len(works))]


@contextmanager
def second_server(environment: dict[str, str], now: datetime) -> Iterator[str]:
    """Where another process serves the same installation, its clock standing at `now`."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.site_crowd", json.dumps(environment), now.isoformat()],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.communicate("", timeout=PATIENCE_S)


def _serve(environment: dict[str, str], now: str) -> None:
    from bisdesk.asgi import door_at, server_of, web_app
    from bisdesk.chance import SystemChance
    from bisdesk.clock import VirtualClock
    from bisdesk.settings import read_settings
    from tests.support.site_watch import Watched

    settings = read_settings(environment)
    app = Watched(settings, VirtualClock(datetime.fromisoformat(now)), SystemChance(), pooled=True)
    door = door_at("127.0.0.1", 0)
    where = f"http://127.0.0.1:{door.getsockname()[1]}"
    server: Any = server_of(
        web_app(app, started=lambda: print(where, flush=True), alike_s=0.0), proxies=settings.trusted_proxies or ()
    )

    def until_told() -> None:
        sys.stdin.read()
        server.should_exit = True

    threading.Thread(target=until_told, daemon=True).start()
    server.run(sockets=[door])


if __name__ == "__main__":
    _serve(json.loads(sys.argv[1]), sys.argv[2])
