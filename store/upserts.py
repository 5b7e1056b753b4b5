"""Write-or-replace of whole rows, in the words that both databases share."""

from __future__ import annotations

from functools import cache

from sqlalchemy import Executable, Table
from sqlalchemy.dialects import postgresql, sqlite

from store.dialects import SQLITE


@cache
def upsert(table: Table, dialect: str) -> Executable:
    """An insert that replaces every other column of the row with the same primary key."""
    make = sqlite.insert if dialect == SQLITE else postgresql.insert
    statement = make(table)
    key = [column.name for column in table.primary_key]
    rest = {column.name: statement.excluded[column.name] for column in table.columns if column.name not in key}
    return statement.on_conflict_do_update(index_elements=key, set_=rest)
