"""What the tests of the dispatcher share: a queue in memory, plain texts, scripted providers, a case that listens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from notifications.bounces import BounceAddress
from notifications.dispatcher import Dispatcher, Sent
from notifications.limits import SmsLimits
from notifications.rendering import RenderedMail, RenderedSms
from notifications.transports.recording import RecordingMail, RecordingSms
from store.memory import MemoryStore
from tests import builders
from workflow.correspondence import Recipient
from workflow.fence import UNFENCED, SendFence
from workflow.limits import Bucket, Gate
from workflow.model import Language
from workflow.outbox import Channel, Delivery, DeliveryState, MessageKind, QueuedMessage, Settlement
from workflow.ports import UnitOfWork

NOW = builders.START
ZOE = Recipient(
    "AC-2026-00042-X3", "OVAM", Language.FR, name="Zoë Dubois", email="zoe@example.org", mobile="+33612345678"
)


class PlainTexts:
    """A renderer of one sentence; it fails where the parameters say so."""

    def __init__(self) -> None:
        self.version = "plain@1"

    def mail(self, message: QueuedMessage, recipient: Recipient) -> RenderedMail:
        """The sentence as a mail."""
        language, text = self._written(message, recipient)
        return RenderedMail("A message", text, f"<p>{text}</p>", language, self.version)

    def sms(self, message: QueuedMessage, recipient: Recipient) -> RenderedSms:
        """The sentence as an SMS."""
        language, text = self._written(message, recipient)
        return RenderedSms(text, language, self.version, 1)

    def _written(self, message: QueuedMessage, recipient: Recipient) -> tuple[Language, str]:
        if "poison" in message.params:
            raise RuntimeError(f"cannot write to {recipient.name}")
        language = Language(message.language or recipient.language)
        return language, f"{self.version} {message.kind} in {language} with {message.secret}"


@dataclass
class Queue:
    """A queue with a dispatcher on it, and a clock that stands until a test moves it."""

    now: datetime = NOW
    store: Any = field(default_factory=MemoryStore)
    mail: RecordingMail = field(default_factory=RecordingMail)
    sms: RecordingSms = field(default_factory=RecordingSms)
    texts: PlainTexts = field(default_factory=PlainTexts)
    recipient: Recipient | None = ZOE
    heard: list[tuple[UUID, DeliveryState]] = field(default_factory=list)
    before_send: Callable[[UnitOfWork, QueuedMessage, datetime], bool] = lambda uow, message, now: True
    settled: Callable[[UnitOfWork, QueuedMessage, Settlement, datetime], None] | None = None
    bounces: BounceAddress | None = None
    batch: int = 50
    fence: SendFence = UNFENCED
    buckets: dict[Channel, Bucket] = field(default_factory=dict)
    sms_limits: SmsLimits | None = None

    def owed(self, kind: MessageKind = MessageKind.M1, **more: Any) -> QueuedMessage:
        """A message that a case owes."""
        case = builders.case("activation", **({"entity": more.pop("entity")} if "entity" in more else {}))
        filer = more.pop("filer", None)
        message = builders.message(case, kind, **({"queued_at": self.now} | more))
        with self.store.unit_of_work() as uow:
            uow.cases.open(case, builders.activation_detail(case.id, filer=filer))
            assert uow.cases.apply(replace(builders.change(case), messages=(message,)))
            uow.commit()
        return message

    @property
    def dispatcher(self) -> Dispatcher:
        """A dispatcher as a fresh process would have it."""
        return Dispatcher(
            self.store.unit_of_work,
            self.texts,
            self.mail,
            self.sms,
            recipient_of=lambda uow, message, now: self.recipient,
            settled=self._hears,
            before_send=self.before_send,
            mail_from="Bisdesk <desk@bisdesk.example>",
            bounces=self.bounces,
            batch=self.batch,
            fence=self.fence,
            buckets=self.buckets,
            sms_limits=self.sms_limits,
        )

    def drain(self, **later: float) -> Sent:
        """Let time pass, then send what is due."""
        self.now += timedelta(**later)
        return self.dispatcher.drain(self.now)

    def gate(self, channel: Channel) -> Gate:
        """The gate before a channel as it stands."""
        with self.store.unit_of_work() as uow:
            gate: Gate = uow.gates.of(channel)
            return gate

    def row(self, message: QueuedMessage) -> Delivery:
        """A row as the desk sees it."""
        with self.store.unit_of_work() as uow:
            found: Delivery = uow.outbox.find(message.id)
            return found

    def state(self, message: QueuedMessage) -> DeliveryState:
        """How far a message got."""
        return self.row(message).state

    def secret_after_requeue(self, message: QueuedMessage) -> str | None:
        """The secret that a failed or parked row still holds, read the way a worker does."""
        with self.store.unit_of_work() as uow:
            uow.outbox.requeue(message.id, now=self.now)
            claimed = uow.outbox.claim(frozenset(Channel), now=self.now, lease_until=self.now, limit=100)
            return next(row.message.secret for row in claimed if row.message.id == message.id)

    def _hears(self, uow: UnitOfWork, message: QueuedMessage, settlement: Settlement, now: datetime) -> None:
        if self.settled is not None:
            self.settled(uow, message, settlement, now)
        self.heard.append((message.id, settlement.state))
