"""What the applicant's site needs: every link that was sent, sessions of browsers, one owner for a user name, freezing."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.types import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NAMES = sa.text("name = 'username'")
NEW = (
    ("otp_purpose", sa.Text()),
    ("otp_sent_at", UtcDateTime()),
    ("otp_previous_digest", sa.LargeBinary()),
    ("otp_previous_until", UtcDateTime()),
    ("frozen_at", UtcDateTime()),
)
ONE_OF_A_CASE = "INSERT INTO links (digest, case_id, purpose, issued_at) SELECT {digest}, case_id, '{purpose}', {issued} "
IF_ANY = "FROM activations WHERE {digest} IS NOT NULL AND case_id IN (SELECT case_id FROM data_keys)"


def upgrade() -> None:
    with op.batch_alter_table("activations", schema=None) as batch_op:
        for name, kind in NEW:
            batch_op.add_column(sa.Column(name, kind, nullable=True))
    with op.batch_alter_table("blind_index", schema=None) as batch_op:
        batch_op.create_index(
            "uq_blind_index_username", ["digest"], unique=True, sqlite_where=NAMES, postgresql_where=NAMES
        )
    _of_persons("links", sa.Column("purpose", sa.Text(), nullable=False), times=("issued_at",))
    _of_persons("sessions", sa.Column("stage", sa.Text(), nullable=False), times=("opened_at", "seen_at", "ends_at"))
    with op.batch_alter_table("links", schema=None) as batch_op:
        batch_op.create_index(
            "ix_links_case_id_purpose_issued_at", ["case_id", "purpose", "issued_at"], unique=False
        )
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.create_index("ix_sessions_case_id", ["case_id"], unique=False)
        batch_op.create_index("ix_sessions_ends_at", ["ends_at"], unique=False)
    for digest, purpose, issued in (
        ("link_digest", "link", "link_issued_at"), ("resume_digest", "resume", "COALESCE(activated_at, minted_at)"),
    ):  # fmt: skip
        op.execute((ONE_OF_A_CASE + IF_ANY).format(digest=digest, purpose=purpose, issued=issued))


def _of_persons(name: str, word: sa.Column[str], *, times: tuple[str, ...]) -> None:
    op.create_table(
        name,
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        word,
        *(sa.Column(time, UtcDateTime(), nullable=False) for time in times),
        sa.ForeignKeyConstraint(
            ["case_id"], ["data_keys.case_id"], name=op.f(f"fk_{name}_case_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f(f"pk_{name}")),
    )


def downgrade() -> None:
    op.drop_table("sessions")
    op.drop_table("links")
    with op.batch_alter_table("blind_index", schema=None) as batch_op:
        batch_op.drop_index("uq_blind_index_username")
    with op.batch_alter_table("activations", schema=None) as batch_op:
        for name, _ in NEW:
            batch_op.drop_column(name)
