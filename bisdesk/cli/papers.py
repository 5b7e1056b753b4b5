"""Lets the papers that are named on the command line through the same gate as everywhere.

Demo and test also take a stand-in: a few bytes that are no file of any kind, for stories and checks in which nobody looks
at a paper. It is never shown, and live refuses it as it refuses anything else that cannot be opened.
"""

from __future__ import annotations

from bisdesk.cli.files import Judge
from bisdesk.cli.output import talk
from bisdesk.papers.judge import made_safe, media_of
from bisdesk.papers.verdict import Code, Refused
from bisdesk.papers.virus import infection
from bisdesk.settings import Env, Settings
from workflow.errors import FieldError, InvalidSubmission, Unavailable
from workflow.model import Attachment, Slot

LARGEST_STAND_IN = 1024  # bytes


def judge_of(settings: Settings) -> Judge:
    """What makes a paper safe on this installation; it raises InvalidSubmission, or Unavailable while there is no scanner."""

    def judge(slot: Slot, content: bytes) -> Attachment:
        found = made_safe(content, clamd=settings.clamd)
        if isinstance(found, Refused):
            return _stand_in(slot, content, _looked_at_twice(content, found, settings))
        return Attachment(slot, found.media_type, found.evidence)

    return judge


def stands_in(content: bytes, refused: Refused) -> bool:
    """Whether what was refused is too little to be anything: neither a file of another kind nor a part of a real one."""
    return refused.code in (Code.TYPE, Code.DAMAGED) and refused.seen is None and len(content) <= LARGEST_STAND_IN


def _looked_at_twice(content: bytes, refused: Refused, settings: Settings) -> Refused | None:
    """Why it is refused even where stand-ins are taken; the gate does not ask for viruses in what it refuses at sight."""
    if settings.env is Env.LIVE or not stands_in(content, refused):
        return refused
    ill = infection(content, settings.clamd)
    return Refused(ill) if ill else None


def _stand_in(slot: Slot, content: bytes, refused: Refused | None) -> Attachment:
    if refused is None:
        talk(f"Warning: the {slot} is a stand-in that nobody can open; live refuses it.")
        return Attachment(slot, media_of(content), content)
    if refused.code is Code.SCANNER_DOWN:
        raise Unavailable(refused.sentence)
    raise InvalidSubmission((FieldError(slot, refused.code, refused.sentence),))
