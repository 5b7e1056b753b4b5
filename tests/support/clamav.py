"""A real ClamAV daemon with one signature of its own, and a daemon that misbehaves as asked for.

Nothing of the machine's own set-up is read, no signature is fetched. It knows nothing of the product.
"""

from __future__ import annotations

import os
import shutil
import socket
import socketserver
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

SECONDS = 30.0
PLACES = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
SIGNATURE = "Eicar-Of-The-Tests"
SETTINGS = """
Foreground yes
DatabaseDirectory {folder}/signatures
TemporaryDirectory {folder}
TCPSocket {port}
TCPAddr 127.0.0.1
LocalSocket {folder}/clamd.ctl
StreamMaxLength 20M
MaxThreads 4
"""


def clamd_missing() -> str | None:
    """Why no daemon can be started here, or None."""
    if shutil.which("clamd", path=PLACES):
        return None
    return "no clamd: run `make system` as root, or install the package clamav-daemon"


@dataclass(frozen=True)
class Daemon:
    """A daemon that runs."""

    tcp: str
    unix: str


@contextmanager
def daemon(looked_for: bytes) -> Iterator[Daemon]:
    """A daemon that finds these bytes and nothing else."""
    folder = Path(tempfile.mkdtemp(prefix="clamd-", dir="/tmp"))
    port = _free_port()
    (folder / "signatures").mkdir()
    (folder / "signatures" / "own.ndb").write_text(f"{SIGNATURE}:0:*:{looked_for.hex()}\n", encoding="ascii")
    (folder / "clamd.conf").write_text(SETTINGS.format(folder=folder, port=port), encoding="ascii")
    program = shutil.which("clamd", path=PLACES) or "clamd"
    with (folder / "log").open("wb") as log:
        runs = subprocess.Popen([program, "-c", str(folder / "clamd.conf")], stdout=log, stderr=log)
        try:
            _wait_for(port, runs, folder / "log")
            yield Daemon(f"tcp://127.0.0.1:{port}", f"unix:{folder}/clamd.ctl")
        finally:
            runs.terminate()
            runs.wait()
            shutil.rmtree(folder, ignore_errors=True)


@dataclass
class Odd:
    """A daemon with an answer of its own: it reads what is sent to the end, unless it is deaf, and keeps it."""

    answer: bytes
    deaf: bool = False
    heard: list[bytes] = field(default_factory=list)
    where: str = ""


@contextmanager
def odd_daemon(odd: Odd) -> Iterator[Odd]:
    """Let it listen."""

    class _Line(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            if not odd.deaf:
                odd.heard.append(_stream(self.request))
            self.request.sendall(odd.answer)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Line) as server:
        odd.where = f"tcp://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield odd
        server.shutdown()


def nobody_listens() -> str:
    """A place at which there is no daemon."""
    return f"tcp://127.0.0.1:{_free_port()}"


def _stream(line: socket.socket) -> bytes:
    """What INSTREAM brings, taken slowly enough for a sender that does not look whether all was sent."""
    reads = line.makefile("rb")
    if reads.read(10) != b"zINSTREAM\0":
        return b""
    content = b""
    while size := int.from_bytes(reads.read(4), "big"):
        time.sleep(0.002)
        content += reads.read(size)
    return content


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, runs: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + SECONDS
    while time.monotonic() < until and runs.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"clamd did not start: {log.read_text(encoding='utf-8', errors='replace')[-500:]}")
