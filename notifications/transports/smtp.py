"""Mail over SMTP: one connection a batch, and every way it can go wrong told as an outcome.

It knows no message and no template; a server's words never leave this file, only its codes do (I6).
"""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from types import TracebackType
from typing import Self

import aiosmtplib
from aiosmtplib import SMTPAuthenticationError, SMTPConnectError, SMTPException, SMTPHeloError, SMTPResponseException

from notifications.envelopes import Mail
from notifications.outcome import Accepted, Down, Outcome, Refused, Transient, Unknown

TIMEOUT_S = 20.0  # a whole dialogue of ten answers stays below the dispatcher's lease
TOO_LARGE = 552  # the one refusal of the sender's line that is about the mail itself
BUSY = 421  # the server goes away, whoever the mail is for
THROTTLED = re.compile(r"4\.7\.\d{1,3}\b")  # of the sender's line: we are too fast; of a recipient: greylisting
NOBODY = re.compile(r"5\.1\.(1|2|3|6|10)\b")  # RFC 3463, 7505: no such mailbox, domain, or one that moved for good
NO_MAILBOX = frozenset({550, 551, 553})
ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}\b")  # RFC 3463


class StartTls(StrEnum):
    """How much encryption a server owes us."""

    REQUIRE = "require"  # no mail without it, and the certificate must be right
    OPPORTUNISTIC = "opportunistic"  # taken where offered, not checked: for a relay on this machine
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class SmtpTransport:
    """A mail server as configured."""

    host: str
    port: int
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    starttls: StartTls = StartTls.REQUIRE
    tls: bool = False  # TLS from the first byte (smtps)
    ca: str | None = None  # a file of certificates to trust besides nothing else
    timeout: float = TIMEOUT_S

    def session(self) -> SmtpSession:
        """A session for one batch; it connects at the first mail."""
        return SmtpSession(self)


class SmtpSession:
    """One connection, reused from mail to mail and opened anew when the server closed it."""

    def __init__(self, server: SmtpTransport) -> None:
        self._server = server
        self._client: aiosmtplib.SMTP | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._leave()

    async def send(self, mail: Mail) -> Outcome:
        """Hand one mail over; trouble is an outcome, never an exception."""
        reused = self._client is not None and self._client.is_connected
        outcome = await self._attempt(mail)
        if reused and outcome == Transient("smtp_disconnected"):
            # A server may close an idle connection between two mails: that says nothing about this mail.
            outcome = await self._attempt(mail)
        return outcome

    async def _attempt(self, mail: Mail) -> Outcome:
        try:
            client = await self._connected()
        except (SMTPException, OSError) as error:
            await self._leave()
            return Down(_connect_code(error))
        try:
            return await _dialogue(client, mail)
        finally:
            await self._clean(client)

    async def _connected(self) -> aiosmtplib.SMTP:
        if self._client is None or not self._client.is_connected:
            self._client = _client(self._server)
            await self._client.connect()
        return self._client

    async def _clean(self, client: aiosmtplib.SMTP) -> None:
        """Leave nothing of this mail's dialogue for the next one; a connection that will not clear is dropped."""
        if not client.is_connected:
            return
        try:
            await client.rset()
        except (SMTPException, OSError):
            await self._leave()

    async def _leave(self) -> None:
        client, self._client = self._client, None
        if client is None:
            return
        with suppress(SMTPException, OSError):
            if client.is_connected:
                await client.quit()
        client.close()
        await asyncio.sleep(0)  # one turn of the loop, in which the socket is closed


class _Client(aiosmtplib.SMTP):
    """Lets go of its line at once: closing politely would go on after the batch, with nobody to see to it."""

    def close(self) -> None:
        line = self.transport
        super().close()
        if isinstance(line, asyncio.WriteTransport):
            line.abort()


def _client(server: SmtpTransport) -> _Client:
    start = {StartTls.REQUIRE: True, StartTls.OPPORTUNISTIC: None, StartTls.NEVER: False}[server.starttls]
    plain = server.starttls is StartTls.NEVER and not server.tls  # then no certificates need be read, which is slow
    return _Client(
        hostname=server.host,
        port=server.port,
        username=server.user,
        password=server.password,
        local_hostname=socket.gethostname(),  # getfqdn would ask a name server, and may wait for it
        timeout=server.timeout,
        use_tls=server.tls,
        start_tls=False if server.tls else start,
        tls_context=None if plain else _tls_context(server),
    )


def _tls_context(server: SmtpTransport) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=server.ca)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if server.starttls is StartTls.OPPORTUNISTIC and not server.tls:
        # Whoever could forge the certificate could as well hide that TLS is offered.
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


async def _dialogue(client: aiosmtplib.SMTP, mail: Mail) -> Outcome:
    try:
        asked = mail.envelope_id is not None and await _offers_dsn(client)
        await client.mail(mail.sender, options=["RET=HDRS", f"ENVID={mail.envelope_id}"] if asked else [])
    except SMTPResponseException as error:
        return _sender_refused(error)
    except (SMTPException, OSError):
        return Transient("smtp_disconnected")
    try:
        await client.rcpt(mail.to, options=_reports_on(mail.to) if asked else [])
    except SMTPResponseException as error:
        return _recipient_refused(error)
    except (SMTPException, OSError):
        return Transient("smtp_disconnected")
    except (UnicodeError, ValueError):
        return Refused("smtp_address")
    return await _content(client, mail)


async def _offers_dsn(client: aiosmtplib.SMTP) -> bool:
    """Whether the server reports what became of a mail when it is asked (RFC 3461)."""
    if client.is_ehlo_or_helo_needed:
        with suppress(SMTPHeloError):  # a server without EHLO offers nothing; it is greeted the old way by MAIL
            await client.ehlo()
    return client.supports_extension("dsn")


def _reports_on(address: str) -> list[str]:
    """Reports of every outcome; the address as we wrote it, for servers that change it on the way."""
    wanted = ["NOTIFY=SUCCESS,FAILURE,DELAY"]
    return [*wanted, f"ORCPT=rfc822;{_xtext(address)}"] if address.isascii() else wanted


def _xtext(text: str) -> str:
    """RFC 3461, 4: signs that would end the value as their hexadecimal number."""
    return "".join(char if "!" <= char <= "~" and char not in "+=" else f"+{ord(char):02X}" for char in text)


async def _content(client: aiosmtplib.SMTP, mail: Mail) -> Outcome:
    try:
        await client.data(mail.content)
    except SMTPResponseException as error:
        return _answer(error)
    except (SMTPException, OSError):
        return Unknown("smtp_lost_after_data")  # the gap of RFC 1047: taken or not, nobody knows
    return Accepted()


def _answer(error: SMTPResponseException) -> Outcome:
    """B3, RFC 5321: 4yz may pass later, 5yz never will; 421 is the server's own trouble and costs no attempt."""
    if error.code == BUSY:
        return Down(_code(error))
    return Refused(_code(error)) if 500 <= error.code < 600 else Transient(_code(error))


def _recipient_refused(error: SMTPResponseException) -> Outcome:
    """A mailbox that does not exist is told apart from a mail that is not wanted: nobody writes to it again."""
    outcome = _answer(error)
    if isinstance(outcome, Refused) and error.code in NO_MAILBOX and NOBODY.match(error.message):
        return Refused(outcome.code, nobody=True)
    return outcome


def _sender_refused(error: SMTPResponseException) -> Outcome:
    """A refused sender is our own configuration, a throttled one our own pace: nobody's message fails for it."""
    if 400 <= error.code < 500 and THROTTLED.match(error.message):
        return Down(_code(error))
    if 500 <= error.code < 600 and error.code != TOO_LARGE:
        return Down(f"smtp_sender_{error.code}")
    return _answer(error)


def _code(error: SMTPResponseException) -> str:
    enhanced = ENHANCED.match(error.message)
    return f"smtp_{error.code}_{enhanced[0]}" if enhanced else f"smtp_{error.code}"


def _connect_code(error: Exception) -> str:
    cause = error if isinstance(error, ssl.SSLError) else error.__cause__
    match error:
        case _ if isinstance(cause, ssl.SSLCertVerificationError):
            return "smtp_certificate"
        case _ if isinstance(cause, ssl.SSLError):
            return "smtp_tls"
        case SMTPAuthenticationError():
            return f"smtp_auth_{error.code}"
        case SMTPResponseException():
            return f"smtp_connect_{error.code}"
        case SMTPConnectError() | OSError():
            return "smtp_connect"
        case _:
            return "smtp_setup"  # no STARTTLS or AUTH where we must have it
