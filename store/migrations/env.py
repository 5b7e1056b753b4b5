"""Runs migrations on the connection that `store.schema.upgrade` hands over, in its transaction: all of them, or none."""

from __future__ import annotations

from alembic import context

from store import tables_desk, tables_people, tables_queue  # noqa: F401  # their tables join the metadata
from store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
    compare_type=True,
    user_module_prefix="",  # the template imports our own types by name
)
with context.begin_transaction():
    context.run_migrations()
