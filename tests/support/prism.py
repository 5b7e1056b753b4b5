"""Prism as a proxy that holds both sides to Twilio's own API description: a wrong call is a 422, a wrong answer a 500.

Both come from npm (see package.json); the product needs neither.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile

ROOT = Path(__file__).parents[2]
PRISM = ROOT / "node_modules/@stoplight/prism-cli/dist/index.js"
TWILIO = ROOT / "node_modules/@twilio-alpha/mcp/twilio-oai/spec/json/twilio_api_v2010.json"
STAMP = ROOT / "node_modules/.stamp"
READY_S = 60.0


def prism_missing() -> str | None:
    """Why Prism cannot be started here, or None."""
    if not STAMP.exists() or not PRISM.exists() or not TWILIO.exists():
        return "no mock server in node_modules: run `make node_modules/.stamp`, which `make test` does by itself"
    return None


@contextmanager
def prism(upstream: str) -> Iterator[str]:
    """Prism in front of a server; the address to call instead."""
    port = _free_port()
    command = [
        "node",
        str(PRISM),
        "proxy",
        "--errors",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        str(TWILIO),
        upstream,
    ]
    with TemporaryFile() as said:
        running = subprocess.Popen(
            command, stdout=said, stderr=subprocess.STDOUT, start_new_session=True, env=os.environ | {"NO_COLOR": "1"}
        )
        try:
            _wait_for(port, running)
            yield f"http://127.0.0.1:{port}"
        finally:
            _end(running)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(port: int, running: subprocess.Popen[bytes]) -> None:
    """Until it answers. Raises: RuntimeError when it ended or took too long."""
    until = time.monotonic() + READY_S
    while time.monotonic() < until and running.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise RuntimeError(f"Prism did not start (exit {running.poll()})")


def _end(running: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(running.pid, signal.SIGTERM)
    try:
        running.wait(timeout=5)
    except subprocess.TimeoutExpired:
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()
