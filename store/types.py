"""How instants are kept: aware UTC in, aware UTC out, on databases that know time zones and on those that do not."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import DateTime, String
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

NO_DEADLINE = datetime(9999, 12, 31, tzinfo=UTC)  # sorts last in both databases, which disagree about NULL


def as_text(moment: datetime) -> str:
    """An instant as SQLite keeps it: UTC text of fixed width, which sorts in the order of time. Raises: ValueError."""
    return as_utc(moment).replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")


def from_text(text: str) -> datetime:
    """The instant of such a text."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def as_utc(moment: datetime) -> datetime:
    """The same instant in UTC. Raises: ValueError for a naive one, whose instant nobody knows."""
    if moment.tzinfo is None:
        raise ValueError("An instant without a time zone cannot be stored: hand in an aware one.")
    return moment.astimezone(UTC)


class UtcDateTime(TypeDecorator[datetime]):
    """An instant; `timestamptz` where there is one, text of fixed width on SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[datetime] | TypeEngine[str]:
        """Text on SQLite, which has no type for instants."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(26))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | str | None:
        """Refuse a naive instant, hand over UTC."""
        if value is None:
            return None
        return as_text(value) if dialect.name == "sqlite" else as_utc(value)

    def process_result_value(self, value: datetime | str | None, dialect: Dialect) -> datetime | None:
        """UTC, whatever the session's time zone."""
        if value is None:
            return None
        return from_text(value) if isinstance(value, str) else as_utc(value)
