"""Captured messages and the fence of ALLOW_RECIPIENTS: what outside live operation stands in for sending."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from notifications.envelopes import Mail, MailTransport, Sms
from notifications.outcome import Absent, Accepted, Down, Outcome, Refused
from notifications.transports.allowed import AllowedMail, AllowedSms, AllowList
from notifications.transports.capture import MailCapture, SmsCapture
from notifications.transports.recording import RecordingMail, RecordingSms

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def mail(number: int = 1, to: str = "zoe@example.org") -> Mail:
    return Mail(UUID(int=number), "desk@bisdesk.example", to, b"Subject: A message\r\n\r\nText\r\n")


def sms(number: int = 1, to: str = "+33612345678") -> Sms:
    return Sms(UUID(int=number), f"{number}-1", to, "Code: K7Q2M\nZoë: é")


def sent(transport: MailTransport, *mails: Mail) -> list[Outcome]:
    async def all_of_them() -> list[Outcome]:
        async with transport.session() as session:
            return [await session.send(one) for one in mails]

    return asyncio.run(all_of_them())


def test_a_captured_mail_is_a_file_with_its_very_bytes(tmp_path: Path) -> None:
    outcomes = sent(MailCapture(tmp_path / "mail"), mail(1), mail(2))

    files = sorted((tmp_path / "mail").iterdir())
    assert outcomes == [Accepted(), Accepted()]
    assert [file.suffix for file in files] == [".eml", ".eml"]
    assert files[0].read_bytes() == mail().content


def test_a_captured_sms_is_a_line_with_the_number_an_empty_line_and_the_body(tmp_path: Path) -> None:
    outcome = SmsCapture(tmp_path).send(sms())

    [file] = tmp_path.iterdir()
    assert outcome == Accepted()
    assert file.suffix == ".txt"
    assert file.read_text(encoding="utf-8") == "To: +33612345678\n\nCode: K7Q2M\nZoë: é"


def test_a_repeat_overwrites_its_own_file(tmp_path: Path) -> None:
    sent(MailCapture(tmp_path), mail(), mail())
    for _ in range(2):
        SmsCapture(tmp_path).send(sms())

    assert len(list(tmp_path.iterdir())) == 2


def test_only_the_owner_may_read_what_was_captured(tmp_path: Path) -> None:
    SmsCapture(tmp_path / "sms").send(sms())

    [file] = (tmp_path / "sms").iterdir()
    assert file.stat().st_mode & 0o077 == 0
    assert file.parent.stat().st_mode & 0o077 == 0


def test_a_captured_sms_is_found_by_a_look_up(tmp_path: Path) -> None:
    capture = SmsCapture(tmp_path)
    before = capture.lookup(sms(), since=NOW)

    capture.send(sms())

    assert (before, capture.lookup(sms(), since=NOW)) == (Absent(), Accepted())


def test_a_folder_that_cannot_be_written_is_a_provider_that_is_down(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file where the folder should be")

    assert sent(MailCapture(tmp_path / "taken"), mail()) == [Down("capture_write")]
    assert SmsCapture(tmp_path / "taken").send(sms()) == Down("capture_write")


@pytest.mark.parametrize(
    ("patterns", "recipient", "allowed"),
    [
        ("*@example.org", "zoe@example.org", True),
        ("*@example.org", "ZOE@Example.ORG", True),
        ("*@example.org", "zoe@example.org.evil.test", False),
        ("*@example.org, +32470*", "+32470123456", True),
        ("*@example.org +32470*", "+33612345678", False),
        ("", "zoe@example.org", False),
    ],
)
def test_an_allow_list_covers_what_its_patterns_name(patterns: str, recipient: str, allowed: bool) -> None:
    assert AllowList.parse(patterns).allows(recipient) is allowed


def test_nothing_leaves_to_a_recipient_that_is_not_listed() -> None:
    inside, texts = RecordingMail(), RecordingSms()
    allow = AllowList.parse("*@example.org")

    mailed = sent(AllowedMail(inside, allow), mail(1), mail(2, "somebody@live.test"))
    texted = AllowedSms(texts, allow).send(sms())

    assert mailed == [Accepted(), Refused("not_on_allow_list")]
    assert texted == Refused("not_on_allow_list")
    assert [one.id for one in inside.tried] == [UUID(int=1)]
    assert texts.tried == []


def test_a_look_up_of_an_unlisted_number_asks_nobody() -> None:
    texts = RecordingSms()

    answer = AllowedSms(texts, AllowList.parse("+32470*")).lookup(sms(), since=NOW)

    assert (answer, texts.looked_up) == (Absent(), [])
