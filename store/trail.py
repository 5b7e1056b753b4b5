"""The history of all cases together, in SQL: pages by time, newest first. It reads, and never writes."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from sqlalchemy import RowMapping, bindparam, literal, select, tuple_

from store.changes import payload_path
from store.tables import audit_events, cases
from store.transaction import Transaction
from store.vault import Vault
from workflow.model import AuditEvent
from workflow.ports_desk import Place, Sought, Traced


class SqlTrail:
    """The port `Trail` on a database."""

    def __init__(self, transaction: Transaction, vault: Vault) -> None:
        self._transaction = transaction
        self._vault = vault

    def page(self, sought: Sought, *, after: Place | None, limit: int) -> list[Traced]:
        """The next lines, newest first, without what they say of a person."""
        query, at = _LINES, audit_events.c.occurred_at
        for column, value in (
            (cases.c.ref, sought.ref), (audit_events.c.actor, sought.actor), (cases.c.entity, sought.entity),
            (audit_events.c.event, sought.event),
        ):  # fmt: skip
            if value is not None:
                query = query.where(column == value)
        if sought.since is not None:
            query = query.where(at >= sought.since)
        if sought.until is not None:
            query = query.where(at < sought.until)
        if sought.without:
            query = query.where(audit_events.c.trigger.not_in(sorted(sought.without)))
        if sought.not_of is not None:
            query = query.where(cases.c.entity != sought.not_of)
        if after is not None:
            place = tuple_(literal(after[0], at.type), literal(after[1], audit_events.c.id.type))
            query = query.where(tuple_(at, audit_events.c.id) < place)
        rows = self._transaction.execute(query.order_by(at.desc(), audit_events.c.id.desc()).limit(limit)).mappings()
        return [_traced(row) for row in rows]

    def line(self, event_id: UUID) -> Traced | None:
        """One line with all that it says; what it says of a person is None once the person is erased."""
        row = self._transaction.execute(_LINE, {"of": event_id}).mappings().first()
        if row is None:
            return None
        traced = _traced(row)
        payload = self._vault.read(traced.event.case_id, payload_path(event_id), row["payload"])
        return replace(traced, event=replace(traced.event, payload=payload))


def _traced(row: RowMapping) -> Traced:
    told = {name: row[name] for name in _NAMES}
    return Traced(row["ref"], row["of_case"], AuditEvent(**told))


_NAMES = tuple(column.name for column in audit_events.c if column.name != "payload")
_LINES = select(
    cases.c.ref, cases.c.entity.label("of_case"), *(audit_events.c[name] for name in _NAMES)
).join_from(audit_events, cases, cases.c.id == audit_events.c.case_id)  # fmt: skip
_LINE = _LINES.add_columns(audit_events.c.payload).where(audit_events.c.id == bindparam("of"))
