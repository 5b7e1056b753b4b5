"""A receipt that never comes is asked for: from Twilio over HTTP, through its official client, on our own clock (F28)."""

from __future__ import annotations

import pytest

from notifications.outcome import Down
from notifications.transports.twilio import TwilioTransport
from tests.builders import START
from tests.integration.receiving import Line
from tests.integration.test_twilio import Described, prism_proxy, prism_twilio, sms
from tests.support.twilio_server import DEAD, SENDER, SID, TOKEN, Fails, TwilioServer
from workflow.outbox import DeliveryState, ReceiptStatus

__all__ = ["prism_proxy", "prism_twilio"]  # fixtures
S, R = DeliveryState, ReceiptStatus


def test_an_sms_without_a_receipt_is_known_to_have_arrived_by_asking(calls: Line, twilio: TwilioServer) -> None:
    calls.sent()
    twilio.messages[0].status = "delivered"

    calls.tick("receipts", seconds=59)
    before = calls.row().state
    calls.tick("receipts", seconds=1)

    assert (before, calls.row().state) == (S.ACCEPTED, S.DELIVERED)
    assert [(told.receipt.status, told.moved) for told in calls.told()] == [(R.DELIVERED, True)]


def test_four_questions_in_vain_leave_it_accepted_and_unconfirmed(calls: Line, twilio: TwilioServer) -> None:
    calls.sent()
    twilio.messages[0].status = "sent"

    for minutes in (1, 4, 25, 210, 600):
        calls.tick("receipts", minutes=minutes)

    assert [command for command, _ in twilio.requests].count("GET") == 4
    assert (calls.row().state, calls.row().polls) == (S.ACCEPTED, 4)
    assert (calls.measured().awaiting_receipt, calls.measured().unconfirmed) == (0, 1)


def test_while_twilio_is_down_no_question_is_used_up(calls: Line, twilio: TwilioServer) -> None:
    calls.sent()
    twilio.messages[0].status = "delivered"
    twilio.fetching.extend([Fails(503), Fails(429, 20429), Fails(401, 20003), DEAD])

    for _ in range(4):
        calls.tick("receipts", minutes=6)
    before = calls.row()
    calls.tick("receipts", minutes=6)

    assert (before.state, before.polls) == (S.ACCEPTED, 0)
    assert calls.row().state is S.DELIVERED


def test_what_was_lost_is_repeated_with_the_same_code_when_asking_tells(calls: Line, twilio: TwilioServer) -> None:
    calls.sent()
    twilio.move_on(error=30003)

    calls.tick("receipts", "outbox", minutes=1)
    calls.tick("outbox", minutes=5)

    assert calls.row().state is S.UNDELIVERED
    assert len(twilio.messages) == 2
    assert twilio.messages[0].body == twilio.messages[1].body


@pytest.mark.prism
@pytest.mark.parametrize(
    ("status", "error", "kept", "code"),
    [
        ("sent", None, R.HANDED_ON, None),
        ("delivered", None, R.DELIVERED, None),
        ("undelivered", 30005, R.UNDELIVERED, "twilio_30005"),
        ("failed", 30008, R.UNDELIVERED, "twilio_30008"),
        ("canceled", None, R.UNDELIVERED, "twilio_canceled"),
    ],
)
def test_the_question_and_its_answer_are_those_of_twilios_own_description(
    prism_twilio: Described, status: str, error: int | None, kept: ReceiptStatus, code: str | None
) -> None:
    transport = prism_twilio.transport()
    transport.send(sms())
    message = prism_twilio.server.messages[0]
    message.status, message.error_code = status, error

    receipt = transport.status(message.sid, now=START)

    assert not isinstance(receipt, Down)
    assert receipt is not None
    assert (receipt.status, receipt.code, receipt.provider_ref) == (kept, code, message.sid)


@pytest.mark.parametrize(
    ("fails", "answer"),
    [
        (Fails(404, 20404), None),
        (Fails(500, 20500), Down("twilio_status_500")),
        (Fails(429, 20429), Down("twilio_status_429")),
        (Fails(401, 20003), Down("twilio_status_401")),
        (Fails(502), Down("twilio_status_502")),
    ],
)
def test_trouble_with_the_question_is_an_answer_and_never_an_exception(
    twilio: TwilioServer, fails: Fails, answer: Down | None
) -> None:
    twilio.fetching.append(fails)
    transport = TwilioTransport(SID, TOKEN, SENDER, base=twilio.base)

    assert transport.status("SM" + "0" * 32, now=START) == answer
    transport.close()
