"""Sending a request back: what was typed of each field and of all, and the mail as it will arrive, before it leaves (E15)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bisdesk.acts import OF_FIELD
from bisdesk.web.desk.call import Call
from bisdesk.web.desk.frame import Desk
from notifications.rendering import RenderedMail
from workflow import access, registrations
from workflow.access import Door
from workflow.correspondence import recipient_of
from workflow.model import User
from workflow.outbox import Audience, Channel, MessageKind, QueuedMessage


@dataclass(frozen=True, slots=True)
class Remarks:
    """What is asked to be corrected, as it stands in the form."""

    fields: tuple[str, ...]
    text: str = field(repr=False)
    reasons: Mapping[str, str] = field(repr=False)  # of the fields that are named


def typed_remarks(values: Mapping[str, str]) -> Remarks:
    """The remarks of a form; what was typed of a field that is not named any more is left out."""
    fields = tuple(path for path in values.get("fields", "").split(",") if path)
    own = {path: values.get(OF_FIELD + path, "") for path in fields}
    return Remarks(fields, values.get("text", ""), {path: why.strip() for path, why in own.items() if why.strip()})


def given_values(values: Mapping[str, str]) -> dict[str, str]:
    """The same as the words of an action."""
    told = typed_remarks(values)
    return {"fields": ",".join(told.fields)} | {OF_FIELD + path: why for path, why in told.reasons.items()}


def kept_words(call: Call, values: Mapping[str, str]) -> str:
    """All that was typed, to be copied when somebody was first (D8)."""
    told = typed_remarks(values)
    lines = [f"{call.say_or(f'field.{path}', path)}: {why}" for path, why in told.reasons.items()]
    return "\n".join([*lines, told.text]).strip()


def previewed(call: Call, user: User, ref: str, *, values: Mapping[str, str]) -> RenderedMail | None:
    """The mail in the language of the officer who filed, None where nobody would get it; nothing is written.

    Raises: NotFound, InvalidSubmission for what could not be sent.
    """
    told = typed_remarks(values)
    registrations.refuse_strange_remarks(told.fields, told.text, told.reasons)
    return call.desk.look(user, lambda door: _mail(call.desk, door, ref, told))


def _mail(desk: Desk, door: Door, ref: str, told: Remarks) -> RenderedMail | None:
    case, _ = door.uow.cases.request(ref, now=door.now)
    access.refuse_foreign(door.actor, case)
    message = QueuedMessage(
        id=case.id, case_id=case.id, kind=MessageKind.M5, audience=Audience.FILER, channel=Channel.EMAIL, sequence=case.version + 1,
        queued_at=door.now, not_before=door.now, send_before=None, params={"answer_until": registrations.answer_until(door)},
    )  # fmt: skip
    to = recipient_of(door.uow, message, door.now)
    if to is None:
        return None
    to = replace(to, remarks=told.fields, remark_text=told.text, remark_reasons=told.reasons)
    return desk.app.renderer.mail(message, to)
