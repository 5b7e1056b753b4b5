"""Names in plain capitals A-Z: the tables of ICAO 9303-3 and the simple dropping of accents.

Two spellings of one name (Müller: MUELLER in a machine readable zone, Muller on a keyboard) come out of two
functions; matching.py and mrz.py decide which of them may meet.
"""

from __future__ import annotations

import unicodedata

# Where ICAO writes more letters than the mere dropping of the accent would leave.
_ICAO = {
    "Ä": "AE", "Å": "AA", "Æ": "AE", "Ð": "D", "Ö": "OE", "Ø": "OE", "Œ": "OE", "Þ": "TH", "Ü": "UE",
    "ẞ": "SS", "Ĳ": "IJ", "Đ": "D", "Ħ": "H", "Ł": "L", "Ŋ": "N", "Ŧ": "T", "Ə": "E", "İ": "I", "ĸ": "Q",
}  # fmt: skip
_PLAIN = {
    "Å": "A", "Æ": "AE", "Ð": "D", "Ø": "O", "Œ": "OE", "Þ": "TH", "ẞ": "SS", "Ĳ": "IJ", "Đ": "D", "Ħ": "H",
    "Ł": "L", "Ŋ": "N", "Ŧ": "T", "Ə": "E", "ĸ": "Q",
}  # fmt: skip
_CYRILLIC = {
    "А": "A", "Б": "B", "В": "V", "Г": "G", "Ґ": "G", "Д": "D", "Ђ": "D", "Е": "E", "Ё": "E", "Є": "IE",
    "Ж": "ZH", "З": "Z", "Ѕ": "DZ", "И": "I", "І": "I", "Ї": "I", "Й": "I", "Ј": "J", "К": "K", "Л": "L",
    "Љ": "LJ", "М": "M", "Н": "N", "Њ": "NJ", "О": "O", "П": "P", "Р": "R", "С": "S", "Т": "T", "Ћ": "C",
    "У": "U", "Ў": "U", "Ф": "F", "Х": "KH", "Ц": "TS", "Ч": "CH", "Џ": "DZ", "Ш": "SH", "Щ": "SHCH",
    "Ъ": "IE", "Ы": "Y", "Ь": "", "Э": "E", "Ю": "IU", "Я": "IA",
}  # fmt: skip
_GREEK_PAIRS = {"ΟΥ": "OU", "ΑΥ": "AV", "ΕΥ": "EV", "ΜΠ": "B", "ΝΤ": "NT", "ΓΓ": "NG", "ΓΚ": "GK", "ΓΧ": "NCH"}
_GREEK = {
    "Α": "A", "Β": "V", "Γ": "G", "Δ": "D", "Ε": "E", "Ζ": "Z", "Η": "I", "Θ": "TH", "Ι": "I", "Κ": "K",
    "Λ": "L", "Μ": "M", "Ν": "N", "Ξ": "X", "Ο": "O", "Π": "P", "Ρ": "R", "Σ": "S", "Τ": "T", "Υ": "Y",
    "Φ": "F", "Χ": "CH", "Ψ": "PS", "Ω": "O",
}  # fmt: skip
_APOSTROPHES = dict.fromkeys(map(ord, "'`´ʹʻʼʽˈ\u2018\u2019\u2032\uff07"))


def icao(name: str) -> str:
    """Return the name as a machine readable zone would write it, with one space between its parts."""
    return _letters(name, _ICAO)


def plain(name: str) -> str:
    """Return the name with accents dropped and nothing added, with one space between its parts."""
    return _letters(name, _PLAIN)


def spellings(name: str) -> frozenset[str]:
    """Return the ways in which one name may be written in A-Z."""
    return frozenset((icao(name), plain(name), folded(name)))


def folded(name: str) -> str:
    """Return one spelling for all: MUELLER, Müller and Muller give the same letters."""
    letters = plain(name)
    for double, single in (("AE", "A"), ("OE", "O"), ("UE", "U"), ("AA", "A")):
        letters = letters.replace(double, single)
    return letters


def _letters(name: str, table: dict[str, str]) -> str:
    capitals = _capitals(name)
    for pair, letters in _GREEK_PAIRS.items():
        capitals = capitals.replace(pair, letters)
    written = "".join(_letter(char, table) for char in capitals)
    return " ".join(written.split())


def _capitals(name: str) -> str:
    # "ß".upper() would give SS already; the capital ẞ keeps the choice with the table.
    composed = unicodedata.normalize("NFC", name).replace("ß", "ẞ").upper()
    # After the capitals, since those of some letters bring an apostrophe along.
    bare = composed.translate(_APOSTROPHES)
    return "".join(char if char in _PLAIN or char in _ICAO else _stripped_greek(char) for char in bare)


def _stripped_greek(char: str) -> str:
    base = unicodedata.normalize("NFD", char)[0]
    return base if base in _GREEK else char


def _letter(char: str, table: dict[str, str]) -> str:
    if "A" <= char <= "Z" or "0" <= char <= "9":
        return char
    for known in (table, _CYRILLIC, _GREEK):
        if char in known:
            return known[char]
    base = unicodedata.normalize("NFKD", char)[0]
    if base != char:
        return "".join(_letter(one, table) for one in base.upper())
    # A letter of a script without a table stays: equal names still meet, and no name folds to nothing.
    return char if char.isalpha() else "" if unicodedata.combining(char) else " "
