"""Whether an id_token is the provider's, for us, of this sign-in and of now (OpenID Connect Core, 3.1.3.7).

It reads no clock: `now` is handed in. The token itself never leaves this file.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from joserfc import jws, jwt
from joserfc.errors import BadSignatureError, ClaimError, ExpiredTokenError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from bisdesk.openid.outcomes import Code, Refused
from bisdesk.openid.registration import Registration

LEEWAY_S = 60  # between the clocks of two machines
CODES = {
    "iss": Code.ISSUER,
    "aud": Code.AUDIENCE,
    "azp": Code.AUDIENCE,
    "exp": Code.EXPIRED,
    "iat": Code.TOO_EARLY,
    "nbf": Code.TOO_EARLY,
}


@dataclass(frozen=True, slots=True)
class Expected:
    """What an id_token must fit."""

    registration: Registration
    nonce: str = field(repr=False)
    now: datetime


def claims_of(token: object, keys: KeySet, expected: Expected) -> Mapping[str, object] | Refused:
    """The claims of an id_token that holds in every respect, or the first one in which it does not."""
    if not isinstance(token, str):
        return Refused(Code.TOKEN)
    try:
        if jws.extract_compact(token.encode()).protected.get("alg") != expected.registration.algorithm:
            return Refused(Code.ALGORITHM)
        claims: dict[str, object] = jwt.decode(token, keys, algorithms=[expected.registration.algorithm]).claims
        _standard(expected).validate(claims)
        wrong_code = _own(claims, expected)
    except InvalidKeyIdError:
        return Refused(Code.KEY)
    except BadSignatureError:
        return Refused(Code.SIGNATURE)
    except ExpiredTokenError:
        return Refused(Code.EXPIRED)
    except ClaimError as wrong:
        return Refused(CODES.get(wrong.claim, Code.TOKEN))
    except (JoseError, ValueError, TypeError, ArithmeticError, RecursionError):
        return Refused(Code.TOKEN)
    return Refused(wrong_code) if wrong_code else claims


def _standard(expected: Expected) -> jwt.JWTClaimsRegistry:
    ours = expected.registration
    return jwt.JWTClaimsRegistry(
        now=int(expected.now.timestamp()),
        leeway=LEEWAY_S,
        iss={"essential": True, "value": ours.issuer},
        sub={"essential": True},
        aud={"essential": True, "value": ours.client_id},
        exp={"essential": True},
        iat={"essential": True},
    )


def _own(claims: Mapping[str, object], expected: Expected) -> Code | None:
    """What the standard registry does not judge."""
    ours = expected.registration
    if claims["aud"] not in (ours.client_id, [ours.client_id]) or claims.get("azp", ours.client_id) != ours.client_id:
        return Code.AUDIENCE  # a token for others as well is one that others could bring here
    nonce = claims.get("nonce")
    if not isinstance(nonce, str) or not hmac.compare_digest(
        nonce.encode(errors="surrogatepass"), expected.nonce.encode()
    ):
        return Code.NONCE
    if ours.acr_values and claims.get("acr") not in ours.acr_values:
        return Code.LEVEL
    return _too_long_ago(claims.get("auth_time"), expected)


def _too_long_ago(auth_time: object, expected: Expected) -> Code | None:
    most = expected.registration.max_age_s
    if most is None:
        return None
    if not isinstance(auth_time, int | float) or isinstance(auth_time, bool):
        return Code.AUTH_TIME
    age = expected.now.timestamp() - cast(float, auth_time)
    return None if -LEEWAY_S <= age <= most + LEEWAY_S else Code.AUTH_TIME
