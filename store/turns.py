"""Whose messages go next: entities take turns, so that a flood of one never stands before a single message of another.

It knows names and numbers only, so that both stores share it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from math import ceil


@dataclass(frozen=True, slots=True)
class Turn:
    """What one entity may have of one claim by one channel."""

    channel: str
    entity: str
    most: int


def turns(waiting: list[tuple[str, str]], *, now: datetime, limit: int) -> list[Turn]:
    """An even part for each (channel, entity) that waits; who begins changes from second to second."""
    if not waiting:
        return []
    first = int(now.timestamp()) % len(waiting)
    part = ceil(limit / len(waiting))
    return [Turn(channel, entity, part) for channel, entity in waiting[first:] + waiting[:first]]
