"""SMS through Twilio's official client over real sockets, held to Twilio's own API description by Prism in between."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.rest import Client

from notifications.envelopes import Sms
from notifications.outcome import Absent, Accepted, Down, Outcome, Refused, Transient, Unknown
from notifications.transports.twilio import Rebase, TwilioTransport
from notifications.transports.urls import sms_transport_from_url
from tests.support.prism import prism
from tests.support.twilio_server import (
    SENDER,
    SID,
    TOKEN,
    Fails,
    TwilioServer,
    twilio_server,
)  # fmt: skip
from tests.unit.notifications.dispatch_example import Queue
from workflow.outbox import DeliveryState, MessageKind

S, M = DeliveryState, MessageKind
CODE = "Code: K7Q2M 4T9WX 8ZB3C H6N5P"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Described:
    """A server, and Prism in front of it."""

    server: TwilioServer
    base: str

    def transport(self, **options: str) -> TwilioTransport:
        """The transport that SMS_URL names, by way of Prism."""
        made = sms_transport_from_url(self.server.url(base=self.base, **options))
        assert isinstance(made, TwilioTransport)
        return made


@pytest.fixture(scope="module")
def prism_proxy() -> Iterator[Described]:
    with twilio_server() as server, prism(server.base) as base:
        yield Described(server, base)


@pytest.fixture
def prism_twilio(prism_proxy: Described) -> Described:
    server = prism_proxy.server
    server.messages.clear()
    server.requests.clear()
    server.script.clear()
    server.listing.clear()
    server.discards_text = False
    return prism_proxy


def sms(body: str = CODE, to: str = "+33612345678", **more: object) -> Sms:
    return Sms(UUID(int=1), "00000000-0000-0000-0000-000000000001-1", to, body, **more)  # type: ignore[arg-type]


@pytest.mark.fact("3.10", "B2-2")
def test_a_code_is_taken_over_and_known_by_twilios_name_for_it(prism_twilio: Described) -> None:
    outcome = prism_twilio.transport().send(sms())

    [message] = prism_twilio.server.messages
    assert outcome == Accepted(message.sid)
    assert (message.to, message.sender, message.body) == ("+33612345678", SENDER, CODE)


def test_twilio_is_told_nothing_but_number_sender_text_and_validity(prism_twilio: Described) -> None:
    prism_twilio.transport().send(sms(valid_for=timedelta(minutes=10)))

    form = prism_twilio.server.messages[0].form
    assert set(form) == {"To", "From", "Body", "ValidityPeriod"}
    assert form["ValidityPeriod"] == "600"


def test_the_validity_stays_within_twilios_bounds(prism_twilio: Described) -> None:
    for wanted in (timedelta(days=14), timedelta(0)):
        prism_twilio.transport().send(sms(valid_for=wanted))

    assert [message.form["ValidityPeriod"] for message in prism_twilio.server.messages] == ["36000", "1"]


def test_receipts_are_asked_for_at_an_address_that_says_nothing_of_the_code(prism_twilio: Described) -> None:
    url = prism_twilio.server.url(base=prism_twilio.base)
    transport = sms_transport_from_url(url, callback="https://desk.example/callbacks/twilio")

    transport.send(sms())

    asked = prism_twilio.server.messages[0].form["StatusCallback"]
    assert asked == "https://desk.example/callbacks/twilio/00000000-0000-0000-0000-000000000001-1"


@pytest.mark.parametrize("sender", ["Bisdesk", "MG" + "c3" * 16])
def test_a_name_and_a_messaging_service_may_stand_as_sender(prism_twilio: Described, sender: str) -> None:
    outcome = prism_twilio.transport(sender=sender).send(sms())

    form = prism_twilio.server.messages[0].form
    assert isinstance(outcome, Accepted)
    assert form["MessagingServiceSid" if sender.startswith("MG") else "From"] == sender


@pytest.mark.fact("B2-3")
@pytest.mark.parametrize("number", [21211, 21408, 21610, 21612, 21614, 30004, 30005, 30006, 30007])
def test_a_number_that_cannot_be_reached_is_refused_for_good(prism_twilio: Described, number: int) -> None:
    prism_twilio.server.script.append(Fails(400, number))

    assert prism_twilio.transport().send(sms()) == Refused(f"twilio_{number}")


@pytest.mark.parametrize(
    ("fails", "outcome"),
    [
        (Fails(400, 30003), Transient("twilio_30003")),
        (Fails(400, 30008), Transient("twilio_30008")),
        (Fails(429, 20429), Down("twilio_20429")),
        (Fails(429), Down("twilio_429")),
        (Fails(500, 20500), Unknown("twilio_20500")),
        (Fails(503), Unknown("twilio_503")),
        (Fails(401, 20003), Down("twilio_20003")),
        (Fails(400, 21606), Down("twilio_21606")),
        (Fails(502), Unknown("twilio_502")),
        (Fails(504), Unknown("twilio_504")),
        (Fails(400, 21617), Refused("twilio_21617")),
    ],
)
def test_every_other_answer_of_twilio_has_its_outcome(prism_twilio: Described, fails: Fails, outcome: Outcome) -> None:
    prism_twilio.server.script.append(fails)

    assert prism_twilio.transport().send(sms()) == outcome


def test_a_wrong_token_stops_the_queue_and_fails_nobody(prism_twilio: Described) -> None:
    assert prism_twilio.transport(token="wrong").send(sms()) == Down("twilio_20003")


def test_a_call_that_is_not_twilios_is_refused_before_it_reaches_the_server(prism_twilio: Described) -> None:
    client = Client(SID, TOKEN, http_client=Rebase(prism_twilio.base, timeout=10))

    with pytest.raises(TwilioException) as refused:
        client.messages.create(to="+33612345678", from_=SENDER, body=CODE, risk_check="nonsense")

    assert isinstance(refused.value, TwilioRestException)
    assert refused.value.status == 422
    assert prism_twilio.server.requests == []


def test_a_look_up_finds_the_very_sms_and_no_other(prism_twilio: Described) -> None:
    transport = prism_twilio.transport()
    sent = transport.send(sms())

    same, other_text, other_number, later = (
        transport.lookup(sms(), since=LONG_AGO),
        transport.lookup(sms(body="Code: 00000"), since=LONG_AGO),
        transport.lookup(sms(to="+33699999999"), since=LONG_AGO),
        transport.lookup(sms(), since=datetime.now(UTC) + timedelta(minutes=10)),
    )

    assert same == sent
    assert (other_text, other_number, later) == (Absent(), Absent(), Absent())


def test_a_look_up_in_an_account_that_discards_texts_goes_by_number_and_time(prism_twilio: Described) -> None:
    prism_twilio.server.discards_text = True
    sent = prism_twilio.transport().send(sms())

    assert prism_twilio.transport().lookup(sms(), since=LONG_AGO) == sent


@pytest.mark.fact("B2-3")
def test_throttled_codes_leave_later_and_each_once(prism_twilio: Described) -> None:
    prism_twilio.server.script.extend([Fails(429, 20429)] * 3)
    queue = Queue(sms=prism_twilio.transport())  # type: ignore[arg-type]  # any transport will do
    codes = [queue.owed(M.M3, secret=f"code {number}") for number in range(6)]

    queue.drain()
    first_round = {queue.state(code) for code in codes}
    queue.drain(minutes=30)

    assert first_round == {S.ACCEPTED, S.QUEUED}
    assert {queue.state(code) for code in codes} == {S.ACCEPTED}
    assert len({message.body for message in prism_twilio.server.messages}) == len(prism_twilio.server.messages) == 6


def test_no_number_and_no_code_ever_reaches_a_log(prism_twilio: Described, caplog: pytest.LogCaptureFixture) -> None:
    transport = prism_twilio.transport()

    with caplog.at_level(1):
        transport.send(sms())
        transport.lookup(sms(), since=LONG_AGO)
        prism_twilio.server.script.append(Fails(400, 21211))
        transport.send(sms())

    assert "33612345678" not in caplog.text
    assert "K7Q2M" not in caplog.text
    assert TOKEN not in caplog.text + repr(transport)
