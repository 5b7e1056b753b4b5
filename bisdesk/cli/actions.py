"""`do REF ACTION`: the words of a command line, read, and the command behind every action that is not taken in this way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import typer

from bisdesk import views
from bisdesk.acts import OF_FIELD, ON_ACTIVATION, ON_REQUEST, WITH_NUMBER, Given, number_given
from bisdesk.cli.files import read_values
from bisdesk.cli.output import emit, talk
from bisdesk.cli.session import Session
from workflow.errors import FieldError, InvalidSubmission, TransitionNotAllowed
from workflow.explain import Explanation
from workflow.filing import Filed
from workflow.intake_fields import FIELD_RULES
from workflow.lifecycles.activation import Trigger as ActivationTrigger
from workflow.lifecycles.registration import Trigger
from workflow.model import Slot
from workflow.registrations_desk import MENDABLE

COMMANDS = {  # actions that have a command of their own, for whoever meets their names in a refusal or an explanation
    "edit": "request update REF FILE",
    "change_document": "request update REF FILE",
    "new_request": "request submit FILE",
    "submit_code": "activation enter-code REF CODE",
    "renew_link": "activation renew REF",
    "resend_link": "activation resend REF",
    "ask_resume": "activation resume REF",
    "resume": "activation resume REF --file FILE",
    "choose_key": "activation choose-key REF totp|sms",
    "confirm_key": "activation confirm-key REF OTP",
    "repeat_message": "message resend ID",
}
ON_PAGES_OR_BY_THE_ENGINE = frozenset({"open_link", "issue", "create", "sign_in", "send_resume_code", "name_account"})
AS_APPLICANT = frozenset({"add_key", "remove_key", "freeze", "ask_sign_in_code"})
OF_REQUESTS = tuple(sorted((*ON_REQUEST, *WITH_NUMBER)))
OF_ACTIVATIONS = tuple(sorted(ON_ACTIVATION))
KNOWN = frozenset({*Trigger, *ActivationTrigger})
SECRET = frozenset({"password"})  # what never stands on a command line
KEYS_OF_SET = {
    "correct_typo": set(MENDABLE),
    "reassign": {"to"},
    "request_info": {"fields", *(f"{OF_FIELD}{path}" for path in (*FIELD_RULES, *Slot))},
    "approve": {"extensionConfirmed"},
    "same_person": {"insz", "candidate"},
    "created": {"insz"},
    "correct_email": {"email", "confirmed"},
    "add_key": {"kind", "proof"},
    "remove_key": {"kind", "proof"},
    "ask_sign_in_code": {"username", "password"},
}


def given(action: str, *, reason: str | None, text: str | None, pairs: list[str], file: str | None) -> Given:
    """The words of a command line, read. Raises: BadParameter for a pair that is none, InvalidSubmission for a strange key."""
    values = read_values(file)
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise typer.BadParameter("Write --set KEY=VALUE.")
        if name in SECRET:
            raise typer.BadParameter(
                f"Others can read a command line: give the {name} as JSON by --file, or --file - for stdin."
            )
        values[name] = value
    strange = sorted(set(values) - KEYS_OF_SET.get(action, set()))
    if strange:
        fields = tuple(
            FieldError(name[:60], "unknown_field", f"The action {action} takes no such value.") for name in strange
        )
        raise InvalidSubmission(fields)
    return Given(action, reason, text, values)


def on_request(session: Session, ref: str, given: Given, *, as_: str | None) -> tuple[bool, str]:
    """Act on a request; whether it was stopped by a check, and the reference to show."""
    if given.action in WITH_NUMBER:
        minted = session.app.mint(session.now)
        act = WITH_NUMBER[given.action]
        return False, session.act(as_, lambda door: act(door, ref, number_given(door, ref, given), minted)).ref
    if given.action not in ON_REQUEST:
        raise typer.BadParameter(_other(given.action, f"a request. Choose one of {', '.join(OF_REQUESTS)}"))
    done = session.act(as_, lambda door: ON_REQUEST[given.action](door, ref, given))
    return (done.stopped is not None, done.case.ref) if isinstance(done, Filed) else (False, done.ref)


def on_activation(session: Session, ref: str, given: Given, *, as_: str | None) -> object:
    """Act on an activation; what the use case gave."""
    if given.action not in ON_ACTIVATION:
        raise typer.BadParameter(_other(given.action, f"an activation. Choose one of {', '.join(OF_ACTIVATIONS)}"))
    act = session.act_as_applicant if given.action in AS_APPLICANT else session.act
    return act(as_, lambda door: ON_ACTIVATION[given.action](door, ref, given))


def show_explanation(session: Session, ref: str, action: str | None, *, as_: str | None, as_json: bool) -> None:
    """Tell what can be done now, or whether and why not one action. Raises: TransitionNotAllowed."""
    explanation = session.look(lambda door: views.explain(door, ref), as_)
    if action is None:
        emit(views.options(explanation), as_json=as_json)
        for way in ways(option.trigger for option in explanation.options if option.open):
            talk(way)
        return
    option = explanation.of(action)
    if option is None:
        if action not in KNOWN:
            raise typer.BadParameter(f"There is no such action. Possible now: {_listed(explanation)}.")
        raise TransitionNotAllowed(explanation.case.state, action, tuple(o.trigger for o in explanation.options))
    shown = {"action": option.trigger, "open": option.open, "guard": option.guard, "reason": option.reason}
    emit({name: value for name, value in shown.items() if value is not None}, as_json=as_json)
    if not as_json and not option.open:
        talk(f"{action} is not possible now: {option.reason}")


def ways(triggers: Iterable[str]) -> Iterator[str]:
    """The command behind each action that `do` does not take."""
    return (f"  {trigger}: bisdesk {COMMANDS[trigger]}" for trigger in triggers if trigger in COMMANDS)


def _other(action: str, of: str) -> str:
    """Why `do` does not take this action."""
    command = COMMANDS.get(action)
    return (
        f"This action is a command of its own: bisdesk {command}." if command else f"There is no such action on {of}."
    )


def _listed(explanation: Explanation) -> str:
    return ", ".join(option.trigger for option in explanation.options) or "nothing"
