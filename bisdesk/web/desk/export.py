"""A list as a file: the same rows by the same filters, in a form that no spreadsheet takes for a formula (L9)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from bisdesk.web.desk import filters
from bisdesk.web.desk.call import Call
from bisdesk.web.desk.frame import Desk
from bisdesk.web.desk.menu import READERS
from workflow import exporting, work
from workflow.access import Door
from workflow.calendar import brussels_date, last_day
from workflow.work import Tab, WorkRow

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # the wide ones count as well
MARK = "\ufeff"  # so that spreadsheets read it as UTF-8
COLUMNS = ("work.ref", "work.person", "work.entity", "work.state", "work.due", "sla.title", "work.owner", "work.opened")


def export(desk: Desk) -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get("/desk/lists/export")
    def back(request: Request) -> Response:
        """A file is asked for by a form; whoever comes here otherwise is led to the lists."""
        return Call(desk, request).go(filters.LIST)

    @router.post("/desk/lists/export")
    def take_away(request: Request, form: Annotated[str, Form()], back: Annotated[str, Form()] = "") -> Response:
        """The list as a file."""
        call = Call(desk, request)
        user = call.officer(READERS)
        call.refuse_strange(form)
        asked = filters.read(back)
        tab, rows, people = desk.act(user, lambda door: _taken(door, asked))
        name = filename(tab, brussels_date(call.now), len(rows))
        head = [call.say(column) for column in COLUMNS]
        lines = (head, *(_line(call, row, people) for row in rows))
        return Response(
            written(lines), media_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
        )  # fmt: skip

    return router


def filename(tab: Tab, day: date, count: int) -> str:
    """What the file of a list is called; one that was cut says so."""
    first = f"-first-{exporting.MOST}" if count >= exporting.MOST else ""
    return f"bisdesk-{tab}-{day.isoformat()}{first}.csv"


def written(lines: Iterable[Sequence[str]]) -> bytes:
    """Lines as RFC 4180 has them, in UTF-8 with its mark."""
    kept = io.StringIO(newline="")
    csv.writer(kept, lineterminator="\r\n").writerows([safe(cell) for cell in line] for line in lines)
    return (MARK + kept.getvalue()).encode()


def safe(cell: str) -> str:
    """The text of a cell, with an apostrophe before what a spreadsheet would take for a formula."""
    return f"'{cell}" if cell.lstrip(" ").startswith(FORMULA) or cell.startswith(FORMULA) else cell


def _taken(door: Door, asked: Mapping[str, str]) -> tuple[Tab, tuple[WorkRow, ...], dict[UUID, str]]:
    tab = filters.tab_of(work.tabs_of(door), asked)
    query = filters.query_of({**asked, "tab": tab})
    rows = exporting.export(door, tab, filters.narrowed(door, asked), query=query)
    return tab, rows, work.assignee_names(door, rows)


def _line(call: Call, row: WorkRow, people: Mapping[UUID, str]) -> list[str]:
    """One row as the list shows it; days as numbers, so that they can be sorted."""
    case, level = row.case, row.promise.level if row.promise else None
    by = level.due_at or level.paused_since if level else None
    owner = people.get(case.assignee, "") if case.assignee else ""
    return [
        case.ref, row.name or call.say("work.erased"), case.entity, call.say(f"state.registration.{case.state}"),
        last_day(row.act_by).isoformat() if row.act_by else "", brussels_date(by).isoformat() if by else "", owner,
        brussels_date(case.opened_at).isoformat(),
    ]  # fmt: skip
