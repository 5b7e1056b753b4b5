"""Activations at the instant at which their letters are owed: link, explanation and code wait in the queue."""

from __future__ import annotations

from tests import builders
from tests.integration.race_world import BLOCKS, LINK_EXPIRES, Shared, Waiting, awaiting
from workflow.lifecycles.activation import State
from workflow.model import Case, CodeChannel
from workflow.outbox import MessageKind, QueuedMessage
from workflow.wording import link_words

M = MessageKind
CARRIERS = (M.M1, M.M2, M.M3)


def issuing(app: Shared, numbers: range) -> list[Waiting]:
    """Activations whose link, explanation and code wait in the queue."""
    unanchored = {"first_issued_at": None, "blocks_at": None}
    return awaiting(app, numbers, state=State.ISSUING, messages=_carriers, timed=False, **unanchored)


def _carriers(case: Case) -> tuple[QueuedMessage, ...]:
    words = link_words(LINK_EXPIRES, BLOCKS, by=CodeChannel.SMS)
    secrets = {M.M1: "t" * 43, M.M3: "7KQ2M9XVTBH4C8WPN5RA"}
    return tuple(
        builders.message(case, kind, params=words, secret=secrets.get(kind), send_before=LINK_EXPIRES)
        for kind in CARRIERS
    )
