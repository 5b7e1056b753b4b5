"""Between what a form sends and the request as JSON: dates in three boxes, lists in one line, answers as true and false."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy

from bisdesk.web.desk.filing.sheets import Item, Kind, Sheet

PARTS = ("day", "month", "year")
YES, NO = "yes", "no"
Typed = Mapping[str, str]
Raw = dict[str, object]


def merged(raw: Raw, sheet: Sheet, typed: Typed) -> Raw:
    """The request with what was typed on a page; what is empty is taken out."""
    changed = deepcopy(raw)
    for item in sheet.items:
        if item.kind is not Kind.PAPER:
            put(changed, item.path, _value(item, typed))
    return changed


def shown(raw: Raw, sheet: Sheet) -> dict[str, str]:
    """What the boxes of a page hold for a request."""
    boxes: dict[str, str] = {}
    for item in sheet.items:
        value = get(raw, item.path)
        if value is not None:
            boxes |= _boxes(item, value)
    return boxes


def get(raw: Raw, path: str) -> object:
    """A value of a request by its JSON path, or None."""
    place: object = raw
    for name in path.split("."):
        place = place.get(name) if isinstance(place, dict) else None
    return place


def put(raw: Raw, path: str, value: object) -> None:
    """Write a value of a request, or take it out when it is None."""
    *sections, name = path.split(".")
    place = raw
    for section in sections:
        inner = place.setdefault(section, {})
        assert isinstance(inner, dict)
        place = inner
    if value is None:
        place.pop(name, None)
    else:
        place[name] = value


def _value(item: Item, typed: Typed) -> object:
    text = typed.get(item.path, "").strip()
    match item.kind:
        case Kind.DAY | Kind.BIRTH:
            return _date(item, typed)
        case Kind.YES:
            return {YES: True, NO: False}.get(text)
        case Kind.NAMES:
            return [name.strip() for name in text.split(",") if name.strip()] or None
        case _:
            return text.replace("\r\n", "\n") or None


def _date(item: Item, typed: Typed) -> str | None:
    """The date as the intake reads it; what is no date stays none, so that the intake says so."""
    day, month, year = (typed.get(f"{item.path}.{part}", "").strip() for part in PARTS)
    if not (day or month or year):
        return None
    known = [year, *([month] if month or day else []), *([day] if day else [])]
    if item.kind is Kind.DAY:
        known = [year, month, day]
    return "-".join(part.zfill(2) if place else part for place, part in enumerate(known))


def _boxes(item: Item, value: object) -> dict[str, str]:
    match item.kind:
        case Kind.DAY | Kind.BIRTH:
            known = str(value).split("-")
            year, month, day = [*known, "", ""][:3]
            parts = zip(PARTS, (day.lstrip("0"), month.lstrip("0"), year), strict=True)
            return {f"{item.path}.{part}": text for part, text in parts}
        case Kind.YES:
            return {item.path: YES if value else NO}
        case Kind.NAMES:
            return {item.path: ", ".join(value) if isinstance(value, list) else str(value)}
        case _:
            return {item.path: str(value)}
