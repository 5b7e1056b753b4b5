"""News that did not arrive, of which no link and no code depends: the desk gets a task, so that it is passed on (B3).

It never sends.
"""

from __future__ import annotations

from workflow.access import Door
from workflow.advance import Move, advance
from workflow.lifecycles.activation import Trigger as ActivationTrigger
from workflow.lifecycles.activation import activation
from workflow.lifecycles.activation_guards import Facts as ActivationFacts
from workflow.lifecycles.registration import State, registration
from workflow.lifecycles.registration import Trigger as RequestTrigger
from workflow.lifecycles.registration_guards import Facts as RequestFacts
from workflow.outbox import MessageKind, QueuedMessage

M = MessageKind
OF_REQUESTS = frozenset({M.M0, M.M4, M.M5, M.M6})
PARAMS = {M.M10: {"problem": "notice"}}


def lost(door: Door, message: QueuedMessage) -> None:
    """Open a task about a message that nobody will get. Raises: ConcurrentChange."""
    if message.kind in OF_REQUESTS:
        case, _ = door.uow.cases.request(message.case_id, now=door.now)
        if case.state != State.PURGED:
            move = Move(trigger=RequestTrigger.DISPATCH_FAILED, actor=door.actor, now=door.now, params=PARAMS)
            advance(door.uow, case, move, lifecycle=registration, facts=RequestFacts(), tools=door.tools)
        return
    case, _ = door.uow.cases.activation(message.case_id, now=door.now)
    move = Move(trigger=ActivationTrigger.DISPATCH_FAILED, actor=door.actor, now=door.now, params=PARAMS)
    advance(door.uow, case, move, lifecycle=activation, facts=ActivationFacts(), tools=door.tools)
