"""What providers told us, in memory."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from store.memory_tables import Begin, Told
from workflow.outbox import KeptReceipt, Receipt


class MemoryReceipts:
    """The port `Receipts` on dictionaries."""

    def __init__(self, begin: Begin) -> None:
        self._begin = begin

    def keep(self, receipt: Receipt, *, case_id: UUID | None, moved: bool, now: datetime) -> None:
        """Write one down; its message may be none of ours."""
        tables = self._begin()
        number = max((number for (_, number), _ in tables.receipts.items()), default=0) + 1
        tables.receipts.put((receipt.message_id, number), Told(KeptReceipt(receipt, now, moved), case_id))

    def of_message(self, message_id: UUID) -> list[KeptReceipt]:
        """What was told of a message, oldest first."""
        return [told.kept for _, told in self._begin().receipts.of(message_id)]

    def drop_strays(self, *, before: datetime) -> int:
        """Drop receipts of no message of ours that are older; how many."""
        tables = self._begin()
        strays = [
            key for key, told in tables.receipts.items() if told.case_id is None and told.kept.received_at < before
        ]
        for key in strays:
            tables.receipts.drop(key)
        return len(strays)
