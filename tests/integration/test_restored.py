"""A database that came back from a backup: nothing leaves before it was reconciled, then nothing twice and nothing too few."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from notifications.outcome import Absent, Accepted, Down, Unknown
from tests.support.restoring import TOOLS, Site
from tests.unit.notifications.dispatch_example import ZOE
from workflow.errors import ConcurrentChange
from workflow.fence import Fate, Standing
from workflow.outbox import DeliveryState, MessageKind, QueuedMessage
from workflow.reconciliation import Verdict, settle

S, M = DeliveryState, MessageKind
DAY_HOURS = 24


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_a_database_that_was_never_restored_is_never_fenced(site: Site) -> None:
    for _ in range(3):
        site.owed()
        site.drain(hours=1)

    assert site.stand().standing is Standing.OPEN
    assert site.look().rows == ()


def test_a_restored_database_sends_nothing(site: Site) -> None:
    waiting = [site.owed(secret=f"token {number}") for number in range(3)]
    backup = site.backup()
    site.drain(hours=DAY_HOURS)

    site.restore(backup)
    worked_off = site.drain(hours=1)

    assert worked_off == 0
    assert site.stand().standing is Standing.FENCED
    assert {site.row(message).state for message in waiting} == {S.QUEUED}
    assert set(site.copies().values()) == {1}


@pytest.mark.fact("B2-2")
def test_after_reconciling_nothing_is_repeated_and_what_never_left_is_sent(site: Site) -> None:
    first = site.owed()
    site.drain()
    sent = [site.owed(kind, secret=f"token {kind}") for kind in (M.M1, M.M3, M.M9)]
    later = site.owed(M.M2, not_before=site.now + timedelta(hours=30))
    backup = site.backup()
    site.drain(hours=DAY_HOURS)
    unseen = site.owed(M.M11)
    site.drain()

    site.restore(backup)
    found = site.reconcile()
    site.drain(hours=10)

    assert found.count(Verdict.SENT) == len(sent)
    assert found.no_row == 1
    assert {site.row(message).state for message in (first, *sent, later)} == {S.ACCEPTED}
    assert {site.row(message).error for message in sent} == {"sent_before_restore"}
    assert site.copies() == dict.fromkeys([one.id for one in (first, *sent, later, unseen)], 1)


def test_what_the_clock_makes_again_is_not_sent_again_however_the_case_went(site: Site) -> None:
    case = site.owed(M.M0)
    backup = site.backup()
    site.drain(hours=DAY_HOURS)
    site.again(case, kind=M.M11, params={"change": "added"})
    site.again(case, kind=M.M7)
    site.drain()
    site.restore(backup)
    site.reconcile()

    reminder = site.again(case, kind=M.M7)
    site.drain(hours=1)
    second = site.again(case, kind=M.M7)
    site.drain(hours=1)

    assert site.row(reminder).error == "sent_before_restore"
    assert site.row(reminder).state is S.ACCEPTED
    assert site.copies()[reminder.id] == 0
    assert site.copies()[second.id] == 1, "only as many are held back as had left"


def test_a_message_with_a_fresh_link_is_another_message(site: Site) -> None:
    case = site.owed(M.M0)
    backup = site.backup()
    site.again(case, kind=M.M8, secret="a link that the restored database does not know")
    site.drain(hours=DAY_HOURS)
    site.restore(backup)
    found = site.reconcile()

    renewed = site.again(case, kind=M.M8, secret="a fresh link")
    site.drain(hours=1)

    assert len(found.lost_secrets) == 1
    assert site.copies()[renewed.id] == 1


def test_what_says_something_else_is_sent_though_it_is_of_the_same_kind(site: Site) -> None:
    case = site.owed(M.M0)
    backup = site.backup()
    site.again(case, kind=M.M6, params={"outcome": "withdrawn"})
    site.drain(hours=DAY_HOURS)
    site.restore(backup)
    site.reconcile()

    other = site.again(case, kind=M.M6, params={"outcome": "lapsed"})
    site.drain(hours=1)

    assert site.copies()[other.id] == 1


def test_a_message_that_the_provider_did_not_take_is_sent_after_the_restore(site: Site) -> None:
    message = site.owed()
    backup = site.backup()
    site.mail.script.append(Down("smtp_down"))
    site.drain(hours=DAY_HOURS)
    site.restore(backup)

    found = site.reconcile()
    site.drain(hours=1)

    assert found.rows == ()
    assert site.copies()[message.id] == 1


def test_a_mail_of_which_nobody_knows_whether_it_left_waits_for_a_person(site: Site) -> None:
    message = site.owed()
    backup = site.backup()
    site.mail.script.append(Unknown("smtp_lost_after_dot"))
    site.drain(hours=DAY_HOURS)
    site.restore(backup)

    site.reconcile()
    site.drain(hours=1)

    assert (site.row(message).state, site.row(message).error) == (S.PARKED, "may_have_left")


@pytest.mark.parametrize(("answer", "copies"), [(Accepted("SM1"), 0), (Absent(), 1)], ids=["had it", "never had it"])
def test_an_sms_of_which_nobody_knows_is_looked_up_and_never_sent_blindly(
    site: Site, answer: Accepted | Absent, copies: int
) -> None:
    message = site.owed(M.M3, secret="K7Q2M")
    backup = site.backup()
    site.sms.script.append(Unknown("twilio_no_answer"))
    site.drain()
    site.restore(backup)
    site.reconcile()
    site.sms.lookups += [answer, answer, answer]

    site.drain(hours=3)
    site.drain(hours=3)

    assert site.row(message).state is S.ACCEPTED
    assert site.copies()[message.id] == copies
    assert site.sms.looked_up


def test_a_parked_message_that_was_retried_after_the_backup_is_not_sent_by_a_second_retry(site: Site) -> None:
    message = site.owed()
    site.queue.recipient = replace(ZOE, email=None)
    site.drain()
    backup = site.backup()
    _retried(site, message)
    site.restore(backup)
    site.reconcile()

    _retried(site, message)

    assert site.copies()[message.id] == 1
    assert site.row(message).error == "sent_before_restore"


def test_looking_changes_nothing(site: Site) -> None:
    message = site.owed()
    backup = site.backup()
    site.drain(hours=1)
    site.restore(backup)

    site.look()

    assert site.stand().standing is Standing.FENCED
    assert site.row(message).state is S.QUEUED


def test_reconciling_that_died_half_way_is_run_again_to_the_same_end(site: Site) -> None:
    waiting = [site.owed() for _ in range(3)]
    case = site.owed(M.M0)
    backup = site.backup()
    site.drain(hours=1)
    site.again(case, kind=M.M7)
    site.drain(hours=1)
    site.restore(backup)
    settle(site.queue.store.unit_of_work, site.look(), now=site.now, tools=TOOLS)

    site.open()
    still_fenced = site.stand().standing
    site.reconcile()
    reminder = site.again(case, kind=M.M7)
    site.drain(hours=1)

    assert still_fenced is Standing.FENCED
    assert {site.row(message).state for message in waiting} == {S.ACCEPTED}
    assert site.copies()[reminder.id] == 0
    assert set(site.copies().values()) <= {0, 1}


def test_two_people_who_reconcile_at_once_import_once(site: Site) -> None:
    site.owed()
    backup = site.backup()
    site.drain(hours=1)
    site.restore(backup)
    found = site.look()
    site.lift(found)

    with pytest.raises(ConcurrentChange):
        site.lift(found)


def test_a_second_restore_counts_only_what_left_after_its_own_backup(site: Site) -> None:
    case = site.owed(M.M0)
    backup = site.backup()
    site.again(case, kind=M.M7)
    site.drain(hours=1)
    site.restore(backup)
    site.reconcile()
    site.again(case, kind=M.M7)
    site.drain(hours=1)
    second = site.backup("second.db")
    site.owed()
    site.drain(hours=1)
    site.restore(second)

    found = site.reconcile()
    next_rung = site.again(case, kind=M.M7)
    site.drain(hours=1)

    assert found.no_row == 1
    assert site.copies()[next_rung.id] == 1


def test_of_two_sites_on_one_restored_copy_only_one_sends(site: Site) -> None:
    waiting = [site.owed() for _ in range(2)]
    backup = site.backup()
    site.owed()
    site.drain(hours=1)
    site.restore(backup)
    other = Site(site.folder, now=site.now, mail=site.mail, database="backup.db")

    site.reconcile()
    fresh = site.owed()
    site.drain(hours=1)

    assert other.drain(hours=1) == 0
    assert other.stand().standing is Standing.FENCED
    assert site.copies()[fresh.id] == 1
    assert {site.copies()[message.id] for message in waiting} == {1}


def test_two_workers_never_fence_each_other(site: Site) -> None:
    for _ in range(12):
        site.owed()
    site.batch = 2
    site.open()
    second = Site(site.folder, mail=site.mail, batch=2)

    for worker in (site, second, second, site, site, second):
        worker.queue.dispatcher.run_once(site.now)

    assert site.stand().standing is Standing.OPEN
    assert sorted(site.copies().values()) == [1] * 12


def test_the_journal_names_nobody_and_nothing(site: Site) -> None:
    message = site.owed(secret="K7Q2M")

    site.drain()

    written = b"".join(path.read_bytes() for path in site.journal.iterdir())
    assert site.fence.journal.evidence().told[site.fence.journal.of(message).id].fate is Fate.LEFT
    for told in (message.id, message.id.hex, message.case_id, message.case_id.hex, "K7Q2M", "zoe@example.org"):
        assert str(told).encode() not in written


def _retried(site: Site, message: QueuedMessage) -> None:
    site.queue.recipient = ZOE
    with site.queue.store.unit_of_work() as uow:
        uow.outbox.requeue(message.id, now=site.now)
        uow.commit()
    site.drain()
