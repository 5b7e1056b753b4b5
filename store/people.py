"""What is kept of the person of a case: sealed values and papers under the case's data key, and keyed digests to find them by."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import bindparam, delete, func, insert, select

from store.indexing import KEPT, entry
from store.tables import cases
from store.tables_people import attachments, blind_index, sealed_values
from store.transaction import Transaction
from store.upserts import upsert
from store.vault import Vault
from workflow.model import Attachment, Slot


class SqlPeople:
    """The port `People` on a database."""

    def __init__(self, transaction: Transaction, vault: Vault) -> None:
        self._transaction = transaction
        self._vault = vault

    def put(self, case_id: UUID, values: Mapping[str, str]) -> None:
        """Write or replace values. Raises: NotFound once the person is erased."""
        key = self._vault.key_for_writing(case_id)
        rows = [
            {"case_id": case_id, "path": path, "value": key.seal(f"value/{path}", text.encode())}
            for path, text in values.items()
        ]
        if rows:
            self._transaction.execute(upsert(sealed_values, self._transaction.dialect), rows)

    def replace(self, case_id: UUID, values: Mapping[str, str], *, prefix: str) -> None:
        """Drop every value under a prefix (an empty one: all) and write these. Raises: NotFound once erased."""
        self._transaction.execute(_DROP_VALUES, {"of": case_id, "length": len(prefix), "prefix": prefix})
        self.put(case_id, values)

    def get(self, case_id: UUID) -> dict[str, str]:
        """All values of a case; empty once erased."""
        rows = self._transaction.execute(_VALUES, {"of": case_id}).all()
        key = self._vault.key_of(case_id) if rows else None
        return {path: key.open(f"value/{path}", blob).decode() for path, blob in rows} if key else {}

    def attach(self, case_id: UUID, attachment: Attachment) -> None:
        """Write or replace a paper. Raises: NotFound once the person is erased."""
        key = self._vault.key_for_writing(case_id)
        row = {
            "case_id": case_id,
            "slot": str(attachment.slot),
            "media_type": attachment.media_type,
            "content": key.seal(f"paper/{attachment.slot}", attachment.content),
        }
        self._transaction.execute(upsert(attachments, self._transaction.dialect), row)

    def attachment(self, case_id: UUID, slot: Slot) -> Attachment | None:
        """One paper, or None."""
        row = self._transaction.execute(_PAPER, {"of": case_id, "in": str(slot)}).one_or_none()
        key = self._vault.key_of(case_id) if row else None
        return Attachment(slot, row[0], key.open(f"paper/{slot}", row[1])) if row and key else None

    def index(self, case_id: UUID, name: str, values: tuple[str, ...]) -> None:
        """Replace the entries of one index for a case."""
        self._transaction.execute(_DROP_ENTRIES, {"of": case_id, "under": name})
        shred_with = None if name in KEPT else case_id
        rows = [
            {
                "case_id": case_id,
                "name": name,
                "digest": entry(self._vault.keyring, name, value),
                "shred_with": shred_with,
            }
            for value in dict.fromkeys(values)
        ]
        if rows:
            self._transaction.execute(_ADD_ENTRIES, rows)

    def find(self, name: str, values: tuple[str, ...]) -> list[UUID]:
        """Cases that carry one of these values under that index, oldest first."""
        digests = [entry(self._vault.keyring, name, value) for value in values]
        rows = self._transaction.execute(_CARRIERS, {"under": name, "digests": digests}).all()
        return list(dict.fromkeys(case_id for case_id, *_ in rows))


_VALUES = select(sealed_values.c.path, sealed_values.c.value).where(sealed_values.c.case_id == bindparam("of"))
_DROP_VALUES = (
    delete(sealed_values)
    .where(sealed_values.c.case_id == bindparam("of"))
    # substr, not LIKE, which on SQLite takes capitals for small letters
    .where(func.substr(sealed_values.c.path, 1, bindparam("length")) == bindparam("prefix"))
)
_PAPER = select(attachments.c.media_type, attachments.c.content).where(
    attachments.c.case_id == bindparam("of"), attachments.c.slot == bindparam("in")
)
_DROP_ENTRIES = delete(blind_index).where(
    blind_index.c.case_id == bindparam("of"), blind_index.c.name == bindparam("under")
)
_ADD_ENTRIES = insert(blind_index)
_CARRIERS = (
    select(blind_index.c.case_id, cases.c.opened_at)
    .join(cases, cases.c.id == blind_index.c.case_id)
    .where(blind_index.c.name == bindparam("under"), blind_index.c.digest.in_(bindparam("digests", expanding=True)))
    .order_by(cases.c.opened_at, cases.c.id)
)
