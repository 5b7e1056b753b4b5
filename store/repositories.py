"""Cases in SQL: opened, moved through the corridor, read back; it knows no lifecycle."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, exists, insert, select

from store import corridor, queries
from store.dialects import SQLITE
from store.indexing import INSZ, entry
from store.loading import ID, NUMBER, REF, TABLES, load
from store.tables import cases
from store.transaction import Transaction
from store.types import NO_DEADLINE
from store.vault import Vault
from workflow.effects import Erasure
from workflow.errors import ConcurrentChange, NotFound
from workflow.model import Activation, AuditEvent, Case, RegistrationRequest
from workflow.ports import Change


class SqlCases:
    """The port `Cases` on a database."""

    def __init__(self, transaction: Transaction, vault: Vault) -> None:
        self._transaction = transaction
        self._vault = vault

    def open(self, case: Case, detail: RegistrationRequest | Activation) -> None:
        """Write a case in state NEW, version 0, with its detail and a fresh data key.

        Raises: ConcurrentChange when its id, its reference or its request has one already.
        """
        own = {"holds_contacts": True, "act_by": NO_DEADLINE}
        row = {column.name: own.get(column.name) or getattr(case, column.name) for column in cases.columns}
        try:
            self._transaction.execute(_INSERT[Case], row)
            self._transaction.execute(_INSERT[type(detail)], asdict(detail))
        except ConcurrentChange:
            raise ConcurrentChange(case.ref) from None
        self._vault.create(case.id)

    def apply(self, change: Change) -> bool:
        """Write a change by compare-and-set on the version; False when somebody was first, and then nothing is written.

        Raises: ConcurrentChange when its command id is stored already.
        """
        return self._written(change, limit=None) is not None

    def move(self, change: Change, *, lost: Callable[[], Exception]) -> None:
        """Write a change, or raise `lost()`; where it may stand alone it is left to the commit, unless it erases a person."""
        if self._transaction.can_wait and Erasure.PERSON not in change.erase:
            corridor.leave(self._transaction, self._vault, change, lost=lost)
        elif not self.apply(change):
            raise lost()

    def count_try(self, change: Change, *, limit: int) -> int | None:
        """Like `apply`, but guarded by the counter and the state instead of the version (I4)."""
        written = self._written(change, limit=limit)
        return None if written is None else written[1]

    def hold(self, case_id: UUID) -> None:
        """Let nobody else move a case until this transaction ends; a transaction on SQLite holds everything anyway."""
        if self._transaction.dialect != SQLITE:
            self._transaction.execute(_HOLD, {"of": case_id})

    def request(self, key: str | UUID, *, now: datetime) -> tuple[Case, RegistrationRequest]:
        """One request by reference or id, its case carrying the armed timers due at `now`. Raises: NotFound."""
        by = ID if isinstance(key, UUID) else REF
        found = load(self._transaction, self._vault, RegistrationRequest, by=by, key=key, now=now)
        if not found:
            raise NotFound("request", str(key))
        return found[0]

    def activation(self, key: str | UUID, *, now: datetime) -> tuple[Case, Activation]:
        """One activation by reference or id. Raises: NotFound."""
        by = ID if isinstance(key, UUID) else REF
        found = load(self._transaction, self._vault, Activation, by=by, key=key, now=now)
        if not found:
            raise NotFound("activation", str(key))
        return found[0]

    def activations_of(self, insz: str, *, now: datetime) -> list[tuple[Case, Activation]]:
        """Every activation of this number, by its blind index, oldest first."""
        digest = entry(self._vault.keyring, INSZ, insz)
        return load(self._transaction, self._vault, Activation, by=NUMBER, key=digest, now=now)

    def listed(
        self, lifecycle: str, *, now: datetime, entity: str | None = None
    ) -> Iterator[tuple[Case, datetime | None]]:
        """Cases of a lifecycle with the earliest armed timer of each, oldest first, streamed."""
        return queries.listed(self._transaction, lifecycle, now=now, entity=entity)

    def history(self, case_id: UUID) -> list[AuditEvent]:
        """The events of a case, oldest first; what they say of a person is None once the person is erased."""
        return queries.history(self._transaction, self._vault, case_id)

    def refs_like(self, ref: str) -> bool:
        """Whether this reference is taken."""
        return bool(self._transaction.execute(_TAKEN, {"wanted": ref}).scalar_one())

    def _written(self, change: Change, *, limit: int | None) -> tuple[int, int] | None:
        try:
            return corridor.write(self._transaction, self._vault, change, limit=limit)
        except ConcurrentChange:
            raise ConcurrentChange(change.case.ref) from None


_INSERT = {Case: insert(cases), **{kind: insert(table) for kind, table in TABLES.items()}}
_HOLD = select(cases.c.id).where(cases.c.id == bindparam("of")).with_for_update()
_TAKEN = select(exists().where(cases.c.ref == bindparam("wanted")))
