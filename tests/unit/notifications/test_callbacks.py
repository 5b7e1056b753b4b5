"""Whether one callback is believed: only Twilio's own word, about our account, for the address that we gave away (F27)."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.callbacks import Account, Asked, Refusal, Told, judged
from notifications.signatures import signature_of

SID, TOKEN = "AC" + "a1" * 16, "b2" * 16
ACCOUNT = Account(SID, (TOKEN,), "https://desk.example/callbacks/twilio")
ATTEMPT = "01900000-0000-7000-8000-00000000002a-3"
FORM = {"AccountSid": SID, "MessageSid": "SM1", "MessageStatus": "delivered", "To": "+33612345678", "New": "é ü"}


def asked(form: dict[str, str] | None = None, *, attempt: str = ATTEMPT, query: str = "", token: str = TOKEN) -> Asked:
    """A request that is signed as it stands."""
    told = FORM if form is None else form
    url = f"{ACCOUNT.address}/{attempt}" + (f"?{query}" if query else "")
    return Asked(attempt, query, urlencode(told).encode(), signature_of(url, told.items(), token))


def test_twilios_own_word_is_believed_and_fields_that_nobody_knows_do_no_harm() -> None:
    told = judged(asked(), ACCOUNT)

    assert told == Told((UUID("01900000-0000-7000-8000-00000000002a"), 3), "SM1", "delivered", None)


def test_a_query_is_part_of_what_is_signed() -> None:
    assert isinstance(judged(asked(query="a=1&b=2"), ACCOUNT), Told)
    assert judged(replace(asked(), query="a=1"), ACCOUNT) is Refusal.SIGNATURE
    assert judged(replace(asked(query="a=1"), query="a=1&b=2"), ACCOUNT) is Refusal.SIGNATURE


@pytest.mark.parametrize(
    ("request_", "refusal"),
    [
        (asked(attempt="nothing-of-ours"), Refusal.ATTEMPT),
        (replace(asked(), body=b"\xff\xfe"), Refusal.FORM),
        (replace(asked(), body=b"To=%ff"), Refusal.FORM),
        (replace(asked(), body=b"&".join([b"a=1"] * 201)), Refusal.FORM),
        (replace(asked(), signature=None), Refusal.SIGNATURE),
        (replace(asked(), signature="0/KCTR6DLpKmkAf8muzZqo1nDgQ="), Refusal.SIGNATURE),
        (asked(token="c3" * 16), Refusal.SIGNATURE),
        (replace(asked(), body=urlencode(FORM | {"MessageStatus": "undelivered"}).encode()), Refusal.SIGNATURE),
        (replace(asked(), body=urlencode(FORM | {"More": "1"}).encode()), Refusal.SIGNATURE),
        (replace(asked(), body=b""), Refusal.SIGNATURE),
        (replace(asked(), attempt=ATTEMPT[:-1] + "4"), Refusal.SIGNATURE),
        (asked(FORM | {"AccountSid": "AC" + "0" * 32}), Refusal.ACCOUNT),
        (asked({name: value for name, value in FORM.items() if name != "AccountSid"}), Refusal.ACCOUNT),
        (asked({name: value for name, value in FORM.items() if name != "MessageSid"}), Refusal.INCOMPLETE),
        (asked(FORM | {"MessageStatus": ""}), Refusal.INCOMPLETE),
    ],
)  # fmt: skip
def test_whatever_is_not_twilios_word_is_refused_with_its_reason(request_: Asked, refusal: Refusal) -> None:
    assert judged(request_, ACCOUNT) is refusal


@given(st.binary(max_size=200), st.text(max_size=40), st.text(max_size=40))
def test_nothing_that_comes_in_is_believed_or_breaks_it_without_a_signature(body: bytes, query: str, sign: str) -> None:
    assert judged(Asked(ATTEMPT, query, body, sign), ACCOUNT) in (Refusal.FORM, Refusal.SIGNATURE)


def test_neither_token_nor_body_shows_in_a_repr() -> None:
    shown = repr(ACCOUNT) + repr(asked())

    assert TOKEN not in shown
    assert "33612345678" not in shown
