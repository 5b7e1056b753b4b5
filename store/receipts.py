"""What providers told us, in SQL: every receipt is kept, whether it moved a message or not."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import RowMapping, bindparam, delete, insert, select

from store.tables_queue import receipts
from store.transaction import Transaction
from store.types import UtcDateTime
from workflow.outbox import KeptReceipt, Receipt, ReceiptStatus


class SqlReceipts:
    """The port `Receipts` on a database."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def keep(self, receipt: Receipt, *, case_id: UUID | None, moved: bool, now: datetime) -> None:
        """Write one down; its message may be none of ours."""
        row = {
            "case_id": case_id,
            "message_id": receipt.message_id,
            "provider": receipt.provider,
            "status": str(receipt.status),
            "attempt": receipt.attempt,
            "code": receipt.code,
            "provider_ref": receipt.provider_ref,
            "received_at": now,
            "moved": moved,
        }
        self._transaction.execute(_INSERT, row)

    def of_message(self, message_id: UUID) -> list[KeptReceipt]:
        """What was told of a message, oldest first."""
        return [_kept(row) for row in self._transaction.execute(_OF, {"of": message_id}).mappings()]

    def drop_strays(self, *, before: datetime) -> int:
        """Drop receipts of no message of ours that are older; how many."""
        return self._transaction.execute(_DROP, {"before": before}).rowcount


def _kept(row: RowMapping) -> KeptReceipt:
    told = Receipt(
        row["provider"],
        ReceiptStatus(row["status"]),
        row["message_id"],
        row["attempt"],
        row["code"],
        row["provider_ref"],
    )
    return KeptReceipt(told, row["received_at"], row["moved"])


_INSERT = insert(receipts)
_OF = select(receipts).where(receipts.c.message_id == bindparam("of")).order_by(receipts.c.id)
_DROP = delete(receipts).where(
    receipts.c.case_id.is_(None), receipts.c.received_at < bindparam("before", type_=UtcDateTime)
)
