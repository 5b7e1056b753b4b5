"""Name fields as they stand in the document: any script, up to 200 characters (ux: at least 100)."""

from __future__ import annotations

from identity.problems import Problem
from identity.text import clean_text, refuse_web_address

LONGEST_NAME = 200


def parse_name(text: str) -> str:
    """Return a name in NFC with single spaces.

    Raises: Problem for an empty, too long or unsafe text, a web address, or a text without any letter.
    """
    name = refuse_web_address(clean_text(text, longest=LONGEST_NAME))
    if not any(char.isalpha() for char in name):
        raise Problem("no_letter", "A name holds at least one letter; copy it from the document.")
    return name


def initials(*names: str) -> str:
    """Return the first letters of the names, such as `Z.D.`, for lists where a full name is too much."""
    words = [word for name in names for word in name.replace("-", " ").split()]
    letters = [next((char for char in word if char.isalpha()), "") for word in words]
    return "".join(f"{letter.upper()}." for letter in letters if letter)
