"""`bisdesk message ...`: the queue as it stands, and the texts as people get them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Annotated
from uuid import UUID

import typer

from bisdesk import views
from bisdesk.bootstrap import install
from bisdesk.canary import beat_of
from bisdesk.cli.files import write_file, write_files
from bisdesk.cli.output import OK, PROBLEMS, emit, talk, write
from bisdesk.cli.session import As, Json, begin, configured
from bisdesk.describe.words import MESSAGES
from bisdesk.figures import figures
from notifications import gallery
from notifications.catalogue import KINDS as SAID
from notifications.lint import lint as faults_of
from notifications.lint_rules import LONGEST_BOUND_HOST
from notifications.preview import Preview, as_text, of_row, previews
from notifications.receipts import is_unconfirmed
from notifications.rendering import Renderer
from workflow import queue
from workflow.access import Door, consultable
from workflow.correspondence import recipient_of
from workflow.errors import FieldError, InvalidSubmission, NotFound, TransitionNotAllowed
from workflow.model import CANARY, Language, Role
from workflow.outbox import Channel, DeliveryState, MessageKind

app = typer.Typer(no_args_is_help=True)
MOST = 1000
MessageId = Annotated[str, typer.Argument(metavar="ID", help="Identifier of the message, from the list.")]


@app.command("list")
def list_(
    state: Annotated[str | None, typer.Option("--state", help="Only in this state, such as parked.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=100_000, help="At most so many.")] = MOST,
    json: Json = False,
) -> None:
    """List messages, the oldest first."""
    states = frozenset({_state(state)}) if state else frozenset[DeliveryState]()
    emit(begin().look(lambda door: _listed(door, states, limit)), as_json=json)


@app.command("show")
def show(message: MessageId, as_: As = None, json: Json = False) -> None:
    """Show one message and how far it got, to the service desk its text too; link and code are never shown."""
    session, wanted = begin(), _id(message)
    emit(session.look(lambda door: _shown(door, session.app.renderer, wanted), as_), as_json=json)


@app.command("stats")
def stats(json: Json = False) -> None:
    """Tell how long messages wait, what needs a look, and how fast messages arrived in the last day."""
    session = begin()
    measured = session.look(lambda door: door.uow.measures.taken(now=door.now))
    emit(figures(measured, beat_of(session.app, measured, session.now)), as_json=json)


@app.command("retry")
def retry(message: MessageId, as_: As = None, json: Json = False) -> None:
    """Put a parked or failed message back into the queue."""
    wanted = _id(message)
    try:
        row = begin().act(as_, lambda door: queue.retry(door, wanted))
    except TransitionNotAllowed:
        talk("Only a parked or failed message is put back. A mail without link or code: bisdesk message resend ID.")
        raise
    emit(views.message(row), as_json=json)


@app.command("resend")
def resend(message: MessageId, as_: As = None, json: Json = False) -> None:
    """Send a mail without link or code once more; the same one not twice within the cooldown."""
    wanted, session = _id(message), begin()
    cooldown = timedelta(seconds=session.app.settings.resend_cooldown_s)
    row = session.act(as_, lambda door: queue.resend(door, wanted, cooldown=cooldown))
    emit(views.message(row), as_json=json)


@app.command("preview")
def preview(
    kind: Annotated[str | None, typer.Argument(metavar="KIND", help="M0 to M15; left out with --all.")] = None,
    lang: Annotated[str, typer.Option("--lang", help="nl, fr, de or en.")] = "nl",
    every: Annotated[bool, typer.Option("--all", help="Every message.")] = False,
    all_turns: Annotated[bool, typer.Option("--all-turns", help="Every turn that the text can take.")] = False,
    html: Annotated[
        str | None,
        typer.Option("--html", metavar="FILE", help="Write a page, all languages side by side; with --all, a folder."),
    ] = None,
    json: Json = False,
) -> None:
    """Print a message with invented values, or write a page to look at it."""
    renderer = install(configured()).renderer
    kinds = SAID if every else (_kind(kind),)
    if html is None:
        language = _language(lang)
        shown = tuple(one for each in kinds for one in previews(renderer, each, language, all_turns=all_turns))
        _print(shown, as_json=json)
    elif every:
        _written(write_files(html, gallery.pages(renderer, MESSAGES, all_turns=all_turns), "html"), as_json=json)
    else:
        page = gallery.page(kinds[0], MESSAGES[kinds[0]], gallery.rows(renderer, kinds[0], all_turns=all_turns))
        _written([write_file(html, page, "html")], as_json=json)


@app.command("lint")
def lint(json: Json = False) -> int:
    """Check every text: there in four languages, complete, readable, short enough."""
    renderer = install(configured()).renderer
    found = list(faults_of(renderer))
    emit([asdict(one) for one in found] if found or json else "every text is in order", as_json=json)
    talk(f"{len(found)} problems.")
    host = renderer.addresses.bound_host or ""
    if len(host) > LONGEST_BOUND_HOST:
        talk(
            f"{host}: {len(host)} letters; up to {LONGEST_BOUND_HOST} leave room in every SMS for the line that binds a code."
        )
    return PROBLEMS if found else OK


def _print(shown: tuple[Preview, ...], *, as_json: bool) -> None:
    if as_json:
        emit([asdict(one) for one in shown], as_json=True)
    else:
        write(as_text(shown).rstrip())


def _listed(door: Door, states: frozenset[DeliveryState], limit: int) -> list[views.View]:
    rows = door.uow.outbox.listed(states, limit=limit, apart_from=CANARY)
    return [views.message(row) for row in rows if row.message.channel is not Channel.REGISTER]


def _shown(door: Door, renderer: Renderer, wanted: UUID) -> views.View:
    """The row; whoever works on the case also sees the words, with link and code blotted out."""
    row = door.uow.outbox.find(wanted)
    view = views.message(row) | views.course(
        door.uow.outbox.attempts_of(wanted), door.uow.receipts.of_message(wanted), unconfirmed=is_unconfirmed(row)
    )
    named = door.actor.user_id is not None and Role.SERVICE_DESK in door.actor.roles
    if not named or not consultable(door, row.message.case_id):
        return view
    recipient = recipient_of(door.uow, row.message, door.now)
    return view if recipient is None else {**view, "text": of_row(renderer, row.message, recipient).text}


def _written(files: list[str], *, as_json: bool) -> None:
    if as_json:
        emit([{"file": file} for file in files], as_json=True)
    else:
        write("\n".join(files))


def _kind(text: str | None) -> MessageKind:
    if text is None:
        raise InvalidSubmission((FieldError("kind", "missing", "Name a message such as M1, or say --all."),))
    if text.upper() not in SAID:
        raise NotFound("message", text[:20], choices=SAID)
    return MessageKind(text.upper())


def _language(text: str) -> Language:
    if text not in tuple(Language):
        raise InvalidSubmission((FieldError("lang", "not_listed", "Choose nl, fr, de or en."),))
    return Language(text)


def _state(text: str) -> DeliveryState:
    if text not in tuple(DeliveryState):
        raise InvalidSubmission((FieldError("state", "not_listed", f"Choose one of {', '.join(DeliveryState)}."),))
    return DeliveryState(text)


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("message", text[:40]) from None
