"""Counts what is refused at the door, and writes the sums down now and then: a flood of forgeries must not become one of writes.

It is told a word of a fixed list, never what was refused.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from threading import Lock
from time import monotonic

from workflow.errors import BisdeskError
from workflow.ports import UnitOfWorkFactory

EVERY_S = 5.0
log = logging.getLogger("bisdesk.web")


class Tally:
    """Sums of one process on their way to the counters that all processes share."""

    def __init__(self, uow_factory: UnitOfWorkFactory, *, since_start: Callable[[], float] = monotonic) -> None:
        self._uow_factory = uow_factory
        self._seconds = since_start
        self._lock = Lock()
        self._sums: Counter[str] = Counter()
        self._next = since_start()

    def add(self, name: str) -> None:
        """Count one; every few seconds the sums are written down."""
        with self._lock:
            self._sums[name] += 1
            due = self._seconds() >= self._next
            if due:
                self._next = self._seconds() + EVERY_S
        if due:
            self.write()

    def write(self) -> None:
        """Write the sums down; while the database is away they are kept."""
        with self._lock:
            sums, self._sums = self._sums, Counter()
        if not sums:
            return
        log.warning("refused: %s", ", ".join(f"{name} {count}" for name, count in sorted(sums.items())))
        try:
            with self._uow_factory() as uow:
                for name, count in sorted(sums.items()):
                    uow.measures.count(name, count)
                uow.commit()
        except BisdeskError as trouble:
            log.warning("refusals are not written down yet: %s", trouble.code)
            with self._lock:
                self._sums.update(sums)
