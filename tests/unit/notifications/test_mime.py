"""The bytes of a mail: the same for every copy, two parts that say the same, and no way to smuggle a header in."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from uuid import UUID

import pytest

from notifications.errors import UnfitMessage
from notifications.mime import deliverable, message_id_of, to_mime
from notifications.rendering import RenderedMail
from tests.unit.notifications.message_rows import LANGUAGES, LINK, LINK_DAYS, RENDERER, TOKEN, M, applicant, row
from workflow.model import Language

SENDER = "Bisdesk <no-reply@bisdesk.example>"
DATE = datetime(2026, 11, 24, 9, 0, 0, 123456, tzinfo=UTC)
ID = "<01930000-0000-7000-8000-00000000000a@bisdesk.example>"
PLAIN = RenderedMail("Onderwerp", "Tekst\n", "<p>Tekst</p>\n", Language.NL, "email/M1@0")


def made(
    mail: RenderedMail = PLAIN, *, sender: str = SENDER, to: str = "zoe@example.org", message_id: str = ID
) -> bytes:
    return to_mime(mail, sender=sender, recipient_email=to, message_id=message_id, date=DATE)


def read(content: bytes) -> EmailMessage:
    parsed = message_from_bytes(content, policy=default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def test_every_copy_of_a_mail_has_the_same_bytes() -> None:
    mail = RENDERER.mail(row(M.M1, LINK_DAYS, secret=TOKEN), applicant())

    assert made(mail) == made(mail)


def test_the_same_instant_in_another_zone_makes_the_same_bytes() -> None:
    local = DATE.astimezone(timezone(timedelta(hours=1)))

    content = to_mime(PLAIN, sender=SENDER, recipient_email="zoe@example.org", message_id=ID, date=local)

    assert content == made()


def test_the_headers_tell_a_machine_wrote_it_in_which_language_and_since_when() -> None:
    mail = read(made())

    assert mail["From"] == SENDER
    assert mail["To"] == "zoe@example.org"
    assert mail["Message-ID"] == ID
    assert mail["Date"] == "Tue, 24 Nov 2026 09:00:00 +0000"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Content-Language"] == "nl"
    assert "List-Unsubscribe" not in mail


@pytest.mark.parametrize("language", LANGUAGES)
def test_text_and_html_arrive_as_they_were_written(language: str) -> None:
    rendered = RENDERER.mail(row(M.M1, LINK_DAYS, secret=TOKEN), applicant(language, family_name="Šimić-" * 12))

    mail = read(made(rendered))

    text, html = mail.iter_parts()
    assert mail.get_content_type() == "multipart/alternative"
    assert mail["Subject"] == rendered.subject
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert text.get_content().replace("\r\n", "\n") == rendered.text
    assert html.get_content().replace("\r\n", "\n") == rendered.html
    assert LINK in text.get_content()


def test_every_line_is_short_ascii_and_ends_in_cr_lf() -> None:
    long = RenderedMail(
        "Ø" * 60, "é" * 3000 + "\n.\nfrom\r\nx\ry\u2028z\n", "<p>" + "x" * 3000 + "</p>", Language.FR, "t"
    )

    content = made(long)

    assert content.isascii()
    assert b"\r" not in content.replace(b"\r\n", b"")
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert max(map(len, content.split(b"\r\n"))) <= 78


@pytest.mark.parametrize("sign", ["\r\n", "\n", "\r", "\x00", "\x0b", "\x85", "\u2028"])
def test_no_control_character_reaches_a_header(sign: str) -> None:
    smuggled = f"a{sign}Bcc: evil@example.org"

    with pytest.raises(UnfitMessage):
        made(replace(PLAIN, subject=smuggled))
    with pytest.raises(UnfitMessage):
        made(to=f"zoe@example.org{sign}Bcc: evil@example.org")
    with pytest.raises(UnfitMessage):
        made(sender=f"Bisdesk{sign}Bcc: evil@example.org <no-reply@bisdesk.example>")
    with pytest.raises(UnfitMessage):
        made(message_id=f"<a{sign}b@example.org>")


@pytest.mark.parametrize(
    "address", ["", "zoe", "zoe@", "@example.org", "zoe@example.org, evil@example.org", "Zoë <z@example.org>"]
)
def test_only_one_plain_address_is_a_recipient(address: str) -> None:
    with pytest.raises(UnfitMessage) as refused:
        made(to=address)

    assert refused.value.code == "recipient_malformed"
    assert not address or address not in str(refused.value)


def test_a_domain_of_another_script_is_written_as_a_mail_server_takes_it() -> None:
    assert deliverable("zoe@exämple.org") == "zoe@xn--exmple-cua.org"
    assert read(made(to="zoe@exämple.org"))["To"] == "zoe@xn--exmple-cua.org"


def test_the_message_id_is_that_of_the_row_at_the_senders_domain() -> None:
    row_id = UUID("01930000-0000-7000-8000-00000000000a")

    assert message_id_of(row_id, SENDER) == ID


@pytest.mark.parametrize("sender", ["", "nobody", "a@b c", "x@<y>"])
def test_a_sender_without_an_address_is_refused(sender: str) -> None:
    with pytest.raises(UnfitMessage):
        message_id_of(UUID(int=1), sender)
    with pytest.raises(UnfitMessage):
        made(sender=sender)


def test_two_mails_never_share_a_boundary() -> None:
    one, two = made(), made(message_id=ID.replace("0a@", "0b@"))

    assert read(one).get_boundary() != read(two).get_boundary()
