"""SMS through Twilio's official client when answers get lost: unknown, looked up, never sent blindly."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

import pytest
from freezegun import freeze_time

from notifications.envelopes import Sms
from notifications.outcome import Accepted, Down, Outcome, Unknown
from notifications.transports.twilio import TwilioTransport
from tests.support.twilio_server import (
    DEAD,
    DEAF,
    LOST,
    SENDER,
    SID,
    SLOW,
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


def sms() -> Sms:
    return Sms(UUID(int=1), "00000000-0000-0000-0000-000000000001-1", "+33612345678", CODE)


def impatient(server: TwilioServer) -> TwilioTransport:
    return TwilioTransport(SID, TOKEN, SENDER, base=server.base, timeout=0.3)


@pytest.fixture
def bare() -> Iterator[TwilioServer]:
    """Without Prism, which turns a lost line into an answer of its own."""
    with twilio_server() as server:
        yield server


@pytest.mark.parametrize(
    ("fails", "answer"),
    [
        (Fails(404, 20404), Unknown("twilio_no_lookup_404")),
        (Fails(501), Unknown("twilio_no_lookup_501")),
        (Fails(429, 20429), Down("twilio_lookup_429")),
        (Fails(500, 20500), Down("twilio_lookup_500")),
    ],
)
def test_a_look_up_that_fails_never_says_that_there_is_nothing(
    bare: TwilioServer, fails: Fails, answer: Outcome
) -> None:
    bare.listing.append(fails)

    assert impatient(bare).lookup(sms(), since=LONG_AGO) == answer


@pytest.mark.parametrize("quiet", [LOST, DEAD, SLOW, DEAF])
def test_an_sms_without_an_answer_has_an_unknown_outcome(bare: TwilioServer, quiet: str) -> None:
    bare.script.append(quiet)

    assert impatient(bare).send(sms()) == Unknown("twilio_no_answer")


def test_a_good_status_without_sense_has_an_unknown_outcome(bare: TwilioServer) -> None:
    bare.script.append(Fails(200))

    assert impatient(bare).send(sms()) == Unknown("twilio_unreadable")


def test_twilio_that_cannot_be_reached_is_down() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{taken.getsockname()[1]}"
        transport = TwilioTransport(SID, TOKEN, SENDER, base=base)

        assert transport.send(sms()) == Down("twilio_connect")
        assert transport.lookup(sms(), since=LONG_AGO) == Down("twilio_lookup_failed")


def test_twilio_whose_certificate_nobody_vouches_for_is_down(bare: TwilioServer) -> None:
    transport = TwilioTransport(SID, TOKEN, SENDER, base=bare.base.replace("http:", "https:"), timeout=2)

    assert transport.send(sms()) == Down("twilio_connect")


@pytest.mark.parametrize("quiet", [LOST, DEAD], ids=["was taken", "was not taken"])
def test_a_code_whose_answer_was_lost_reaches_the_phone_exactly_once(bare: TwilioServer, quiet: str) -> None:
    bare.script.append(quiet)
    queue = Queue(now=datetime.now(UTC), sms=impatient(bare))  # type: ignore[arg-type]  # any transport will do
    code = queue.owed(M.M3)

    queue.drain()
    between = queue.state(code)
    queue.drain(minutes=10)
    queue.drain(minutes=60)  # what was not taken is sent again once no first copy can come any more

    assert between is S.UNKNOWN
    assert queue.state(code) is S.ACCEPTED
    assert queue.row(code).provider_ref == bare.messages[0].sid
    assert len(bare.messages) == 1


def test_sms_leave_while_the_clock_of_the_process_stands_still(bare: TwilioServer) -> None:
    queue = Queue(sms=TwilioTransport(SID, TOKEN, SENDER, base=bare.base))  # type: ignore[arg-type]
    code = queue.owed(M.M3)

    with freeze_time(queue.now):
        queue.drain()

    assert queue.state(code) is S.ACCEPTED


def test_one_transport_serves_several_threads(bare: TwilioServer) -> None:
    transport, outcomes = TwilioTransport(SID, TOKEN, SENDER, base=bare.base), []
    threads = [threading.Thread(target=lambda: outcomes.append(transport.send(sms()))) for _ in range(8)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(outcomes) == len(bare.messages) == 8
    assert all(isinstance(outcome, Accepted) for outcome in outcomes)
