"""Every way in which a sign-in comes to nothing: each has its code, and none is an exception."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from joserfc import jws

from bisdesk.chance import SeededChance
from bisdesk.openid.claims import Identity
from bisdesk.openid.client import Begun
from bisdesk.openid.outcomes import SENTENCES, Code, Refused
from tests.support.openid_fake import (
    AT,
    KEY,
    METADATA,
    NOW,
    OTHER_KEY,
    REGISTRATION,
    FakeProvider,
    asked_for,
    begun,
    comes_back,
    outcome,
    signed,
    url_text,
)

EID = "urn:be:vlaanderen:authmech:eid"
STRICT = replace(REGISTRATION, acr_values=(EID, "urn:be:vlaanderen:authmech:csamtotp"), max_age_s=3600)


def test_whoever_fits_in_every_respect_comes_in() -> None:
    assert isinstance(outcome(FakeProvider()), Identity)


def test_a_code_needs_its_sentence_and_a_sentence_its_code() -> None:
    assert set(SENTENCES) == set(Code)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"state": "another"}, Code.STATE), ({"state": None}, Code.STATE), ({"state": ""}, Code.STATE),
        ({"state": "\ud800"}, Code.STATE),
        ({"iss": None}, Code.ISSUER), ({"iss": "https://evil.example/op"}, Code.ISSUER), ({"iss": ""}, Code.ISSUER),
        ({"iss": "https://idp.example/op/"}, Code.ISSUER), ({"iss": "https://IDP.example/op"}, Code.ISSUER),
        ({"code": None}, Code.ANSWER), ({"code": ""}, Code.ANSWER), ({"code": "x" * 4097}, Code.ANSWER),
        ({"code": "a\nb"}, Code.ANSWER), ({"code": "é"}, Code.ANSWER),
        ({"error": "access_denied"}, Code.CANCELLED), ({"error": "invalid_scope"}, Code.SCOPE),
        ({"error": "unauthorized_client"}, Code.CLIENT), ({"error": "temporarily_unavailable"}, Code.PROVIDER_DOWN),
        ({"error": "server_error"}, Code.PROVIDER_DOWN), ({"error": "unmet_authentication_requirements"}, Code.LEVEL),
        ({"error": "<script>"}, Code.PROVIDER_REFUSED), ({"error": ""}, Code.PROVIDER_REFUSED),
        ({"error": "access_denied", "iss": "https://evil.example/op"}, Code.ISSUER),
        ({"error": "access_denied", "state": "another"}, Code.STATE),
    ],
)  # fmt: skip
def test_what_a_browser_brings_back_is_judged_before_anything_is_exchanged(
    query: dict[str, str | None], code: Code
) -> None:
    fake = FakeProvider()

    assert outcome(fake, query=query) == Refused(code)
    assert fake.calls("/token") == 0


def test_a_provider_that_does_not_announce_its_name_in_answers_need_not_give_it_but_never_a_wrong_one() -> None:
    silent = {name: value for name, value in METADATA.items() if not name.startswith("authorization_response")}

    assert isinstance(outcome(FakeProvider(silent), query={"iss": None}), Identity)
    assert outcome(FakeProvider(silent), query={"iss": "https://evil.example"}) == Refused(Code.ISSUER)


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"iss": "https://evil.example/op"}, Code.ISSUER), ({"iss": None}, Code.ISSUER), ({"iss": 5}, Code.ISSUER),
        ({"aud": "another"}, Code.AUDIENCE), ({"aud": None}, Code.AUDIENCE), ({"aud": []}, Code.AUDIENCE),
        ({"aud": ["desk-client", "another"]}, Code.AUDIENCE), ({"aud": {"desk-client": 1}}, Code.AUDIENCE),
        ({"aud": ["desk-client"], "azp": "another"}, Code.AUDIENCE), ({"azp": 5}, Code.AUDIENCE),
        ({"exp": AT - 60}, Code.EXPIRED), ({"exp": None}, Code.EXPIRED), ({"exp": "soon"}, Code.EXPIRED),
        ({"exp": float("nan")}, Code.EXPIRED), ({"exp": True}, Code.EXPIRED),
        ({"iat": AT + 61}, Code.TOO_EARLY), ({"iat": None}, Code.TOO_EARLY), ({"nbf": AT + 61}, Code.TOO_EARLY),
        ({"nonce": "another"}, Code.NONCE), ({"nonce": None}, Code.NONCE), ({"nonce": ""}, Code.NONCE),
        ({"nonce": ["x"]}, Code.NONCE), ({"nonce": "\ud800"}, Code.NONCE),
        ({"sub": None}, Code.TOKEN), ({"sub": 5}, Code.TOKEN),
        ({"vo_doelgroepcode": "LB"}, Code.LOCAL_AUTHORITY), ({"bisdesk_rol_3d": None}, Code.NO_ROLE),
    ],
)  # fmt: skip
def test_a_token_that_does_not_fit_in_one_claim_is_refused(claims: dict[str, object], code: Code) -> None:
    assert outcome(FakeProvider(), **claims) == Refused(code)


def test_a_list_that_holds_the_right_nonce_is_no_nonce() -> None:
    fake = FakeProvider()
    provider = fake.provider()
    started = begun(provider)
    fake.id_token = signed(started, nonce=[started.nonce])

    assert provider.finish(started, comes_back(started), NOW) == Refused(Code.NONCE)


@pytest.mark.parametrize(
    "claims",
    [{"exp": AT - 59}, {"iat": AT + 60}, {"nbf": AT + 60}, {"aud": ["desk-client"]}, {"azp": "desk-client"}],
)
def test_sixty_seconds_between_two_clocks_do_no_harm(claims: dict[str, object]) -> None:
    assert isinstance(outcome(FakeProvider(), **claims), Identity)


def test_the_time_that_counts_is_the_one_that_is_handed_in() -> None:
    assert outcome(FakeProvider(), now=NOW + timedelta(seconds=361)) == Refused(Code.EXPIRED)
    assert isinstance(outcome(FakeProvider(), now=NOW + timedelta(seconds=359)), Identity)
    assert outcome(FakeProvider(), now=NOW - timedelta(seconds=61)) == Refused(Code.TOO_EARLY)


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({}, Code.LEVEL), ({"acr": "urn:be:vlaanderen:authmech:csampassword"}, Code.LEVEL), ({"acr": [EID]}, Code.LEVEL),
        ({"acr": EID, "auth_time": None}, Code.AUTH_TIME), ({"acr": EID, "auth_time": AT - 3661}, Code.AUTH_TIME),
        ({"acr": EID, "auth_time": AT + 61}, Code.AUTH_TIME), ({"acr": EID, "auth_time": "now"}, Code.AUTH_TIME),
        ({"acr": EID, "auth_time": True}, Code.AUTH_TIME), ({"acr": EID, "auth_time": float("nan")}, Code.AUTH_TIME),
        ({"acr": EID, "auth_time": 10**400}, Code.TOKEN),
    ],
)  # fmt: skip
def test_a_weaker_or_older_sign_in_than_asked_for_is_refused(claims: dict[str, object], code: Code) -> None:
    assert outcome(FakeProvider(), STRICT, **claims) == Refused(code)


def test_a_sign_in_as_strong_and_as_new_as_asked_for_comes_in() -> None:
    officer = outcome(FakeProvider(), STRICT, acr=EID, auth_time=AT - 3600)

    assert isinstance(officer, Identity)
    assert officer.acr == EID


def test_no_other_algorithm_than_the_agreed_one_is_believed_even_with_the_right_key() -> None:
    assert outcome(FakeProvider(), header={"alg": "RS512"}) == Refused(Code.ALGORITHM)
    assert outcome(FakeProvider(), header={"alg": "PS256"}) == Refused(Code.ALGORITHM)


def test_a_token_signed_with_the_public_key_as_if_it_were_a_secret_is_refused() -> None:
    assert outcome(FakeProvider(), header={"alg": "HS256"}) == Refused(Code.ALGORITHM)


def test_a_token_without_a_signature_is_refused() -> None:
    fake = FakeProvider()
    provider = fake.provider()
    started = begun(provider)
    _, claims, _ = signed(started).split(".")
    fake.id_token = f"{_text({'alg': 'none', 'kid': KEY.kid})}.{claims}."

    assert provider.finish(started, comes_back(started), NOW) == Refused(Code.ALGORITHM)


def test_a_changed_token_is_refused() -> None:
    fake = FakeProvider()
    provider = fake.provider()
    started = begun(provider)
    head, _, signature = signed(started).split(".")
    fake.id_token = f"{head}.{_text({'sub': 'somebody-else'})}.{signature}"

    assert provider.finish(started, comes_back(started), NOW) == Refused(Code.SIGNATURE)


def test_a_token_signed_by_somebody_else_under_a_known_name_is_refused() -> None:
    assert outcome(FakeProvider(), key=OTHER_KEY, header={"kid": KEY.kid}) == Refused(Code.SIGNATURE)


def test_a_token_that_is_bound_to_what_we_do_not_know_is_refused() -> None:
    assert outcome(FakeProvider(), header={"crit": ["exp"], "exp": AT}) == Refused(Code.TOKEN)


@pytest.mark.parametrize("token", ["", "a.b", "a.b.c", "x" * 9000, 5, None, {}, ["a"], "a.b.c.d.e"])
def test_what_is_no_token_is_refused(token: object) -> None:
    fake = FakeProvider(token=lambda _: httpx2.Response(200, json={"access_token": "at", "id_token": token}))

    assert outcome(fake) == Refused(Code.TOKEN)


def test_claims_that_are_no_object_are_refused() -> None:
    text = jws.serialize_compact({"alg": "RS256", "kid": KEY.kid}, b'["sub"]', KEY, algorithms=["RS256"])

    assert outcome(FakeProvider(id_token=text)) == Refused(Code.TOKEN)


def test_only_the_browser_that_began_can_finish() -> None:
    fake = FakeProvider()
    provider = fake.provider()
    started, other = (_begun(provider, seed) for seed in (1, 2))
    fake.id_token = signed(started)

    assert provider.finish(other, comes_back(started), NOW) == Refused(Code.STATE)
    assert provider.finish(replace(started, nonce=other.nonce), comes_back(started), NOW) == Refused(Code.NONCE)
    assert provider.finish(Begun("", "", "", ""), {"state": "", "code": "x"}, NOW) == Refused(Code.STATE)


def test_what_is_asked_holds_all_that_is_judged_later() -> None:
    started = begun(FakeProvider().provider(STRICT))

    asked = asked_for(started)
    assert asked["response_type"] == "code"
    assert asked["redirect_uri"] == REGISTRATION.redirect_uri
    assert asked["scope"] == "openid profile vo bisdesk"
    assert (asked["state"], asked["nonce"]) == (started.state, started.nonce)
    assert asked["code_challenge_method"] == "S256"
    assert asked["acr_values"].split() == list(STRICT.acr_values)
    assert asked["max_age"] == "3600"
    assert started.verifier not in started.url
    assert len({started.state, started.nonce, started.verifier, asked["code_challenge"]}) == 4
    assert {"acr_values", "max_age"} & asked_for(begun(FakeProvider().provider())).keys() == set()


def test_nothing_that_must_stay_secret_stands_in_a_repr() -> None:
    started = begun(FakeProvider().provider())

    assert repr(started) == "Begun()"
    assert "secret" not in repr(REGISTRATION)


def _begun(provider: Any, seed: int) -> Begun:
    answer = provider.begin(SeededChance(seed))
    assert isinstance(answer, Begun)
    return answer


def _text(value: object) -> str:
    return url_text(json.dumps(value).encode())
