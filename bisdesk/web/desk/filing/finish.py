"""One look over everything, sending it, and what happens next (E12, E14, E15)."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from bisdesk.web.desk.call import Call
from bisdesk.web.desk.casefile import CaseFile, read_case
from bisdesk.web.desk.conflict import why_not
from bisdesk.web.desk.filing.form import problem
from bisdesk.web.desk.filing.reading import Draft, read_draft
from bisdesk.web.desk.filing.sheets import CHECK, SHEETS, before, home_of, sheet_of
from bisdesk.web.desk.filing.start import FILERS
from bisdesk.web.desk.filing.typed import get
from bisdesk.web.desk.frame import Desk
from workflow import filing
from workflow.calendar import last_day
from workflow.errors import FieldError, GuardRefused, InvalidSubmission, TransitionNotAllowed
from workflow.intake_checks import document_validity
from workflow.lifecycles.registration import Trigger, registration
from workflow.model import User


def finish(desk: Desk) -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get("/desk/requests/{ref}/file")
    def go_on(request: Request, ref: str) -> Response:
        """Where the work stopped."""
        call = Call(desk, request)
        user = call.officer(FILERS)
        draft = desk.look(user, lambda door: read_draft(door, ref))
        here = f"/desk/requests/{ref.upper()}"
        return call.go(f"{here}/file/{draft.go_on}" if draft else here)

    @router.get("/desk/requests/{ref}/file/check")
    def check(request: Request, ref: str) -> Response:
        """Everything at once."""
        call = Call(desk, request)
        user = call.officer(FILERS)
        draft = desk.look(user, lambda door: read_draft(door, ref))
        return _check_page(call, draft) if draft else call.go(f"/desk/requests/{ref.upper()}")

    @router.post("/desk/requests/{ref}/file/check")
    async def send(request: Request, ref: str) -> Response:
        """Send it to the desk."""
        typed = {name: str(value) for name, value in (await request.form()).multi_items()}
        return await run_in_threadpool(lambda: _send(Call(desk, request), ref.upper(), typed.get("form", "")))

    @router.get("/desk/requests/{ref}/filed")
    def filed(request: Request, ref: str) -> Response:
        """What happens next, or why it ended."""
        call = Call(desk, request)
        user = call.officer(FILERS)
        shown = desk.look(user, lambda door: read_case(door, ref))
        return _filed_page(call, shown)

    return router


def _send(call: Call, ref: str, form: str) -> Response:
    user = call.officer(FILERS)
    call.refuse_strange(form)
    draft = call.desk.look(user, lambda door: read_draft(door, ref))
    if draft is None:  # sent a second time, or somebody was first: the page says how it stands
        return call.go(f"/desk/requests/{ref}/filed")
    try:
        return _submitted(call, user, draft)
    except InvalidSubmission as wrong:
        return _check_page(call, draft, wrong=wrong.fields)
    except GuardRefused as refused:
        return _check_page(call, draft, why=why_not(call, refused))
    except TransitionNotAllowed:
        return call.go(f"/desk/requests/{ref}/filed")


def _submitted(call: Call, user: User, draft: Draft) -> Response:
    ways = registration.triggers(draft.case.state)
    trigger = Trigger.RESUBMIT if Trigger.RESUBMIT in ways else Trigger.SUBMIT
    call.desk.act(user, lambda door: filing.submit(door, draft.case.ref, trigger))
    return call.go(f"/desk/requests/{draft.case.ref}/filed")


def _check_page(call: Call, draft: Draft, *, wrong: tuple[FieldError, ...] = (), why: str = "") -> Response:
    mistakes: dict[str, list[str]] = {}
    for one in wrong:
        mistakes.setdefault(one.path, []).append(problem(call, one))
    if why:
        mistakes[CHECK] = [why]
    sheets = [sheet_of(one.name, draft.submission) or one for one in SHEETS]
    rows = [(sheet, [(item, get(draft.raw, item.path)) for item in sheet.items]) for sheet in sheets]
    validity = document_validity(draft.submission)
    return call.page(
        "filing_check", status=422 if mistakes else 200, draft=draft, ref=draft.case.ref, rows=rows, mistakes=mistakes,
        elsewhere={one.path: home_of(one.path) for one in wrong}, previous=before(CHECK), home_of=home_of,
        extended=validity.effective if validity and validity.effective > validity.printed else None,
    )  # fmt: skip


def _filed_page(call: Call, shown: CaseFile) -> Response:
    ended = next((event for event in reversed(shown.history) if event.trigger == Trigger.CHECK_FAILED), None)
    return call.page(
        "filing_filed", ref=shown.row.case.ref, case=shown, reason=ended.reason_code if ended else "",
        answer_by=last_day(shown.row.act_by) if shown.row.act_by else None,
    )  # fmt: skip
