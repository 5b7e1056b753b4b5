"""SMS over Twilio's official client, and every way it can go wrong told as an outcome (domain D9).

It knows no message and no template; numbers and texts never reach a log, a URL of ours or an error (I6).
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Protocol
from urllib.parse import urlsplit, urlunsplit

import requests
from requests.exceptions import ConnectionError as NetworkError
from requests.exceptions import ConnectTimeout, RequestException, SSLError
from twilio.base.exceptions import (  # type: ignore[import-untyped]  # the package ships no marker of its types
    TwilioException,
    TwilioRestException,
    TwilioServiceException,
)
from twilio.http.http_client import TwilioHttpClient  # type: ignore[import-untyped]
from twilio.rest import Client  # type: ignore[import-untyped]
from urllib3.exceptions import MaxRetryError, NewConnectionError

from notifications.envelopes import Sms
from notifications.outcome import Absent, Accepted, Down, LookedUp, Outcome, Refused, Transient, Unknown
from notifications.receipts import receipt_of
from workflow.outbox import Receipt

OFFICIAL = "https://api.twilio.com"
TIMEOUT_S = 20.0  # the client's own default is to wait for ever

# D9. What concerns the recipient is refused, what concerns our account or sender stops everything until somebody mends it.
REFUSED = frozenset({21211, 21408, 21610, 21612, 21614, 30004, 30005, 30006, 30007})
OURS = frozenset({20003, 20005, 20404, 21603, 21606, 21659, 21660, 21703})
LATER = frozenset({30003, 30008})
THROTTLED = (
    20429  # our pace, or that of the whole account: nobody goes on until it passes, and no attempt is lost (F23)
)
NO_LOOKUP = frozenset({404, 405, 501})  # what stands there takes messages but tells nothing of them

LONGEST_VALID_S = 36_000  # Twilio's own bounds of ValidityPeriod
CLOCK_SKEW = timedelta(minutes=2)  # between our clock and Twilio's
LOOKED_THROUGH = 50  # newest messages to one number; nobody gets that many in ten minutes
MESSAGING_SERVICE = "MG"  # what the identifier of a messaging service begins with, in place of a number

# requests reports the address of a look-up, which holds a number, at this level.
logging.getLogger("urllib3.connectionpool").setLevel(logging.INFO)
_SILENT = logging.getLogger("notifications.transports.twilio.client")
_SILENT.addHandler(logging.NullHandler())
_SILENT.propagate = False
_SILENT.setLevel(logging.CRITICAL)  # the client would log addresses with numbers in them


class Rebase(TwilioHttpClient):  # type: ignore[misc]  # see the imports
    """Twilio's client pointed at another address: a test server, or a proxy of the house."""

    def __init__(self, base: str, *, timeout: float) -> None:
        super().__init__(timeout=timeout, logger=_SILENT)
        self._base = urlsplit(base)

    def request(self, method: str, url: str, *rest: object, **options: object) -> object:
        """The same request, to our base."""
        asked = urlsplit(url)
        path = self._base.path.rstrip("/") + asked.path
        return super().request(
            method, urlunsplit((self._base.scheme, self._base.netloc, path, asked.query, "")), *rest, **options
        )

    def close(self) -> None:
        """Close what connections wait to be used again."""
        if isinstance(self.session, requests.Session):
            self.session.close()


class Listed(Protocol):
    """What a look-up reads of a message that Twilio holds."""

    sid: str | None
    body: str | None
    date_created: datetime | None


@dataclass(frozen=True)
class TwilioTransport:
    """A Twilio account and sender; `callback` is the address under which its receipts reach us, if any."""

    sid: str
    token: str = field(repr=False)
    sender: str
    base: str = OFFICIAL
    timeout: float = TIMEOUT_S
    callback: str | None = None

    def send(self, sms: Sms) -> Outcome:
        """Hand one SMS over; trouble is an outcome, never an exception."""
        try:
            message = self._client.messages.create(to=sms.to, body=sms.body, **self._sender(), **self._options(sms))
        except (TwilioException, RequestException, ValueError) as error:  # ValueError: an answer that is no JSON
            return outcome_of(error)
        return Accepted(message.sid)

    def lookup(self, sms: Sms, *, since: datetime) -> LookedUp:
        """Whether Twilio holds this very SMS: same number, same text, made since then (trust 5)."""
        try:
            listed = self._client.messages.list(to=sms.to, limit=LOOKED_THROUGH, page_size=LOOKED_THROUGH)
        except (TwilioException, RequestException, ValueError) as error:
            return _lookup_failed(error)
        same = (message for message in listed if _is(message, sms, since - CLOCK_SKEW))
        found = next(same, None)
        return Accepted(found.sid) if found else Absent()

    def status(self, provider_ref: str, *, now: datetime) -> Receipt | Down | None:
        """What became of an SMS of ours; None where Twilio does not know it, or tells nothing there."""
        try:
            message = self._client.messages(provider_ref).fetch()
            return receipt_of(str(message.status), message.error_code, provider_ref, now=now)
        except (TwilioException, RequestException, ValueError) as error:
            status = getattr(error, "status", None)
            return None if status in NO_LOOKUP else Down(f"twilio_status_{status or 'failed'}")

    def close(self) -> None:
        """Close what connections wait to be used again."""
        self._http.close()

    @cached_property
    def _http(self) -> Rebase:
        return Rebase(self.base, timeout=self.timeout)

    @cached_property
    def _client(self) -> Client:
        return Client(self.sid, self.token, http_client=self._http)

    def _sender(self) -> dict[str, str]:
        name = "messaging_service_sid" if self.sender.startswith(MESSAGING_SERVICE) else "from_"
        return {name: self.sender}

    def _options(self, sms: Sms) -> dict[str, object]:
        options: dict[str, object] = {}
        if sms.valid_for is not None:
            options["validity_period"] = min(max(int(sms.valid_for.total_seconds()), 1), LONGEST_VALID_S)
        if self.callback is not None:
            options["status_callback"] = f"{self.callback.rstrip('/')}/{sms.attempt}"
        return options


def outcome_of(error: Exception) -> Outcome:
    """What Twilio's answer, or the lack of one, says about one SMS."""
    match error:
        case TwilioRestException() | TwilioServiceException():
            return _answered(error.status, error.code)
        case ConnectTimeout() | SSLError():
            return Down("twilio_connect")
        case NetworkError() if _never_connected(error):
            return Down("twilio_connect")
        case RequestException():
            return Unknown("twilio_no_answer")  # the request was out: an SMS may be on its way (F24)
        case _:
            return Unknown("twilio_unreadable")  # a good status and no sense: taken or not, nobody knows


def _answered(status: int, code: int | None) -> Outcome:
    label = f"twilio_{code or status}"
    if code in OURS or status in (401, 403) or code == THROTTLED:
        return Down(label)
    if code in REFUSED:
        return Refused(label)
    if code in LATER:
        return Transient(label)
    if status == 429:
        return Down(label)
    if status == 408 or status >= 500:
        return Unknown(label)  # it may have taken the message before it stumbled (F24)
    return Refused(label)


def _never_connected(error: NetworkError) -> bool:
    """Whether the failure came before a connection stood, so before anything was asked of Twilio."""
    cause = error.args[0] if error.args else None
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)


def _lookup_failed(error: Exception) -> LookedUp:
    status = (
        getattr(error.args[-1], "status_code", None) if error.args else None
    )  # a list's error is not told otherwise
    if status in NO_LOOKUP:
        return Unknown(f"twilio_no_lookup_{status}")
    return Down(f"twilio_lookup_{status or 'failed'}")  # ask again later


def _is(message: Listed, sms: Sms, since: datetime) -> bool:
    """Same text and not older; an account that discards texts shows none, then number and time have to do."""
    made = message.date_created
    return (not message.body or message.body == sms.body) and (made is None or made >= since)
