"""The dispatcher on a queue in memory: what leaves, what is recorded, and that one row never holds up another."""

from __future__ import annotations

import email
from collections import deque
from dataclasses import replace
from datetime import datetime, timedelta
from email import policy

import pytest

from notifications.outcome import Accepted, Down, Refused, Transient, Unknown
from tests.unit.notifications.dispatch_example import ZOE, Queue
from workflow.outbox import Channel, DeliveryState, MessageKind, QueuedMessage
from workflow.ports import UnitOfWork

S, M = DeliveryState, MessageKind


@pytest.mark.fact("3.10")
def test_the_link_leaves_by_mail_and_the_code_by_sms() -> None:
    queue = Queue()
    link, code = queue.owed(M.M1, secret="token"), queue.owed(M.M3, secret="K7Q2M")

    sent = queue.drain()

    assert sent.accepted == 2
    assert {queue.state(link), queue.state(code)} == {S.ACCEPTED}
    assert [(mail.to, b"token" in mail.content) for mail in queue.mail.accepted] == [("zoe@example.org", True)]
    assert [(sms.to, "K7Q2M" in sms.body) for sms in queue.sms.accepted] == [("+33612345678", True)]


def test_an_accepted_row_carries_the_name_under_which_the_provider_knows_it() -> None:
    queue = Queue()
    queue.sms.script.append(Accepted("SM42"))
    code = queue.owed(M.M3)

    queue.drain()

    assert queue.row(code).provider_ref == "SM42"


def test_every_outcome_reaches_the_case_in_the_transaction_that_records_it() -> None:
    queue = Queue()
    queue.mail.script = deque([Accepted(), Refused("smtp_550")])
    good, bad = queue.owed(), queue.owed()

    queue.drain()

    assert queue.heard == [(good.id, S.ACCEPTED), (bad.id, S.FAILED)]


def test_one_batch_goes_over_one_connection() -> None:
    queue = Queue()
    for _ in range(20):
        queue.owed()

    queue.drain()

    assert len(queue.mail.accepted) == 20
    assert queue.mail.sessions == 1


def test_a_drain_goes_on_batch_after_batch_until_nothing_is_due() -> None:
    queue = Queue(batch=3)
    rows = [queue.owed() for _ in range(10)]

    sent = queue.drain()

    assert (sent.accepted, sent.stopped_early) == (10, False)
    assert {queue.state(row) for row in rows} == {S.ACCEPTED}


def test_a_drain_that_stops_at_its_bound_says_so() -> None:
    queue = Queue(batch=3)
    for _ in range(10):
        queue.owed()

    sent = queue.dispatcher.drain(queue.now, batches=2)

    assert (sent.accepted, sent.stopped_early) == (6, True)


def test_nothing_leaves_before_its_time() -> None:
    queue = Queue()
    later = queue.owed(not_before=queue.now + timedelta(hours=1))

    queue.drain(minutes=59)

    assert queue.state(later) is S.QUEUED
    assert queue.mail.tried == []


def test_nothing_leaves_past_its_send_before() -> None:
    queue = Queue()
    late = queue.owed(send_before=queue.now + timedelta(hours=1))

    queue.drain(hours=1)

    assert queue.mail.tried == []
    assert queue.state(late) is not S.ACCEPTED


def test_a_provider_of_sms_is_told_until_when_the_message_makes_sense() -> None:
    queue = Queue()
    queue.owed(M.M15, channel=Channel.SMS, send_before=queue.now + timedelta(minutes=10))

    queue.drain(minutes=4)

    assert [sms.valid_for for sms in queue.sms.accepted] == [timedelta(minutes=6)]


@pytest.mark.fact("R5")
def test_the_language_of_the_recipient_is_pinned_when_the_row_has_none() -> None:
    queue = Queue()
    queue.mail.script.append(Transient("smtp_451"))
    message = queue.owed(language=None)

    queue.drain()
    queue.recipient = replace(ZOE, language="de")
    queue.drain(hours=1)

    first, second = queue.mail.tried
    assert queue.row(message).message.language == "fr"
    assert first.content == second.content


def test_every_copy_of_one_mail_has_the_same_bytes_message_id_and_date() -> None:
    queue = Queue()
    queue.mail.script = deque([Transient("smtp_451"), Unknown("smtp_lost_after_data")])
    message = queue.owed(secret="token")

    for _ in range(3):
        queue.drain(days=1)

    contents = {mail.content for mail in queue.mail.tried}
    assert len(queue.mail.tried) == 3
    assert len(contents) == 1
    read = email.message_from_bytes(contents.pop(), policy=policy.default)
    assert read["Message-ID"] == f"<{message.id}@bisdesk.example>"
    assert queue.state(message) is S.ACCEPTED


def test_a_repeat_that_would_differ_from_the_first_copy_is_parked_and_not_sent() -> None:
    queue = Queue()
    queue.mail.script.append(Unknown("smtp_lost_after_data"))
    message = queue.owed()
    queue.drain()

    queue.texts.version = "plain@2"
    queue.drain(hours=1)

    assert len(queue.mail.tried) == 1
    assert (queue.state(message), queue.row(message).error) == (S.PARKED, "body_changed")


def test_after_an_outage_new_texts_may_go_out_because_no_copy_ever_left() -> None:
    queue = Queue()
    queue.mail.script.append(Down("smtp_connect"))
    message = queue.owed()
    queue.drain()

    queue.texts.version = "plain@2"
    queue.drain(hours=1)

    assert queue.state(message) is S.ACCEPTED
    assert queue.row(message).template == "plain@2"


@pytest.mark.fact("B2-3")
def test_a_message_without_an_address_has_failed() -> None:
    queue = Queue(recipient=replace(ZOE, email=None))
    message = queue.owed()

    queue.drain()

    assert (queue.state(message), queue.row(message).error) == (S.FAILED, "no_address")
    assert queue.mail.tried == []


def test_a_message_to_an_erased_person_is_cancelled() -> None:
    queue = Queue(recipient=None)
    message = queue.owed()

    queue.drain()

    assert (queue.state(message), queue.row(message).error) == (S.CANCELLED, "recipient_erased")
    assert queue.mail.tried == []


def test_a_row_that_was_minted_anew_on_the_way_is_not_sent() -> None:
    def minted_anew(uow: UnitOfWork, message: QueuedMessage, now: datetime) -> bool:
        return message.kind is not M.M1

    queue = Queue(before_send=minted_anew)
    queue.owed(M.M1)
    explanation = queue.owed(M.M2)

    queue.dispatcher.run_once(queue.now)

    assert [mail.id for mail in queue.mail.tried] == [explanation.id]


def test_a_test_mail_says_what_went_wrong_or_nothing() -> None:
    queue = Queue()
    queue.mail.script = deque([Accepted(), Down("smtp_auth_535")])

    answers = [queue.dispatcher.send_test("operator@desk.example", queue.now) for _ in range(2)]

    assert answers == [None, "smtp_auth_535"]
    assert [mail.to for mail in queue.mail.accepted] == ["operator@desk.example"]
