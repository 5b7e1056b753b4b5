"""`do REF ACTION`: from the words of a command line to the use case of the same name.

Which action is possible, and for whom, is not decided here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from uuid import UUID

import typer

from bisdesk import views
from bisdesk.cli.files import read_values
from bisdesk.cli.output import emit, talk
from bisdesk.cli.session import Session
from workflow import (
    activations,
    activations_delivery,
    activations_keys,
    filing,
    freezing,
    registrations,
    registrations_register,
    sign_in,
)
from workflow.access import Door
from workflow.codes import Minted
from workflow.errors import FieldError, InvalidSubmission, NotFound, TransitionNotAllowed
from workflow.explain import Explanation
from workflow.filing import Filed
from workflow.lifecycles.activation import Trigger as ActivationTrigger
from workflow.lifecycles.registration import Trigger
from workflow.model import Case, KeyKind, Reason


@dataclass(frozen=True, slots=True)
class Given:
    """What stands on the command line beside the reference."""

    action: str
    reason: str | None = None
    text: str | None = field(default=None, repr=False)
    values: Mapping[str, str] = field(default_factory=dict, repr=False)

    def value(self, name: str) -> str:
        """A value that the action needs. Raises: InvalidSubmission."""
        if not self.values.get(name):
            raise InvalidSubmission(
                (FieldError(name, "required", f"The action {self.action} needs {name}: --set or --file."),)
            )
        return self.values[name]

    def says(self, name: str) -> bool:
        """A value that is true or false. Raises: InvalidSubmission for another word."""
        word = self.values.get(name, "false").lower()
        if word not in ("true", "false"):
            raise InvalidSubmission((FieldError(name, "type", "Write true or false."),))
        return word == "true"

    def why(self) -> Reason:
        """The reason, judged against the list of the action. Raises: InvalidSubmission."""
        return registrations.reason_for(self.action, self.reason, self.text)


Done = Case | Filed
OnRequest = Callable[[Door, str, Given], Done]
WITH_NUMBER: dict[str, Callable[[Door, str, str, Minted], Case]] = {
    "same_person": registrations_register.same_person,
    "created": registrations_register.created_by_hand,
}
ON_REQUEST: dict[str, OnRequest] = {
    "submit": lambda door, ref, _: filing.submit(door, ref, Trigger.SUBMIT),
    "resubmit": lambda door, ref, _: filing.submit(door, ref, Trigger.RESUBMIT),
    "clone": lambda door, ref, _: filing.clone(door, ref),
    "check_failed": lambda door, ref, given: filing.fail_check(door, ref, given.why()),
    "take": lambda door, ref, _: registrations.take(door, ref),
    "release": lambda door, ref, _: registrations.release(door, ref),
    "reassign": lambda door, ref, given: registrations.reassign(door, ref, to=_colleague(door, given)),
    "request_info": lambda door, ref, given: registrations.request_info(
        door, ref, fields=_names(given.values.get("fields", "")), text=given.text or ""
    ),
    "require_recreate": lambda door, ref, given: registrations.require_recreate(door, ref, given.why()),
    "reject": lambda door, ref, given: registrations.reject(door, ref, given.why()),
    "approve": lambda door, ref, given: registrations.approve(
        door, ref, extension_confirmed=given.says("extensionConfirmed")
    ),
    "retry": lambda door, ref, _: registrations.retry(door, ref),
    "is_resident": lambda door, ref, _: registrations.is_resident(door, ref),
    "different_person": lambda door, ref, given: registrations_register.different_person(door, ref, given.why()),
    "withdraw": lambda door, ref, given: registrations.withdraw(door, ref, given.why()),
}
ON_ACTIVATION: dict[str, Callable[[Door, str, Given], object]] = {
    "correct_email": lambda door, ref, given: activations.correct_email(
        door, ref, email=given.value("email"), confirmed=given.says("confirmed")
    ),
    "reissue_code": lambda door, ref, _: activations.reissue_code(door, ref),
    "cancel": lambda door, ref, given: activations.cancel(door, ref, given.why()),
    "unfreeze": lambda door, ref, given: freezing.unfreeze(door, ref, given.why()),
    "freeze": lambda door, ref, _: freezing.freeze(door, ref),
    "ask_sign_in_code": lambda door, ref, _: sign_in.ask_code(door, ref),
    "print_letter": lambda door, ref, _: activations_delivery.print_letter(door, ref),
    "add_key": lambda door, ref, given: activations_keys.add_key(door, ref, _kind(given), proof=given.value("proof")),
    "remove_key": lambda door, ref, given: activations_keys.remove_key(
        door, ref, _kind(given), proof=given.value("proof")
    ),
}
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
KEYS_OF_SET = {
    "reassign": {"to"},
    "request_info": {"fields"},
    "approve": {"extensionConfirmed"},
    "same_person": {"insz", "candidate"},
    "created": {"insz"},
    "correct_email": {"email", "confirmed"},
    "add_key": {"kind", "proof"},
    "remove_key": {"kind", "proof"},
}


def given(action: str, *, reason: str | None, text: str | None, pairs: list[str], file: str | None) -> Given:
    """The words of a command line, read. Raises: BadParameter for a pair that is none, InvalidSubmission for a strange key."""
    values = read_values(file)
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise typer.BadParameter("Write --set KEY=VALUE.")
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
        return False, session.act(as_, lambda door: act(door, ref, _number(door, ref, given), minted)).ref
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


def _colleague(door: Door, given: Given) -> UUID:
    try:
        return door.uow.directory.by_email(given.value("to")).id
    except NotFound:
        raise InvalidSubmission((FieldError("to", "not_found", "There is no officer with this address."),)) from None


def _number(door: Door, ref: str, given: Given) -> str:
    """The number as typed, or that of a candidate by its place in the list, so that nobody has to copy it."""
    place = given.values.get("candidate")
    if place is None:
        return given.value("insz")
    numbers = [str(found["insz"]) for found in registrations_register.candidates(door, ref)]
    if place.isascii() and place.isdigit() and 0 < int(place) <= len(numbers):
        return numbers[int(place) - 1]
    raise InvalidSubmission((FieldError("candidate", "not_listed", f"Choose a candidate from 1 to {len(numbers)}."),))


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _kind(given: Given) -> KeyKind:
    return key_kind(given.value("kind"))


def key_kind(text: str) -> KeyKind:
    """The kind of a key. Raises: InvalidSubmission."""
    if text not in tuple(KeyKind):
        raise InvalidSubmission((FieldError("kind", "not_listed", "Choose totp (by app) or sms."),))
    return KeyKind(text)
