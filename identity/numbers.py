"""Belgian national numbers (RRN) and BIS numbers, together INSZ: reading, masking, judging (domain D1).

Separators and display come from python-stdnum. The arithmetic is our own: stdnum reads the system clock
and accepts 31 February, days 32 to 99, sequences 000 and 999, later dates of this year and full-width digits.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from stdnum.be import nn

from identity.dates import PartialDate
from identity.problems import NumberError

# Prefixes that mean "nothing of the birth date is known"; 000001 belongs to the national number.
UNKNOWN_DATE_PREFIXES = ("000001", "002001", "004001")
SEX_UNKNOWN_OFFSET = 20
SEX_KNOWN_OFFSET = 40

_CENTURIES = (1900, 2000)
_SEPARATORS = frozenset(" .-")


class InszKind(StrEnum):
    """Which register the number comes from."""

    RRN = "rrn"
    BIS = "bis"


@dataclass(frozen=True, slots=True, repr=False)
class Insz:
    """Eleven digits that passed every check; neither repr nor str shows them."""

    digits: str

    def __repr__(self) -> str:
        return "Insz(**.**.**-***.**)"

    @property
    def kind(self) -> InszKind:
        """RRN, or BIS when 20 or 40 was added to the month."""
        return InszKind.BIS if int(self.digits[2:4]) >= SEX_UNKNOWN_OFFSET else InszKind.RRN

    @property
    def display(self) -> str:
        """`YY.MM.DD-SSS.CC`, in full: only for eyes that may see the number."""
        return nn.format(self.digits)


def parse_insz(text: str, *, today: date) -> Insz:
    """Read a national number or BIS number, with or without separators.

    Raises: NumberError `digits`, `check_digits`, `month`, `day`, `sequence` or `in_future`.
    """
    digits = _digits_of(text)
    centuries = centuries_of(digits)
    if not centuries:
        raise NumberError("check_digits", "The last two digits do not fit the rest; compare the number once more.")
    if not 1 <= int(digits[6:9]) <= 998:
        raise NumberError("sequence", "The sequence (digits 7 to 9) runs from 001 to 998.")
    month = _month_of(digits)
    days = {century: _first_day(digits, month, century) for century in centuries}
    if all(first is None for first in days.values()):
        raise NumberError("day", "The birth date in the number does not exist in the calendar.")
    if all(first is None or first > today for first in days.values()):
        raise NumberError("in_future", "The birth date in the number lies after today.")
    return Insz(digits)


def check_digits(first_nine: str, *, born_from_2000: bool) -> str:
    """Return the two check digits for the first nine: 97 minus the remainder, so never 00."""
    return f"{97 - int(('2' if born_from_2000 else '') + first_nine) % 97:02d}"


def centuries_of(digits: str) -> tuple[int, ...]:
    """Return the centuries (1900, 2000) for which the check digits are right: at most one (D1)."""
    return tuple(
        century for century in _CENTURIES if check_digits(digits[:9], born_from_2000=century == 2000) == digits[9:]
    )


def inconsistencies(number: str, *, birth_date: PartialDate, sex: str, today: date) -> tuple[str, ...]:
    """Name everything in a newly created BIS number that contradicts the declared person (B1-17, B1-17b)."""
    try:
        insz = parse_insz(number, today=today)
    except NumberError as wrong:
        return (wrong.code,)
    if insz.kind is not InszKind.BIS:
        return ("not_a_bis_number",)
    return _date_differences(insz.digits, birth_date) + _sex_differences(insz.digits, sex)


def make_bis(birth_date: PartialDate, sex: str, sequence: int) -> Insz:
    """Build the BIS number a register would give; unknown month and day become zeroes.

    Raises: ValueError when the sequence does not fit the sex or its range.
    """
    known = sex in ("F", "M")
    if not 1 <= sequence <= 998 or (known and sequence % 2 != (sex == "M")):
        raise ValueError("the sequence does not fit: 001-998, even for women and odd for men")
    month = (birth_date.month or 0) + (SEX_KNOWN_OFFSET if known else SEX_UNKNOWN_OFFSET)
    first_nine = f"{birth_date.year % 100:02d}{month:02d}{birth_date.day or 0:02d}{sequence:03d}"
    return Insz(first_nine + check_digits(first_nine, born_from_2000=birth_date.year >= 2000))


def _digits_of(text: str) -> str:
    # Only ASCII: stdnum would translate full-width digits and exotic dashes (D1).
    digits_only = text.isascii() and len(text) <= 20 and all(c.isdigit() or c in _SEPARATORS for c in text)
    digits = nn.compact(text) if digits_only else ""
    if len(digits) != 11:
        raise NumberError("digits", "The number has eleven digits, such as 85.47.15-002.13.")
    return digits


def _month_of(digits: str) -> int:
    encoded = int(digits[2:4])
    offset = next((o for o in (SEX_KNOWN_OFFSET, SEX_UNKNOWN_OFFSET) if encoded >= o), 0)
    if encoded - offset > 12:
        raise NumberError("month", "Digits 3 and 4 hold a month, to which 20 or 40 may be added.")
    return encoded - offset


def _first_day(digits: str, month: int, century: int) -> date | None:
    """Return the earliest day the number can mean, or None when its day does not exist."""
    year, day = century + int(digits[:2]), int(digits[4:6])
    # With month 00 the day only counts how often the range was exhausted; it names no day (D1).
    last = calendar.monthrange(year, month)[1] if month else 31
    return date(year, month or 1, day if month and day else 1) if day <= last else None


def _date_differences(digits: str, declared: PartialDate) -> tuple[str, ...]:
    if digits[:6] in UNKNOWN_DATE_PREFIXES:
        return ("unknown_date",)
    found: list[str] = []
    if (2000 if declared.year >= 2000 else 1900) not in centuries_of(digits):
        found.append("century")
    if int(digits[:2]) != declared.year % 100:
        found.append("year")
    month, day = _month_of(digits), int(digits[4:6])
    encoded = PartialDate(declared.year, month or None, (day or None) if month else None)
    if not encoded.agrees_with(declared):
        found.append("month_day")
    return tuple(found)


def _sex_differences(digits: str, sex: str) -> tuple[str, ...]:
    sex_in_number = int(digits[2:4]) >= SEX_KNOWN_OFFSET
    if sex_in_number != (sex in ("F", "M")):
        return ("sex_known",)
    # Parity has a meaning only with +40 (D1).
    if sex_in_number and (int(digits[8]) % 2 == 1) != (sex == "M"):
        return ("sex_parity",)
    return ()
