"""The pages of a paper that was made safe when it came in: painted again by a child each time, for no picture of it is kept.

The virus scanner is not asked a second time: it saw the original, and a paper can be looked at while it is down.
"""

from __future__ import annotations

from bisdesk.papers.cell import opened
from bisdesk.papers.judge import LIMITS, MAGIC, media_of
from bisdesk.papers.verdict import Code, Limits


def pages_of(content: bytes, *, limits: Limits = LIMITS) -> tuple[bytes, ...] | Code:
    """Its pages as pictures, or why there are none: a stand-in is no file of any kind, and a machine may be too busy."""
    media = media_of(content)
    if media not in MAGIC:
        return Code.TYPE
    found = opened(content, media, limits)
    return found if isinstance(found, Code) else found.pages
