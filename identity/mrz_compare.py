"""Where a machine readable zone and the typed fields differ; each difference is a warning, never a stop (domain D3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from identity.countries import STATELESS_ISSUERS, country_of_issuer
from identity.dates import PartialDate
from identity.mrz import Zone
from identity.transliteration import folded, spellings

_CHECKED_FIELDS = {
    "number": "the document number",
    "birth_date": "the birth date",
    "expires_on": "the expiry date",
    "personal_number": "the personal number",
    "whole_zone": "the zone as a whole",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One doubt about a field, under a stable code by which pages translate it; the message never repeats a value."""

    field: str
    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedFields:
    """What the officer typed; a field that is None is not compared."""

    family_name: str | None = field(repr=False, default=None)
    given_names: str | None = field(repr=False, default=None)
    birth_date: PartialDate | None = None
    sex: str | None = field(repr=False, default=None)
    country: str | None = None
    number: str | None = field(repr=False, default=None)
    expires_on: date | None = None


def differences(zone: Zone, typed: TypedFields) -> tuple[Difference, ...]:
    """List the wrong check digits and every typed field that says something else than the zone."""
    return (*_wrong_checks(zone), *_differing(zone, typed))


def _wrong_checks(zone: Zone) -> Iterator[Difference]:
    for name in zone.wrong_checks:
        told = f"The check digit of {_CHECKED_FIELDS[name]} in the zone does not fit; compare it."
        yield Difference("mrz", f"check.{name}", told)


def _differing(zone: Zone, typed: TypedFields) -> Iterator[Difference]:
    agreements = (
        ("family_name", _same_name(zone.family_name, typed.family_name, truncated=zone.family_truncated)),
        ("given_names", _same_given(zone.given_names, typed.given_names, truncated=zone.given_truncated)),
        ("birth_date", _same_birth(zone.birth_date, typed.birth_date)),
        ("sex", _same_sex(zone.sex, typed.sex)),
        ("number", typed.number is None or _bare(typed.number) == zone.number),
        ("expires_on", _same_expiry(zone.expires_on, typed.expires_on)),
    )
    for name, agrees in agreements:
        if not agrees:
            yield Difference(
                name, "differs", "This differs from the machine readable zone; compare both with the document."
            )
    yield from _issuer(zone, typed.country)


def _issuer(zone: Zone, country: str | None) -> Iterator[Difference]:
    issuer_country = country_of_issuer(zone.issuer)
    if issuer_country is None:
        known = zone.issuer in STATELESS_ISSUERS
        told = "is an organisation, a status or a specimen" if known else "is not a country code"
        code = "issuer_status" if known else "issuer_unknown"
        yield Difference("mrz", code, f"The issuer in the machine readable zone {told}; check who issued the document.")
    elif country is not None and country != issuer_country:
        yield Difference(
            "country", "issuer_differs", "This differs from the issuer in the machine readable zone; compare both."
        )


def _same_name(printed: str, typed: str | None, *, truncated: bool) -> bool:
    if typed is None:
        return True
    return any(name == ours or (truncated and name.startswith(ours)) for ours, name in _pairs(printed, typed))


def _same_given(printed: str, typed: str | None, *, truncated: bool) -> bool:
    if typed is None or (truncated and not printed):
        return True
    # Documents print all first names or only some: one list may be the beginning of the other.
    return bool(printed) and any(
        name.startswith(ours) or ours.startswith(name) for ours, name in _pairs(printed, typed)
    )


def _pairs(printed: str, typed: str) -> list[tuple[str, str]]:
    """Pair the zone's spelling with every spelling of the typed name, and the two folded ones with each other."""
    # XX marks an accent in some zones, Müller as MUXXLLER, and stands for itself in Foxx.
    shown = {printed, printed.replace("XX", "")} - {""}
    written = [(_bare(zone), _bare(name)) for zone in shown for name in spellings(typed)]
    return written + [(_bare(folded(zone)), _bare(folded(typed))) for zone in shown]


def _same_birth(printed: str, typed: PartialDate | None) -> bool:
    if typed is None or not printed[:2].isdigit():
        return True
    if int(printed[:2]) != typed.year % 100:
        return False
    # Unknown parts are printed as << or, in some countries, as 00.
    parts = ((printed[2:4], typed.month), (printed[4:6], typed.day))
    return all(not part.isdigit() or part == "00" or known in (None, int(part)) for part, known in parts)


def _same_sex(printed: str, typed: str | None) -> bool:
    return typed in (None, "unknown") or {"<": "X"}.get(printed, printed) == typed


def _same_expiry(printed: str | None, typed: date | None) -> bool:
    if printed is None or typed is None or not printed.isdigit():
        return True
    return printed == typed.strftime("%y%m%d")


def _bare(text: str) -> str:
    return "".join(char for char in text.upper() if char.isalnum())
