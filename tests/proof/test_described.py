"""The Twilio of the proof held to Twilio's own API description: every question and every answer goes through a validating proxy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest

from notifications.envelopes import Sms
from notifications.outcome import Accepted, Down
from notifications.transports.twilio import TwilioTransport
from tests.builders import START
from tests.proof.faults import CREATE_FAULTS, FETCH_FAULTS, LIST_FAULTS, Dice
from tests.proof.journal import Journal, Now
from tests.proof.sms_provider import SmsProvider
from tests.support.prism import prism
from tests.support.twilio_server import SENDER, SID, TOKEN, serving
from workflow.outbox import Receipt, ReceiptStatus

MESSAGES = 300


@dataclass(frozen=True, slots=True)
class Described:
    """The server with its dice, and a transport that reaches it through the description."""

    server: SmsProvider
    now: Now
    transport: TwilioTransport

    def met(self, kinds: tuple[str, ...]) -> int:
        """How many faults of these kinds were met."""
        return sum(self.server.dice.met[kind] for kind in kinds)


@pytest.fixture
def prism_described() -> Iterator[Described]:
    """They, with faults at one request in twenty."""
    now = Now(START)
    server = SmsProvider(world=now, journal=Journal(now), dice=Dice("described", 0.05))
    with serving(server), prism(server.base) as base:
        transport = TwilioTransport(SID, TOKEN, SENDER, base=base, timeout=2, callback="https://bisdesk.test/callbacks")
        yield Described(server, now, transport)
        transport.close()


@pytest.mark.slow
@pytest.mark.prism
def test_what_the_proof_takes_for_twilio_speaks_as_twilio_is_described(prism_described: Described) -> None:
    here, transport = prism_described, prism_described.transport
    texts = [_sms(number) for number in range(MESSAGES)]

    sent = [transport.send(text) for text in texts]
    here.now.at += timedelta(minutes=30)
    listed = [transport.lookup(text, since=START) for text in texts]
    asked = [transport.status(message.sid, now=here.now.at) for message in here.server.messages]

    taken = [outcome for outcome in sent if isinstance(outcome, Accepted)]
    assert len(taken) == MESSAGES - here.met(CREATE_FAULTS), "a good answer did not pass, or a question was not right"
    assert sum(isinstance(answer, Down) for answer in listed) == here.met(LIST_FAULTS)
    held = sum(text.to in here.server.by_number for text in texts)
    in_vain = sum(
        isinstance(answer, Down) for answer, text in zip(listed, texts, strict=True) if text.to in here.server.by_number
    )
    assert sum(isinstance(answer, Accepted) for answer in listed) == held - in_vain
    told = Counter(answer.status for answer in asked if isinstance(answer, Receipt))
    assert told.total() == len(here.server.messages) - here.met(FETCH_FAULTS)
    assert told.keys() >= {ReceiptStatus.DELIVERED, ReceiptStatus.UNDELIVERED}


def _sms(number: int) -> Sms:
    name = UUID(int=0x01900000_0000_7000_8000_000000000000 + number)
    return Sms(name, f"{name}-1", f"+32470{number:06d}", f"Bisdesk code {number}", timedelta(hours=1))
