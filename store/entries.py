"""Links of messages and sessions of browsers in SQL: digests, times and a case; deleting the case's data key deletes them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, delete, insert, select, update

from store.tables_people import links, sessions
from store.transaction import Transaction
from store.types import UtcDateTime
from store.upserts import upsert
from workflow.ports_entry import Link, LinkPurpose, Session, Stage


class SqlLinks:
    """The port `Links` on a database."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, link: Link) -> None:
        """Keep one more."""
        self._transaction.execute(_ADD, asdict(link))

    def find(self, digests: tuple[bytes, ...]) -> Link | None:
        """The link with one of these digests, or None."""
        return _link(self._transaction.execute(_FIND, {"digests": list(digests)}).first())

    def newest(self, case_id: UUID, purpose: LinkPurpose) -> Link | None:
        """The link that was sent last, or None."""
        return _link(self._transaction.execute(_NEWEST, {"of": case_id, "for": str(purpose)}).first())


class SqlSessions:
    """The port `Sessions` on a database."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def put(self, session: Session) -> None:
        """Write one or replace it."""
        self._transaction.execute(upsert(sessions, self._transaction.dialect), asdict(session))

    def get(self, digest: bytes) -> Session | None:
        """One session, or None."""
        row = self._transaction.execute(_GET, {"of": digest}).first()
        return None if row is None else Session(row[0], row[1], Stage(row[2]), row[3], row[4], row[5])

    def seen(self, digest: bytes, *, now: datetime) -> None:
        """Note that its browser is still there, if it has not been ended meanwhile."""
        self._transaction.execute(_SEEN, {"of": digest, "now": now})

    def drop(self, digest: bytes) -> None:
        """End one."""
        self._transaction.execute(_DROP, {"of": digest})

    def drop_of(self, case_id: UUID) -> None:
        """End all of a case."""
        self._transaction.execute(_DROP_OF, {"of": case_id})

    def drop_over(self, *, now: datetime) -> int:
        """Forget those that are over; how many."""
        return self._transaction.execute(_DROP_OVER, {"now": now}).rowcount


def _link(row: Row[*tuple[Any, ...]] | None) -> Link | None:
    return None if row is None else Link(row[0], row[1], LinkPurpose(row[2]), row[3])


_LINK = (links.c.digest, links.c.case_id, links.c.purpose, links.c.issued_at)
_ADD = insert(links)
_FIND = select(*_LINK).where(links.c.digest.in_(bindparam("digests", expanding=True)))
_NEWEST = (
    select(*_LINK)
    .where(links.c.case_id == bindparam("of"), links.c.purpose == bindparam("for"))
    .order_by(links.c.issued_at.desc(), links.c.digest)
    .limit(1)
)
_GET = select(
    sessions.c.digest,
    sessions.c.case_id,
    sessions.c.stage,
    sessions.c.opened_at,
    sessions.c.seen_at,
    sessions.c.ends_at,
).where(sessions.c.digest == bindparam("of"))
_SEEN = update(sessions).where(sessions.c.digest == bindparam("of")).values(seen_at=bindparam("now", type_=UtcDateTime))
_DROP = delete(sessions).where(sessions.c.digest == bindparam("of"))
_DROP_OF = delete(sessions).where(sessions.c.case_id == bindparam("of"))
_DROP_OVER = delete(sessions).where(sessions.c.ends_at <= bindparam("now"))
