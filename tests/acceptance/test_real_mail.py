"""Mail through a real Postfix, out and home again: encrypted, signed in, greylisted, delivered or returned, and reported."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from email import message_from_bytes, policy
from typing import Any
from uuid import UUID

import pytest

from notifications.bounces import BounceAddress
from notifications.envelopes import Mail
from notifications.outcome import Accepted, Down, Outcome, Transient
from notifications.transports.urls import mail_transport_from_url
from tests.acceptance.desk import BART, Desk
from tests.support.postfix import Postfix
from tests.support.postfix_files import PIPED
from tests.support.smtp_server import PASSWORD
from workflow.outbox import Receipt, ReceiptStatus

HOME = BounceAddress("bounces", "mail.example", b"k" * 32)
GREYLISTED = Transient("smtp_450_4.7.1")
ZOE, NOBODY = "zoe.dubois@example.org", "nobody@example.org"


@pytest.fixture
def mailing(lite: Desk, postfix_server: Postfix) -> Desk:
    """A desk whose mail leaves through the real server, and whose reports come home."""
    for part in ("new", "cur", "tmp"):
        (postfix_server.reports / part).mkdir(parents=True, exist_ok=True)
    postfix_server.own(postfix_server.reports)
    lite.set(
        SMTP_URL=postfix_server.url(), MAIL_FROM="Bisdesk <desk@mail.example>",
        BOUNCE_ADDRESS="bounces@mail.example", BOUNCE_MAILDIR=str(postfix_server.reports),
    )  # fmt: skip
    return lite


def mail(number: int = 1, to: str = ZOE) -> Mail:
    message = UUID(int=number)
    content = f"Message-ID: <{message}@mail.example>\r\nFrom: desk@mail.example\r\nTo: {to}\r\n\r\n.A dot\r\n".encode()
    return Mail(message, HOME.sender_of(message), to, content, HOME.envelope_id_of(message))


def sent(url: str, *mails: Mail) -> list[Outcome]:
    async def all_of_them() -> list[Outcome]:
        async with mail_transport_from_url(url).session() as session:
            return [await session.send(one) for one in mails]

    return asyncio.run(all_of_them())


def rows(desk: Desk, ref: str, kind: str) -> list[dict[str, Any]]:
    """The messages of one kind, oldest first."""
    return [row for row in desk.ok("activation", "messages", ref) if row["kind"] == kind]


def newest(desk: Desk, ref: str, kind: str) -> str:
    """How far the newest message of a kind got."""
    return str(rows(desk, ref, kind)[-1]["state"])


@pytest.mark.fact("B2-2", "B2-3", "B2-3b", "3.34")
def test_a_link_is_greylisted_comes_back_from_a_wrong_address_and_arrives_at_the_right_one(
    mailing: Desk, postfix_server: Postfix
) -> None:
    ref = mailing.issued(contact__email=NOBODY)
    assert newest(mailing, ref, "M1") == "queued", "the server said to come back later"
    assert mailing.state(ref) == "issuing"

    mailing.later(minutes=30).ok("tick", "outbox")
    assert newest(mailing, ref, "M1") == "accepted"
    postfix_server.wait_for(4)  # of the mails to the applicant and to the officer, two each
    mailing.ok("tick", "receipts")
    assert newest(mailing, ref, "M1") == "bounced"
    assert len(rows(mailing, ref, "M10")) >= 1

    corrected = ("--set", f"email={ZOE}", "--set", "confirmed=true")
    mailing.later(hours=1).ok("activation", "do", ref, "correct_email", *corrected, as_=BART)
    mailing.ok("tick", "outbox")
    mailing.later(minutes=30).ok("tick", "outbox")
    postfix_server.wait_for(1)
    mailing.ok("tick", "receipts")

    assert newest(mailing, ref, "M1") == "delivered"
    assert mailing.state(ref) == "awaiting_code"
    [arrived] = postfix_server.mails_of("zoe.dubois")
    assert "/a/" in message_from_bytes(arrived, policy=policy.default).get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert postfix_server.greylist.refused >= 3


def test_a_mail_that_was_asked_to_come_back_arrives_byte_for_byte(postfix_server: Postfix) -> None:
    outcomes = [sent(postfix_server.url(), mail())[0] for _ in range(2)]

    assert outcomes == [GREYLISTED, Accepted()]
    postfix_server.wait_for(1, folder=postfix_server.folder / "mail" / "zoe.dubois")
    [arrived] = postfix_server.mails_of("zoe.dubois")
    assert arrived.endswith(b"\n\n.A dot\n")
    assert f"Return-Path: <{HOME.sender_of(UUID(int=1))}>".encode() in arrived
    assert b"with ESMTPSA" in arrived, "encrypted, and signed in"


def test_the_server_reports_each_outcome_to_the_address_of_its_message(postfix_server: Postfix) -> None:
    postfix_server.greylist.on = False

    outcomes = sent(postfix_server.url(), mail(1), mail(2, NOBODY), mail(3, "somebody@elsewhere.example"))

    assert outcomes == [Accepted()] * 3
    receipts = [HOME.receipt_of(path.read_bytes()) for path in postfix_server.wait_for(3)]
    told = {one.message_id: (one.status, one.code, one.suppress) for one in receipts if isinstance(one, Receipt)}
    assert told == {
        UUID(int=1): (ReceiptStatus.DELIVERED, "dsn_2.0.0", False),
        UUID(int=2): (ReceiptStatus.BOUNCED, "dsn_5.1.1", True),
        UUID(int=3): (ReceiptStatus.BOUNCED, "dsn_5.0.0", False),
    }


def test_the_name_of_the_envelope_comes_home_when_the_address_does_not(postfix_server: Postfix) -> None:
    postfix_server.greylist.on = False
    unsigned = replace(mail(), sender="bounces@mail.example")

    sent(postfix_server.url(), unsigned)
    [report] = [path.read_bytes() for path in postfix_server.wait_for(1)]

    assert HOME.receipt_of(report) == Receipt("mail", ReceiptStatus.DELIVERED, UUID(int=1), code="dsn_2.0.0")


def test_a_command_that_cannot_work_now_is_brought_the_report_again_with_its_recipient(postfix_server: Postfix) -> None:
    postfix_server.greylist.on = False
    folder = postfix_server.folder / "pipe"
    (folder / "away").touch()
    home = replace(HOME, domain=PIPED)
    failed = replace(mail(to=NOBODY), sender=home.sender_of(UUID(int=1)))

    sent(postfix_server.url(), failed)
    postfix_server.wait_until(lambda: "temporary failure" in postfix_server.log())
    (folder / "away").unlink()
    postfix_server.try_again()
    postfix_server.wait_until((folder / "recipient").exists)

    came_to = (folder / "recipient").read_text().strip()
    assert came_to == failed.sender
    told = HOME.receipt_of((folder / "report").read_bytes(), came_to=came_to)
    assert isinstance(told, Receipt)
    assert (told.message_id, told.status) == (UUID(int=1), ReceiptStatus.BOUNCED)


def test_fifty_mails_go_over_one_connection_to_a_real_server(postfix_server: Postfix) -> None:
    postfix_server.greylist.on = False

    outcomes = sent(postfix_server.url(), *(mail(number) for number in range(50)))

    assert outcomes == [Accepted()] * 50
    assert len(postfix_server.wait_for(50)) == 50


@pytest.mark.parametrize("stranger", ["we", "the server"])
def test_between_a_server_and_a_sender_that_do_not_know_each_other_no_mail_passes(
    postfix_server: Postfix, stranger: str
) -> None:
    url = postfix_server.url()
    wrong_password, no_authority = url.replace(PASSWORD.replace(" ", "%20"), "wrong"), url.partition("&ca=")[0]

    outcomes = sent(wrong_password if stranger == "we" else no_authority, mail())

    assert outcomes == [Down("smtp_auth_535" if stranger == "we" else "smtp_certificate")]
    assert postfix_server.greylist.refused == 0, "nobody was asked about a recipient"
