"""Takes in the reports of mail servers: one by one from a pipe, or from the maildir that they are delivered to.

A file leaves `new/` only after its receipt is stored: a crash in between reads it again, and a second reading moves nothing.
"""

from __future__ import annotations

import logging
import os
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from heapq import nsmallest
from pathlib import Path

from bisdesk.bootstrap import Installation
from notifications.bounces import Ignored
from notifications.reports import LARGEST
from workflow.errors import ConcurrentChange, Unavailable
from workflow.outbox import ReceiptStatus
from workflow.receipts import Heard, receive

AT_ONCE = 200  # files a round; a tick has several rounds, so a flood holds up nothing else for long
UNREADABLE = "unreadable"
SEEN = ":2,S"  # how a maildir marks what was read

log = logging.getLogger("bisdesk.mailroom")


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one mail: why it was ignored, or which message it moved or did not."""

    ignored: Ignored | None = None
    status: ReceiptStatus | None = None
    heard: Heard | None = None

    @property
    def outcome(self) -> str:
        """In one word, for logs and counts."""
        if self.heard is None:
            return str(self.ignored)
        return "stray" if self.heard.message_id is None else "moved" if self.heard.moved else "kept"


def take(app: Installation, mail: bytes, now: datetime, *, came_to: str | None = None) -> Taken:
    """Judge one mail and keep what it reports, committed. Raises: ConcurrentChange, Unavailable."""
    if app.bounces is None:
        raise Unavailable("Reports cannot be matched: set BISDESK_BOUNCE_ADDRESS to the address that they come to.")
    receipt = app.bounces.receipt_of(mail, came_to=came_to)
    if isinstance(receipt, Ignored):
        return Taken(ignored=receipt)
    return Taken(status=receipt.status, heard=receive(app.unit_of_work, receipt, now=now, tools=app.tools))


def read_maildir(app: Installation, now: datetime) -> int:
    """Take in what lies in `new/`, at most so many at once; how many files were read and put into `cur/`.

    Raises: Unavailable when the database is; the files wait.
    """
    folder = app.settings.bounce_maildir
    if folder is None:
        return 0
    if why := trouble_with(folder):
        log.error("reports of mail are not read: %s", why)
        return 0
    counts = Counter(outcome for path in _oldest(folder / "new") if (outcome := _read(app, path, now)))
    if counts:
        log.info("reports of mail: %s", ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items())))
    return counts.total()


def trouble_with(folder: Path) -> str | None:
    """Why a maildir cannot be worked off, or None."""
    for part in (folder / "new", folder / "cur"):
        if not part.is_dir():
            return f"{part} is no folder"
        if not os.access(part, os.R_OK | os.W_OK | os.X_OK):
            return f"{part} cannot be written to"
    return None


def _oldest(new: Path) -> list[Path]:
    """The files whose names come first: those begin with the second of their delivery."""
    with os.scandir(new) as entries:
        names = (entry.name for entry in entries if _is_mail(entry))
        return [new / name for name in nsmallest(AT_ONCE, names)]


def _is_mail(entry: os.DirEntry[str]) -> bool:
    return not entry.name.startswith(".") and entry.is_file(follow_symlinks=False)


def _read(app: Installation, path: Path, now: datetime) -> str | None:
    """What became of one file; None when it is still where it was."""
    try:
        with path.open("rb") as file:
            mail = file.read(LARGEST)
    except FileNotFoundError:
        return None  # another worker was first
    except OSError:
        return UNREADABLE if _put_away(path) else None
    try:
        taken = take(app, mail, now)
    except ConcurrentChange:
        return None  # its case is in a crowd; the next round looks again
    return taken.outcome if _put_away(path) else None


def _put_away(path: Path) -> bool:
    try:
        path.rename(path.parent.parent / "cur" / f"{path.name.partition(':')[0]}{SEEN}")
    except FileNotFoundError:
        return False
    except OSError as error:
        log.error("a mail that was read cannot be put away (%s)", type(error).__name__)
        return False
    return True
