"""Copies of a database in a file, taken and put back while others have it open; for demonstrations, not for backups.

SQLite only: it copies page by page under its own locks, so that nobody ever reads half of the one and half of the other.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from store.engine import BUSY_S, parsed
from workflow.errors import Unavailable


def file_of(url: str) -> Path | None:
    """The file of a database; None for one that is no file."""
    target = parsed(url)
    return Path(str(target.database)).absolute() if target.get_backend_name() == "sqlite" else None


def copy_database(source: Path, to: Path) -> None:
    """Make one file hold what the other holds. Raises: Unavailable where one of them cannot be used."""
    try:
        with closing(_opened(source, "ro")) as old, closing(_opened(to, "rwc")) as new:
            old.backup(new)
    except sqlite3.Error as trouble:
        raise Unavailable(f"The database {source} cannot be copied to {to}: {trouble}.") from None


def _opened(path: Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.as_uri()}?mode={mode}", uri=True, timeout=BUSY_S)
