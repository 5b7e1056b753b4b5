"""Blind indexes: keyed digests by which a value is found again without being kept (I6)."""

from __future__ import annotations

from store.keyring import Keyring

INSZ = "insz"
KEPT = frozenset({INSZ})  # the keyed hash of the number outlives the person (B1-23)


def entry(keyring: Keyring, name: str, value: str) -> bytes:
    """The digest under which a value is indexed; each index has its own key, so entries of two never compare."""
    return keyring.digest(f"index/{name}/v1", value)


def owner(keyring: Keyring, person_key: str) -> bytes:
    """The digest of the person who holds an address or a number (AM3-2)."""
    return keyring.digest("owner/v1", person_key)
