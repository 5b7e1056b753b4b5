"""How the desk proves to the provider who it is: with a shared secret, or by signing with a key of its own."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, unquote_plus

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from bisdesk.openid.claims import Identity
from bisdesk.openid.client import Provider
from tests.support.openid_fake import (
    AT,
    METADATA,
    NOW,
    REGISTRATION,
    SECRET,
    FakeProvider,
    begun,
    comes_back,
    outcome,
    signed,
)

RSA_PEM = RSAKey.generate_key(2048).as_pem(private=True).decode()
EC_PEM = ECKey.generate_key("P-256").as_pem(private=True).decode()


def test_id_and_secret_are_encoded_as_the_standard_says_and_the_verifier_goes_along() -> None:
    fake = FakeProvider()
    provider = fake.provider()
    started = begun(provider)
    fake.id_token = signed(started)

    provider.finish(started, comes_back(started), NOW)

    sent = fake.asked[-1]
    name, _, secret = (
        base64.b64decode(sent.headers["Authorization"].removeprefix("Basic ")).decode("ascii").partition(":")
    )
    form = parse_qs(sent.content.decode())
    assert (unquote_plus(name), unquote_plus(secret)) == ("desk-client", SECRET)
    assert form == {
        "grant_type": ["authorization_code"], "code": ["a-code"], "code_verifier": [started.verifier],
        "redirect_uri": [REGISTRATION.redirect_uri],
    }  # fmt: skip


@pytest.mark.parametrize(("pem", "algorithm"), [(RSA_PEM, "RS256"), (EC_PEM, "ES256")])
def test_with_a_private_key_we_sign_who_we_are_and_send_no_secret(pem: str, algorithm: str) -> None:
    fake = FakeProvider()

    assert isinstance(outcome(fake, replace(REGISTRATION, secret=pem)), Identity)

    sent = fake.asked[-1]
    form = {name: values[0] for name, values in parse_qs(sent.content.decode()).items()}
    key = (RSAKey if algorithm == "RS256" else ECKey).import_key(pem)
    proof = jwt.decode(form["client_assertion"], key, algorithms=[algorithm]).claims
    assert "Authorization" not in sent.headers
    assert form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    assert (proof["iss"], proof["sub"], proof["aud"]) == ("desk-client", "desk-client", METADATA["token_endpoint"])
    assert (proof["iat"], proof["exp"]) == (AT, AT + 60)
    assert len(proof["jti"]) == 64


def test_each_proof_of_who_we_are_is_another() -> None:
    fake = FakeProvider()
    provider = fake.provider(replace(REGISTRATION, secret=EC_PEM))
    started = begun(provider)
    fake.id_token = signed(started)

    for seconds in (0, 1):
        provider.finish(started, comes_back(started), NOW + timedelta(seconds=seconds))

    proofs = [parse_qs(sent.content.decode())["client_assertion"][0] for sent in fake.asked if sent.method == "POST"]
    key = ECKey.import_key(EC_PEM)
    assert len({jwt.decode(proof, key, algorithms=["ES256"]).claims["jti"] for proof in proofs}) == 2


@pytest.mark.parametrize(
    "pem", ["-----BEGIN PRIVATE KEY-----", RSAKey.import_key(RSA_PEM).as_pem(private=False).decode()]
)
def test_a_private_key_that_is_none_is_found_before_anybody_signs_in(pem: str) -> None:
    with pytest.raises(ValueError, match="no private key"):
        Provider(replace(REGISTRATION, secret=pem))
