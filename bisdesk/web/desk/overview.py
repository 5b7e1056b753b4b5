"""The team lead's overview: numbers that open the very list they count, and pictures with their tables (L1, L2, L8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import Response

from bisdesk.web.desk import filters
from bisdesk.web.desk.call import Call
from bisdesk.web.desk.frame import Desk
from bisdesk.web.desk.menu import LEADERS
from bisdesk.web.desk.overview_charts import charts, decimal_in
from workflow import overview as figures
from workflow import work
from workflow.access import Door
from workflow.overview import Load, Overview
from workflow.work import Tab

SOON = "8"  # working hours: what will be too late by tomorrow at this hour
COUNTED: tuple[tuple[str, Mapping[str, str]], ...] = (
    ("overview.open", {"tab": Tab.ALL}),
    ("overview.overdue", {"tab": Tab.ALL, "due": "overdue"}),
    ("overview.today", {"tab": Tab.ALL, "due": "today"}),
    ("overview.soon", {"tab": Tab.ALL, "breach": SOON}),
    ("overview.unassigned", {"tab": Tab.UNASSIGNED}),
    ("overview.blocked", {"tab": Tab.BLOCKED}),
)


@dataclass(frozen=True, slots=True)
class Counted:
    """A number, and the list that it counts."""

    name: str
    count: int
    address: str


def overview(desk: Desk) -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get("/desk/overview")
    def show(request: Request) -> Response:
        """How the work stands."""
        call = Call(desk, request)
        user = call.officer(LEADERS)
        counted, told = desk.look(user, _read)
        all_open = {"tab": Tab.ALL}
        return call.page(
            "overview", counted=counted, told=told, charts=charts(call, told), most=work.MOST_COUNTED,
            decimal=decimal_in(call.language),
            state_address=lambda state: filters.address(all_open)(state=state),
            person_address=lambda load, due="": filters.address(all_open)(assignee=_who(load), due=due),
        )  # fmt: skip

    return router


def _read(door: Door) -> tuple[tuple[Counted, ...], Overview]:
    mine = work.tabs_of(door)
    counted = tuple(
        Counted(name, work.count(door, Tab(asked["tab"]), filters.narrowed(door, asked)), filters.address(asked)())
        for name, asked in COUNTED
        if asked["tab"] in mine
    )
    return counted, figures.overview(door)


def _who(load: Load) -> str:
    return str(load.user_id) if load.user_id else filters.NOBODY
