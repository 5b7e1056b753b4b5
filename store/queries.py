"""Questions over many rows: the work list, the history of a case. They read, and never write."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from uuid import UUID

from sqlalchemy import Row, RowMapping, and_, bindparam, select

from store.changes import payload_path
from store.loading import CASE
from store.tables import ARMED, audit_events, cases, timers
from store.transaction import Columns, Transaction
from store.vault import Vault
from workflow.model import AuditEvent, Case, Timer


def listed(
    transaction: Transaction, lifecycle: str, *, now: datetime, entity: str | None
) -> Iterator[tuple[Case, datetime | None]]:
    """Cases of a lifecycle with the earliest armed timer of each, oldest first, a page in memory at a time."""
    query = _LISTED.where(cases.c.lifecycle == lifecycle)
    if entity is not None:
        query = query.where(cases.c.entity == entity)
    for _, rows in groupby(transaction.stream(query), key=lambda row: row[0]):
        yield _with_timers(list(rows), now)


def history(transaction: Transaction, vault: Vault, case_id: UUID) -> list[AuditEvent]:
    """The events of a case, oldest first."""
    rows = transaction.execute(_HISTORY, {"of": case_id}).mappings().all()
    return [_event(vault, row) for row in rows]


def _event(vault: Vault, row: RowMapping) -> AuditEvent:
    payload = vault.read(row["case_id"], payload_path(row["id"]), row["payload"])
    return AuditEvent(**{**row, "payload": payload})


def _with_timers(rows: list[Row[*Columns]], now: datetime) -> tuple[Case, datetime | None]:
    """One case of the joined rows, one row for each armed timer."""
    named = dict(zip(CASE, rows[0], strict=False))
    armed = [Timer(row[0], row[-2], row[-1]) for row in rows if row[-2] is not None]
    due = tuple(timer for timer in armed if timer.due_at <= now)
    return Case(**named, due=due), armed[0].due_at if armed else None


_LISTED = (
    select(*(cases.c[name] for name in CASE), timers.c.trigger, timers.c.due_at)
    .select_from(cases.outerjoin(timers, and_(timers.c.case_id == cases.c.id, ARMED)))
    .order_by(cases.c.opened_at, cases.c.id, timers.c.due_at, timers.c.trigger)
)
_HISTORY = select(audit_events).where(audit_events.c.case_id == bindparam("of")).order_by(audit_events.c.sequence)
