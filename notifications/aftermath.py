"""What an outcome means beyond its own row: for the address it went to, and for the limits it was counted under.

It knows no case and no provider.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from notifications.composing import Composed
from notifications.envelopes import Mail, Sms
from notifications.outcome import Down, Outcome, Refused, Transient
from workflow.correspondence import Recipient
from workflow.outbox import Channel, Delivery
from workflow.ports import UnitOfWork

Also = Callable[[UnitOfWork], None]  # written in the transaction that records the outcome


def is_suppressed(uow: UnitOfWork, row: Delivery, recipient: Recipient) -> bool:
    """Whether this is a mail to an address at which nothing ever arrives (B4)."""
    by_mail = row.message.channel is Channel.EMAIL
    return by_mail and bool(recipient.email) and uow.suppressions.has(str(recipient.email))


def follows(ready: Composed, outcome: Outcome, now: datetime) -> Also | None:
    """A mailbox that nobody has is written to no more; what did not leave is uncounted."""
    match outcome, ready.envelope:
        case Refused(code, nobody=True), Mail(to=address):
            return lambda uow: uow.suppressions.add(address, reason=code, now=now)
        case ((Refused() | Transient() | Down()), Sms()):
            return lambda uow: uow.quotas.give_back(ready.delivery.message.id)
        case _:
            return None
