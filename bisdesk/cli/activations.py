"""`bisdesk activation ...`: enter the code, renew the link, set up keys; without --as the applicant acts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from bisdesk import views
from bisdesk.acts import Given, key_kind
from bisdesk.cli import actions
from bisdesk.cli.files import read_secret, read_values
from bisdesk.cli.output import BAD_INPUT, NOT_ALLOWED, OK, emit, talk
from bisdesk.cli.requests import Reason, Text, Values, Values_file
from bisdesk.cli.session import As, AsOrApplicant, Json, Ref, Session, begin
from bisdesk.ticks import tick
from workflow import activations, activations_code, activations_keys, activations_resume
from workflow.access import Door
from workflow.activations_code import CodeAccepted, CodeMalformed, CodeMissed, CodeOutcome, TryRefused
from workflow.activations_keys import KeyChosen
from workflow.errors import BisdeskError
from workflow.model import KeyKind
from workflow.one_time import OtpMalformed, OtpMissed
from workflow.ports_entry import LinkPurpose

app = typer.Typer(no_args_is_help=True)


@app.command("show")
def show(ref: Ref, as_: As = None, json: Json = False) -> None:
    """Show an activation as it stands now."""
    session = begin()
    emit(session.look(lambda door: views.activation(door, ref), as_), as_json=json)


@app.command("history")
def history(ref: Ref, as_: As = None, json: Json = False) -> None:
    """List what happened to an activation."""
    emit(begin().look(lambda door: views.history(door, ref), as_), as_json=json)


@app.command("messages")
def messages(ref: Ref, as_: As = None, json: Json = False) -> None:
    """List the messages of an activation and how far they got."""
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


@app.command("enter-code")
def enter_code(
    ref: Ref,
    code: Annotated[str, typer.Argument(metavar="CODE", help="The code of the SMS; - reads it from stdin.")],
    as_: AsOrApplicant = None,
    json: Json = False,
) -> int:
    """Enter the activation code; a wrong one costs one of three tries."""
    session = begin()
    typed = read_secret("-", "code") if code == "-" else code
    outcome = session.act_as_applicant(as_, lambda door: activations_code.submit_code(door, ref, typed))
    word, sentence, exit_code = _told(outcome)
    emit({**_view(session, ref), "outcome": word}, as_json=json)
    talk(sentence)
    return exit_code


@app.command("renew")
def renew(ref: Ref, as_: AsOrApplicant = None, json: Json = False) -> None:
    """Send a new link after the old one expired; code and tries stand."""
    _moved(ref, json, lambda session: session.act_as_applicant(as_, lambda door: activations.renew_link(door, ref)))


@app.command("resend")
def resend(ref: Ref, as_: AsOrApplicant = None, json: Json = False) -> None:
    """Send the link once more while it is valid; its last day stands."""
    _moved(ref, json, lambda session: session.act_as_applicant(as_, lambda door: activations.resend_link(door, ref)))


@app.command("resume")
def resume(ref: Ref, file: Values_file = None, as_: AsOrApplicant = None, json: Json = False) -> int:
    """Ask for a link and a code to go on with an unfinished set-up, or redeem both: --file with {"token", "otp"}."""
    session = begin()
    values = read_values(file)
    if not values:
        session.act_as_applicant(as_, lambda door: activations_resume.ask_resume(door, ref))
        _send_now(session)
        emit(_view(session, ref), as_json=json)
        return OK
    given = Given("resume", values=values)
    token, otp = given.value("token"), given.value("otp")
    digest = session.app.tools.secrets.token_digest(token, purpose=LinkPurpose.RESUME)
    done = session.act_as_applicant(as_, lambda door: activations_resume.resume(door, ref, digest=digest, otp=otp))
    emit(_view(session, ref), as_json=json)
    return _after_otp(done)


@app.command("choose-key")
def choose_key(
    ref: Ref,
    kind: Annotated[str, typer.Argument(metavar="totp|sms", help="By app (totp) or by SMS.")],
    username: Annotated[str | None, typer.Option("--username", metavar="U", help="User name, the first time.")] = None,
    password_file: Annotated[
        str | None, typer.Option("--password-file", metavar="F", help="File with the password, the first time.")
    ] = None,
    as_: AsOrApplicant = None,
    json: Json = False,
) -> None:
    """Choose a digital key: prints what the app needs, or sends a one-time code by SMS."""
    session = begin()
    chosen_kind = key_kind(kind)
    password = read_secret(password_file, "password") if password_file else None
    chosen = session.act_as_applicant(
        as_, lambda door: activations_keys.choose_key(door, ref, chosen_kind, username=username, password=password)
    )
    _show_chosen(session, ref, chosen, json=json)


@app.command("confirm-key")
def confirm_key(
    ref: Ref,
    otp: Annotated[str, typer.Argument(metavar="OTP", help="The six digits of the app or the SMS.")],
    proof: Annotated[
        str | None, typer.Option("--proof", metavar="OTP", help="Six digits of a key that works, where there is one.")
    ] = None,
    as_: AsOrApplicant = None,
    json: Json = False,
) -> int:
    """Confirm the chosen key with its one-time code."""
    session = begin()
    done = session.act_as_applicant(as_, lambda door: activations_keys.confirm_key(door, ref, otp, proof=proof))
    emit(_view(session, ref), as_json=json)
    return _after_otp(done)


@app.command("cancel")
def cancel(ref: Ref, reason: Reason = None, text: Text = None, as_: As = None, json: Json = False) -> None:
    """End an activation for good."""
    given = actions.given("cancel", reason=reason, text=text, pairs=[], file=None)
    _moved(ref, json, lambda session: actions.on_activation(session, ref, given, as_=as_))


@app.command("do")
def do(
    ref: Ref,
    action: Annotated[str, typer.Argument(metavar="ACTION", help=f"One of {', '.join(actions.OF_ACTIVATIONS)}.")],
    reason: Reason = None,
    text: Text = None,
    set_: Values = None,
    file: Values_file = None,
    as_: As = None,
    json: Json = False,
) -> None:
    """Take an action on an activation."""
    session = begin()
    given = actions.given(action, reason=reason, text=text, pairs=set_ or [], file=file)
    done = actions.on_activation(session, ref, given, as_=as_)
    if isinstance(done, KeyChosen):
        _show_chosen(session, ref, done, json=json)
    elif isinstance(done, str):
        emit({**_view(session, ref), "code": done}, as_json=json)
    else:
        emit(_view(session, ref), as_json=json)


def _told(outcome: CodeOutcome) -> tuple[str, str, int]:
    """The word for programs, the sentence for people, the exit code: a wrong code that was counted is no error."""
    match outcome:
        case CodeAccepted():
            return "accepted", "The code is right. Choose a digital key: bisdesk activation choose-key.", OK
        case CodeMissed(attempts_left=0):
            return (
                "wrong",
                "The code is wrong, for the third time: the activation is blocked. A new request is needed.",
                OK,
            )
        case CodeMissed(attempts_left=left):
            return "wrong", f"The code is wrong. Tries left: {left}.", OK
        case CodeMalformed():
            return "malformed", "This is no code: it has 20 letters and digits. No try was used.", BAD_INPUT
        case TryRefused(reason=reason):
            return "refused", reason, NOT_ALLOWED


def _after_otp(done: object) -> int:
    if isinstance(done, OtpMalformed):
        talk("This is no one-time code: it has six digits. Nothing was counted.")
        return BAD_INPUT
    if not isinstance(done, OtpMissed):
        return OK
    if done.locked_until:
        talk(f"The one-time code does not match, too often in a row. Try again after {done.locked_until:%H:%M} UTC.")
    else:
        talk(f"The one-time code does not match or is too old. Tries left before a pause: {done.tries_left}.")
    return NOT_ALLOWED


def _moved(ref: str, json: bool, move: Callable[[Session], object]) -> None:
    session = begin()
    move(session)
    emit(_view(session, ref), as_json=json)


def _show_chosen(session: Session, ref: str, chosen: KeyChosen, *, json: bool) -> None:
    if chosen.kind is KeyKind.SMS:
        _send_now(session)
    uri = {"otpauthUri": chosen.uri} if chosen.uri else {}
    emit({**_view(session, ref), **uri}, as_json=json)


def _send_now(session: Session) -> None:
    """A one-time code lives ten minutes: it leaves now; if the provider is down the queue keeps it for the worker."""
    try:
        tick(session.app, ("outbox",))
    except BisdeskError as trouble:
        talk(f"The message waits in the queue: {trouble.detail}")


def _view(session: Session, ref: str) -> views.View:
    return session.look(lambda door: views.activation(door, ref))


def _messages(door: Door, ref: str) -> list[views.View]:
    case = views.explain(door, ref).case
    return [views.message(row) for row in door.uow.outbox.of_case(case.id)]
