"""Reads SMTP_URL and SMS_URL: which transport, with which server, account and sender.

A faulty address is told in a sentence that names the mistake and never repeats a password or token (I6).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from notifications.envelopes import MailTransport, SmsTransport
from notifications.transports.capture import MailCapture, SmsCapture
from notifications.transports.smtp import SmtpTransport, StartTls

SMTP_FORM = "smtp://user:password@host:587?starttls=require, smtps://user:password@host:465 or capture:FOLDER"
SMS_FORM = "twilio://SID:TOKEN@SENDER or capture:FOLDER"
SUBMISSION, SMTPS, RELAY = 587, 465, 25


def mail_transport_from_url(url: str) -> MailTransport:
    """The mail transport that SMTP_URL names. Raises: ValueError with a sentence that holds no secret."""
    scheme, _, rest = url.partition(":")
    match scheme.lower():
        case "capture":
            return MailCapture(_folder(rest, "SMTP_URL"))
        case "smtp" | "smtps":
            return _smtp(_parted(url, "SMTP_URL", SMTP_FORM), tls=scheme.lower() == "smtps")
        case _:
            raise ValueError(f"SMTP_URL has a form that is not known. Write {SMTP_FORM}.")


def sms_transport_from_url(url: str, *, callback: str | None = None) -> SmsTransport:
    """The SMS transport that SMS_URL names; `callback` is where receipts reach us, if anywhere.

    Raises: ValueError with a sentence that holds no secret.
    """
    scheme, _, rest = url.partition(":")
    match scheme.lower():
        case "capture":
            return SmsCapture(_folder(rest, "SMS_URL"))
        case "twilio":
            return _twilio(_parted(url, "SMS_URL", SMS_FORM), callback)
        case _:
            raise ValueError(f"SMS_URL has a form that is not known. Write {SMS_FORM}.")


def twilio_account(url: str) -> tuple[str, str] | None:
    """The account and token that SMS_URL names; None where it names no Twilio. Raises: ValueError without a secret in it."""
    if url.partition(":")[0].lower() != "twilio":
        return None
    parts = _parted(url, "SMS_URL", SMS_FORM)
    return (parts.user, parts.secret) if parts.user and parts.secret else None


def reaches_out(url: str) -> bool:
    """Whether messages could leave this machine: neither captured nor handed to a server on it."""
    scheme, _, _ = url.partition(":")
    if scheme.lower() == "capture":
        return False
    try:
        split = urlsplit(url)
        base = urlsplit(dict(parse_qsl(split.query)).get("base", ""))
        host = base.hostname if scheme.lower() == "twilio" else split.hostname
    except ValueError:
        return False  # cannot be read, so it is refused when it is used
    return not _is_this_machine(host or "")


@dataclass(frozen=True, slots=True)
class _Parts:
    user: str | None
    secret: str | None = field(repr=False)
    host: str
    port: int | None
    options: Mapping[str, str]


def _parted(url: str, name: str, form: str) -> _Parts:
    """The parts of an address, capitals kept: urlsplit would lower those of an alphanumeric sender."""
    try:
        split = urlsplit(url)
        options = dict(parse_qsl(split.query, keep_blank_values=True, strict_parsing=bool(split.query)))
        account, _, place = split.netloc.rpartition("@")
        host, port = _place(place)
    except ValueError:
        raise ValueError(
            f"{name} cannot be read. Write {form}; signs such as @ : / in a password as %40 %3A %2F."
        ) from None
    if not host or split.path not in ("", "/") or split.fragment:
        raise ValueError(f"{name} cannot be read. Write {form}; signs such as @ : / in a password as %40 %3A %2F.")
    user, _, secret = account.partition(":")
    return _Parts(unquote(user) or None, unquote(secret) or None, unquote(host), port, options)


def _place(text: str) -> tuple[str, int | None]:
    """A host, or an IPv6 address in brackets, with the port behind it. Raises: ValueError."""
    if text.startswith("["):
        address, _, after = text[1:].partition("]")
        return str(ip_address(address)), _port(after.removeprefix(":")) if after else None
    host, colon, port = text.partition(":")
    return host, _port(port) if colon else None


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise ValueError("no port")
    return int(text)


def _smtp(parts: _Parts, *, tls: bool) -> SmtpTransport:
    _known(parts.options, {"starttls", "ca"}, "SMTP_URL")
    here = _is_this_machine(parts.host)
    starttls = _starttls(parts.options.get("starttls"), here=here)
    if parts.secret and not tls and starttls is not StartTls.REQUIRE and not here:
        raise ValueError("SMTP_URL would send the password unencrypted. Write ?starttls=require, or smtps://.")
    ca = parts.options.get("ca")
    if ca and not Path(ca).is_file():
        raise ValueError("SMTP_URL names with ?ca= a file of certificates that is not there.")
    port = parts.port or (SMTPS if tls else SUBMISSION if parts.user else RELAY)
    return SmtpTransport(parts.host, port, parts.user, parts.secret, starttls=starttls, tls=tls, ca=ca)


def _starttls(word: str | None, *, here: bool) -> StartTls:
    """Encryption is required unless said otherwise, or unless the server is on this machine."""
    if word is None:
        return StartTls.OPPORTUNISTIC if here else StartTls.REQUIRE
    try:
        return StartTls(word)
    except ValueError:
        raise ValueError(f"SMTP_URL: starttls is one of {', '.join(StartTls)}.") from None


def _twilio(parts: _Parts, callback: str | None) -> SmsTransport:
    # Imported here: the client takes long to load, and a demo never needs it.
    from notifications.transports.twilio import OFFICIAL, TwilioTransport

    _known(parts.options, {"base"}, "SMS_URL")
    if not parts.user or not parts.secret or parts.port:
        raise ValueError(f"SMS_URL needs an account, a token and a sender. Write {SMS_FORM}.")
    base = urlsplit(parts.options.get("base", OFFICIAL))
    if base.scheme not in ("http", "https") or not base.hostname:
        raise ValueError("SMS_URL: base is an address that begins with https://.")
    if base.scheme == "http" and not _is_this_machine(base.hostname):
        raise ValueError("SMS_URL would send the token unencrypted. Write base=https://...")
    return TwilioTransport(parts.user, parts.secret, parts.host, base=base.geturl(), callback=callback)


def _known(options: Mapping[str, str], names: set[str], setting: str) -> None:
    if unknown := sorted(set(options) - names):
        raise ValueError(
            f"{setting} has {len(unknown)} option(s) that mean nothing here. Known: {', '.join(sorted(names))}."
        )


def _folder(text: str, name: str) -> Path:
    path = text.removeprefix("//") if text.startswith("///") else text
    if not path or path.startswith("//"):
        raise ValueError(f"{name}: capture needs a folder. Write capture:FOLDER.")
    return Path(path).expanduser()


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost" or host.lower().endswith(".localhost")
