"""What providers say, translated: the tables without a socket, and values that never show."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
import requests
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from urllib3.exceptions import MaxRetryError, NewConnectionError, ProtocolError

from notifications.envelopes import Mail, Sms
from notifications.outcome import Down, Outcome, Refused, Transient, Unknown
from notifications.transports.smtp import SmtpTransport
from notifications.transports.twilio import TwilioTransport, outcome_of


def answered(status: int, code: int | None) -> Outcome:
    return outcome_of(TwilioRestException(status, "/Messages.json", "words of the provider", code))


# D9: 21211 invalid, 21610 said STOP, 21614 no mobile, 30004 blocked, 30005 inactive, 30006 landline, 30007 filtered
@pytest.mark.fact("B2-3")
@pytest.mark.parametrize("code", [21211, 21610, 21614, 30004, 30005, 30006, 30007])
def test_what_concerns_the_recipient_is_permanent(code: int) -> None:
    assert answered(400, code) == Refused(f"twilio_{code}")


# B3: transient is 30003; 30008 is tried again once (see test_retry)
@pytest.mark.parametrize(("status", "code"), [(400, 30003), (400, 30008)])
def test_what_may_pass_by_itself_is_transient(status: int, code: int | None) -> None:
    assert answered(status, code) == Transient(f"twilio_{code or status}")


@pytest.mark.parametrize(("status", "code"), [(429, 20429), (429, None)])
def test_a_pace_that_is_too_fast_is_ours_and_costs_nobody_an_attempt(status: int, code: int | None) -> None:
    assert answered(status, code) == Down(f"twilio_{code or status}")


# A server that stumbles may have taken the message before: it is asked before anything is repeated.
@pytest.mark.fact("B3-lose")
@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
def test_after_an_error_of_the_server_nobody_knows_whether_the_message_left(status: int) -> None:
    assert answered(status, None) == Unknown(f"twilio_{status}")


@pytest.mark.parametrize(("status", "code"), [(401, 20003), (403, None), (400, 21606), (404, 20404)])
def test_what_concerns_our_own_account_stops_the_queue_and_fails_nobody(status: int, code: int | None) -> None:
    assert answered(status, code) == Down(f"twilio_{code or status}")


@pytest.mark.parametrize("status", [502, 504])
def test_a_gateway_that_lost_the_answer_leaves_the_outcome_unknown(status: int) -> None:
    assert answered(status, None) == Unknown(f"twilio_{status}")


def test_an_error_in_the_newer_form_is_read_the_same_way() -> None:
    error = TwilioServiceException("https://www.twilio.com/docs/errors/21211", "Invalid", 400, 21211)

    assert outcome_of(error) == Refused("twilio_21211")


def test_a_connection_that_never_stood_is_told_from_one_that_broke() -> None:
    pool = requests.adapters.HTTPAdapter().poolmanager.connection_from_url("http://127.0.0.1:9")
    never = requests.ConnectionError(MaxRetryError(pool, "/", NewConnectionError(pool, "refused")))
    broke = requests.ConnectionError(ProtocolError("Connection aborted.", ConnectionResetError()))

    assert (outcome_of(never), outcome_of(broke)) == (Down("twilio_connect"), Unknown("twilio_no_answer"))


@pytest.mark.parametrize("error", [TwilioException("?"), ValueError("no JSON")])
def test_an_answer_that_makes_no_sense_leaves_the_outcome_unknown(error: Exception) -> None:
    assert outcome_of(error) == Unknown("twilio_unreadable")


def test_addresses_texts_and_credentials_never_show() -> None:
    mail = Mail(UUID(int=1), "desk@bisdesk.example", "zoe@example.org", b"the token")
    sms = Sms(UUID(int=1), "1-1", "+33612345678", "the code")
    smtp = SmtpTransport("mail.example", 587, "desk", "hunter2")
    twilio = TwilioTransport("AC1", "t0k3n", "+32460001122")

    shown = repr((mail, sms, smtp, twilio))

    for hidden in ("zoe@example.org", "the token", "+33612345678", "the code", "hunter2", "t0k3n"):
        assert hidden not in shown


def test_the_words_of_a_provider_stay_behind() -> None:
    said = TwilioRestException(400, "/x", "The 'To' number +33612345678 is not valid", 21211)

    assert "33612345678" not in repr((outcome_of(said), datetime.now(UTC)))
