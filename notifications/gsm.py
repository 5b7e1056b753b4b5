"""How many SMS segments a text takes (GSM 03.38), and which characters make it dear.

It knows nothing of messages; names never go in an SMS, because one letter outside the alphabet turns the whole text into UCS-2.
"""

from __future__ import annotations

from collections.abc import Iterable

SINGLE_GSM7, PART_GSM7 = 160, 153  # septets; a part of a longer text loses seven to its header (D9)
SINGLE_UCS2, PART_UCS2 = 70, 67  # UTF-16 code units (D9)
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")  # each is an escape and a letter: two septets


def offending(text: str) -> tuple[str, ...]:
    """The characters outside the GSM alphabet, each once, in the order in which they stand."""
    return tuple(dict.fromkeys(char for char in text if char not in _BASIC and char not in _EXTENDED))


def is_gsm7(text: str) -> bool:
    """Whether the whole text fits the GSM alphabet."""
    return not offending(text)


def septets(text: str) -> int:
    """The length of a GSM text in septets; Raises: ValueError for a character outside the alphabet."""
    if not is_gsm7(text):
        raise ValueError("the text holds characters outside the GSM alphabet")
    return sum(2 if char in _EXTENDED else 1 for char in text)


def segments(text: str) -> int:
    """How many segments a provider bills for this text; an empty one counts as one."""
    if is_gsm7(text):
        sizes = [2 if char in _EXTENDED else 1 for char in text]
        return _packed(sizes, single=SINGLE_GSM7, part=PART_GSM7)
    return _packed([1 if ord(char) < 0x10000 else 2 for char in text], single=SINGLE_UCS2, part=PART_UCS2)


def _packed(sizes: Iterable[int], *, single: int, part: int) -> int:
    """Parts needed when no character may be cut in two."""
    sizes = list(sizes)
    if sum(sizes) <= single:
        return 1
    parts, room = 1, part
    for size in sizes:
        if size > room:
            parts, room = parts + 1, part
        room -= size
    return parts
