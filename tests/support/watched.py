"""The port `Secrets` as it is, with a journal of every comparison of many processes."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from threading import get_ident
from uuid import UUID

from workflow.ports_chance import Secrets


@dataclass(frozen=True, slots=True)
class WatchedSecrets:
    """Writes down what is compared, one line each: `code` with its case, or `password`; all else is left to the real one."""

    real: Secrets
    journal: Path

    def __getattr__(self, name: str) -> object:
        return getattr(self.real, name)

    def code_matches(self, code: str, digest: str, *, case_id: UUID) -> bool:
        """As the real one, written down before it is answered."""
        append_line(_own(self.journal), f"code {case_id}")
        return self.real.code_matches(code, digest, case_id=case_id)

    def password_matches(self, password: str, digest: str) -> bool:
        """As the real one, written down before it is answered."""
        append_line(_own(self.journal), "password")
        return self.real.password_matches(password, digest)


def compared(home: Path) -> Path:
    """Where comparisons are written down: a folder, in which every writer has a file of its own, so that none hides another's."""
    return home / "compared"


def comparisons(home: Path, what: str) -> int:
    """How often this was compared: `password`, `code`, or a code of one case."""
    lines = [line for path in compared(home).glob("*") for line in path.read_text().splitlines()]
    return sum(line == what or line.startswith(f"{what} ") for line in lines)


def _own(journal: Path) -> Path:
    journal.mkdir(parents=True, exist_ok=True)
    return journal / f"{os.getpid()}-{get_ident()}"


def append_line(path: Path, line: str) -> None:
    """Add a line in one write, so that the lines of many processes never mix."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(descriptor, f"{line}\n".encode())
    finally:
        os.close(descriptor)
