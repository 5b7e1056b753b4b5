"""A post office for stories: it hands over what the queue owes, and keeps what left, secrets included."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from workflow import activations_delivery
from workflow.advance import Tools
from workflow.errors import NotFound
from workflow.outbox import Audience, Channel, Delivery, DeliveryState, MessageKind, QueuedMessage, Settlement
from workflow.ports import UnitOfWork, UnitOfWorkFactory

BY_ITSELF = frozenset({Channel.EMAIL, Channel.SMS})
LEASE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Sent:
    """What left the house: the words' parameters and the secret that the real text would carry."""

    case_ref: str
    kind: MessageKind
    audience: Audience
    channel: Channel
    language: str | None
    params: Mapping[str, str]
    secret: str | None
    at: datetime


@dataclass
class Post:
    """Accepts everything, unless it was told what to make of a kind of message."""

    uow_factory: UnitOfWorkFactory
    tools: Tools
    outcomes: dict[MessageKind, Settlement] = field(default_factory=dict)
    sent: list[Sent] = field(default_factory=list)

    def deliver(self, now: datetime) -> int:
        """Close what came too late, then hand over what is due, one row after the other; how many rows moved."""
        with self.uow_factory() as uow:
            done = len(uow.outbox.overdue(now=now))
            uow.commit()
        while self._deliver_one(now):
            done += 1
        return done

    def _deliver_one(self, now: datetime) -> bool:
        with self.uow_factory() as uow:
            claimed = uow.outbox.claim(BY_ITSELF, now=now, lease_until=now + LEASE, limit=1)
            uow.commit()
            if not claimed:
                return False
            row = claimed[0]
            true = activations_delivery.before_send(uow, row.message, now=now, tools=self.tools)
            if true and uow.outbox.begin(row, now=now, lease_until=now + LEASE):
                self._settle(uow, row, now)
            uow.commit()
            return True

    def _settle(self, uow: UnitOfWork, row: Delivery, now: datetime) -> None:
        message = row.message
        settlement = self.outcomes.get(message.kind, Settlement(DeliveryState.ACCEPTED))
        if settlement.state is DeliveryState.ACCEPTED:
            self.sent.append(
                Sent(
                    case_ref=_ref(uow, message, now),
                    kind=message.kind,
                    audience=message.audience,
                    channel=message.channel,
                    language=message.language,
                    params=message.params,
                    secret=message.secret,
                    at=now,
                )
            )
        uow.outbox.settle(row, settlement, now=now)
        activations_delivery.settled(uow, message, settlement, now=now, tools=self.tools)


def _ref(uow: UnitOfWork, message: QueuedMessage, now: datetime) -> str:
    try:
        return uow.cases.request(message.case_id, now=now)[0].ref
    except NotFound:
        return uow.cases.activation(message.case_id, now=now)[0].ref
