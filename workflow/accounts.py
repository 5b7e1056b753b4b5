"""User name and password of an applicant's profile: the rules, every breach at once (B2-11; NIST 800-63B, OWASP ASVS 6.2).

The password itself is hashed behind the port `Secrets`; nothing here keeps it.
"""

from __future__ import annotations

import unicodedata
from uuid import UUID

from workflow.errors import FieldError, InvalidSubmission
from workflow.ports import UnitOfWork

SHORTEST, LONGEST = 12, 128  # characters; 8 is the floor with a second factor, we ask for more
NAME_SHORTEST, NAME_LONGEST = 4, 64
COMMON = frozenset({
    "password1234", "passwordpassword", "123456789012", "1234567890123", "qwertyuiop12", "qwertyuiopas", "azertyuiop12",
    "wachtwoord123", "motdepasse123", "passwort1234", "letmeinletmein", "iloveyou1234", "welkom123456", "bienvenue123",
    "welcome12345", "administrator",
})  # fmt: skip


def normalised(password: str) -> str:
    """The password in the form that is hashed (NFKC, so that every keyboard gives the same)."""
    return unicodedata.normalize("NFKC", password)


def name_key(username: str) -> str:
    """The user name as it is compared."""
    return unicodedata.normalize("NFKC", username).casefold()


def judge(uow: UnitOfWork, case_id: UUID, *, username: str | None, password: str | None) -> None:
    """Judge a first user name and password. Raises: InvalidSubmission with every breach."""
    wrong = [*_name_faults(uow, case_id, username), *_password_faults(password, username or "")]
    if wrong:
        raise InvalidSubmission(tuple(wrong))


def _name_faults(uow: UnitOfWork, case_id: UUID, username: str | None) -> list[FieldError]:
    if not username or not NAME_SHORTEST <= len(username) <= NAME_LONGEST:
        return [
            FieldError("username", "length", f"Choose a user name of {NAME_SHORTEST} to {NAME_LONGEST} characters.")
        ]
    if not all(char.isalnum() or char in "._-@+" for char in username):
        return [FieldError("username", "characters", "Use letters, digits and . _ - @ + in the user name.")]
    if [other for other in uow.people.find("username", (name_key(username),)) if other != case_id]:
        return [FieldError("username", "taken", "This user name is taken. Choose another one.")]
    return []


def _password_faults(password: str | None, username: str) -> list[FieldError]:
    plain = normalised(password or "")
    if not SHORTEST <= len(plain) <= LONGEST:
        return [FieldError("password", "length", f"Choose a password of {SHORTEST} to {LONGEST} characters.")]
    folded = plain.casefold()
    if folded in COMMON or len(set(folded)) < 5:
        return [
            FieldError("password", "common", "This password is too easy to guess. Choose a longer or less usual one.")
        ]
    if "bisdesk" in folded or (len(username) >= NAME_SHORTEST and username.casefold() in folded):
        return [
            FieldError("password", "context", "Leave your user name and the name of this service out of the password.")
        ]
    return []
