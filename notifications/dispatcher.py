"""Empties the outbox: claim a batch, write each message, hand it over with no transaction open, record what came of it.

It may be killed at any instant: at most one extra, identical copy results (I5). It knows no provider and no template.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import KW_ONLY, dataclass, field, replace
from datetime import datetime, timedelta
from time import monotonic
from typing import cast

from notifications import limits
from notifications.admission import Passage, behind
from notifications.aftermath import Also, follows, is_suppressed
from notifications.bookkeeping import Book
from notifications.bounces import BounceAddress
from notifications.composing import Composed, Composer, Renderer, composed
from notifications.envelopes import Mail, MailSession, MailTransport, Sms, SmsTransport
from notifications.limits import SmsLimits
from notifications.mime import to_mime
from notifications.outcome import Accepted, Down, Outcome, Unknown
from notifications.retry import after_lookup, failed, parked, put_back, settlement
from notifications.trial import trial_mail
from workflow.correspondence import Recipient
from workflow.errors import BisdeskError, ConcurrentChange, Unavailable
from workflow.fence import UNFENCED, Pass, SendFence
from workflow.limits import Bucket
from workflow.outbox import Channel, Delivery, DeliveryState, QueuedMessage, Settlement
from workflow.ports import UnitOfWork, UnitOfWorkFactory

CHANNELS = frozenset({Channel.EMAIL, Channel.SMS})
LEASE_S = 300.0  # longer than the slowest attempt may take, so that a live worker never loses its row
SMS_AT_ONCE = 4
MOST_BATCHES = 10_000
BUSY = timedelta(minutes=1)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sent:
    """What a run came to: rows by the state they went to, closed channels and why, and what was left for a later run."""

    counts: Mapping[DeliveryState, int] = field(default_factory=dict)
    claimed: int = 0
    down: Mapping[Channel, str] = field(default_factory=dict)
    stopped_early: bool = False
    spent: frozenset[Channel] = frozenset()  # channels whose rate is used up for now

    @property
    def accepted(self) -> int:
        """How many messages were handed over."""
        return self.counts.get(DeliveryState.ACCEPTED, 0)

    def __add__(self, other: Sent) -> Sent:
        return Sent(
            Counter(self.counts) + Counter(other.counts),
            self.claimed + other.claimed,
            {**self.down, **other.down},
            self.stopped_early or other.stopped_early,
            self.spent | other.spent,
        )


@dataclass(slots=True)
class _Batch:
    """One claimed batch under way."""

    now: datetime
    started: float
    gates: Passage
    leave: Pass = field(default_factory=Pass)
    counts: Counter[DeliveryState] = field(default_factory=Counter)
    postponed: list[tuple[Delivery, Settlement]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Dispatcher:
    """Sends what the outbox owes by mail and SMS; any number of them may run."""

    uow_factory: UnitOfWorkFactory
    renderer: Renderer
    mail_transport: MailTransport
    sms_transport: SmsTransport
    _: KW_ONLY
    recipient_of: Callable[[UnitOfWork, QueuedMessage, datetime], Recipient | None]
    settled: Callable[[UnitOfWork, QueuedMessage, Settlement, datetime], None]
    before_send: Callable[[UnitOfWork, QueuedMessage, datetime], bool]
    mail_from: str
    mime: Composer = to_mime
    bounces: BounceAddress | None = None
    batch: int = 50
    fence: SendFence = UNFENCED
    buckets: Mapping[Channel, Bucket] = field(default_factory=dict)
    sms_limits: SmsLimits | None = None
    lease_s: float = LEASE_S

    def drain(self, now: datetime, *, batches: int = MOST_BATCHES) -> Sent:
        """Send until nothing that may leave is left; a provider that is down is asked once, its other rows wait."""
        total = Sent()
        for _ in range(batches):
            sent = self.run_once(now)
            total += sent
            if not sent.claimed:
                return total
        return replace(total, stopped_early=True)

    def run_once(self, now: datetime) -> Sent:
        """Claim one batch of each channel that is open and see it through."""
        batch = _Batch(now, monotonic(), Passage(self.uow_factory, self.buckets, now))
        rows = self._claim(batch)
        if rows:
            asyncio.run(self._send_all(rows, batch))
            self._put_back(batch)
        batch.gates.leave()
        return Sent(dict(batch.counts), len(rows), batch.gates.closed, spent=batch.gates.spent)

    def send_test(self, address: str, now: datetime) -> str | None:
        """Send a mail that belongs to no case, to try the way out; the code of what went wrong, or None."""
        outcome = asyncio.run(self._try_out(trial_mail(address, sender=self.mail_from, now=now)))
        return None if isinstance(outcome, Accepted) else outcome.code

    def _claim(self, batch: _Batch) -> list[Delivery]:
        """Lease a batch and write down, outside the database too, that it is about to leave."""
        with self.uow_factory() as uow:
            if not self.fence.stand(uow).may_send:
                return []
            until = self._lease(batch)
            batch.gates.look(uow, CHANNELS, until=until, batch=self.batch)
            uow.outbox.rescue(now=batch.now)  # rows of a worker that died: unknown where an attempt had begun
            claims = (batch.gates.claim(uow, channel, until=until) for channel in sorted(CHANNELS))
            rows = [row for claimed in claims for row in claimed]
            if rows:
                batch.leave = self.fence.enter(uow, rows, now=batch.now)
            uow.commit()
        if rows:
            self._write_down(rows, batch)
        return rows

    def _write_down(self, rows: list[Delivery], batch: _Batch) -> None:
        """Nothing leaves that could not be written down: the rows go back, and the next tick says so again."""
        try:
            self.fence.write_down(batch.leave, rows)
        except Unavailable:
            batch.postponed = [(row, Settlement(row.state, counts=False, error="journal_unavailable")) for row in rows]
            self._put_back(batch)
            batch.gates.leave()
            raise

    def _lease(self, batch: _Batch) -> datetime:
        """The end of a lease taken now: a slow batch must not use up the time of the rows at its end."""
        return batch.now + timedelta(seconds=self.lease_s + monotonic() - batch.started)

    async def _send_all(self, rows: list[Delivery], batch: _Batch) -> None:
        mails = [row for row in rows if row.message.channel is Channel.EMAIL]
        texts = iter([row for row in rows if row.message.channel is Channel.SMS])
        lanes = (self._send_texts(texts, batch) for _ in range(SMS_AT_ONCE))
        await asyncio.gather(self._send_mails(mails, batch), *lanes)

    async def _send_mails(self, rows: list[Delivery], batch: _Batch) -> None:
        async with self.mail_transport.session() as session:
            for row in rows:
                ready = self._ready(row, batch)
                if ready is not None and self._begin(ready, batch):
                    outcome = await _mailed(session, ready)
                    self._conclude(ready, outcome, batch)
                else:
                    self.fence.outcome(batch.leave, row, left=False)

    async def _send_texts(self, rows: Iterator[Delivery], batch: _Batch) -> None:
        for row in rows:
            ready = self._ready(row, batch)
            if ready is not None and row.state is DeliveryState.UNKNOWN:
                ready = await self._unless_known(ready, batch)
            if ready is not None and self._begin(ready, batch):
                outcome = await _texted(self.sms_transport, ready)
                self._conclude(ready, outcome, batch)
            else:
                self.fence.outcome(batch.leave, row, left=False)

    def _ready(self, row: Delivery, batch: _Batch) -> Composed | None:
        """The row as it can be sent; None when it cannot, and what became of it is recorded."""
        if (known := batch.leave.settlement(row.message.id)) is not None:
            self._record(row, known, batch)
            return None
        if row.message.channel in batch.gates.down:
            batch.postponed.append((row, put_back(row)))
            return None
        written = self._composed(row, batch.now)
        if isinstance(written, Settlement):
            self._record(row, written, batch)
            return None
        return written

    def _composed(self, row: Delivery, now: datetime) -> Composed | Settlement | None:
        """The row's message, or what becomes of the row without one; None when it was cancelled on the way."""
        try:
            with self.uow_factory() as uow:
                if not self.before_send(uow, row.message, now):
                    return None
                recipient = self.recipient_of(uow, row.message, now)
                if recipient is not None and is_suppressed(uow, row, recipient):
                    return failed("address_suppressed")
            return composed(
                row, recipient, now, renderer=self.renderer, mime=self.mime, mail_from=self.mail_from,
                bounces=self.bounces,
            )  # fmt: skip
        except Unavailable:
            raise
        except ConcurrentChange:
            return Settlement(row.state, not_before=now + BUSY, counts=False, error=ConcurrentChange.code)
        except Exception as error:  # noqa: BLE001  # a row that cannot be written must not stop those behind it
            code = error.code if isinstance(error, BisdeskError) else "cannot_be_written"
            log.error("message %s parked: %s (%s)", row.message.id, code, type(error).__name__)
            return parked(code)

    async def _unless_known(self, ready: Composed, batch: _Batch) -> Composed | None:
        """An SMS whose outcome is unknown goes out again only when the provider says that it never had it (D9)."""
        row, sms = ready.delivery, cast(Sms, ready.envelope)
        since = row.last_attempt_at or row.message.queued_at
        try:
            answer = await asyncio.to_thread(self.sms_transport.lookup, sms, since=since)
        except Exception as error:  # noqa: BLE001  # a fault in a transport must not stop the other rows
            answer = Unknown(_fault(row, error))
        known = after_lookup(answer, row, batch.now)
        if known is None:
            return replace(ready, delivery=replace(row, state=DeliveryState.QUEUED))
        batch.gates.heard(Channel.SMS, answer if isinstance(answer, Down) else Accepted())
        self._record(row, known, batch)
        return None

    def _begin(self, ready: Composed, batch: _Batch) -> bool:
        """Record that the attempt starts, before it does; False when the row is no longer ours, or must not leave now."""
        with self.uow_factory() as uow:
            held = self._admitted(uow, ready, batch.now)
            if held is None:
                begun = uow.outbox.begin(ready.delivery, now=batch.now, lease_until=self._lease(batch))
                if begun:
                    uow.commit()
                return begun
        if held.closes_until is not None:
            batch.gates.out_of_money(held.closes_until)
        self._record(ready.delivery, held.settlement, batch)
        return False

    def _admitted(self, uow: UnitOfWork, ready: Composed, now: datetime) -> limits.Held | None:
        if self.sms_limits is None or not isinstance(ready.envelope, Sms):
            return None
        return limits.admit(uow, self.sms_limits, ready.delivery, sms=ready.envelope, now=now)

    def _put_back(self, batch: _Batch) -> None:
        batch.counts.update(self._book.put_back(batch.postponed, now=batch.now))

    async def _try_out(self, mail: Mail) -> Outcome:
        async with self.mail_transport.session() as session:
            return await session.send(mail)

    def _conclude(self, ready: Composed, outcome: Outcome, batch: _Batch) -> None:
        row = ready.delivery
        if not isinstance(outcome, Unknown):
            self.fence.outcome(batch.leave, row, left=isinstance(outcome, Accepted))
        batch.gates.heard(row.message.channel, outcome)
        what = behind(settlement(outcome, row, batch.now), outcome)
        self._record(row, what, batch, also=follows(ready, outcome, batch.now))

    def _record(self, row: Delivery, what: Settlement, batch: _Batch, *, also: Also | None = None) -> None:
        state = self._book.record(row, what, now=batch.now, leave=batch.leave, also=also)
        batch.counts.update([] if state is None else [state])

    @property
    def _book(self) -> Book:
        return Book(self.uow_factory, self.settled)


async def _mailed(session: MailSession, ready: Composed) -> Outcome:
    try:
        return await session.send(cast(Mail, ready.envelope))
    except Exception as error:  # noqa: BLE001  # a fault in a transport must not stop the other rows
        return Unknown(_fault(ready.delivery, error))


async def _texted(transport: SmsTransport, ready: Composed) -> Outcome:
    try:
        return await asyncio.to_thread(transport.send, cast(Sms, ready.envelope))
    except Exception as error:  # noqa: BLE001  # a fault in a transport must not stop the other rows
        return Unknown(_fault(ready.delivery, error))


def _fault(row: Delivery, error: Exception) -> str:
    log.error("message %s: the transport failed (%s)", row.message.id, type(error).__name__)
    return "transport_fault"
