"""What mails about a link print: days that come from the same instants that the guards read. It knows no text and no language."""

from __future__ import annotations

from datetime import datetime

from workflow.calendar import last_day
from workflow.model import CodeChannel


def link_words(expires: datetime, blocks_at: datetime, *, by: CodeChannel, again: str = "first") -> dict[str, str]:
    """What a link mail prints: the last day of the link and of the activation, and how the code comes (A13, AM3-11)."""
    dates = {"link_until": last_day(expires).isoformat(), "block_on": last_day(blocks_at).isoformat()}
    return {**dates, "code_by": str(by), "again": again}
