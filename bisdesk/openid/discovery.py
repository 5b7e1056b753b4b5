"""What the provider publishes about itself: its endpoints and its keys, read once and kept in memory.

They are read again when a token is signed with a key that is not among them, and no more often than once a minute.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from joserfc.errors import JoseError
from joserfc.jwk import KeySet, KeySetSerialization

from bisdesk.openid.channel import Channel
from bisdesk.openid.outcomes import Code, Refused
from bisdesk.openid.registration import Registration, may_be_called

WELL_KNOWN = "/.well-known/openid-configuration"
BETWEEN_READINGS = timedelta(seconds=60)
NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
MOST_KEYS = 50
LONGEST_WORD = 20


@dataclass(frozen=True, slots=True)
class Metadata:
    """The published facts that a sign-in needs."""

    authorization_endpoint: str
    token_endpoint: str
    end_session_endpoint: str | None
    names_itself: bool  # it puts `iss` into every answer (RFC 9207)
    keys: KeySet = field(repr=False)
    signs_with: tuple[str, ...] = ()  # the algorithms that it says its proofs are signed with


class Directory:
    """The published facts of one provider, kept."""

    def __init__(self, channel: Channel, registration: Registration) -> None:
        self._channel, self._registration = channel, registration
        self._known: Metadata | None = None
        self._read_again: datetime | None = None
        self._reading = Lock()

    def known(self) -> Metadata | Refused:
        """What is kept, or what is read now; a provider that is down is asked again the next time."""
        return self._known or self._read()

    def newer(self, now: datetime) -> Metadata | Refused:
        """What is published now, unless it was read again within the last minute: then what is kept."""
        with self._reading:  # who waits here finds what the first one has read
            if self._read_again is not None and abs(now - self._read_again) < BETWEEN_READINGS:
                return self.known()
            self._read_again = now
            return self._read()

    def _read(self) -> Metadata | Refused:
        found = read_metadata(self._channel, self._registration)
        if isinstance(found, Metadata):
            self._known = found
        return found


def read_metadata(channel: Channel, registration: Registration) -> Metadata | Refused:
    """The endpoints and keys that the provider publishes now."""
    about = channel.document(registration.issuer.rstrip("/") + WELL_KNOWN)
    if isinstance(about, Refused):
        return about
    if about.get("issuer") != registration.issuer:
        return Refused(Code.ISSUER)
    if not all(may_be_called(about.get(name)) for name in NEEDED):
        return Refused(Code.PROVIDER_WRONG)
    published = channel.document(str(about["jwks_uri"]))
    if isinstance(published, Refused):
        return published
    keys = keys_of(published, algorithm=registration.algorithm)
    if isinstance(keys, Refused):
        return keys
    end = about.get("end_session_endpoint")
    return Metadata(
        authorization_endpoint=str(about["authorization_endpoint"]),
        token_endpoint=str(about["token_endpoint"]),
        end_session_endpoint=str(end) if may_be_called(end) else None,
        names_itself=about.get("authorization_response_iss_parameter_supported") is True,
        keys=keys,
        signs_with=_words(about.get("id_token_signing_alg_values_supported")),
    )


def keys_of(published: Mapping[str, object], *, algorithm: str) -> KeySet | Refused:
    """The published keys that can have made a signature of this kind; the others are not even looked at."""
    listed = published.get("keys")
    kind = "EC" if algorithm.startswith("ES") else "RSA"
    fitting = [key for key in listed if _fits(key, kind)] if isinstance(listed, list) else []
    try:
        return KeySet.import_key_set(KeySetSerialization(keys=fitting[:MOST_KEYS]))
    except (JoseError, ValueError, TypeError, KeyError):
        return Refused(Code.PROVIDER_WRONG)


def _words(listed: object) -> tuple[str, ...]:
    words = listed[:MOST_KEYS] if isinstance(listed, list) else []
    return tuple(word for word in words if isinstance(word, str) and word.isalnum() and len(word) <= LONGEST_WORD)


def _fits(key: object, kind: str) -> bool:
    return isinstance(key, dict) and key.get("kty") == kind and key.get("use", "sig") == "sig"
