"""Receipts as Twilio brings them: a form over HTTP, signed by Twilio's own client; the way to forge them too.

It knows nothing of the product but the address that the message was sent with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

from twilio.request_validator import RequestValidator

from tests.support.twilio_server import SID, TOKEN, Message

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the receiver said."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)


def fields(message: Message, status: str, *, error: int | None = None, **more: str) -> dict[str, str]:
    """The form of one status."""
    form = {
        "ApiVersion": "2010-04-01", "AccountSid": SID, "From": message.sender, "To": message.to,
        "MessageSid": message.sid, "SmsSid": message.sid, "MessageStatus": status, "SmsStatus": status,
    }  # fmt: skip
    return form | ({"ErrorCode": str(error)} if error else {}) | more


def bring(message: Message, status: str, *, error: int | None = None, token: str = TOKEN, **more: str) -> Answer:
    """Bring one receipt, signed for the address that the message was sent with."""
    return deliver(message.form["StatusCallback"], fields(message, status, error=error, **more), token=token)


def deliver(
    url: str,
    form: Mapping[str, str],
    *,
    token: str = TOKEN,
    signed_url: str | None = None,
    signed_form: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Send a form; what is signed is what is sent, unless something else is named."""
    signature = RequestValidator(token).compute_signature(
        url if signed_url is None else signed_url, dict(form if signed_form is None else signed_form)
    )
    sent = {"Content-Type": FORM, "X-Twilio-Signature": signature, "User-Agent": "TwilioProxy/1.1"} | dict(
        headers or {}
    )
    return request("POST", url, urlencode(form), {name: value for name, value in sent.items() if value})


def request(method: str, url: str, body: str | bytes | None = None, headers: Mapping[str, str] | None = None) -> Answer:
    """One request and its answer."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    try:
        connection.request(method, f"{parts.path}{f'?{parts.query}' if parts.query else ''}", body, dict(headers or {}))
        answer = connection.getresponse()
        text = answer.read().decode()
        return Answer(answer.status, dict(answer.getheaders()) | {"": text})
    finally:
        connection.close()
