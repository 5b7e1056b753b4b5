"""A request as its filer goes on with it: what is there, what is asked back, and which page comes next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from bisdesk import views
from bisdesk.web.desk.filing.sheets import CHECK, SHEETS, Sheet, home_of
from bisdesk.web.desk.filing.typed import Raw
from workflow import dossier
from workflow.access import Door
from workflow.errors import FieldError, InvalidSubmission
from workflow.explain import explain_request
from workflow.intake import parse_submission
from workflow.intake_checks import FieldWarning, warnings
from workflow.lifecycles.registration import Trigger
from workflow.model import Case, Slot
from workflow.submission import Submission, to_json


@dataclass(frozen=True, slots=True)
class Draft:
    """A request that this officer may still change."""

    case: Case
    submission: Submission = field(repr=False)
    raw: Raw = field(repr=False)
    held: Mapping[str, int]  # papers that are there, with their size in bytes
    remarks: views.View | None = field(repr=False)
    wrong: tuple[FieldError, ...]  # what it lacks before it can be sent
    warnings: tuple[FieldWarning, ...]

    @property
    def returned(self) -> bool:
        """Whether the desk asked to correct it."""
        return self.remarks is not None

    @property
    def go_on(self) -> str:
        """The first page that lacks something; of a request that came back, the one over all."""
        lacking = {home_of(error.path) for error in self.wrong}
        return CHECK if self.returned else next((one.name for one in SHEETS if one.name in lacking), CHECK)


def read_draft(door: Door, ref: str) -> Draft | None:
    """A request to go on with; None where this officer can change nothing of it now. Raises: NotFound."""
    explained = explain_request(door, ref.upper())
    edit = explained.of(Trigger.EDIT)
    if edit is None or not edit.open:
        return None
    case = explained.case
    submission = dossier.stored(door.uow, case.id)
    papers = {slot: door.uow.people.attachment(case.id, slot) for slot in Slot}
    held = {str(slot): len(paper.content) for slot, paper in papers.items() if paper}
    raw = to_json(submission)
    remarks = views.request(door, case.ref).get("remarks")
    return Draft(
        case, submission, raw, held, remarks if isinstance(remarks, dict) else None,
        (*wrong_in(raw, today=door.today), *_missing_papers(held)), warnings(submission),
    )  # fmt: skip


def wrong_in(raw: Raw, *, today: date) -> tuple[FieldError, ...]:
    """Everything that a complete request would still need."""
    try:
        parse_submission(raw, today=today, complete=True)
    except InvalidSubmission as wrong:
        return wrong.fields
    return ()


def refuse_wrong(raw: Raw, sheet: Sheet, *, today: date, later: bool) -> None:
    """Raises: InvalidSubmission for what is wrong anywhere, and, unless it is kept for later, for what this page lacks."""
    wrong = [
        error
        for error in wrong_in(raw, today=today)
        if error.code != "required" or (sheet.asks(error.path) and not later)
    ]
    if wrong:
        raise InvalidSubmission(tuple(wrong))


def _missing_papers(held: Mapping[str, int]) -> tuple[FieldError, ...]:
    return tuple(FieldError(slot, "required", f"Attach the {slot}.") for slot in Slot if slot not in held)
