"""The dispatcher on a queue in memory: what leaves, what is recorded, and that one row never holds up another."""

from __future__ import annotations

import email
import logging
from collections import deque
from dataclasses import replace
from datetime import datetime, timedelta
from email import policy

import pytest

from notifications.outcome import Absent, Accepted, Down, Refused, Transient, Unknown
from tests.unit.notifications.dispatch_example import ZOE, Queue
from workflow.errors import ConcurrentChange
from workflow.outbox import Channel, DeliveryState, MessageKind, QueuedMessage, Settlement
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
    assert {queue.row(mail).error for mail in mails} == {"smtp_connect"}
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
    queue.drain(minutes=15)

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
    queue.sms.lookups.append(Absent())
    code = queue.owed(M.M3, secret="K7Q2M")

    queue.drain()
    queue.drain(minutes=10)

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


def test_a_test_mail_says_what_went_wrong_or_nothing() -> None:
    queue = Queue()
    queue.mail.script = deque([Accepted(), Down("smtp_auth_535")])

    answers = [queue.dispatcher.send_test("operator@desk.example", queue.now) for _ in range(2)]

    assert answers == [None, "smtp_auth_535"]
    assert [mail.to for mail in queue.mail.accepted] == ["operator@desk.example"]
