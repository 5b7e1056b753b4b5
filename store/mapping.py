"""Rows to frozen values and back, for SQL text whose parameters and results the driver leaves as they are.

The columns of a table carry the names of the fields; nothing here knows what a field means.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, date, datetime
from enum import StrEnum
from types import NoneType
from typing import Any, TypeVar, get_args, get_type_hints
from uuid import UUID

from store.dialects import SQLITE
from store.types import as_text, from_text

T = TypeVar("T")
Convert = Callable[[Any], object]


def names_of(kind: type) -> tuple[str, ...]:
    """The fields of a value, in their order."""
    return tuple(field.name for field in fields(kind))


def reader(kind: type[T], names: tuple[str, ...], dialect: str) -> Callable[[Sequence[Any]], T]:
    """A function from row values, in the order of these fields, to the value; its other fields have their defaults."""
    hints = get_type_hints(kind)
    converts = tuple((name, _from_row(hints[name], dialect)) for name in names)

    def read(row: Sequence[Any]) -> T:
        given = {
            name: value if convert is None or value is None else convert(value)
            for (name, convert), value in zip(converts, row, strict=False)
        }
        return kind(**given)

    return read


def instant_reader(dialect: str) -> Callable[[Any], datetime]:
    """How an instant is read."""
    return from_text if dialect == SQLITE else _in_utc


def values_of(value: object, names: tuple[str, ...], bind: Convert) -> dict[str, object]:
    """The named fields of a value as the driver takes them."""
    return {name: bind(getattr(value, name)) for name in names}


def binder(dialect: str) -> Convert:
    """How a value is handed to the driver."""
    return to_text if dialect == SQLITE else _to_postgresql


def bound(values: Mapping[str, object], bind: Convert, *, prefix: str = "") -> dict[str, object]:
    """Values as parameters, their names with a prefix."""
    return {prefix + name: bind(value) for name, value in values.items()}


def _from_row(hint: object, dialect: str) -> Convert | None:
    kind = next((part for part in get_args(hint) or (hint,) if part is not NoneType), hint)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return kind
    if isinstance(kind, type) and issubclass(kind, datetime):  # also the kind of a faked clock
        return instant_reader(dialect)
    if isinstance(kind, type) and issubclass(kind, date):
        return _from_iso if dialect == SQLITE else None
    return _OF_SQLITE.get(kind) if dialect == SQLITE else None


def _from_iso(text: str) -> date:
    return date.fromisoformat(text)


def _in_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def to_text(value: object) -> object:
    """A value in the few types that SQLite has: texts, numbers, bytes."""
    convert = _FOR_SQLITE.get(type(value))
    return convert(value) if convert else _by_family(value)


def _by_family(value: object) -> object:
    """Subclasses: enums, and instants of a faked clock."""
    match value:
        case StrEnum():
            return str(value)
        case datetime():
            return as_text(value)
        case date():
            return value.isoformat()
        case _:
            return value


def _to_postgresql(value: object) -> object:
    return str(value) if isinstance(value, StrEnum) else value


_OF_SQLITE: dict[object, Convert] = {UUID: UUID, bool: bool}
_FOR_SQLITE: dict[type, Convert] = {
    UUID: lambda value: value.hex,
    datetime: as_text,
    date: lambda value: value.isoformat(),
    bool: int,
    str: lambda value: value,
    int: lambda value: value,
    bytes: lambda value: value,
    NoneType: lambda value: value,
}
