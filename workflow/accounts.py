"""User name and password of an applicant's profile: the rules, every breach at once (B2-11; NIST 800-63B, OWASP ASVS 6.2).

The password itself is hashed behind the port `Secrets`; nothing here keeps it.
"""

from __future__ import annotations

import re
import unicodedata
from uuid import UUID

from workflow.errors import FieldError
from workflow.model import Holder
from workflow.ports import UnitOfWork
from workflow.ports_chance import Secrets

SHORTEST, LONGEST = 12, 128  # characters; 8 is the floor with a second factor, we ask for more
NAME_SHORTEST, NAME_LONGEST = 4, 64
OURS = ("bisdesk", "vlaanderen", "flanders", "digitale sleutel", "digital key")  # what this service makes one think of
OF_FOUR_LANGUAGES = (  # beside the lists of common passwords and words, which are mostly English
    "wachtwoord", "welkom", "zonnebloem", "motdepasse", "bienvenue", "soleil", "passwort", "willkommen", "sonnenschein",
    "azertyuiop", "qwertzuiop", "koekjes", "liefde", "doudou", "chouchou", "schatzi",
)  # fmt: skip
TAKEN = "This user name is taken. Choose another one."


def normalised(password: str) -> str:
    """The password in the form that is hashed (NFKC, so that every keyboard gives the same)."""
    return unicodedata.normalize("NFKC", password)


def name_key(username: str) -> str:
    """The user name as it is compared."""
    return unicodedata.normalize("NFKC", username).casefold()


def name_faults(uow: UnitOfWork, case_id: UUID, username: str | None) -> list[FieldError]:
    """What is wrong with a first user name; nothing, where the list is empty."""
    if not username or not NAME_SHORTEST <= len(username) <= NAME_LONGEST:
        return [
            FieldError("username", "length", f"Choose a user name of {NAME_SHORTEST} to {NAME_LONGEST} characters.")
        ]
    if not all(char.isalnum() or char in "._-@+" for char in username):
        return [FieldError("username", "characters", "Use letters, digits and . _ - @ + in the user name.")]
    if [other for other in uow.people.find("username", (name_key(username),)) if other != case_id]:
        return [FieldError("username", "taken", TAKEN)]
    return []


def password_faults(
    password: str | None, username: str, *, holder: Holder | None, secrets: Secrets
) -> list[FieldError]:  # fmt: skip
    """What is wrong with a first password; slow, call it outside a transaction."""
    plain = normalised(password or "")
    if not SHORTEST <= len(plain) <= LONGEST:
        return [FieldError("password", "length", f"Choose a password of {SHORTEST} to {LONGEST} characters.")]
    folded = plain.casefold()
    own = _words_of(username, holder)
    if any(word in folded for word in (*OURS[:1], *own)):
        sentence = "Leave your name, your user name, your address and the name of this service out of the password."
        return [FieldError("password", "context", sentence)]
    if secrets.is_guessable(folded, knowing=(*own, *OURS, *OF_FOUR_LANGUAGES)):
        return [
            FieldError("password", "common", "This password is too easy to guess. Choose a longer or less usual one.")
        ]
    return []


def _words_of(username: str, holder: Holder | None) -> tuple[str, ...]:
    """What everybody knows who knows the person: names, user name, address; too short a word is in every text."""
    known = [name_key(username)]
    if holder is not None:
        names = f"{holder.given_name} {holder.family_name} {holder.email.rpartition('@')[0]}"
        known += re.split(r"[\W_\d]+", name_key(names))
    return tuple(word for word in known if len(word) >= NAME_SHORTEST)
