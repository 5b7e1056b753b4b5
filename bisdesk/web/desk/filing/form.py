"""The pages of a request one by one: shown with what is known, judged on sending, kept page by page (E1, E11, E13)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.responses import Response

from bisdesk.web.desk.call import Call
from bisdesk.web.desk.filing import countries
from bisdesk.web.desk.filing.papers import attached
from bisdesk.web.desk.filing.reading import Draft, read_draft, refuse_wrong
from bisdesk.web.desk.filing.sheets import CHECK, NO_PROOF, Sheet, after, before, home_of, sheet_of
from bisdesk.web.desk.filing.start import FILERS
from bisdesk.web.desk.filing.typed import PARTS, Raw, Typed, merged, put, shown
from bisdesk.web.desk.frame import Desk
from identity.countries import ALPHA3_BY_COUNTRY
from identity.documents import StopReason
from identity.problems import Problem
from workflow import filing
from workflow.access import Door
from workflow.errors import FieldError, InvalidSubmission, NotFound
from workflow.intake import parse_submission
from workflow.intake_checks import document_validity, first_refuted_step
from workflow.intake_zone import fill_from_zone
from workflow.model import Attachment, Slot, User
from workflow.submission import Submission

TOO_LARGE = (FieldError(Slot.SCAN, "too_large", "The files are too large together."),)
PRADO = "https://www.consilium.europa.eu/prado"


@dataclass(frozen=True, slots=True)
class Stop:
    """A check that would end the request for good, before anybody said so (B1-3)."""

    reason: StopReason


def form(desk: Desk) -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get("/desk/requests/{ref}/file/{page}")
    def show(request: Request, ref: str, page: str) -> Response:
        """One page with what is known."""
        call = Call(desk, request)
        user = call.officer(FILERS)
        draft = desk.look(user, lambda door: read_draft(door, ref))
        if draft is None:
            return call.go(f"/desk/requests/{ref.upper()}")
        sheet = _sheet(page, draft.submission)
        typed = call.typed_before()
        return sheet_page(
            call, draft, sheet, typed=typed or _known(call, draft, sheet), again=typed is not None,
            wrong=TOO_LARGE if "large" in request.query_params and sheet.name == "papers" else (),
        )  # fmt: skip

    @router.post("/desk/requests/{ref}/file/{page}")
    async def send(request: Request, ref: str, page: str) -> Response:
        """Keep what was typed, or say what is wrong with it."""
        async with request.form() as sent:
            typed = {name: str(value) for name, value in sent.multi_items() if isinstance(value, str)}
            chosen = [
                (name, file) for name, file in sent.multi_items() if isinstance(file, UploadFile) and file.filename
            ]
            files = {name: await file.read() for name, file in chosen}
        return await run_in_threadpool(lambda: _send(Call(desk, request), ref.upper(), page, typed=typed, files=files))

    return router


def sheet_page(
    call: Call,
    draft: Draft,
    sheet: Sheet,
    *,
    typed: Typed,
    wrong: tuple[FieldError, ...] = (),
    again: bool = False,
) -> Response:
    """The page of one sheet."""
    words = call.desk.words[call.language]
    country = draft.submission.document.country or ""
    back = CHECK if typed.get("back") == CHECK or call.request.query_params.get("back") == CHECK else ""
    named = countries.name_of(country, words) if country else ""
    return call.page(
        "filing_page", status=422 if wrong else 200, draft=draft, ref=draft.case.ref, sheet=sheet, typed=typed,
        mistakes=_mistakes(call, sheet, wrong), asked_back=_asked_back(draft, sheet),
        elsewhere={one.path: home_of(one.path) for one in wrong if not sheet.asks(one.path)},
        warned=[one for one in draft.warnings if sheet.asks(one.path)],
        back=back, previous=back or before(sheet.name), again=again, date_parts=PARTS,
        choices=partial(countries.choices, words), prado=_prado(call, country), country=named,
    )  # fmt: skip


def _send(call: Call, ref: str, page: str, *, typed: Typed, files: Mapping[str, bytes]) -> Response:
    user = call.officer(FILERS, typed=typed)
    call.refuse_strange(typed.get("form", ""))
    draft = call.desk.look(user, lambda door: read_draft(door, ref))
    if draft is None:
        return call.go(f"/desk/requests/{ref}")
    sheet = _sheet(page, draft.submission)
    if typed.get("document.type") == NO_PROOF:
        return call.page("filing_no", refuted=(), licence=True, ref=ref)
    try:
        papers, refused = attached(call, files)
        done = _kept(call, user, ref, sheet=sheet, typed=typed, papers=papers, refused=refused)
    except InvalidSubmission as wrong:
        return sheet_page(call, draft, sheet, typed=typed, wrong=wrong.fields)
    if isinstance(done, Stop):
        return call.page("filing_stop", ref=ref, sheet=sheet, reason=done.reason, typed=typed)
    return call.go(_onward(done, ref, sheet, typed))


def _kept(
    call: Call,
    user: User,
    ref: str,
    *,
    sheet: Sheet,
    typed: Typed,
    papers: tuple[Attachment, ...],
    refused: tuple[FieldError, ...],
) -> filing.Filed | Stop:
    later = "later" in typed

    def work(door: Door) -> filing.Filed | Stop:
        draft = read_draft(door, ref)
        if draft is None:
            raise NotFound("draft", ref)
        raw = _with_typed(draft, sheet, typed, door)
        there = {*draft.held, *(paper.slot for paper in papers), *(one.path for one in refused)}
        lacking = [
            FieldError(item.path, "required", "Attach it.")
            for item in sheet.items
            if item.kind == "paper" and item.path not in there and not later
        ]
        _refuse_all(raw, sheet, door, later=later, more=(*refused, *lacking))
        submission = parse_submission(raw, today=door.today, complete=False)
        reason = first_refuted_step(submission, document_validity(submission))
        if reason is not None and "stop" not in typed:
            return Stop(reason)
        if submission == draft.submission and not papers:
            return filing.Filed(*door.uow.cases.request(ref, now=door.now))
        return filing.edit(door, ref, submission, papers)

    return call.desk.act(user, work)


def _with_typed(draft: Draft, sheet: Sheet, typed: Typed, door: Door) -> Raw:
    """The request with what was typed; a zone fills in what is still empty (E5). Raises: InvalidSubmission."""
    raw = merged(draft.raw, sheet, typed)
    zone = typed.get("document.mrz", "").strip()
    if sheet.name != "zone" or not zone:
        return raw
    try:
        return fill_from_zone(draft.submission, zone.replace("\r\n", "\n"), today=door.today)
    except Problem as wrong:
        raise InvalidSubmission((FieldError("document.mrz", wrong.code, wrong.message),)) from None


def _refuse_all(raw: Raw, sheet: Sheet, door: Door, *, later: bool, more: tuple[FieldError, ...]) -> None:
    """Everything that is wrong at once, papers as well. Raises: InvalidSubmission."""
    try:
        refuse_wrong(raw, sheet, today=door.today, later=later)
    except InvalidSubmission as wrong:
        raise InvalidSubmission((*wrong.fields, *more)) from None
    if more:
        raise InvalidSubmission(more)


def _onward(done: filing.Filed, ref: str, sheet: Sheet, typed: Typed) -> str:
    here = f"/desk/requests/{ref}"
    if done.stopped:
        return f"{here}/filed"
    if "later" in typed:
        return f"{here}?done=edit"
    if sheet.name == "zone" and typed.get("document.mrz", "").strip():
        return f"{here}/file/zone/read" + ("?back=check" if typed.get("back") == CHECK else "")
    return f"{here}/file/{CHECK if typed.get('back') == CHECK else after(sheet.name)}"


def _sheet(page: str, submission: Submission) -> Sheet:
    sheet = sheet_of(page, submission)
    if sheet is None:
        raise NotFound("page", page[:40])
    return sheet


def _known(call: Call, draft: Draft, sheet: Sheet) -> dict[str, str]:
    """What is known for a page, with what is almost always right where nothing is known yet."""
    raw = draft.raw
    if sheet.name == "likeness" and draft.submission.identity_check.checked_on is None and call.signed_in:
        raw = merged(raw, Sheet("", ()), {})
        put(raw, "identityCheck.checkedOn", call.today.isoformat())
        put(raw, "identityCheck.checkedBy", call.signed_in.user.email)
    return shown(raw, sheet)


def _mistakes(call: Call, sheet: Sheet, wrong: tuple[FieldError, ...]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in wrong:
        own = next((path for path in sorted(sheet.paths) if one.path.startswith(path)), one.path)
        found.setdefault(own, []).append(problem(call, one))
    return found


def problem(call: Call, wrong: FieldError) -> str:
    """What is wrong, as a page with boxes for dates and papers says it."""
    name = f"filing.paper.{wrong.code}" if wrong.path in tuple(Slot) else f"filing.problem.{wrong.code}"
    return call.say_or(name, call.problem(wrong))


def _asked_back(draft: Draft, sheet: Sheet) -> tuple[str, ...]:
    fields = (draft.remarks or {}).get("fields")
    return tuple(path for path in fields if sheet.asks(str(path))) if isinstance(fields, list) else ()


def _prado(call: Call, country: str) -> str:
    """The register of documents of the Union, open at the country that was chosen."""
    issuer = ALPHA3_BY_COUNTRY.get(country)
    rest = f"prado-documents/{issuer}/index.html" if issuer else "prado-start-page.html"
    return f"{PRADO}/{call.language.value}/{rest}"
