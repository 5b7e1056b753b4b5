"""Asks the SMS provider what became of messages whose receipt never came (F28): 1, 5 and 30 minutes and 4 hours later.

Its answer goes the way of a receipt. It knows no provider; a provider that is down costs no question.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from notifications.envelopes import SmsTransport
from notifications.outcome import Down
from notifications.retry import next_poll
from workflow.outbox import Delivery, Receipt
from workflow.ports import UnitOfWorkFactory

BATCH, AT_ONCE = 20, 4
LEASE = timedelta(minutes=5)  # longer than a batch takes with a provider that lets every question time out
MOST_BATCHES = 1000

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Polled:
    """What a run came to: rows that were asked about, and why it ended early if the provider is down."""

    asked: int = 0
    down: str | None = None


@dataclass(frozen=True, slots=True)
class Poller:
    """Asks about what is due; any number of them may run, each row is leased to one."""

    uow_factory: UnitOfWorkFactory
    transport: SmsTransport
    hear: Callable[[Receipt, datetime], object]  # what a receipt does

    def ask_due(self, now: datetime) -> Polled:
        """Ask until nothing is due, or the provider is down. Raises: Unavailable."""
        asked = 0
        for _ in range(MOST_BATCHES):
            rows = self._leased(now)
            if not rows:
                break
            with ThreadPoolExecutor(AT_ONCE) as lanes:
                answers = list(lanes.map(lambda row: self._ask(row, now), rows))
            for row, answer in zip(rows, answers, strict=True):
                asked += self._conclude(row, answer, now)
            down = next((answer.code for answer in answers if isinstance(answer, Down)), None)
            if down is not None:
                return Polled(asked, down)
        return Polled(asked)

    def _leased(self, now: datetime) -> list[Delivery]:
        with self.uow_factory() as uow:
            rows = uow.outbox.unconfirmed(now=now, lease_until=now + LEASE, limit=BATCH)
            uow.commit()
        return rows

    def _ask(self, row: Delivery, now: datetime) -> Receipt | Down | None:
        try:
            return self.transport.status(row.provider_ref or "", now=now)
        except Exception as error:  # noqa: BLE001  # a fault in a transport must not stop the other rows
            log.error("message %s: the transport failed (%s)", row.message.id, type(error).__name__)
            return Down("transport_fault")

    def _conclude(self, row: Delivery, answer: Receipt | Down | None, now: datetime) -> bool:
        """Let an answer act, and note that it was asked for; where there is none the lease runs out and it is asked again."""
        if isinstance(answer, Down):
            return False
        if answer is not None:
            self.hear(replace(answer, message_id=row.message.id), now)
        with self.uow_factory() as uow:
            uow.outbox.asked(row, again_at=next_poll(row, now))
            uow.commit()
        return True
