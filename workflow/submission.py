"""A registration request as filed: the request JSON as frozen values, and back to JSON.

In a draft every leaf may be None. It knows nothing of what is right or wrong; intake.py judges.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TypeVar

from identity.dates import PartialDate, parse_date, read_partial_date
from identity.documents import DocumentType
from workflow.model import Language, RequestKind

S = TypeVar("S")


@dataclass(frozen=True, slots=True, kw_only=True)
class Eligibility:
    """The three conditions on the applicant (3.16)."""

    not_belgian: bool | None = None
    not_domiciled_in_belgium: bool | None = None
    no_valid_eid: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who is registered (3.27); `insz` only for a reactivation whose officer knows the number (B2-16)."""

    given_name: str | None = field(default=None, repr=False)
    other_given_names: tuple[str, ...] | None = field(default=None, repr=False)
    family_name: str | None = field(default=None, repr=False)
    birth_date: PartialDate | None = field(default=None, repr=False)
    sex: str | None = field(default=None, repr=False)
    birth_country: str | None = field(default=None, repr=False)
    birth_place: str | None = field(default=None, repr=False)
    insz: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Residence:
    """Where the applicant lives, outside Belgium (3.16, 3.27)."""

    country: str | None = field(default=None, repr=False)
    postal_code: str | None = field(default=None, repr=False)
    city: str | None = field(default=None, repr=False)
    street: str | None = field(default=None, repr=False)
    house_number: str | None = field(default=None, repr=False)
    box: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Personal address and mobile number (E.164), and the language of every message (3.27, reading 5)."""

    email: str | None = field(default=None, repr=False)
    mobile: str | None = field(default=None, repr=False)
    language: Language | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityDocument:
    """The one document that carries the request (3.21, B4)."""

    type: DocumentType | None = None
    country: str | None = field(default=None, repr=False)
    number: str | None = field(default=None, repr=False)
    issued_on: date | None = field(default=None, repr=False)
    expires_on: date | None = field(default=None, repr=False)
    mrz: str | None = field(default=None, repr=False)
    machine_readable: bool | None = None
    prado_id: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """The officer's answers to the five checks (3.22-3.26)."""

    photo_present: bool | None = None
    on_prado: bool | None = None
    photo_matches: bool | None = None
    authentic: bool | None = None
    valid: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityCheck:
    """The physical check and the day its declaration was signed (3.20)."""

    checked_on: date | None = None
    checked_by: str | None = field(default=None, repr=False)
    declaration_date: date | None = None
    steps: Steps = Steps()
    note: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One request file."""

    kind: RequestKind | None = None
    entity: str | None = None
    officer: str | None = field(default=None, repr=False)
    purpose: str | None = field(default=None, repr=False)
    note_number: bool | None = None
    previous: str | None = None
    eligibility: Eligibility = Eligibility()
    person: Person = Person()
    residence: Residence = Residence()
    contact: Contact = Contact()
    document: IdentityDocument = IdentityDocument()
    identity_check: IdentityCheck = IdentityCheck()


# The parts of the JSON object that hold fields of their own, by the path under which they stand.
SECTIONS = ("eligibility", "person", "residence", "contact", "document", "identityCheck", "identityCheck.steps")

_READERS: dict[str, Callable[[str], object]] = {
    "kind": RequestKind,
    "person.birthDate": read_partial_date,
    "contact.language": Language,
    "document.type": DocumentType,
    "document.issuedOn": parse_date,
    "document.expiresOn": parse_date,
    "identityCheck.checkedOn": parse_date,
    "identityCheck.declarationDate": parse_date,
}


def build(values: Mapping[str, object]) -> Submission:
    """Put judged values, by JSON path, into a submission; paths that are absent stay None."""
    steps = _make(Steps, values, "identityCheck.steps")
    return _make(
        Submission,
        values,
        "",
        eligibility=_make(Eligibility, values, "eligibility"),
        person=_make(Person, values, "person"),
        residence=_make(Residence, values, "residence"),
        contact=_make(Contact, values, "contact"),
        document=_make(IdentityDocument, values, "document"),
        identity_check=_make(IdentityCheck, values, "identityCheck", steps=steps),
    )


def leaves(submission: Submission) -> Iterator[tuple[str, object]]:
    """Every value that is there, by its JSON path, in the order of the file."""
    yield from _leaves(submission, "")


def to_json(submission: Submission) -> dict[str, object]:
    """Return the request as a JSON object in lowerCamelCase; what is None is left out."""
    result: dict[str, object] = {}
    for path, value in leaves(submission):
        place = result
        *sections, name = path.split(".")
        for section in sections:
            inner = place.setdefault(section, {})
            assert isinstance(inner, dict)
            place = inner
        place[name] = _plain(value)
    return result


def flatten(submission: Submission) -> dict[str, str]:
    """Return each value as JSON text under its path, the shape in which a store seals them one by one."""
    return {path: json.dumps(_plain(value), ensure_ascii=False) for path, value in leaves(submission)}


def unflatten(values: Mapping[str, str]) -> Submission:
    """Return the submission that `flatten` took apart; paths it does not know are ignored."""
    return build({path: _typed(path, json.loads(text)) for path, text in values.items()})


def changed_paths(before: Submission, after: Submission) -> tuple[str, ...]:
    """Name the JSON paths that were added, changed or removed (B1-7)."""
    old, new = dict(leaves(before)), dict(leaves(after))
    return tuple(path for path in {**new, **old} if old.get(path) != new.get(path))


def _make(section: Callable[..., S], values: Mapping[str, object], prefix: str, **parts: object) -> S:
    names = (name for name in inspect.signature(section).parameters if name not in parts)
    paths = {name: _path(prefix, name) for name in names}
    return section(**{name: values[path] for name, path in paths.items() if path in values}, **parts)


def _leaves(section: object, prefix: str) -> Iterator[tuple[str, object]]:
    for name in inspect.signature(type(section)).parameters:
        path = _path(prefix, name)
        value: object = getattr(section, name)
        if path in SECTIONS:
            yield from _leaves(value, path)
        elif value is not None:
            yield path, value


def _path(prefix: str, attribute: str) -> str:
    first, *rest = attribute.split("_")
    name = first + "".join(part.capitalize() for part in rest)
    return f"{prefix}.{name}" if prefix else name


def _plain(value: object) -> object:
    match value:
        case date() | PartialDate():
            return str(value)
        case tuple():
            return list(value)
        case StrEnum():
            return value.value
        case _:
            return value


def _typed(path: str, value: object) -> object:
    if isinstance(value, list):
        return tuple(value)
    reader = _READERS.get(path)
    return reader(value) if reader is not None and isinstance(value, str) else value
