"""The tables of cases, their history and deadlines; those of persons and of the queue lie beside (tables_people, tables_queue).

Every table of a case carries its id. No server default, no trigger: time and every value are handed in.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)  # fmt: skip

from store.types import UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def case_id(*, primary_key: bool = False) -> Column[object]:
    """The column by which a row belongs to a case."""
    return Column("case_id", Uuid, ForeignKey("cases.id"), primary_key=primary_key, nullable=False)


cases = Table(
    "cases",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("ref", Text, nullable=False, unique=True),
    Column("lifecycle", Text, nullable=False),
    Column("definition", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("entity", Text, nullable=False),
    Column("assignee", Uuid),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime),
    Column("holds_contacts", Boolean, nullable=False),  # whether its contact claims still keep others away (AM3-2)
    # By when somebody is to act; NO_DEADLINE where nobody is. Always written: SQLite adds no NOT NULL column to a table in use.
    Column("act_by", UtcDateTime),
    Index("ix_cases_lifecycle_opened_at", "lifecycle", "opened_at", "id"),
    Index("ix_cases_lifecycle_entity_opened_at", "lifecycle", "entity", "opened_at", "id"),
    Index("ix_cases_state_changed_at", "state", "changed_at"),
)
OPEN = text("closed_at IS NULL")  # as text, so that SQLite recognises the condition of the indexes
for _name, _first in (
    ("open", ()), ("open_entity", ("entity",)), ("open_assignee", ("assignee",)), ("open_state", ("state",)),
):  # fmt: skip
    _keys = (cases.c[name] for name in ("lifecycle", *_first, "act_by", "id"))
    Index(f"ix_cases_{_name}", *_keys, sqlite_where=OPEN, postgresql_where=OPEN)

data_keys = Table(
    "data_keys",
    metadata,
    case_id(primary_key=True),
    Column("key_id", Text, nullable=False),  # of the DATA_KEY that wrapped it
    Column("secret_id", Text, nullable=False),  # of the SECRET_KEY under which digests of this case were made
    Column("wrapped", LargeBinary, nullable=False),
)

registration_requests = Table(
    "registration_requests",
    metadata,
    case_id(primary_key=True),
    Column("kind", Text, nullable=False),
    Column("filer", Uuid, nullable=False),
    Column("note_number", Boolean, nullable=False),
    Column("purpose_code", Text),
    Column("document_type", Text),
    Column("document_country", Text),
    Column("checks_passed", Integer, nullable=False),
    Column("checked_at", UtcDateTime),
    Column("scan_attached", Boolean, nullable=False),
    Column("declaration_attached", Boolean, nullable=False),
    Column("validity_rule", Text),
    Column("extended_by_law", Boolean, nullable=False),
    Column("extension_confirmed", Boolean, nullable=False),
    Column("open_remarks", Integer, nullable=False),
    Column("creation_called_at", UtcDateTime),
    Column("creation_unknown", Boolean, nullable=False),
    Column("register_errors", Integer, nullable=False),
    Column("number_origin", Text),
    Column("number_created", Boolean, nullable=False),
    Column("activation_id", Uuid),
    Column("previous_activation_id", Uuid),
    Column("language", Text),
    Column("corrected_by", Uuid),
    Column("approved_by", Uuid),
    Column("approved_at", UtcDateTime),
    Column("audited_by", Uuid),
    Column("audited_at", UtcDateTime),
    Column("audit_verdict", Text),
    Column("fraud_suspected_by", Uuid),
    Column("fraud_suspected_at", UtcDateTime),
    CheckConstraint("approved_by <> filer", name="four_eyes"),  # the table says so as well, whatever the engine thinks
    CheckConstraint("audited_by <> approved_by", name="audited_by_another"),
)
Index(
    "ix_registration_requests_unaudited", registration_requests.c.approved_at, registration_requests.c.case_id,
    sqlite_where=text("approved_at IS NOT NULL AND audited_at IS NULL"),
    postgresql_where=text("approved_at IS NOT NULL AND audited_at IS NULL"),
)  # fmt: skip
Index(
    "ix_registration_requests_fraud", registration_requests.c.case_id,
    sqlite_where=text("fraud_suspected_at IS NOT NULL"), postgresql_where=text("fraud_suspected_at IS NOT NULL"),
)  # fmt: skip

activations = Table(
    "activations",
    metadata,
    case_id(primary_key=True),
    Column("request_id", Uuid, unique=True),  # one activation per request, whatever crashes (B1-21)
    Column("issuer", Text, nullable=False),
    Column("code_channel", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("minted_at", UtcDateTime, nullable=False),
    Column("link_issued_at", UtcDateTime, nullable=False),
    Column("link_expires_at", UtcDateTime, nullable=False),
    Column("filer", Uuid),
    Column("first_issued_at", UtcDateTime),
    Column("blocks_at", UtcDateTime),
    Column("attempts_used", Integer, nullable=False),
    Column("code_reissues", Integer, nullable=False),
    Column("renewals", Integer, nullable=False),
    Column("renewed_on", Date),
    Column("resent_on", Date),
    Column("activated_at", UtcDateTime),
    Column("account_named", Boolean, nullable=False),
    Column("keys_expire_at", UtcDateTime),
    Column("last_key", Text),
    Column("resume_until", UtcDateTime),
    Column("otp_tries", Integer, nullable=False),
    Column("otp_locked_until", UtcDateTime),
    Column("link_digest", LargeBinary, unique=True),
    Column("resume_digest", LargeBinary),
    Column("otp_digest", LargeBinary),
    Column("otp_expires_at", UtcDateTime),
    Column("otp_purpose", Text),
    Column("otp_sent_at", UtcDateTime),
    Column("otp_previous_digest", LargeBinary),
    Column("otp_previous_until", UtcDateTime),
    Column("frozen_at", UtcDateTime),
    Column("undeliverable", Boolean, nullable=False),
    Column("code_hash", Text),
    CheckConstraint("attempts_used BETWEEN 0 AND 3", name="three_tries"),  # 3.36
)

audit_events = Table(
    "audit_events",
    metadata,
    Column("id", Uuid, primary_key=True),
    case_id(),
    Column("sequence", Integer, nullable=False),
    Column("event", Text, nullable=False),
    Column("trigger", Text, nullable=False),
    Column("from_state", Text),
    Column("to_state", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("entity", Text),
    Column("definition", Text, nullable=False),
    Column("occurred_at", UtcDateTime, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    Column("reason_code", Text),
    Column("command_id", Uuid, unique=True),
    Column("payload", LargeBinary),  # sealed
    UniqueConstraint("case_id", "sequence"),
    Index("ix_audit_events_occurred_at", "occurred_at", "id"),
)

timers = Table(
    "timers",
    metadata,
    case_id(),
    Column("trigger", Text, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("armed", Boolean, nullable=False),
    Column("fired_at", UtcDateTime),
    PrimaryKeyConstraint("case_id", "trigger"),
)
ARMED = text(
    "timers.armed"
)  # as text, so that SQLite recognises the condition of the index, which it compares word by word
Index(
    "ix_timers_armed",
    timers.c.due_at,
    timers.c.case_id,
    timers.c.trigger,
    sqlite_where=text("armed"),
    postgresql_where=text("armed"),
)

marks = Table(
    "marks",
    metadata,
    Column("name", Text, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
)
