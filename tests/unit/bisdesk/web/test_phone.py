"""The phone of invented people: a mailbox for each, with the SMS of that person, and links without the stop of their sentence."""

from __future__ import annotations

import pytest

from bisdesk.demo.letters import MAIL, SMS, Letter
from bisdesk.web import phone

BASE = "http://127.0.0.1:8080"
LINK = f"{BASE}/a/"
ZOE, LUC, OFFICER = "zoe@example.org", "luc@example.com", "team@example.be"
ZOE_PHONE, LUC_PHONE = "+32470000045", "+31612345678"
REF_ZOE, REF_LUC = "AC-2026-00001-AA", "AC-2026-00002-BB"
TOKEN = "0123456789abcdefghjkmnpqrstvwxyz0123456789a"


def mail(to: str, text: str) -> Letter:
    """A mail."""
    return Letter(MAIL, to, "Subject", text)


def sms(to: str, text: str) -> Letter:
    """An SMS."""
    return Letter(SMS, to, "", text)


LETTERS = (
    mail(OFFICER, f"Blocked: {REF_ZOE} and {REF_LUC}. See {BASE}/desk."),
    sms(ZOE_PHONE, "123456 is your code."),
    sms(LUC_PHONE, f"Your code for {REF_LUC}: ABCDE"),
    mail(LUC, f"Open {LINK}{TOKEN}. Reference {REF_LUC}."),
    sms(ZOE_PHONE, f"Your code for {REF_ZOE}: FGHJK"),
    mail(ZOE, f"Open {LINK}{TOKEN}. Reference {REF_ZOE}."),
)


def test_the_sms_of_a_person_lie_with_the_mails_of_the_same_reference() -> None:
    owners = phone._owners(LETTERS, LINK)

    assert owners == {OFFICER: OFFICER, ZOE_PHONE: ZOE, LUC_PHONE: LUC, LUC: LUC, ZOE: ZOE}


def test_a_phone_whose_mail_has_not_come_yet_is_a_box_of_its_own() -> None:
    owners = phone._owners(LETTERS[:3], LINK)

    assert owners[LUC_PHONE] == LUC_PHONE


def test_there_is_one_box_for_each_person_and_its_address_names_nobody() -> None:
    boxes = phone._boxes(phone._owners(LETTERS, LINK))

    assert [box.to for box in boxes] == [(OFFICER,), (ZOE, ZOE_PHONE), (LUC, LUC_PHONE)]
    assert len({box.key for box in boxes}) == len(boxes)
    assert not any(part in box.key for box in boxes for part in ("zoe", "luc", "@", "+32"))


@pytest.mark.parametrize(
    ("line", "address"),
    [
        (f"Go to {BASE}/activate.", f"{BASE}/activate"),
        (f"Go to {BASE}/a/{TOKEN}, then wait.", f"{BASE}/a/{TOKEN}"),
        (f"({BASE}/a/{TOKEN})", f"{BASE}/a/{TOKEN}"),
        (f"Is it {BASE}/keys?", f"{BASE}/keys"),
        (f"{BASE}/a/{TOKEN}", f"{BASE}/a/{TOKEN}"),
        (f"Begin at {BASE}/.", f"{BASE}/"),
    ],
)
def test_a_link_ends_before_the_sign_that_ends_its_sentence(line: str, address: str) -> None:
    pieces = phone._pieces(line, phone._links(BASE))

    assert [piece.address for piece in pieces if piece.address] == [address]
    assert "".join(piece.text for piece in pieces) == line


def test_an_address_of_somebody_else_is_no_link() -> None:
    pieces = phone._pieces("See http://evil.example/a/x.", phone._links(BASE))

    assert [piece.address for piece in pieces] == [""]
