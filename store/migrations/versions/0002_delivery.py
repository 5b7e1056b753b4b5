"""What delivery needs: receipts, turns between entities, limits, pauses and the fence after a restore."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.types import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

WAITS = sa.text("state IN ('queued', 'sending', 'unknown')")
LOOK = sa.text("state IN ('parked', 'failed', 'undelivered', 'bounced')")
UNCONFIRMED = sa.text("state = 'accepted' AND polls > 0 AND poll_at IS NULL")
TURNS = ["channel", "entity", "urgency", "not_before", "id"]


def upgrade() -> None:
    with op.batch_alter_table("activations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("undeliverable", sa.Boolean(), nullable=True))
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.add_column(sa.Column("entity", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("urgency", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("poll_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("polls", sa.Integer(), nullable=True))
    op.execute("UPDATE activations SET undeliverable = FALSE")
    op.execute(
        "UPDATE outbox SET polls = 0, entity = (SELECT entity FROM cases WHERE cases.id = outbox.case_id), "
        "urgency = CASE kind WHEN 'M15' THEN 0 WHEN 'M3' THEN 1 WHEN 'M1' THEN 1 WHEN 'M8' THEN 1 WHEN 'M7' THEN 3 ELSE 2 END"
    )
    with op.batch_alter_table("activations", schema=None) as batch_op:
        batch_op.alter_column("undeliverable", existing_type=sa.Boolean(), nullable=False)
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        for name, kind in (("entity", sa.Text()), ("urgency", sa.Integer()), ("polls", sa.Integer())):
            batch_op.alter_column(name, existing_type=kind, nullable=False)
        batch_op.create_index("ix_outbox_turns", TURNS, unique=False, sqlite_where=WAITS, postgresql_where=WAITS)
        for name in ("provider_ref", "poll_at"):
            where = sa.text(f"{name} IS NOT NULL")
            batch_op.create_index(
                f"ix_outbox_{name}", [name], unique=False, sqlite_where=where, postgresql_where=where
            )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        for name, column, where in (("look", "state", LOOK), ("unconfirmed", "channel", UNCONFIRMED)):
            batch_op.create_index(
                f"ix_outbox_{name}", [column], unique=False, sqlite_where=where, postgresql_where=where
            )
    _receipts()
    _limits()
    _counters()


def _receipts() -> None:
    op.create_table(
        "receipts",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("provider_ref", sa.Text(), nullable=True),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("moved", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_receipts_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipts")),
    )
    with op.batch_alter_table("receipts", schema=None) as batch_op:
        batch_op.create_index("ix_receipts_message_id", ["message_id"], unique=False)
        moved = sa.text("moved")
        batch_op.create_index(
            "ix_receipts_moved", ["received_at"], unique=False, sqlite_where=moved, postgresql_where=moved
        )
        strays = sa.text("case_id IS NULL")
        batch_op.create_index(
            "ix_receipts_strays", ["received_at"], unique=False, sqlite_where=strays, postgresql_where=strays
        )


def _limits() -> None:
    op.create_table(
        "suppressions",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_suppressions")),
    )
    op.create_table(
        "quota_uses",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quota_uses")),
    )
    with op.batch_alter_table("quota_uses", schema=None) as batch_op:
        batch_op.create_index("ix_quota_uses_message_id", ["message_id"], unique=False)
        batch_op.create_index("ix_quota_uses_name_digest_used_at", ["name", "digest", "used_at"], unique=False)
        batch_op.create_index("ix_quota_uses_used_at", ["used_at"], unique=False)
    op.create_table(
        "gates",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("paused_until", UtcDateTime(), nullable=True),
        sa.Column("paused_since", UtcDateTime(), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("probe_until", UtcDateTime(), nullable=True),
        sa.Column("full_at", sa.BigInteger(), nullable=False),
        sa.Column("granted", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_gates")),
    )
    op.create_table(
        "fences",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_fences")),
    )
    op.create_table(
        "sent_elsewhere",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sent_elsewhere")),
    )


def _counters() -> None:
    op.create_table(
        "counters",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counters")),
    )


def downgrade() -> None:
    for name in ("counters", "sent_elsewhere", "fences", "gates", "quota_uses", "suppressions", "receipts"):
        op.drop_table(name)
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        for name in ("turns", "provider_ref", "poll_at", "look", "unconfirmed"):
            batch_op.drop_index(f"ix_outbox_{name}")
        for name in ("entity", "urgency", "poll_at", "polls"):
            batch_op.drop_column(name)
    with op.batch_alter_table("activations", schema=None) as batch_op:
        batch_op.drop_column("undeliverable")
