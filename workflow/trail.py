"""What an auditor reads: the history of all cases, what changed and who did it, who looked, and whether four eyes saw it.

A suspicion of fraud is the team lead's alone, and the heartbeat's cases are nobody's business; what was written of a person is
shown to those who handle requests, to others only that it was there (U1-U3, U8).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from workflow import access, work
from workflow.access import Door, consultable, may_read, not_for
from workflow.errors import NotFound
from workflow.lifecycles.activation import activation
from workflow.lifecycles.registration import Trigger, registration
from workflow.model import CANARY, OFFICER, RegistrationRequest, Role, User
from workflow.ports_desk import Look, Place, Sought, Traced, Wanted
from workflow.work import WorkRow

PAGE = 50
MOST_LOOKS = 500
MACHINES = ("system", "register", "provider", "applicant")  # actors that are no officers
SEE_VALUES = frozenset({Role.SERVICE_DESK, Role.TEAM_LEAD})


@dataclass(frozen=True, slots=True)
class Changed:
    """One field that an event changed; None where the value was not kept, is erased, or is not for this reader."""

    path: str
    kept: bool  # whether old and new are written with the event
    before: str | None = field(default=None, repr=False)
    after: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Line:
    """One event with what it changed and what was said."""

    traced: Traced
    changed: tuple[Changed, ...]
    asked: tuple[tuple[str, str], ...] = field(
        repr=False
    )  # fields that the requester is to correct, each with its reason
    told: str = field(repr=False)
    erased: bool  # the person is; what was said of them is gone
    masked: bool  # there are values that are not for this reader


@dataclass(frozen=True, slots=True)
class Eyes:
    """Who filed, mended, approved and judged one request."""

    ref: str
    entity: str
    detail: RegistrationRequest

    @property
    def kept(self) -> bool:
        """Whether the approver is neither who filed it, nor who mended it, nor who judged the approval."""
        detail = self.detail
        return detail.approved_by not in (detail.filer, detail.corrected_by, detail.audited_by)


def page(door: Door, sought: Sought, *, after: Place | None) -> tuple[tuple[Traced, ...], Place | None]:
    """The next lines that are for this reader, newest first, and where the page after them begins."""
    asked = replace(sought, without=not_for(door.actor), not_of=CANARY)
    lines = door.uow.trail.page(asked, after=after, limit=PAGE + 1)
    shown = tuple(lines[:PAGE])
    return shown, shown[-1].place if len(lines) > PAGE else None


def line(door: Door, event_id: UUID) -> Line:
    """One event. Raises: NotFound, also for one that is not for this reader."""
    traced = door.uow.trail.line(event_id)
    if traced is None or traced.entity == CANARY or not may_read(door.actor, traced.event):
        raise NotFound("event", str(event_id))
    event = traced.event
    told = consultable(door, event.case_id)
    said: Mapping[str, object] = json.loads(event.payload) if event.payload and told else {}
    shown = not SEE_VALUES.isdisjoint(door.actor.roles)
    changed = _changed(said, shown=shown)
    text = str(said.get("reasonText") or said.get("text") or "")
    masked = not shown and any(one.kept for one in changed)
    shown_line = replace(traced, event=replace(event, payload=None))
    return Line(shown_line, changed, _asked(said), text, erased=not told, masked=masked)


def events(door: Door) -> tuple[str, ...]:
    """The names of all that can have happened, as far as this reader may know of it."""
    without = not_for(door.actor)
    named: dict[str, None] = {}
    for lifecycle in (registration, activation):
        for trigger, told in lifecycle.events.items():
            if trigger not in without:
                named |= dict.fromkeys((told,) if isinstance(told, str) else told.values())
    return tuple(named)


def officers(door: Door) -> tuple[User, ...]:
    """Everybody who holds a role, by name."""
    found = {user.id: user for role in Role for user in door.uow.directory.with_role(role)}
    return tuple(sorted(found.values(), key=lambda user: user.name.casefold()))


def names(door: Door, actors: Iterable[str]) -> dict[str, str]:
    """The names of the officers among some actors, as the history writes them."""
    ids = {UUID(actor.removeprefix(OFFICER)) for actor in actors if actor.startswith(OFFICER)}
    return {f"{OFFICER}{user_id}": name for user_id, name in door.uow.directory.names(ids).items()}


def looks(door: Door, *, days: int) -> tuple[tuple[Look, ...], dict[UUID, str]]:
    """Who looked at what of late, newest first, with the references of the requests."""
    found = tuple(door.uow.looks.listed(since=door.now - timedelta(days=days), limit=MOST_LOOKS))
    ids = tuple({look.case_id for look in found if look.case_id})
    return found, {row.case.id: row.case.ref for row in door.uow.work.found(ids, now=door.now)}


def four_eyes(door: Door, *, since: datetime, after: Place | None) -> tuple[tuple[Eyes, ...], Place | None]:
    """Who filed, mended, approved and judged what was approved since an instant, the newest requests first."""
    rows = door.uow.work.page(Wanted(closed=None, approved_from=since), now=door.now, after=after, limit=PAGE + 1)
    made = [
        Eyes(row.case.ref, row.case.entity, row.detail) for _, row in rows[:PAGE] if isinstance(row.detail, RegistrationRequest)
    ]  # fmt: skip
    return tuple(made), rows[PAGE - 1][0] if len(rows) > PAGE else None


def can_judge(door: Door, row: WorkRow) -> bool:
    """Whether this auditor may judge the approval of a request."""
    facts = replace(access.request_facts(door, row.case, row.detail), reason_given=True)
    options = registration.allowed(row.case.state, roles=door.actor.roles, facts=facts)
    return any(option.trigger == Trigger.JUDGE_APPROVAL and option.open for option in options)


def people_of(rows: Iterable[Eyes]) -> set[str]:
    """The actors of some requests, as the history writes them."""
    ids = {
        who
        for one in rows
        for who in (one.detail.filer, one.detail.corrected_by, one.detail.approved_by, one.detail.audited_by)
    }
    return {f"{OFFICER}{who}" for who in ids if who}


def unjudged(door: Door) -> tuple[WorkRow, ...]:
    """The approvals that no auditor has judged: one page of them."""
    return work.page(door, work.Tab.TO_JUDGE, work.Narrowed()).rows


def _changed(said: Mapping[str, object], *, shown: bool) -> tuple[Changed, ...]:
    """What a line says of fields: their names always, old and new only where they are kept and for this reader."""
    before, after = said.get("before"), said.get("after")
    olds, news = (one if isinstance(one, dict) else {} for one in (before, after))
    named = said.get("changed") or ()
    paths = [str(path) for path in named] if isinstance(named, list) else []
    made = []
    for path in paths:
        kept = path in olds or path in news
        values = (_text(olds.get(path)), _text(news.get(path))) if kept and shown else (None, None)
        made.append(Changed(path, kept, *values))
    return tuple(made)


def _asked(said: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    named, reasons = said.get("fields"), said.get("reasons")
    own = reasons if isinstance(reasons, dict) else {}
    return tuple((str(path), _text(own.get(path))) for path in named) if isinstance(named, list) else ()


def _text(value: object) -> str:
    if value is None:
        return ""
    return ", ".join(str(one) for one in value) if isinstance(value, list) else str(value)
