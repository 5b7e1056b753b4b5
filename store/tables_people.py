"""The tables of persons: what names anybody is sealed, or a keyed digest that nobody can turn back without the key (I6)."""

from __future__ import annotations

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, LargeBinary, PrimaryKeyConstraint, Table, Text, Uuid

from store.tables import case_id, metadata
from store.types import UtcDateTime


def _shredded_case_id() -> Column[object]:
    """The case id in a table whose rows are worthless without the case's data key, and go with it (B1-23)."""
    return Column("case_id", Uuid, ForeignKey("data_keys.case_id", ondelete="CASCADE"), nullable=False)


sealed_values = Table(
    "sealed_values",
    metadata,
    _shredded_case_id(),
    Column("path", Text, nullable=False),
    Column("value", LargeBinary, nullable=False),
    PrimaryKeyConstraint("case_id", "path"),
)

attachments = Table(
    "attachments",
    metadata,
    _shredded_case_id(),
    Column("slot", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    PrimaryKeyConstraint("case_id", "slot"),
)

blind_index = Table(
    "blind_index",
    metadata,
    case_id(),
    Column("name", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    # The keyed hash of the number outlives the purge (B1-23): its rows depend on no data key, all others do.
    Column("shred_with", Uuid, ForeignKey("data_keys.case_id", ondelete="CASCADE")),
    PrimaryKeyConstraint("case_id", "name", "digest"),
    Index("ix_blind_index_name_digest", "name", "digest"),
)
Index(
    "ix_blind_index_shred_with", blind_index.c.shred_with,
    sqlite_where=blind_index.c.shred_with.is_not(None), postgresql_where=blind_index.c.shred_with.is_not(None),
)  # fmt: skip

Index(
    "uq_blind_index_username", blind_index.c.digest, unique=True,
    sqlite_where=blind_index.c.name == "username", postgresql_where=blind_index.c.name == "username",
)  # fmt: skip

contact_claims = Table(
    "contact_claims",
    metadata,
    # Claims are made before the case they are for is opened, in the same transaction: judged at its end.
    Column(
        "case_id",
        Uuid,
        ForeignKey("data_keys.case_id", ondelete="CASCADE", deferrable=True, initially="DEFERRED"),
        nullable=False,
    ),
    Column("name", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column(
        "owner", LargeBinary, nullable=False
    ),  # keyed digest of the person's key: one person may hold it in several cases
    PrimaryKeyConstraint("case_id", "name"),
    Index("ix_contact_claims_digest", "digest"),
)

digital_keys = Table(
    "digital_keys",
    metadata,
    Column("id", Uuid, primary_key=True),
    case_id(),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("confirmed_at", UtcDateTime),
    Column("expires_at", UtcDateTime),
    Column("last_step", Integer, nullable=False),
    Column("secret", LargeBinary),  # sealed
    Index("ix_digital_keys_case_id", "case_id"),
)

links = Table(
    "links",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    _shredded_case_id(),
    Column("purpose", Text, nullable=False),
    Column("issued_at", UtcDateTime, nullable=False),
    Index("ix_links_case_id_purpose_issued_at", "case_id", "purpose", "issued_at"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    _shredded_case_id(),
    Column("stage", Text, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),
    Index("ix_sessions_case_id", "case_id"),
    Index("ix_sessions_ends_at", "ends_at"),
)

users = Table(
    "users",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("address", LargeBinary, nullable=False, unique=True),  # keyed digest of the e-mail address
    Column("email", LargeBinary, nullable=False),  # sealed
    Column("name", LargeBinary, nullable=False),  # sealed
    Column("language", Text, nullable=False),
    Column("entity", Text),
    Column("agreement_signed_on", Date),
    Column("subject", LargeBinary),  # keyed digest of who the identity provider says they are
    Index("uq_users_subject", "subject", unique=True),
)

user_roles = Table(
    "user_roles",
    metadata,
    Column("user_id", Uuid, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("role", Text, nullable=False),
    PrimaryKeyConstraint("user_id", "role"),
    Index("ix_user_roles_role", "role"),
)

user_rights = Table(
    "user_rights",
    metadata,
    Column("user_id", Uuid, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("begins_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    PrimaryKeyConstraint("user_id", "position"),
)

entities = Table(
    "entities",
    metadata,
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("status", Text, nullable=False),
)
