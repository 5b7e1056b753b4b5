"""What a run of the dispatcher came to, in numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from workflow.outbox import Channel, DeliveryState


@dataclass(frozen=True, slots=True)
class Sent:
    """What a run came to: rows by the state they went to, closed channels and why, and what was left for a later run."""

    counts: Mapping[DeliveryState, int] = field(default_factory=dict)
    claimed: int = 0
    down: Mapping[Channel, str] = field(default_factory=dict)
    stopped_early: bool = False
    spent: frozenset[Channel] = frozenset()  # channels whose rate is used up for now

    @property
    def accepted(self) -> int:
        """How many messages were handed over."""
        return self.counts.get(DeliveryState.ACCEPTED, 0)

    def __add__(self, other: Sent) -> Sent:
        return Sent(
            Counter(self.counts) + Counter(other.counts),
            self.claimed + other.claimed,
            {**self.down, **other.down},
            self.stopped_early or other.stopped_early,
            self.spent | other.spent,
        )
