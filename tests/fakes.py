"""Stand-ins that implement the ports: quick, repeatable, and told what to do; never patched into anything."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from bisdesk.chance import SeededChance
from bisdesk.clock import VirtualClock as Clock
from workflow.identity_register import Found, RegisterAnswer, RegisterPerson
from workflow.ports_chance import Chance

__all__ = [
    "Clock",
    "DyingSecrets",
    "FakeOtp",
    "Killed",
    "PlainSecrets",
    "ScriptedRegister",
    "SeededChance",
    "secret_of",
]

BASE_32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
STEP_S = 30


class PlainSecrets:
    """The port `Secrets` without its cost: one round of a keyed hash."""

    def token_digest(self, token: str, *, purpose: str) -> bytes:
        """A keyed digest that differs for every purpose."""
        return hmac.digest(b"tests only", f"{purpose}:{token}".encode(), hashlib.sha256)

    def hash_code(self, code: str, *, case_id: UUID) -> str:
        """A digest bound to the case."""
        return self.token_digest(f"{case_id}:{code}", purpose="code").hex()

    def code_matches(self, code: str, digest: str, *, case_id: UUID) -> bool:
        """Whether the digest is of this code and case."""
        return hmac.compare_digest(self.hash_code(code, case_id=case_id), digest)

    def hash_password(self, password: str) -> str:
        """A digest."""
        return self.token_digest(password, purpose="password").hex()

    def password_matches(self, password: str, digest: str) -> bool:
        """Whether the digest is of this password."""
        return hmac.compare_digest(self.hash_password(password), digest)

    def is_guessable(self, password: str, *, knowing: tuple[str, ...]) -> bool:
        """Whether it is one of the known words with little more, or few different characters."""
        return len(set(password)) < 5 or any(len(password.replace(word, "")) < 5 for word in knowing if word)


class Killed(Exception):
    """The worker died."""


class DyingSecrets(PlainSecrets):
    """Secrets of a worker that is killed while it compares."""

    def code_matches(self, code: str, digest: str, *, case_id: UUID) -> bool:
        """Never answers."""
        raise Killed


class FakeOtp:
    """The port `OneTimeCodes` with the shape of RFC 6238: steps of thirty seconds, one step of drift."""

    def new_secret(self, chance: Chance) -> str:
        """A base-32 secret of 160 bits."""
        return chance.pick(BASE_32, 32)

    def uri(self, secret: str, *, account: str, issuer: str) -> str:
        """The otpauth URI of a secret."""
        return f"otpauth://totp/{issuer}:{account}?secret={secret}&issuer={issuer}"

    def step_of(self, secret: str, code: str, *, now: datetime) -> int | None:
        """The step whose code this is, one to either side of now."""
        at = self.step(now)
        return next((step for step in (at - 1, at, at + 1) if self.code(secret, step) == code), None)

    def step(self, now: datetime) -> int:
        """The time step of an instant."""
        return int(now.timestamp()) // STEP_S

    def code(self, secret: str, step: int) -> str:
        """What the app shows during a step."""
        digest = hmac.digest(secret.encode(), str(step).encode(), hashlib.sha256)
        return f"{int.from_bytes(digest[:4]) % 10**6:06d}"


class ScriptedRegister:
    """The port `IdentityRegister` that says what it was told, in that order, and remembers what it was asked.

    An error among the answers is raised: a register that breaks down.
    """

    def __init__(
        self,
        *,
        searches: Iterable[RegisterAnswer | Exception] = (),
        creations: Iterable[RegisterAnswer | Exception] = (),
        manual: bool = False,
    ) -> None:
        self.manual = manual
        self.searched: list[RegisterPerson] = []
        self.created: list[tuple[RegisterPerson, str, bool]] = []
        self._searches = list(searches)
        self._creations = list(creations)

    def search(self, person: RegisterPerson) -> RegisterAnswer:
        """The next scripted answer; nobody is found once they are used up."""
        self.searched.append(person)
        return _said(self._searches.pop(0)) if self._searches else Found()

    def create(self, person: RegisterPerson, *, idempotency_key: str, confirmed_distinct: bool) -> RegisterAnswer:
        """The next scripted answer. Raises: AssertionError for a creation that nobody expected."""
        self.created.append((person, idempotency_key, confirmed_distinct))
        assert self._creations, "the register was asked to create, and no test expected it"
        return _said(self._creations.pop(0))

    @property
    def keys_used(self) -> list[str]:
        """The idempotency keys of the creations, in order."""
        return [key for _, key, _ in self.created]


def _said(answer: RegisterAnswer | Exception) -> RegisterAnswer:
    if isinstance(answer, Exception):
        raise answer
    return answer


def secret_of(uri: str) -> str:
    """The secret that an otpauth URI carries to the app."""
    return parse_qs(urlsplit(uri).query)["secret"][0]
