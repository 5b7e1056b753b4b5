"""What was agreed with the provider: who it is, who we are to it, what is asked and what is believed.

A value, and the rule of which addresses may be called; it calls nobody.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")  # never a shared secret


@dataclass(frozen=True, slots=True)
class Registration:
    """This desk as it is registered with its provider of identities."""

    issuer: str  # exactly as the provider writes it
    client_id: str
    secret: str = field(repr=False)  # a shared secret, or a private key in PEM: then we sign instead of telling it
    redirect_uri: str
    app: str = "bisdesk"  # the roles stand in `<app>_rol_3d`
    scopes: tuple[str, ...] = ("openid", "profile", "vo", "bisdesk")
    acr_values: tuple[str, ...] = ()  # what is asked for, and all that is believed; none: any way of signing in will do
    max_age_s: int | None = None  # how long ago the person may have signed in at the provider
    algorithm: str = "RS256"

    @property
    def signs(self) -> bool:
        """Whether we prove who we are with a key of our own (private_key_jwt)."""
        return self.secret.lstrip().startswith("-----BEGIN ")


def may_be_called(address: object) -> bool:
    """Whether an address is one that secrets may travel to: encrypted, or on this very machine."""
    if not isinstance(address, str):
        return False
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    if not host or parts.username or parts.password or parts.fragment or not address.isprintable():
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))


def is_loopback(host: str) -> bool:
    """Whether a host name is this machine, without asking anybody."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
