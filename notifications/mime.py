"""Turns a rendered mail into the bytes that leave: the same mail gives the same bytes, however often it is asked (I5).

It knows nothing of SMTP; a header cannot be smuggled in, because no value with a control character gets this far.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from uuid import UUID

from identity.contact import parse_email
from identity.problems import Problem
from notifications.errors import UnfitMessage
from notifications.rendering import RenderedMail

_MESSAGE_ID = re.compile(r"<[A-Za-z0-9._-]{1,120}@[A-Za-z0-9.-]{1,120}>")
_DOMAIN = re.compile(r"[A-Za-z0-9.-]+")


def message_id_of(outbox_id: UUID, sender: str) -> str:
    """The Message-ID of a row: the same on every attempt, so that a mailbox can know a repeat (I5).

    Raises: UnfitMessage for a sender without an address.
    """
    return f"<{outbox_id}@{_sender(sender).domain}>"


def to_mime(rendered: RenderedMail, *, sender: str, recipient_email: str, message_id: str, date: datetime) -> bytes:
    """The mail as bytes with CRLF: text and HTML that say the same, dated at its first attempt.

    Raises: UnfitMessage for an address, a subject or a Message-ID that is none.
    """
    if _MESSAGE_ID.fullmatch(message_id) is None:
        raise UnfitMessage("mail", "message_id_malformed")
    mail = EmailMessage(policy=SMTP)
    mail["From"] = _sender(sender)
    mail["To"] = Address(addr_spec=deliverable(recipient_email))
    mail["Subject"] = _header(rendered.subject, "subject_malformed")
    mail["Date"] = format_datetime(date.astimezone(UTC).replace(microsecond=0))
    mail["Message-ID"] = message_id
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's absence note answers us
    mail.set_content(_body(rendered.text), cte="quoted-printable")
    mail.add_alternative(_body(rendered.html), subtype="html", cte="quoted-printable")
    mail["Content-Language"] = str(
        rendered.language
    )  # after the parts: making a multipart would move it into the first one
    mail.set_boundary(_boundary(message_id))
    return mail.as_bytes()


def deliverable(email: str) -> str:
    """The address as a mail server takes it: its domain in ASCII. Raises: UnfitMessage, without the address."""
    try:
        return parse_email(_header(email, "recipient_malformed")).deliverable
    except Problem:
        raise UnfitMessage("mail", "recipient_malformed") from None


def _sender(text: str) -> Address:
    name, address = parseaddr(_header(text, "sender_malformed"))
    local, _, domain = address.rpartition("@")
    guessed = address not in text  # the parser mends what is no address; a sender must be written out
    if guessed or not local or not address.isascii() or _DOMAIN.fullmatch(domain) is None:
        raise UnfitMessage("mail", "sender_malformed")
    return Address(display_name=name, addr_spec=address)


def _header(text: str, problem: str) -> str:
    """A header value on one line; NUL too is refused, which the standard library lets through."""
    if not text or any(unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} for char in text):
        raise UnfitMessage("mail", problem)
    return text


def _body(text: str) -> str:
    """Lines end in one way only, so that no server can read a bare CR or LF as the end of the mail."""
    return "\n".join(text.splitlines()) + "\n"


def _boundary(message_id: str) -> str:
    return "=_" + hashlib.sha256(message_id.encode()).hexdigest()[:40]
