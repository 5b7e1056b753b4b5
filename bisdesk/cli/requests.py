"""`bisdesk request ...`: file a request, correct it, look at it, act on it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import typer

from bisdesk import views
from bisdesk.cli import actions
from bisdesk.cli.files import read_request
from bisdesk.cli.output import NOT_ALLOWED, emit, talk
from bisdesk.cli.papers import judge_of
from bisdesk.cli.session import As, Json, Ref, Session, begin
from workflow import filing, looks
from workflow.access import Door
from workflow.calendar import brussels_date, last_day
from workflow.errors import BisdeskError, FieldError, InvalidSubmission
from workflow.filing import Filed
from workflow.intake_checks import warnings
from workflow.model import Attachment, Case
from workflow.submission import Submission

app = typer.Typer(no_args_is_help=True)

File = Annotated[str, typer.Argument(metavar="FILE", help="The request as JSON; - reads it from stdin.")]
Scan = Annotated[str | None, typer.Option("--scan", metavar="FILE", help="Scan of the identity document.")]
Declaration = Annotated[
    str | None, typer.Option("--declaration", metavar="FILE", help="Signed declaration of the identity check.")
]
Reason = Annotated[str | None, typer.Option("--reason", metavar="CODE", help="Reason code of the action.")]
Text = Annotated[str | None, typer.Option("--text", metavar="TEXT", help="What happened, in a sentence.")]
Values = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="A value of the action; may repeat.")
]
Values_file = Annotated[
    str | None, typer.Option("--file", metavar="FILE", help='Values as JSON, such as {"insz": "..."}.')
]


@app.command("submit")
def submit(file: File, scan: Scan = None, declaration: Declaration = None, as_: As = None, json: Json = False) -> int:
    """File a request and submit it."""
    session = begin()
    submission, papers = _read(session, file, (scan, declaration), complete=True)
    filed = session.act(as_, lambda door: filing.file_request(door, submission, papers))
    return _show_filed(session, filed, submission, json=json)


@app.command("draft")
def draft(file: File, scan: Scan = None, declaration: Declaration = None, as_: As = None, json: Json = False) -> int:
    """Keep a request that may be incomplete; submit it later with `request do REF submit`."""
    session = begin()
    submission, papers = _read(session, file, (scan, declaration), complete=False)
    filed = session.act(as_, lambda door: filing.draft(door, submission, papers))
    return _show_filed(session, filed, submission, json=json)


@app.command("update")
def update(
    ref: Ref, file: File, scan: Scan = None, declaration: Declaration = None, as_: As = None, json: Json = False
) -> int:
    """Replace the data of a draft, or of a request that was sent back."""
    session = begin()
    submission, papers = _read(session, file, (scan, declaration), complete=False)
    filed = session.act(as_, lambda door: filing.edit(door, ref, submission, papers))
    return _show_filed(session, filed, submission, json=json)


@app.command("do")
def do(
    ref: Ref,
    action: Annotated[str, typer.Argument(metavar="ACTION", help=f"One of {', '.join(actions.OF_REQUESTS)}.")],
    reason: Reason = None,
    text: Text = None,
    set_: Values = None,
    file: Values_file = None,
    as_: As = None,
    json: Json = False,
) -> int:
    """Take an action on a request."""
    session = begin()
    given = actions.given(action, reason=reason, text=text, pairs=set_ or [], file=file)
    try:
        stopped, shown = actions.on_request(session, ref, given, as_=as_)
    except BisdeskError as error:
        talk_of_last_event(session, ref, error)
        raise
    emit(session.watch(lambda door: _request(door, shown), as_), as_json=json)
    return NOT_ALLOWED if stopped else 0


@app.command("show")
def show(ref: Ref, as_: As = None, json: Json = False) -> None:
    """Show a request as it stands now."""
    emit(begin().watch(lambda door: _request(door, ref), as_), as_json=json)


@app.command("list")
def list_(
    state: Annotated[str | None, typer.Option("--state", help="Only in this state.")] = None,
    entity: Annotated[str | None, typer.Option("--entity", help="Only of this entity.")] = None,
    due: Annotated[
        str | None, typer.Option("--due", metavar="DATE", help="Only with a deadline up to this day.")
    ] = None,
    as_: As = None,
    json: Json = False,
) -> None:
    """List requests, the most urgent deadline first."""
    session = begin()
    until = _date(due)
    emit(session.look(lambda door: _listed(door, state, entity, until), as_), as_json=json)


@app.command("history")
def history(ref: Ref, as_: As = None, json: Json = False) -> None:
    """List what happened to a request."""
    emit(begin().look(lambda door: views.history(door, ref), as_), as_json=json)


@app.command("timers")
def timers(ref: Ref, as_: As = None, json: Json = False) -> None:
    """List the deadlines that lie ahead of a request."""
    session = begin()
    coming = session.look(lambda door: views.explain(door, ref).coming, as_)
    emit([views.timer(armed) for armed in coming], as_json=json)


@app.command("messages")
def messages(ref: Ref, as_: As = None, json: Json = False) -> None:
    """List the messages of a request and how far they got."""
    emit(begin().look(lambda door: _messages(door, ref), as_), as_json=json)


@app.command("explain")
def explain(
    ref: Ref,
    action: Annotated[str | None, typer.Argument(metavar="[ACTION]", help="Only this action.")] = None,
    as_: As = None,
    json: Json = False,
) -> None:
    """Tell what can be done now, what not and why, and what comes by itself."""
    actions.show_explanation(begin(), ref, action, as_=as_, as_json=json)


def talk_of_last_event(session: Session, ref: str, error: BisdeskError) -> None:
    """After a refusal by state: who did what last, for the officer who came second."""
    if error.code != "transition_not_allowed":
        return
    done = session.look(lambda door: views.history(door, ref))
    last = done[-1] if done else {}
    talk(f"Last on {ref}: {last.get('event')} by {last.get('role')} at {last.get('at')}.")


def _read(
    session: Session, file: str, papers: tuple[str | None, str | None], *, complete: bool
) -> tuple[Submission, tuple[Attachment, ...]]:
    today, judge = brussels_date(session.now), judge_of(session.app.settings)
    return read_request(file, *papers, today=today, complete=complete, judge=judge)


def _show_filed(session: Session, filed: Filed, submission: Submission, *, json: bool) -> int:
    for warning in warnings(submission):
        talk(f"Look again at {warning.path}: {warning.message}")
    emit(session.look(lambda door: views.request(door, filed.case.ref)), as_json=json)
    if filed.stopped:
        talk(f"The request is stopped for good: {filed.stopped}. A new request with another document is possible.")
        return NOT_ALLOWED
    return 0


def _request(door: Door, ref: str) -> views.View:
    """A request as programs see it; the number is for those who may see it, and then the look is written down (E16)."""
    view = views.request(door, ref)
    if looks.number_until(door, ref) is None:
        return {name: value for name, value in view.items() if name != "bisNumber"}
    looks.show_number(door, ref)
    return view


def _messages(door: Door, ref: str) -> list[views.View]:
    case = views.explain(door, ref).case
    return [views.message(row) for row in door.uow.outbox.of_case(case.id) if row.message.channel != "register"]


def _listed(door: Door, state: str | None, entity: str | None, until: date | None) -> list[views.View]:
    own = door.actor.entity if not door.actor.sees_all_entities else None
    if own and entity and own != entity:
        return []
    found: list[tuple[datetime | None, Case]] = []
    for stored, next_due in door.uow.cases.listed("registration", now=door.now, entity=own or entity):
        case, due = _true(door, stored, next_due)
        if (state is None or case.state == state) and (until is None or (due is not None and last_day(due) <= until)):
            found.append((due, case))
    found.sort(key=lambda row: (row[0] is None, row[0] or row[1].opened_at, row[1].opened_at))
    return [_row(due, case) for due, case in found]


def _true(door: Door, stored: Case, due: datetime | None) -> tuple[Case, datetime | None]:
    """A case and its next deadline as of now: what is due has happened, whatever the scheduler did."""
    if due is None or due > door.now:
        return stored, due
    explanation = views.explain(door, stored.ref)
    return explanation.case, min((timer.due_at for timer in explanation.coming), default=None)


def _row(due: datetime | None, case: Case) -> views.View:
    return {
        "ref": case.ref,
        "state": case.state,
        "entity": case.entity,
        "version": case.version,
        "openedAt": views.instant(case.opened_at),
        "changedAt": views.instant(case.changed_at),
        "dueAt": views.instant(due),
        "assignee": str(case.assignee) if case.assignee else None,
    }


def _date(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidSubmission((FieldError("due", "date", "Write the day as 2026-11-24."),)) from None
