"""Mailboxes that nobody has: found out once, then left alone until the address is another one or somebody lifts it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from notifications.outcome import Refused
from tests.unit.notifications.dispatch_example import ZOE, Queue
from workflow.outbox import DeliveryState, MessageKind

S, M = DeliveryState, MessageKind


@pytest.mark.fact("B3-suppress")
def test_after_a_mailbox_was_refused_as_unknown_no_mail_is_tried_there_and_each_case_hears_of_it() -> None:
    queue = Queue()
    queue.mail.script.append(Refused("smtp_550_5.1.1", nobody=True))
    first = queue.owed()
    queue.drain()

    second, code = queue.owed(), queue.owed(M.M3)
    queue.drain()

    assert (queue.state(first), queue.row(first).error) == (S.FAILED, "smtp_550_5.1.1")
    assert (queue.state(second), queue.row(second).error) == (S.FAILED, "address_suppressed")
    assert (second.id, S.FAILED) in queue.heard
    assert len(queue.mail.tried) == 1
    assert queue.state(code) is S.ACCEPTED


@pytest.mark.fact("B3-suppress")
def test_a_corrected_address_is_written_to_at_once() -> None:
    queue = Queue()
    queue.mail.script.append(Refused("smtp_550_5.1.1", nobody=True))
    queue.owed()
    queue.drain()

    queue.recipient = replace(ZOE, email="zoe.dubois@example.org")
    corrected = queue.owed()
    queue.drain()

    assert queue.state(corrected) is S.ACCEPTED


@pytest.mark.fact("B3-suppress")
def test_a_mail_that_was_not_wanted_says_nothing_of_the_mailbox() -> None:
    queue = Queue()
    queue.mail.script.append(Refused("smtp_554_5.7.1"))
    queue.owed()
    queue.drain()

    second = queue.owed()
    queue.drain()

    assert queue.state(second) is S.ACCEPTED
