"""Short steps of the contract suite: open, move, owe, claim."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Thread
from typing import Any, TypeVar
from uuid import UUID

from tests import builders
from tests.builders import START
from workflow.model import Activation, Case, ContactClaim
from workflow.outbox import Channel, Delivery, QueuedMessage, Settlement
from workflow.ports import Change, UnitOfWork

T = TypeVar("T")
EMAIL = ContactClaim("contact.email", "zoe.dubois@example.org")
ALL_CHANNELS = frozenset(Channel)
LEASE = timedelta(minutes=5)


def later(**by: float) -> datetime:
    """So long after START."""
    return START + timedelta(**by)


def opened(
    uow: UnitOfWork, lifecycle: str = "registration", *, detail: dict[str, Any] | None = None, **more: Any
) -> Case:
    """A case that was written and never moved."""
    case = builders.case(lifecycle, **more)
    make = builders.request_detail if lifecycle == "registration" else builders.activation_detail
    uow.cases.open(case, make(case.id, **(detail or {})))
    return case


def moved(uow: UnitOfWork, case: Case, **what: Any) -> Case:
    """The case after a change that must succeed."""
    change = builders.change(case, **what)
    assert uow.cases.apply(change)
    return builders.moved(change)


def attempted(uow: UnitOfWork, case: Case, *, limit: int = 3) -> int | None:
    """The number of a counted try of an activation, in the state that it has."""
    return uow.cases.count_try(try_of(case), limit=limit)


def try_of(case: Case, **more: Any) -> Change:
    """The change that counts a try."""
    return builders.change(case, to=case.state, **more)


def owed(uow: UnitOfWork, *messages: dict[str, Any], case: Case | None = None) -> list[QueuedMessage]:
    """Messages that one move of a case owes."""
    of = case or opened(uow, "activation")
    made = [builders.message(of, **message) for message in messages or ({},)]
    moved(uow, of, messages=tuple(made))
    return made


def claimed(uow: UnitOfWork, *, now: datetime = START, limit: int = 10, **more: Any) -> list[Delivery]:
    """Rows leased for five minutes from `now`."""
    channels = more.get("channels", ALL_CHANNELS)
    return uow.outbox.claim(channels, now=now, lease_until=now + LEASE, limit=limit)


def begun(uow: UnitOfWork, *, now: datetime = START) -> Delivery:
    """One row whose attempt has started."""
    row = claimed(uow, now=now, limit=1)[0]
    assert uow.outbox.begin(row, now=now, lease_until=now + LEASE)
    return row


def settled(uow: UnitOfWork, settlement: Settlement, *, now: datetime = START) -> UUID:
    """One row of which an attempt came to this; its id."""
    row = begun(uow, now=now)
    assert uow.outbox.settle(row, settlement, now=now)
    return row.message.id


def in_threads(count: int, work: Callable[[int], T]) -> list[T]:
    """What the same work gave in several threads at once; an error in one of them is raised here."""
    results: dict[int, T] = {}
    errors: list[BaseException] = []

    def run(number: int) -> None:
        try:
            results[number] = work(number)
        except BaseException as error:  # noqa: BLE001 - carried over to the thread of the test
            errors.append(error)

    threads = [Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return [results[number] for number in range(count)]


def activation_of(uow: UnitOfWork, case: Case) -> Activation:
    """The detail of an activation as it is stored."""
    return uow.cases.activation(case.id, now=START)[1]
