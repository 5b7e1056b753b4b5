"""The receipts of the proof: which come, when, how often and in which order; and those that somebody forges.

Each is brought to the product's own web application, signed as Twilio signs.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from typing import Any
from urllib.parse import urlencode, urlsplit

from twilio.request_validator import RequestValidator

from tests.proof.faults import FORGED, RECEIPTS, Dice
from tests.proof.journal import Now
from tests.proof.sms_provider import STEPS, Fate
from tests.support.twilio_callbacks import FORM, fields
from tests.support.twilio_server import TOKEN, Message

REPEATS = 10
FORGED_SHARE = 0.02
CRASHED = 500
TRIES = 5  # Twilio tries again what was not answered well
SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Receipt:
    """One callback: where it goes, what it says, what is signed."""

    url: str
    form: dict[str, str]
    signature: str
    kind: str | None = None


@dataclass
class Receipts:
    """The receipts that are on their way."""

    now: Now
    dice: Dice
    web: Any
    due: list[tuple[datetime, int, Receipt]] = field(default_factory=list)
    answers: dict[str, dict[int, int]] = field(default_factory=dict)
    turn: Iterator[int] = field(default_factory=count)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def plan(self, message: Message, fate: Fate) -> None:
        """Decide which receipts a message brings."""
        kind = self.dice.fault([f"receipt {way}" for way in RECEIPTS], at="SMS with receipts")
        way = (kind or "").removeprefix("receipt ")
        if way == "lost":
            return
        steps = [(status or fate.status, after) for status, after in STEPS]
        if steps[-1][0] == "sent":
            steps.pop()
        if way == "reordered":
            steps = [(status, after) for (status, _), (_, after) in zip(steps, reversed(steps), strict=True)]
        later = timedelta(days=3) if way == "days late" else timedelta()
        for status, after in steps:
            error = fate.error if status == fate.status else None
            one = signed(message, status, error=error, kind=kind)
            if way == "before the answer":
                self.bring(one)
                continue
            for _ in range({"repeated": REPEATS, "twice at once": 2}.get(way, 1)):
                self.put(self.now.at + later + SECOND * after, one)
        self._forge(message)

    def _forge(self, message: Message) -> None:
        """Now and then somebody forges a receipt, or Twilio brings one that is for nobody."""
        kind = self.dice.fault(FORGED, at="SMS with receipts", share=FORGED_SHARE)
        if kind is not None:
            self.put(self.now.at + SECOND, forged(message, kind))

    def put(self, at: datetime, receipt: Receipt) -> None:
        """Let one come at an instant."""
        with self.lock:
            heappush(self.due, (at, next(self.turn), receipt))

    def next_at(self) -> datetime | None:
        """When the next one comes."""
        return self.due[0][0] if self.due else None

    def bring_due(self) -> int:
        """Bring what is due; how many."""
        brought = 0
        while self.due and self.due[0][0] <= self.now.at:
            with self.lock:
                receipt = heappop(self.due)[2]
            self.bring(receipt)
            brought += 1
        return brought

    def bring(self, receipt: Receipt) -> int:
        """Bring one until it is answered well or refused; the last answer."""
        status = 0
        for _ in range(TRIES):
            try:
                status = asyncio.run(_post(self.web, receipt))
            except Exception:  # noqa: BLE001  # what the application did not catch, a server answers with 500
                status = CRASHED
            if status <= CRASHED:
                break
        with self.lock:
            of_kind = self.answers.setdefault(receipt.kind or "plain", {})
            of_kind[status] = of_kind.get(status, 0) + 1
        return status


def signed(message: Message, status: str, *, error: int | None = None, kind: str | None = None) -> Receipt:
    """A receipt as Twilio signs it."""
    url, form = message.form["StatusCallback"], fields(message, status, error=error)
    return Receipt(url, form, RequestValidator(TOKEN).compute_signature(url, form), kind)


def forged(message: Message, kind: str) -> Receipt:
    """A receipt that must not be believed; a stray is genuine, but of a message that we never had."""
    url, form = message.form["StatusCallback"], fields(message, "undelivered", error=30005)
    validator = RequestValidator(TOKEN)
    match kind.removeprefix("forged: "):
        case "wrong token":
            return Receipt(url, form, RequestValidator("c3" * 16).compute_signature(url, form), kind)
        case "changed status":
            return Receipt(url, form, validator.compute_signature(url, fields(message, "delivered")), kind)
        case "other account":
            other = form | {"AccountSid": "AC" + "f" * 32}
            return Receipt(url, other, validator.compute_signature(url, other), kind)
        case "no signature":
            return Receipt(url, form, "", kind)
        case _:
            strange = f"{url.rpartition('/')[0]}/01900000-0000-7000-8000-000000000000-1"
            stray = form | {"MessageSid": "SM" + "e" * 32, "SmsSid": "SM" + "e" * 32}
            return Receipt(strange, stray, validator.compute_signature(strange, stray), kind)


async def _post(web: Any, receipt: Receipt) -> int:
    """One request to the application, without a socket."""
    path, body = urlsplit(receipt.url).path, urlencode(receipt.form).encode()
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "https",
        "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "", "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 443),
        "headers": [
            (b"content-type", FORM.encode()), (b"x-twilio-signature", receipt.signature.encode()),
            (b"content-length", str(len(body)).encode()),
        ],
    }  # fmt: skip
    said: list[int] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(event: dict[str, Any]) -> None:
        if event["type"] == "http.response.start":
            said.append(event["status"])

    await web(scope, receive, send)
    return said[0]
