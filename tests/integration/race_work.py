"""What the processes of a race do: each opens the shared installation by itself and acts through the product's doors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from time import sleep
from typing import Any, cast

from tests.integration.race_crowd import Member
from tests.integration.race_world import BART, Place, Shared, minutes
from workflow import activations, activations_delivery, registrations
from workflow.access import Door
from workflow.access import activation as looked_at
from workflow.activations_code import CodeAccepted, CodeMissed, submit_code
from workflow.errors import BisdeskError, ConcurrentChange
from workflow.model import Actor, Reason
from workflow.outbox import Channel, Delivery, DeliveryState, MessageKind, Settlement
from workflow.ports import Change, UnitOfWork
from workflow.recording import record
from workflow.timers import fire_due

WRONG = "ZZZZZ ZZZZZ ZZZZZ ZZZZZ"


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of one try: `won`, or the code of the refusal; and whom a lost race names."""

    came_to: str
    named: str = ""


def take(member: Member, place: Place, refs: Sequence[str], email: str) -> list[Tried]:
    """Try to take each request at the same instant as everybody else."""
    app = place.app()
    officer = app.officer(email)
    return [_raced(member, app, officer, lambda door, ref=ref: registrations.take(door, ref)) for ref in refs]


def take_after_looking(member: Member, place: Place, refs: Sequence[str], email: str) -> list[Tried]:
    """The same, but nobody writes before everybody has looked: what PostgreSQL allows, and a database lock does not hide."""
    app = place.app()
    officer = app.officer(email)

    def act(door: Door, ref: str) -> object:
        held = replace(door, uow=cast(UnitOfWork, HeldUnit(door.uow, member)))
        return registrations.take(held, ref)

    return [_tried(app, officer, lambda door, ref=ref: act(door, ref)) for ref in refs]


def approve_or_withdraw(member: Member, place: Place, refs: Sequence[str]) -> list[Tried]:
    """Even processes approve each request, odd ones withdraw it."""
    app = place.app()
    officer = app.officer(BART)

    def act(door: Door, ref: str) -> object:
        if member.index % 2:
            return registrations.withdraw(door, ref, Reason("applicant"))
        return registrations.approve(door, ref, extension_confirmed=False)

    return [_raced(member, app, officer, lambda door, ref=ref: act(door, ref)) for ref in refs]


def enter_codes(member: Member, place: Place, rounds: Sequence[tuple[str, Sequence[str]]]) -> list[list[str]]:
    """In each round enter all codes of this process at once, each in a thread of its own; what each was told."""
    app = place.app()

    def enter(ref: str, code: str) -> str:
        with app.unit_of_work() as uow:
            match submit_code(app.door(uow, Actor.applicant(), app.clock.now()), ref, code):
                case CodeAccepted():
                    return "accepted"
                case CodeMissed():
                    return "wrong"
                case refused:
                    return type(refused).__name__

    told = []
    for ref, codes in rounds:
        with ThreadPoolExecutor(len(codes)) as threads:
            member.line_up()
            told.append(list(threads.map(lambda code, ref=ref: enter(ref, code), codes)))
    return told


def sweep(member: Member, place: Place, now: datetime) -> int:
    """Fire what is due; how many timers this process fired."""
    app = place.app(now)
    member.line_up()
    return fire_due(app.unit_of_work, now=now, tools=app.tools).fired


def sweep_or_look(member: Member, place: Place, now: datetime, refs: Sequence[str]) -> int:
    """Even processes sweep, odd ones touch the cases one by one from the other end, as commands do."""
    if member.index % 2 == 0:
        return sweep(member, place, now)
    app = place.app(now)
    member.line_up()
    for ref in refs:
        _tried(app, Actor.applicant(), lambda door, ref=ref: looked_at(door, ref))
    return 0


def dispatch(member: Member, place: Place, now: datetime, batch: int) -> int:
    """Send what is owed; how many messages this process handed over."""
    app = place.app(now)
    dispatcher = replace(app.dispatcher, batch=batch)
    member.line_up()
    return dispatcher.drain(now).accepted


def dispatch_once(member: Member, place: Place, now: datetime, batch: int) -> int:
    """Send one batch; how many rows this process claimed."""
    app = place.app(now)
    dispatcher = replace(app.dispatcher, batch=batch)
    member.line_up()
    return dispatcher.run_once(now).claimed


def claimed(app: Shared, uow: UnitOfWork, ref: str, kind: MessageKind) -> Delivery:
    """The row of one message of a case, leased and begun, as a dispatcher holds it; the others are put back."""
    now, until = app.clock.now(), app.clock.now() + minutes(5)
    rows = uow.outbox.claim(frozenset({Channel.EMAIL, Channel.SMS}), now=now, lease_until=until, limit=1000)
    mine = app.case(ref).id
    for row in rows:
        if (row.message.case_id, row.message.kind) != (mine, kind):
            uow.outbox.settle(row, Settlement(DeliveryState.QUEUED, now, counts=False), now=now)
    held = next(row for row in rows if (row.message.case_id, row.message.kind) == (mine, kind))
    assert uow.outbox.begin(held, now=now, lease_until=until)
    return held


def recorded(app: Shared, uow: UnitOfWork, row: Delivery) -> bool:
    """Write that the provider accepted a row, and let that move the case; False when the row is no longer ours."""
    now, accepted = app.clock.now(), Settlement(DeliveryState.ACCEPTED)
    if not record(uow, row, accepted, now=now):
        return False
    activations_delivery.settled(uow, row.message, accepted, now=now, tools=app.tools)
    return True


def record_together(member: Member, place: Place, ref: str, kind: MessageKind) -> None:
    """Record that a message was accepted, looking at the case before anybody has committed; again when that is refused."""
    app = place.app()
    if member.index == 0:
        with app.unit_of_work() as uow:
            held = claimed(app, uow, ref, kind)
            uow.commit()
    member.line_up()
    if member.index == 1:
        with app.unit_of_work() as uow:
            held = claimed(app, uow, ref, kind)
            uow.commit()
    member.line_up()
    for _ in range(3):
        try:
            with app.unit_of_work() as uow:
                assert recorded(app, uow, held)
                sleep(0.3)  # long enough for the other one to look, unless it has to wait
                uow.commit()
                return
        except ConcurrentChange:
            continue
    raise AssertionError("the outcome was never recorded")


def record_or_cancel(member: Member, place: Place, refs: Sequence[str]) -> list[str]:
    """Process 0 records that the mail of each case was accepted; process 1 cancels the case in the middle of that."""
    app = place.app()
    officer = app.officer(BART)
    told = []
    for ref in refs:
        if member.index:
            member.line_up()
            told.append(
                _tried_again(app, officer, lambda door, ref=ref: activations.cancel(door, ref, Reason("death")))
            )
            member.line_up()
        else:
            told.append(_recorded_slowly(member, app, ref))
    return told


def _recorded_slowly(member: Member, app: Shared, ref: str) -> str:
    with app.unit_of_work() as uow:
        held = claimed(app, uow, ref, MessageKind.M1)
        uow.commit()
    member.line_up()
    try:
        with app.unit_of_work() as uow:
            settled = record(uow, held, Settlement(DeliveryState.ACCEPTED), now=app.clock.now())
            sleep(0.1)  # long enough for the other process to hold the case, unless it has to wait
            if settled:
                accepted = Settlement(DeliveryState.ACCEPTED)
                activations_delivery.settled(uow, held.message, accepted, now=app.clock.now(), tools=app.tools)
                uow.commit()
        return "recorded" if settled else "void"
    except BisdeskError as trouble:
        return trouble.code
    finally:
        member.line_up()


def _tried_again(app: Shared, actor: Actor, act: Callable[[Door], object]) -> str:
    """Until nobody else was first, as a person would."""
    for _ in range(5):
        tried = _tried(app, actor, act)
        if tried.came_to != ConcurrentChange.code:
            break
    return tried.came_to


def at_the_edge(member: Member, place: Place, refs: Sequence[tuple[str, str]], edge: datetime) -> list[Tried]:
    """Process 0 enters the right code just before the link ends, 1 sweeps as it ends, 2 renews just after."""
    offset = (-0.001, 0.0, 0.001)[member.index]
    now = edge.fromtimestamp(edge.timestamp() + offset, tz=edge.tzinfo)
    app = place.app(now)
    tried = []
    for ref, code in refs:
        member.line_up()
        match member.index:
            case 0:
                tried.append(Tried(type(_entered(app, ref, code)).__name__))
            case 1:
                tried.append(Tried(f"fired {fire_due(app.unit_of_work, now=now, tools=app.tools).fired}"))
            case _:
                tried.append(_tried(app, Actor.applicant(), lambda door, ref=ref: activations.renew_link(door, ref)))
    return tried


def _entered(app: Shared, ref: str, code: str) -> object:
    with app.unit_of_work() as uow:
        return submit_code(app.door(uow, Actor.applicant(), app.clock.now()), ref, code)


def _raced(member: Member, app: Shared, actor: Actor, act: Callable[[Door], object]) -> Tried:
    member.line_up()
    return _tried(app, actor, act)


def _tried(app: Shared, actor: Actor, act: Callable[[Door], object]) -> Tried:
    try:
        app.does(actor, act)
    except ConcurrentChange as lost:
        return Tried(lost.code, f"{lost.event} by {lost.by}")
    except BisdeskError as refused:
        return Tried(refused.code)
    return Tried("won")


class HeldUnit:
    """A unit of work whose first change waits until every process is about to write one."""

    def __init__(self, real: UnitOfWork, member: Member) -> None:
        self._real = real
        self.cases = HeldCases(real, member)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


class HeldCases:
    """The port `Cases`, which lets nobody write before everybody has looked."""

    def __init__(self, real: UnitOfWork, member: Member) -> None:
        self._real = real.cases
        self._member = member

    def move(self, change: Change, *, lost: Callable[[], Exception]) -> None:
        """As the real one, once all are here."""
        self._member.line_up()
        self._real.move(change, lost=lost)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)
