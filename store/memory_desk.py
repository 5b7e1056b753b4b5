"""What the memory store keeps of the officers' desk: sessions, looks, saved views, forms that wait for their owner."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from store.memory_tables import Begin
from workflow.ports_desk import KeptForm, Look, OfficerSession, SavedView


class MemoryOfficerSessions:
    """The port `OfficerSessions` on dictionaries."""

    def __init__(self, begin: Begin) -> None:
        self._begin = begin

    def put(self, session: OfficerSession) -> None:
        """Write one or replace it."""
        self._begin().officer_sessions.put(session.digest, session)

    def get(self, digest: bytes) -> OfficerSession | None:
        """One session, or None."""
        return self._begin().officer_sessions.get(digest)

    def seen(self, digest: bytes, *, now: datetime) -> None:
        """Note that its browser is still there, if it has not been ended meanwhile."""
        tables = self._begin()
        session = tables.officer_sessions.get(digest)
        if session is not None:
            tables.officer_sessions.put(digest, replace(session, seen_at=now))

    def drop(self, digest: bytes) -> None:
        """End one."""
        self._begin().officer_sessions.drop(digest)

    def drop_of(self, user_id: UUID) -> None:
        """End all of an officer."""
        tables = self._begin()
        for session in tables.officer_sessions.all():
            if session.user_id == user_id:
                tables.officer_sessions.drop(session.digest)

    def drop_over(self, *, now: datetime) -> int:
        """Forget those that are over; how many."""
        tables = self._begin()
        over = [session for session in tables.officer_sessions.all() if session.ends_at <= now]
        for session in over:
            tables.officer_sessions.drop(session.digest)
        return len(over)


class MemoryLooks:
    """The port `Looks` on dictionaries."""

    def __init__(self, begin: Begin) -> None:
        self._begin = begin

    def add(self, look: Look) -> None:
        """Write one down."""
        self._begin().looks.put(look.id, look)

    def of_case(self, case_id: UUID) -> list[Look]:
        """The looks at one case, oldest first."""
        found = [look for look in self._begin().looks.all() if look.case_id == case_id]
        return sorted(found, key=lambda look: (look.at, look.id))

    def listed(self, *, since: datetime, limit: int) -> list[Look]:
        """The newest since an instant, newest first."""
        found = [look for look in self._begin().looks.all() if look.at >= since]
        return sorted(found, key=lambda look: (look.at, look.id), reverse=True)[:limit]


class MemorySavedViews:
    """The port `SavedViews` on dictionaries."""

    def __init__(self, begin: Begin) -> None:
        self._begin = begin

    def of(self, user_id: UUID) -> list[SavedView]:
        """Those of one officer, by name."""
        mine = [view for _, view in self._begin().saved_views.of(user_id)]
        return sorted(mine, key=lambda view: view.name)

    def put(self, view: SavedView) -> None:
        """Write one, or replace the one of this name."""
        self._begin().saved_views.put((view.user_id, view.name), view)

    def drop(self, user_id: UUID, name: str) -> None:
        """Forget one."""
        self._begin().saved_views.drop((user_id, name))


class MemoryKeptForms:
    """The port `KeptForms` on dictionaries."""

    def __init__(self, begin: Begin) -> None:
        self._begin = begin

    def put(self, form: KeptForm) -> None:
        """Keep one instead of the last."""
        self._begin().kept_forms.put(form.digest, form)

    def take(self, digest: bytes, *, user_id: UUID, now: datetime) -> KeptForm | None:
        """Hand it back once, to its owner, while it is kept."""
        tables = self._begin()
        form = tables.kept_forms.get(digest)
        if form is None or form.user_id != user_id:
            return None
        tables.kept_forms.drop(digest)
        return form if now < form.ends_at else None

    def drop_over(self, *, now: datetime) -> int:
        """Forget those that nobody fetched; how many."""
        tables = self._begin()
        over = [form for form in tables.kept_forms.all() if form.ends_at <= now]
        for form in over:
            tables.kept_forms.drop(form.digest)
        return len(over)
