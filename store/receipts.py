"""What providers told us, in SQL: every receipt is kept, whether it moved a message or not."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, delete, insert, select

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
        return [_kept(*row) for row in self._transaction.execute(_OF, {"of": message_id})]

    def drop_strays(self, *, before: datetime) -> int:
        """Drop receipts of no message of ours that are older; how many."""
        return self._transaction.execute(_DROP, {"before": before}).rowcount


def _kept(
    message_id: UUID | None, provider: str, status: str, attempt: int | None, code: str | None, ref: str | None,
    received_at: datetime, moved: bool,
) -> KeptReceipt:  # fmt: skip
    told = Receipt(provider, ReceiptStatus(status), message_id, attempt, code, ref)
    return KeptReceipt(told, received_at, moved)


_INSERT = insert(receipts)
_OF = (
    select(
        receipts.c.message_id, receipts.c.provider, receipts.c.status, receipts.c.attempt, receipts.c.code,
        receipts.c.provider_ref, receipts.c.received_at, receipts.c.moved,
    )
    .where(receipts.c.message_id == bindparam("of"))
    .order_by(receipts.c.id)
)  # fmt: skip
_DROP = delete(receipts).where(
    receipts.c.case_id.is_(None), receipts.c.received_at < bindparam("before", type_=UtcDateTime)
)
