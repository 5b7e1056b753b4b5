"""The dispatcher killed at every step, and two of them at once: never lost, at most one extra copy, every copy identical."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from notifications.envelopes import Mail
from notifications.outcome import Accepted, Outcome
from notifications.transports.recording import RecordingMail
from tests.unit.notifications.dispatch_example import Queue
from workflow.outbox import DeliveryState, MessageKind

S, M = DeliveryState, MessageKind
LEASE_AND_MORE = 20  # minutes


class Killed(BaseException):
    """The process ends here: no handler of the product may catch it."""


class KilledStore:
    """A store whose process dies at the n-th commit, before or after it became durable."""

    def __init__(self, store: Any, *, at: int, durable: bool) -> None:
        self._store, self._left, self._durable = store, at, durable

    def unit_of_work(self) -> Any:
        return _KilledUnit(self._store.unit_of_work(), self)

    def commit(self, really: Callable[[], None]) -> None:
        self._left -= 1
        if self._left == 0:
            if self._durable:
                really()
            raise Killed
        really()


class _KilledUnit:
    def __init__(self, unit: Any, store: KilledStore) -> None:
        self._unit, self._store = unit, store

    def __enter__(self) -> _KilledUnit:
        self._unit.__enter__()
        return self

    def __exit__(self, *told: Any) -> None:
        self._unit.__exit__(*told)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._unit, name)

    def commit(self) -> None:
        self._store.commit(self._unit.commit)


class KilledSending(RecordingMail):
    """A mail transport whose process dies in the act, with the mail handed over or not."""

    def __init__(self, *, taken: bool) -> None:
        super().__init__()
        self.taken = taken

    async def send(self, mail: Mail) -> Outcome:
        self.tried.append(mail)
        if self.taken:
            self.accepted.append(mail)
        raise Killed


@pytest.mark.parametrize("durable", [False, True], ids=["before the commit", "after the commit"])
@pytest.mark.parametrize("at", [1, 2, 3], ids=["claim", "begin", "settle"])
def test_killed_at_any_commit_the_mail_leaves_and_at_most_once_too_often(at: int, durable: bool) -> None:
    queue = Queue()
    message, store = queue.owed(secret="token"), queue.store
    queue.store = KilledStore(store, at=at, durable=durable)
    with pytest.raises(Killed):
        queue.drain()

    queue.store = store
    queue.drain(minutes=LEASE_AND_MORE)
    queue.drain(minutes=LEASE_AND_MORE)

    expected = 2 if at == 3 and not durable else 1  # the one window: taken by the provider, not yet recorded
    assert queue.state(message) is S.ACCEPTED
    assert len(queue.mail.accepted) == expected
    assert len({mail.content for mail in queue.mail.accepted}) == 1


@pytest.mark.parametrize("taken", [False, True], ids=["not taken", "taken"])
def test_killed_while_sending_the_mail_leaves_and_at_most_once_too_often(taken: bool) -> None:
    queue = Queue()
    message = queue.owed()
    queue.mail = killed = KilledSending(taken=taken)
    with pytest.raises(Killed):
        queue.drain()

    queue.mail = RecordingMail()
    queue.drain(minutes=LEASE_AND_MORE)

    copies = {mail.content for mail in (*killed.tried, *queue.mail.accepted)}
    assert queue.state(message) is S.ACCEPTED
    assert len(queue.mail.accepted) == 1
    assert len(copies) == 1


def test_an_sms_of_a_worker_that_died_is_looked_up_before_anything_is_sent_again() -> None:
    queue = Queue()
    code, store = queue.owed(M.M3), queue.store
    queue.store = KilledStore(store, at=3, durable=False)
    with pytest.raises(Killed):
        queue.drain()

    queue.store = store
    queue.drain(minutes=LEASE_AND_MORE)

    assert len(queue.sms.tried) == 1
    assert len(queue.sms.looked_up) == 1
    assert queue.state(code) is S.ACCEPTED


def test_a_row_that_another_worker_holds_is_left_alone() -> None:
    queue = Queue()
    queue.owed()
    with queue.store.unit_of_work() as uow:
        dispatcher = queue.dispatcher
        lease = queue.now.replace(hour=23)
        uow.outbox.claim(frozenset({"email"}), now=queue.now, lease_until=lease, limit=10)
        uow.commit()

    sent = dispatcher.drain(queue.now)

    assert sent.claimed == 0
    assert queue.mail.tried == []


def test_a_worker_that_slept_past_its_lease_changes_nothing_any_more() -> None:
    class Sleeps(RecordingMail):
        """Another worker frees the row and sends it, while this one is in the middle of sending."""

        async def send(self, mail: Mail) -> Outcome:
            self.tried.append(mail)
            with queue.store.unit_of_work() as uow:
                later = queue.now.replace(hour=23)
                uow.outbox.rescue(now=later)
                row = uow.outbox.claim(frozenset({"email"}), now=later, lease_until=later, limit=1)[0]
                assert uow.outbox.begin(row, now=later, lease_until=later)
                uow.commit()
            return Accepted("of the zombie")

    queue = Queue(mail=Sleeps())
    message = queue.owed()

    sent = queue.dispatcher.run_once(queue.now)

    assert sent.accepted == 0
    assert queue.heard == []
    assert (queue.state(message), queue.row(message).provider_ref) == (S.SENDING, None)


def test_a_message_cancelled_after_the_claim_is_not_sent() -> None:
    queue = Queue()
    message = queue.owed(send_before=queue.now.replace(hour=20))

    def cancels(uow: Any, which: Any, now: Any) -> bool:
        uow.outbox.overdue(now=queue.now.replace(hour=21))
        uow.commit()
        return True

    queue.before_send = cancels
    queue.dispatcher.run_once(queue.now)

    assert queue.mail.tried == []
    assert queue.state(message) is S.CANCELLED
