"""From a machine readable zone to the fields that nobody typed yet (E5): less typing, and never over what was typed.

A zone has no accents, two digits for a year and one line for all names: what comes of it is a proposal to compare.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from datetime import date

from identity.mrz import Zone, read_zone
from workflow.errors import InvalidSubmission
from workflow.intake import parse_submission
from workflow.submission import Submission, to_json

CENTURY = 100


def fill_from_zone(submission: Submission, zone: str, *, today: date) -> dict[str, object]:
    """The request as JSON with the zone, and with what it says in the fields that were empty.

    Raises: Problem for what is no zone. What the zone says against the rules of a field is left out.
    """
    read = read_zone(zone)
    raw = to_json(submission)
    _set(raw, "document.mrz", zone)
    for path, value in _said(read, today):
        if _get(raw, path) is None:
            tried = deepcopy(raw)
            _set(tried, path, value)
            if _stands(tried, today):
                raw = tried
    return raw


def _said(zone: Zone, today: date) -> Iterator[tuple[str, object]]:
    first, *others = zone.given_names.title().split() or [""]
    values: tuple[tuple[str, object], ...] = (
        ("person.familyName", zone.family_name.title()),
        ("person.givenName", first),
        ("person.otherGivenNames", others),
        ("person.birthDate", _born(zone.birth_date, today)),
        ("person.sex", {"<": "X"}.get(zone.sex, zone.sex)),
        ("document.number", zone.number),
        ("document.expiresOn", _expires(zone.expires_on)),
    )
    yield from ((path, value) for path, value in values if value)


def _born(text: str, today: date) -> str:
    """The latest year that is not to come; a part that is not known is left out."""
    if not text[:2].isdigit():
        return ""
    year = today.year - (today.year - int(text[:2])) % CENTURY
    parts = [f"{year:04d}"]
    for part in (text[2:4], text[4:6]):
        if not part.isdigit() or part == "00":
            break
        parts.append(part)
    return "-".join(parts)


def _expires(text: str | None) -> str:
    """Documents that are shown today ended in this century, or will."""
    return f"20{text[:2]}-{text[2:4]}-{text[4:6]}" if text and text.isdigit() else ""


def _stands(raw: dict[str, object], today: date) -> bool:
    try:
        parse_submission(raw, today=today, complete=False)
    except InvalidSubmission:
        return False
    return True


def _get(raw: dict[str, object], path: str) -> object:
    section, name = path.split(".")
    inner = raw.get(section)
    return inner.get(name) if isinstance(inner, dict) else None


def _set(raw: dict[str, object], path: str, value: object) -> None:
    section, name = path.split(".")
    inner = raw.setdefault(section, {})
    assert isinstance(inner, dict)
    inner[name] = value
