"""Whether a callback is Twilio's word about our account: the judgement of one request, before anything is looked up.

Pure: it knows neither the web server nor the store. Why a request was refused is told in one word, never with its values.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from urllib.parse import parse_qsl
from uuid import UUID

from notifications.receipts import attempt_of, first_of, receipt_of
from notifications.signatures import is_genuine
from workflow.outbox import Receipt

MOST_FIELDS = 200  # Twilio sends about a dozen and may add some; unknown ones are signed too, and not read


class Refusal(StrEnum):
    """Why a callback is not believed; the words are labels of a metric."""

    ATTEMPT = "attempt"  # its path names no message in our way of writing
    FORM = "form"  # its body is no form
    SIGNATURE = "signature"  # forged, changed, for another address, or signed with a token that is over
    ACCOUNT = "account"  # of another account
    INCOMPLETE = "incomplete"  # without the message's name or its status


@dataclass(frozen=True, slots=True)
class Account:
    """Whose callbacks are believed: an account, its tokens (two while they are changed), and the address it was given."""

    sid: str
    tokens: tuple[str, ...] = field(repr=False)
    address: str


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came in: the last part of its path, what stood behind the question mark, its body and signature."""

    attempt: str
    query: str
    body: bytes = field(repr=False)
    signature: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Told:
    """What a believed callback says."""

    attempt: tuple[UUID, int]
    reference: str
    status: str
    error: str | None

    def receipt(self, now: datetime) -> Receipt:
        """It as a receipt, heard at this instant."""
        return receipt_of(self.status, self.error, self.reference, now=now, attempt=self.attempt)


def judged(asked: Asked, account: Account) -> Told | Refusal:
    """What a request says, if it is to be believed; its signature is that of the address that we gave away, not of its own."""
    attempt = attempt_of(asked.attempt)
    if attempt is None:
        return Refusal.ATTEMPT
    form = _form(asked.body)
    if form is None:
        return Refusal.FORM
    url = f"{account.address}/{asked.attempt}" + (f"?{asked.query}" if asked.query else "")
    if not is_genuine(asked.signature, url, form, tokens=account.tokens):
        return Refusal.SIGNATURE
    if first_of(form, "AccountSid") != account.sid:
        return Refusal.ACCOUNT
    reference, status = first_of(form, "MessageSid"), first_of(form, "MessageStatus")
    if reference is None or status is None:
        return Refusal.INCOMPLETE
    return Told(attempt, reference, status, first_of(form, "ErrorCode"))


def _form(body: bytes) -> list[tuple[str, str]] | None:
    try:
        return parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError:  # no text, no UTF-8 behind the percent signs, or too many fields
        return None
