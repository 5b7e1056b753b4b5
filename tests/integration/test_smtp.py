"""Mail over a real socket to a real server: TLS, sign-in, refusals, lost lines, each told as the right outcome."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote
from uuid import UUID

import pytest
from freezegun import freeze_time

from notifications.envelopes import Mail, MailTransport
from notifications.outcome import Accepted, Down, Outcome, Refused, Transient, Unknown
from notifications.transports.smtp import SmtpTransport, StartTls
from notifications.transports.urls import mail_transport_from_url
from tests.support.smtp_server import (
    DEAD,
    LOST,
    PASSWORD,
    SILENT,
    USER,
    Certificate,
    MailServer,
    certificate,
    mail_server,
)  # fmt: skip
from tests.unit.notifications.dispatch_example import Queue
from workflow.outbox import DeliveryState

ACCOUNT = f"{USER}:{quote(PASSWORD, safe='')}"
S = DeliveryState


@pytest.fixture(scope="session")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return certificate(tmp_path_factory.mktemp("trusted"))


@pytest.fixture(scope="session")
def strange(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return certificate(tmp_path_factory.mktemp("strange"), host="other.test")


@pytest.fixture
def plain() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
def guarded(trusted: Certificate) -> Iterator[MailServer]:
    with mail_server(certificate=trusted, auth=True) as server:
        yield server


def guarded_url(server: MailServer, trust: Certificate, account: str = ACCOUNT) -> str:
    return server.url(f"starttls=require&ca={trust.chain}", account=account)


def mail(number: int = 1, to: str = "zoe@example.org") -> Mail:
    content = f"Message-ID: <{number}@bisdesk.example>\r\nTo: {to}\r\n\r\n.A line that begins with a dot\r\n"
    return Mail(UUID(int=number), "desk@bisdesk.example", to, content.encode())


def sent(transport: MailTransport, *mails: Mail) -> list[Outcome]:
    async def all_of_them() -> list[Outcome]:
        async with transport.session() as session:
            return [await session.send(one) for one in mails]

    return asyncio.run(all_of_them())


def sent_to(url: str, *mails: Mail) -> list[Outcome]:
    return sent(mail_transport_from_url(url), *(mails or (mail(),)))


@pytest.mark.fact("B2-2")
def test_a_mail_leaves_encrypted_and_signed_in_and_arrives_byte_for_byte(
    guarded: MailServer, trusted: Certificate
) -> None:
    outcomes = sent_to(guarded_url(guarded, trusted))

    assert outcomes == [Accepted()]
    [received] = guarded.received
    assert received.content == mail().content
    assert (received.sender, received.recipients) == ("desk@bisdesk.example", ("zoe@example.org",))
    assert (received.encrypted, received.user) == (True, USER)


def test_a_mail_leaves_over_tls_from_the_first_byte(trusted: Certificate) -> None:
    with mail_server(certificate=trusted, auth=True, smtps=True) as server:
        outcomes = sent_to(server.url(f"ca={trusted.chain}", account=ACCOUNT, scheme="smtps"))

    assert outcomes == [Accepted()]
    assert server.received[0].encrypted


def test_fifty_mails_go_over_one_connection(guarded: MailServer, trusted: Certificate) -> None:
    outcomes = sent_to(guarded_url(guarded, trusted), *(mail(number) for number in range(50)))

    assert outcomes == [Accepted()] * 50
    assert (len(guarded.received), guarded.connections) == (50, 1)


def test_reports_are_not_asked_of_a_server_that_gives_none(plain: MailServer) -> None:
    asking = replace(mail(), envelope_id="1.abc")

    outcomes = sent_to(plain.url("starttls=never"), asking, asking)

    assert outcomes == [Accepted(), Accepted()], "a server that knows no DSN refuses its words"


def test_a_server_with_a_certificate_of_another_name_gets_no_mail(strange: Certificate) -> None:
    with mail_server(certificate=strange, auth=True) as server:
        outcomes = sent_to(guarded_url(server, strange))

    assert outcomes == [Down("smtp_certificate")]
    assert server.received == []


def test_a_server_whose_certificate_nobody_vouches_for_gets_no_mail(guarded: MailServer) -> None:
    outcomes = sent_to(guarded.url("starttls=require", account=ACCOUNT))

    assert outcomes == [Down("smtp_certificate")]
    assert guarded.received == []


def test_a_server_whose_tls_was_stripped_gets_no_mail(plain: MailServer) -> None:
    outcomes = sent_to(plain.url("starttls=require"))

    assert outcomes == [Down("smtp_setup")]
    assert plain.received == []


def test_a_relay_on_this_machine_may_show_any_certificate_and_is_still_spoken_to_encrypted(
    strange: Certificate,
) -> None:
    with mail_server(certificate=strange) as server:
        outcomes = sent_to(server.url())

    assert outcomes == [Accepted()]
    assert server.received[0].encrypted


def test_a_wrong_password_stops_the_queue_and_fails_nobody(guarded: MailServer, trusted: Certificate) -> None:
    outcomes = sent_to(guarded_url(guarded, trusted, account=f"{USER}:wrong"))

    assert outcomes == [Down("smtp_auth_535")]


def test_a_server_that_is_not_there_is_down() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        outcomes = sent_to(f"smtp://127.0.0.1:{taken.getsockname()[1]}")

    assert outcomes == [Down("smtp_connect")]


def test_a_server_that_never_greets_is_down() -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        outcomes = sent(SmtpTransport("127.0.0.1", deaf.getsockname()[1], timeout=0.2), mail())

    assert outcomes == [Down("smtp_connect")]


@pytest.mark.fact("B2-3")
@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("450 4.2.0 Greylisted, come back later", Transient("smtp_450_4.2.0")),
        ("421 Too busy", Down("smtp_421")),
        ("451 4.7.1 Greylisted, come back later", Transient("smtp_451_4.7.1")),
        ("452 4.2.2 Mailbox full", Transient("smtp_452_4.2.2")),
        ("550 5.1.1 No zoe@example.org here", Refused("smtp_550_5.1.1", nobody=True)),
        ("551 User not local", Refused("smtp_551")),
        ("554 5.7.1 Blocked", Refused("smtp_554_5.7.1")),
    ],
)
def test_a_server_says_of_a_recipient_whether_to_come_back(plain: MailServer, answer: str, outcome: Outcome) -> None:
    plain.at_recipient.append(answer)

    outcomes = sent_to(plain.url(), mail(1), mail(2))

    assert outcomes == [outcome, Accepted()]
    assert len(plain.received) == 1


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("451 4.3.0 Not now", Transient("smtp_451_4.3.0")),
        ("552 5.3.4 Too large", Refused("smtp_552_5.3.4")),
        ("554 5.6.0 Content refused", Refused("smtp_554_5.6.0")),
    ],
)
def test_a_server_says_of_a_content_whether_to_come_back(plain: MailServer, answer: str, outcome: Outcome) -> None:
    plain.at_content.append(answer)

    outcomes = sent_to(plain.url(), mail(1), mail(2))

    assert outcomes == [outcome, Accepted()]


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("451 4.3.0 Not now", Transient("smtp_451_4.3.0")),
        ("451 4.7.0 Too many mails from you", Down("smtp_451_4.7.0")),
        ("421 4.7.0 Too many connections", Down("smtp_421_4.7.0")),
        ("552 5.3.4 Too large", Refused("smtp_552_5.3.4")),
        ("550 5.7.1 Not your address", Down("smtp_sender_550")),
    ],
)
def test_a_refused_sender_is_our_own_fault_and_fails_nobody(plain: MailServer, answer: str, outcome: Outcome) -> None:
    plain.at_sender.append(answer)

    assert sent_to(plain.url()) == [outcome]


@pytest.mark.parametrize("script", ["at_sender", "at_recipient"])
def test_a_line_that_goes_dead_before_the_content_sent_nothing(plain: MailServer, script: str) -> None:
    getattr(plain, script).append(DEAD)

    outcomes = sent_to(plain.url(), mail(1), mail(2))

    assert outcomes == [Transient("smtp_disconnected"), Accepted()]
    assert len(plain.received) == 1


def test_a_connection_closed_between_two_mails_costs_neither_of_them_anything(plain: MailServer) -> None:
    plain.at_sender.extend(["250 OK", DEAD])

    outcomes = sent_to(plain.url(), mail(1), mail(2))

    assert outcomes == [Accepted(), Accepted()]
    assert (len(plain.received), plain.connections) == (2, 2)


@pytest.mark.parametrize("silence", [LOST, SILENT], ids=["line lost", "no answer"])
def test_an_answer_lost_after_the_content_leaves_the_outcome_unknown(plain: MailServer, silence: str) -> None:
    plain.at_content.append(silence)
    transport = SmtpTransport("127.0.0.1", plain.port, starttls=StartTls.NEVER, timeout=0.3)

    assert sent(transport, mail()) == [Unknown("smtp_lost_after_data")]


def test_a_mail_whose_answer_was_lost_is_repeated_with_the_same_bytes_and_message_id(plain: MailServer) -> None:
    plain.at_content.append(LOST)
    queue = Queue(mail=mail_transport_from_url(plain.url()))  # type: ignore[arg-type]  # any transport will do
    message = queue.owed(secret="token")

    queue.drain()
    state_between = queue.state(message)
    queue.drain(minutes=9)
    copies_too_early = len(plain.received)
    queue.drain(minutes=5)

    first, second = plain.received
    assert state_between is S.UNKNOWN
    assert copies_too_early == 1
    assert queue.state(message) is S.ACCEPTED
    assert first.content == second.content
    assert f"Message-ID: <{message.id}@bisdesk.example>".encode() in first.content


@pytest.mark.fact("B2-3")
def test_a_greylisted_mail_arrives_once_at_a_later_try(plain: MailServer) -> None:
    plain.at_recipient.extend(["451 4.7.1 Greylisted"] * 2)
    queue = Queue(mail=mail_transport_from_url(plain.url()))  # type: ignore[arg-type]  # any transport will do
    message = queue.owed()

    states = []
    for _ in range(3):
        queue.drain(minutes=30)
        states.append(queue.state(message))

    assert states == [S.QUEUED, S.QUEUED, S.ACCEPTED]
    assert len(plain.received) == 1


def test_mail_leaves_while_the_clock_of_the_process_stands_still(guarded: MailServer, trusted: Certificate) -> None:
    queue = Queue(mail=mail_transport_from_url(guarded_url(guarded, trusted)))  # type: ignore[arg-type]
    message = queue.owed()

    with freeze_time(queue.now):
        queue.drain()

    assert queue.state(message) is S.ACCEPTED
    assert len(guarded.received) == 1


def test_no_answer_of_a_server_leaves_the_transport(plain: MailServer, caplog: pytest.LogCaptureFixture) -> None:
    plain.at_recipient.append("550 5.1.1 zoe@example.org is unknown")

    with caplog.at_level(1):
        [outcome] = sent_to(plain.url())

    assert "zoe@example.org" not in repr(outcome)
    product = [record for record in caplog.records if not record.name.startswith("mail.")]  # the test server's own log
    assert "zoe@example.org" not in "".join(record.getMessage() for record in product)
