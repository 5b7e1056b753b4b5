"""`do REF ACTION` for every door: from the words of an action to the use case of the same name.

Which action is possible, and for whom, is not decided here; the doors say what their words look like.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from workflow import (
    activations,
    activations_delivery,
    activations_keys,
    filing,
    freezing,
    registrations,
    registrations_desk,
    registrations_register,
    sign_in,
)
from workflow.access import Door
from workflow.codes import Minted
from workflow.errors import FieldError, InvalidSubmission, NotFound
from workflow.filing import Filed
from workflow.lifecycles.registration import Trigger
from workflow.model import Case, KeyKind, Reason
from workflow.sign_in import Origin, SignInRefused

HERE = Origin("command line")
OF_FIELD = "reason."


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
        door, ref, fields=_names(given.values.get("fields", "")), text=given.text or "", reasons=reasons_given(given)
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
    "correct_typo": lambda door, ref, given: registrations_desk.correct_typo(
        door, ref, {path: _listed_names(path, text) for path, text in given.values.items()}, reason=given.why()
    ),
    "flag_fraud": lambda door, ref, given: registrations_desk.flag_fraud(door, ref, given.why()),
    "unflag_fraud": lambda door, ref, given: registrations_desk.unflag_fraud(door, ref, given.why()),
    "judge_approval": lambda door, ref, given: registrations_desk.judge_approval(door, ref, given.why()),
}
ON_ACTIVATION: dict[str, Callable[[Door, str, Given], object]] = {
    "correct_email": lambda door, ref, given: activations.correct_email(
        door, ref, email=given.value("email"), confirmed=given.says("confirmed")
    ),
    "reissue_code": lambda door, ref, _: activations.reissue_code(door, ref),
    "cancel": lambda door, ref, given: activations.cancel(door, ref, given.why()),
    "unfreeze": lambda door, ref, given: freezing.unfreeze(door, ref, given.why()),
    "freeze": lambda door, ref, _: freezing.freeze(door, ref),
    "ask_sign_in_code": lambda door, ref, given: _ask_sign_in_code(door, ref, given),
    "print_letter": lambda door, ref, _: activations_delivery.print_letter(door, ref),
    "add_key": lambda door, ref, given: activations_keys.add_key(door, ref, _kind(given), proof=given.value("proof")),
    "remove_key": lambda door, ref, given: activations_keys.remove_key(
        door, ref, _kind(given), proof=given.value("proof")
    ),
}


def _ask_sign_in_code(door: Door, ref: str, given: Given) -> Case:
    """No browser keeps what was proved here, so that name and password are given with the action."""
    told = sign_in.give_password(door, given.value("username"), given.value("password"), origin=HERE)
    if isinstance(told, SignInRefused):
        return sign_in.ask_code(door, ref, None)
    door.uow.sessions.drop(told.session.digest)
    return sign_in.ask_code(door, ref, told.session)


def _colleague(door: Door, given: Given) -> UUID:
    try:
        return door.uow.directory.by_email(given.value("to")).id
    except NotFound:
        raise InvalidSubmission((FieldError("to", "not_found", "There is no officer with this address."),)) from None


def number_given(door: Door, ref: str, given: Given) -> str:
    """The number as typed, or that of a candidate by its place in the list, so that nobody has to copy it."""
    place = given.values.get("candidate")
    if place is None:
        return given.value("insz")
    numbers = [str(found["insz"]) for found in registrations_register.candidates(door, ref)]
    if place.isascii() and place.isdigit() and 0 < int(place) <= len(numbers):
        return numbers[int(place) - 1]
    raise InvalidSubmission((FieldError("candidate", "not_listed", f"Choose a candidate from 1 to {len(numbers)}."),))


def reasons_given(given: Given) -> dict[str, str]:
    """What is said of single fields: the values named `reason.` and the path of the field."""
    return {name.removeprefix(OF_FIELD): text for name, text in given.values.items() if name.startswith(OF_FIELD)}


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _listed_names(path: str, text: str) -> object:
    """The other given names are a list; every other field that can be mended is one text."""
    return list(_names(text)) if path == "person.otherGivenNames" else text


def _kind(given: Given) -> KeyKind:
    return key_kind(given.value("kind"))


def key_kind(text: str) -> KeyKind:
    """The kind of a key. Raises: InvalidSubmission."""
    if text not in tuple(KeyKind):
        raise InvalidSubmission((FieldError("kind", "not_listed", "Choose totp (by app) or sms."),))
    return KeyKind(text)
