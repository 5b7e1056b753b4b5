"""The address that reports come home to: signed for each message, and worth nothing without its signature (F22)."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.bounces import BounceAddress, Ignored, bounce_address
from notifications.transports.recording import RecordingMail
from tests.support import reports
from tests.support.reports import Said
from tests.unit.notifications.dispatch_example import Queue
from workflow.outbox import Receipt, ReceiptStatus

HOME = BounceAddress("bounces", "mail.example", b"k" * 32)
OTHER_KEY = replace(HOME, key=b"o" * 32)
ONE, TWO = UUID(int=2**127 + 1), UUID(int=2**127 + 2)
PLAIN = "bounces@mail.example"


def told_of(message_id: UUID) -> Receipt:
    return Receipt("mail", ReceiptStatus.BOUNCED, message_id, code="dsn_5.1.1", suppress=True)


@given(st.uuids())
def test_an_address_stays_within_what_servers_take_and_is_plain(message_id: UUID) -> None:
    local, _, domain = HOME.sender_of(message_id).partition("@")

    assert len(local) <= 64
    assert local == local.lower()
    assert domain == "mail.example"
    assert len(HOME.envelope_id_of(message_id)) <= 100, "RFC 3461"


@given(st.uuids())
def test_a_report_to_the_address_of_a_message_is_about_that_message(message_id: UUID) -> None:
    assert HOME.receipt_of(reports.postfix(HOME.sender_of(message_id))) == told_of(message_id)


@pytest.mark.parametrize("change", [str.upper, str.lower, str.title], ids=["upper", "lower", "title"])
def test_an_address_whose_letters_a_server_changed_is_still_ours(change) -> None:  # type: ignore[no-untyped-def]
    assert HOME.receipt_of(reports.gmail(change(HOME.sender_of(ONE)))) == told_of(ONE)


def test_the_recipient_that_the_server_names_counts_where_the_mail_names_none() -> None:
    mail = reports.postfix(PLAIN)

    assert HOME.receipt_of(mail) is Ignored.UNSIGNED
    assert HOME.receipt_of(mail, came_to=HOME.sender_of(ONE)) == told_of(ONE)


def test_the_name_of_the_envelope_counts_where_no_address_is_signed() -> None:
    assert HOME.receipt_of(reports.postfix(PLAIN, Said(envelope_id=HOME.envelope_id_of(ONE)))) == told_of(ONE)


@pytest.mark.parametrize(
    "name",
    [
        OTHER_KEY.sender_of(ONE),
        HOME.sender_of(ONE).replace(ONE.hex, TWO.hex),
        f"bounces+{ONE.hex}.{'0' * 20}@mail.example",
        f"bounces+{HOME.envelope_id_of(ONE)}@mail.example",
    ],
    ids=["another key", "the signature of another message", "zeros", "the signature of the envelope"],
)
def test_an_address_with_a_wrong_signature_is_forged(name: str) -> None:
    assert HOME.receipt_of(reports.postfix(name)) is Ignored.FORGED
    assert HOME.receipt_of(reports.postfix(PLAIN), came_to=name) is Ignored.FORGED


@pytest.mark.parametrize(
    "name",
    [OTHER_KEY.envelope_id_of(ONE), HOME.sender_of(ONE)[8:61]],
    ids=["another key", "the signature of the address"],
)
def test_a_name_of_the_envelope_with_a_wrong_signature_is_forged(name: str) -> None:
    assert HOME.receipt_of(reports.postfix(PLAIN, Said(envelope_id=name))) is Ignored.FORGED


@pytest.mark.parametrize(
    "address", [PLAIN, f"bounces+{ONE.hex}@mail.example", f"bounces+{ONE}@mail.example", "zoe.dubois@example.org", ""]
)
def test_a_report_without_a_signature_is_about_nothing(address: str) -> None:
    assert HOME.receipt_of(reports.postfix(address)) is Ignored.UNSIGNED


def test_what_the_body_claims_of_another_message_moves_nothing_of_it() -> None:
    mail = reports.postfix(HOME.sender_of(ONE)).replace(b"Message-ID: <1@", f"Message-ID: <{TWO}@".encode())
    mail = mail.replace(b"zoe.dubois@example.org", b"somebody.else@example.org")

    assert HOME.receipt_of(mail) == told_of(ONE)


def test_a_report_that_names_two_messages_is_about_neither() -> None:
    both = reports.postfix(HOME.sender_of(ONE), Said(envelope_id=HOME.envelope_id_of(TWO)))

    assert HOME.receipt_of(both) is Ignored.FORGED
    assert HOME.receipt_of(reports.postfix(HOME.sender_of(ONE)), came_to=HOME.sender_of(TWO)) is Ignored.FORGED


@pytest.mark.parametrize("make", [reports.absence_note, reports.read_by_a_person])
def test_an_absence_note_to_a_signed_address_is_no_report(make) -> None:  # type: ignore[no-untyped-def]
    assert HOME.receipt_of(make(HOME.sender_of(ONE))) is Ignored.NO_REPORT


def test_the_key_and_the_addresses_of_a_report_show_nowhere() -> None:
    assert "kkkk" not in repr(HOME)
    assert HOME.sender_of(ONE) not in repr(HOME.receipt_of(reports.postfix(HOME.sender_of(ONE))))


@pytest.mark.parametrize("address", ["bounces@mail.example", "Bounces@Mail.Example", "b@localhost"])
def test_a_plain_address_can_be_the_home_of_reports(address: str) -> None:
    assert bounce_address(address, b"k").sender_of(ONE).endswith("@" + address.partition("@")[2].lower())


@pytest.mark.parametrize(
    "address",
    ["bounces", "@mail.example", "bounces+x@mail.example", "a-long-local-part@mail.example", "Bisdesk <b@m.example>"],
)
def test_an_address_that_could_not_be_signed_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="plain address"):
        bounce_address(address, b"k")


def test_a_mail_leaves_with_its_own_address_and_the_same_bytes_as_without_one() -> None:
    at_home, abroad = Queue(bounces=HOME, mail=RecordingMail()), Queue(mail=RecordingMail())
    message = at_home.owed()

    at_home.drain()
    abroad.owed(id=message.id)
    abroad.drain()

    [signed], [plain] = at_home.mail.accepted, abroad.mail.accepted
    assert (signed.sender, signed.envelope_id) == (HOME.sender_of(message.id), HOME.envelope_id_of(message.id))
    assert (plain.sender, plain.envelope_id) == ("desk@bisdesk.example", None)
    assert signed.content == plain.content
