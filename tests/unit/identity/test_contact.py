"""E-mail addresses and mobile numbers."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.contact import email_key, last_digits, mask_email, mask_mobile, parse_email, parse_mobile
from identity.problems import Problem
from identity.typos import holds_letter_o, suspected_host


def code_of_email(text: str) -> str:
    with pytest.raises(Problem) as refused:
        parse_email(text)
    return refused.value.code


def code_of_mobile(text: str) -> str:
    with pytest.raises(Problem) as refused:
        parse_mobile(text)
    return refused.value.code


@pytest.mark.fact("AM3-2")
def test_an_address_is_kept_as_typed_and_compared_casefolded() -> None:
    email = parse_email("  Zoe.Dubois@Example.ORG ")

    assert email.address == "Zoe.Dubois@Example.ORG"
    assert email.key == "zoe.dubois@example.org" == email_key("ZOE.DUBOIS@example.org")


@pytest.mark.fact("AM3-2")
def test_dots_and_plus_signs_make_another_address() -> None:
    assert len({email_key(text) for text in ("zoe.d@example.org", "zoed@example.org", "zoe.d+a@example.org")}) == 3


def test_an_international_domain_is_compared_in_its_ascii_form() -> None:
    assert email_key("zoe@Exämple.org") == email_key("zoe@xn--exmple-cua.org") == "zoe@xn--exmple-cua.org"
    assert parse_email("zoe@exämple.org").deliverable == "zoe@xn--exmple-cua.org"


@pytest.mark.parametrize(
    "text", ["anna@entity.example", "a@b.test", "o'brien@example.org", "first+tag@sub.example.co.uk"]
)
def test_usual_addresses_are_accepted(text: str) -> None:
    assert parse_email(text).address == text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("zoe", "email"),
        ("zoe@", "email"),
        ("@example.org", "email"),
        ("zoe@localhost", "email"),
        ("zoe@@example.org", "email"),
        ("zoe@example..org", "email"),
        ("zoe dubois@example.org", "email"),
        ("Zoe <zoe@example.org>", "email"),
        ("zoe@example.org, bob@example.org", "email"),
        ("zoe@[127.0.0.1]", "email"),
        ("zoë@example.org", "email"),
        ("zoe@example.org\nBcc: x@example.org", "unsafe_character"),
        ("zoe\u202e@example.org", "unsafe_character"),
        ("zoe\x00@example.org", "unsafe_character"),
        ("\ud800@example.org", "unsafe_character"),
        ("https://example.org/zoe@example.org", "web_address"),
        ("z" * 250 + "@example.org", "too_long"),
        ("z@" + "ü" * 60 + "." + "ü" * 60 + "." + "ü" * 60 + ".org", "email"),
        ("z@" + "e" * 1_000_000, "too_long"),
    ],
)
def test_what_is_no_single_address_is_refused(text: str, code: str) -> None:
    assert code_of_email(text) == code


@pytest.mark.fact("3.27", "AM3-3")
@pytest.mark.parametrize(
    ("text", "e164"),
    [
        ("0470 12 34 56", "+32470123456"),
        ("0470/12.34.56", "+32470123456"),
        ("+32 (0)470 12 34 56", "+32470123456"),
        ("0032 470 12 34 56", "+32470123456"),
        ("+33612345678", "+33612345678"),
        ("+49 1511 2345678", "+4915112345678"),
        ("+1 212 555 0123", "+12125550123"),  # fixed line or mobile: the number does not tell
    ],
)
def test_a_mobile_number_is_kept_in_e164_and_read_as_belgian_without_a_plus(text: str, e164: str) -> None:
    assert parse_mobile(text).e164 == parse_mobile(text).key == e164


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("+32 2 553 17 00", "not_mobile"),
        ("+32 78 15 15 15", "not_mobile"),
        ("1700", "mobile"),
        ("0470 12 34", "mobile"),
        ("+32470123456;ext=9", "mobile"),
        ("0470 12 34 56 ext 5", "mobile"),
        ("1-800-FLOWERS", "mobile"),
        ("٠٤٧٠١٢٣٤٥٦", "mobile"),
        ("+999 123456789", "mobile"),
        ("+", "mobile"),
        ("0470\u202e123456", "unsafe_character"),
        ("0" * 1_000_000, "too_long"),
    ],
)
def test_a_number_that_cannot_receive_the_code_is_refused(text: str, code: str) -> None:
    assert code_of_mobile(text) == code


@given(st.text(max_size=60))
def test_no_text_does_more_than_be_refused(text: str) -> None:
    for parse in (parse_email, parse_mobile):
        with suppress(Problem):
            parse(text)


def test_masks_show_enough_for_the_owner_and_nothing_more() -> None:
    assert mask_email("zoe.dubois@example.org") == "z***@e***.org"
    assert mask_mobile("+33612345678") == "ending 78"
    assert last_digits("+33612345678") == "78"


def test_repr_shows_neither_address_nor_number() -> None:
    assert "zoe" not in repr(parse_email("zoe@example.org"))
    assert "470" not in repr(parse_mobile("0470123456"))


@pytest.mark.parametrize(
    ("email", "meant"),
    [
        ("zoe@homtail.com", "hotmail.com"),
        ("zoe@gmial.com", "gmail.com"),
        ("zoe@gmal.com", "gmail.com"),
        ("zoe@gmaill.com", "gmail.com"),
        ("zoe@gmail.comm", "gmail.com"),
        ("zoe@gmail.co", "gmail.com"),
        ("zoe@telemet.be", "telenet.be"),
        ("zoe@gmail.com", None),
        ("zoe@mail.com", None),
        ("zoe@hotmail.nl", None),
        ("zoe@example.org", None),
        ("zoe@vlaanderen.be", None),
    ],
)
def test_a_slip_in_a_well_known_mail_host_is_suspected(email: str, meant: str | None) -> None:
    assert suspected_host(email) == meant


def test_the_letter_o_in_a_document_number_is_suspected() -> None:
    assert holds_letter_o("88O692")
    assert holds_letter_o("88o692")
    assert not holds_letter_o("880692")


LOCAL = st.from_regex(r"[a-z][a-z0-9._+-]{0,20}[a-z0-9]", fullmatch=True).filter(lambda text: ".." not in text)
HOST = st.from_regex(r"[a-z]{2,10}(\.[a-z]{2,8}){1,2}", fullmatch=True)


@pytest.mark.fact("AM3-2")
@given(LOCAL, HOST, st.sampled_from([str.upper, str.title, str.lower]))
def test_an_accepted_address_has_one_key_in_every_case_and_keeps_it(local: str, host: str, cased: object) -> None:
    try:
        key = email_key(f"{local}@{host}")
    except Problem:
        return

    assert email_key(cased(f"{local}@{host}")) == key  # type: ignore[operator]
    assert email_key(key) == key
    assert key.isascii()


@pytest.mark.fact("AM3-2")
@given(st.from_regex(r"04[5-9][0-9]{7}", fullmatch=True), st.sampled_from(["", " ", ".", "-", "/"]))
def test_a_mobile_number_has_one_form_however_it_is_typed(typed: str, between: str) -> None:
    try:
        e164 = parse_mobile(typed).e164
    except Problem:
        return

    grouped = between.join([typed[:4], typed[4:6], typed[6:8], typed[8:]])
    assert parse_mobile(grouped).e164 == parse_mobile(e164).e164 == parse_mobile(f"00{e164[1:]}").e164 == e164


@given(LOCAL, HOST)
def test_a_mask_shows_two_letters_and_the_last_part(local: str, host: str) -> None:
    assert mask_email(f"{local}@{host}") == f"{local[0]}***@{host[0]}***.{host.rpartition('.')[2]}"


@pytest.mark.parametrize("text", ["", "secret", "secret@", "@secret", "zoe@localhost", "@example.org", "secret.org"])
def test_what_is_no_address_is_masked_whole(text: str) -> None:
    assert mask_email(text) == "***"
