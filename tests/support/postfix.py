"""A real Postfix in a folder of its own: STARTTLS, sign-in, greylisting, and reports that are delivered into a maildir.

Nothing of the machine's own mail set-up is read or changed, and nothing leaves the machine. It knows nothing of the product.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import socketserver
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.postfix_files import COMMAND, FAR, MAIN, MASTER, OFFICE, PIPED, REALM, SASL
from tests.support.smtp_server import PASSWORD, USER, Certificate, certificate

SECONDS = 30.0
SBIN = "/usr/sbin:/sbin"


@dataclass
class Postfix:
    """What a test may ask of the server and tell it."""

    folder: Path
    port: int
    certificate: Certificate
    greylist: Greylist

    def url(self) -> str:
        """The SMTP_URL of this server."""
        account = f"{USER}:{PASSWORD.replace(' ', '%20')}"
        return f"smtp://{account}@localhost:{self.port}?starttls=require&ca={self.certificate.chain}"

    @property
    def reports(self) -> Path:
        """The maildir that reports are delivered to."""
        return self.folder / "mail" / "reports"

    def empty(self) -> None:
        """Forget every mail, those still on their way too, and everybody who was told to come back later."""
        self._come_to_rest()
        self.greylist.on, self.greylist.refused = True, 0
        self.greylist.seen.clear()
        for mailbox in (self.folder / "mail").iterdir():
            shutil.rmtree(mailbox)

    def try_again(self) -> None:
        """Let the server bring at once what it was asked to bring later."""
        words = ["postqueue", "-c", str(self.folder / "etc"), "-f"]
        subprocess.run(words, env=_environment(), check=True, capture_output=True)

    def wait_until(self, holds: Callable[[], bool]) -> None:
        """Give the server time for something. Raises: AssertionError with the log."""
        until = time.monotonic() + SECONDS
        while not holds():
            assert time.monotonic() < until, f"it never came\n{self.log()[-4000:]}"
            time.sleep(0.05)

    def own(self, folder: Path) -> None:
        """Give a folder under the mailboxes, and what lies in it, to the server."""
        owner = pwd.getpwnam("postfix")
        for path in (folder, *folder.rglob("*")):
            os.chown(path, owner.pw_uid, owner.pw_gid)

    def mails_of(self, mailbox: str) -> list[bytes]:
        """What lies in a person's mailbox, oldest first."""
        new = self.folder / "mail" / mailbox / "new"
        return [path.read_bytes() for path in sorted(new.glob("*"))]

    def wait_for(self, number: int, *, folder: Path | None = None) -> list[Path]:
        """The files in `new/` of a maildir, as soon as there are so many. Raises: AssertionError with the log."""
        new = (folder or self.reports) / "new"
        self.wait_until(lambda: len(list(new.glob("*"))) >= number)
        return sorted(new.glob("*"))

    def _come_to_rest(self) -> None:
        """Wait until no mail is on its way: one that has arrived may have its report still to come."""
        until, quiet = time.monotonic() + SECONDS, 0
        while quiet < 3:
            assert time.monotonic() < until, f"mail is stuck\n{self.log()[-4000:]}"
            under_way = [self.folder / "queue" / name for name in ("active", "incoming", "maildrop", "deferred")]
            quiet = 0 if any(path.is_file() for queue in under_way for path in queue.rglob("*")) else quiet + 1
            time.sleep(0.02)

    def log(self) -> str:
        """What the server wrote down."""
        path = self.folder / "log"
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""


@dataclass
class Greylist:
    """A policy service: the first time that it sees sender and recipient together, it says to come back later."""

    on: bool = True
    seen: set[tuple[str, str]] = field(default_factory=set)
    refused: int = 0

    def answer(self, asked: dict[str, str]) -> str:
        """What Postfix is told."""
        pair = (asked.get("sender", ""), asked.get("recipient", ""))
        if not self.on or pair in self.seen:
            return "DUNNO"
        self.seen.add(pair)
        self.refused += 1
        return "DEFER_IF_PERMIT 4.7.1 Greylisted, come back later"


@contextmanager
def postfix() -> Iterator[Postfix]:
    """A running server; it and its folder are gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="postfix-", dir="/tmp"))
    folder.chmod(0o755)  # its daemons give up root, and still have to come in
    try:
        with _policy_service(Greylist()) as (greylist, policy):
            server = _installed(folder, greylist, policy)
            _control(folder, "start")
            try:
                _until_open(server)
                yield server
            finally:
                _control(folder, "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _installed(folder: Path, greylist: Greylist, policy: int) -> Postfix:
    owner = pwd.getpwnam("postfix")
    port = _free_port()
    trusted = certificate(folder)
    for name in ("queue", "state", "mail", "etc", "etc/sasl", "pipe"):
        (folder / name).mkdir()
    values = {
        "folder": folder, "daemons": _daemons(), "realm": REALM, "far": FAR, "office": OFFICE,
        "uid": owner.pw_uid, "gid": owner.pw_gid,
        "policy": policy, "port": port, "certificate": trusted.chain, "key": trusted.key,
    }  # fmt: skip
    (folder / "etc" / "main.cf").write_text(MAIN.format(**values), encoding="utf-8")
    (folder / "etc" / "master.cf").write_text(MASTER.format(**values), encoding="utf-8")
    (folder / "etc" / "sasl" / "smtpd.conf").write_text(SASL.format(**values), encoding="utf-8")
    mailboxes = f"bounces@{REALM} reports/\nzoe.dubois@{FAR} zoe.dubois/\n@{OFFICE} officers/\n"
    (folder / "mailboxes").write_text(mailboxes, encoding="utf-8")
    (folder / "transport").write_text(f"{PIPED} bisdesk:\n", encoding="utf-8")
    command = folder / "pipe" / "command"
    command.write_text(COMMAND.format(**values), encoding="utf-8")
    command.chmod(0o755)
    (folder / "pipe").chmod(0o777)  # the command runs as nobody
    _account(folder)
    for name in ("state", "mail"):
        os.chown(folder / name, owner.pw_uid, owner.pw_gid)
    return Postfix(folder, port, trusted, greylist)


def _account(folder: Path) -> None:
    users = folder / "etc" / "sasl" / "users"
    words = ["saslpasswd2", "-c", "-p", "-f", str(users), "-u", REALM, USER]
    subprocess.run(words, input=PASSWORD.encode(), env=_environment(), check=True, capture_output=True)
    users.chmod(0o644)


def _control(folder: Path, word: str) -> None:
    done = subprocess.run(
        ["postfix", "-c", str(folder / "etc"), word], env=_environment(), capture_output=True, text=True, check=False
    )
    log = folder / "log"
    said = log.read_text(encoding="utf-8", errors="replace")[-3000:] if log.exists() else ""
    assert done.returncode == 0, f"postfix {word}: {done.stdout}{done.stderr}{said}"


def _until_open(server: Postfix) -> None:
    until = time.monotonic() + SECONDS
    while True:
        try:
            with socket.create_connection(("127.0.0.1", server.port), timeout=1) as line:
                if line.recv(3) == b"220":
                    return
        except OSError:
            pass
        assert time.monotonic() < until, f"Postfix does not answer\n{server.log()[-4000:]}"
        time.sleep(0.05)


@contextmanager
def _policy_service(greylist: Greylist) -> Iterator[tuple[Greylist, int]]:
    class Questions(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            asked: dict[str, str] = {}
            for line in self.rfile:
                name, equals, text = line.decode().rstrip("\n").partition("=")
                if equals:
                    asked[name] = text
                elif asked:
                    self.wfile.write(f"action={greylist.answer(asked)}\n\n".encode())
                    asked = {}

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Questions) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield greylist, server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


def _daemons() -> str:
    found = subprocess.run(
        ["postconf", "-d", "-h", "daemon_directory"], env=_environment(), capture_output=True, text=True, check=True
    )
    return found.stdout.strip()


def _environment() -> dict[str, str]:
    return {**os.environ, "PATH": f"{os.environ.get('PATH', '')}:{SBIN}"}


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port
