"""The machine readable zone: TD1, TD2, TD3 (ICAO 9303) and the French 2x36 of before 2021 (domain D3).

Reading names the fields whose check digit is wrong. A zone never stops a request: what mrz_compare.py finds
becomes a warning to a human.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from identity.problems import Problem

_WEIGHTS = (7, 3, 1)
_ALPHABET = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<")


class ZoneFormat(StrEnum):
    """The shapes a zone can have."""

    TD1 = "td1"
    TD2 = "td2"
    TD3 = "td3"
    FRENCH = "french_2x36"


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """What the zone says, as printed; `wrong_checks` names the fields whose check digit does not fit."""

    format: ZoneFormat
    document_code: str
    issuer: str
    number: str = field(repr=False)
    family_name: str = field(repr=False)
    given_names: str = field(repr=False)
    family_truncated: bool
    given_truncated: bool
    birth_date: str = field(repr=False)
    sex: str = field(repr=False)
    expires_on: str | None = field(repr=False)
    nationality: str | None = field(repr=False)
    wrong_checks: tuple[str, ...]


def check_digit(text: str) -> str:
    """Return the check digit over the text: weights 7-3-1, modulo 10."""
    return str(sum(_value(char) * _WEIGHTS[place % 3] for place, char in enumerate(text)) % 10)


def read_zone(text: str) -> Zone:
    """Read a typed or scanned zone; blanks, line breaks and lower case do not matter.

    Raises: Problem `mrz_characters` or `mrz_length`.
    """
    zone = "".join(text.upper().split())
    if not set(zone) <= _ALPHABET:
        raise Problem("mrz_characters", "A machine readable zone holds only letters A to Z, digits and <.")
    match len(zone):
        case 90:
            return _read_td1(zone[:30], zone[30:60], zone[60:])
        case 88:
            return _read_td3(zone[:44], zone[44:])
        case 72 if zone.startswith("IDFRA"):
            return _read_french(zone[:36], zone[36:])
        case 72:
            return _read_td2(zone[:36], zone[36:])
    raise Problem("mrz_length", "A machine readable zone has 3 lines of 30, or 2 lines of 36 or of 44 signs.")


def _read_td1(line1: str, line2: str, line3: str) -> Zone:
    number, number_right = _document_number(line1[5:14], line1[14], line1[15:30])
    composite = line1[5:30] + line2[0:7] + line2[8:15] + line2[18:29]
    return _zone(
        ZoneFormat.TD1,
        line1,
        names=line3,
        number=number,
        birth=line2[0:6],
        sex=line2[7],
        expiry=line2[8:14],
        nationality=line2[15:18],
        checks=(
            ("number", number_right),
            ("birth_date", _fits(line2[0:6], line2[6])),
            ("expires_on", _fits(line2[8:14], line2[14])),
            ("whole_zone", _fits(composite, line2[29])),
        ),
    )


def _read_td2(line1: str, line2: str) -> Zone:
    number, number_right = _document_number(line2[0:9], line2[9], line2[28:35])
    composite = line2[0:10] + line2[13:20] + line2[21:35]
    return _two_lines(
        ZoneFormat.TD2,
        line1,
        line2,
        number=number,
        checks=(("number", number_right), ("whole_zone", _fits(composite, line2[35]))),
    )


def _read_td3(line1: str, line2: str) -> Zone:
    composite = line2[0:10] + line2[13:20] + line2[21:43]
    personal = line2[28:42]
    personal_right = _fits(personal, line2[42]) or (not personal.strip("<") and line2[42] == "<")
    return _two_lines(
        ZoneFormat.TD3,
        line1,
        line2,
        number=line2[0:9].rstrip("<"),
        checks=(
            ("number", _fits(line2[0:9], line2[9])),
            ("personal_number", personal_right),
            ("whole_zone", _fits(composite, line2[43])),
        ),
    )


def _two_lines(shape: ZoneFormat, line1: str, line2: str, *, number: str, checks: tuple[tuple[str, bool], ...]) -> Zone:
    dates = (
        ("birth_date", _fits(line2[13:19], line2[19])),
        ("expires_on", _fits(line2[21:27], line2[27])),
    )
    return _zone(
        shape,
        line1,
        names=line1[5:],
        number=number,
        birth=line2[13:19],
        sex=line2[20],
        expiry=line2[21:27],
        nationality=line2[10:13],
        checks=(checks[0], *dates, *checks[1:]),
    )


def _read_french(line1: str, line2: str) -> Zone:
    # Surname on line 1 (25 places, then the issuing office), given names on line 2; no expiry date inside (D3).
    return _zone(
        ZoneFormat.FRENCH,
        line1,
        names=line1[5:30].rstrip("<") + "<<" + line2[13:27],
        number=line2[0:12],
        birth=line2[27:33],
        sex=line2[34],
        expiry=None,
        nationality=None,
        checks=(
            ("number", _fits(line2[0:12], line2[12])),
            ("birth_date", _fits(line2[27:33], line2[33])),
            ("whole_zone", _fits(line1 + line2[0:35], line2[35])),
        ),
        family_truncated=line1[29] != "<",
    )


def _zone(
    shape: ZoneFormat,
    line1: str,
    *,
    names: str,
    number: str,
    birth: str,
    sex: str,
    expiry: str | None,
    nationality: str | None,
    checks: tuple[tuple[str, bool], ...],
    family_truncated: bool | None = None,
) -> Zone:
    family, _, given = names.partition("<<")
    # Names that fill the zone to its last place may have been cut anywhere (ICAO 9303-3).
    full = not names.endswith("<")
    return Zone(
        format=shape,
        document_code=line1[0:2].strip("<"),
        issuer=line1[2:5].strip("<"),
        number=number,
        family_name=_words(family),
        given_names=_words(given),
        family_truncated=full if family_truncated is None else family_truncated,
        given_truncated=full,
        birth_date=birth,
        sex=sex,
        expires_on=expiry,
        nationality=nationality.strip("<") if nationality is not None else None,
        wrong_checks=tuple(name for name, right in checks if not right),
    )


def _document_number(first: str, digit: str, optional: str) -> tuple[str, bool]:
    """Return the document number and whether its check digit fits.

    A number longer than nine places leaves `<` as check digit and goes on in the optional field, whose last
    sign before the filler is then the check digit (ICAO 9303-5).
    """
    if digit != "<":
        return first.rstrip("<"), _fits(first, digit)
    rest = optional.partition("<")[0]
    return first + rest[:-1], bool(rest) and _fits(first + rest[:-1], rest[-1])


def _fits(text: str, digit: str) -> bool:
    return check_digit(text) == digit


def _value(char: str) -> int:
    return 0 if char == "<" else int(char, 36)


def _words(names: str) -> str:
    return " ".join(names.replace("<", " ").split())
