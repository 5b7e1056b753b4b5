"""The tables of the queue: messages, their attempts and receipts, and what limits and fences sending.

Addresses and numbers stand here as keyed digests only (I6).
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)  # fmt: skip

from store.tables import case_id, metadata
from store.types import UtcDateTime

outbox = Table(
    "outbox",
    metadata,
    Column("id", Uuid, primary_key=True),
    case_id(),
    Column("kind", Text, nullable=False),
    Column("audience", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("queued_at", UtcDateTime, nullable=False),
    Column("not_before", UtcDateTime, nullable=False),
    Column("send_before", UtcDateTime),
    Column("language", Text),
    Column("params", Text, nullable=False),  # JSON: dates and references, nothing that names a person
    Column("secret", LargeBinary),  # sealed, erased once it can no longer be needed (B3)
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("lease_until", UtcDateTime),
    Column("template", Text),
    Column("body_digest", Text),
    Column("provider_ref", Text),
    Column("error", Text),
    Column("first_attempt_at", UtcDateTime),
    Column("last_attempt_at", UtcDateTime),
    Column("entity", Text, nullable=False),  # of the case: entities take turns
    Column("urgency", Integer, nullable=False),  # low goes first
    Column("poll_at", UtcDateTime),  # when to ask the provider, if no receipt has come by then
    Column("polls", Integer, nullable=False),
    UniqueConstraint("case_id", "kind", "audience", "sequence"),
)
# What each partial index holds, in words that statements repeat, so that the index is used.
WAITS = "state IN ('queued', 'sending', 'unknown')"
LOOK = "state IN ('parked', 'failed', 'undelivered', 'bounced')"
UNCONFIRMED = "state = 'accepted' AND polls > 0 AND poll_at IS NULL"
_WAITS = text(WAITS)
Index("ix_outbox_waiting", outbox.c.not_before, outbox.c.id, sqlite_where=_WAITS, postgresql_where=_WAITS)
Index(
    "ix_outbox_turns", outbox.c.channel, outbox.c.entity, outbox.c.urgency, outbox.c.not_before, outbox.c.id,
    sqlite_where=_WAITS, postgresql_where=_WAITS,
)  # fmt: skip
Index("ix_outbox_look", outbox.c.state, sqlite_where=text(LOOK), postgresql_where=text(LOOK))
Index("ix_outbox_unconfirmed", outbox.c.channel, sqlite_where=text(UNCONFIRMED), postgresql_where=text(UNCONFIRMED))
Index("ix_outbox_provider_ref", outbox.c.provider_ref, sqlite_where=text("provider_ref IS NOT NULL"),
    postgresql_where=text("provider_ref IS NOT NULL"),
)  # fmt: skip
Index("ix_outbox_poll_at", outbox.c.poll_at, sqlite_where=text("poll_at IS NOT NULL"),
    postgresql_where=text("poll_at IS NOT NULL"),
)  # fmt: skip
Index(
    "ix_outbox_secret", outbox.c.send_before,
    sqlite_where=outbox.c.secret.is_not(None), postgresql_where=outbox.c.secret.is_not(None),
)  # fmt: skip

delivery_attempts = Table(
    "delivery_attempts",
    metadata,
    Column("message_id", Uuid, ForeignKey("outbox.id"), nullable=False),
    Column("fence", Integer, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("state", Text, nullable=False),
    Column("error", Text),
    Column("provider_ref", Text),
    PrimaryKeyConstraint("message_id", "fence"),
)

receipts = Table(
    "receipts",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("case_id", Uuid, ForeignKey("cases.id")),
    Column("message_id", Uuid),  # no foreign key: a receipt may name a message that we never had
    Column("provider", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("attempt", Integer),
    Column("code", Text),
    Column("provider_ref", Text),
    Column("received_at", UtcDateTime, nullable=False),
    Column("moved", Boolean, nullable=False),
)
Index("ix_receipts_message_id", receipts.c.message_id)
Index("ix_receipts_moved", receipts.c.received_at, sqlite_where=text("moved"), postgresql_where=text("moved"))
Index("ix_receipts_strays", receipts.c.received_at, sqlite_where=text("case_id IS NULL"),
    postgresql_where=text("case_id IS NULL"),
)  # fmt: skip

suppressions = Table(
    "suppressions",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("since", UtcDateTime, nullable=False),
)
quota_uses = Table(
    "quota_uses",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("name", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("used_at", UtcDateTime, nullable=False),
    Column("amount", Integer, nullable=False),
    Column("message_id", Uuid, nullable=False),  # a message counts once, however often it is tried
)
Index("ix_quota_uses_message_id", quota_uses.c.message_id)
Index("ix_quota_uses_name_digest_used_at", quota_uses.c.name, quota_uses.c.digest, quota_uses.c.used_at)
Index("ix_quota_uses_used_at", quota_uses.c.used_at)
gates = Table(
    "gates",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("paused_until", UtcDateTime),
    Column("paused_since", UtcDateTime),
    Column("code", Text),
    Column("probe_until", UtcDateTime),  # until then one worker tries whether it can be opened
    Column("full_at", BigInteger, nullable=False),  # when the bucket will be full again, in microseconds since 1970
    Column("granted", BigInteger, nullable=False),  # places given by the last statement
)
fences = Table(
    "fences",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
sent_elsewhere = Table(
    "sent_elsewhere",
    metadata,
    Column("key", LargeBinary, primary_key=True),  # a keyed digest of what was said to whom in which case, or of a row
    Column("times", Integer, nullable=False),  # still to be made up for
    Column("until", UtcDateTime, nullable=False),
)
counters = Table(
    "counters",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", BigInteger, nullable=False),
)
