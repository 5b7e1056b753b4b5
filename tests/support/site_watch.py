"""What a site did: which secrets it compared, what its database holds, how many statements it sent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import Engine, NullPool, create_engine, event, select

from bisdesk.bootstrap import Installation
from store import tables, tables_people, tables_queue  # noqa: F401
from store.engine import parsed
from store.hashing import Hasher
from tests.support.watched import WatchedSecrets, compared

METADATA = tables.metadata  # the other modules add their tables to it
NOT_ABOUT_A_CASE = frozenset({"quota_uses", "gates", "marks", "counters"})


@dataclass(frozen=True)
class Watched(Installation):
    """The real thing, every comparison of a code or password written down before it is made."""

    @cached_property
    def secrets(self) -> WatchedSecrets:
        """The real one."""
        return WatchedSecrets(Hasher(self.keyring), compared(self.settings.home))


def dump(url: str, *, without: frozenset[str] = NOT_ABOUT_A_CASE) -> dict[str, list[str]]:
    """Every row of every table but those `without`, as text."""
    engine = create_engine(parsed(url), poolclass=NullPool)
    named = {table.name: table for table in METADATA.sorted_tables}
    with engine.connect() as connection:
        return {
            name: sorted(repr(tuple(row)) for row in connection.execute(select(table)))
            for name, table in named.items()
            if name not in without
        }


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements that any engine of this process sends meanwhile."""
    sent: list[str] = []

    def note(*told: object) -> None:
        sent.append(str(told[2]))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)
