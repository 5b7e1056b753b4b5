"""What every state means to a person, and whose turn it is; the tables hold the rules, this page the explanations."""

from __future__ import annotations

from dataclasses import dataclass

from workflow.lifecycles.activation import State as A
from workflow.lifecycles.registration import State as R
from workflow.model import NEW
from workflow.outbox import DeliveryState as D


@dataclass(frozen=True, slots=True)
class Meaning:
    """A state in words."""

    turn: str
    says: str


TITLES: dict[str, str] = {
    "registration": "Registration request",
    "activation": "Activation of digital keys",
    "message": "One message",
}

REGISTRATION: dict[str, Meaning] = {
    R.DRAFT: Meaning("desk officer", "The request is being filled in; nobody else acts on it yet."),
    R.SUBMITTED: Meaning("service desk", "The request is complete and waits for an agent to take it."),
    R.IN_REVIEW: Meaning("service desk", "An agent who did not file the request is checking it."),
    R.INFO_REQUESTED: Meaning("desk officer", "The service desk named fields that must be corrected or completed."),
    R.APPROVED: Meaning("register", "The request is right; the register is asked whether it knows the person."),
    R.REGISTERING: Meaning(
        "register", "Nobody like this person was found; the register is asked to create a number, once."
    ),
    R.MATCH_REVIEW: Meaning(
        "service desk", "Somebody decides whether a person that the register knows is this person."
    ),
    R.REGISTERED: Meaning("engine", "The number is known; the activation is opened in the same transaction."),
    R.COMPLETED: Meaning("nobody", "The work is done; the request can be consulted for one calendar month."),
    R.STOPPED: Meaning("nobody", "A document check failed; this ends the request for good."),
    R.REJECTED: Meaning("nobody", "The service desk refused the request, with a reason."),
    R.WITHDRAWN: Meaning("nobody", "The request was taken back before a number could be created."),
    R.LAPSED: Meaning("nobody", "The time to complete the request ran out."),
    R.PURGED: Meaning("nobody", "Personal values are erased; only the bare history is left."),
}

ACTIVATION: dict[str, Meaning] = {
    A.ISSUING: Meaning("providers", "Link and code are made and on their way to the applicant."),
    A.AWAITING_CODE: Meaning("applicant", "The link works; the code has to be entered."),
    A.LINK_EXPIRED: Meaning("applicant", "The link no longer works; a new one can be asked for."),
    A.PROFILE_ACTIVATED: Meaning("applicant", "The code was right; a digital key has to be chosen."),
    A.KEY_SETUP: Meaning("applicant", "A key is chosen and has to be confirmed with a one-time code."),
    A.ACTIVE: Meaning("nobody", "At least one digital key works."),
    A.BLOCKED_ATTEMPTS: Meaning("nobody", "The code was wrong three times; a new request is needed."),
    A.BLOCKED_TIMEOUT: Meaning("nobody", "The 30 days are over; a new request is needed."),
    A.CANCELLED: Meaning("nobody", "The activation was cancelled, with a reason."),
    A.EXPIRED: Meaning("nobody", "The last key reached the end of its ten years."),
}

MESSAGE: dict[str, Meaning] = {
    D.QUEUED: Meaning("engine", "It waits for its turn, or for its next attempt."),
    D.SENDING: Meaning("engine", "An attempt has begun; its outcome is not written down yet."),
    D.ACCEPTED: Meaning(
        "provider", "The provider took it over; whether it arrives, a receipt will tell where one can come."
    ),
    D.UNKNOWN: Meaning(
        "engine", "An attempt began and its outcome was lost; it is found out before anything is repeated."
    ),
    D.DELIVERED: Meaning("nobody", "It arrived."),
    D.UNDELIVERED: Meaning("service desk", "The SMS did not arrive."),
    D.BOUNCED: Meaning("service desk", "The mail came back."),
    D.FAILED: Meaning("service desk", "The provider will never take it, or every attempt is used up."),
    D.PARKED: Meaning("service desk", "It cannot be sent as it stands; a person decides."),
    D.CANCELLED: Meaning("nobody", "What it says is no longer true; it was never sent."),
}

MEANINGS: dict[str, dict[str, Meaning]] = {
    "registration": REGISTRATION,
    "activation": ACTIVATION,
    "message": MESSAGE,
}


def title(lifecycle: str) -> str:
    """The name of a lifecycle as people say it."""
    return TITLES.get(lifecycle, lifecycle)


def meaning(lifecycle: str, state: str) -> Meaning:
    """What a state means; a lifecycle that is described nowhere has its bare names."""
    if state == NEW:
        return Meaning("desk officer or engine", "The case does not exist yet.")
    return MEANINGS.get(lifecycle, {}).get(state, Meaning("see the rows", state.replace("_", " ")))
