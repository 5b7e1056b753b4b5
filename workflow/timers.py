"""Deadlines that fire by themselves: in batches, when a command touches the case, or only in the mind of a view.

All three take the same step, so a late scheduler changes no outcome (I3): a timer acts as of its own instant, and is recorded
as of now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from workflow import reminders
from workflow.advance import Move, Tools, after, disarmed, plan
from workflow.calendar import after_days, brussels_date, last_day
from workflow.effects import Erasure
from workflow.errors import ConcurrentChange, GuardRefused, TransitionNotAllowed
from workflow.lifecycles import activation_guards, registration_guards
from workflow.lifecycles.activation import MAX_ATTEMPTS, activation
from workflow.lifecycles.activation import Trigger as ActivationTrigger
from workflow.lifecycles.registration import Trigger as RequestTrigger
from workflow.lifecycles.registration import registration
from workflow.model import Activation, Actor, Case, Reason, RegistrationRequest, Timer, patched
from workflow.outbox import MessageKind
from workflow.policy import Policy
from workflow.ports import Change, UnitOfWork, UnitOfWorkFactory
from workflow.wording import last_call, link_words

Detail = RegistrationRequest | Activation
A, R, M = ActivationTrigger, RequestTrigger, MessageKind
REGISTRATION_TIMERS = frozenset({R.T0, R.T1, R.T2, R.ALERT})
BATCH = 500
MAX_STEPS = 50  # of one case in one settlement; a lifecycle whose timers feed each other for ever is a fault


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep did: timers fired, passed over because somebody was first or the row no longer applies."""

    fired: int = 0
    skipped: int = 0
    latest: timedelta = timedelta()  # the longest delay of a timer that fired

    def plus(self, fired: int, *, late: timedelta) -> Swept:
        """With one more case."""
        return Swept(self.fired + fired, self.skipped + (fired == 0), max(self.latest, late if fired else timedelta()))


def fire_due(
    uow_factory: UnitOfWorkFactory, *, now: datetime, tools: Tools, progress: Callable[[int], None] | None = None
) -> Swept:
    """Fire every timer that is due, a batch a transaction, in constant memory; each case is settled once or by somebody else."""
    total, last = Swept(), None
    while True:
        with uow_factory() as uow:
            batch = uow.timers.due(now=now, limit=BATCH, after=last)
            if not batch:
                return total
            for oldest in _first_of_each(batch):
                total = total.plus(_settle_one(uow, oldest, now=now, tools=tools), late=now - oldest.due_at)
            uow.commit()
        last = batch[-1]
        if progress:
            progress(total.fired)


def settle(uow: UnitOfWork, case: Case, detail: Detail, *, now: datetime, tools: Tools) -> tuple[Case, Detail]:
    """Fire what is due of one case and commit it, before a command is judged (I3)."""
    if not case.due:
        return case, detail
    for step in _steps(case, detail, now=now, tools=tools):
        if not uow.cases.apply(step.change):
            uow.rollback()
            raise ConcurrentChange(case.ref)
        case, detail = step.case, step.detail
    uow.commit()
    return case, detail


def as_of(case: Case, detail: Detail, *, now: datetime, tools: Tools) -> tuple[Case, Detail]:
    """The case as it truly is at `now`, for views: nothing is written."""
    for step in _steps(case, detail, now=now, tools=tools):
        case, detail = step.case, step.detail
    return case, detail


def erased_as_of(case: Case, detail: Detail, *, now: datetime, tools: Tools) -> bool:
    """Whether a deadline that has passed erases the person of the case, though no sweep has done so yet."""
    return _erases(Erasure.PERSON, case, detail, now=now, tools=tools)


def papers_erased_as_of(case: Case, detail: Detail, *, now: datetime, tools: Tools) -> bool:
    """Whether a deadline that has passed erases the papers of the case, though no sweep has done so yet."""
    return _erases(Erasure.ATTACHMENTS, case, detail, now=now, tools=tools) or erased_as_of(
        case, detail, now=now, tools=tools
    )


def _erases(what: Erasure, case: Case, detail: Detail, *, now: datetime, tools: Tools) -> bool:
    return any(what in step.change.erase for step in _steps(case, detail, now=now, tools=tools))


def armed_as_of(uow: UnitOfWork, case: Case, detail: Detail, *, now: datetime, tools: Tools) -> tuple[Timer, ...]:
    """The timers that lie ahead at `now`, soonest first, as if all that is due had fired."""
    armed = {timer.trigger: timer for timer in uow.timers.armed(case.id)}
    for step in _steps(case, detail, now=now, tools=tools):
        armed = {name: timer for name, timer in armed.items() if not disarmed(timer, step.change)}
        armed |= {timer.trigger: timer for timer in step.change.start_timers}
    ahead = (timer for timer in armed.values() if timer.due_at > now)
    return tuple(sorted(ahead, key=lambda timer: timer.due_at))


@dataclass(frozen=True, slots=True)
class _Step:
    change: Change
    case: Case
    detail: Detail


def _steps(case: Case, detail: Detail, *, now: datetime, tools: Tools) -> Iterator[_Step]:
    """The due timers of a case in the order of their instants, each judged on what the earlier ones made of it."""
    for _ in range(MAX_STEPS):
        timer = next(iter(case.due), None)
        if timer is None:
            return
        try:
            change = _fire(case, detail, timer, now=now, tools=tools)
        except (GuardRefused, TransitionNotAllowed):
            case = replace(case, due=tuple(other for other in case.due if other is not timer))
            continue
        case = after(change, now=now)
        detail = _patched(detail, change)
        yield _Step(change, case, detail)


def _patched(detail: Detail, change: Change) -> Detail:
    match detail:
        case RegistrationRequest():
            return patched(detail, change.detail)
        case Activation():
            return patched(detail, change.detail)


def _fire(case: Case, detail: Detail, timer: Timer, *, now: datetime, tools: Tools) -> Change:
    move = Move(trigger=timer.trigger, actor=Actor.clock(), now=now, occurred_at=timer.due_at, timer=timer.trigger)
    if isinstance(detail, RegistrationRequest):
        move = replace(move, params=_request_words(timer), reason=_request_reason(timer))
        return plan(case, move, lifecycle=registration, facts=registration_guards.Facts(), tools=tools)
    facts = replace(_activation_facts(detail, timer.due_at), reminder_timely=reminders.is_timely(case, timer))
    words = _activation_words(timer, detail, tools.policy)
    move = replace(
        move,
        params=words,
        language=detail.language,
        reason=_reason(case, timer, detail),
        send_before={M.M7: last_call(_reminder_until(timer, detail), now=timer.due_at)},
    )
    return plan(case, move, lifecycle=activation, facts=facts, tools=tools)


def _reminder_until(timer: Timer, detail: Activation) -> datetime:
    """The last moment at which a reminder is still true."""
    blocks_at = detail.blocks_at or detail.link_expires_at
    return detail.link_expires_at if timer.due_at < detail.link_expires_at else blocks_at


def _activation_facts(detail: Activation, at: datetime) -> activation_guards.Facts:
    return activation_guards.Facts(
        anchored=detail.first_issued_at is not None,
        before_limit=detail.blocks_at is None or at < detail.blocks_at,
        before_expiry=at < detail.link_expires_at,
        attempts_used=detail.attempts_used,
        tries_left=detail.attempts_used < MAX_ATTEMPTS,
        undeliverable=detail.undeliverable,
        frozen=detail.frozen_at is not None,
    )


def _request_reason(timer: Timer) -> Reason | None:
    return Reason("deadline") if timer.trigger in {R.T0, R.T1} else None


def _request_words(timer: Timer) -> dict[MessageKind, dict[str, str]]:
    if timer.trigger == R.ALERT:
        return {M.M10: {"problem": "waiting"}}
    return {M.M6: {"outcome": "lapsed", "recreate": "no"}}


def _reason(case: Case, timer: Timer, detail: Activation) -> Reason | None:
    frozen = detail.frozen_at is not None
    if timer.trigger in (A.SETUP_REMINDER, A.KEY_REMINDER) and frozen:
        return Reason("frozen")
    if timer.trigger in reminders.RUNGS:
        return reminders.passed_over(case, timer, undeliverable=detail.undeliverable, frozen=frozen)
    return Reason("not_finished") if timer.trigger == A.T90 else None


def _activation_words(timer: Timer, detail: Activation, policy: Policy) -> dict[MessageKind, dict[str, str]]:
    """What the messages of a fired timer print: dates of the deadline itself, however late the sweep."""
    day = brussels_date(timer.due_at).isoformat()
    finish = last_day(after_days(detail.activated_at or timer.due_at, policy.setup_idle_days))
    expires = last_day(detail.keys_expire_at or timer.due_at)
    rule = "time" if timer.trigger == A.T30 else "attempts"
    blocks_at = detail.blocks_at or detail.link_expires_at
    return {
        M.M7: link_words(detail.link_expires_at, blocks_at, by=detail.code_channel),
        M.M9: {"rule": rule, "blocked_on": day},
        M.M10: {"problem": "issuing_stuck"},
        M.M12: {"cancelled_on": day, "reason": "not_finished"},
        M.M13: {"finish_until": finish.isoformat(), "code_by": str(detail.code_channel)},
        M.M14: {"key_kind": detail.last_key or "totp", "expires_on": expires.isoformat()},
    }


def _settle_one(uow: UnitOfWork, timer: Timer, *, now: datetime, tools: Tools) -> int:
    """Settle the case of one timer inside the sweep's transaction; how many timers fired, 0 when somebody was first."""
    find = uow.cases.request if timer.trigger in REGISTRATION_TIMERS else uow.cases.activation
    case, detail = find(timer.case_id, now=now)
    fired = 0
    for step in _steps(case, detail, now=now, tools=tools):
        if not uow.cases.apply(step.change):
            return 0
        fired += 1
    return fired


def _first_of_each(batch: list[Timer]) -> list[Timer]:
    firsts: dict[UUID, Timer] = {}
    for timer in batch:
        firsts.setdefault(timer.case_id, timer)
    return list(firsts.values())
