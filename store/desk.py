"""What the officers' desk keeps in SQL: sessions, looks, saved views, forms that wait for their owner."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import RowMapping, bindparam, delete, insert, select, update

from store.tables_desk import kept_forms, looks, officer_sessions, saved_views
from store.transaction import Transaction
from store.types import UtcDateTime
from store.upserts import upsert
from workflow.ports_desk import KeptForm, Look, Looked, OfficerSession, SavedView


class SqlOfficerSessions:
    """The port `OfficerSessions` on a database."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def put(self, session: OfficerSession) -> None:
        """Write one or replace it."""
        self._transaction.execute(upsert(officer_sessions, self._transaction.dialect), asdict(session))

    def get(self, digest: bytes) -> OfficerSession | None:
        """One session, or None."""
        row = self._transaction.execute(_SESSION, {"of": digest}).mappings().first()
        return None if row is None else OfficerSession(**row)

    def seen(self, digest: bytes, *, now: datetime) -> None:
        """Note that its browser is still there, if it has not been ended meanwhile."""
        self._transaction.execute(_SEEN, {"of": digest, "now": now})

    def drop(self, digest: bytes) -> None:
        """End one."""
        self._transaction.execute(delete(officer_sessions).where(officer_sessions.c.digest == digest))

    def drop_of(self, user_id: UUID) -> None:
        """End all of an officer."""
        self._transaction.execute(delete(officer_sessions).where(officer_sessions.c.user_id == user_id))

    def drop_over(self, *, now: datetime) -> int:
        """Forget those that are over; how many."""
        return self._transaction.execute(delete(officer_sessions).where(officer_sessions.c.ends_at <= now)).rowcount


class SqlLooks:
    """The port `Looks` on a database."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, look: Look) -> None:
        """Write one down."""
        self._transaction.execute(insert(looks), asdict(look) | {"what": str(look.what)})

    def of_case(self, case_id: UUID) -> list[Look]:
        """The looks at one case, oldest first."""
        query = select(looks).where(looks.c.case_id == case_id).order_by(looks.c.at, looks.c.id)
        return [_look(row) for row in self._transaction.execute(query).mappings()]

    def listed(self, *, since: datetime, limit: int) -> list[Look]:
        """The newest since an instant, newest first."""
        query = select(looks).where(looks.c.at >= since).order_by(looks.c.at.desc(), looks.c.id.desc()).limit(limit)
        return [_look(row) for row in self._transaction.execute(query).mappings()]


class SqlSavedViews:
    """The port `SavedViews` on a database."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def of(self, user_id: UUID) -> list[SavedView]:
        """Those of one officer, by name."""
        query = select(saved_views).where(saved_views.c.user_id == user_id).order_by(saved_views.c.name)
        return [SavedView(**row) for row in self._transaction.execute(query).mappings()]

    def put(self, view: SavedView) -> None:
        """Write one, or replace the one of this name."""
        self._transaction.execute(upsert(saved_views, self._transaction.dialect), asdict(view))

    def drop(self, user_id: UUID, name: str) -> None:
        """Forget one."""
        mine = saved_views.c.user_id == user_id
        self._transaction.execute(delete(saved_views).where(mine, saved_views.c.name == name))


class SqlKeptForms:
    """The port `KeptForms` on a database."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def put(self, form: KeptForm) -> None:
        """Keep one instead of the last."""
        self._transaction.execute(upsert(kept_forms, self._transaction.dialect), asdict(form))

    def take(self, digest: bytes, *, user_id: UUID, now: datetime) -> KeptForm | None:
        """Hand it back once, to its owner, while it is kept."""
        mine = (kept_forms.c.digest == digest, kept_forms.c.user_id == user_id)
        row = self._transaction.execute(delete(kept_forms).where(*mine).returning(*kept_forms.c)).mappings().first()
        form = None if row is None else KeptForm(**row)
        return form if form and now < form.ends_at else None

    def drop_over(self, *, now: datetime) -> int:
        """Forget those that nobody fetched; how many."""
        return self._transaction.execute(delete(kept_forms).where(kept_forms.c.ends_at <= now)).rowcount


def _look(row: RowMapping) -> Look:
    return Look(**{**row, "what": Looked(row["what"])})


_SESSION = select(officer_sessions).where(officer_sessions.c.digest == bindparam("of"))
_SEEN = (
    update(officer_sessions)
    .where(officer_sessions.c.digest == bindparam("of"))
    .values(seen_at=bindparam("now", type_=UtcDateTime))
)
