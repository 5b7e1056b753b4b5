"""What Twilio's statuses and errors mean as receipts (B3, D9), and what an address of ours names."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.receipts import attempt_of, is_unconfirmed, receipt_of
from tests import builders
from tests.builders import START
from workflow.outbox import Delivery, DeliveryState, MessageKind, ReceiptStatus

R, S = ReceiptStatus, DeliveryState
SID = "SM" + "0" * 31 + "1"
MESSAGE = UUID("01900000-0000-7000-8000-00000000002a")


@pytest.mark.parametrize("status", ["queued", "accepted", "scheduled", "sending", "sent"])
def test_what_twilio_still_works_on_it_has_and_is_asked_about_in_a_minute(status: str) -> None:
    receipt = receipt_of(status, None, SID, now=START, attempt=(MESSAGE, 3))

    assert receipt.status is R.HANDED_ON
    assert receipt.poll_at == START + timedelta(minutes=1)
    assert (receipt.message_id, receipt.attempt, receipt.provider_ref) == (MESSAGE, 3, SID)
    assert (receipt.code, receipt.repeats) == (None, 0)


def test_sent_is_not_delivered() -> None:
    assert receipt_of("sent", None, SID, now=START).status is not R.DELIVERED
    assert receipt_of("delivered", None, SID, now=START).status is R.DELIVERED


@pytest.mark.parametrize("status", ["undelivered", "failed"])
@pytest.mark.parametrize(
    ("error", "repeats"),
    [(30003, 4), (30008, 1), (30004, 0), (30005, 0), (30006, 0), (30007, 0), (21610, 0), (21211, 0), (99999, 0)],
)
def test_what_did_not_arrive_is_repeated_only_where_it_helps(status: str, error: int, repeats: int) -> None:
    for spelt in (error, str(error)):
        receipt = receipt_of(status, spelt, SID, now=START)

        assert (receipt.status, receipt.code, receipt.repeats) == (R.UNDELIVERED, f"twilio_{error}", repeats)
        assert receipt.poll_at is None


@pytest.mark.parametrize("status", ["undelivered", "failed", "canceled"])
@pytest.mark.parametrize("error", [None, "", "0", "none", "30003; DROP", "+33612345678", "१२३"])
def test_an_error_that_is_no_number_is_not_repeated_in_our_words(status: str, error: str | None) -> None:
    receipt = receipt_of(status, error, SID, now=START)

    assert (receipt.status, receipt.code, receipt.repeats) == (R.UNDELIVERED, f"twilio_{status}", 0)


@given(st.text(max_size=30))
def test_a_status_that_is_not_in_the_table_moves_nothing(status: str) -> None:
    receipt = receipt_of(f"{status}!", "30003", SID, now=START)

    assert (receipt.status, receipt.code, receipt.repeats, receipt.poll_at) == (R.DELAYED, None, 0, None)


def test_an_error_beside_a_good_status_is_not_believed() -> None:
    assert receipt_of("delivered", 30008, SID, now=START).code is None


@given(st.uuids(), st.integers(1, 999_999_999))
def test_an_address_of_ours_names_the_message_and_the_attempt(message: UUID, fence: int) -> None:
    assert attempt_of(f"{message}-{fence}") == (message, fence)


@pytest.mark.parametrize(
    "text",
    [
        "", "-", "1", f"{MESSAGE}", f"{MESSAGE}-", f"{MESSAGE}-0", f"{MESSAGE}-01", f"{MESSAGE}--1", f"{MESSAGE}-1 ",
        f"{MESSAGE}-1\n", f" {MESSAGE}-1", f"{MESSAGE}-1.0", f"{MESSAGE}-9999999999", f"{MESSAGE.hex}-1", f"{MESSAGE}-١",
        f"{str(MESSAGE).upper()}-1", f"{{{MESSAGE}}}-1", f"urn:uuid:{MESSAGE}-1", f"{MESSAGE}-1/..", f"{MESSAGE}-1\0",
    ],
)  # fmt: skip
def test_anything_else_names_nothing(text: str) -> None:
    assert attempt_of(text) is None


@given(st.text(max_size=60))
def test_no_text_is_too_strange_to_be_looked_at(text: str) -> None:
    found = attempt_of(text)

    assert found is None or f"{found[0]}-{found[1]}" == text


def test_an_sms_is_unconfirmed_after_the_last_question_and_a_mail_never() -> None:
    sms = builders.message(builders.case("activation"), MessageKind.M3)
    mail = builders.message(builders.case("activation"), MessageKind.M1)

    assert is_unconfirmed(Delivery(sms, S.ACCEPTED, polls=4))
    assert not is_unconfirmed(Delivery(sms, S.ACCEPTED, polls=3))
    assert not is_unconfirmed(Delivery(sms, S.DELIVERED, polls=4))
    assert not is_unconfirmed(Delivery(mail, S.ACCEPTED))
