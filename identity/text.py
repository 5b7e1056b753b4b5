"""Which characters a text may hold before it is stored, shown, mailed or compared.

It knows nothing of the meaning of the text; names.py and the intake add theirs.
"""

from __future__ import annotations

import unicodedata

from identity.problems import Problem

# Zero-width joiner and non-joiner shape letters in Persian and Indic names; every other
# format character (bidi marks, embeddings, overrides, byte order mark) can only mislead a reader.
_ALLOWED_FORMAT = frozenset("\u200c\u200d")
# Letters without ink: a name of fillers would look empty on every page.
_BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_URL_SIGNS = ("://", "www.")


def clean_text(text: str, *, longest: int, multiline: bool = False) -> str:
    """Return the text in NFC with single spaces.

    Raises: Problem `empty`, `too_long` (`longest` in characters) or `unsafe_character`.
    """
    # Length comes first: a text of a megabyte must not be normalised before it is refused.
    if len(text) > longest:
        raise Problem("too_long", f"Use at most {longest} characters.")
    normal = unicodedata.normalize("NFC", text)
    if any(_is_unsafe(char, multiline=multiline) for char in normal):
        raise Problem(
            "unsafe_character",
            "The text holds a control character, a text direction mark or half a character; type it again by hand.",
        )
    lines = [" ".join(line.split()) for line in normal.splitlines()]
    cleaned = "\n".join(lines).strip()
    if not cleaned.strip("\u200c\u200d \n"):
        raise Problem("empty", "Fill in this field.")
    return cleaned


def refuse_web_address(text: str) -> str:
    """Return the text unless it looks like a web address.

    Raises: Problem `web_address`, because the text is repeated in messages, where it would become a link.
    """
    lowered = unicodedata.normalize("NFKC", text).casefold()
    if any(sign in lowered for sign in _URL_SIGNS):
        raise Problem("web_address", "A web address cannot stand here; give the text only.")
    return text


def printable(text: str, *, longest: int) -> str:
    """Return the text cut and made harmless for an error message or a log line."""
    shown = text[: longest + 1]
    safe = "".join(char if char.isprintable() and not _is_unsafe(char) else "?" for char in shown)
    return safe if len(shown) <= longest else safe[:longest] + "..."


def _is_unsafe(char: str, *, multiline: bool = False) -> bool:
    if char == "\n":
        return not multiline
    if char == "\r":
        return not multiline
    category = unicodedata.category(char)
    if category == "Cf":
        return char not in _ALLOWED_FORMAT
    return char in _BLANK_LETTERS or category in {"Cc", "Cs", "Co", "Zl", "Zp"}
