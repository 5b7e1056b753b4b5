"""A provider that is away, wrong, slow of thought or led astray: an outcome each, and nothing secret goes where it should not."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from datetime import timedelta
from itertools import count
from time import sleep

import httpx2
import pytest
from joserfc.jwk import OctKey

from bisdesk.chance import SeededChance
from bisdesk.openid.channel import MOST_BYTES, Careful
from bisdesk.openid.claims import Identity
from bisdesk.openid.client import Begun
from bisdesk.openid.outcomes import Code, Refused
from bisdesk.openid.registration import Registration, may_be_called
from tests.support.openid_fake import (
    ISSUER,
    KEY,
    METADATA,
    NOW,
    OTHER_KEY,
    REGISTRATION,
    Answer,
    FakeProvider,
    begun,
    comes_back,
    outcome,
    signed,
)


def raises(error: Exception) -> Answer:
    """An answer that never comes."""

    def answer(_: httpx2.Request) -> httpx2.Response:
        raise error

    return answer


def gives(status: int, *, text: str = "", **headers: str) -> Answer:
    """This answer."""
    return lambda _: httpx2.Response(status, text=text, headers=headers)


TROUBLE = [
    (raises(httpx2.ConnectError("no route to https://user:pw@idp")), Code.PROVIDER_DOWN),
    (raises(httpx2.ReadTimeout("slow")), Code.PROVIDER_DOWN),
    (raises(httpx2.RemoteProtocolError("gone")), Code.PROVIDER_DOWN),
    (gives(500), Code.PROVIDER_DOWN),
    (gives(503, text="<h1>maintenance</h1>"), Code.PROVIDER_DOWN),
    (gives(429), Code.PROVIDER_DOWN),
    (gives(404), Code.PROVIDER_WRONG),
    (gives(200, text="<html>a captive portal</html>"), Code.PROVIDER_WRONG),
    (gives(200, text="[]"), Code.PROVIDER_WRONG),
    (gives(200, text="[" * 100_000), Code.PROVIDER_WRONG),
    (gives(200, text='{"issuer": "' + "x" * MOST_BYTES + '"}'), Code.PROVIDER_WRONG),
    (gives(302, Location="https://evil.example/"), Code.PROVIDER_WRONG),
    (lambda _: httpx2.Response(307, json={"id_token": "x"}, headers={"Location": "/"}), Code.PROVIDER_WRONG),
]


@pytest.mark.parametrize(("answer", "code"), TROUBLE)
@pytest.mark.parametrize("where", ["discovery", "published", "token"])
def test_trouble_with_a_provider_is_an_outcome_wherever_it_comes(where: str, answer: Answer, code: Code) -> None:
    fake = FakeProvider()
    provider = fake.provider()
    started = begun(provider)
    setattr(fake, where, answer)

    if where == "token":
        assert provider.finish(started, comes_back(started), NOW) == Refused(code)
    else:
        assert fake.provider().begin(SeededChance(1)) == Refused(code)
        assert fake.provider().finish(started, comes_back(started), NOW) == Refused(code)
        assert fake.provider().end_url("https://desk.example/") is None


def test_an_encoded_answer_could_unfold_into_a_large_one_and_is_not_taken() -> None:
    folded = gzip.compress(json.dumps(METADATA).encode())
    fake = FakeProvider(discovery=lambda _: httpx2.Response(200, content=folded, headers={"Content-Encoding": "gzip"}))

    assert fake.provider().begin(SeededChance(1)) == Refused(Code.PROVIDER_WRONG)
    assert {request.headers["Accept-Encoding"] for request in fake.asked} == {"identity"}


def test_an_answer_that_never_ends_or_drips_is_given_up() -> None:
    def endless(_: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, content=(b"x" * 1000 for _ in count()))

    def dripping(_: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, content=(sleep(0.01) or b"x" for _ in range(1000)))

    asked = httpx2.Request("GET", ISSUER)
    with pytest.raises(httpx2.DecodingError), Careful(httpx2.MockTransport(endless)) as transport:
        transport.handle_request(asked)
    with pytest.raises(httpx2.ReadTimeout), Careful(httpx2.MockTransport(dripping), longest_s=0.1) as transport:
        transport.handle_request(asked)


def test_a_provider_that_was_down_is_asked_again_the_next_time() -> None:
    fake = FakeProvider(discovery=gives(503))
    provider = fake.provider()

    assert provider.begin(SeededChance(1)) == Refused(Code.PROVIDER_DOWN)
    fake.discovery = None
    assert isinstance(provider.begin(SeededChance(1)), Begun)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"issuer": "https://evil.example/op"}, Code.ISSUER), ({"issuer": f"{ISSUER}/"}, Code.ISSUER),
        ({"issuer": None}, Code.ISSUER),
        ({"token_endpoint": "http://idp.example/token"}, Code.PROVIDER_WRONG), ({"token_endpoint": None}, Code.PROVIDER_WRONG),
        ({"jwks_uri": "file:///etc/passwd"}, Code.PROVIDER_WRONG), ({"jwks_uri": 5}, Code.PROVIDER_WRONG),
        ({"authorization_endpoint": "javascript:alert(1)"}, Code.PROVIDER_WRONG),
    ],
)  # fmt: skip
def test_a_discovery_that_leads_elsewhere_or_into_the_open_is_refused(changed: dict[str, object], code: Code) -> None:
    assert FakeProvider(METADATA | changed).provider().begin(SeededChance(1)) == Refused(code)


@pytest.mark.parametrize(
    "keys", ["{}", '{"keys": []}', '{"keys": 5}', '{"keys": [5, {"kty": "RSA"}]}', '{"keys": [{"kty": "EC"}]}']
)
def test_keys_that_are_none_are_refused(keys: str) -> None:
    assert FakeProvider(published=gives(200, text=keys)).provider().begin(SeededChance(1)) == Refused(
        Code.PROVIDER_WRONG
    )


def test_keys_of_another_kind_or_use_are_not_even_looked_at() -> None:
    secret = OctKey.generate_key(256, {"kid": "shared"}).as_dict(private=True)
    sealing = OTHER_KEY.as_dict(private=False) | {"use": "enc"}
    odd = {"kty": "RSA", "use": "enc", "n": "broken"}
    keys = {"keys": [secret, sealing, odd, {"kty": "LATTICE"}, KEY.as_dict(private=False)]}
    fake = FakeProvider(published=lambda _: httpx2.Response(200, json=keys))

    assert isinstance(outcome(fake), Identity)
    assert outcome(FakeProvider(published=fake.published), key=OTHER_KEY) == Refused(Code.KEY)


def test_discovery_and_keys_are_read_once() -> None:
    fake = FakeProvider()
    provider = fake.provider()

    for seed in range(3):
        started = provider.begin(SeededChance(seed))
        assert isinstance(started, Begun)
        fake.id_token = signed(started)
        assert isinstance(provider.finish(started, comes_back(started), NOW), Identity)

    assert (fake.calls("/openid-configuration"), fake.calls("/keys"), fake.calls("/token")) == (1, 1, 3)


def test_a_key_that_is_new_is_fetched_and_a_stranger_cannot_make_us_fetch_all_the_time() -> None:
    fake = FakeProvider()
    provider = fake.provider()
    started = begun(provider)
    fake.keys = [OTHER_KEY]

    fake.id_token = signed(started, key=OTHER_KEY)
    assert isinstance(provider.finish(started, comes_back(started), NOW), Identity)
    fake.id_token = signed(started, key=KEY)
    for seconds in (0, 30, 59):
        assert provider.finish(started, comes_back(started), NOW + timedelta(seconds=seconds)) == Refused(Code.KEY)
    assert fake.calls("/keys") == 2

    fake.keys = [KEY, OTHER_KEY]
    assert isinstance(provider.finish(started, comes_back(started), NOW + timedelta(seconds=60)), Identity)
    assert fake.calls("/keys") == 3


def test_a_provider_that_is_down_when_its_new_key_is_needed_is_an_outcome() -> None:
    fake = FakeProvider()
    provider = fake.provider()
    started = begun(provider)
    fake.id_token, fake.discovery = signed(started, key=OTHER_KEY), gives(503)

    assert provider.finish(started, comes_back(started), NOW) == Refused(Code.PROVIDER_DOWN)


@pytest.mark.parametrize(
    ("status", "error", "code"),
    [
        (400, "invalid_grant", Code.GRANT), (401, "invalid_client", Code.CLIENT), (400, "unauthorized_client", Code.CLIENT),
        (400, "invalid_scope", Code.SCOPE), (400, "temporarily_unavailable", Code.PROVIDER_DOWN),
        (400, "something_else", Code.PROVIDER_REFUSED), (200, "invalid_grant", Code.GRANT), (400, ["x"], Code.PROVIDER_REFUSED),
    ],
)  # fmt: skip
def test_an_error_of_the_exchange_has_its_code(status: int, error: object, code: Code) -> None:
    told = {"error": error, "error_description": "a-code was used by Anna", "id_token": "x"}
    fake = FakeProvider(token=lambda _: httpx2.Response(status, json=told))

    refused = outcome(fake)

    assert refused == Refused(code)
    assert "Anna" not in repr(refused)


def test_there_is_a_way_out_at_the_provider_too_and_it_carries_no_token() -> None:
    away = FakeProvider().provider().end_url("https://desk.example/desk?out=1")

    assert (
        away
        == f"{ISSUER}/v1/logout?client_id=desk-client&post_logout_redirect_uri=https%3A%2F%2Fdesk.example%2Fdesk%3Fout%3D1"
    )


@pytest.mark.parametrize("place", [None, "http://idp.example/logout", "javascript:alert(1)"])
def test_a_provider_without_a_safe_place_to_sign_out_has_none(place: str | None) -> None:
    assert FakeProvider(METADATA | {"end_session_endpoint": place}).provider().end_url("https://desk.example/") is None


@pytest.mark.parametrize(
    ("address", "may"),
    [
        ("https://idp.example/op", True), ("http://127.0.0.1:4000/op", True), ("http://localhost:4000", True),
        ("http://[::1]:4000", True), ("http://idp.example/op", False), ("http://127.0.0.1.evil.example/", False),
        ("http://localhost.evil.example/", False), ("https://user@idp.example/", False), ("https://:pw@idp.example", False),
        ("https://", False), ("ftp://127.0.0.1/", False), ("https://idp.example/#x", False), ("//idp.example", False),
        ("https://idp.example:port/", False), ("https://[::1", False), ("https://idp.example/\r\nX: y", False), ("", False),
    ],
)  # fmt: skip
def test_only_what_is_encrypted_or_on_this_machine_is_called(address: str, may: bool) -> None:
    assert may_be_called(address) is may


def test_an_issuer_in_the_open_is_never_called() -> None:
    fake = FakeProvider()

    assert fake.provider(replace(REGISTRATION, issuer="http://idp.example/op")).begin(SeededChance(1)) == Refused(
        Code.PROVIDER_WRONG
    )
    assert fake.asked == []


def test_a_registration_is_asked_for_by_its_scopes_and_nothing_more() -> None:
    assert "rrn" not in Registration(ISSUER, "c", "s", "https://desk.example/").scopes
