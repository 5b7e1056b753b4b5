"""Before a request: what is needed, who may ask for it, and whether the person can be registered at all (E2)."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from bisdesk.web.desk.call import Call, StaleForm
from bisdesk.web.desk.filing.sheets import CONDITIONS, ELIGIBLE, FOLLOW_UP
from bisdesk.web.desk.filing.typed import NO, Typed, merged
from bisdesk.web.desk.frame import Desk
from bisdesk.web.desk.people import administrators
from workflow import filing
from workflow.access import Door
from workflow.errors import FieldError, InvalidSubmission
from workflow.explain import explain_filing
from workflow.intake import parse_submission
from workflow.intake_fields import FIELD_RULES
from workflow.machine import Option
from workflow.model import Role, User
from workflow.officers import PAUSE

FILERS = frozenset({Role.END_USER})
ASKED_OF_THE_PERSON = tuple(
    path for path in FIELD_RULES if path.startswith(("person.", "residence.", "contact.")) and path not in FOLLOW_UP
)  # the sixteen of 3.27, and nothing besides


def start(desk: Desk) -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get("/desk/new")
    def before(request: Request) -> Response:
        """What to have at hand, and the questions that come first."""
        call = Call(desk, request)
        user = call.officer(FILERS)
        return _page(call, user, typed=call.typed_before() or {})

    @router.post("/desk/new")
    async def begin(request: Request) -> Response:
        """Open a draft for somebody who can be registered; else say where they can go."""
        typed = {name: str(value) for name, value in (await request.form()).multi_items()}
        return await run_in_threadpool(lambda: _begin(Call(desk, request), typed))

    return router


def _page(call: Call, user: User, *, typed: Typed, mistakes: dict[str, list[str]] | None = None) -> Response:
    option, who = call.desk.look(user, lambda door: (explain_filing(door), administrators(door)))
    return call.page(
        "filing_new", status=422 if mistakes else 200, sheet=ELIGIBLE, typed=typed, mistakes=mistakes or {},
        refused=_refused(call, option), administrators=who, asked=ASKED_OF_THE_PERSON,
        minutes=int(PAUSE.total_seconds()) // 60,
        given=typed.get("case") or call.desk.app.chance.uuid(call.now), conditions=CONDITIONS,
    )  # fmt: skip


def _begin(call: Call, typed: Typed) -> Response:
    user = call.officer(FILERS, typed=typed)
    call.refuse_strange(typed.get("form", ""))
    option = call.desk.look(user, explain_filing)
    wrong = [FieldError(item.path, "required", "Answer it.") for item in ELIGIBLE.items if not typed.get(item.path)]
    refuted = tuple(path for path in CONDITIONS if typed.get(path) == NO)
    if refuted:
        return call.page("filing_no", refuted=refuted, licence=False)
    if wrong or option is None or not option.open:
        return _page(call, user, typed=typed, mistakes={one.path: [call.problem(one)] for one in wrong})
    try:
        ref = call.desk.act(user, lambda door: _open(door, typed, user))
    except InvalidSubmission as refused:
        return _page(call, user, typed=typed, mistakes={one.path: [call.problem(one)] for one in refused.fields})
    return call.go(f"/desk/requests/{ref}/file")


def _open(door: Door, typed: Typed, user: User) -> str:
    raw = merged({"entity": user.entity}, ELIGIBLE, typed)
    submission = parse_submission(raw, today=door.today, complete=False)
    return filing.draft(door, submission, (), case_id=_given(typed)).case.ref


def _given(typed: Typed) -> UUID:
    try:
        return UUID(typed.get("case", ""))
    except ValueError:
        raise StaleForm from None


def _refused(call: Call, option: Option | None) -> str:
    """Why this officer cannot open a request today, in words; empty if they can."""
    if option is None:
        return call.say("filing.no_entity")
    return "" if option.open else call.say_or(f"guard.{option.guard}", option.reason or "")
