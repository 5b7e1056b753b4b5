"""Twilio's signature: the published example, and Twilio's own client as the judge of everything else (D9)."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from notifications.signatures import is_genuine, signature_of

TOKEN, OTHER = "12345", "67890"
URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
FORM = {
    "CallSid": "CA1234567890ABCDE", "Caller": "+12349013030", "Digits": "1234", "From": "+12349013030",
    "To": "+18005551212",
}  # fmt: skip
PUBLISHED = "0/KCTR6DLpKmkAf8muzZqo1nDgQ="

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
forms = st.dictionaries(texts.filter(bool), texts, max_size=6)
hosts = st.sampled_from(["desk.example", "desk.example:443", "desk.example:8443", "127.0.0.1:8080"])
urls = st.builds(
    "{}://{}/callbacks/twilio/{}{}".format,
    st.sampled_from(["https", "http"]),
    hosts,
    st.from_regex(r"\A[0-9a-f-]{1,20}\Z"),
    st.sampled_from(["", "?a=1", "?a=1&b=%20"]),
)


def genuine(signature: str | None, url: str = URL, form: Mapping[str, str] = FORM, *tokens: str) -> bool:
    return is_genuine(signature, url, tuple(form.items()), tokens=tokens or (TOKEN,))


def test_the_published_example_has_its_published_signature() -> None:
    assert signature_of(URL, FORM.items(), TOKEN) == PUBLISHED
    assert genuine(PUBLISHED)


@given(urls, forms, texts.filter(bool))
def test_every_signature_is_the_one_of_twilios_client(url: str, form: dict[str, str], token: str) -> None:
    assert signature_of(url, form.items(), token) == RequestValidator(token).compute_signature(url, form)


@given(urls, urls, forms, forms, st.sampled_from([TOKEN, OTHER]))
def test_what_is_believed_is_what_twilios_client_believes(
    ours: str, theirs: str, told: dict[str, str], signed: dict[str, str], token: str
) -> None:
    for url, form in ((theirs, signed), (theirs, told), (ours, signed), (ours, told)):
        signature = RequestValidator(token).compute_signature(url, form)

        believed = genuine(signature, ours, told)

        assert believed == RequestValidator(TOKEN).validate(ours, told, signature)


def test_fields_that_come_twice_are_signed_with_each_different_value() -> None:
    form = (("B", "2"), ("A", "2"), ("A", "1"), ("A", "2"))
    digest = hmac.digest(TOKEN.encode(), f"{URL}A1A2B2".encode(), hashlib.sha1)

    assert signature_of(URL, form, TOKEN) == b64encode(digest).decode()


@pytest.mark.parametrize(
    "signature", [None, "", PUBLISHED[:-1], PUBLISHED.lower(), "é" * 28, "\udcff", PUBLISHED + " "]
)
def test_anything_but_the_signature_is_refused(signature: str | None) -> None:
    assert not genuine(signature)


def test_either_of_two_tokens_is_believed_and_a_third_is_not() -> None:
    assert genuine(PUBLISHED, URL, FORM, OTHER, TOKEN)
    assert genuine(PUBLISHED, URL, FORM, TOKEN, OTHER)
    assert not genuine(PUBLISHED, URL, FORM, OTHER)


@pytest.mark.parametrize(
    "url",
    [
        "http://mycompany.com/myapp.php?foo=1&bar=2",
        "https://mycompany.com/myapp.php",
        "https://mycompany.com/myapp.php?bar=2&foo=1",
        "https://mycompany.com:8443/myapp.php?foo=1&bar=2x",
        "https://mycompany.example/myapp.php?foo=1&bar=2",
    ],
)
def test_a_signature_for_another_address_is_refused(url: str) -> None:
    assert not genuine(PUBLISHED, url)
