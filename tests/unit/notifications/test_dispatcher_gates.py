"""The dispatcher before closed gates and empty buckets: one asks, everybody waits, nothing is lost, the other channel goes on."""

from __future__ import annotations

from collections import deque
from datetime import timedelta

import pytest

from notifications.admission import bucket_of
from notifications.outcome import Accepted, Down, Refused, Transient, Unknown
from tests.unit.notifications.dispatch_example import Queue
from workflow.outbox import Channel, DeliveryState, MessageKind

S, M = DeliveryState, MessageKind
MINUTE = timedelta(minutes=1)
DOWN = Down("smtp_connect")


def test_rows_of_a_batch_whose_provider_is_down_are_put_back_unharmed() -> None:
    queue = Queue()
    queue.mail.script.append(DOWN)
    first, *others = [queue.owed(secret="token") for _ in range(10)]
    before = [queue.row(other) for other in others]

    queue.drain()

    assert (queue.state(first), queue.row(first).attempts) == (S.QUEUED, 0)
    assert [queue.row(other).message for other in others] == [row.message for row in before]
    assert {(queue.state(other), queue.row(other).attempts, queue.row(other).error) for other in others} == {
        (S.QUEUED, 0, None)
    }


def test_while_a_provider_is_down_its_rows_are_not_even_claimed_and_the_other_channel_goes_on() -> None:
    queue = Queue()
    queue.mail.script.append(DOWN)
    waiting = [queue.owed() for _ in range(5)]
    queue.drain()
    fences = [queue.row(row).fence for row in waiting]

    code = queue.owed(M.M3)
    sent = queue.drain(seconds=59)

    assert queue.state(code) is S.ACCEPTED
    assert [queue.row(row).fence for row in waiting] == fences
    assert (sent.claimed, sent.down) == (1, {Channel.EMAIL: "smtp_connect"})


def test_every_worker_finds_the_gate_closed() -> None:
    queue, other = Queue(), Queue()
    other.store = queue.store
    queue.mail.script.append(DOWN)
    for _ in range(5):
        queue.owed()

    queue.drain()
    other.drain(seconds=30)

    assert other.mail.tried == []


def test_one_row_tries_the_gate_once_the_pause_is_over_and_all_follow_when_it_gets_through() -> None:
    queue = Queue()
    queue.mail.script = deque([DOWN, DOWN])
    rows = [queue.owed() for _ in range(10)]

    queue.drain()
    queue.drain(minutes=1)
    tried_while_down = len(queue.mail.tried)
    queue.drain(minutes=1)
    queue.drain(minutes=2)

    assert tried_while_down == 2
    assert queue.gate(Channel.EMAIL).is_open
    assert {queue.state(row) for row in rows} == {S.ACCEPTED}


def test_the_pause_grows_up_to_a_quarter_of_an_hour_while_the_trouble_lasts() -> None:
    queue = Queue()
    queue.mail.script = deque([DOWN] * 100)
    rows = [queue.owed() for _ in range(3)]
    pauses = []

    for _ in range(12):
        queue.drain()
        until = queue.gate(Channel.EMAIL).paused_until
        assert until is not None
        pauses.append(until - queue.now)
        queue.now = until

    assert pauses[0] == MINUTE
    assert pauses == sorted(pauses)
    assert pauses[-1] == 15 * MINUTE
    assert len(queue.mail.tried) == 12
    assert {queue.row(row).attempts for row in rows} == {0}


@pytest.mark.parametrize("answer", [Accepted(), Refused("smtp_550"), Transient("smtp_450")])
def test_any_answer_about_the_message_itself_opens_the_gate(answer: object) -> None:
    queue = Queue()
    queue.mail.script = deque([DOWN, answer])  # type: ignore[list-item]
    for _ in range(3):
        queue.owed()
    queue.drain()

    queue.drain(minutes=1)

    assert queue.gate(Channel.EMAIL).is_open
    assert len(queue.mail.tried) == 3


def test_a_try_that_gets_no_answer_leaves_the_gate_closed() -> None:
    queue = Queue()
    queue.mail.script = deque([DOWN, Unknown("smtp_lost_after_data")])
    for _ in range(3):
        queue.owed()
    queue.drain()

    queue.drain(minutes=1)

    assert not queue.gate(Channel.EMAIL).is_open
    assert len(queue.mail.tried) == 2


def test_a_message_that_is_itself_the_cause_keeps_the_gate_closed_for_nobody() -> None:
    queue = Queue()
    poison = queue.owed(secret="poison")
    good = [queue.owed(M.M2) for _ in range(5)]

    class DownForPoison(deque):  # type: ignore[type-arg]
        def __bool__(self) -> bool:
            return b"poison" in queue.mail.tried[-1].content

        def popleft(self) -> Down:
            return Down("smtp_421")

    queue.mail.script = DownForPoison()
    for _ in range(10):
        queue.drain(seconds=62)

    assert {queue.state(row) for row in good} == {S.ACCEPTED}
    assert queue.state(poison) is S.QUEUED


def test_a_gate_that_nobody_could_try_for_want_of_a_row_is_tried_by_the_first_that_comes() -> None:
    queue = Queue()
    queue.mail.script.append(DOWN)
    first = queue.owed(send_before=queue.now + MINUTE)
    queue.drain()
    queue.drain(minutes=2)

    second = queue.owed()
    queue.drain()

    assert queue.state(first) is not S.ACCEPTED
    assert queue.state(second) is S.ACCEPTED


def test_a_row_that_turns_out_not_to_leave_does_not_use_up_the_try() -> None:
    queue = Queue()
    queue.mail.script.append(DOWN)
    queue.owed()
    queue.drain()
    poisoned, good = queue.owed(params={"poison": "yes"}, not_before=queue.now - MINUTE), queue.owed()

    queue.drain(minutes=1)

    assert (queue.state(poisoned), queue.state(good)) == (S.PARKED, S.ACCEPTED)


def test_a_run_ends_with_the_bucket_and_says_so() -> None:
    queue = Queue(buckets={Channel.EMAIL: bucket_of(2.5)})
    rows = [queue.owed() for _ in range(12)]
    code = queue.owed(M.M3)

    first = queue.drain()
    second = queue.drain(seconds=2)

    assert (first.accepted, first.spent) == (6, {Channel.EMAIL})
    assert queue.state(code) is S.ACCEPTED
    assert second.accepted == 5
    assert [queue.state(row) for row in rows].count(S.QUEUED) == 2


def test_places_that_no_row_needed_are_there_for_the_next() -> None:
    queue = Queue(buckets={Channel.EMAIL: bucket_of(2)})
    queue.owed()

    quiet = queue.drain()
    for _ in range(3):
        queue.owed()
    queue.drain()

    assert quiet.spent == frozenset()
    assert len(queue.mail.accepted) == 4


def test_over_a_virtual_hour_the_rate_is_kept_to_the_message() -> None:
    queue = Queue(buckets={Channel.EMAIL: bucket_of(0.1)})
    for _ in range(400):
        queue.owed()

    for _ in range(360):
        queue.drain(seconds=10)

    assert len(queue.mail.accepted) == 360
