"""How officers come in, by the settings: through a provider of identities, by a development sign-in, or not at all.

It reads and judges what begins with `OIDC_`; it asks no provider.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from bisdesk.openid.registration import ALGORITHMS, Registration, may_be_called
from bisdesk.settings_reader import PREFIX, Reader

OFF = "off"
REDIRECT_PATH = "/desk/sign-in/return"  # below BASE_URL; registered with the provider letter by letter
NAMES = (
    "OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_APP", "OIDC_SCOPES", "OIDC_ACR", "OIDC_MAX_AGE_S", "OIDC_ALGORITHM",
)  # fmt: skip
NATIONAL_NUMBER = "rrn"  # a scope that is never asked for: the desk does not need to know it
APP = re.compile(r"[A-Za-z0-9_-]{1,64}")
WORD = re.compile(r"[\x21\x23-\x2b\x2d-\x5b\x5d-\x7e]{1,255}")  # RFC 6749, 3.3, without the comma that parts them here


class Door(StrEnum):
    """How officers come in."""

    OPENID = "openid"
    DEVELOPMENT = "development"  # demo and test only: whoever is chosen from a list
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Desk:
    """The desk of one installation."""

    door: Door = Door.CLOSED
    registration: Registration | None = None  # with `Door.OPENID` only


CLOSED_DESK = Desk()


def read_desk(given: Reader, *, base: str) -> Desk:
    """How officers come in; what is wrong is collected in the reader. `base` is where they reach the desk."""
    issuer = given.text("OIDC_ISSUER")
    if issuer == OFF:
        return CLOSED_DESK
    client_id, secret = given.text("OIDC_CLIENT_ID"), given.text("OIDC_CLIENT_SECRET")
    if not issuer:
        if client_id or secret:
            given.wrong.append(f"{PREFIX}OIDC_ISSUER must name the provider that {PREFIX}OIDC_CLIENT_... belong to.")
        return Desk(Door.DEVELOPMENT)
    app = given.text("OIDC_APP", "bisdesk")
    registration = Registration(
        issuer=issuer,
        client_id=client_id,
        secret=secret,
        redirect_uri=base + REDIRECT_PATH,
        app=app,
        scopes=given.words("OIDC_SCOPES", f"openid,profile,vo,{app}"),
        acr_values=given.words("OIDC_ACR"),
        max_age_s=given.number("OIDC_MAX_AGE_S", 0, least=0, most=86_400) or None,
        algorithm=given.one_of("OIDC_ALGORITHM", "RS256", ALGORITHMS),
    )
    given.wrong += [PREFIX + sentence for sentence in _wrong(registration)]
    return Desk(Door.OPENID, registration)


def desk_unfit_for_live(desk: Desk, given: Reader) -> Iterator[str]:
    """What a desk for real people must not be: open to whoever chooses a name, or with a secret that others can read."""
    if desk.door is Door.DEVELOPMENT:
        yield (
            f"{PREFIX}OIDC_ISSUER must name the provider that officers sign in with, such as "
            f"https://authenticatie.vlaanderen.be/op, or be the word {OFF}: then the desk is closed."
        )
    if desk.registration and not desk.registration.issuer.startswith("https://"):
        yield f"{PREFIX}OIDC_ISSUER must begin with https://"
    path = given.given.get("OIDC_CLIENT_SECRET_FILE")
    if path and Path(path).exists() and Path(path).stat().st_mode & 0o077:
        yield f"{PREFIX}OIDC_CLIENT_SECRET_FILE can be read by others: chmod 600 {path}"


def _wrong(ours: Registration) -> Iterator[str]:
    if not may_be_called(ours.issuer) or "?" in ours.issuer:
        yield "OIDC_ISSUER must be an address that begins with https://, exactly as the provider writes it."
    if not WORD.fullmatch(ours.client_id):
        yield "OIDC_CLIENT_ID must be the name that the provider gave this desk."
    if not ours.secret:
        yield "OIDC_CLIENT_SECRET_FILE must name a file with the secret of this desk, or its private key."
    elif ours.signs and not _is_private_key(ours.secret):
        yield "OIDC_CLIENT_SECRET_FILE holds no private key of RSA or of an elliptic curve that can be read."
    if not APP.fullmatch(ours.app):
        yield "OIDC_APP must be the name of this application at the provider, such as bisdesk."
    if "openid" not in ours.scopes or not all(WORD.fullmatch(scope) for scope in ours.scopes):
        yield "OIDC_SCOPES must be scopes between commas, openid among them."
    if NATIONAL_NUMBER in ours.scopes:
        yield f"OIDC_SCOPES must not ask for {NATIONAL_NUMBER}: the desk needs no national number of its officers."
    if not all(WORD.fullmatch(value) for value in ours.acr_values):
        yield "OIDC_ACR must be ways of signing in between commas, such as urn:be:vlaanderen:authmech:eid."


def _is_private_key(pem: str) -> bool:
    from bisdesk.openid.exchange import private_key  # costs a quarter of a second, which no other command should pay

    try:
        return private_key(pem) is not None
    except ValueError:
        return False
