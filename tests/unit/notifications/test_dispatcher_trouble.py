"""The dispatcher in trouble: poisoned rows, cases that move, providers that are down or leave no answer."""

from __future__ import annotations

import logging
from collections import deque
from datetime import datetime

import pytest

from notifications.outcome import Absent, Accepted, Down, Refused, Unknown
from tests.unit.notifications.dispatch_example import Queue
from workflow.errors import ConcurrentChange
from workflow.outbox import Channel, DeliveryState, MessageKind, QueuedMessage, Settlement
from workflow.ports import UnitOfWork

S, M = DeliveryState, MessageKind


def test_a_poisoned_row_is_parked_and_those_behind_it_leave(caplog: pytest.LogCaptureFixture) -> None:
    queue = Queue()
    poisoned, good = queue.owed(params={"poison": "yes"}), queue.owed()

    with caplog.at_level(logging.DEBUG):
        queue.drain()

    assert (queue.state(poisoned), queue.row(poisoned).error) == (S.PARKED, "cannot_be_written")
    assert queue.state(good) is S.ACCEPTED
    assert str(poisoned.id) in caplog.text
    assert "Dubois" not in caplog.text


def test_a_parked_row_keeps_its_secret_so_that_a_person_may_put_it_back() -> None:
    queue = Queue()
    parked = queue.owed(params={"poison": "yes"}, secret="token")

    queue.drain()

    assert queue.secret_after_requeue(parked) == "token"


@pytest.mark.fact("B2-3")
def test_a_failed_row_has_lost_its_secret() -> None:
    queue = Queue()
    queue.mail.script.append(Refused("smtp_550"))
    failed = queue.owed(secret="token")

    queue.drain()

    assert queue.state(failed) is S.FAILED
    assert queue.secret_after_requeue(failed) is None


def test_a_transport_that_breaks_leaves_its_row_unknown_and_the_others_leave() -> None:
    class Breaks:
        def popleft(self) -> None:
            queue.mail.script = deque()
            raise ZeroDivisionError

    queue = Queue()
    queue.mail.script = Breaks()  # type: ignore[assignment]
    broken, good = queue.owed(), queue.owed()

    queue.drain()

    assert (queue.state(broken), queue.row(broken).error) == (S.UNKNOWN, "transport_fault")
    assert queue.state(good) is S.ACCEPTED


def test_a_case_that_moved_at_the_same_time_is_looked_at_again() -> None:
    races = iter([True, True])

    def moves(uow: UnitOfWork, message: QueuedMessage, settlement: Settlement, now: datetime) -> None:
        if next(races, False):
            raise ConcurrentChange("AC-1")

    queue = Queue(settled=moves)
    message = queue.owed()

    queue.drain()

    assert queue.heard == [(message.id, S.ACCEPTED)]
    assert queue.row(message).error is None


def test_a_message_that_left_says_so_even_when_its_case_cannot_be_moved() -> None:
    def refuses(uow: UnitOfWork, message: QueuedMessage, settlement: Settlement, now: datetime) -> None:
        raise RuntimeError

    queue = Queue(settled=refuses)
    message = queue.owed()

    queue.drain()
    queue.drain(days=1)

    assert len(queue.mail.tried) == 1
    assert (queue.state(message), queue.row(message).error) == (S.ACCEPTED, "case_not_moved")


def test_a_mail_server_that_is_down_is_asked_once_and_all_its_rows_wait_while_sms_leave() -> None:
    queue = Queue(batch=4)
    queue.mail.script = deque([Down("smtp_connect")] * 20)
    mails = [queue.owed() for _ in range(10)]
    code = queue.owed(M.M3)

    sent = queue.drain()

    assert len(queue.mail.tried) == 1
    assert {queue.state(mail) for mail in mails} == {S.QUEUED}
    assert {queue.row(mail).attempts for mail in mails} == {0}
    assert [queue.row(mail).error for mail in mails].count("smtp_connect") == 1
    assert queue.state(code) is S.ACCEPTED
    assert sent.down == {Channel.EMAIL: "smtp_connect"}


def test_nothing_is_lost_when_both_providers_are_down_for_three_days() -> None:
    queue = Queue()
    link, code = queue.owed(M.M1), queue.owed(M.M3)
    queue.mail.script = deque([Down("smtp_connect")] * 300)
    queue.sms.script = deque([Down("twilio_connect")] * 300)

    for _ in range(3 * 24 * 4):
        queue.drain(minutes=15)
    queue.mail.script.clear()
    queue.sms.script.clear()
    queue.drain(minutes=16)

    assert {queue.state(link), queue.state(code)} == {S.ACCEPTED}
    assert (len(queue.mail.accepted), len(queue.sms.accepted)) == (1, 1)


def test_an_sms_without_an_answer_is_looked_up_and_not_sent_twice() -> None:
    queue = Queue()
    queue.sms.script.append(Unknown("twilio_no_answer"))
    queue.sms.lookups.append(Accepted("SM9"))
    code = queue.owed(M.M3)

    queue.drain()
    begun = queue.row(code).last_attempt_at
    queue.drain(minutes=10)

    assert len(queue.sms.tried) == 1
    assert queue.sms.looked_up == [begun]
    assert (queue.state(code), queue.row(code).provider_ref) == (S.ACCEPTED, "SM9")


def test_an_sms_that_the_provider_never_had_is_sent_again_with_the_same_code() -> None:
    queue = Queue()
    queue.sms.script.append(Unknown("twilio_no_answer"))
    queue.sms.lookups += [Absent(), Absent()]
    code = queue.owed(M.M3, secret="K7Q2M")

    queue.drain()
    queue.drain(minutes=10)
    assert len(queue.sms.tried) == 1, "a copy may still wait with the provider"
    queue.drain(minutes=60)

    first, second = queue.sms.tried
    assert first.body == second.body
    assert first.attempt != second.attempt
    assert queue.state(code) is S.ACCEPTED


def test_an_sms_that_cannot_be_looked_up_is_parked_and_never_sent_blindly() -> None:
    queue = Queue()
    queue.sms.script.append(Unknown("twilio_no_answer"))
    queue.sms.lookups.append(Unknown("twilio_no_lookup_404"))
    code = queue.owed(M.M3)

    queue.drain()
    queue.drain(minutes=10)

    assert len(queue.sms.tried) == 1
    assert queue.state(code) is S.PARKED
