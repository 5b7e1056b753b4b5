"""The send journal on disk: an epoch, and one file a day of what was about to leave; it outlives the database beside it.

Every line carries keyed digests only (I6), and a keyed check, so that a torn or changed line is noticed. It knows no SQL.
"""

from __future__ import annotations

import errno
import fcntl
import hmac
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

from store.keyring import Keyring
from workflow.errors import Unavailable
from workflow.fence import Entry, Evidence, Fate, Keys, evidence_of
from workflow.outbox import QueuedMessage

EPOCH, LOCK, SEGMENT = "epoch.json", "lock", "sent-{:%Y-%m-%d}.log"
PURPOSE = "send-journal"
KEY_BYTES, CHECK_DIGITS = 16, 12
YES, NO = "+", "-"


@dataclass(frozen=True, slots=True)
class Marker:
    """Whose journal it is, and which epoch it has reached."""

    installation: str
    epoch: int


class SendJournal:
    """One folder, shared by everything that sends for one installation."""

    def __init__(self, folder: Path, keyring: Keyring) -> None:
        self.folder = folder
        self._keyring = keyring

    # Keys

    def of(self, message: QueuedMessage) -> Keys:
        """The keys of a message: what it is, whose it is, and what it says to whom."""
        told = json.dumps(dict(message.params), sort_keys=True)
        words = (str(message.case_id), str(message.kind), str(message.audience), str(message.channel), told)
        return Keys(
            id=self._key("id", str(message.id)),
            case=self.of_case(message.case_id),
            said=self._key("said", *words),
            doubted=self._key("doubted", *words),
        )

    def of_case(self, case_id: UUID) -> bytes:
        """The key of a case."""
        return self._key("case", str(case_id))

    def _key(self, *parts: str) -> bytes:
        return self._keyring.digest(PURPOSE, *parts)[:KEY_BYTES]

    # The epoch

    def marker(self) -> Marker | None:
        """The epoch that was reached; None where there is no journal. Raises: Unavailable where it cannot be read."""
        try:
            read = json.loads((self.folder / EPOCH).read_text(encoding="ascii"))
            return Marker(str(read["installation"]), int(read["epoch"]))
        except FileNotFoundError:
            return None
        except OSError as trouble:
            raise self._out_of_reach(trouble) from None
        except (ValueError, TypeError, KeyError):
            raise Unavailable(
                f"{self.folder / EPOCH} is damaged, so nothing is sent. Bring this file back from where the journal is kept."
            ) from None

    def raise_to(self, marker: Marker) -> None:
        """Make an epoch durable; a higher one stands.

        Raises: Unavailable where it cannot be written, or another database has reached the very same epoch (F47).
        """
        with self._locked():
            stands = self.marker()
            if stands is not None:
                self.refuse_foreign(stands, marker.installation)
                if stands.epoch == marker.epoch:
                    raise Unavailable(
                        "Another copy of this database sends with the same journal, so this batch was not sent. Stop one of them."
                    )
                if stands.epoch > marker.epoch:
                    return
            text = json.dumps({"installation": marker.installation, "epoch": marker.epoch})
            draft = self.folder / f"{EPOCH}.new"
            _write(draft, text.encode() + b"\n", os.O_TRUNC)
            os.replace(draft, self.folder / EPOCH)
            self._sync_folder()

    def refuse_foreign(self, marker: Marker, installation: str) -> None:
        """Never mix the journals of two installations. Raises: Unavailable."""
        if marker.installation != installation:
            raise Unavailable(
                f"The send journal in {self.folder} belongs to another installation ({marker.installation}, not "
                f"{installation}), so nothing is sent. Point BISDESK_JOURNAL_DIR at the journal of this database."
            )

    # Lines

    def append(self, entries: Iterable[Entry], *, durable: bool) -> None:
        """Add lines; durable: they are on disk when this returns. Raises: Unavailable."""
        days: dict[date, bytes] = {}
        for entry in entries:
            days[entry.at.date()] = days.get(entry.at.date(), b"") + self._line(entry)
        with self._locked():
            for day, lines in days.items():
                path = self.folder / SEGMENT.format(day)
                is_new = not path.exists()
                _write(path, lines, os.O_APPEND, sync=durable)
                if is_new and durable:
                    self._sync_folder()

    def evidence(self) -> Evidence:
        """All that the journal tells. Raises: Unavailable."""
        unreadable = 0
        entries: list[Entry] = []
        for path in self.segments():
            try:
                lines = path.read_bytes().split(b"\n")
            except OSError as trouble:
                raise self._out_of_reach(trouble) from None
            for line in filter(None, lines):
                entry = self._read(line)
                unreadable += entry is None
                entries += [entry] if entry else []
        return evidence_of(entries, unreadable=unreadable)

    def segments(self) -> list[Path]:
        """The files of the days, oldest first."""
        return sorted(self.folder.glob("sent-*.log"))

    def drop_before(self, day: date) -> int:
        """Drop the files of older days; how many."""
        old = [path for path in self.segments() if path.name < SEGMENT.format(day)]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def _line(self, entry: Entry) -> bytes:
        keys = entry.keys
        words = (
            str(entry.epoch), entry.at.isoformat(), entry.kind, entry.channel, str(entry.fate), str(entry.attempt),
            YES if entry.fresh_secret else NO, *(key.hex() for key in (keys.id, keys.case, keys.said, keys.doubted)),
        )  # fmt: skip
        text = " ".join(words)
        return f"{text} {self._check(text)}\n".encode()

    def _read(self, line: bytes) -> Entry | None:
        """A line as it was written; None for one that was torn or changed."""
        text, _, check = line.decode("ascii", errors="replace").rpartition(" ")
        if not hmac.compare_digest(check.encode(), self._check(text).encode()):
            return None
        epoch, at, kind, channel, fate, attempt, fresh, *keys = text.split(" ")
        return Entry(
            int(epoch), datetime.fromisoformat(at), kind, channel, Fate(fate), int(attempt), fresh == YES,
            Keys(*(bytes.fromhex(key) for key in keys)),
        )  # fmt: skip

    def _check(self, text: str) -> str:
        return self._keyring.digest(PURPOSE, "line", text).hex()[:CHECK_DIGITS]

    # Files

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One writer at a time, over all processes and hosts that share the folder."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(self.folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX)
                yield
            finally:
                os.close(handle)
        except OSError as trouble:
            raise self._out_of_reach(trouble) from None

    def _sync_folder(self) -> None:
        handle = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def _out_of_reach(self, trouble: OSError) -> Unavailable:
        cause = os.strerror(trouble.errno) if trouble.errno else type(trouble).__name__
        advice = "Make room on its disk" if trouble.errno in (errno.ENOSPC, errno.EDQUOT) else "Give access to it"
        return Unavailable(
            f"The send journal {self.folder} cannot be used ({cause}), so nothing is sent. {advice}, or mend BISDESK_JOURNAL_DIR."
        )


def days_before(now: datetime, days: int) -> date:
    """The first day whose lines are kept."""
    return (now - timedelta(days=days)).date()


def _write(path: Path, content: bytes, how: int, *, sync: bool = True) -> None:
    """Write all of it; what a full disk cut off is taken back, so that no line begins in the middle of another."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | how, 0o600)
    try:
        before = os.fstat(handle).st_size
        try:
            if os.write(handle, content) != len(content):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError:
            with suppress(OSError):
                os.ftruncate(handle, before)
            raise
        if sync:
            os.fsync(handle)
    finally:
        os.close(handle)
