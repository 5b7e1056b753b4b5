"""The invented officers and entity of demo and test."""

from __future__ import annotations

from datetime import date, datetime

from bisdesk.bootstrap import Installation
from workflow.access import FILING_RIGHTS
from workflow.calendar import brussels_date
from workflow.errors import NotFound
from workflow.model import Entity, EntityStatus, Language, Right, Role, User
from workflow.ports import UnitOfWork

ENTITY = Entity("OVO002949", "Agentschap Voorbeeld", EntityStatus.ACTIVE)
OFFICERS: tuple[tuple[str, str, frozenset[Role], Language], ...] = (
    ("anna@entity.example", "Anna Peeters", frozenset({Role.END_USER}), Language.NL),
    ("bart@desk.example", "Bart Claes", frozenset({Role.SERVICE_DESK}), Language.NL),
    ("dirk@desk.example", "Dirk Maes", frozenset({Role.SERVICE_DESK}), Language.NL),
    ("carla@desk.example", "Carla Wouters", frozenset({Role.TEAM_LEAD, Role.SERVICE_DESK}), Language.NL),
    ("nele@audit.example", "Nele Jacobs", frozenset({Role.AUDITOR}), Language.NL),
    ("frank@entity.example", "Frank Lemmens", frozenset({Role.LOCAL_ADMIN}), Language.NL),
    ("gita@operations.example", "Gita Verbeke", frozenset({Role.OPERATOR}), Language.NL),
)  # fmt: skip


def seed(app: Installation, now: datetime) -> dict[str, object]:
    """Write them, or renew their rights: from a year before to two years after the clock's date. What was written."""
    today = brussels_date(now)
    with app.unit_of_work() as uow:
        uow.directory.put_entity(ENTITY)
        for officer in OFFICERS:
            uow.directory.put_user(_user(app, uow, officer, today))
        uow.commit()
    return {"entity": ENTITY.code, "officers": [email for email, *_ in OFFICERS]}


def _user(app: Installation, uow: UnitOfWork, officer: tuple[str, str, frozenset[Role], Language], today: date) -> User:
    email, name, roles, language = officer
    begins, ends = _years(today, -1), _years(today, 2)
    files = Role.END_USER in roles
    try:
        user_id = uow.directory.by_email(email).id
    except NotFound:
        user_id = app.chance.uuid(app.clock.now())
    return User(
        id=user_id,
        email=email,
        name=name,
        language=language,
        roles=roles,
        entity=ENTITY.code if files else None,
        agreement_signed_on=begins if files else None,
        rights=tuple(Right(right, begins, ends) for right in FILING_RIGHTS) if files else (),
    )


def _years(day: date, years: int) -> date:
    """The same day in another year; 29 February becomes the 28th."""
    return day.replace(year=day.year + years, day=min(day.day, 28) if day.month == 2 else day.day)
