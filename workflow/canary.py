"""The heartbeat: an invented person is sent a link and a code, enters it, makes a key and leaves, and then the next one may come.

It takes the doors that everybody takes and writes nothing beside them but its figures. It knows no provider: who stands in for
the person is an argument. A walk may be broken off anywhere; the state of its case tells where it stands.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from workflow import access, activations, activations_code, activations_keys, issuing
from workflow.access import Door
from workflow.activations_code import CodeAccepted, CodeMissed
from workflow.advance import Move, Tools, advance
from workflow.codes import ALPHABET, Minted
from workflow.lifecycles.activation import FINAL, State, Trigger, activation
from workflow.lifecycles.activation_guards import Facts
from workflow.model import CANARY, Actor, AuditEvent, Case, Holder, KeyKind, KeyState, Language, Reason
from workflow.outbox import MessageKind
from workflow.ports import UnitOfWork, UnitOfWorkFactory

T, M = Trigger, MessageKind
NO_NUMBER = (
    "00000000000"  # the two check digits run from 01 to 97, so nobody has this number (D1); it is not indexed either
)
LONGEST = timedelta(minutes=15)  # a walk takes seconds; what takes longer than this, no applicant would wait for
MISSED = 3  # intervals without a finished walk are an alarm
INDEX, WALK = "canary", "under way"  # the blind index by which the one walk is found; it goes with the person
CODE = "canary.code"  # sealed with the person: a receipt of its SMS erases the queue's copy before the next step
ENDED, GIVEN_UP = Reason("canary"), Reason("canary_given_up")
FIRST_AT, STARTED_AT, FINISHED_AT = "canary_first_at_ms", "canary_started_at_ms", "canary_finished_at_ms"
WALKS, FAILURES, TOOK = "canary_walks", "canary_failures", "canary_took_ms_"
# The steps that are timed, each with the move that ends it.
STEPS = {"handed_over": T.DISPATCHED, "code_entered": T.SUBMIT_CODE, "key_confirmed": T.CONFIRM_KEY, "ended": T.CANCEL}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Route:
    """Who stands in for the invented person, and how often somebody sets out."""

    email: str = field(repr=False)
    mobiles: tuple[str, ...] = field(repr=False)  # in turn: each takes only so many codes a day
    every: timedelta

    @property
    def bound(self) -> timedelta:
        """How long a walk may take; it is over before the next one is due."""
        return min(self.every, LONGEST)


@dataclass(frozen=True, slots=True)
class Canary:
    """What a walk works with."""

    uow_factory: UnitOfWorkFactory
    tools: Tools
    route: Route
    mint: Callable[[datetime], Minted]
    app_shows: Callable[[str, datetime], str]  # the one-time code of an app key's secret


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """How the walks went."""

    age: timedelta | None  # since one last finished, or since the first began where none has; None before that
    arrived: bool  # whether any has finished
    steps: Mapping[str, timedelta]  # of the last finished one
    failures: int
    late: bool


def step(canary: Canary, now: datetime) -> bool:
    """Take the next step of the walk, or set out where one is due; whether anything was done.

    Raises: ConcurrentChange and what the use cases refuse; then nothing of this step is written.
    """
    with canary.uow_factory() as uow:
        case_id, started = _walk(uow), uow.measures.noted(STARTED_AT)
    if case_id is not None:
        return _go_on(canary, case_id, now)
    due = started is None or now >= _moment(started) + canary.route.every
    return due and _set_out(canary, now)


def heartbeat(counted: Mapping[str, int], route: Route, *, now: datetime) -> Heartbeat:
    """How the walks went, from the figures that they left."""
    since = counted.get(FINISHED_AT, counted.get(FIRST_AT))
    age = None if since is None else max(now - _moment(since), timedelta())
    steps = {name: counted[TOOK + name] * MILLISECOND for name in STEPS if TOOK + name in counted}
    late = age is not None and age > MISSED * route.every
    return Heartbeat(age, FINISHED_AT in counted, steps, counted.get(FAILURES, 0), late)


def state_of_walk(uow: UnitOfWork, *, now: datetime) -> str | None:
    """Where the walk that is under way stands; None where nobody walks."""
    case_id = _walk(uow)
    return uow.cases.activation(case_id, now=now)[0].state if case_id else None


def _set_out(canary: Canary, now: datetime) -> bool:
    """Owe link and code to a new person, all in one transaction; the addresses let one at a time hold them (AM3-2)."""
    minted = canary.mint(now)
    with canary.uow_factory() as uow:
        door = Door(uow=uow, actor=Actor.clock(), now=now, tools=canary.tools)
        person = _person(canary.route, minted, turn=uow.measures.noted(WALKS) or 0)
        case = issuing.issue_to(door, person, entity=CANARY, language=Language.NL, minted=minted)
        if case is None and _walk(uow) is not None:
            return False  # somebody else set out at this moment
        uow.measures.note(STARTED_AT, _figure(now))
        uow.measures.count(WALKS, 1)
        if uow.measures.noted(FIRST_AT) is None:
            uow.measures.note(FIRST_AT, _figure(now))
        if case is None:
            uow.measures.count(FAILURES, 1)  # the address is that of an applicant
        else:
            uow.people.index(case.id, INDEX, (WALK,))
            uow.people.put(case.id, {CODE: json.dumps(_code_of(uow, case))})
        uow.commit()
    return True


def _go_on(canary: Canary, case_id: UUID, now: datetime) -> bool:
    with canary.uow_factory() as uow:
        door = Door(uow=uow, actor=Actor.applicant(), now=now, tools=canary.tools)
        case, _ = access.activation(door, uow.cases.activation(case_id, now=now)[0].ref)
        if case.state in FINAL or now >= case.opened_at + canary.route.bound:
            _give_up(door, case)
            done = True
        else:
            done = _walk_on(canary, door, case)
        uow.commit()
    return done


def _walk_on(canary: Canary, door: Door, case: Case) -> bool:
    """What the person does next; nothing while messages are on their way."""
    match State(case.state):
        case State.AWAITING_CODE:
            code = json.loads(door.uow.people.get(case.id)[CODE])
            outcome = activations_code.submit_code(door, case.ref, code)
            return isinstance(outcome, CodeAccepted | CodeMissed)
        case State.PROFILE_ACTIVATED:
            password = door.tools.chance.pick(ALPHABET, 24)
            activations_keys.choose_key(
                door, case.ref, KeyKind.TOTP, username=f"canary.{case.ref.lower()}", password=password
            )
            return True
        case State.KEY_SETUP:
            code = canary.app_shows(_secret_of_key(door, case), door.now)
            return isinstance(activations_keys.confirm_key(door, case.ref, code), Case)
        case State.ACTIVE if activations.handed_over(door.uow.outbox.of_case(case.id), (M.M11,)):
            _arrive(door, case)
            return True
        case _:
            return False


def _arrive(door: Door, case: Case) -> None:
    """The whole chain worked: write down when, and how long each step took."""
    _leave(door, case, ENDED)
    door.uow.measures.note(FINISHED_AT, _figure(door.now))
    for name, took in _took(door.uow.cases.history(case.id)).items():
        door.uow.measures.note(TOOK + name, took // MILLISECOND)


def _give_up(door: Door, case: Case) -> None:
    """It took too long, or somebody ended it: that is the alarm, and the next one finds the way free."""
    _leave(door, case, GIVEN_UP)
    door.uow.measures.count(FAILURES, 1)


def _leave(door: Door, case: Case, reason: Reason) -> None:
    """End the activation and forget its person at once; nobody is told, for what waited to be sent goes too."""
    own = replace(door, actor=Actor.clock())
    if case.state not in FINAL:
        case = activations.cancel(own, case.ref, reason)
    move = Move(trigger=T.PURGE, actor=own.actor, now=own.now)
    advance(own.uow, case, move, lifecycle=activation, facts=Facts(), tools=own.tools)


def _person(route: Route, minted: Minted, *, turn: int) -> Holder:
    """Somebody who cannot be anybody; a key of their own, so that no two walks hold the mailbox at once."""
    mobile = route.mobiles[turn % len(route.mobiles)]
    return Holder(
        given_name="Canary", family_name="Bisdesk", email=route.email, mobile=mobile, insz=NO_NUMBER,
        person_key=f"canary {minted.case_id}",
    )  # fmt: skip


def _walk(uow: UnitOfWork) -> UUID | None:
    return next(iter(uow.people.find(INDEX, (WALK,))), None)


def _code_of(uow: UnitOfWork, case: Case) -> str | None:
    """The code that the SMS will bring."""
    sms = activations.latest(uow.outbox.of_case(case.id), (M.M3,))
    return uow.outbox.secret_of(sms.message.id) if sms else None


def _secret_of_key(door: Door, case: Case) -> str:
    keys = [key for key in door.uow.keys.of(case.id) if key.state is KeyState.PENDING]
    return next((key.secret for key in keys if key.secret), "")


def _took(history: list[AuditEvent]) -> dict[str, timedelta]:
    """How long each step took, from the end of the one before."""
    at = {event.trigger: event.occurred_at for event in history}
    ends = [at[T.ISSUE], *(at[trigger] for trigger in STEPS.values())]
    return {name: end - begin for name, begin, end in zip(STEPS, ends[:-1], ends[1:], strict=True)}


def _figure(moment: datetime) -> int:
    return (moment - EPOCH) // MILLISECOND


def _moment(figure: int) -> datetime:
    return EPOCH + figure * MILLISECOND
