"""Changes the one-time code that a browser brought for the id_token, in one call that says who we are.

The answer's access token is dropped: the desk asks the provider for nothing else.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import quote_plus

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import OAuth2Client
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from bisdesk.openid.channel import PATIENCE, Channel, trouble_of
from bisdesk.openid.outcomes import Code, Refused
from bisdesk.openid.registration import Registration

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_VALID = timedelta(seconds=60)
CURVES = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}
ERRORS = {
    "invalid_grant": Code.GRANT,
    "invalid_client": Code.CLIENT,
    "unauthorized_client": Code.CLIENT,
    "invalid_scope": Code.SCOPE,
    "temporarily_unavailable": Code.PROVIDER_DOWN,
    "server_error": Code.PROVIDER_DOWN,
}


@dataclass(frozen=True, slots=True)
class Ticket:
    """What one sign-in brings to the exchange."""

    code: str = field(repr=False)
    verifier: str = field(repr=False)
    now: datetime


def id_token_for(ticket: Ticket, token_endpoint: str, *, us: Registration, channel: Channel) -> object | Refused:
    """The unjudged id_token of an answer, or why there is none."""
    proof = signed_proof(ticket, token_endpoint, us=us) if us.signs else {}
    try:
        with channel.opened() as transport:
            answer = _client(us, transport).fetch_token(
                token_endpoint,
                grant_type="authorization_code",
                code=ticket.code,
                code_verifier=ticket.verifier,
                **proof,
            )
    except AuthlibBaseError as refused:
        return Refused(ERRORS.get(str(refused.error), Code.PROVIDER_REFUSED))
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError, TypeError, RecursionError) as trouble:
        return Refused(trouble_of(trouble))
    return answer.get("id_token") or Refused(Code.TOKEN)


def signed_proof(ticket: Ticket, audience: str, *, us: Registration) -> dict[str, str]:
    """Who we are, signed with our own key (private_key_jwt, RFC 7523); good for one call within a minute.

    Raises: ValueError when the key is none.
    """
    key, algorithm = private_key(us.secret)
    seed = f"{ticket.verifier}|{ticket.code}|{ticket.now.isoformat()}"
    claims = {
        "iss": us.client_id,
        "sub": us.client_id,
        "aud": audience,
        "jti": hashlib.sha256(seed.encode()).hexdigest(),  # the verifier is chance that was handed in
        "iat": int(ticket.now.timestamp()),
        "exp": int((ticket.now + ASSERTION_VALID).timestamp()),
    }
    header = {"alg": algorithm, "kid": key.thumbprint()}
    return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": jwt.encode(header, claims, key, [algorithm])}


def private_key(pem: str) -> tuple[RSAKey | ECKey, str]:
    """A private key and the algorithm that it signs with. Raises: ValueError for anything else."""
    for kind in (RSAKey, ECKey):
        try:
            key = kind.import_key(pem)
        except (JoseError, ValueError, TypeError):
            continue
        algorithm = "RS256" if isinstance(key, RSAKey) else CURVES.get(key.curve_name)
        if key.is_private and algorithm:
            return key, algorithm
    raise ValueError("no private key of RSA or of an elliptic curve")


def _client(us: Registration, transport: httpx2.BaseTransport) -> OAuth2Client:
    """A client of one exchange; by RFC 6749, 2.3.1, id and secret are form-encoded in the header."""
    return OAuth2Client(
        us.client_id if us.signs else quote_plus(us.client_id),
        None if us.signs else quote_plus(us.secret),
        token_endpoint_auth_method="none" if us.signs else "client_secret_basic",
        redirect_uri=us.redirect_uri,
        transport=transport,
        timeout=PATIENCE,
    )
