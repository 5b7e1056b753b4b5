"""What an officer may do to the queue: put a message that came to rest back into it, while it is still true and whole."""

from __future__ import annotations

from uuid import UUID

from workflow.access import Door
from workflow.errors import NotPermitted
from workflow.lifecycles.message import KEEPERS, Facts, Trigger, message
from workflow.outbox import Delivery, DeliveryState, MessageKind

WITH_SECRET = frozenset({MessageKind.M1, MessageKind.M3, MessageKind.M8, MessageKind.M13, MessageKind.M15})


def retry(door: Door, message_id: UUID) -> Delivery:
    """Put a parked or failed message back, its attempts at zero.

    Raises: NotPermitted, NotFound, TransitionNotAllowed, GuardRefused.
    """
    if door.actor.roles.isdisjoint(KEEPERS):
        raise NotPermitted("retry", tuple(KEEPERS))
    row = door.uow.outbox.find(message_id)
    facts = Facts(
        still_true=row.message.send_before is None or door.now < row.message.send_before,
        identical=row.error != "body_changed",
        secret_kept=row.state is not DeliveryState.FAILED or row.message.kind not in WITH_SECRET,
    )
    message.fire(row.state, Trigger.RETRY, roles=door.actor.roles, facts=facts)
    door.uow.outbox.requeue(message_id, now=door.now)
    return door.uow.outbox.find(message_id)
