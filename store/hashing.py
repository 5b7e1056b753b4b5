"""Keyed hashes of what is never stored: link tokens, activation codes, passwords (I6; trust 2.3, answers 2, 3 and 17)."""

from __future__ import annotations

from uuid import UUID

from argon2 import PasswordHasher, Type
from argon2.exceptions import Argon2Error, InvalidHashError
from zxcvbn import zxcvbn

from store.keyring import Keyring

CODE, PASSWORD = "act-code/v1", "password/v1"
LONGEST_JUDGED = 24  # characters that the meter sees: with more it can be kept busy for seconds
STRONG = 3  # of 0 to 4: from 10^8 guesses on
_CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1, type=Type.ID)
_AS_OWASP_ADVISES = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)
_SEPARATOR = "|"


class Hasher:
    """The port `Secrets`: argon2id over a peppered HMAC, so that a stolen database alone gives nothing to guess at."""

    def __init__(self, keyring: Keyring, *, cheap: bool = False) -> None:
        self._keyring = keyring
        self._argon2 = _CHEAP if cheap else _AS_OWASP_ADVISES

    def token_digest(self, token: str, *, purpose: str) -> bytes:
        """HMAC-SHA-256 of a link token or one-time code; a digest of one purpose never passes for another."""
        return self._keyring.digest(f"token/{purpose}/v1", token)

    def hash_code(self, code: str, *, case_id: UUID) -> str:
        """argon2id over a peppered HMAC of the normalised activation code; slow, call it outside a transaction."""
        return self._hashed(self._keyring.digest(CODE, str(case_id), code))

    def code_matches(self, code: str, digest: str, *, case_id: UUID) -> bool:
        """Constant-time comparison; slow. Raises: Unavailable when the hash was made with another SECRET_KEY."""
        return self._matches(self._keyring.digest(CODE, str(case_id), code), digest)

    def hash_password(self, password: str) -> str:
        """argon2id over a peppered HMAC; slow."""
        return self._hashed(self._keyring.digest(PASSWORD, password))

    def password_matches(self, password: str, digest: str) -> bool:
        """Constant-time comparison; slow. Raises: Unavailable when the hash was made with another SECRET_KEY."""
        return self._matches(self._keyring.digest(PASSWORD, password), digest)

    def is_guessable(self, password: str, *, knowing: tuple[str, ...]) -> bool:
        """Whether a guesser with the lists of common passwords, names and words needs fewer than 10^8 guesses (zxcvbn)."""
        return not password or int(zxcvbn(password[:LONGEST_JUDGED], user_inputs=[*knowing])["score"]) < STRONG

    def _hashed(self, peppered: bytes) -> str:
        """The hash, beside the public id of the key that peppered it."""
        return f"{self._keyring.secret_id}{_SEPARATOR}{self._argon2.hash(peppered)}"

    def _matches(self, peppered: bytes, digest: str) -> bool:
        secret_id, found, argon2_hash = digest.partition(_SEPARATOR)
        if not found:
            return False
        self._keyring.check_secret(secret_id)
        try:
            return self._argon2.verify(argon2_hash, peppered)
        except (Argon2Error, InvalidHashError):
            return False
