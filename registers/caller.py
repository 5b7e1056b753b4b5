"""Calls the register for what the outbox owes it, outside every transaction, and brings each answer home in one (B1-12 to B1-20).

What an answer means is handed in; this file knows rows, leases and when to ask again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from workflow.codes import Minted
from workflow.errors import ConcurrentChange, GuardRefused, InvalidSubmission, TransitionNotAllowed, Unavailable
from workflow.fence import UNFENCED, Pass, SendFence
from workflow.identity_register import (
    ByHand,
    Created,
    Down,
    IdentityRegister,
    RegisterAnswer,
    RegisterPerson,
    RegisterRefused,
    TimedOut,
)
from workflow.lifecycles.registration import Trigger
from workflow.outbox import Channel, Delivery, DeliveryState, MessageKind, QueuedMessage, Settlement
from workflow.policy import DEFAULT
from workflow.ports import UnitOfWork, UnitOfWorkFactory
from workflow.recording import record
from workflow.registrations_register import question_for, still_wanted

REGISTER = frozenset({Channel.REGISTER})
BACKOFF = (
    timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1), timedelta(hours=2),
)  # fmt: skip
RACES = 20  # times an answer is brought home anew after somebody else moved the case; each loss is somebody's progress
S = DeliveryState

Ask = Callable[[UnitOfWork, QueuedMessage, datetime], RegisterPerson | None]
Answered = Callable[[UnitOfWork, QueuedMessage, RegisterAnswer, datetime, Minted], None]
Mint = Callable[[datetime], Minted]


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What the calls are made with.

    `question` gives the person to ask about, or None when the case no longer stands where the call belongs; `answered` lets
    an answer move the case; both run inside a transaction that is not theirs to commit. `mint` makes a fresh link and code,
    slowly, outside of one. `retries` is how many temporary errors in a row are borne.
    """

    question: Ask
    answered: Answered
    mint: Mint
    now: datetime
    retries: int
    lease: timedelta
    fence: SendFence = UNFENCED


@dataclass(frozen=True, slots=True)
class _Call:
    """A row that is leased, with what to ask; without a person when it is not known whether it was asked already."""

    delivery: Delivery
    key: str
    confirmed_distinct: bool
    person: RegisterPerson | None = field(repr=False)
    leave: Pass | None = None  # of a creation, which must be known outside the database before it is asked


def question_of(uow: UnitOfWork, message: QueuedMessage, now: datetime) -> RegisterPerson | None:
    """The person of the request that owes this call, or None when the request no longer waits for its answer."""
    if not still_wanted(uow, message.case_id, message.kind, now=now):
        return None
    return question_for(uow, message.case_id)


def call_due(
    uow_factory: UnitOfWorkFactory,
    register: IdentityRegister,
    *,
    now: datetime,
    answered: Answered,
    mint: Mint,
    question: Ask = question_of,
    retries: int = DEFAULT.register_retries,
    lease_s: int = 60,
    limit: int = 20,
    fence: SendFence = UNFENCED,
) -> int:
    """Make the calls that are due, one after the other; how many rows were worked off (0: nothing is due now).

    Raises: Unavailable when a creation cannot be written down first.
    """
    work = Work(
        question=question, answered=answered, mint=mint, now=now, retries=retries, lease=timedelta(seconds=lease_s),
        fence=fence,
    )  # fmt: skip
    for done in range(limit):
        found, call = _take(uow_factory, work)
        if not found:
            return done
        if call is not None:
            _bring_home(uow_factory, work, call, answer=_ask(register, call))
    return limit


def _take(uow_factory: UnitOfWorkFactory, work: Work) -> tuple[bool, _Call | None]:
    """Lease one row and record that its attempt starts, in one transaction; whether there was one, and what to ask."""
    with uow_factory() as uow:
        if not work.fence.stand(uow).may_send:
            return False, None
        until = work.now + work.lease
        claimed = uow.outbox.claim(REGISTER, now=work.now, lease_until=until, limit=1)
        if not claimed:
            return False, None
        call = _begun(uow, claimed[0], work, until=until)
        uow.commit()
    if call is not None and call.leave is not None and call.person is not None:
        _write_down(uow_factory, call, work, leave=call.leave)
    return True, call


def _begun(uow: UnitOfWork, delivery: Delivery, work: Work, *, until: datetime) -> _Call | None:
    message = delivery.message
    person = work.question(uow, message, work.now)
    if person is None:
        uow.outbox.settle(delivery, Settlement(S.CANCELLED, counts=False), now=work.now)
        return None
    leave = None
    if message.kind is MessageKind.CREATE:
        leave = work.fence.enter(uow, [delivery], now=work.now)
        if delivery.state is S.UNKNOWN or leave.settlement(message.id):
            return _Call(delivery, "", False, None, leave)
    if not uow.outbox.begin(delivery, now=work.now, lease_until=until):
        return None
    return _Call(delivery, *_terms(uow, message.case_id), person, leave)


def _write_down(uow_factory: UnitOfWorkFactory, call: _Call, work: Work, *, leave: Pass) -> None:
    """A creation that cannot be written down outside the database is not asked; its row goes back."""
    try:
        work.fence.write_down(leave, [call.delivery])
    except Unavailable:
        with uow_factory() as uow:
            back = Settlement(S.QUEUED, counts=False, error="journal_unavailable")
            uow.outbox.settle(call.delivery, back, now=work.now)
            uow.commit()
        raise


def _terms(uow: UnitOfWork, case_id: UUID) -> tuple[str, bool]:
    """The idempotency key: the request, and the number of the review that found the person distinct (B1-12, B1-15)."""
    reviews = sum(event.trigger == Trigger.DIFFERENT_PERSON for event in uow.cases.history(case_id))
    return (f"{case_id}/{reviews}", True) if reviews else (str(case_id), False)


def _ask(register: IdentityRegister, call: _Call) -> RegisterAnswer:
    """The call itself; no transaction is open.

    A creation that may have been made is never made blindly again: it counts as timed out, and is searched first (B1-20).
    """
    creates = call.delivery.message.kind is MessageKind.CREATE
    if call.person is None:
        return TimedOut()
    try:
        if creates:
            return register.create(call.person, idempotency_key=call.key, confirmed_distinct=call.confirmed_distinct)
        return register.search(call.person)
    except Exception:  # noqa: BLE001 - one broken answer must not stop the calls of other cases; its text may be personal
        return TimedOut() if creates else Down("call_failed")


def _bring_home(uow_factory: UnitOfWorkFactory, work: Work, call: _Call, *, answer: RegisterAnswer) -> None:
    """Settle the row and let the answer move the case, in one transaction; an answer whose lease is void changes nothing."""
    if call.leave is not None and call.person is not None and not isinstance(answer, TimedOut):
        work.fence.outcome(call.leave, call.delivery, left=isinstance(answer, Created))
    minted = work.mint(work.now)
    settlement = _settlement(answer, call.delivery, work)
    for _ in range(RACES):
        with uow_factory() as uow:
            if call.leave is not None:
                call.leave.spend(uow, call.delivery.message.id)
            if not record(uow, call.delivery, settlement, now=work.now):
                return
            try:
                work.answered(uow, call.delivery.message, answer, work.now, minted)
            except ConcurrentChange:
                continue  # a number came to somebody else's case at the same time; this case is held
            except (GuardRefused, InvalidSubmission, TransitionNotAllowed) as refused:
                _park(uow, work, call, code=refused.code)
            uow.commit()
            return
    raise ConcurrentChange(str(call.delivery.message.case_id))


def _park(uow: UnitOfWork, work: Work, call: _Call, *, code: str) -> None:
    """An answer that the case does not take stops no other call; the row stays visible, to be asked again under its key."""
    uow.rollback()
    record(uow, call.delivery, Settlement(S.PARKED, error=code), now=work.now)


def _settlement(answer: RegisterAnswer, delivery: Delivery, work: Work) -> Settlement:
    """What an answer means for its row; an answer that moved the case is delivered, whatever it said."""
    match answer:
        case Down(code):
            return _again(delivery, code, work)
        case TimedOut() if delivery.message.kind is MessageKind.SEARCH:
            return _again(delivery, "timeout", work)
        case TimedOut():
            return Settlement(S.FAILED, error="timeout")
        case RegisterRefused(code):
            return Settlement(S.FAILED, error=code)
        case ByHand():
            return Settlement(S.ACCEPTED, counts=False)
        case _:
            return Settlement(S.DELIVERED)


def _again(delivery: Delivery, code: str, work: Work) -> Settlement:
    """Later, until the temporary errors in a row are too many; then the desk decides (B1-19)."""
    if delivery.attempts + 1 >= work.retries:
        return Settlement(S.FAILED, error=code)
    wait = BACKOFF[min(delivery.attempts, len(BACKOFF) - 1)]
    return Settlement(S.QUEUED, work.now + wait, error=code)
