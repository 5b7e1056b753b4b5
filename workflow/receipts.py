"""What a receipt does: it is kept, moves its message forward where the table of messages has a row, and tells the case (B2-3, B3).

It may come twice, late, out of order or for nobody; none of that moves anything back. It knows no provider and no transport.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from workflow import activations_delivery
from workflow.advance import Tools
from workflow.correspondence import recipient_of
from workflow.effects import EraseSecret, TellCase
from workflow.errors import ConcurrentChange, GuardRefused, NotFound, NotPermitted, TransitionNotAllowed
from workflow.lifecycles.message import Facts, Trigger, message
from workflow.machine import Fired
from workflow.model import Role
from workflow.outbox import Channel, Delivery, DeliveryState, Receipt, ReceiptStatus, Settlement
from workflow.ports import UnitOfWork, UnitOfWorkFactory

ON = {
    ReceiptStatus.HANDED_ON: Trigger.ACCEPT,
    ReceiptStatus.DELIVERED: Trigger.DELIVER,
    ReceiptStatus.UNDELIVERED: Trigger.MISS,
    ReceiptStatus.BOUNCED: Trigger.BOUNCE,
}
LOST = frozenset({DeliveryState.UNDELIVERED, DeliveryState.BOUNCED})
BY_PROVIDER = frozenset({Role.PROVIDER})
RACES = 20  # times a receipt is judged anew after somebody moved its message; each loss is somebody's progress


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of a receipt: the message that it is about, if it is one of ours, and whether it moved it."""

    message_id: UUID | None
    moved: bool


def receive(uow_factory: UnitOfWorkFactory, receipt: Receipt, *, now: datetime, tools: Tools) -> Heard:
    """Keep a receipt and let it act, in one transaction; commits by itself. Raises: ConcurrentChange, Unavailable."""
    for _ in range(RACES):
        try:
            with uow_factory() as uow:
                heard = _judge(uow, receipt, now=now, tools=tools)
                uow.commit()
                return heard
        except ConcurrentChange:
            continue
    raise ConcurrentChange(str(receipt.message_id))


def _judge(uow: UnitOfWork, receipt: Receipt, *, now: datetime, tools: Tools) -> Heard:
    row = _message_of(uow, receipt)
    if row is None:
        uow.receipts.keep(receipt, case_id=None, moved=False, now=now)
        return Heard(None, False)
    uow.cases.hold(row.message.case_id)
    row = uow.outbox.find(row.message.id)  # again: others may have moved it before it was held
    fired = _fired(row, receipt, latest=_is_latest(uow, row, receipt))
    moved = fired is not None and _move(uow, row, receipt, fired, now=now)
    receipt = replace(receipt, message_id=row.message.id)
    uow.receipts.keep(receipt, case_id=row.message.case_id, moved=moved, now=now)
    if receipt.suppress:
        _suppress(uow, row, receipt, now=now)
    if fired is not None and moved:
        _tell(uow, row, receipt, fired, now=now, tools=tools)
    return Heard(row.message.id, moved)


def _message_of(uow: UnitOfWork, receipt: Receipt) -> Delivery | None:
    if receipt.message_id is not None:
        try:
            return uow.outbox.find(receipt.message_id)
        except NotFound:
            return None
    return uow.outbox.by_reference(receipt.provider_ref) if receipt.provider_ref else None


def _is_latest(uow: UnitOfWork, row: Delivery, receipt: Receipt) -> bool:
    """Whether no attempt began after the one that the receipt speaks of."""
    if receipt.attempt is None:
        return True
    attempts = uow.outbox.attempts_of(row.message.id)
    return not attempts or attempts[-1].fence <= receipt.attempt


def _fired(row: Delivery, receipt: Receipt, *, latest: bool) -> Fired[Facts] | None:
    """The row of the table that applies; None where a receipt comes too late, twice, says nothing final, or tells no more than
    the worker that has the row in hand will tell itself."""
    on, facts = ON.get(receipt.status), Facts(of_last_attempt=latest)
    if on is None:
        return None
    try:
        return message.fire(row.state, on, roles=BY_PROVIDER, facts=facts)
    except (TransitionNotAllowed, GuardRefused, NotPermitted):
        return None


def _move(uow: UnitOfWork, row: Delivery, receipt: Receipt, fired: Fired[Facts], *, now: datetime) -> bool:
    """Write where the receipt leads; what will not be sent anew keeps no secret."""
    settlement = Settlement(
        DeliveryState(fired.to),
        provider_ref=receipt.provider_ref,
        error=receipt.code,
        erase_secret=EraseSecret() in fired.row.then or (fired.to in LOST and not receipt.repeats),
        poll_at=receipt.poll_at if receipt.status is ReceiptStatus.HANDED_ON else None,
    )
    if not uow.outbox.move(row, settlement, now=now):
        raise ConcurrentChange(str(row.message.id))
    return True


def _suppress(uow: UnitOfWork, row: Delivery, receipt: Receipt, *, now: datetime) -> None:
    """Write to this address no more, unless the message went to another one that has been corrected since (B2-3b)."""
    recipient = recipient_of(uow, row.message, now)
    if recipient is None or not recipient.email or row.message.channel is not Channel.EMAIL:
        return
    rows = uow.outbox.of_case(row.message.case_id)
    if not any(
        other.message.params.get("again") == "corrected" and other.message.sequence > row.message.sequence
        for other in rows
    ):
        uow.suppressions.add(recipient.email, reason=receipt.code or str(receipt.status), now=now)


def _tell(
    uow: UnitOfWork, row: Delivery, receipt: Receipt, fired: Fired[Facts], *, now: datetime, tools: Tools
) -> None:
    if any(isinstance(effect, TellCase) for effect in fired.row.then):
        settlement = Settlement(DeliveryState(fired.to), error=receipt.code)
        activations_delivery.settled(uow, row.message, settlement, now=now, tools=tools, repeats=receipt.repeats)
