"""What the officers' desk needs: deadlines on cases, who approved and who judged it, sessions, looks, views, kept forms."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from store.types import UtcDateTime

# Neither `cases` nor `users` may be made anew on SQLite: others refer to them, and dropping them would take those along.
revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

OPEN = sa.text("closed_at IS NULL")
UNAUDITED = sa.text("approved_at IS NOT NULL AND audited_at IS NULL")
SUSPECTED = sa.text("fraud_suspected_at IS NOT NULL")
NEVER = "9999-12-31 00:00:00.000000"
OF_REQUESTS = (
    ("language", sa.Text()), ("corrected_by", sa.Uuid()), ("approved_by", sa.Uuid()), ("approved_at", UtcDateTime()),
    ("audited_by", sa.Uuid()), ("audited_at", UtcDateTime()), ("audit_verdict", sa.Text()),
    ("fraud_suspected_by", sa.Uuid()), ("fraud_suspected_at", UtcDateTime()),
)  # fmt: skip
INDEXES = (("open", ()), ("open_entity", ("entity",)), ("open_assignee", ("assignee",)))


def upgrade() -> None:
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.add_column(sa.Column("act_by", UtcDateTime(), nullable=True))
    never = f"'{NEVER}'" if op.get_bind().dialect.name == "sqlite" else f"TIMESTAMPTZ '{NEVER}+00'"
    op.execute(f"UPDATE cases SET act_by = {never}")
    # The deadline of whoever has to act: what is armed for the state, or the alarm that rang without an answer.
    due = (
        "SELECT max(due_at) FROM timers WHERE timers.case_id = cases.id AND ("
        "(cases.state IN ('submitted', 'in_review', 'match_review', 'registering') AND trigger = 'queue_alert') OR "
        "(cases.state = 'draft' AND trigger = 'draft_idle') OR "
        "(cases.state = 'info_requested' AND trigger = 'info_deadline'))"
    )
    op.execute(f"UPDATE cases SET act_by = COALESCE(({due}), act_by) WHERE lifecycle = 'registration'")
    with op.batch_alter_table("cases", schema=None) as batch_op:
        for name, first in INDEXES:
            batch_op.create_index(
                f"ix_cases_{name}", ["lifecycle", *first, "act_by", "id"], unique=False, sqlite_where=OPEN, postgresql_where=OPEN
            )
    with op.batch_alter_table("registration_requests", schema=None) as batch_op:
        for name, kind in OF_REQUESTS:
            batch_op.add_column(sa.Column(name, kind, nullable=True))
        batch_op.create_check_constraint("four_eyes", "approved_by <> filer")
        batch_op.create_check_constraint("audited_by_another", "audited_by <> approved_by")
    with op.batch_alter_table("registration_requests", schema=None) as batch_op:
        batch_op.create_index(
            "ix_registration_requests_unaudited", ["approved_at", "case_id"], unique=False, sqlite_where=UNAUDITED,
            postgresql_where=UNAUDITED,
        )  # fmt: skip
        batch_op.create_index(
            "ix_registration_requests_fraud", ["case_id"], unique=False, sqlite_where=SUSPECTED, postgresql_where=SUSPECTED
        )
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.add_column(sa.Column("subject", sa.LargeBinary(), nullable=True))
        batch_op.create_index("uq_users_subject", ["subject"], unique=True)
    _of_officers()
    _looks()


def _of_officers() -> None:
    _table(
        "officer_sessions", sa.Column("digest", sa.LargeBinary(), nullable=False), times=("opened_at", "seen_at", "ends_at")
    )
    _table("kept_forms", sa.Column("digest", sa.LargeBinary(), nullable=False), sa.Column("path", sa.Text(), nullable=False),
           sa.Column("content", sa.LargeBinary(), nullable=False), times=("ends_at",))  # fmt: skip
    _table("saved_views", sa.Column("name", sa.Text(), nullable=False), sa.Column("query", sa.Text(), nullable=False),
           key=("user_id", "name"))  # fmt: skip
    for name, columns in (
        ("officer_sessions", ("user_id",)), ("officer_sessions", ("ends_at",)), ("kept_forms", ("ends_at",)),
    ):  # fmt: skip
        with op.batch_alter_table(name, schema=None) as batch_op:
            batch_op.create_index(f"ix_{name}_{columns[0]}", list(columns), unique=False)


def _table(name: str, *columns: sa.Column[Any], times: tuple[str, ...] = (), key: tuple[str, ...] = ("digest",)) -> None:
    first, *rest = columns
    user: sa.Column[Any] = sa.Column("user_id", sa.Uuid(), nullable=False)
    own: tuple[sa.Column[Any], ...] = (user, first, *rest) if key[0] == "user_id" else (first, user, *rest)
    op.create_table(
        name,
        *own,
        *(sa.Column(time, UtcDateTime(), nullable=False) for time in times),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f(f"fk_{name}_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint(*key, name=op.f(f"pk_{name}")),
    )


def _looks() -> None:
    op.create_table(
        "looks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("actor", "role", "what")),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("told", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_looks_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_looks")),
    )
    with op.batch_alter_table("looks", schema=None) as batch_op:
        batch_op.create_index("ix_looks_case_id", ["case_id", "at"], unique=False)
        batch_op.create_index("ix_looks_at", ["at"], unique=False)


def downgrade() -> None:
    for name in ("looks", "saved_views", "kept_forms", "officer_sessions"):
        op.drop_table(name)
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.drop_index("uq_users_subject")
    op.execute("ALTER TABLE users DROP COLUMN subject")
    with op.batch_alter_table("registration_requests", schema=None) as batch_op:
        batch_op.drop_index("ix_registration_requests_fraud")
        batch_op.drop_index("ix_registration_requests_unaudited")
        batch_op.drop_constraint("audited_by_another", type_="check")
        batch_op.drop_constraint("four_eyes", type_="check")
        for name, _ in OF_REQUESTS:
            batch_op.drop_column(name)
    with op.batch_alter_table("cases", schema=None) as batch_op:
        for name, _ in INDEXES:
            batch_op.drop_index(f"ix_cases_{name}")
    op.execute("ALTER TABLE cases DROP COLUMN act_by")
