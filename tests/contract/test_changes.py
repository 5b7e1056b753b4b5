"""The port `Cases`: what one change cancels, erases, starts and owes, and in which order."""

from __future__ import annotations

import pytest

from tests import builders
from tests.builders import START
from tests.contract.steps import activation_of, claimed, later, moved, opened, settled
from workflow.effects import Erasure
from workflow.errors import NotFound
from workflow.model import ContactClaim, KeyState, Slot
from workflow.outbox import Audience, DeliveryState, MessageKind, Settlement
from workflow.ports import UnitOfWork

M, S = MessageKind, DeliveryState
EMAIL = ContactClaim("contact.email", "zoe.dubois@example.org")


def queue_of(uow: UnitOfWork, case_id: object) -> list[tuple[MessageKind, int, DeliveryState]]:
    rows = uow.outbox.of_case(case_id)  # type: ignore[arg-type]
    return [(row.message.kind, row.message.sequence, row.state) for row in rows]


def triggers(uow: UnitOfWork, case_id: object) -> list[str]:
    return [timer.trigger for timer in uow.timers.armed(case_id)]  # type: ignore[arg-type]


def test_a_change_owes_its_messages_as_they_were_planned(uow: UnitOfWork) -> None:
    case = opened(uow, "activation")
    mail = builders.message(case, M.M1, send_before=later(days=14), params={"link_until": "2026-12-07", "again": "é"})
    task = builders.message(case, M.M10, audience=Audience.SERVICE_DESK, language=None, secret=None, params={})

    moved(uow, case, messages=(mail, task))

    rows = {row.message.kind: row for row in uow.outbox.of_case(case.id)}
    assert {row.state for row in rows.values()} == {S.QUEUED}
    assert dict(rows[M.M1].message.params) == {"link_until": "2026-12-07", "again": "é"}
    assert rows[M.M1].message.send_before == later(days=14)
    assert (rows[M.M10].message.audience, rows[M.M10].message.language) == (Audience.SERVICE_DESK, None)
    assert (rows[M.M1].attempts, rows[M.M1].fence) == (0, 0)


def test_one_kind_may_be_owed_to_two_audiences_at_once(uow: UnitOfWork) -> None:
    case = opened(uow, "activation")

    moved(uow, case, messages=(builders.message(case, M.M9), builders.message(case, M.M9, audience=Audience.FILER)))

    assert {row.message.audience for row in uow.outbox.of_case(case.id)} == {Audience.APPLICANT, Audience.FILER}


def test_many_messages_and_timers_fit_in_one_change(uow: UnitOfWork) -> None:
    case = opened(uow, "activation")
    kinds = (M.M1, M.M2, M.M3, M.M7, M.M8, M.M11, M.M12)

    moved(
        uow,
        case,
        messages=tuple(builders.message(case, kind) for kind in kinds),
        start_timers=tuple(builders.timer(case, name, days=place) for place, name in enumerate("abcdefg")),
    )

    assert {row.message.kind for row in uow.outbox.of_case(case.id)} == set(kinds)
    assert triggers(uow, case.id) == list("abcdefg")


def test_starting_a_timer_that_is_armed_moves_it(uow: UnitOfWork) -> None:
    case = opened(uow)
    case = moved(uow, case, start_timers=(builders.timer(case, "draft_idle", days=30),))

    moved(uow, case, start_timers=(builders.timer(case, "draft_idle", days=33),))

    assert uow.timers.armed(case.id) == [builders.timer(case, "draft_idle", days=33)]


def test_a_change_that_cancels_nothing_leaves_timers_and_messages_alone(uow: UnitOfWork) -> None:
    case = opened(uow)
    case = moved(uow, case, start_timers=(builders.timer(case, "a"),), messages=(builders.message(case),))

    moved(uow, case)

    assert triggers(uow, case.id) == ["a"]
    assert queue_of(uow, case.id) == [(M.M1, 1, S.QUEUED)]


def test_named_timers_are_cancelled_and_the_others_stay(uow: UnitOfWork) -> None:
    case = opened(uow)
    case = moved(uow, case, start_timers=tuple(builders.timer(case, name) for name in "abc"))

    moved(uow, case, cancel_timers=("a", "c", "never_started"))

    assert triggers(uow, case.id) == ["b"]


def test_cancelling_timers_without_a_name_cancels_all_of_this_case_and_none_of_another(uow: UnitOfWork) -> None:
    case, other = opened(uow), opened(uow)
    case = moved(uow, case, start_timers=tuple(builders.timer(case, name) for name in "ab"))
    moved(uow, other, start_timers=(builders.timer(other, "a"),))

    moved(uow, case, cancel_timers=())

    assert triggers(uow, case.id) == []
    assert triggers(uow, other.id) == ["a"]


def test_a_timer_that_one_change_cancels_and_starts_is_armed_afterwards(uow: UnitOfWork) -> None:
    case = opened(uow)
    case = moved(uow, case, start_timers=(builders.timer(case, "queue_alert", days=1),))

    moved(uow, case, cancel_timers=(), start_timers=(builders.timer(case, "queue_alert", days=4),))

    assert uow.timers.armed(case.id) == [builders.timer(case, "queue_alert", days=4)]


def test_a_fired_timer_is_disarmed(uow: UnitOfWork) -> None:
    case = opened(uow)
    case = moved(uow, case, start_timers=(builders.timer(case, "a", days=1), builders.timer(case, "b", days=2)))

    moved(uow, case, fired_timer="a")

    assert triggers(uow, case.id) == ["b"]
    assert uow.timers.due(now=later(days=9), limit=10) == [builders.timer(case, "b", days=2)]
    assert uow.cases.request(case.id, now=later(days=1))[0].due == ()


def test_a_timer_that_fires_and_starts_itself_again_is_armed(uow: UnitOfWork) -> None:
    case = opened(uow)
    case = moved(uow, case, start_timers=(builders.timer(case, "a", days=1),))

    moved(uow, case, fired_timer="a", start_timers=(builders.timer(case, "a", days=3),))

    assert uow.timers.armed(case.id) == [builders.timer(case, "a", days=3)]


def test_a_cancelled_timer_can_be_started_later(uow: UnitOfWork) -> None:
    case = opened(uow)
    case = moved(uow, case, start_timers=(builders.timer(case, "a", days=1),))
    case = moved(uow, case, cancel_timers=("a",))

    moved(uow, case, start_timers=(builders.timer(case, "a", days=2),))

    assert uow.timers.armed(case.id) == [builders.timer(case, "a", days=2)]


def test_messages_of_named_kinds_are_cancelled_and_the_others_stay(uow: UnitOfWork) -> None:
    case = opened(uow, "activation")
    case = moved(uow, case, messages=tuple(builders.message(case, kind) for kind in (M.M1, M.M2, M.M8)))

    moved(uow, case, cancel_messages=(M.M1, M.M8))

    assert set(queue_of(uow, case.id)) == {(M.M1, 1, S.CANCELLED), (M.M2, 1, S.QUEUED), (M.M8, 1, S.CANCELLED)}


def test_cancelling_messages_without_a_kind_cancels_all_of_this_case_and_none_of_another(uow: UnitOfWork) -> None:
    case, other = opened(uow, "activation"), opened(uow, "activation")
    case = moved(uow, case, messages=(builders.message(case, M.M1), builders.message(case, M.M3)))
    moved(uow, other, messages=(builders.message(other, M.M1),))

    moved(uow, case, cancel_messages=())

    assert {state for _, _, state in queue_of(uow, case.id)} == {S.CANCELLED}
    assert queue_of(uow, other.id) == [(M.M1, 1, S.QUEUED)]


def test_a_message_that_one_change_cancels_and_owes_is_owed_once(uow: UnitOfWork) -> None:
    case = opened(uow, "activation")
    case = moved(uow, case, messages=(builders.message(case, M.M1),))

    moved(uow, case, cancel_messages=(M.M1,), messages=(builders.message(case, M.M1, secret="the new link"),))

    assert queue_of(uow, case.id) == [(M.M1, 1, S.CANCELLED), (M.M1, 2, S.QUEUED)]
    assert [row.message.secret for row in claimed(uow)] == ["the new link"]


def test_cancelling_leaves_what_was_handed_over_as_it_is(uow: UnitOfWork) -> None:
    case = opened(uow, "activation")
    case = moved(uow, case, messages=(builders.message(case, M.M1),))
    settled(uow, Settlement(S.ACCEPTED))

    moved(uow, case, cancel_messages=())

    assert queue_of(uow, case.id) == [(M.M1, 1, S.ACCEPTED)]


@pytest.mark.fact("B3-cancel")
def test_a_parked_message_of_a_case_that_moved_on_can_no_longer_be_put_back(uow: UnitOfWork) -> None:
    case = opened(uow, "activation")
    case = moved(uow, case, messages=(builders.message(case, M.M1),))
    settled(uow, Settlement(S.PARKED, error="cannot_be_written"))
    message = uow.outbox.of_case(case.id)[0].message

    moved(uow, case, cancel_messages=())
    uow.outbox.requeue(message.id, now=START)

    assert queue_of(uow, case.id) == [(M.M1, 1, S.CANCELLED)]


def test_a_message_that_is_cancelled_while_a_worker_holds_it_is_never_sent(uow: UnitOfWork) -> None:
    case = opened(uow, "activation")
    case = moved(uow, case, messages=(builders.message(case, M.M1),))
    held = claimed(uow)[0]
    moved(uow, case, cancel_messages=(M.M1,))

    began = uow.outbox.begin(held, now=START, lease_until=later(minutes=5))
    told = uow.outbox.settle(held, Settlement(S.ACCEPTED), now=START)

    assert (began, told) == (False, False)
    assert queue_of(uow, case.id) == [(M.M1, 1, S.CANCELLED)]
    assert claimed(uow, now=later(days=1)) == []


@pytest.mark.fact("B2-7", "B2-14")
def test_erasing_secrets_empties_the_queue_of_links_and_codes_and_forgets_every_hash_but_the_link(
    uow: UnitOfWork,
) -> None:
    digests = {
        "link_digest": b"l" * 32,
        "resume_digest": b"r" * 32,
        "otp_digest": b"o" * 32,
        "otp_previous_digest": b"p" * 32,
        "code_hash": "a hash",
    }
    case, other = opened(uow, "activation", detail=digests), opened(uow, "activation")
    case = moved(uow, case, messages=(builders.message(case, M.M1), builders.message(case, M.M3)))
    moved(uow, other, messages=(builders.message(other, M.M1),))

    moved(uow, case, erase=frozenset({Erasure.SECRETS}))

    detail = activation_of(uow, case)
    codes = (detail.code_hash, detail.otp_digest, detail.otp_previous_digest, detail.resume_digest)
    assert codes == (None, None, None, None)
    assert detail.link_digest == b"l" * 32  # the page of a dead link still says what happened
    secrets = {row.message.case_id: row.message.secret for row in claimed(uow)}
    assert secrets == {case.id: None, other.id: "a secret"}


def test_what_a_change_erases_does_not_touch_what_it_owes_and_sets(uow: UnitOfWork) -> None:
    case = opened(uow, "activation", detail={"code_hash": "old"})
    case = moved(uow, case, messages=(builders.message(case, M.M1, secret="old"),))

    moved(
        uow,
        case,
        erase=frozenset({Erasure.SECRETS}),
        detail={"code_hash": "new"},
        messages=(builders.message(case, M.M8, secret="new"),),
    )

    assert activation_of(uow, case).code_hash == "new"
    assert {row.message.kind: row.message.secret for row in claimed(uow)} == {M.M1: None, M.M8: "new"}


@pytest.mark.fact("B1-3", "B1-24")
def test_erasing_attachments_removes_the_papers_and_leaves_the_person(uow: UnitOfWork) -> None:
    case, other = opened(uow), opened(uow)
    for of in (case, other):
        for paper in builders.papers():
            uow.people.attach(of.id, paper)
    uow.people.put(case.id, {"person.familyName": '"Dubois"'})

    moved(uow, case, erase=frozenset({Erasure.ATTACHMENTS}))

    assert [uow.people.attachment(case.id, slot) for slot in Slot] == [None, None]
    assert uow.people.get(case.id) == {"person.familyName": '"Dubois"'}
    assert uow.people.attachment(other.id, Slot.SCAN) == builders.papers()[0]


@pytest.mark.fact("B1-23")
def test_erasing_the_person_leaves_only_the_skeleton_of_the_history(uow: UnitOfWork) -> None:
    case = opened(uow, "activation")
    first = builders.change(case, to="issuing", messages=(builders.message(case, M.M1),))
    assert uow.cases.apply(first)
    case = builders.moved(first)
    uow.people.put(case.id, {"holder.email": '"zoe.dubois@example.org"'})
    uow.people.attach(case.id, builders.papers()[0])
    uow.keys.put(builders.key(case))
    uow.contacts.reserve(case.id, (EMAIL,), person_key="DUBOIS|ZOE|1985-07-15")
    uow.people.index(case.id, "phonetic", ("TBS|1985",))

    moved(uow, case, to="purged", erase=frozenset({Erasure.PERSON}))
    uow.commit()

    assert uow.people.get(case.id) == {}
    assert uow.people.attachment(case.id, Slot.SCAN) is None
    assert uow.people.find("phonetic", ("TBS|1985",)) == []
    assert [(key.state, key.secret) for key in uow.keys.of(case.id)] == [(KeyState.ACTIVE, None)]
    assert uow.contacts.taken((EMAIL,), person_key="somebody else") == ()
    assert [row.message.secret for row in claimed(uow)] == [None]
    assert [event.to_state for event in uow.cases.history(case.id)] == ["issuing", "purged"]
    assert uow.cases.activation(case.ref, now=START)[0].state == "purged"


@pytest.mark.fact("B1-23")
def test_erasing_the_person_makes_every_payload_of_the_history_unreadable(uow: UnitOfWork) -> None:
    case = opened(uow)
    first = builders.change(case)
    sealed = builders.event(case, payload='{"reasonText": "Zoë Dubois wrote"}', reason_code="other")
    assert uow.cases.apply(builders.change(case, event=sealed))

    moved(uow, builders.moved(first), to="purged", erase=frozenset({Erasure.PERSON}))

    assert [(event.reason_code, event.payload) for event in uow.cases.history(case.id)] == [
        ("other", None),
        (None, None),
    ]


@pytest.mark.fact("B1-23")
def test_the_keyed_hash_of_the_number_outlives_the_person(uow: UnitOfWork) -> None:
    case = opened(uow)
    for name in ("insz", "document", "username"):
        uow.people.index(case.id, name, ("85471500213",))

    moved(uow, case, to="purged", erase=frozenset({Erasure.PERSON}))

    assert uow.people.find("insz", ("85471500213",)) == [case.id]
    assert uow.people.find("document", ("85471500213",)) == []
    assert uow.people.find("username", ("85471500213",)) == []


def test_erasing_one_person_leaves_every_other_one(uow: UnitOfWork) -> None:
    case, other = opened(uow), opened(uow)
    for of in (case, other):
        uow.people.put(of.id, {"person.familyName": '"Dubois"'})
        uow.people.index(of.id, "phonetic", ("TBS|1985",))

    moved(uow, case, erase=frozenset({Erasure.PERSON}))

    assert uow.people.get(other.id) == {"person.familyName": '"Dubois"'}
    assert uow.people.find("phonetic", ("TBS|1985",)) == [other.id]


@pytest.mark.fact("AM3-2")
def test_releasing_contacts_frees_those_of_this_case_only(uow: UnitOfWork) -> None:
    case, other = opened(uow), opened(uow)
    mobile = ContactClaim("contact.mobile", "+33612345678")
    uow.contacts.reserve(case.id, (EMAIL,), person_key="zoe")
    uow.contacts.reserve(other.id, (mobile,), person_key="zoe")

    moved(uow, case, release_contacts=True)

    assert uow.contacts.taken((EMAIL, mobile), person_key="lukas") == ("contact.mobile",)


@pytest.mark.fact("B1-23")
def test_nothing_more_is_kept_of_a_person_who_was_erased(uow: UnitOfWork) -> None:
    case = opened(uow)
    moved(uow, case, erase=frozenset({Erasure.PERSON}))
    uow.commit()

    with pytest.raises(NotFound):
        uow.people.put(case.id, {"person.familyName": '"Dubois"'})
    with pytest.raises(NotFound):
        uow.people.attach(case.id, builders.papers()[0])

    assert uow.people.get(case.id) == {}
