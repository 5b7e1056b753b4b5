"""What lists need once there are many cases: the open ones of a state by deadline, and those that came to a state since a day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

OPEN = sa.text("closed_at IS NULL")


def upgrade() -> None:
    op.create_index(
        "ix_cases_open_state", "cases", ["lifecycle", "state", "act_by", "id"], unique=False, sqlite_where=OPEN,
        postgresql_where=OPEN,
    )  # fmt: skip
    op.create_index("ix_cases_state_changed_at", "cases", ["state", "changed_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_cases_state_changed_at", table_name="cases")
    op.drop_index("ix_cases_open_state", table_name="cases")
