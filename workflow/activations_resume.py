"""Going on with an unfinished set-up: a link to the stored address and a code to the stored mobile, both once (B2-11b)."""

from __future__ import annotations

from datetime import timedelta
from hmac import compare_digest

from workflow import access, one_time, pending_keys
from workflow.access import Door
from workflow.activations_keys import has_mobile
from workflow.advance import Move, advance
from workflow.calendar import after_days, last_day
from workflow.lifecycles.activation import Trigger, activation
from workflow.lifecycles.activation_guards import Facts
from workflow.model import Activation, Case
from workflow.one_time import OtpMalformed, OtpMissed, Purpose
from workflow.outbox import MessageKind
from workflow.ports import Value
from workflow.ports_entry import Link, LinkPurpose

M, T = MessageKind, Trigger
RESUME_HOURS = 24


def ask_resume(door: Door, ref: str) -> Case:
    """Send what an applicant needs to go on with an unfinished set-up: a link by mail, a code by SMS (B2-11b)."""
    case, detail = access.activation(door, ref)
    token = door.tools.chance.token()
    digest = door.tools.secrets.token_digest(token, purpose=LinkPurpose.RESUME)
    otp, kept = one_time.made(door, detail, Purpose.RESUME)
    until = door.now + timedelta(hours=RESUME_HOURS)
    patch: dict[str, Value] = {"resume_digest": digest, "resume_until": until, **kept}
    finish = last_day(after_days(detail.activated_at or door.now, door.tools.policy.setup_idle_days)).isoformat()
    move = Move(
        trigger=T.ASK_RESUME, actor=door.actor, now=door.now, detail=patch, language=detail.language,
        params={M.M13: {"finish_until": finish}, M.M15: one_time.words(Purpose.RESUME)},
        secrets={M.M13: token, M.M15: otp}, send_before={M.M13: until, M.M15: one_time.may_leave_until(door)},
    )  # fmt: skip
    facts = Facts(
        has_mobile=has_mobile(door, case), frozen=detail.frozen_at is not None,
        sms_paused=one_time.is_withheld(door, detail),
    )  # fmt: skip
    case = advance(door.uow, case, move, lifecycle=activation, facts=facts, tools=door.tools)
    door.uow.links.add(Link(digest, case.id, LinkPurpose.RESUME, door.now))
    return case


def send_code(door: Door, ref: str, *, digest: bytes) -> Case:
    """The code of a resume link once more, by SMS: it lives ten minutes, the link a day. Raises: GuardRefused."""
    case, detail = access.activation(door, ref)
    otp, kept = one_time.made(door, detail, Purpose.RESUME)
    move = Move(
        trigger=T.SEND_RESUME_CODE, actor=door.actor, now=door.now, detail=kept, language=detail.language,
        params={M.M15: one_time.words(Purpose.RESUME)}, secrets={M.M15: otp},
        send_before={M.M15: one_time.may_leave_until(door)},
    )  # fmt: skip
    facts = Facts(
        has_mobile=has_mobile(door, case), frozen=detail.frozen_at is not None, resume_ok=is_alive(door, detail, digest),
        sms_paused=one_time.is_withheld(door, detail),
    )  # fmt: skip
    return advance(door.uow, case, move, lifecycle=activation, facts=facts, tools=door.tools)


def resume(door: Door, ref: str, *, digest: bytes, otp: str) -> Case | OtpMissed | OtpMalformed:
    """Redeem the resume link with its code, once (B2-11b); a miss is stored, not raised. Raises: GuardRefused when frozen."""
    case, detail = access.activation(door, ref)
    facts = Facts(resume_ok=True, frozen=detail.frozen_at is not None)
    activation.fire(case.state, T.RESUME, roles=door.actor.roles, facts=facts)

    def fits() -> bool:
        return is_alive(door, detail, digest) and one_time.fits(door, detail, Purpose.RESUME, typed=otp)

    if refused := one_time.refused(door, (case, detail), otp, right=fits):
        return refused
    door.uow.sessions.drop_of(case.id)  # of the browser that was left behind
    pending_keys.forget(door.uow, case.id)
    patch: dict[str, Value] = {"resume_digest": None, "resume_until": None, **one_time.spent()}
    move = Move(trigger=T.RESUME, actor=door.actor, now=door.now, detail=patch)
    return advance(door.uow, case, move, lifecycle=activation, facts=facts, tools=door.tools)


def is_alive(door: Door, detail: Activation, digest: bytes) -> bool:
    """Whether this is the newest resume link, unused and younger than a day."""
    fresh = detail.resume_until is not None and door.now < detail.resume_until
    return fresh and compare_digest(digest, detail.resume_digest or b"")
