"""Taking a request out of a list in one click, and being told at once when somebody else was faster (D6, D7)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from bisdesk.acts import ON_REQUEST, Given
from bisdesk.web.desk import filters
from bisdesk.web.desk.call import Call, StaleForm
from bisdesk.web.desk.conflict import REFUSED, version_seen, why_not
from bisdesk.web.desk.frame import Desk
from bisdesk.web.desk.listing import list_page
from workflow import work
from workflow.access import Door
from workflow.explain import explain_request
from workflow.lifecycles.registration import Trigger
from workflow.model import Role
from workflow.ownership import refuse_foreign_work

TAKERS = frozenset({Role.SERVICE_DESK})
APART = "~"  # between the reference of a row and the version that was shown


@dataclass(frozen=True, slots=True)
class Seen:
    """A row as a form brings it back: which request, and which version of it was shown."""

    ref: str
    version: int


@dataclass(frozen=True, slots=True)
class Lost:
    """A request that was not to be had: who has it now, in which state it is."""

    ref: str
    why: str
    state: str
    who: str = field(repr=False)


def claiming(desk: Desk) -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get("/desk/lists/take")
    def back(request: Request) -> Response:
        """Whoever comes here by reloading or by another language is led to the lists."""
        return Call(desk, request).go(filters.LIST)

    @router.post("/desk/lists/take")
    def take(
        request: Request,
        form: Annotated[str, Form()],
        row: Annotated[str, Form()],
        back: Annotated[str, Form()] = "",
    ) -> Response:
        """Take it, and go on with the list."""
        call = Call(desk, request)
        user = call.officer(TAKERS)
        call.refuse_strange(form)
        seen, asked = seen_of(row), filters.read(back)
        try:
            desk.act(user, lambda door: do(door, seen, Given(Trigger.TAKE)))
        except REFUSED as refused:
            why = why_not(call, refused)
            lost = desk.look(user, lambda door: _lost(door, seen.ref, why))
            return list_page(call, user, asked, status=409, lost=lost)
        return call.go(filters.address(asked)(after=asked.get("after", ""), taken=seen.ref))

    return router


def seen_of(text: str) -> Seen:
    """A row that a form brings back. Raises: StaleForm for one that no page of ours made."""
    ref, _, version = text.partition(APART)
    if not filters.REF.fullmatch(ref):
        raise StaleForm
    return Seen(ref, version_seen(version))


def do(door: Door, seen: Seen, given: Given) -> object:
    """One action of a list on one request: the use case of `do`, under the rules of who owns what."""
    refuse_foreign_work(door, explain_request(door, seen.ref), given.action)
    return ON_REQUEST[given.action](replace(door, seen=seen.version), seen.ref, given)


def _lost(door: Door, ref: str, why: str) -> Lost:
    row = work.by_ref(door, ref)
    if row is None:
        return Lost(ref, why, "", "")
    return Lost(ref, why, row.case.state, work.assignee_names(door, (row,)).get(row.case.assignee, ""))  # type: ignore[arg-type]  # None names nobody
