"""Reading a case back: the case, its detail, its data key and the timers that are due, in one query.

SQL text made once per kind and database, read without per-row machinery: this is half of every transition.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import Table

from store.dialects import Words
from store.mapping import instant_reader, names_of, reader
from store.tables import activations, cases, registration_requests, timers
from store.tables_people import blind_index
from store.transaction import Transaction
from store.vault import Vault
from workflow.model import Activation, Case, RegistrationRequest, Timer

D = TypeVar("D", RegistrationRequest, Activation)
CASE = tuple(name for name in names_of(Case) if name != "due")
KEY = ("key_id", "secret_id", "wrapped")
TABLES: dict[type, Table] = {RegistrationRequest: registration_requests, Activation: activations}
ID, REF, NUMBER, IDS = "id", "ref", "number", "ids"


@dataclass(frozen=True, slots=True)
class Loader(Generic[D]):
    """How one kind of case is read from one database."""

    by: dict[str, str]  # SQL text by what the case is looked up with
    case: Callable[[Sequence[Any]], Case]
    detail: Callable[[Sequence[Any]], D]
    moment: Callable[[Any], datetime]
    split: tuple[int, int]  # where the detail begins, where the data key does

    def cases(self, rows: Sequence[Sequence[Any]], vault: Vault) -> list[tuple[Case, D]]:
        """The cases of some rows, each with as many rows as it has timers that are due."""
        found: dict[object, tuple[Case, D]] = {}
        due: dict[object, list[Timer]] = {}
        for row in rows:
            if row[0] not in found:
                found[row[0]] = self._one(row, vault)
                due[row[0]] = []
            if row[-2] is not None:
                due[row[0]].append(Timer(found[row[0]][0].id, row[-2], self.moment(row[-1])))
        return [
            (replace(case, due=tuple(due[key])) if due[key] else case, detail) for key, (case, detail) in found.items()
        ]

    def _one(self, row: Sequence[Any], vault: Vault) -> tuple[Case, D]:
        detail_at, key_at = self.split
        case = self.case(row[:detail_at])
        vault.remember(case.id, tuple(row[key_at : key_at + len(KEY)]))
        return case, self.detail(row[detail_at:key_at])


def load(
    transaction: Transaction, vault: Vault, kind: type[D], *, by: str, key: UUID | str | bytes, now: datetime
) -> list[tuple[Case, D]]:
    """The cases of a kind that a key leads to, oldest first, with the armed timers due at `now`."""
    made = kind, transaction.dialect
    if made not in _LOADERS:
        _LOADERS[made] = _loader(kind, transaction.dialect)
    loader: Loader[D] = _LOADERS[made]
    rows = transaction.read(loader.by[by], {"key": vault.bind(key), "now": vault.bind(now)}).fetchall()
    return loader.cases(rows, vault)


def load_all(
    transaction: Transaction, vault: Vault, kind: type[D], *, ids: Sequence[UUID], now: datetime
) -> list[tuple[Case, D]]:
    """The cases of these ids in one query, in no order, with the armed timers due at `now`."""
    listed = json.dumps([one.hex for one in ids])
    return load(transaction, vault, kind, by=IDS, key=listed, now=now)


_LOADERS: dict[tuple[type, str], Loader[Any]] = {}


def _loader(kind: type[D], dialect: str) -> Loader[D]:
    words, table = Words(dialect), TABLES[kind]
    names: tuple[str, ...] = names_of(kind)
    columns = [*(f"c.{name}" for name in CASE), *(f"d.{name}" for name in names), *(f"k.{name}" for name in KEY)]
    base = (
        f"SELECT {', '.join(columns)}, t.trigger, t.due_at FROM cases c JOIN {table.name} d ON d.case_id = c.id "
        "LEFT JOIN data_keys k ON k.case_id = c.id LEFT JOIN timers t ON t.case_id = c.id AND t.armed "
        f"AND t.due_at <= {words.of(timers.c.due_at, 'now')} "
    )
    numbered = (
        f"SELECT case_id FROM blind_index WHERE name = 'insz' AND digest = {words.of(blind_index.c.digest, 'key')}"
    )
    order = " ORDER BY t.due_at, t.trigger"
    by = {
        ID: f"{base}WHERE c.id = {words.of(cases.c.id, 'key')}{order}",
        REF: f"{base}WHERE c.ref = {words.of(cases.c.ref, 'key')}{order}",
        IDS: f"{base}WHERE c.id IN {words.ids('key')} ORDER BY t.due_at, t.trigger",
        NUMBER: f"{base}WHERE c.id IN ({numbered}) ORDER BY c.opened_at, c.id, t.due_at, t.trigger",
    }
    split = len(CASE), len(CASE) + len(names)
    return Loader(by, reader(Case, CASE, dialect), reader(kind, names, dialect), instant_reader(dialect), split)
