"""Sessions of browsers: opened at a stage, over after a pause or a while, renewed whenever somebody proves more (trust 2.3, 13).

The number in the cookie is handed out once and kept as a digest.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from workflow.advance import Tools
from workflow.ports import UnitOfWork
from workflow.ports_entry import Session, Stage

SESSION = "session"  # the purpose of its digest
PAUSE = timedelta(minutes=30)  # without a page asked for
LONGEST = {
    Stage.SETTING_UP: timedelta(hours=4),
    Stage.PASSWORD_GIVEN: timedelta(minutes=15),
    Stage.SIGNED_IN: timedelta(hours=4),
}
NOTED_EVERY = timedelta(minutes=1)  # how exactly the pause is measured: a page view costs no write


@dataclass(frozen=True, slots=True)
class Opened:
    """A fresh session, and the number for the cookie."""

    session: Session
    token: str = field(repr=False)


def open_for(uow: UnitOfWork, case_id: UUID, stage: Stage, *, now: datetime, tools: Tools) -> Opened:
    """Open a session; whatever number the browser had before is worth nothing more for it."""
    token = tools.chance.token()
    session = Session(
        digest=tools.secrets.token_digest(token, purpose=SESSION), case_id=case_id, stage=stage, opened_at=now,
        seen_at=now, ends_at=now + LONGEST[stage],
    )  # fmt: skip
    uow.sessions.put(session)
    return Opened(session, token)


def current(uow: UnitOfWork, token: str, *, now: datetime, tools: Tools) -> Session | None:
    """The session behind a cookie, if it still counts; nothing is written."""
    session = uow.sessions.get(tools.secrets.token_digest(token, purpose=SESSION))
    if session is None or now >= session.ends_at or now - session.seen_at >= PAUSE:
        return None
    return session


def is_to_be_noted(session: Session, *, now: datetime) -> bool:
    """Whether it is time to write down that the browser is still there."""
    return now - session.seen_at >= NOTED_EVERY


def note(uow: UnitOfWork, session: Session, *, now: datetime) -> None:
    """Write down that the browser is still there."""
    uow.sessions.seen(session.digest, now=now)
