"""What messages about a link print, and until when they may leave: taken from the same instants that the guards read.

It knows no text and no language.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from workflow.calendar import last_day
from workflow.model import CodeChannel

LEAST_LEFT = timedelta(hours=6)


def last_call(ends: datetime, *, now: datetime) -> datetime:
    """The last moment at which a message about what `ends` may leave: a tenth of the time, at most six hours, is left to act."""
    return ends - min(LEAST_LEFT, (ends - now) / 10)


def link_words(expires: datetime, blocks_at: datetime, *, by: CodeChannel, again: str = "first") -> dict[str, str]:
    """What a link mail prints: the last day of the link and of the activation, and how the code comes (A13, AM3-11)."""
    dates = {"link_until": last_day(expires).isoformat(), "block_on": last_day(blocks_at).isoformat()}
    return {**dates, "code_by": str(by), "again": again}
