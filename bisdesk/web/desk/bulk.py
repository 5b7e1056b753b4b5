"""One action on several requests of a list: only where it is open on all of them, each in a transaction of its own (D18, L2).

Nothing that fails stops the rest; a page says of each request what came of it, and why not.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from bisdesk.acts import Given
from bisdesk.web.desk import filters
from bisdesk.web.desk.call import Call, StaleForm
from bisdesk.web.desk.claiming import Seen, do, seen_of
from bisdesk.web.desk.conflict import REFUSED
from bisdesk.web.desk.frame import Desk
from bisdesk.web.desk.listing import list_page
from bisdesk.web.desk.people import colleagues
from workflow import choosing, work
from workflow.access import Door
from workflow.errors import BisdeskError, ConcurrentChange, GuardRefused, InvalidSubmission, NotFound
from workflow.lifecycles.registration import Trigger
from workflow.model import Role, User
from workflow.work import WorkRow

log = logging.getLogger("bisdesk.web")
CHOOSERS = frozenset({Role.SERVICE_DESK, Role.TEAM_LEAD})
CARRIED, CONTEXT, LIVES = "desk_bulk", b"desk/bulk/v1", timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Bulk:
    """What an officer asks of several requests."""

    action: str
    seen: tuple[Seen, ...]
    asked: Mapping[str, str]
    to: str = field(default="", repr=False)

    @property
    def list(self) -> str:
        """The list that they were chosen from."""
        return filters.address(self.asked)(after=self.asked.get("after", ""))


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one request; `why` is empty where it was done."""

    ref: str
    why: str
    row: WorkRow | None


def bulk(desk: Desk) -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get("/desk/lists/selected")
    def back(request: Request) -> Response:
        """Whoever comes here by reloading or by another language is led to the lists."""
        return Call(desk, request).go(filters.LIST)

    @router.post("/desk/lists/selected")
    def act(
        request: Request,
        form: Annotated[str, Form()],
        action: Annotated[str, Form(alias="do")],
        chosen: Annotated[list[str] | None, Form()] = None,
        to: Annotated[str, Form()] = "",
        back: Annotated[str, Form()] = "",
    ) -> Response:
        """Do it with all of them, or say why it is not for all."""
        call = Call(desk, request)
        user = call.officer(CHOOSERS)
        call.refuse_strange(form)
        if action not in choosing.IN_BULK or len(chosen or ()) > work.PAGE:
            raise StaleForm
        asked = Bulk(action, tuple(seen_of(one) for one in dict.fromkeys(chosen or ())), filters.read(back), to)
        return _act(call, user, asked)

    @router.get("/desk/lists/done")
    def done(request: Request) -> Response:
        """What came of each."""
        call = Call(desk, request)
        return _done(call, call.officer(CHOOSERS))

    return router


def _act(call: Call, user: User, asked: Bulk) -> Response:
    if not asked.seen:
        return list_page(call, user, asked.asked, status=422, mistakes={"chosen": [call.say("bulk.nothing")]})
    rows = call.desk.look(user, lambda door: _rows(door, asked))
    hindered = call.desk.look(user, lambda door: choosing.hindered(door, rows, asked.action))
    if hindered:
        out = {one.row.case.ref for one in hindered}
        rest = tuple(one for one in asked.seen if one.ref not in out)
        return call.page(
            "bulk_hindered", status=409, action=asked.action, hindered=hindered, rest=rest, list=asked.list,
            back=filters.here(asked.asked),
        )  # fmt: skip
    if asked.action == Trigger.REASSIGN and not asked.to:
        return _ask_to_whom(call, user, asked, rows)
    told = [[one.ref, _one(call, user, asked, one)] for one in asked.seen]
    plain = json.dumps([asked.action, filters.here(asked.asked), told]).encode()
    call.keep(CARRIED, call.desk.seal.shut(plain, CONTEXT, now=call.now), lives_s=int(LIVES.total_seconds()))
    return call.go("/desk/lists/done")


def _ask_to_whom(call: Call, user: User, asked: Bulk, rows: tuple[WorkRow, ...]) -> Response:
    """To whom they go: nobody who filed one of them (B1-5b), oneself first."""
    filers = {row.detail.filer for row in rows}
    fit = call.desk.look(user, lambda door: colleagues(door, without=filers))
    return call.page(
        "bulk_to", rows=rows, seen=asked.seen, colleagues=fit, list=asked.list, back=filters.here(asked.asked)
    )


def _one(call: Call, user: User, asked: Bulk, seen: Seen) -> str:
    """Do it with one request, in a transaction of its own: empty where it is done, else the name of why not."""
    given = Given(asked.action, values={"to": asked.to} if asked.to else {})
    try:
        call.desk.act(user, lambda door: do(door, seen, given))
    except GuardRefused as refused:
        return f"guard.{refused.guard}"
    except InvalidSubmission as wrong:
        return f"problem.{wrong.fields[0].code}"
    except NotFound:
        return "bulk.why.gone"
    except ConcurrentChange:
        return "bulk.why.first"
    except REFUSED:
        return "bulk.why.state"
    except BisdeskError as trouble:
        log.warning("one of several requests could not be moved: %s", trouble.code)
        return "bulk.why.unavailable"
    except Exception:  # whatever fails on one request, the officer learns what was done with the others
        log.exception("one of several requests could not be moved")
        return "bulk.why.unavailable"
    return ""


def _done(call: Call, user: User) -> Response:
    plain = call.desk.seal.read(call.carried(CARRIED) or "", CONTEXT, younger_than=LIVES, now=call.now)
    if plain is None:
        return call.go(filters.LIST)
    action, back, told = json.loads(plain)
    rows, people = call.desk.look(user, lambda door: _now(door, tuple(ref for ref, _ in told)))
    results = tuple(Result(ref, call.say(why) if why else "", rows.get(ref)) for ref, why in told)
    return call.page(
        "bulk_done", action=action, results=results, people=people, list=f"{filters.LIST}?{back}" if back else filters.LIST,
        done=sum(not one.why for one in results),
    )  # fmt: skip


def _rows(door: Door, asked: Bulk) -> tuple[WorkRow, ...]:
    """The chosen requests as they are now. Raises: NotFound for one that does not exist for this officer."""
    rows = []
    for one in asked.seen:
        row = work.by_ref(door, one.ref)
        if row is None:
            raise NotFound("request", one.ref)
        rows.append(row)
    return tuple(rows)


def _now(door: Door, refs: tuple[str, ...]) -> tuple[dict[str, WorkRow], dict[UUID, str]]:
    rows = tuple(row for ref in refs if (row := work.by_ref(door, ref)) is not None)
    return {row.case.ref: row for row in rows}, work.assignee_names(door, rows)
