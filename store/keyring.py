"""The two keys that live outside the database, and what is derived from them: one sub-key per purpose.

It knows no table; whoever holds only the database can neither open a value nor try numbers against an index.
"""

from __future__ import annotations

import hmac
import os
from functools import lru_cache
from hashlib import sha256
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from workflow.errors import Unavailable

KEY_BYTES = 32
NONCE_BYTES = 12  # of AES-GCM
FORMAT = b"\x01"  # of a sealed value: format, nonce, ciphertext with its tag


class Keyring:
    """SECRET_KEY makes digests (peppers, blind indexes); DATA_KEY wraps the data key of each case. Neither is ever stored."""

    __slots__ = ("_data", "_secret", "_subkeys", "_wrapper", "key_id", "secret_id")

    def __init__(self, secret: bytes, data: bytes) -> None:
        if len(secret) < KEY_BYTES or len(data) < KEY_BYTES:
            raise ValueError(f"Both keys must have at least {KEY_BYTES} bytes: openssl rand -base64 32 > FILE")
        self._secret = secret
        self._data = data
        self._subkeys = lru_cache(maxsize=None)(self._derived)
        self._wrapper = AESGCM(_derive(data, "wrap/v1"))
        self.key_id = _derive(data, "key-id/v1")[:4].hex()  # public: stored beside what the data key wraps
        self.secret_id = _derive(secret, "key-id/v1")[:4].hex()

    def __repr__(self) -> str:
        return f"Keyring(key_id={self.key_id!r}, secret_id={self.secret_id!r})"

    def subkey(self, purpose: str) -> bytes:
        """The 32-byte key of one purpose, derived from SECRET_KEY; a key of one purpose tells nothing about another."""
        return self._subkeys(purpose)

    def digest(self, purpose: str, *parts: str) -> bytes:
        """A keyed digest (HMAC-SHA-256) of parts that cannot run into each other."""
        framed = b"".join(len(part).to_bytes(4, "big") + part for part in (text.encode() for text in parts))
        return hmac.digest(self.subkey(purpose), framed, sha256().name)

    def sealer(self, purpose: str) -> AESGCM:
        """The cipher of what belongs to no case, such as the officers, derived from DATA_KEY."""
        return AESGCM(_derive(self._data, f"seal/{purpose}/v1"))

    def wrap(self, key: bytes, case_id: UUID) -> bytes:
        """The data key of a case as it may be stored."""
        return sealed(self._wrapper, key, context=_wrapping(case_id))

    def unwrap(self, wrapped: bytes, case_id: UUID, *, key_id: str) -> bytes:
        """The data key of a case. Raises: Unavailable when another DATA_KEY wrapped it, or somebody changed it."""
        if key_id != self.key_id:
            raise Unavailable(
                f"The data key does not fit this database: it was written with key {key_id}, this is key {self.key_id}. "
                "Point BISDESK_DATA_KEY_FILE at the right file."
            )
        try:
            return opened(self._wrapper, wrapped, context=_wrapping(case_id))
        except InvalidTag:
            raise Unavailable(
                f"The data key of case {case_id} was changed in the database. Restore it from a backup."
            ) from None

    def check_secret(self, secret_id: str) -> None:
        """Refuse to judge anybody with the wrong SECRET_KEY: every right code would cost a try. Raises: Unavailable."""
        if secret_id != self.secret_id:
            raise Unavailable(
                f"The secret key does not fit this database: it was written with key {secret_id}, this is key "
                f"{self.secret_id}. Point BISDESK_SECRET_KEY_FILE at the right file."
            )

    def _derived(self, purpose: str) -> bytes:
        return _derive(self._secret, purpose)


def sealed(cipher: AESGCM, plain: bytes, *, context: bytes) -> bytes:
    """Ciphertext bound to its context (table, case, path), so that no value can be moved to another place."""
    nonce = os.urandom(NONCE_BYTES)  # not handed in: a nonce that a replayed seed repeats would break the cipher
    return FORMAT + nonce + cipher.encrypt(nonce, plain, FORMAT + context)


def opened(cipher: AESGCM, blob: bytes, *, context: bytes) -> bytes:
    """What was sealed. Raises: InvalidTag for another key or context, or a changed byte."""
    if blob[:1] != FORMAT:
        raise InvalidTag
    return cipher.decrypt(blob[1 : 1 + NONCE_BYTES], blob[1 + NONCE_BYTES :], FORMAT + context)


def _derive(key: bytes, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=f"bisdesk/{purpose}".encode()).derive(key)


def _wrapping(case_id: UUID) -> bytes:
    return b"data-key/" + case_id.bytes
