"""My work: the lists, narrowed by filters that stand in the address, the most urgent first (D1-D6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from bisdesk.web.desk import filters
from bisdesk.web.desk.call import Call
from bisdesk.web.desk.frame import Desk
from bisdesk.web.desk.menu import READERS
from workflow import choosing, exporting, work
from workflow.access import Door
from workflow.calendar import brussels_date, last_day
from workflow.lifecycles.registration import State, Trigger
from workflow.model import Entity, Language, RequestKind, Role, User
from workflow.ports_desk import SavedView
from workflow.search import search
from workflow.work import Tab, WorkPage, WorkRow
from workflow.working_hours import working_days_until


@dataclass(frozen=True, slots=True)
class Shown:
    """A list as its page shows it, with what this officer can do with its rows."""

    tab: Tab
    page: WorkPage
    tabs: tuple[tuple[Tab, int], ...]
    colleagues: tuple[User, ...]
    entities: tuple[Entity, ...]
    people: Mapping[UUID, str] = field(repr=False)
    views: tuple[SavedView, ...]
    bulk: tuple[Trigger, ...]
    free: frozenset[UUID]  # can be taken in one click
    fit: frozenset[UUID]  # can be chosen for one of the actions above the list
    taken: WorkRow | None  # what this officer has just taken, as long as they have it


@dataclass(frozen=True, slots=True)
class Due:
    """By when somebody is to act, as a badge says it."""

    kind: str  # overdue, today, days or none
    day: date | None = None
    days: int = 0


def listing(desk: Desk) -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get("/desk")
    def start(request: Request) -> Response:
        """Whoever types the bare name begins with their work."""
        return Call(desk, request).go(filters.LIST)

    @router.get("/desk/work")
    def show(request: Request) -> Response:
        """One page of one list."""
        call = Call(desk, request)
        return list_page(call, call.officer(READERS), filters.understood(request.query_params))

    @router.get("/desk/search")
    def ask(request: Request) -> Response:
        """What to look for; nothing personal ever stands in an address."""
        call = Call(desk, request)
        call.officer(READERS)
        return call.page("search", rows=None, sought="", people={}, due=lambda row: due_of(row, call.now))

    @router.post("/desk/search")
    def find(request: Request, form: Annotated[str, Form()], sought: Annotated[str, Form()] = "") -> Response:
        """What was found by reference, number, address, document or name with year."""
        call = Call(desk, request)
        user = call.officer(READERS)
        call.refuse_strange(form)
        rows, people = desk.act(user, lambda door: _searched(door, sought))
        return call.page("search", rows=rows, sought=sought, people=people, due=lambda row: due_of(row, call.now))

    return router


def list_page(
    call: Call,
    user: User,
    asked: Mapping[str, str],
    *,
    status: int = 200,
    mistakes: Mapping[str, list[str]] | None = None,
    **more: object,
) -> Response:
    """The page of a list; a form of it that could not be served comes back to it."""
    shown = call.desk.look(user, lambda door: _shown(door, asked))
    now, changed = call.now, filters.address(asked)
    return call.page(
        "work", status=status, mistakes=dict(mistakes or {}), tab=shown.tab, shown=shown, asked=asked, address=changed,
        chips=filters.chips(asked), names={str(one.id): one.name for one in shown.colleagues}, states=tuple(State),
        kinds=tuple(RequestKind), dues=filters.DUES, breaches=filters.BREACHES, approved=tuple(filters.APPROVED),
        nobody=filters.NOBODY, alphabetical=filters.alphabetical, spoken=tuple(Language),
        back=filters.here(asked), due=lambda row: due_of(row, now),
        next=changed(after=filters.written(shown.page.next)) if shown.page.next else "", most=work.MOST_COUNTED,
        export_most=exporting.MOST,
        **({"lost": None, "typed": {}, "chosen": ()} | more),
    )  # fmt: skip


def due_of(row: WorkRow, now: datetime) -> Due:
    """The badge of a row: words and a date, the colour is extra (D4)."""
    if row.act_by is None:
        return Due("none")
    day, today = last_day(row.act_by), brussels_date(now)
    if row.act_by <= now:
        return Due("overdue", day, max(1, (today - day).days))
    return Due("today", day) if day == today else Due("days", day, working_days_until(today, day))


def _shown(door: Door, asked: Mapping[str, str]) -> Shown:
    tabs = work.tabs_of(door)
    tab = filters.tab_of(tabs, asked)
    page = work.page(door, tab, filters.narrowed(door, asked), after=filters.placed(asked.get("after", "")))
    bulk = choosing.open_on_any(door, page.rows)
    fit = [row for row in page.rows if any(choosing.can(door, row, trigger) for trigger in bulk)]
    colleagues = door.uow.directory.with_role(Role.SERVICE_DESK)
    return Shown(
        tab, page, tuple((one, work.count(door, one)) for one in tabs),
        tuple(sorted(colleagues, key=lambda one: one.name)), tuple(door.uow.directory.entities()),
        work.assignee_names(door, page.rows), tuple(_views(door)), bulk,
        frozenset(row.case.id for row in fit if choosing.can(door, row, Trigger.TAKE)),
        frozenset(row.case.id for row in fit), _taken(door, asked),
    )  # fmt: skip


def _views(door: Door) -> list[SavedView]:
    return door.uow.saved_views.of(door.actor.user_id) if door.actor.user_id else []


def _taken(door: Door, asked: Mapping[str, str]) -> WorkRow | None:
    """What an address says was taken, if it is true."""
    row = work.by_ref(door, asked["taken"]) if asked.get("taken") else None
    return row if row is not None and row.case.assignee == door.actor.user_id else None


def _searched(door: Door, sought: str) -> tuple[tuple[WorkRow, ...], dict[UUID, str]]:
    rows = search(door, sought)
    return rows, work.assignee_names(door, rows)
