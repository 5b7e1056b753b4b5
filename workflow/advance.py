"""The corridor: every change to a case is planned here from its lifecycle table and written in one transaction (I1, I2).

`plan` is pure, so a view can tell what is true now without writing; `advance` is plan and compare-and-set.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from workflow.calendar import after_days, after_months, after_working_days
from workflow.effects import (
    At,
    CallRegister,
    CancelMessages,
    CancelTimer,
    Days,
    Deadline,
    Effect,
    Erase,
    Months,
    Notify,
    ReleaseContacts,
    RepeatMessage,
    Seconds,
    StartTimer,
    WorkingDays,
)  # fmt: skip
from workflow.errors import ConcurrentChange, TransitionNotAllowed
from workflow.machine import MACHINES, Fired, Lifecycle
from workflow.model import NEW, Actor, AuditEvent, Case, Language, Reason, Timer
from workflow.outbox import Audience, Channel, MessageKind, QueuedMessage
from workflow.policy import Policy
from workflow.ports import Change, UnitOfWork, Value
from workflow.ports_chance import Chance, OneTimeCodes, Secrets

F = TypeVar("F")
N = TypeVar("N", bound=str)


@dataclass(frozen=True, slots=True)
class Tools:
    """What use cases work with besides the store: chance, hashes, one-time codes, the numbers that are settings."""

    chance: Chance
    secrets: Secrets
    otp: OneTimeCodes
    policy: Policy
    manual_register: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One pull of a trigger: who, when, why, and the values that its effects need."""

    trigger: str
    actor: Actor
    now: datetime
    occurred_at: datetime | None = None  # earlier than now when a timer is fired late
    timer: str | None = None  # the timer that this move consumes
    reason: Reason | None = None
    payload: Mapping[str, object] = field(default_factory=dict, repr=False)  # sealed with the event
    detail: Mapping[str, Value] = field(default_factory=dict)
    dues: Mapping[str, datetime | None] = field(default_factory=dict)  # None: there is no such timer this time
    params: Mapping[MessageKind, Mapping[str, str]] = field(default_factory=dict)
    secrets: Mapping[MessageKind, str] = field(default_factory=dict, repr=False)
    not_before: Mapping[MessageKind, datetime] = field(default_factory=dict)
    send_before: Mapping[MessageKind, datetime] = field(default_factory=dict)
    repeats: QueuedMessage | None = None  # the message that a row owes once more
    language: Language | None = None  # of the applicant; officers have their own setting
    assign: UUID | None = None
    unassign: bool = False
    command_id: UUID | None = None


def advance(uow: UnitOfWork, case: Case, move: Move, *, lifecycle: Lifecycle[F], facts: F, tools: Tools) -> Case:
    """Move a case by one row of its table.

    Raises: TransitionNotAllowed, NotPermitted, GuardRefused; ConcurrentChange when somebody was first, by a moment (told by the
    commit at the latest) or by the very same action a while ago.
    """
    try:
        change = plan(case, move, lifecycle=lifecycle, facts=facts, tools=tools)
    except TransitionNotAllowed:
        last = _last(uow, case)
        if last and last.trigger == move.trigger and _is_colleague(last, move.actor):
            raise _first_was(case, last) from None
        raise
    uow.cases.move(change, lost=lambda: lost_race(uow, case))
    return after(change, now=move.now)


def plan(case: Case, move: Move, *, lifecycle: Lifecycle[F], facts: F, tools: Tools) -> Change:
    """What the move would write, decided by the table; nothing is written.

    Raises: TransitionNotAllowed, NotPermitted, GuardRefused.
    """
    fired = lifecycle.fire(case.state, move.trigger, roles=move.actor.roles, facts=facts)
    effects = fired.row.then
    event = _event(case, move, lifecycle, fired, tools)
    closes = fired.to in lifecycle.closed and case.closed_at is None
    started = tuple(_timers(case, move, effects, tools.policy))
    cancelled = _gather(tuple(e.triggers for e in effects if isinstance(e, CancelTimer)))
    moves_deadline, act_by = _deadline(lifecycle.deadlines, started, cancelled)
    return Change(
        case=case,
        to=fired.to,
        event=event,
        assignee=_assignee(case, move),
        closed_at=event.occurred_at if closes else case.closed_at,
        messages=tuple(_messages(case, move, effects, tools)),
        start_timers=started,
        fired_timer=move.timer,
        cancel_timers=cancelled,
        moves_deadline=moves_deadline,
        act_by=act_by,
        cancel_messages=_gather(tuple(e.kinds for e in effects if isinstance(e, CancelMessages))),
        erase=frozenset(effect.what for effect in effects if isinstance(effect, Erase)),
        release_contacts=any(isinstance(effect, ReleaseContacts) for effect in effects),
        detail=move.detail,
    )


def after(change: Change, *, now: datetime) -> Case:
    """The case as it stands once the change is written, with the timers that are due by then."""
    case = change.case
    kept = [timer for timer in case.due if not disarmed(timer, change)]
    started = {timer.trigger: timer for timer in change.start_timers}
    due = [timer for timer in kept if timer.trigger not in started]
    due += [timer for timer in started.values() if timer.due_at <= now]
    return replace(
        case,
        state=change.to,
        version=change.event.sequence,
        assignee=change.assignee,
        changed_at=change.event.occurred_at,
        closed_at=change.closed_at,
        due=tuple(sorted(due, key=lambda timer: timer.due_at)),
    )


def lost_race(uow: UnitOfWork, case: Case) -> ConcurrentChange:
    """The error that tells who did what instead."""
    uow.rollback()
    last = _last(uow, case)
    return _first_was(case, last) if last else ConcurrentChange(case.ref)


def disarmed(timer: Timer, change: Change) -> bool:
    """Whether a change stops this timer, by firing or cancelling it."""
    if timer.trigger == change.fired_timer:
        return True
    return change.cancel_timers is not None and (not change.cancel_timers or timer.trigger in change.cancel_timers)


def _last(uow: UnitOfWork, case: Case) -> AuditEvent | None:
    history = uow.cases.history(case.id)
    return history[-1] if history else None


def _is_colleague(last: AuditEvent, actor: Actor) -> bool:
    """Whether another person did it, in a role that this one has too: nobody else is told of what is not theirs to do."""
    return last.actor != actor.name and last.role not in MACHINES and last.role in actor.roles


def _first_was(case: Case, last: AuditEvent) -> ConcurrentChange:
    return ConcurrentChange(case.ref, event=last.event, by=last.role, at=last.recorded_at)


def _event(case: Case, move: Move, lifecycle: Lifecycle[F], fired: Fired[F], tools: Tools) -> AuditEvent:
    roles = sorted(role for role in fired.row.by if role in move.actor.roles)
    payload = dict(move.payload)
    if move.reason and move.reason.text:
        payload["reasonText"] = move.reason.text
    return AuditEvent(
        id=tools.chance.uuid(move.now),
        case_id=case.id,
        sequence=case.version + 1,
        event=lifecycle.event(move.trigger, fired.to),
        trigger=str(move.trigger),
        from_state=None if case.state == NEW else case.state,
        to_state=fired.to,
        actor=move.actor.name,
        role=str(roles[0]),
        entity=move.actor.entity,
        definition=case.definition,
        occurred_at=move.occurred_at or move.now,
        recorded_at=move.now,
        reason_code=move.reason.code if move.reason else None,
        command_id=move.command_id,
        payload=json.dumps(payload, ensure_ascii=False) if payload else None,
    )


def _assignee(case: Case, move: Move) -> UUID | None:
    return None if move.unassign else (move.assign or case.assignee)


def _messages(case: Case, move: Move, effects: tuple[Effect, ...], tools: Tools) -> list[QueuedMessage]:
    made = []
    for effect in effects:
        if isinstance(effect, Notify):
            made.append(_message(case, move, effect, tools))
        elif isinstance(effect, RepeatMessage) and move.repeats is not None:
            made.append(_again(case, move, move.repeats, tools))
        elif isinstance(effect, CallRegister):
            made.append(_message(case, move, Notify(effect.operation, Audience.REGISTER, Channel.REGISTER), tools))
    return made


def _message(case: Case, move: Move, notify: Notify, tools: Tools) -> QueuedMessage:
    applicant = notify.to is Audience.APPLICANT
    return QueuedMessage(
        id=tools.chance.uuid(move.now),
        case_id=case.id,
        kind=notify.kind,
        audience=notify.to,
        channel=notify.by,
        sequence=case.version + 1,
        queued_at=move.now,
        not_before=move.not_before.get(notify.kind, move.now),
        send_before=move.send_before.get(notify.kind),
        language=str(move.language) if applicant and move.language else None,
        params=move.params.get(notify.kind, {}),
        secret=move.secrets.get(notify.kind),
    )


def _again(case: Case, move: Move, message: QueuedMessage, tools: Tools) -> QueuedMessage:
    """The same message as a row of its own; what carried a secret is never repeated in this way."""
    return replace(
        message,
        id=tools.chance.uuid(move.now),
        sequence=case.version + 1,
        queued_at=move.now,
        not_before=move.now,
        secret=None,
    )


def _timers(case: Case, move: Move, effects: tuple[Effect, ...], policy: Policy) -> list[Timer]:
    anchor = move.occurred_at or move.now
    return [
        Timer(case.id, str(effect.trigger), due_at)
        for effect in effects
        if isinstance(effect, StartTimer) and (due_at := _due(effect.due, anchor, move.dues, policy)) is not None
    ]


def _deadline(
    deadlines: frozenset[str], started: tuple[Timer, ...], cancelled: tuple[str, ...] | None
) -> tuple[bool, datetime | None]:
    """Whether the move sets by when somebody is to act, and to what: an alarm that rang stays until somebody did."""
    due = [timer.due_at for timer in started if timer.trigger in deadlines]
    ends = cancelled is not None and (not cancelled or not deadlines.isdisjoint(cancelled))
    return bool(deadlines) and (bool(due) or ends), min(due, default=None)


def _due(deadline: Deadline, anchor: datetime, dues: Mapping[str, datetime | None], policy: Policy) -> datetime | None:
    match deadline:
        case Days(count):
            return after_days(anchor, _number(count, policy))
        case WorkingDays(count):
            return after_working_days(anchor, _number(count, policy))
        case Months(count):
            return after_months(anchor, count)
        case Seconds(count):
            return anchor + timedelta(seconds=count)
        case At(name):
            return dues[name]


def _number(count: int | str, policy: Policy) -> int:
    return count if isinstance(count, int) else policy.number(count)


def _gather(named: tuple[tuple[N, ...], ...]) -> tuple[N, ...] | None:
    """None when no effect cancels; empty when one cancels all; else every name."""
    if not named:
        return None
    return () if not all(named) else tuple(name for names in named for name in names)
