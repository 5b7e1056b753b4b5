"""A provider of identities that lives in this process and answers as it is told, right or wrong; nothing goes over a wire."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.hashes import SHA256, SHA512
from joserfc.jwk import RSAKey

from bisdesk.chance import SeededChance
from bisdesk.openid.claims import Identity
from bisdesk.openid.client import Begun, Provider
from bisdesk.openid.outcomes import Refused
from bisdesk.openid.registration import Registration

ISSUER = "https://idp.example/op"
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
AT = int(NOW.timestamp())
SECRET = "a secret & more: ümlaut/+%"
REGISTRATION = Registration(ISSUER, "desk-client", SECRET, "https://desk.example/desk/sign-in/return")
KEY = RSAKey.generate_key(2048, {"kid": "first", "use": "sig"})
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "second", "use": "sig"})
METADATA = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/v1/auth",
    "token_endpoint": f"{ISSUER}/v1/token",
    "jwks_uri": f"{ISSUER}/v1/keys",
    "end_session_endpoint": f"{ISSUER}/v1/logout",
    "authorization_response_iss_parameter_supported": True,
}
OFFICER = {
    "sub": "7c2f", "given_name": "Anna", "family_name": "Peeters", "vo_doelgroepcode": "GID", "vo_orgcode": "OVO002949",
    "vo_orgnaam": "Agentschap Voorbeeld", "bisdesk_rol_3d": ["BisdeskEindgebruiker-Vlaanderen:OVO002949"],
}  # fmt: skip

Answer = Callable[[httpx2.Request], httpx2.Response]


@dataclass(slots=True)
class FakeProvider:
    """What it publishes and answers; each can be changed."""

    metadata: dict[str, Any] = field(default_factory=lambda: dict(METADATA))
    keys: list[RSAKey] = field(default_factory=lambda: [KEY])
    discovery: Answer | None = None
    published: Answer | None = None
    token: Answer | None = None
    id_token: object = None
    asked: list[httpx2.Request] = field(default_factory=list)

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        """The answer to one call."""
        self.asked.append(request)
        path = request.url.path
        if path.endswith("/openid-configuration"):
            return self.discovery(request) if self.discovery else httpx2.Response(200, json=self.metadata)
        if path.endswith("/keys"):
            keys = {"keys": [key.as_dict(private=False) for key in self.keys]}
            return self.published(request) if self.published else httpx2.Response(200, json=keys)
        if self.token:
            return self.token(request)
        return httpx2.Response(200, json={"access_token": "at", "token_type": "Bearer", "id_token": self.id_token})

    def provider(self, registration: Registration = REGISTRATION) -> Provider:
        """Our client, connected to it."""
        return Provider(registration, connect=lambda: httpx2.MockTransport(self.answer))

    def calls(self, ending: str) -> int:
        """How often an address with this ending was asked."""
        return sum(request.url.path.endswith(ending) for request in self.asked)


def begun(provider: Provider) -> Begun:
    """A sign-in that was begun."""
    answer = provider.begin(SeededChance("openid"))
    assert isinstance(answer, Begun)
    return answer


def asked_for(begun: Begun) -> dict[str, str]:
    """What the browser is sent to the provider with."""
    return {name: values[0] for name, values in parse_qs(urlsplit(begun.url).query, strict_parsing=True).items()}


def comes_back(begun: Begun, **changed: str | None) -> dict[str, str]:
    """What the browser brings back; None leaves a parameter out."""
    brought = {"code": "a-code", "state": begun.state, "iss": ISSUER, **changed}
    return {name: value for name, value in brought.items() if value is not None}


def signed(begun: Begun, *, key: Any = KEY, header: dict[str, Any] | None = None, **changed: object) -> str:
    """An id_token for this sign-in; None leaves a claim out."""
    claims = {
        "iss": ISSUER, "aud": "desk-client", "iat": AT, "exp": AT + 300, "nonce": begun.nonce, **OFFICER, **changed,
    }  # fmt: skip
    kept = {name: value for name, value in claims.items() if value is not None}
    named = {"alg": "RS256", "kid": key.kid, **(header or {})}
    text = f"{url_text(json.dumps(named).encode())}.{url_text(json.dumps(kept).encode())}"
    return f"{text}.{url_text(_signature(text.encode(), key, named['alg']))}"


def url_text(raw: bytes) -> str:
    """Base64 as tokens are written in."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _signature(text: bytes, key: RSAKey, algorithm: str) -> bytes:
    """By hand, because no honest library signs all that a forger would."""
    if algorithm == "HS256":  # the public key as if it were a shared secret
        return hmac.digest(key.as_pem(private=False), text, "sha256")
    if algorithm == "PS256":
        return key.private_key.sign(text, padding.PSS(padding.MGF1(SHA256()), 32), SHA256())
    return key.private_key.sign(text, padding.PKCS1v15(), SHA512() if algorithm == "RS512" else SHA256())


def outcome(
    fake: FakeProvider,
    registration: Registration = REGISTRATION,
    *,
    query: dict[str, str | None] | None = None,
    now: datetime = NOW,
    **token: Any,
) -> Identity | Refused:
    """What a whole sign-in comes to, with these claims, key and header of the token."""
    provider = fake.provider(registration)
    started = begun(provider)
    if fake.id_token is None:
        fake.id_token = signed(started, **token)
    return provider.finish(started, comes_back(started, **(query or {})), now)
