"""Writes down what became of rows of the outbox, and lets it move their cases; a stale fence writes nothing.

It knows no provider; it may lose a race, and looks again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from notifications.aftermath import Also
from workflow.errors import ConcurrentChange, Unavailable
from workflow.fence import Pass
from workflow.outbox import Delivery, DeliveryState, QueuedMessage, Settlement
from workflow.ports import UnitOfWork, UnitOfWorkFactory
from workflow.recording import record

TRIES = 3

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Book:
    """Where outcomes are written, and who is told of them."""

    uow_factory: UnitOfWorkFactory
    settled: Callable[[UnitOfWork, QueuedMessage, Settlement, datetime], None]

    def record(
        self, row: Delivery, what: Settlement, *, now: datetime, leave: Pass, also: Also | None
    ) -> DeliveryState | None:
        """Write the outcome and let it move the case, in one transaction; the state it led to, or None for a stale fence.

        Raises: Unavailable.
        """
        for _ in range(TRIES):
            try:
                return self._write(row, what, now=now, leave=leave, also=also)
            except Unavailable:
                raise
            except ConcurrentChange:
                continue  # somebody moved the case at the same time: look at it again
            except Exception as error:  # noqa: BLE001  # the message has left: its row must say so, or it leaves again
                log.error("message %s moved no case: %s", row.message.id, type(error).__name__)
                break
        return self._write_alone(row, what, now=now, leave=leave)

    def put_back(self, rows: Sequence[tuple[Delivery, Settlement]], *, now: datetime) -> list[DeliveryState]:
        """Put back what was not tried, all at once: no attempt began, so nothing follows from it."""
        if not rows:
            return []
        with self.uow_factory() as uow:
            written = [what.state for row, what in rows if uow.outbox.settle(row, what, now=now)]
            uow.commit()
        return written

    def _write(
        self, row: Delivery, what: Settlement, *, now: datetime, leave: Pass, also: Also | None
    ) -> DeliveryState | None:
        with self.uow_factory() as uow:
            if not leave.spend(uow, row.message.id):
                what = Settlement(row.state, counts=False)  # another row has stood for it: this one is sent after all
            if not record(uow, row, what, now=now):
                return None
            if also is not None:
                also(uow)
            self.settled(uow, row.message, what, now)
            uow.commit()
        return what.state

    def _write_alone(self, row: Delivery, what: Settlement, *, now: datetime, leave: Pass) -> DeliveryState | None:
        """The outcome without what follows from it, marked for a person to see."""
        with self.uow_factory() as uow:
            leave.spend(uow, row.message.id)
            written = record(uow, row, replace(what, error=what.error or "case_not_moved"), now=now)
            uow.commit()
        return what.state if written else None
