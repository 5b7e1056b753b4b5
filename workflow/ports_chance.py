"""The ports of chance and of what is made from it: identifiers, tokens, keyed hashes, one-time codes.

A seeded and a real one stand behind each.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol
from uuid import UUID


class Chance(Protocol):
    """Randomness, handed in; a seeded one replays a whole story."""

    def uuid(self, now: datetime) -> UUID:
        """A UUIDv7 of this instant."""

    def pick(self, alphabet: str, length: int) -> str:
        """Characters drawn evenly from an alphabet."""

    def token(self) -> str:
        """256 random bits, base64url without padding."""


class Secrets(Protocol):
    """Keyed hashes of what must never be stored (I6)."""

    def token_digest(self, token: str, *, purpose: str) -> bytes:
        """HMAC-SHA-256 of a link token or one-time code."""

    def hash_code(self, code: str, *, case_id: UUID) -> str:
        """argon2id over a peppered HMAC of the normalised activation code; slow, call it outside a transaction."""

    def code_matches(self, code: str, digest: str, *, case_id: UUID) -> bool:
        """Constant-time comparison; slow, call it outside a transaction."""

    def hash_password(self, password: str) -> str:
        """argon2id over a peppered HMAC; slow."""

    def password_matches(self, password: str, digest: str) -> bool:
        """Constant-time comparison; slow."""

    def is_guessable(self, password: str, *, knowing: tuple[str, ...]) -> bool:
        """Whether somebody who knows these words and the lists of common passwords soon finds it."""


class OneTimeCodes(Protocol):
    """RFC 6238 codes of the app key (D5)."""

    def new_secret(self, chance: Chance) -> str:
        """A base-32 secret of 160 bits."""

    def uri(self, secret: str, *, account: str, issuer: str) -> str:
        """The otpauth URI of a secret."""

    def step_of(self, secret: str, code: str, *, now: datetime) -> int | None:
        """The time step (one of now-1, now, now+1) whose code this is, or None."""
