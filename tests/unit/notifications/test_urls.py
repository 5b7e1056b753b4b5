"""SMTP_URL and SMS_URL: what they mean, and how a faulty one is told without its secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from notifications.transports.capture import MailCapture, SmsCapture
from notifications.transports.smtp import SmtpTransport, StartTls
from notifications.transports.twilio import TwilioTransport
from notifications.transports.urls import mail_transport_from_url, sms_transport_from_url


def test_a_mail_server_is_read_with_account_port_and_encryption() -> None:
    made = mail_transport_from_url("smtp://user:p%40ss%3Aword@mail.example:2587?starttls=require")

    assert made == SmtpTransport("mail.example", 2587, "user", "p@ss:word", starttls=StartTls.REQUIRE)


@pytest.mark.parametrize(
    ("url", "port", "tls", "starttls"),
    [
        ("smtp://mail.example", 25, False, StartTls.REQUIRE),
        ("smtp://u:p@mail.example", 587, False, StartTls.REQUIRE),
        ("smtps://u:p@mail.example", 465, True, StartTls.REQUIRE),
        ("smtp://mail.example?starttls=never", 25, False, StartTls.NEVER),
        ("smtp://127.0.0.1:1025", 1025, False, StartTls.OPPORTUNISTIC),
        ("smtp://[::1]:1025", 1025, False, StartTls.OPPORTUNISTIC),
        ("smtp://localhost:1025?starttls=require", 1025, False, StartTls.REQUIRE),
    ],
)
def test_encryption_is_required_unless_said_otherwise_or_on_this_machine(
    url: str, port: int, tls: bool, starttls: StartTls
) -> None:
    made = mail_transport_from_url(url)

    assert isinstance(made, SmtpTransport)
    assert (made.port, made.tls, made.starttls) == (port, tls, starttls)


@pytest.mark.parametrize(
    ("url", "folder"), [("capture:mail", "mail"), ("capture:/a/b", "/a/b"), ("capture:///a/b", "/a/b")]
)
def test_a_capture_names_its_folder(url: str, folder: str) -> None:
    assert mail_transport_from_url(url) == MailCapture(Path(folder))
    assert sms_transport_from_url(url) == SmsCapture(Path(folder))


def test_an_sms_account_is_read_with_sender_and_base() -> None:
    made = sms_transport_from_url("twilio://AC1:t0k3n@+32460001122?base=http://127.0.0.1:4010")

    assert made == TwilioTransport("AC1", "t0k3n", "+32460001122", base="http://127.0.0.1:4010")


def test_a_name_as_sender_keeps_its_capitals_and_goes_to_twilio_itself() -> None:
    made = sms_transport_from_url("twilio://AC1:t0k3n@BisDesk")

    assert isinstance(made, TwilioTransport)
    assert (made.sender, made.base) == ("BisDesk", "https://api.twilio.com")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mail.example",
        "http://user:hunter2@mail.example",
        "smtp://",
        "smtp://user:hunter2@",
        "smtp://user:hunter2@mail.example:port",
        "smtp://user:hunter2@mail.example:99999",
        "smtp://user:hunter2@mail.example/path",
        "smtp://user:hunter2@mail.example?starttls=maybe",
        "smtp://user:hunter2@mail.example?starttls=never",
        "smtp://user:hunter2@mail.example?starttls=opportunistic",
        "smtp://user:hunter2@mail.example?password=hunter2",
        "smtp://user:hunter2@mail.example?ca=/not/there.pem",
        "smtp://user:hunter2@[::1",
        "smtp://user:hunter2@mail.example?hunter2",
        "capture:",
        "capture://hunter2",
    ],
)
def test_a_faulty_mail_address_is_told_in_a_sentence_without_the_password(url: str) -> None:
    with pytest.raises(ValueError, match=r"^SMTP_URL.*\.$") as told:
        mail_transport_from_url(url)

    assert "hunter2" not in str(told.value)
    assert told.value.__cause__ is None


@pytest.mark.parametrize(
    "url",
    [
        "",
        "sms:hunter2",
        "twilio://",
        "twilio://AC1@+32460001122",
        "twilio://:hunter2@+32460001122",
        "twilio://AC1:hunter2@",
        "twilio://AC1:hunter2@+32460001122?base=ftp://127.0.0.1",
        "twilio://AC1:hunter2@+32460001122?base=http://api.example",
        "twilio://AC1:hunter2@+32460001122?bas=http://127.0.0.1",
        "capture:",
    ],
)
def test_a_faulty_sms_address_is_told_in_a_sentence_without_the_token(url: str) -> None:
    with pytest.raises(ValueError, match=r"^SMS_URL.*\.$") as told:
        sms_transport_from_url(url)

    assert "hunter2" not in str(told.value)
