"""`bisdesk demo` in a terminal keeps the site open, says good-bye when stopped, and names another port for one that is taken."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

from bisdesk.web.phone import REFERENCE

PATIENCE_S = 120
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@dataclass
class Terminal:
    """A demo that was started by hand, and all that it has said."""

    process: subprocess.Popen[bytes]
    screen: int
    said: str = ""

    def until(self, words: str) -> str:
        """Read on until these words are there. Raises: AssertionError where they never come."""
        end = time.monotonic() + PATIENCE_S
        while words not in self.said and time.monotonic() < end and self._more():
            pass
        assert words in self.said, self.said[-2000:]
        return self.said

    def rest(self) -> str:
        """Read to the end; the process is over by then."""
        while self._more():
            pass
        self.process.wait(PATIENCE_S)
        return self.said

    def _more(self) -> bool:
        if not select.select([self.screen], [], [], PATIENCE_S)[0]:
            return False
        try:
            read = os.read(self.screen, 65536)
        except OSError:  # the other end is closed
            return False
        self.said += COLOUR.sub("", read.decode("utf-8", "replace")).replace("\r", "")
        return bool(read)


@contextmanager
def demo(home: Path, port: int) -> Iterator[Terminal]:
    """The command in a terminal of its own."""
    screen, inside = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BISDESK_")}
    process = subprocess.Popen(
        [Path(sys.executable).parent / "bisdesk", "demo", "--port", str(port)], stdin=inside, stdout=inside, stderr=inside,
        env=environment | {"BISDESK_HOME": str(home), "COLUMNS": "200", "TERM": "xterm"}, start_new_session=True,
    )  # fmt: skip
    os.close(inside)
    try:
        yield Terminal(process, screen)
    finally:
        process.kill()
        process.wait()
        os.close(screen)


@contextmanager
def listening() -> Iterator[int]:
    """A port that somebody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        yield int(door.getsockname()[1])


def test_a_demo_that_is_stopped_says_what_is_kept_and_how_to_see_it_again(tmp_path: Path) -> None:
    with listening() as port:
        pass  # free from now on

    with demo(tmp_path / "home", port) as terminal:
        terminal.until("stop with Ctrl+C")
        phone = httpx2.get(f"http://127.0.0.1:{port}/demo/phone", timeout=30)
        terminal.process.send_signal(signal.SIGINT)
        said = terminal.rest()

    goodbye = said.partition("\nStopped. ")[2]
    assert phone.status_code == 200
    assert REFERENCE.search(phone.text), "Marta's mail is there"
    assert phone.text.count("/demo/phone?of=") >= 3, "and other people have mailboxes of their own"
    assert str(tmp_path / "home") in goodbye
    assert f"bisdesk serve --worker --port {port}" in goodbye
    assert f"export BISDESK_BASE_URL=http://127.0.0.1:{port}" in goodbye
    assert "Traceback" not in said
    assert terminal.process.returncode == 0


def test_where_the_port_is_taken_the_demo_says_so_at_once_and_names_another(tmp_path: Path) -> None:
    with listening() as port, demo(tmp_path / "home", port) as terminal:
        said = " ".join(terminal.rest().split())

    assert f"Nothing can listen at 127.0.0.1 port {port}" in said
    assert f"`bisdesk demo --port {port + 1}`, or `make demo PORT={port + 1}`" in said
    assert "Traceback" not in said
    assert not (tmp_path / "home" / "mail").exists(), "no story was told first"
    assert terminal.process.returncode != 0
