"""Whoever comes second: which refusals mean it, and the page that tells who was first and hands back what was typed (D8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from starlette.responses import Response

from bisdesk.web.desk.call import Call, StaleForm, case_of
from workflow.errors import ConcurrentChange, GuardRefused, NotPermitted, TransitionNotAllowed
from workflow.lifecycles.activation import activation
from workflow.model import AuditEvent, Case

REFUSED = (ConcurrentChange, TransitionNotAllowed, GuardRefused, NotPermitted)


def version_seen(text: str) -> int:
    """The version of a case that a form says was shown. Raises: StaleForm for what no page of ours wrote."""
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        raise StaleForm
    return int(text)


def why_not(call: Call, refused: Exception, *, of: str = "") -> str:
    """What a guard said, in the language of the answer; nothing of a refusal by anything else."""
    if not isinstance(refused, GuardRefused):
        return ""
    name = f"guard.activation.{refused.guard}" if of == activation.name else f"guard.{refused.guard}"
    return call.say_or(name, refused.reason)


def conflict(
    call: Call,
    case: Case,
    refused: Exception,
    *,
    action: str,
    history: Sequence[AuditEvent],
    people: Mapping[str, str],
    text: str,
) -> Response:
    """Who did what instead of what was asked, and what was typed, so that nothing of it is lost."""
    return call.page(
        "conflict", status=409, ref=case.ref, back=case_of(case.ref), what=call.say(f"trigger.{case.lifecycle}.{action}"),
        why=why_not(call, refused, of=case.lifecycle), last=history[-1] if history else None, people=people, text=text,
        lifecycle=case.lifecycle, state=case.state,
    )  # fmt: skip
