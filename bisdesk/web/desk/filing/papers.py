"""Papers that come with a form: each made safe before anything of it is kept, each refused in its own words (E10)."""

from __future__ import annotations

from collections.abc import Mapping

from bisdesk.papers.judge import made_safe
from bisdesk.papers.verdict import Refused
from bisdesk.web.desk.call import Call
from workflow.errors import FieldError
from workflow.filing import LARGEST_PAPER
from workflow.model import Attachment, Slot

MOST_BYTES = 2 * LARGEST_PAPER + 256 * 1024  # of a form with both papers


def attached(call: Call, files: Mapping[str, bytes]) -> tuple[tuple[Attachment, ...], tuple[FieldError, ...]]:
    """What may be kept of the files of a form, and why the rest may not; a box that was left empty is neither."""
    kept, refused = [], []
    for slot in Slot:
        if slot not in files:
            continue
        found = made_safe(files[slot], clamd=call.desk.app.settings.clamd)
        if isinstance(found, Refused):
            refused.append(FieldError(slot, found.code, found.sentence))
        else:
            kept.append(Attachment(slot, found.media_type, found.evidence))
    return tuple(kept), tuple(refused)
