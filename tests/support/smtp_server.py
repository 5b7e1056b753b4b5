"""A real mail server in a thread: STARTTLS with a certificate made on the spot, AUTH, scripted answers, every mail kept.

It listens on this machine only and knows nothing of the product.
"""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

USER, PASSWORD = "bisdesk", "correct horse battery"
LOST = "lost"  # the content was taken, then the line went dead without an answer
DEAD = "dead"  # the line goes dead at once, nothing was taken
SILENT = "silent"  # nothing is answered until the client gives up


@dataclass(frozen=True, slots=True)
class Received:
    """One mail that the server took."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    encrypted: bool
    user: str | None


@dataclass
class MailServer:
    """What a test may ask of the server and tell it; scripts are answers, taken one a command, none meaning yes."""

    port: int = 0
    received: list[Received] = field(default_factory=list)
    connections: int = 0
    at_sender: deque[str] = field(default_factory=deque)
    at_recipient: deque[str] = field(default_factory=deque)
    at_content: deque[str] = field(default_factory=deque)
    struck: Callable[[str], None] = lambda verb: None  # told of each verb before it is answered

    def url(self, options: str = "", *, account: str = "", host: str = "127.0.0.1", scheme: str = "smtp") -> str:
        """The SMTP_URL of this server."""
        return f"{scheme}://{account and account + '@'}{host}:{self.port}{options and '?' + options}"


class _Handler:
    """Answers as scripted; the names of its methods are those that aiosmtpd asks for."""

    def __init__(self, server: MailServer) -> None:
        self.server = server

    async def handle_MAIL(
        self, smtp: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return await self._said(smtp, "MAIL", self.server.at_sender)

    async def handle_RCPT(
        self, smtp: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = await self._said(smtp, "RCPT", self.server.at_recipient)
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, smtp: SMTP, session: Session, envelope: Envelope) -> str:
        script = self.server.at_content
        kept = not script or script[0] == LOST or script[0].startswith("2")
        if kept:
            user = session.auth_data.login.decode() if session.auth_data else None
            content = envelope.original_content or b""
            encrypted = smtp.transport is not None and smtp.transport.get_extra_info("sslcontext") is not None
            taken = (envelope.mail_from or "", tuple(envelope.rcpt_tos), content, encrypted, user)
            self.server.received.append(Received(*taken))
        return await self._said(smtp, "DATA", script)

    async def _said(self, smtp: SMTP, verb: str, script: deque[str]) -> str:
        self.server.struck(verb)
        answer = script.popleft() if script else "250 OK"
        if answer in (LOST, DEAD):
            assert smtp.transport is not None
            smtp.transport.abort()
        if answer in (LOST, DEAD, SILENT):
            await asyncio.Event().wait()  # until the connection is gone, and this task with it
        return answer


@contextmanager
def mail_server(
    *, certificate: Certificate | None = None, auth: bool = False, smtps: bool = False
) -> Iterator[MailServer]:
    """A server on a free port of 127.0.0.1: with STARTTLS where there is a certificate, with AUTH over TLS only."""
    server = MailServer()
    running = _Running(server, certificate, auth=auth, smtps=smtps)
    running.start()
    try:
        yield server
    finally:
        running.stop()


class _Running:
    """The event loop of one server, in its own thread."""

    def __init__(self, server: MailServer, certificate: Certificate | None, *, auth: bool, smtps: bool) -> None:
        self._server, self._auth = server, auth
        self._tls = certificate.server_context() if certificate and not smtps else None
        self._smtps = certificate.server_context() if certificate and smtps else None
        self._sessions: list[SMTP] = []
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(lambda loop, context: None)  # lines that go dead are what it is for
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def start(self) -> None:
        self._thread.start()
        self._ready.wait()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        listening = self._loop.run_until_complete(
            self._loop.create_server(self._session, "127.0.0.1", 0, ssl=self._smtps)
        )
        self._server.port = listening.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        self._loop.run_until_complete(self._hang_up(listening))
        self._loop.close()

    async def _hang_up(self, listening: asyncio.Server) -> None:
        listening.close()
        for session in self._sessions:
            if session.transport is not None:
                session.transport.abort()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for _ in range(3):  # turns of the loop, in which the sockets are closed
            await asyncio.sleep(0)

    def _session(self) -> SMTP:
        self._server.connections += 1
        session = SMTP(
            _Handler(self._server),
            hostname="mail.test",
            tls_context=self._tls,
            auth_required=self._auth and self._smtps is None,  # of TLS from the first byte aiosmtpd does not know
            auth_require_tls=self._smtps is None,
            authenticator=_authenticated if self._auth else None,
            loop=self._loop,
        )
        self._sessions.append(session)
        return session


def _authenticated(server: SMTP, session: Session, envelope: Envelope, method: str, given: object) -> AuthResult:
    """With `handled` left at its default a client would wait for an answer that never comes."""
    right = given == LoginPassword(USER.encode(), PASSWORD.encode())
    return AuthResult(success=right, handled=False, auth_data=given if right else None)


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate that vouches for itself, and its key, as files."""

    chain: Path
    key: Path

    def server_context(self) -> ssl.SSLContext:
        """What a server shows."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.chain, self.key)
        return context


def certificate(
    folder: Path, *, host: str = "localhost", at: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> Certificate:
    """Make a certificate for a host of this machine, valid for a day around now."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    names: list[x509.GeneralName] = [x509.DNSName(host)]
    if host == "localhost":
        names.append(x509.IPAddress(IPv4Address("127.0.0.1")))
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at() - timedelta(days=1))
        .not_valid_after(at() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = Certificate(folder / f"{host}.pem", folder / f"{host}.key")
    files.chain.write_bytes(made.public_bytes(Encoding.PEM))
    files.key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return files
