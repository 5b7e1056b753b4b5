"""Is this the same person? Keys to search by and a comparison for a human to judge (domain B1-13, B4).

A match never decides anything: it sends the request to review. The keys are plain text and personal;
whoever stores them must pass them through a keyed hash first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from identity.dates import PartialDate
from identity.transliteration import folded, plain

# Written-together sounds of European spellings, longest first, so that Kowalski meets Kovalsky.
_SOUNDS = (
    ("TSCH", "S"), ("SHCH", "S"), ("SCH", "S"), ("TCH", "S"), ("SH", "S"), ("CH", "S"), ("CZ", "S"), ("CS", "S"),
    ("SZ", "S"), ("RZ", "S"), ("ZH", "S"), ("TZ", "S"), ("TS", "S"), ("DZ", "S"), ("PH", "F"), ("TH", "T"),
    ("DT", "T"), ("CK", "K"), ("GH", "G"), ("KH", "H"), ("QU", "K"), ("Q", "K"), ("X", "KS"), ("W", "V"), ("Z", "S"),
    ("J", "I"), ("Y", "I"),
)  # fmt: skip
_PARTICLE_WORDS = "VAN VON VOM ZU DE DEN DER DES DU DI DA DO DOS DAS DEL LA LE LES EL AL BIN BEN IBN TER TEN"
_PARTICLES = frozenset(_PARTICLE_WORDS.split())
_SOFT_C = re.compile(r"C(?=[EI])")
_REPEATED = re.compile(r"(.)\1+")
_VOWELS = re.compile(r"[AEIOU]")


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonData:
    """What two records about one person can be compared on."""

    family_name: str = field(repr=False)
    given_names: str = field(repr=False)
    birth_date: PartialDate
    sex: str = field(repr=False, default="unknown")
    birth_country: str | None = field(repr=False, default=None)
    birth_place: str | None = field(repr=False, default=None)


@dataclass(frozen=True, slots=True)
class Match:
    """How alike two persons are, 0 to 100, with the fields that agree and those that differ."""

    score: int
    same: tuple[str, ...]
    differing: tuple[str, ...]


_WEIGHTS = {"family_name": 35, "given_names": 20, "birth_date": 30, "sex": 5, "birth_country": 4, "birth_place": 6}


def phonetic(name: str) -> str:
    """Return the consonant skeleton of a name: equal for spellings that sound alike across Europe."""
    letters = folded(name).replace(" ", "")
    for written, sound in _SOUNDS:
        letters = letters.replace(written, sound)
    letters = _SOFT_C.sub("S", letters).replace("C", "K").replace("H", "")
    letters = _REPEATED.sub(r"\1", letters)
    skeleton = _VOWELS.sub("", letters)
    # A final D sounds as T (Dupond, Dupont); a name without consonants keeps its letters.
    skeleton = re.sub(r"D$", "T", skeleton) or letters
    return ("A" if _VOWELS.match(letters) and skeleton != letters else "") + _REPEATED.sub(r"\1", skeleton)


def search_keys(family_name: str, birth_year: int) -> tuple[str, ...]:
    """Return the keys under which a person is found again: one for the whole name and one for each long part."""
    parts = [part for part in plain(family_name).split() if part not in _PARTICLES]
    wholes = [family_name, " ".join(parts), *(part for part in parts if len(part) > 2)]
    return tuple(sorted({f"{phonetic(name)}|{birth_year:04d}" for name in wholes if name.strip()}))


def person_key(family_name: str, given_name: str, birth_date: PartialDate) -> str:
    """Return the key that tells a person's own older record from somebody else's (domain B4, AM3-2)."""
    first_given = folded(given_name).split()[:1]
    return "|".join((folded(family_name).replace(" ", ""), "".join(first_given), str(birth_date)))


def compare(ours: PersonData, theirs: PersonData) -> Match:
    """Compare two persons field by field; a field one side does not know counts neither way."""
    verdicts = {
        "family_name": _same_name(ours.family_name, theirs.family_name),
        "given_names": _same_given(ours.given_names, theirs.given_names),
        "birth_date": ours.birth_date.agrees_with(theirs.birth_date),
        "sex": _same_known(_known_sex(ours.sex), _known_sex(theirs.sex)),
        "birth_country": _same_known(ours.birth_country, theirs.birth_country),
        "birth_place": _same_known(_place(ours.birth_place), _place(theirs.birth_place)),
    }
    same = tuple(name for name, verdict in verdicts.items() if verdict is True)
    differing = tuple(name for name, verdict in verdicts.items() if verdict is False)
    known = sum(_WEIGHTS[name] for name in same + differing)
    return Match(round(100 * sum(_WEIGHTS[name] for name in same) / known), same, differing)


def _same_name(ours: str, theirs: str) -> bool:
    # A shared part is enough: of García Márquez many a register holds only García.
    return bool(set(search_keys(ours, 0)) & set(search_keys(theirs, 0)))


def _same_given(ours: str, theirs: str) -> bool:
    # Documents give all first names, people give one: one shared name is enough.
    return bool(_sounds_of(ours) & _sounds_of(theirs)) or phonetic(ours) == phonetic(theirs)


def _sounds_of(names: str) -> frozenset[str]:
    return frozenset(phonetic(name) for name in plain(names).split())


def _known_sex(sex: str) -> str | None:
    return sex if sex in ("F", "M") else None


def _place(place: str | None) -> str | None:
    return folded(place) if place else None


def _same_known(ours: str | None, theirs: str | None) -> bool | None:
    return None if ours is None or theirs is None else ours == theirs
