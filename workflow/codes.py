"""Activation codes, link tokens and references: made, normalised, judged on their form; never stored or compared here in the clear.

The keyed hashes stand behind the port `Secrets`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from workflow.calendar import brussels_date
from workflow.ports_chance import Chance, Secrets
from workflow.ports_entry import LinkPurpose

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford base-32: no I, L, O, U (B3b, REC)
CODE_LENGTH = 20  # 3.38: four groups of five
OTP_LENGTH = 6
OTP = "otp"  # the purpose of a one-time code's digest; those of links stand with the links
_LOOK_ALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})
_ALLOWED = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_HYPHENS = "-‐‑‒–—−"


def new_code(chance: Chance) -> str:
    """Twenty characters of the alphabet: 100 bits."""
    return chance.pick(ALPHABET, CODE_LENGTH)


def new_otp(chance: Chance) -> str:
    """Six digits (D5)."""
    return chance.pick("0123456789", OTP_LENGTH)


def normalise(typed: str) -> str | None:
    """The code as it is compared, or None for input that is no code and costs no try (B3b, B4).

    Upper-cased, spaces and hyphens dropped, O read as 0, I and L as 1; what is then 20 characters of A-Z0-9 is an attempt.
    """
    if len(typed) > 20 * CODE_LENGTH:
        return None
    folded = unicodedata.normalize("NFKC", typed)
    kept = "".join(char for char in folded if not char.isspace() and char not in _HYPHENS)
    if not kept.isascii():  # a letter such as ß has a capital of A-Z, and is none
        return None
    kept = kept.upper()
    if len(kept) != CODE_LENGTH or not _ALLOWED.issuperset(kept):
        return None
    return kept.translate(_LOOK_ALIKES)


def grouped(code: str) -> str:
    """Four groups of five, as the SMS prints it (3.38)."""
    return " ".join(code[i : i + 5] for i in range(0, len(code), 5))


@dataclass(frozen=True, slots=True)
class Minted:
    """A fresh link and code of one activation: secrets for the outbox, hashes for the row; made outside a transaction."""

    case_id: UUID
    at: datetime
    token: str = field(repr=False)
    link_digest: bytes = field(repr=False)
    code: str = field(repr=False)
    code_hash: str = field(repr=False)


def mint(case_id: UUID, *, now: datetime, chance: Chance, secrets: Secrets) -> Minted:
    """A link token of 256 bits and a code, with their keyed hashes; slow because of the code's hash."""
    token, code = chance.token(), new_code(chance)
    return Minted(
        case_id,
        now,
        token,
        secrets.token_digest(token, purpose=LinkPurpose.ACTIVATION),
        code,
        secrets.hash_code(code, case_id=case_id),
    )


def new_ref(prefix: str, *, now: datetime, chance: Chance, taken: Callable[[str], bool]) -> str:
    """A reference such as BR-2026-00042-7Q: drawn, not counted, so it tells nothing and is hard to guess."""
    year = brussels_date(now).year
    while True:
        ref = f"{prefix}-{year}-{chance.pick('0123456789', 5)}-{chance.pick(ALPHABET, 2)}"
        if not taken(ref):
            return ref
