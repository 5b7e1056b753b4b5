"""The plain English of rows: who acts, under which conditions, what follows, by when.

Every phrase is looked up by a value that stands in a row; a test holds that none is missing.
"""

from __future__ import annotations

from typing import TypeVar

from workflow.effects import (
    At,
    CallRegister,
    CancelMessages,
    CancelTimer,
    Days,
    Deadline,
    Effect,
    Erase,
    EraseSecret,
    Erasure,
    Months,
    Notify,
    OpenCase,
    ReleaseContacts,
    RepeatMessage,
    ReserveContacts,
    Seconds,
    StartTimer,
    TellCase,
    WorkingDays,
)  # fmt: skip
from workflow.lifecycles.activation import ACTIVATION_LIMIT_DAYS, KEY_VALID_YEARS, LINK_VALID_DAYS, MINT_STALE_HOURS
from workflow.machine import Guard
from workflow.model import Role
from workflow.outbox import Audience, Channel, MessageKind
from workflow.policy import Policy

F = TypeVar("F")

ROLES: dict[Role, str] = {
    Role.END_USER: "desk officer",
    Role.SERVICE_DESK: "service desk",
    Role.TEAM_LEAD: "team lead",
    Role.LOCAL_ADMIN: "local administrator",
    Role.HEAD_LOCAL_ADMIN: "head local administrator",
    Role.OPERATOR: "operator",
    Role.AUDITOR: "auditor",
    Role.APPLICANT: "applicant",
    Role.SYSTEM: "engine",
    Role.REGISTER: "register",
    Role.PROVIDER: "provider",
}

MESSAGES: dict[MessageKind, str] = {
    MessageKind.M0: "receipt of the request",
    MessageKind.M1: "activation link",
    MessageKind.M2: "explanation",
    MessageKind.M3: "activation code",
    MessageKind.M4: "registration confirmed",
    MessageKind.M5: "data to correct or complete",
    MessageKind.M6: "request ended without registration",
    MessageKind.M7: "reminder before the link expires",
    MessageKind.M8: "new activation link",
    MessageKind.M9: "blocked, a new request is needed",
    MessageKind.M10: "something needs a look",
    MessageKind.M11: "security notice: keys changed or frozen",
    MessageKind.M12: "activation cancelled",
    MessageKind.M13: "set-up not finished, how to resume",
    MessageKind.M14: "key expires soon",
    MessageKind.M15: "one-time code",
    MessageKind.SEARCH: "search for the person",
    MessageKind.CREATE: "create the number",
}

AUDIENCES: dict[Audience, str] = {
    Audience.APPLICANT: "applicant",
    Audience.FILER: "desk officer",
    Audience.SERVICE_DESK: "service desk",
    Audience.REGISTER: "register",
}

WAYS: dict[Channel, str] = {
    Channel.EMAIL: "mail to the",
    Channel.SMS: "SMS to the",
    Channel.LETTER: "letter for the",
    Channel.TASK: "task for the",
    Channel.REGISTER: "call to the",
}

ERASURES: dict[Erasure, str] = {
    Erasure.SECRETS: "make link and code useless and erase them",
    Erasure.ATTACHMENTS: "erase the scan and the declaration",
    Erasure.PERSON: "erase every personal value of the case",
}

TOLD: dict[str, str] = {
    "accepted": "tell the case that it is out",
    "dispatch_failed": "tell the case that it did not arrive: the service desk gets a task where somebody waits for it",
}

INSTANTS: dict[str, str] = {
    "link_expires_at": f"after {LINK_VALID_DAYS} calendar days from the issue of that link, capped at the end of day "
    f"{ACTIVATION_LIMIT_DAYS} of the activation",
    "blocks_at": f"after {ACTIVATION_LIMIT_DAYS} calendar days from the first link of the activation",
    "stuck_at": f"{MINT_STALE_HOURS} hours after link and code were made",
    "reminder_1_at": "at 9 in the morning, {reminder_1} calendar days after the issue of the link (a setting), if it still works",
    "reminder_2_at": "at 9 in the morning, {reminder_2} calendar days after the issue of the link (a setting), if it still works",
    "limit_reminder_at": "at 9 in the morning, {last_reminder_days} calendar days before the activation's last day (a setting)",
    "key_reminder_at": "{key_reminder_days} calendar days before the last key ends (a setting)",
    "keys_expire_at": f"{KEY_VALID_YEARS} years after the last key was confirmed",
}


def condition(guard: Guard[F]) -> str:
    """A guard as a statement."""
    return guard.name.replace("_", " ")


def who(roles: tuple[Role, ...]) -> str:
    """The roles that may pull a trigger."""
    return " or ".join(ROLES[role] for role in roles)


def effect(asked: Effect, policy: Policy) -> str:
    """One effect of a row, as what will happen."""
    match asked:
        case Notify(kind, to, by):
            return f"{WAYS[by]} {AUDIENCES[to]}: {MESSAGES[kind]} ({kind})"
        case RepeatMessage():
            return "send the message that was named once more, as a new row"
        case StartTimer(trigger, due):
            return f"start the timer `{trigger}`: {deadline(due, policy)}"
        case CancelTimer(triggers):
            return f"stop the timer {_named(triggers)}" if triggers else "stop every timer of the case"
        case CancelMessages(kinds):
            what = " or ".join(MESSAGES[kind] for kind in kinds)
            return f"cancel what still waits to be sent: {what}" if kinds else "cancel every message still waiting"
        case Erase(what_is_erased):
            return ERASURES[what_is_erased]
        case OpenCase(lifecycle):
            return f"open a case of the lifecycle `{lifecycle}` in the same transaction"
        case CallRegister(operation):
            return f"call to the register: {MESSAGES[operation]}"
        case ReserveContacts():
            return "hold the e-mail address and the mobile number, so that nobody else can use them"
        case ReleaseContacts():
            return "free the e-mail address and the mobile number"
        case EraseSecret():
            return "erase the link or code that it carries"
        case TellCase(happened):
            return TOLD[happened]


def deadline(due: Deadline, policy: Policy) -> str:
    """When a timer is due; every period in days runs through the end of its last day in Europe/Brussels."""
    match due:
        case Days(count):
            return f"after {_number(count, policy)} calendar days{_origin(count)}"
        case WorkingDays(count):
            return f"after {_number(count, policy)} Belgian working days{_origin(count)}"
        case Months(count):
            return "after one calendar month" if count == 1 else f"after {count} calendar months"
        case Seconds(count):
            return f"after {count} seconds"
        case At(name):
            rungs = [*policy.reminder_days, "no such", "no such"]
            return INSTANTS[name].format(
                key_reminder_days=policy.key_reminder_days,
                last_reminder_days=policy.last_reminder_days,
                reminder_1=rungs[0],
                reminder_2=rungs[1],
            )


def _number(count: int | str, policy: Policy) -> int:
    return count if isinstance(count, int) else policy.number(count)


def _origin(count: int | str) -> str:
    return "" if isinstance(count, int) else " (a setting)"


def _named(names: tuple[str, ...]) -> str:
    return " and ".join(f"`{name}`" for name in names)
