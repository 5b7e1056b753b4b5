"""Recording what an attempt came to: the one order in which outcomes are written, whoever brings them.

The case is held first and its row written after, as every change does; so two outcomes of one case are seen one by the other,
and nobody waits in a circle.
"""

from __future__ import annotations

from datetime import datetime

from workflow.outbox import Delivery, Settlement
from workflow.ports import UnitOfWork


def record(uow: UnitOfWork, delivery: Delivery, settlement: Settlement, *, now: datetime) -> bool:
    """Write the outcome of an attempt, its case held until the transaction ends; False when the row is no longer ours."""
    uow.cases.hold(delivery.message.case_id)
    return uow.outbox.settle(delivery, settlement, now=now)
