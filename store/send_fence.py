"""The fence between a database and what leaves: its epoch is compared with the journal's, and raised before anything is sent.

The order is what makes it hold: the journal is read before the database, and raised after it. So a database that was never
restored is never behind, whatever dies in between.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from store.send_journal import Marker, SendJournal, days_before
from workflow.errors import Unavailable
from workflow.fence import Entry, Fate, Pass, Stand, Standing
from workflow.outbox import Delivery
from workflow.ports import UnitOfWork

log = logging.getLogger(__name__)


class FileFence:
    """The port `SendFence` on a folder; `named` gives a name to an installation that sends for the first time."""

    def __init__(self, journal: SendJournal, *, named: Callable[[], str], keep_days: int) -> None:
        self.journal = journal
        self._named = named
        self._keep_days = keep_days

    def stand(self, uow: UnitOfWork) -> Stand:
        """How the database stands now. Raises: Unavailable for a journal of another installation, or one out of reach."""
        marker = self.journal.marker()  # first: the database may only be ahead of what was read before
        name, known = uow.fences.installation(), uow.fences.epoch()
        if marker is None:
            return Stand(Standing.MISSING if known else Standing.UNUSED, known, 0)
        if name is not None:
            self.journal.refuse_foreign(marker, name)
        fenced = name is None or known < marker.epoch
        return Stand(Standing.FENCED if fenced else Standing.OPEN, known, marker.epoch)

    def enter(self, uow: UnitOfWork, rows: Sequence[Delivery], *, now: datetime) -> Pass:
        """Raise the epoch of the database, in the transaction that claimed the rows. Raises: Unavailable."""
        name = uow.fences.installation() or uow.fences.call_it(self._named())
        sent, doubted = self._sent_before(uow, rows, now)
        return Pass(name, uow.fences.raise_epoch(), now, sent, doubted)

    def _sent_before(
        self, uow: UnitOfWork, rows: Sequence[Delivery], now: datetime
    ) -> tuple[dict[UUID, bytes], frozenset[UUID]]:
        """The rows that had left before the restore; a fresh link or code makes another message, whatever else it says."""
        keys = {row.message.id: self.journal.of(row.message) for row in rows}
        wanted = [key for one in keys.values() for key in (one.id, one.said, one.doubted)]
        left = uow.fences.sent_elsewhere(wanted, now=now)
        sent: dict[UUID, bytes] = {}
        doubted: set[UUID] = set()
        for row in rows if left else ():
            own = keys[row.message.id]
            matching = (own.id,) if row.message.secret else (own.id, own.said, own.doubted)
            key = next((key for key in matching if left.get(key)), None)
            if key is not None:
                left[key] -= 1
                sent[row.message.id] = key
                doubted |= {row.message.id} if key == own.doubted else set()
        return sent, frozenset(doubted)

    def write_down(self, leave: Pass, rows: Sequence[Delivery]) -> None:
        """Make epoch and rows durable outside the database; only then anything may leave. Raises: Unavailable."""
        self.journal.raise_to(Marker(leave.installation, leave.epoch))
        leaving = [row for row in rows if leave.settlement(row.message.id) is None]
        self.journal.append([self._entry(leave, row, Fate.OPEN) for row in leaving], durable=True)

    def forget(self, uow: UnitOfWork, *, now: datetime) -> int:
        """Drop the lines that are older than any backup worth restoring, and what is no longer expected; how many."""
        return self.journal.drop_before(days_before(now, self._keep_days)) + uow.fences.forget(now=now)

    def keeps_until(self, now: datetime) -> datetime:
        """How long what had left before a restore is remembered."""
        return now + timedelta(days=self._keep_days)

    def outcome(self, leave: Pass, row: Delivery, *, left: bool) -> None:
        """Add whether an attempt left; never fails, for without this line the attempt only stays open."""
        try:
            self.journal.append([self._entry(leave, row, Fate.LEFT if left else Fate.STAYED)], durable=False)
        except Unavailable as trouble:
            log.warning("the outcome of message %s is not in the send journal: %s", row.message.id, trouble.detail)

    def _entry(self, leave: Pass, row: Delivery, fate: Fate) -> Entry:
        message = row.message
        return Entry(
            epoch=leave.epoch,
            at=leave.now or message.queued_at,
            kind=str(message.kind),
            channel=str(message.channel),
            fate=fate,
            attempt=row.fence,
            fresh_secret=message.secret is not None,
            keys=self.journal.of(message),
        )
