"""What a site did: which secrets it compared, what its database holds, how many statements it sent."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from uuid import UUID

from sqlalchemy import Engine, NullPool, create_engine, event, select

from bisdesk.bootstrap import Installation
from store import tables, tables_people, tables_queue  # noqa: F401
from store.engine import parsed
from workflow.advance import Tools
from workflow.ports_chance import Secrets

METADATA = tables.metadata  # the other modules add their tables to it
NOT_ABOUT_A_CASE = frozenset({"quota_uses", "gates", "marks", "counters"})


@dataclass(frozen=True)
class Watched(Installation):
    """The real thing, every comparison of a code or password written down before it is made."""

    @cached_property
    def tools(self) -> Tools:
        """The real tools."""
        real = super().tools
        return replace(real, secrets=WatchedSecrets(real.secrets, compared(self.settings.home)))


@dataclass(frozen=True, slots=True)
class WatchedSecrets:
    """The port `Secrets`, with a journal that many processes share."""

    real: Secrets
    journal: Path

    def token_digest(self, token: str, *, purpose: str) -> bytes:
        """As the real one."""
        return self.real.token_digest(token, purpose=purpose)

    def hash_code(self, code: str, *, case_id: UUID) -> str:
        """As the real one."""
        return self.real.hash_code(code, case_id=case_id)

    def code_matches(self, code: str, digest: str, *, case_id: UUID) -> bool:
        """As the real one, written down."""
        self._write("code")
        return self.real.code_matches(code, digest, case_id=case_id)

    def hash_password(self, password: str) -> str:
        """As the real one."""
        return self.real.hash_password(password)

    def password_matches(self, password: str, digest: str) -> bool:
        """As the real one, written down."""
        self._write("password")
        return self.real.password_matches(password, digest)

    def is_guessable(self, password: str, *, knowing: tuple[str, ...]) -> bool:
        """As the real one."""
        return self.real.is_guessable(password, knowing=knowing)

    def _write(self, what: str) -> None:
        descriptor = os.open(self.journal, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(descriptor, f"{what}\n".encode())
        finally:
            os.close(descriptor)


def compared(home: Path) -> Path:
    """Where comparisons are written down."""
    return home / "compared"


def comparisons(home: Path, what: str) -> int:
    """How many were made."""
    path = compared(home)
    return path.read_text(encoding="utf-8").splitlines().count(what) if path.exists() else 0


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
