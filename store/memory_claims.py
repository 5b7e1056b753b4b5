"""Which rows of the outbox in memory go next: due, unleased, entities taking turns."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from store.memory_tables import Queued, Tables
from store.turns import turns
from workflow.lifecycles.message import Trigger, sources
from workflow.outbox import WAITING, Channel, urgency_of

CLAIMABLE = sources(Trigger.BEGIN)


def fairly(tables: Tables, channels: frozenset[Channel], *, now: datetime, limit: int) -> list[Queued]:
    """The due rows that go in this claim: entities take turns, each with its most urgent and oldest rows."""
    waiting = sorted(
        {
            (str(row.delivery.message.channel), entity_of(tables, row))
            for row in tables.outbox.all()
            if row.delivery.state in WAITING and row.delivery.message.channel in channels
        }
    )
    due = sorted(claimable(tables, channels, now), key=_turn)
    taken: list[Queued] = []
    for turn in turns(waiting, now=now, limit=limit):
        own = [
            row for row in due if (row.delivery.message.channel, entity_of(tables, row)) == (turn.channel, turn.entity)
        ]
        taken += own[: min(turn.most, limit - len(taken))]
    return taken


def entity_of(tables: Tables, row: Queued) -> str:
    """The entity of the case that owes a row."""
    case = tables.cases.get(row.delivery.message.case_id)
    return case.entity if case else ""


def claimable(tables: Tables, channels: frozenset[Channel], now: datetime) -> list[Queued]:
    """The rows that may go now."""
    return [
        row
        for row in tables.outbox.all()
        if row.delivery.message.channel in channels
        and row.delivery.state in CLAIMABLE
        and row.lease_until is None
        and row.delivery.message.not_before <= now
        and not is_past(row, now)
    ]


def _turn(row: Queued) -> tuple[int, datetime, UUID]:
    message = row.delivery.message
    return urgency_of(message.kind), message.not_before, message.id


def is_past(row: Queued, now: datetime) -> bool:
    """Whether its last moment has come."""
    limit = row.delivery.message.send_before
    return limit is not None and limit <= now
