"""What each field of a request file must look like: one row a field, judged on its own (domain A3, AM3-1).

Rules between fields stand in intake_rules.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import partial

from identity.contact import parse_email, parse_mobile
from identity.countries import BIRTH_COUNTRIES, COUNTRIES
from identity.dates import parse_birth_date, parse_date
from identity.documents import DocumentType
from identity.names import parse_name
from identity.numbers import parse_insz
from identity.postcodes import parse_postcode
from identity.problems import Problem
from identity.text import clean_text, refuse_web_address
from workflow.model import Language, RequestKind

Judge = Callable[[object, date], object]

MOST_GIVEN_NAMES = 20
_SEXES = ("F", "M", "X", "unknown")

_INELIGIBLE = {
    "notBelgian": "A Belgian has a national number and an eID, and needs no BIS number.",
    "notDomiciledInBelgium": "Somebody who lives in Belgium registers with the municipality.",
    "noValidEid": "Somebody with a valid Belgian eID can log in with it and needs no digital keys of the Bisdesk.",
}


@dataclass(frozen=True, slots=True)
class FieldRule:
    """How one field is judged, and whether a complete request must have it."""

    judge: Judge
    required: bool = True


def _text(longest: int, *, multiline: bool = False) -> Judge:
    return lambda raw, _today: clean_text(_string(raw), longest=longest, multiline=multiline)


def _place(longest: int) -> Judge:
    return lambda raw, _today: refuse_web_address(clean_text(_string(raw), longest=longest))


def _name(raw: object, _today: date) -> str:
    return parse_name(_string(raw))


def _names(raw: object, _today: date) -> tuple[str, ...] | None:
    if not isinstance(raw, list) or not all(isinstance(name, str) for name in raw):
        raise Problem("type", 'Write a list of texts, such as ["Maria", "Anna"].')
    if len(raw) > MOST_GIVEN_NAMES:
        raise Problem("too_long", f"Give at most {MOST_GIVEN_NAMES} names.")
    return tuple(parse_name(name) for name in raw) or None


def _flag(raw: object, _today: date) -> bool:
    if not isinstance(raw, bool):
        raise Problem("type", "Write true or false, without quotes.")
    return raw


def _condition(name: str, raw: object, today: date) -> bool:
    if not _flag(raw, today):
        raise Problem("not_eligible", _INELIGIBLE[name])
    return True


def _one_of(choices: tuple[str, ...], raw: object, _today: date) -> str:
    text = _string(raw)
    if text not in choices:
        raise Problem("choice", f"Choose one of: {', '.join(choices)}.")
    return text


def _member(choices: type[StrEnum], raw: object, today: date) -> StrEnum:
    return choices(_one_of(tuple(choices), raw, today))


def _document_type(raw: object, today: date) -> StrEnum:
    if raw == "driving_licence":
        raise Problem(
            "driving_licence",
            "A driving licence does not prove identity for a BIS registration; ask for a passport or an identity card.",
        )
    return _member(DocumentType, raw, today)


def _country(known: frozenset[str], raw: object, _today: date) -> str:
    text = _string(raw)
    if text not in known:
        raise Problem("country", "Write the two capitals of the ISO country code, such as FR.")
    return text


def _shape(raw: object, _today: date, *, pattern: str, example: str) -> str:
    text = _string(raw)
    if len(text) > 64 or re.fullmatch(pattern, text) is None:
        raise Problem("format", f"Write it as {example}.")
    return text


def _day(raw: object, _today: date) -> date:
    return parse_date(_string(raw))


def _past_day(raw: object, today: date) -> date:
    day = _day(raw, today)
    if day > today:
        raise Problem("in_future", "This day cannot lie after today.")
    return day


def _string(raw: object) -> str:
    if not isinstance(raw, str):
        raise Problem("type", "Write a text between quotes.")
    return raw


def _email(raw: object, _today: date) -> str:
    return parse_email(_string(raw)).address


_PRADO = partial(
    _shape, pattern="[A-Z]{3}-[A-Z]{2}-[0-9]{5}", example="FRA-BO-02004, the number of the document in PRADO"
)

FIELD_RULES: dict[str, FieldRule] = {
    "kind": FieldRule(partial(_member, RequestKind)),
    "entity": FieldRule(partial(_shape, pattern="[0-9A-Z]{4,20}", example="OVO002949, the code of your organisation")),
    # Who files is known from signing in; the file may repeat it.
    "officer": FieldRule(_email, required=False),
    "purpose": FieldRule(_text(500, multiline=True)),  # 3.17
    "noteNumber": FieldRule(_flag, required=False),  # AM3-7: no unless chosen
    "previous": FieldRule(partial(_shape, pattern="AC-[0-9A-Z-]{5,30}", example="AC-2026-00042-X3"), required=False),
    "eligibility.notBelgian": FieldRule(partial(_condition, "notBelgian")),  # 3.16
    "eligibility.notDomiciledInBelgium": FieldRule(partial(_condition, "notDomiciledInBelgium")),
    "eligibility.noValidEid": FieldRule(partial(_condition, "noValidEid")),
    "person.givenName": FieldRule(_name),
    "person.otherGivenNames": FieldRule(_names, required=False),
    "person.familyName": FieldRule(_name),
    "person.birthDate": FieldRule(lambda raw, today: parse_birth_date(_string(raw), today=today)),
    "person.sex": FieldRule(partial(_one_of, _SEXES)),
    "person.birthCountry": FieldRule(partial(_country, BIRTH_COUNTRIES)),
    "person.birthPlace": FieldRule(_place(200)),
    "person.insz": FieldRule(lambda raw, today: parse_insz(_string(raw), today=today).digits, required=False),
    "residence.country": FieldRule(partial(_country, COUNTRIES)),
    "residence.postalCode": FieldRule(lambda raw, _today: parse_postcode(_string(raw)), required=False),
    "residence.city": FieldRule(_place(200)),
    "residence.street": FieldRule(_place(200)),
    "residence.houseNumber": FieldRule(_place(30), required=False),
    "residence.box": FieldRule(_place(30), required=False),
    "contact.email": FieldRule(_email),
    "contact.mobile": FieldRule(lambda raw, _today: parse_mobile(_string(raw)).e164),
    "contact.language": FieldRule(partial(_member, Language)),
    "document.type": FieldRule(_document_type),  # 3.21
    "document.country": FieldRule(partial(_country, COUNTRIES)),
    "document.number": FieldRule(_place(40)),
    "document.issuedOn": FieldRule(_past_day),
    "document.expiresOn": FieldRule(_day),
    "document.mrz": FieldRule(_text(200, multiline=True), required=False),
    "document.machineReadable": FieldRule(_flag, required=False),
    "document.pradoId": FieldRule(_PRADO, required=False),  # B1-2; required by intake_rules.py
    "identityCheck.checkedOn": FieldRule(_past_day),
    "identityCheck.checkedBy": FieldRule(_email),
    "identityCheck.declarationDate": FieldRule(_past_day),
    "identityCheck.steps.photoPresent": FieldRule(_flag, required=False),  # required in their order, 3.22-3.26
    "identityCheck.steps.onPrado": FieldRule(_flag, required=False),
    "identityCheck.steps.photoMatches": FieldRule(_flag, required=False),
    "identityCheck.steps.authentic": FieldRule(_flag, required=False),
    "identityCheck.steps.valid": FieldRule(_flag, required=False),
    "identityCheck.note": FieldRule(_text(2000, multiline=True), required=False),
}
