"""Write-or-replace of whole rows, in the words that both databases share."""

from __future__ import annotations

from functools import cache

from sqlalchemy import Executable, Table
from sqlalchemy.dialects import postgresql, sqlite

from store.dialects import SQLITE


@cache
def upsert(table: Table, dialect: str, *, leaving: tuple[str, ...] = ()) -> Executable:
    """An insert that replaces every other column of the row with the same primary key, but those to be left."""
    make = sqlite.insert if dialect == SQLITE else postgresql.insert
    statement = make(table)
    key = [column.name for column in table.primary_key]
    kept = {*key, *leaving}
    rest = {column.name: statement.excluded[column.name] for column in table.columns if column.name not in kept}
    return statement.on_conflict_do_update(index_elements=key, set_=rest)
