"""The tables of the first version."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.types import UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("lifecycle", sa.Text(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("assignee", sa.Uuid(), nullable=True),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("holds_contacts", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("ref", name=op.f("uq_cases_ref")),
    )
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.create_index(
            "ix_cases_lifecycle_entity_opened_at", ["lifecycle", "entity", "opened_at", "id"], unique=False
        )
        batch_op.create_index("ix_cases_lifecycle_opened_at", ["lifecycle", "opened_at", "id"], unique=False)

    op.create_table(
        "entities",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_entities")),
    )
    op.create_table(
        "marks",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_marks")),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("email", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=True),
        sa.Column("agreement_signed_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("address", name=op.f("uq_users_address")),
    )
    op.create_table(
        "activations",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("code_channel", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("minted_at", UtcDateTime(), nullable=False),
        sa.Column("link_issued_at", UtcDateTime(), nullable=False),
        sa.Column("link_expires_at", UtcDateTime(), nullable=False),
        sa.Column("filer", sa.Uuid(), nullable=True),
        sa.Column("first_issued_at", UtcDateTime(), nullable=True),
        sa.Column("blocks_at", UtcDateTime(), nullable=True),
        sa.Column("attempts_used", sa.Integer(), nullable=False),
        sa.Column("code_reissues", sa.Integer(), nullable=False),
        sa.Column("renewals", sa.Integer(), nullable=False),
        sa.Column("renewed_on", sa.Date(), nullable=True),
        sa.Column("resent_on", sa.Date(), nullable=True),
        sa.Column("activated_at", UtcDateTime(), nullable=True),
        sa.Column("account_named", sa.Boolean(), nullable=False),
        sa.Column("keys_expire_at", UtcDateTime(), nullable=True),
        sa.Column("last_key", sa.Text(), nullable=True),
        sa.Column("resume_until", UtcDateTime(), nullable=True),
        sa.Column("otp_tries", sa.Integer(), nullable=False),
        sa.Column("otp_locked_until", UtcDateTime(), nullable=True),
        sa.Column("link_digest", sa.LargeBinary(), nullable=True),
        sa.Column("resume_digest", sa.LargeBinary(), nullable=True),
        sa.Column("otp_digest", sa.LargeBinary(), nullable=True),
        sa.Column("otp_expires_at", UtcDateTime(), nullable=True),
        sa.Column("code_hash", sa.Text(), nullable=True),
        sa.CheckConstraint("attempts_used BETWEEN 0 AND 3", name=op.f("ck_activations_three_tries")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_activations_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_activations")),
        sa.UniqueConstraint("link_digest", name=op.f("uq_activations_link_digest")),
        sa.UniqueConstraint("request_id", name=op.f("uq_activations_request_id")),
    )
    op.create_table(
        "audit_events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("trigger", sa.Text(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=True),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=True),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("occurred_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("reason_code", sa.Text(), nullable=True),
        sa.Column("command_id", sa.Uuid(), nullable=True),
        sa.Column("payload", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_audit_events_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_events")),
        sa.UniqueConstraint("case_id", "sequence", name=op.f("uq_audit_events_case_id_sequence")),
        sa.UniqueConstraint("command_id", name=op.f("uq_audit_events_command_id")),
    )
    op.create_table(
        "data_keys",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("secret_id", sa.Text(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_data_keys_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_data_keys")),
    )
    op.create_table(
        "digital_keys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_digital_keys_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digital_keys")),
    )
    with op.batch_alter_table("digital_keys", schema=None) as batch_op:
        batch_op.create_index("ix_digital_keys_case_id", ["case_id"], unique=False)

    op.create_table(
        "outbox",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("queued_at", UtcDateTime(), nullable=False),
        sa.Column("not_before", UtcDateTime(), nullable=False),
        sa.Column("send_before", UtcDateTime(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("params", sa.Text(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("template", sa.Text(), nullable=True),
        sa.Column("body_digest", sa.Text(), nullable=True),
        sa.Column("provider_ref", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("first_attempt_at", UtcDateTime(), nullable=True),
        sa.Column("last_attempt_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_outbox_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint(
            "case_id", "kind", "audience", "sequence", name=op.f("uq_outbox_case_id_kind_audience_sequence")
        ),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(
            "ix_outbox_secret",
            ["send_before"],
            unique=False,
            sqlite_where=sa.text("secret IS NOT NULL"),
            postgresql_where=sa.text("secret IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_outbox_waiting",
            ["not_before", "id"],
            unique=False,
            sqlite_where=sa.text("state IN ('queued', 'sending', 'unknown')"),
            postgresql_where=sa.text("state IN ('queued', 'sending', 'unknown')"),
        )

    op.create_table(
        "registration_requests",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("filer", sa.Uuid(), nullable=False),
        sa.Column("note_number", sa.Boolean(), nullable=False),
        sa.Column("purpose_code", sa.Text(), nullable=True),
        sa.Column("document_type", sa.Text(), nullable=True),
        sa.Column("document_country", sa.Text(), nullable=True),
        sa.Column("checks_passed", sa.Integer(), nullable=False),
        sa.Column("checked_at", UtcDateTime(), nullable=True),
        sa.Column("scan_attached", sa.Boolean(), nullable=False),
        sa.Column("declaration_attached", sa.Boolean(), nullable=False),
        sa.Column("validity_rule", sa.Text(), nullable=True),
        sa.Column("extended_by_law", sa.Boolean(), nullable=False),
        sa.Column("extension_confirmed", sa.Boolean(), nullable=False),
        sa.Column("open_remarks", sa.Integer(), nullable=False),
        sa.Column("creation_called_at", UtcDateTime(), nullable=True),
        sa.Column("creation_unknown", sa.Boolean(), nullable=False),
        sa.Column("register_errors", sa.Integer(), nullable=False),
        sa.Column("number_origin", sa.Text(), nullable=True),
        sa.Column("number_created", sa.Boolean(), nullable=False),
        sa.Column("activation_id", sa.Uuid(), nullable=True),
        sa.Column("previous_activation_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_registration_requests_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_registration_requests")),
    )
    op.create_table(
        "timers",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("trigger", sa.Text(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("armed", sa.Boolean(), nullable=False),
        sa.Column("fired_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_timers_case_id")),
        sa.PrimaryKeyConstraint("case_id", "trigger", name=op.f("pk_timers")),
    )
    with op.batch_alter_table("timers", schema=None) as batch_op:
        batch_op.create_index(
            "ix_timers_armed",
            ["due_at", "case_id", "trigger"],
            unique=False,
            sqlite_where=sa.text("armed"),
            postgresql_where=sa.text("armed"),
        )

    op.create_table(
        "user_rights",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_user_rights_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "position", name=op.f("pk_user_rights")),
    )
    op.create_table(
        "user_roles",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_user_roles_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "role", name=op.f("pk_user_roles")),
    )
    with op.batch_alter_table("user_roles", schema=None) as batch_op:
        batch_op.create_index("ix_user_roles_role", ["role"], unique=False)

    op.create_table(
        "attachments",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("slot", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["data_keys.case_id"], name=op.f("fk_attachments_case_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("case_id", "slot", name=op.f("pk_attachments")),
    )
    op.create_table(
        "blind_index",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("shred_with", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_blind_index_case_id")),
        sa.ForeignKeyConstraint(
            ["shred_with"], ["data_keys.case_id"], name=op.f("fk_blind_index_shred_with"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("case_id", "name", "digest", name=op.f("pk_blind_index")),
    )
    with op.batch_alter_table("blind_index", schema=None) as batch_op:
        batch_op.create_index("ix_blind_index_name_digest", ["name", "digest"], unique=False)
        batch_op.create_index(
            "ix_blind_index_shred_with",
            ["shred_with"],
            unique=False,
            sqlite_where=sa.text("shred_with IS NOT NULL"),
            postgresql_where=sa.text("shred_with IS NOT NULL"),
        )

    op.create_table(
        "contact_claims",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("owner", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["data_keys.case_id"],
            name=op.f("fk_contact_claims_case_id"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("case_id", "name", name=op.f("pk_contact_claims")),
    )
    with op.batch_alter_table("contact_claims", schema=None) as batch_op:
        batch_op.create_index("ix_contact_claims_digest", ["digest"], unique=False)

    op.create_table(
        "delivery_attempts",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("provider_ref", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["message_id"], ["outbox.id"], name=op.f("fk_delivery_attempts_message_id")),
        sa.PrimaryKeyConstraint("message_id", "fence", name=op.f("pk_delivery_attempts")),
    )
    op.create_table(
        "sealed_values",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["data_keys.case_id"], name=op.f("fk_sealed_values_case_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("case_id", "path", name=op.f("pk_sealed_values")),
    )


def downgrade() -> None:
    op.drop_table("sealed_values")
    op.drop_table("delivery_attempts")
    with op.batch_alter_table("contact_claims", schema=None) as batch_op:
        batch_op.drop_index("ix_contact_claims_digest")

    op.drop_table("contact_claims")
    with op.batch_alter_table("blind_index", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_blind_index_shred_with",
            sqlite_where=sa.text("shred_with IS NOT NULL"),
            postgresql_where=sa.text("shred_with IS NOT NULL"),
        )
        batch_op.drop_index("ix_blind_index_name_digest")

    op.drop_table("blind_index")
    op.drop_table("attachments")
    with op.batch_alter_table("user_roles", schema=None) as batch_op:
        batch_op.drop_index("ix_user_roles_role")

    op.drop_table("user_roles")
    op.drop_table("user_rights")
    with op.batch_alter_table("timers", schema=None) as batch_op:
        batch_op.drop_index("ix_timers_armed", sqlite_where=sa.text("armed"), postgresql_where=sa.text("armed"))

    op.drop_table("timers")
    op.drop_table("registration_requests")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_outbox_waiting",
            sqlite_where=sa.text("state IN ('queued', 'sending', 'unknown')"),
            postgresql_where=sa.text("state IN ('queued', 'sending', 'unknown')"),
        )
        batch_op.drop_index(
            "ix_outbox_secret",
            sqlite_where=sa.text("secret IS NOT NULL"),
            postgresql_where=sa.text("secret IS NOT NULL"),
        )

    op.drop_table("outbox")
    with op.batch_alter_table("digital_keys", schema=None) as batch_op:
        batch_op.drop_index("ix_digital_keys_case_id")

    op.drop_table("digital_keys")
    op.drop_table("data_keys")
    op.drop_table("audit_events")
    op.drop_table("activations")
    op.drop_table("users")
    op.drop_table("marks")
    op.drop_table("entities")
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.drop_index("ix_cases_lifecycle_opened_at")
        batch_op.drop_index("ix_cases_lifecycle_entity_opened_at")

    op.drop_table("cases")
