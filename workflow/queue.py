"""What an officer may do to the queue: put a message that came to rest back into it, while it is still true and whole."""

from __future__ import annotations

from uuid import UUID

from workflow.access import Door
from workflow.errors import GuardRefused, NotPermitted
from workflow.model import Role
from workflow.outbox import Delivery, DeliveryState, MessageKind

KEEPERS = (Role.SERVICE_DESK, Role.TEAM_LEAD, Role.OPERATOR)
AT_REST = frozenset({DeliveryState.PARKED, DeliveryState.FAILED})
WITH_SECRET = frozenset({MessageKind.M1, MessageKind.M3, MessageKind.M8, MessageKind.M13, MessageKind.M15})


def retry(door: Door, message_id: UUID) -> Delivery:
    """Put a parked or failed message back, its attempts at zero. Raises: NotPermitted, NotFound, GuardRefused."""
    if door.actor.roles.isdisjoint(KEEPERS):
        raise NotPermitted("retry", tuple(KEEPERS))
    row = door.uow.outbox.find(message_id)
    if row.state not in AT_REST:
        raise GuardRefused(
            "message_is_at_rest", f"The message is {row.state}; only a parked or failed one is sent again."
        )
    if row.error == "body_changed":
        raise GuardRefused(
            "copies_are_identical", "Its text changed after the first attempt; two versions are never sent."
        )
    if row.message.send_before is not None and door.now >= row.message.send_before:
        raise GuardRefused("message_is_still_true", "What the message says is over; it is not sent any more.")
    if row.state is DeliveryState.FAILED and row.message.kind in WITH_SECRET:
        raise GuardRefused(
            "secret_is_kept",
            "The link or code of this message was erased when it failed. Send a new one: correct_email, reissue_code or resend.",
        )
    door.uow.outbox.requeue(message_id, now=door.now)
    return door.uow.outbox.find(message_id)
