"""A real provider of identities with the claims of ACM/IDM, as a process of Node; and a person who signs in without a browser.

The program is openid_provider.mjs, its people stand in openid_users.json; a demo can start the same.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx2

ROOT = Path(__file__).parents[2]
PROGRAM = Path(__file__).with_name("openid_provider.mjs")
USERS = Path(__file__).with_name("openid_users.json")
LIBRARY = ROOT / "node_modules" / "oidc-provider" / "lib" / "index.js"
READY_S = 60.0
MOST_STEPS = 20  # of one sign-in


def openid_missing() -> str | None:
    """Why no provider with these claims can be started here, or None."""
    if not shutil.which("node"):
        return "no Node: run `make system` as root, or install Node 20 or newer"
    return None if LIBRARY.exists() else "no oidc-provider in node_modules: `make test` puts it there"


@dataclass(frozen=True, slots=True)
class RunningProvider:
    """A provider that listens."""

    issuer: str
    process: subprocess.Popen[bytes]

    def kill(self) -> None:
        """End it at once, in the middle of whatever it does."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()


def configuration(**client: Any) -> dict[str, Any]:
    """The people and the client of demos, with changes to the client."""
    config: dict[str, Any] = json.loads(USERS.read_text(encoding="utf-8"))
    config["clients"][0] |= client
    return config


@contextmanager
def openid_provider(config: dict[str, Any] | None = None, *, port: int = 0) -> Iterator[RunningProvider]:
    """A provider with these people and clients, on a free port unless one is named."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "provider.json"
        path.write_text(json.dumps(config or configuration()), encoding="utf-8")
        started = _started(path, port or free_port())
        try:
            yield started
        finally:
            started.kill()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def signs_in(url: str, name: str | None, *, back_at: str) -> dict[str, str]:
    """Choose this person on the form of our provider, or nobody; what the browser brings back as parameters."""
    return fills_in(url, {"user": name} if name else {"cancel": "yes"}, back_at=back_at)


def fills_in(url: str, known: dict[str, str], *, back_at: str) -> dict[str, str]:
    """Follow the way of a browser from our link back to us, with these answers to the fields of its forms.

    What comes back as parameters. Raises: RuntimeError when the way does not lead back.
    """
    with httpx2.Client(timeout=30) as browser:
        answer = browser.get(url)
        for _ in range(MOST_STEPS):
            if answer.is_redirect:
                url = urljoin(str(answer.url), answer.headers["location"])
                if url.startswith(back_at):
                    return dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))
                answer = browser.get(url)
            elif asked := {name: text for name, text in known.items() if f'name="{name}"' in answer.text}:
                answer = browser.post(str(answer.url), data=asked)
            else:
                break
    raise RuntimeError(f"the way ended at {answer.url.path} with {answer.status_code}")


def _started(config: Path, port: int) -> RunningProvider:
    """Raises: RuntimeError when it ended or took too long."""
    command = ["node", str(PROGRAM), str(config), str(port)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT, start_new_session=True
    )
    assert process.stdout is not None
    with DefaultSelector() as ready:
        ready.register(process.stdout, EVENT_READ)
        line = process.stdout.readline().decode() if ready.select(READY_S) else ""
    if not line.startswith("ready "):
        RunningProvider("", process).kill()
        raise RuntimeError(f"the provider of identities did not start (exit {process.returncode})")
    return RunningProvider(line.split()[1], process)
