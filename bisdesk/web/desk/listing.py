"""My work: the lists, narrowed by filters that stand in the address, the most urgent first (D1-D6)."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from bisdesk.web.desk.call import Call
from bisdesk.web.desk.frame import Desk
from bisdesk.web.desk.menu import READERS
from workflow import work
from workflow.access import Door
from workflow.calendar import aware, brussels_date, last_day, midnight
from workflow.lifecycles.registration import State
from workflow.model import Entity, Language, RequestKind, Role, User
from workflow.ports_desk import Place
from workflow.search import search
from workflow.work import Narrowed, Tab, WorkPage, WorkRow
from workflow.working_hours import working_days_until

DUES = ("overdue", "today", "week")
FILTERS = ("state", "entity", "language", "kind", "due", "assignee")


@dataclass(frozen=True, slots=True)
class Shown:
    """A list as its page shows it."""

    page: WorkPage
    tabs: tuple[tuple[Tab, int], ...]
    colleagues: tuple[User, ...]
    entities: tuple[Entity, ...]
    people: Mapping[UUID, str] = field(repr=False)


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
        return Call(desk, request).go("/desk/work")

    @router.get("/desk/work")
    def show(request: Request) -> Response:
        """One page of one list."""
        call = Call(desk, request)
        user = call.officer(READERS)
        asked = _understood(request.query_params)
        shown = desk.look(user, lambda door: _shown(door, asked))
        now = call.now
        return call.page(
            "work", tab=_tab(shown, asked), shown=shown, asked=asked, address=_address(asked), chips=_chips(asked),
            names={str(one.id): one.name for one in shown.colleagues},
            states=tuple(State), kinds=tuple(RequestKind), dues=DUES, spoken=tuple(Language),
            due=lambda row: due_of(row, now), age=lambda row: (brussels_date(now) - brussels_date(row.case.opened_at)).days,
            next=_address(asked)(after=_written(shown.page.next)) if shown.page.next else "", most=work.MOST_COUNTED,
        )  # fmt: skip

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
    tab = Tab(asked["tab"]) if asked.get("tab") in tabs else tabs[0]
    page = work.page(door, tab, _narrowed(door, asked), after=_read(asked.get("after", "")))
    colleagues = door.uow.directory.with_role(Role.SERVICE_DESK)
    return Shown(
        page, tuple((one, work.count(door, one)) for one in tabs), tuple(sorted(colleagues, key=lambda one: one.name)),
        tuple(door.uow.directory.entities()), work.assignee_names(door, page.rows),
    )  # fmt: skip


def _tab(shown: Shown, asked: Mapping[str, str]) -> Tab:
    tabs = [tab for tab, _ in shown.tabs]
    return Tab(asked["tab"]) if asked.get("tab") in tabs else tabs[0]


def _understood(given: Mapping[str, str]) -> dict[str, str]:
    """What an address asks; what nobody could have chosen on the page is not asked."""
    return {name: value for name, value in given.items() if name in ASKED and ASKED[name](value)}


def _narrowed(door: Door, asked: Mapping[str, str]) -> Narrowed:
    """The filters of an address that was understood."""
    midnights = {"overdue": door.now, "today": midnight(door.today + timedelta(days=1)) + timedelta(microseconds=1),
                 "week": midnight(door.today + timedelta(days=7))}  # fmt: skip
    return Narrowed(
        state=asked.get("state"),
        entity=asked.get("entity"),
        language=asked.get("language"),
        kind=asked.get("kind"),
        assignee=_uuid(asked.get("assignee", "")),
        due_before=midnights.get(asked.get("due", "")),
    )


def _chips(asked: Mapping[str, str]) -> tuple[tuple[str, str, str], ...]:
    """The filters that are set: name, value, and the address without it."""
    address = _address(asked)
    return tuple((name, asked[name], address(**{name: ""})) for name in FILTERS if asked.get(name))


def _address(asked: Mapping[str, str]) -> Callable[..., str]:
    """The address of this list with something changed; a page further on belongs to one list only."""
    kept = {name: asked[name] for name in ("tab", *FILTERS) if asked.get(name)}

    def changed_to(**changed: str) -> str:
        query = {name: value for name, value in {**kept, **changed}.items() if value}
        return f"/desk/work?{urlencode(query)}" if query else "/desk/work"

    return changed_to


def _searched(door: Door, sought: str) -> tuple[tuple[WorkRow, ...], dict[UUID, str]]:
    rows = search(door, sought)
    return rows, work.assignee_names(door, rows)


def _written(place: Place | None) -> str:
    return base64.urlsafe_b64encode(f"{place[0].isoformat()}|{place[1].hex}".encode()).decode() if place else ""


def _read(text: str) -> Place | None:
    try:
        at, _, case_id = base64.urlsafe_b64decode(text.encode()).decode().partition("|")
        return aware(datetime.fromisoformat(at)), UUID(case_id)
    except (ValueError, OverflowError):
        return None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


ASKED: dict[str, Callable[[str], object]] = {
    "tab": lambda value: value in tuple(Tab),
    "state": lambda value: value in tuple(State),
    "entity": re.compile(r"[0-9A-Z]{4,20}").fullmatch,
    "language": lambda value: value in tuple(Language),
    "kind": lambda value: value in tuple(RequestKind),
    "due": lambda value: value in DUES,
    "assignee": _uuid,
    "after": _read,
}
