"""The mail that an operator sends to see whether mail leaves at all: it belongs to no case and says nothing of anybody."""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from uuid import NAMESPACE_URL, uuid5

from notifications.envelopes import Mail
from notifications.mime import message_id_of

SUBJECT = "Test message of the registration desk"
TEXT = "This message shows that mail leaves the registration desk. Nothing is asked of you.\n"


def trial_mail(address: str, *, sender: str, now: datetime) -> Mail:
    """The test mail of one instant to one address."""
    own = parseaddr(sender)[1]
    trial = uuid5(NAMESPACE_URL, f"trial:{now.isoformat()}")
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = address
    mail["Subject"] = SUBJECT
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = message_id_of(trial, sender)
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(TEXT)
    return Mail(trial, own, address, mail.as_bytes())
