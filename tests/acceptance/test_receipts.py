"""The course of one message, and the figures of the queue, as they are seen at the command line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.acceptance.desk import Desk
from tests.support.twilio_server import TwilioServer, twilio_server


@pytest.fixture
def twilio(lite: Desk) -> Iterator[TwilioServer]:
    """The provider of the SMS."""
    with twilio_server() as server:
        lite.set(SMS_URL=server.url())
        yield server


def code_sms(desk: Desk, ref: str) -> Any:
    """The SMS with the code, as it is shown."""
    (id_,) = [message["id"] for message in desk.ok("activation", "messages", ref) if message["kind"] == "M3"]
    return desk.ok("message", "show", id_)


def test_a_message_shows_its_tries_and_what_its_provider_told(lite: Desk, twilio: TwilioServer) -> None:
    ref = lite.issued()
    twilio.messages[0].status = "sent"
    lite.later(minutes=1).ok("tick", "receipts")
    twilio.messages[0].status = "delivered"
    lite.later(minutes=4).ok("tick", "receipts")

    shown = code_sms(lite, ref)

    assert shown["state"] == "delivered"
    assert [(one["number"], one["state"]) for one in shown["tries"]] == [(1, "accepted")]
    assert [(one["provider"], one["status"], one["moved"]) for one in shown["receipts"]] == [
        ("twilio", "handed_on", False), ("twilio", "delivered", True),
    ]  # fmt: skip
    assert "unconfirmed" not in shown


def test_a_message_whose_provider_never_told_is_shown_as_unconfirmed(lite: Desk, twilio: TwilioServer) -> None:
    ref = lite.issued()

    for minutes in (1, 4, 25, 210):
        assert "unconfirmed" not in code_sms(lite, ref)
        lite.later(minutes=minutes).ok("tick", "receipts")

    shown = code_sms(lite, ref)
    assert (shown["state"], shown["unconfirmed"]) == ("accepted", True)
    assert lite.ok("message", "stats")["unconfirmed"] == 1


def test_the_list_of_messages_stays_as_it_was(lite: Desk, twilio: TwilioServer) -> None:
    lite.issued()

    for message in lite.ok("message", "list"):
        assert {"tries", "receipts", "unconfirmed"}.isdisjoint(message)


def test_the_figures_tell_what_waits_and_what_arrived(desk: Desk) -> None:
    with twilio_server() as server:
        desk.set(SMS_URL=server.url())
        desk.issued()
        server.messages[0].status = "delivered"
        desk.later(minutes=1).ok("tick", "receipts")
        desk.approved(person__familyName="Dupont", contact__email="b@example.org", contact__mobile="+33612345679",
            document__number="770692310285", person__birthDate="1977-03-02")  # fmt: skip
        desk.later(minutes=10)

        figures = desk.ok("message", "stats")

    assert figures["oldestDueSeconds"]["register"] == 600
    assert figures["states"]["queued"] >= 1
    assert figures["lastDay"]["sms"] == {
        "delivered": 1, "lost": 0, "deliveredWithin10s": 0.0,
        "sentToDeliveredSeconds": {"p50": 60.0, "p95": 60.0, "p99": 60.0},
    }  # fmt: skip
    assert (figures["refusedCallbacks"], figures["atCapacity"], figures["strayReceipts"]) == ({}, [], 0)


def test_the_figures_are_readable_for_people(lite: Desk) -> None:
    shown = lite.run("message", "stats", plain=True)

    assert shown.code == 0
    assert "awaitingReceipt" in shown.out
