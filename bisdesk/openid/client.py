"""The provider as the desk sees it: begin a sign-in, finish it, and sign out there as well.

Whatever goes wrong is a `Refused` that is returned, never raised. It keeps nothing of a sign-in: what `begin` hands
out, the caller keeps where only the same browser can bring it back, and hands it in once.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from authlib.common.urls import add_params_to_uri
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from bisdesk.openid.channel import Channel, Connect
from bisdesk.openid.claims import Identity, identity_of
from bisdesk.openid.discovery import Directory, Metadata
from bisdesk.openid.exchange import Ticket, id_token_for, private_key
from bisdesk.openid.id_token import Expected, claims_of
from bisdesk.openid.outcomes import Code, Refused
from bisdesk.openid.registration import Registration
from workflow.ports_chance import Chance

LONGEST_CODE = 4096
ERRORS = {  # RFC 6749, 4.1.2.1, and what OpenID Connect adds
    "access_denied": Code.CANCELLED,
    "invalid_scope": Code.SCOPE,
    "unauthorized_client": Code.CLIENT,
    "temporarily_unavailable": Code.PROVIDER_DOWN,
    "server_error": Code.PROVIDER_DOWN,
    "unmet_authentication_requirements": Code.LEVEL,
}


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in on its way: where the browser goes, and what must come back with it. Good for one `finish`."""

    url: str = field(repr=False)
    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


class Provider:
    """One provider of identities; threads may share it. Raises: ValueError for a private key that is none."""

    def __init__(self, registration: Registration, *, connect: Connect | None = None) -> None:
        if registration.signs:
            private_key(registration.secret)  # now, rather than when the first officer comes
        self._us = registration
        self._channel = Channel(connect)
        self._directory = Directory(self._channel, registration)

    def begin(self, chance: Chance) -> Begun | Refused:
        """A new sign-in: code with PKCE (S256), state and nonce."""
        known = self._directory.known()
        if isinstance(known, Refused):
            return known
        state, nonce, verifier = chance.token(), chance.token(), chance.token()
        url = prepare_grant_uri(
            known.authorization_endpoint,
            client_id=self._us.client_id,
            response_type="code",
            redirect_uri=self._us.redirect_uri,
            scope=" ".join(self._us.scopes),
            state=state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
            acr_values=" ".join(self._us.acr_values) or None,
            max_age=None if self._us.max_age_s is None else str(self._us.max_age_s),
        )
        return Begun(url, state, nonce, verifier)

    def finish(self, begun: Begun, query: Mapping[str, str], now: datetime) -> Identity | Refused:
        """The officer who comes back with these parameters of the redirect URI, or why nobody is signed in."""
        if not _same(query.get("state", ""), begun.state):
            return Refused(Code.STATE)  # before anything is asked: a stranger's answer costs no call
        known = self._directory.known()
        if isinstance(known, Refused):
            return known
        code = _code_of(query, known, self._us)
        if isinstance(code, Refused):
            return code
        ticket = Ticket(code, begun.verifier, now)
        token = id_token_for(ticket, known.token_endpoint, us=self._us, channel=self._channel)
        if isinstance(token, Refused):
            return token
        claims = self._judged(token, known, Expected(self._us, begun.nonce, now))
        if isinstance(claims, Refused):
            return claims
        return identity_of(claims, issuer=self._us.issuer, app=self._us.app)

    def end_url(self, back_to: str) -> str | None:
        """Where the browser signs out at the provider and comes back from; None where it has no such place, or is down.

        No token is handed in as a hint, because none is kept: a provider may ask the person to confirm.
        """
        known = self._directory.known()
        if isinstance(known, Refused) or known.end_session_endpoint is None:
            return None
        asked = [("client_id", self._us.client_id), ("post_logout_redirect_uri", back_to)]
        return str(add_params_to_uri(known.end_session_endpoint, asked))

    def _judged(self, token: object, known: Metadata, expected: Expected) -> Mapping[str, object] | Refused:
        """The claims; keys that changed since they were read are read again."""
        claims = claims_of(token, known.keys, expected)
        if claims != Refused(Code.KEY):
            return claims
        newer = self._directory.newer(expected.now)
        return newer if isinstance(newer, Refused) else claims_of(token, newer.keys, expected)


def _code_of(query: Mapping[str, str], known: Metadata, us: Registration) -> str | Refused:
    """The one-time code of an answer that is this provider's (RFC 9207); its errors are judged no sooner."""
    named = query.get("iss")
    if named is None and known.names_itself:
        return Refused(Code.ISSUER)
    if named is not None and not _same(named, us.issuer):
        return Refused(Code.ISSUER)
    if "error" in query:
        return Refused(ERRORS.get(query["error"], Code.PROVIDER_REFUSED))
    code = query.get("code", "")
    if not code or len(code) > LONGEST_CODE or not (code.isascii() and code.isprintable()):
        return Refused(Code.ANSWER)
    return code


def _same(one: str, other: str) -> bool:
    """Compared in constant time. Two empty texts are not the same: nothing proves nothing."""
    ours = other.encode()
    return bool(ours) and hmac.compare_digest(one.encode(errors="surrogatepass"), ours)
