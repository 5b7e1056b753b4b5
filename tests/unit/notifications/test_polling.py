"""Asking for receipts that never come, on a clock that is moved by hand (F28)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest

from notifications.outcome import Down
from notifications.polling import Polled, Poller
from notifications.receipts import is_unconfirmed, receipt_of
from notifications.transports.recording import RecordingSms
from tests.builders import START
from tests.fakes import FakeOtp, PlainSecrets, SeededChance
from tests.unit.notifications.dispatch_example import Queue
from workflow.advance import Tools
from workflow.outbox import DeliveryState, MessageKind, QueuedMessage, Receipt
from workflow.policy import DEFAULT
from workflow.receipts import receive

S, M = DeliveryState, MessageKind
MINUTE = timedelta(minutes=1)


class Broken(RecordingSms):
    """A provider whose transport has a fault of its own."""

    def status(self, provider_ref: str, *, now: datetime) -> Receipt | Down | None:
        """It never gets so far."""
        raise RuntimeError("about +33612345678")


@dataclass
class Desk:
    """A queue whose SMS are asked about."""

    queue: Queue = field(default_factory=Queue)
    heard: list[Receipt] = field(default_factory=list)

    @property
    def sms(self) -> RecordingSms:
        """The provider."""
        return self.queue.sms

    def accepted(self) -> QueuedMessage:
        """An SMS that the provider took."""
        message = self.queue.owed(M.M3)
        self.queue.drain()
        return message

    def ask(self, **later: float) -> Polled:
        """Let time pass, then ask."""
        self.queue.now += timedelta(**later)
        return self.poller.ask_due(self.queue.now)

    @property
    def poller(self) -> Poller:
        """As a fresh process would have it."""
        return Poller(self.queue.store.unit_of_work, self.sms, hear=self._hears)

    def _hears(self, receipt: Receipt, now: datetime) -> None:
        self.heard.append(receipt)
        tools = Tools(SeededChance(1), PlainSecrets(), FakeOtp(), DEFAULT)
        receive(self.queue.store.unit_of_work, receipt, now=now, tools=tools)


def told(status: str) -> Receipt:
    """What the provider says when asked."""
    return receipt_of(status, None, "SM" + "0" * 31 + "1", now=START)


def test_it_is_asked_after_one_five_and_thirty_minutes_and_four_hours_and_never_again() -> None:
    desk = Desk()
    message = desk.accepted()

    for minute in range(2, 60 * 24, 2):
        desk.queue.now = START + minute * MINUTE / 2
        desk.poller.ask_due(desk.queue.now)

    assert [at - START for _, at in desk.sms.asked] == [MINUTE, 5 * MINUTE, 30 * MINUTE, 240 * MINUTE]
    assert desk.queue.state(message) is S.ACCEPTED
    assert is_unconfirmed(desk.queue.row(message))


def test_a_worker_that_comes_late_still_leaves_the_same_time_between_questions() -> None:
    desk = Desk()
    desk.accepted()

    asked = [desk.ask(**later).asked for later in ({"hours": 1}, {"minutes": 3}, {"minutes": 1}, {"minutes": 25})]

    assert asked == [1, 0, 1, 1]


def test_the_answer_is_heard_like_a_receipt_and_ends_the_questions() -> None:
    desk = Desk()
    message = desk.accepted()
    desk.sms.statuses.extend([told("sent"), told("delivered")])

    polled = [desk.ask(minutes=1).asked, desk.ask(minutes=4).asked, desk.ask(days=1).asked]

    assert polled == [1, 1, 0]
    assert desk.queue.state(message) is S.DELIVERED
    assert [receipt.message_id for receipt in desk.heard] == [message.id] * 2


def test_a_provider_that_is_down_costs_no_question() -> None:
    desk = Desk()
    message = desk.accepted()
    desk.sms.statuses.append(Down("twilio_status_503"))

    polled = desk.ask(minutes=1)

    assert polled == Polled(0, "twilio_status_503")
    assert desk.queue.row(message).polls == 0
    assert desk.ask(minutes=1).asked == 0, "not before the lease is over"
    assert desk.ask(minutes=5).asked == 1


def test_a_transport_that_breaks_costs_no_question_and_tells_no_secret(caplog: pytest.LogCaptureFixture) -> None:
    desk = Desk(Queue(sms=Broken()))
    message = desk.accepted()

    polled = desk.ask(minutes=1)

    assert polled == Polled(0, "transport_fault")
    assert desk.queue.row(message).polls == 0
    assert "33612345678" not in caplog.text


def test_mail_is_never_asked_about() -> None:
    desk = Desk()
    desk.queue.owed(M.M1)
    desk.queue.drain()

    assert desk.ask(days=1) == Polled(0)
    assert desk.sms.asked == []


def test_a_row_is_never_asked_about_by_two_at_once() -> None:
    desk = Desk()
    for _ in range(30):
        desk.accepted()
    desk.queue.now += MINUTE
    gate, polled = Barrier(4), []

    def ask() -> None:
        gate.wait()
        polled.append(desk.poller.ask_due(desk.queue.now).asked)

    threads = [Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(polled) == 30
    references = [reference for reference, _ in desk.sms.asked]
    assert len(references) == len(set(references)) == 30


@pytest.mark.parametrize("status", ["undelivered", "failed", "canceled"])
def test_what_did_not_arrive_is_known_by_asking(status: str) -> None:
    desk = Desk()
    message = desk.accepted()
    desk.sms.statuses.append(told(status))

    desk.ask(minutes=1)

    assert desk.queue.state(message) is S.UNDELIVERED
