"""Officers in their browsers: who they are to the identity provider, and how long a browser counts as theirs (trust 2.3, 13, 16).

Nobody is let in whom the directory does not know; what they may do is what the provider says of them today.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from workflow.access import Door
from workflow.advance import Tools
from workflow.errors import NotFound
from workflow.model import Role, User
from workflow.ports import UnitOfWork
from workflow.ports_desk import KeptForm, OfficerSession

SESSION = "officer"  # the purpose of its digest
PAUSE = timedelta(minutes=15)  # without a page asked for
LONGEST = timedelta(hours=12)
WARN = timedelta(minutes=2)  # before the pause is over (E11)
NOTED_EVERY = timedelta(minutes=1)
KEPT = timedelta(hours=2)  # what was typed when a session ran out


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """What the identity provider says of somebody who signed in."""

    issuer: str
    subject: str = field(repr=False)
    email: str | None = field(repr=False)
    name: str = field(repr=False)
    roles: frozenset[Role]
    entity: str | None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """An officer at a browser whose session counts."""

    user: User
    session: OfficerSession


def admitted(door: Door, proven: Proven) -> User | None:
    """The officer behind a proven identity, with the roles of today; None for one whom the directory does not know.

    The first time somebody is found by their verified address, then by who they are to the provider.
    """
    user = _known(door, proven)
    if user is None:
        return None
    entity = proven.entity if Role.END_USER in proven.roles else None
    today = replace(user, roles=proven.roles, entity=entity, name=proven.name or user.name)
    if today != user:
        door.uow.directory.put_user(today)
        door.uow.officer_sessions.drop_of(user.id)
    return today


def open_for(door: Door, user_id: UUID) -> str:
    """Open a session; the number for the cookie, which is handed out once."""
    token = door.tools.chance.token()
    session = OfficerSession(_digest(door, token), user_id, door.now, door.now, door.now + LONGEST)
    door.uow.officer_sessions.put(session)
    return token


def current(uow: UnitOfWork, token: str, *, now: datetime, tools: Tools) -> SignedIn | None:
    """Who is signed in with this number, if it still counts; nothing is written."""
    session = uow.officer_sessions.get(tools.secrets.token_digest(token, purpose=SESSION))
    if session is None or now >= ends_at(session):
        return None
    try:
        return SignedIn(uow.directory.by_id(session.user_id), session)
    except NotFound:
        return None


def ends_at(session: OfficerSession) -> datetime:
    """The first instant at which it no longer counts, if no page is asked for until then."""
    return min(session.ends_at, session.seen_at + PAUSE)


def is_to_be_noted(session: OfficerSession, *, now: datetime) -> bool:
    """Whether it is time to write down that the browser is still there."""
    return now - session.seen_at >= NOTED_EVERY


def keep_form(door: Door, token: str, *, path: str, content: bytes) -> bool:
    """Keep what somebody sent after their session had run out (E11); False when nobody knows whose browser it was."""
    session = door.uow.officer_sessions.get(_digest(door, token))
    if session is None:
        return False
    door.uow.kept_forms.put(KeptForm(session.digest, session.user_id, path, content, door.now + KEPT))
    return True


def carry_over(door: Door, *, old: str, new: str, user_id: UUID) -> bool:
    """Hand what was kept to the new session of the same officer in the same browser; nobody else ever gets it."""
    form = door.uow.kept_forms.take(_digest(door, old), user_id=user_id, now=door.now)
    if form is None:
        return False
    door.uow.kept_forms.put(replace(form, digest=_digest(door, new)))
    return True


def kept_form(door: Door, token: str, user_id: UUID) -> KeptForm | None:
    """What was kept for this session, handed back once."""
    return door.uow.kept_forms.take(_digest(door, token), user_id=user_id, now=door.now)


def stay(door: Door, session: OfficerSession) -> None:
    """The officer says that they are still there: the pause begins anew, the longest day does not."""
    door.uow.officer_sessions.seen(session.digest, now=door.now)


def _digest(door: Door, token: str) -> bytes:
    return door.tools.secrets.token_digest(token, purpose=SESSION)


def _known(door: Door, proven: Proven) -> User | None:
    try:
        return door.uow.directory.by_subject(proven.issuer, proven.subject)
    except NotFound:
        pass
    try:
        user = door.uow.directory.by_email(proven.email or "")
    except NotFound:
        return None
    door.uow.directory.know_as(user.id, proven.issuer, proven.subject)
    return user
