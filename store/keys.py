"""Digital keys in SQL; the secret of an app key is sealed with its case."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

from sqlalchemy import bindparam, select, update

from store.tables_people import digital_keys
from store.transaction import Transaction
from store.upserts import upsert
from store.vault import Vault
from workflow.model import DigitalKey, KeyKind, KeyState


class SqlKeys:
    """The port `Keys` on a database."""

    def __init__(self, transaction: Transaction, vault: Vault) -> None:
        self._transaction = transaction
        self._vault = vault

    def of(self, case_id: UUID) -> list[DigitalKey]:
        """All keys, oldest first, with their secrets."""
        rows = self._transaction.execute(_OF, {"of": case_id}).mappings().all()
        return [self._key(dict(row)) for row in rows]

    def put(self, key: DigitalKey) -> None:
        """Write a key or replace it."""
        row = asdict(key) | {"secret": self._vault.write(key.case_id, _path(key.id), key.secret)}
        self._transaction.execute(upsert(digital_keys, self._transaction.dialect), row)

    def use_step(self, key_id: UUID, *, step: int) -> bool:
        """Mark a TOTP step as used, only if it is newer than the last one (D5); whether this call did it."""
        return self._transaction.execute(_USE_STEP, {"of": key_id, "step": step}).rowcount == 1

    def _key(self, row: dict[str, object]) -> DigitalKey:
        case_id, key_id, blob = row["case_id"], row["id"], row["secret"]
        assert isinstance(case_id, UUID)
        assert isinstance(key_id, UUID)
        secret = self._vault.read(case_id, _path(key_id), blob if isinstance(blob, bytes) else None)
        kinds = {"kind": KeyKind(str(row["kind"])), "state": KeyState(str(row["state"])), "secret": secret}
        return DigitalKey(**{**row, **kinds})  # type: ignore[arg-type]  # the columns are the fields


def _path(key_id: UUID) -> str:
    return f"key/{key_id}"


_OF = (
    select(digital_keys)
    .where(digital_keys.c.case_id == bindparam("of"))
    .order_by(digital_keys.c.created_at, digital_keys.c.id)
)
_USE_STEP = (
    update(digital_keys)
    .where(digital_keys.c.id == bindparam("of"), digital_keys.c.last_step < bindparam("step"))
    .values(last_step=bindparam("step"))
)
