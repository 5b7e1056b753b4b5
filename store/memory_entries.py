"""What the memory store keeps of links and sessions."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from store.memory_tables import Begin
from workflow.errors import ConcurrentChange
from workflow.ports_entry import Link, LinkPurpose, Session


class MemoryLinks:
    """The port `Links` on dictionaries."""

    def __init__(self, begin: Begin) -> None:
        self._begin = begin

    def add(self, link: Link) -> None:
        """Keep one more."""
        tables = self._begin()
        if tables.links.get(link.digest):
            raise ConcurrentChange("link")
        tables.links.put(link.digest, link)

    def find(self, digests: tuple[bytes, ...]) -> Link | None:
        """The link with one of these digests, or None."""
        tables = self._begin()
        return next((link for digest in digests if (link := tables.links.get(digest))), None)

    def newest(self, case_id: UUID, purpose: LinkPurpose) -> Link | None:
        """The link that was sent last, or None."""
        sent = [link for link in self._begin().links.all() if link.case_id == case_id and link.purpose == purpose]
        return min(sent, key=lambda link: (-link.issued_at.timestamp(), link.digest), default=None)


class MemorySessions:
    """The port `Sessions` on dictionaries."""

    def __init__(self, begin: Begin) -> None:
        self._begin = begin

    def put(self, session: Session) -> None:
        """Write one or replace it."""
        self._begin().sessions.put(session.digest, session)

    def get(self, digest: bytes) -> Session | None:
        """One session, or None."""
        return self._begin().sessions.get(digest)

    def seen(self, digest: bytes, *, now: datetime) -> None:
        """Note that its browser is still there, if it has not been ended meanwhile."""
        tables = self._begin()
        session = tables.sessions.get(digest)
        if session is not None:
            tables.sessions.put(digest, replace(session, seen_at=now))

    def drop(self, digest: bytes) -> None:
        """End one."""
        self._begin().sessions.drop(digest)

    def drop_of(self, case_id: UUID) -> None:
        """End all of a case."""
        tables = self._begin()
        for session in tables.sessions.all():
            if session.case_id == case_id:
                tables.sessions.drop(session.digest)

    def drop_over(self, *, now: datetime) -> int:
        """Forget those that are over; how many."""
        tables = self._begin()
        over = [session for session in tables.sessions.all() if session.ends_at <= now]
        for session in over:
            tables.sessions.drop(session.digest)
        return len(over)
