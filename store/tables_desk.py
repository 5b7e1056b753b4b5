"""The tables of the officers' desk: sessions, looks, saved views, forms that wait for their owner."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, PrimaryKeyConstraint, Table, Text, Uuid

from store.tables import metadata
from store.types import UtcDateTime


def _user_id() -> Column[object]:
    return Column("user_id", Uuid, ForeignKey("users.id", ondelete="CASCADE"), nullable=False)


officer_sessions = Table(
    "officer_sessions",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    _user_id(),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),
    Index("ix_officer_sessions_user_id", "user_id"),
    Index("ix_officer_sessions_ends_at", "ends_at"),
)

looks = Table(
    "looks",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("case_id", Uuid, ForeignKey("cases.id")),
    Column("told", Text, nullable=False),
    Index("ix_looks_case_id", "case_id", "at"),
    Index("ix_looks_at", "at"),
)

saved_views = Table(
    "saved_views",
    metadata,
    _user_id(),
    Column("name", Text, nullable=False),
    Column("query", Text, nullable=False),
    PrimaryKeyConstraint("user_id", "name"),
)

kept_forms = Table(
    "kept_forms",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    _user_id(),
    Column("path", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),  # sealed
    Column("ends_at", UtcDateTime, nullable=False),
    Index("ix_kept_forms_ends_at", "ends_at"),
)
