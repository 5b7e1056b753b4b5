"""The heartbeat: a walk of an invented person through every step, broken off, held up, resumed, replaced."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from types import TracebackType
from typing import Any

import pytest

from identity.numbers import parse_insz
from identity.problems import NumberError
from store.memory import MemoryStore
from tests.support.world import World
from workflow import activations, issuing
from workflow.access import sees
from workflow.canary import NO_NUMBER, Canary, Heartbeat, Route, heartbeat, state_of_walk, step
from workflow.errors import NotFound
from workflow.lifecycles.activation import State
from workflow.model import CANARY, Actor, Case, Reason, Role
from workflow.outbox import DeliveryState, MessageKind, Settlement
from workflow.ports import UnitOfWork

M, S = MessageKind, DeliveryState
EVERY = timedelta(hours=1)
ROUTE = Route("canary@bisdesk.test", ("+32470000001", "+32470000002"), EVERY)
DOWN = Settlement(S.QUEUED, counts=False, error="connect")


class Killed(Exception):
    """The process is gone."""


class Dying:
    """Units of work whose process dies at one of its commits, before or after it is durable."""

    def __init__(self, store: MemoryStore, *, at: int, durable: bool) -> None:
        self._store, self.left, self._durable = store, at, durable

    def unit_of_work(self) -> UnitOfWork:
        """A transaction of this process."""
        return _DyingUnit(self._store.unit_of_work(), self)  # type: ignore[return-value]

    def commit(self, commit: Callable[[], None]) -> None:
        """One commit less to live."""
        self.left -= 1
        if self.left < 0 and not self._durable:
            raise Killed
        commit()
        if self.left < 0:
            raise Killed


class _DyingUnit:
    def __init__(self, unit: UnitOfWork, life: Dying) -> None:
        self._unit, self._life = unit, life

    def __getattr__(self, name: str) -> Any:
        return getattr(self._unit, name)

    def __enter__(self) -> _DyingUnit:
        self._unit.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._unit.__exit__(kind, error, trace)

    def commit(self) -> None:
        self._life.commit(self._unit.commit)


def canary_of(world: World, **changes: Any) -> Canary:
    canary = Canary(
        world.store.unit_of_work, world.tools, ROUTE, mint=world.mint,
        app_shows=lambda secret, now: world.otp.code(secret, world.otp.step(now)),
    )  # fmt: skip
    return replace(canary, **changes)


def walked(world: World, canary: Canary | None = None) -> int:
    """Ticks until nothing is left to do; how many steps the canary took."""
    steps = 0
    while (went := step(canary or canary_of(world), world.now)) + world.deliver() + world.fire_timers().fired:
        steps += went
    return steps


def beat(world: World) -> Heartbeat:
    with world.store.unit_of_work() as uow:
        return heartbeat(uow.measures.taken(now=world.now).counted, ROUTE, now=world.now)


def walks(world: World) -> list[Case]:
    """Every walk that there ever was, oldest first."""
    with world.store.unit_of_work() as uow:
        return [case for case, _ in uow.cases.listed("activation", now=world.now, entity=CANARY)]


def waits_in(world: World) -> str | None:
    with world.store.unit_of_work() as uow:
        return state_of_walk(uow, now=world.now)


def test_a_walk_goes_through_the_whole_chain_and_leaves_nothing_of_its_person() -> None:
    world = World()

    states, went = [], 0
    while step(canary_of(world), world.now):
        states.append(waits_in(world))
        went += 1
        world.wait(seconds=2)
        world.deliver()

    ref, case_id = walks(world)[0].ref, walks(world)[0].id
    assert states == [State.ISSUING, State.PROFILE_ACTIVATED, State.KEY_SETUP, State.ACTIVE, None]
    assert [event for event in world.events(ref) if event != "activation.first_message_accepted"] == [
        "activation.issued", "activation.dispatched", "activation.try_counted", "activation.code_accepted",
        "activation.key_chosen", "activation.key_confirmed", "activation.cancelled", "activation.purged",
    ]  # fmt: skip
    assert sorted(one.kind for one in world.sent(ref)) == [M.M1, M.M11, M.M2, M.M3]
    with world.store.unit_of_work() as uow:
        assert uow.people.get(case_id) == {}
        assert issuing.holder_of(uow, case_id) is None
        assert [key.secret for key in uow.keys.of(case_id)] == [None]
    assert world.timers(ref) == {}


def test_what_each_step_took_is_told_with_the_age_of_the_walk() -> None:
    world = World()
    step(canary_of(world), world.now)
    world.wait(seconds=7)
    world.deliver()
    for seconds in (2, 1, 3, 4):
        world.wait(seconds=seconds)
        step(canary_of(world), world.now)
        world.deliver()
    world.wait(minutes=10)

    told = beat(world)

    took = {name: taken.total_seconds() for name, taken in told.steps.items()}
    assert took == {"handed_over": 7, "code_entered": 2, "key_confirmed": 4, "ended": 4}
    assert (told.age, told.arrived, told.failures, told.late) == (timedelta(minutes=10), True, 0, False)


def test_the_next_one_sets_out_when_the_interval_is_over() -> None:
    world = World()
    first = walked(world)

    world.wait(minutes=59)
    early = walked(world)
    world.wait(minutes=1)
    due = walked(world)

    assert (first, early, due) == (5, 0, 5)
    assert [case.state for case in walks(world)] == [State.CANCELLED] * 2


@pytest.mark.parametrize("kind", [M.M1, M.M3, M.M11])
def test_a_provider_that_is_down_is_an_alarm_after_the_bound_and_recovers(kind: MessageKind) -> None:
    world = World()
    world.post.outcomes[kind] = replace(DOWN, not_before=world.now + timedelta(days=1))
    walked(world)
    world.wait(minutes=14, seconds=59)
    walked(world)
    within = beat(world).failures
    world.wait(seconds=1)
    walked(world)
    after, left = beat(world).failures, waits_in(world)

    del world.post.outcomes[kind]
    world.wait(minutes=45)
    walked(world)

    assert (within, after, left) == (0, 1, None)
    assert beat(world).arrived
    assert beat(world).age == timedelta()
    given_up = world.history(walks(world)[0].ref)
    assert "canary_given_up" in {event.reason_code for event in given_up}
    with world.store.unit_of_work() as uow:
        assert uow.outbox.listed(frozenset({S.QUEUED}), limit=9) == [], "nothing of it is ever sent"


def test_three_intervals_without_a_finished_walk_are_late() -> None:
    world = World()
    world.post.outcomes[M.M3] = replace(DOWN, not_before=world.now + timedelta(days=9))
    seen = []
    for _ in range(5):
        walked(world)
        seen.append((beat(world).arrived, beat(world).late, beat(world).age))
        world.wait(hours=1)

    hours = [timedelta(hours=hour) for hour in range(5)]
    assert seen == list(zip([False] * 5, [False] * 4 + [True], hours, strict=True))


def test_without_a_first_walk_there_is_neither_an_age_nor_an_alarm() -> None:
    assert beat(World()) == Heartbeat(None, False, {}, 0, False)


@pytest.mark.parametrize("durable", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", range(7))
def test_a_walk_whose_process_dies_at_any_commit_is_finished_by_the_next(at: int, durable: bool) -> None:
    world = World()
    assert isinstance(world.store, MemoryStore)
    life = Dying(world.store, at=at, durable=durable)

    with pytest.raises(Killed):
        walked(world, canary_of(world, uow_factory=life.unit_of_work))
    world.wait(seconds=30)
    walked(world)

    assert len(walks(world)) == 1
    assert beat(world).arrived
    assert beat(world).failures == 0
    counted_in_vain = (at, durable) in {(1, True), (2, False)}
    assert world.activation(walks(world)[0].ref).attempts_used == 1 + counted_in_vain


def test_a_walk_that_nobody_went_on_with_is_replaced() -> None:
    world = World()
    step(canary_of(world), world.now)
    world.wait(days=40)

    walked(world)

    assert [case.state for case in walks(world)] == [State.CANCELLED] * 2
    assert (beat(world).failures, beat(world).arrived) == (1, True)


def test_a_receipt_that_erases_the_code_at_once_does_not_stop_the_walk() -> None:
    world = World()
    step(canary_of(world), world.now)
    world.deliver()
    ref = walks(world)[0].ref
    sms = world.queue(ref, M.M3)[0]
    with world.store.unit_of_work() as uow:
        uow.outbox.move(sms, Settlement(S.DELIVERED, erase_secret=True), now=world.now)
        uow.commit()

    walked(world)

    assert beat(world).arrived


def test_the_numbers_take_turns() -> None:
    world, seen = World(), []
    for _ in range(3):
        step(canary_of(world), world.now)
        with world.store.unit_of_work() as uow:
            holder = issuing.holder_of(uow, next(iter(uow.people.find("canary", ("under way",)))))
        seen.append(holder and holder.mobile)
        walked(world)
        world.wait(hours=1)

    assert seen == [ROUTE.mobiles[0], ROUTE.mobiles[1], ROUTE.mobiles[0]]


def test_two_processes_that_set_out_at_once_send_one_person_only() -> None:
    world = World()
    first = canary_of(world)

    def late_mint(now: datetime) -> Any:
        assert step(first, now)
        return world.mint(now)

    went = step(replace(first, mint=late_mint), world.now)

    assert not went
    assert len(walks(world)) == 1
    assert beat(world).failures == 0


def test_an_address_that_an_applicant_holds_is_left_to_them() -> None:
    world = World()
    ref = world.issued()
    with world.store.unit_of_work() as uow:
        holder = issuing.holder_of(uow, uow.cases.activation(ref, now=world.now)[0].id)
    assert holder is not None

    step(canary_of(world, route=replace(ROUTE, email=holder.email)), world.now)

    assert walks(world) == []
    assert beat(world).failures == 1
    assert world.state(ref) == State.AWAITING_CODE


def test_a_walk_that_somebody_ended_is_an_alarm() -> None:
    world = World()
    step(canary_of(world), world.now)
    world.does(Actor.clock(), activations.cancel, walks(world)[0].ref, Reason("superseded"))

    walked(world)

    assert (beat(world).failures, waits_in(world)) == (1, None)


def test_no_officer_sees_or_moves_the_walk() -> None:
    world = World()
    step(canary_of(world), world.now)
    case = walks(world)[0]

    seen = [sees(Actor.of(user), case) for user in (world.anna, world.bart, world.carla)]
    with pytest.raises(NotFound):
        world.does(world.bart, activations.reissue_code, case.ref)

    assert seen == [False] * 3
    assert sees(Actor("operator", frozenset({Role.OPERATOR})), case)
    with world.store.unit_of_work() as uow:
        assert uow.outbox.listed(frozenset(), limit=9, apart_from=CANARY) == []
        assert list(uow.cases.listed("registration", now=world.now)) == []


def test_nobody_can_have_the_number_and_no_index_knows_it() -> None:
    world = World()
    step(canary_of(world), world.now)

    with pytest.raises(NumberError):
        parse_insz(NO_NUMBER, today=date(2026, 11, 20))
    with world.store.unit_of_work() as uow:
        assert uow.cases.activations_of(NO_NUMBER, now=world.now) == []
    assert world.ask_register() == 0
