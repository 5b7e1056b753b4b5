"""A change as the parameters of its statement: texts, numbers and sealed bytes; lists as JSON, so that none is too long.

It knows where payloads and secrets lie for their seals, nothing of SQL.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from uuid import UUID

from store.dialects import OWED
from store.mapping import bound, to_text, values_of
from store.tables import activations, audit_events, registration_requests
from store.types import NO_DEADLINE, as_text
from store.vault import Vault
from workflow.effects import Erasure
from workflow.outbox import QueuedMessage, urgency_of
from workflow.ports import Change, Value

DETAILS = {"registration": registration_requests, "activation": activations}
SECRETS_OF_ACTIVATION: Mapping[str, Value] = dict.fromkeys(
    ("code_hash", "otp_digest", "otp_previous_digest", "resume_digest")
)
OF_MESSAGE = tuple(name for name in OWED if name not in ("entity", "urgency"))
EVENT = tuple(column.name for column in audit_events.columns)


def patch_of(change: Change) -> dict[str, Value]:
    """The changed fields of the detail; what is erased comes before what the same change writes."""
    erased = Erasure.SECRETS in change.erase and DETAILS[change.case.lifecycle] is activations
    return {**(SECRETS_OF_ACTIVATION if erased else {}), **change.detail}


def parameters_of(vault: Vault, change: Change, patch: Mapping[str, Value], *, limit: int | None) -> dict[str, object]:
    """Everything that the parts of a statement name, but the messages."""
    case, event, bind = change.case, change.event, vault.bind
    values = values_of(event, EVENT, bind)
    values["payload"] = bind(_payload(vault, change))
    parameters = {f"e_{name}": value for name, value in values.items()}
    parameters |= bound(patch, bind, prefix="d_")
    parameters |= {
        "case_id": bind(case.id),
        "version": case.version,
        "state": case.state,
        "to": change.to,
        "assignee": bind(change.assignee),
        "closed_at": bind(change.closed_at),
        "act_by": bind(change.act_by or NO_DEADLINE),
        "limit": limit,
    }
    return parameters | _lists(change)


def _lists(change: Change) -> dict[str, object]:
    """Which timers and messages a change touches."""
    started = {timer.trigger: as_text(timer.due_at) for timer in change.start_timers}
    return {
        "started": json.dumps(list(started.items())),
        "fired": change.fired_timer,
        "disarm_all": change.cancel_timers == (),
        "disarmed": json.dumps(change.cancel_timers or ()),
        "close_all": change.cancel_messages == (),
        "closed": json.dumps(change.cancel_messages or ()),
        "erases": bool(change.erase & {Erasure.SECRETS, Erasure.PERSON}),
    }


def _payload(vault: Vault, change: Change) -> bytes | None:
    """Sealed with the case; what a change that shreds the person would say of them is not kept at all."""
    if Erasure.PERSON in change.erase:
        return None
    return vault.write(change.case.id, payload_path(change.event.id), change.event.payload)


def payload_path(event_id: UUID) -> str:
    """Where the payload of an event lies, for its seal."""
    return f"event/{event_id}"


def owed_by(vault: Vault, change: Change) -> list[dict[str, object]]:
    """The messages that a change owes, one row each, in values that both databases read."""
    own = {"case_id": change.case.id.hex, "sequence": change.event.sequence, "entity": change.case.entity}
    return [own | _owed_one(vault, message, shreds=Erasure.PERSON in change.erase) for message in change.messages]


def _owed_one(vault: Vault, message: QueuedMessage, *, shreds: bool) -> dict[str, object]:
    row = values_of(message, OF_MESSAGE, to_text)
    secret = None if shreds else vault.write(message.case_id, secret_path(message.id), message.secret)
    params = json.dumps(dict(message.params), ensure_ascii=False)
    return row | {"params": params, "secret": secret, "urgency": urgency_of(message.kind)}


def as_json(rows: list[dict[str, object]]) -> str:
    """Rows as one parameter; what is sealed in hexadecimal."""
    return json.dumps(rows, default=bytes.hex)


def secret_path(message_id: UUID) -> str:
    """Where the secret of a message lies, for its seal."""
    return f"outbox/{message_id}"
