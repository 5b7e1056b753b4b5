"""Entering the activation code: the one command with two commits (I4).

A try is counted and committed before the slow comparison, so that a crash or a crowd can cost tries but never gain one.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from uuid import UUID, uuid5

from workflow import access, traces
from workflow.access import Door
from workflow.activations import facts_of
from workflow.advance import Move, advance, plan
from workflow.codes import normalise
from workflow.errors import ConcurrentChange
from workflow.lifecycles.activation import FINAL, MAX_ATTEMPTS, State, Trigger, activation
from workflow.model import Activation, AuditEvent, Case, Reason
from workflow.outbox import MessageKind

M, T = MessageKind, Trigger
RACES = 100  # times something is written anew after losing a race; each loss is somebody else's progress


@dataclass(frozen=True, slots=True)
class CodeAccepted:
    """The right code: the profile is activated."""

    case: Case


@dataclass(frozen=True, slots=True)
class CodeMissed:
    """A wrong code was counted; with no tries left the activation is blocked."""

    case: Case
    attempts_left: int


@dataclass(frozen=True, slots=True)
class CodeMalformed:
    """Input that is no code; no try was used."""

    case: Case


@dataclass(frozen=True, slots=True)
class TryRefused:
    """No try is possible now; none was used."""

    case: Case
    reason: str


CodeOutcome = CodeAccepted | CodeMissed | CodeMalformed | TryRefused

_WHY = {
    State.ISSUING: "The link is not ready yet: mail and code are still on their way. Try again in some minutes.",
    State.LINK_EXPIRED: "The link has expired. Ask for a new one: bisdesk activation renew. The code stays the same.",
    State.BLOCKED_ATTEMPTS: "The activation is blocked after three wrong codes. A new request is needed.",
    State.BLOCKED_TIMEOUT: "The activation is blocked: more than 30 days have passed. A new request is needed.",
    State.CANCELLED: "The activation was cancelled. A new request is needed.",
    State.EXPIRED: "The keys of this activation have expired. A new request is needed.",
}
_FROZEN = "The activation is frozen: somebody said that it was not them. Write to the service desk."
_USED = "The code has been used already: the profile is activated."
_ALL_COUNTED = "All three tries are used; the last one is being judged."


def submit_code(door: Door, ref: str, typed: str, *, command_id: UUID | None = None) -> CodeOutcome:
    """Judge a code in the order of reading 4; commits by itself, and never raises for a wrong code.

    The same command with the same code is answered as it was the first time, and costs no further try (A12).
    """
    code = normalise(typed)
    this = _Command(command_id)
    for _ in range(RACES):
        try:
            counted = _look(door, ref, code, this)
        except ConcurrentChange:
            door.uow.rollback()
            continue  # no try was counted yet, so looking again is free
        if not isinstance(counted, _Counted):
            return counted
        matches = door.tools.secrets.code_matches(counted.code, counted.digest, case_id=counted.case_id)
        return _settle_try(door, ref, counted, matches=matches, this=this)
    raise ConcurrentChange(ref)


def open_link(door: Door, ref: str) -> Case:
    """Write down that a person went on from the page of the link; no try is used, no state changes (B2-4)."""
    return traces.leave(door, access.activation(door, ref), T.OPEN_LINK)


@dataclass(frozen=True, slots=True)
class _Command:
    """One sending of a form: the try and its outcome each carry an id of it, so that each is written once."""

    id: UUID | None

    @property
    def outcome(self) -> UUID | None:
        """The id of what the try came to."""
        return None if self.id is None else uuid5(self.id, "outcome")


@dataclass(frozen=True, slots=True)
class _Counted:
    """A try that is counted and committed, and what is to be compared."""

    case_id: UUID
    number: int
    code: str = field(repr=False)
    digest: str = field(repr=False)


def _look(door: Door, ref: str, code: str | None, this: _Command) -> _Counted | CodeOutcome:
    """Judge all but the code itself. Raises: ConcurrentChange when somebody was first; then nothing was counted."""
    case, detail = access.activation(door, ref)
    frozen = detail.frozen_at is not None
    if not frozen and this.id and code is not None and (known := _repeated(door, (case, detail), code, this)):
        return known
    if frozen or case.state != State.AWAITING_CODE:
        return _refuse(door, case, detail)
    if code is None:
        case = traces.leave(door, (case, detail), T.MALFORMED)
        door.uow.commit()
        return CodeMalformed(case)
    number = _count(door, case, detail, this)
    if number is None:
        return _refuse_after_race(door, ref)
    return _Counted(case.id, number, code, detail.code_hash or "")


def _repeated(door: Door, loaded: tuple[Case, Activation], code: str, this: _Command) -> _Counted | CodeOutcome | None:
    """What the first sending of this form came to; its try again where no outcome was written; None for the first sending."""
    case, detail = loaded
    history = door.uow.cases.history(case.id)
    outcome = next((event for event in history if event.command_id == this.outcome), None)
    if outcome is not None:
        return _told_again(loaded, outcome)
    counted = [event.command_id for event in history if event.trigger == T.COUNT_TRY]
    if this.id in counted and case.state == State.AWAITING_CODE:
        return _Counted(case.id, counted.index(this.id) + 1, code, detail.code_hash or "")
    return None


def _told_again(loaded: tuple[Case, Activation], outcome: AuditEvent) -> CodeOutcome:
    case, detail = loaded
    if outcome.to_state == State.PROFILE_ACTIVATED:
        return CodeAccepted(case)
    return CodeMissed(case, 0 if case.state in FINAL else max(0, MAX_ATTEMPTS - detail.attempts_used))


def _count(door: Door, case: Case, detail: Activation, this: _Command) -> int | None:
    """Count one try and commit it; the number of this try, or None when none is left or the state moved on."""
    move = Move(
        trigger=T.COUNT_TRY, actor=door.actor, now=door.now, language=detail.language, command_id=this.id
    )  # fmt: skip
    facts = facts_of(detail, now=door.now, tools=door.tools)
    if not facts.tries_left:
        return None
    change = plan(case, move, lifecycle=activation, facts=facts, tools=door.tools)
    number = door.uow.cases.count_try(change, limit=MAX_ATTEMPTS)
    door.uow.commit()
    return number


def _settle_try(door: Door, ref: str, counted: _Counted, *, matches: bool, this: _Command) -> CodeOutcome:
    """Write what the comparison came to; a lost race is repeated, a code that was replaced meanwhile no longer counts as right."""
    for _ in range(RACES):
        case, detail = door.uow.cases.activation(ref, now=door.now)
        if case.state != State.AWAITING_CODE or detail.frozen_at is not None:
            known = _repeated(door, (case, detail), counted.code, this) if this.id else None
            door.uow.rollback()
            return _refuse_after_race(door, ref) if known is None or isinstance(known, _Counted) else known
        right = matches and detail.code_hash == counted.digest
        try:
            case = _judge(door, (case, detail), number=counted.number, right=right, this=this)
            door.uow.commit()
        except ConcurrentChange:
            door.uow.rollback()
            known = _repeated(door, (case, detail), counted.code, this) if this.id else None
            if known is not None and not isinstance(known, _Counted):
                return known
            continue
        return CodeAccepted(case) if right else CodeMissed(case, max(0, MAX_ATTEMPTS - detail.attempts_used))
    raise ConcurrentChange(ref)


def _judge(door: Door, loaded: tuple[Case, Activation], *, number: int, right: bool, this: _Command) -> Case:
    case, detail = loaded
    facts = replace(facts_of(detail, now=door.now, tools=door.tools), code_matches=right, try_number=number)
    move = Move(
        trigger=T.SUBMIT_CODE, actor=door.actor, now=door.now, language=detail.language,
        detail={"activated_at": door.now} if right else {}, command_id=this.outcome,
        params={M.M9: {"rule": "attempts", "blocked_on": door.today.isoformat()}},
    )  # fmt: skip
    return advance(door.uow, case, move, lifecycle=activation, facts=facts, tools=door.tools)


def _refuse(door: Door, case: Case, detail: Activation) -> TryRefused:
    case = traces.leave(door, (case, detail), T.REFUSE_TRY, reason=Reason(_code_of(case, detail)))
    door.uow.commit()
    held = detail.frozen_at is not None and case.state not in FINAL
    return TryRefused(case, _FROZEN if held else _WHY.get(State(case.state), _USED))


def _refuse_after_race(door: Door, ref: str) -> TryRefused:
    """Somebody used the last try or the code between look and count."""
    for _ in range(RACES):
        case, detail = access.activation(door, ref)
        try:
            refused = _refuse(door, case, detail)
        except ConcurrentChange:
            continue
        judging = case.state == State.AWAITING_CODE and detail.frozen_at is None
        return replace(refused, reason=_ALL_COUNTED) if judging else refused
    raise ConcurrentChange(ref)


def _code_of(case: Case, detail: Activation) -> str:
    if case.state in FINAL:
        return "blocked"
    return "frozen" if detail.frozen_at is not None else case.state
