"""The port `Cases`: opening, reading back, and moving by compare-and-set."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest

from tests import builders
from tests.builders import START
from tests.contract.steps import later, moved, opened
from workflow.errors import ConcurrentChange, NotFound
from workflow.model import (
    NEW,
    CodeChannel,
    Issuer,
    Language,
    NumberOrigin,
    RequestKind,
)
from workflow.ports import UnitOfWork


def test_an_opened_case_is_new_and_was_never_moved(uow: UnitOfWork) -> None:
    case = opened(uow)

    found, _ = uow.cases.request(case.id, now=START)

    assert (found.state, found.version) == (NEW, 0)
    assert uow.cases.history(case.id) == []


def test_a_case_is_found_by_its_id_and_by_its_reference(uow: UnitOfWork) -> None:
    request, activation = opened(uow), opened(uow, "activation")

    assert uow.cases.request(request.id, now=START) == uow.cases.request(request.ref, now=START)
    assert uow.cases.activation(activation.id, now=START) == uow.cases.activation(activation.ref, now=START)
    assert uow.cases.request(request.ref, now=START)[0] == request


def test_a_case_that_does_not_exist_is_not_found(uow: UnitOfWork) -> None:
    stranger = builders.case()

    with pytest.raises(NotFound):
        uow.cases.request(stranger.ref, now=START)
    with pytest.raises(NotFound):
        uow.cases.activation(stranger.id, now=START)


def test_a_request_is_no_activation_and_an_activation_no_request(uow: UnitOfWork) -> None:
    request, activation = opened(uow), opened(uow, "activation")

    with pytest.raises(NotFound):
        uow.cases.activation(request.ref, now=START)
    with pytest.raises(NotFound):
        uow.cases.request(activation.id, now=START)


def test_every_field_of_a_request_comes_back_as_it_was_written(uow: UnitOfWork) -> None:
    case = builders.case(assignee=builders.uuid(), closed_at=later(days=3))
    full = builders.request_detail(
        case.id,
        kind=RequestKind.REACTIVATION,
        note_number=True,
        purpose_code="vlimpers",
        document_type="passport",
        document_country="FR",
        checks_passed=5,
        checked_at=START,
        scan_attached=True,
        declaration_attached=True,
        validity_rule="fr-2014",
        extended_by_law=True,
        extension_confirmed=True,
        open_remarks=2,
        creation_called_at=later(hours=1, microseconds=123456),
        creation_unknown=True,
        register_errors=4,
        number_origin=NumberOrigin.EXISTING,
        number_created=True,
        activation_id=builders.uuid(),
        previous_activation_id=builders.uuid(),
        language=Language.DE,
        corrected_by=builders.uuid(),
        approved_by=builders.uuid(),
        approved_at=later(hours=2),
        audited_by=builders.uuid(),
        audited_at=later(days=4),
        audit_verdict="in_order",
        fraud_suspected_by=builders.uuid(),
        fraud_suspected_at=later(days=1),
    )
    assert all(getattr(full, field.name) for field in fields(full)), "a field was left at its default"

    uow.cases.open(case, full)

    assert uow.cases.request(case.ref, now=START) == (case, full)


def test_every_field_of_an_activation_comes_back_as_it_was_written(uow: UnitOfWork) -> None:
    case = builders.case("activation")
    full = builders.activation_detail(
        case.id,
        request_id=builders.uuid(),
        issuer=Issuer.MUNICIPALITY,
        code_channel=CodeChannel.PAPER,
        language=Language.DE,
        filer=builders.uuid(),
        first_issued_at=START,
        blocks_at=later(days=30, microseconds=1),
        attempts_used=2,
        code_reissues=1,
        renewals=2,
        renewed_on=builders.day("2026-12-01"),
        resent_on=builders.day("2026-12-02"),
        activated_at=later(days=1),
        account_named=True,
        keys_expire_at=later(days=3650),
        last_key="totp",
        resume_until=later(days=2),
        otp_tries=1,
        otp_locked_until=later(minutes=15),
        resume_digest=b"\x00\xff" * 16,
        otp_digest=b"\x01" * 32,
        otp_expires_at=later(minutes=10),
        otp_purpose="key",
        otp_sent_at=later(microseconds=2),
        otp_previous_digest=b"\xfe" * 32,
        otp_previous_until=later(minutes=9),
        frozen_at=later(days=3),
        undeliverable=True,
    )
    assert all(getattr(full, field.name) for field in fields(full)), "a field was left at its default"

    uow.cases.open(case, full)

    assert uow.cases.activation(case.ref, now=START) == (case, full)


def test_instants_come_back_aware_and_in_utc(uow: UnitOfWork) -> None:
    brussels_summer = datetime(2026, 7, 1, 10, 30, tzinfo=timezone(timedelta(hours=2)))
    case = opened(uow, opened_at=brussels_summer)

    found, _ = uow.cases.request(case.ref, now=START)

    assert found.opened_at == brussels_summer
    assert found.opened_at.utcoffset() == timedelta()


def test_a_change_writes_state_version_assignee_and_instants(uow: UnitOfWork) -> None:
    case, officer = opened(uow), builders.uuid()

    moved(uow, case, to="rejected", at=later(hours=1), assignee=officer, closed_at=later(hours=1))

    found, _ = uow.cases.request(case.ref, now=START)
    assert (found.state, found.version) == ("rejected", 1)
    assert (found.assignee, found.changed_at, found.closed_at) == (officer, later(hours=1), later(hours=1))
    assert (found.opened_at, found.entity, found.definition) == (case.opened_at, case.entity, case.definition)


def test_an_assignee_can_be_taken_away(uow: UnitOfWork) -> None:
    case = moved(uow, opened(uow), assignee=builders.uuid())

    moved(uow, case, assignee=None)

    assert uow.cases.request(case.ref, now=START)[0].assignee is None


def test_a_change_touches_only_the_fields_of_the_detail_that_it_names(uow: UnitOfWork) -> None:
    case = opened(uow, "activation", detail={"renewals": 1, "resume_digest": b"r" * 32})
    before = uow.cases.activation(case.ref, now=START)[1]

    moved(
        uow,
        case,
        detail={
            "renewals": 2,
            "renewed_on": builders.day("2026-12-08"),
            "resume_digest": None,
            "link_digest": b"n" * 32,
        },
    )

    after = uow.cases.activation(case.ref, now=START)[1]
    expected = replace(
        before, renewals=2, renewed_on=builders.day("2026-12-08"), resume_digest=None, link_digest=b"n" * 32
    )
    assert after == expected


def test_a_change_of_a_request_may_set_words_of_its_lists_and_instants(uow: UnitOfWork) -> None:
    case, activation = opened(uow), builders.uuid()

    moved(
        uow,
        case,
        detail={"number_origin": NumberOrigin.CREATED, "creation_called_at": START, "activation_id": activation},
    )

    detail = uow.cases.request(case.ref, now=START)[1]
    assert detail.number_origin is NumberOrigin.CREATED
    assert (detail.creation_called_at, detail.activation_id) == (START, activation)


def test_of_two_changes_on_one_version_the_second_writes_nothing(uow: UnitOfWork) -> None:
    case = opened(uow)
    winner = builders.change(case, to="taken", start_timers=(builders.timer(case, "first"),))
    loser = builders.change(
        case,
        to="withdrawn",
        messages=(builders.message(case),),
        start_timers=(builders.timer(case, "second"),),
        cancel_timers=(),
        assignee=builders.uuid(),
        detail={"open_remarks": 9},
    )

    assert uow.cases.apply(winner) is True
    assert uow.cases.apply(loser) is False
    uow.commit()

    found, detail = uow.cases.request(case.ref, now=START)
    assert (found.state, found.version, found.assignee) == ("taken", 1, None)
    assert detail.open_remarks == 0
    assert [event.to_state for event in uow.cases.history(case.id)] == ["taken"]
    assert [timer.trigger for timer in uow.timers.armed(case.id)] == ["first"]
    assert uow.outbox.of_case(case.id) == []


def test_a_change_of_a_case_that_was_never_opened_writes_nothing(uow: UnitOfWork) -> None:
    stranger = builders.case()

    assert uow.cases.apply(builders.change(stranger)) is False

    assert uow.cases.history(stranger.id) == []


def test_a_loser_that_loads_again_can_go_on(uow: UnitOfWork) -> None:
    case = opened(uow)
    moved(uow, case, to="taken")
    assert not uow.cases.apply(builders.change(case))
    fresh, _ = uow.cases.request(case.ref, now=START)

    moved(uow, fresh, to="approved")

    assert uow.cases.request(case.ref, now=START)[0].state == "approved"


def test_a_repeated_command_is_told_from_a_fresh_one_and_is_in_history_once(uow: UnitOfWork) -> None:
    case, command = opened(uow), builders.uuid()
    first = builders.change(case)
    assert uow.cases.apply(replace(first, event=replace(first.event, command_id=command)))
    uow.commit()
    again = builders.change(builders.moved(first))

    with pytest.raises(ConcurrentChange):
        uow.cases.apply(replace(again, event=replace(again.event, command_id=command)))
    uow.rollback()

    assert [event.command_id for event in uow.cases.history(case.id)] == [command]
    assert uow.cases.request(case.ref, now=START)[0].version == 1


def test_history_comes_oldest_first_with_every_field(uow: UnitOfWork) -> None:
    case = opened(uow)
    first = builders.change(case, to="draft")
    full = replace(
        first.event,
        event="request.created",
        trigger="create",
        actor=f"user:{builders.anna().id}",
        role="end_user",
        entity=builders.ENTITY,
        occurred_at=later(minutes=-5),
        recorded_at=later(microseconds=7),
        reason_code="other",
        command_id=builders.uuid(),
        payload='{"reasonText": "café"}',
    )
    assert uow.cases.apply(replace(first, event=full))
    second = builders.change(builders.moved(first), to="submitted", at=later(days=1))
    assert uow.cases.apply(second)

    assert uow.cases.history(case.id) == [full, second.event]


def test_the_history_of_one_case_is_not_that_of_another(uow: UnitOfWork) -> None:
    case, other = opened(uow), opened(uow)
    moved(uow, case)

    assert uow.cases.history(other.id) == []


def test_a_case_carries_its_timers_that_are_due_soonest_first_and_no_others(uow: UnitOfWork) -> None:
    case = opened(uow, "activation")
    due = builders.timer(case, "sooner", days=1), builders.timer(case, "exactly_now", days=2)
    moved(uow, case, start_timers=(due[1], builders.timer(case, "later", days=3), due[0]))

    found, _ = uow.cases.activation(case.ref, now=later(days=2))

    assert found.due == due
    assert uow.cases.activation(case.ref, now=START)[0].due == ()


def test_a_request_carries_its_due_timers_as_well(uow: UnitOfWork) -> None:
    case = opened(uow)
    moved(uow, case, start_timers=(builders.timer(case, "draft_idle", days=30),))

    assert [timer.trigger for timer in uow.cases.request(case.id, now=later(days=30))[0].due] == ["draft_idle"]


@pytest.mark.fact("B2-16")
def test_the_activations_of_a_number_are_found_oldest_first(uow: UnitOfWork) -> None:
    younger = opened(uow, "activation", opened_at=later(days=9))
    older = opened(uow, "activation", opened_at=START)
    stranger, request = opened(uow, "activation"), opened(uow)
    for case in (younger, older, request):
        uow.people.index(case.id, "insz", ("85471500213",))
    uow.people.index(stranger.id, "insz", ("85471500411",))

    found = uow.cases.activations_of("85471500213", now=START)

    assert [case.id for case, _ in found] == [older.id, younger.id]
    assert all(detail.case_id == case.id for case, detail in found)


def test_activations_of_a_number_carry_their_due_timers(uow: UnitOfWork) -> None:
    case = opened(uow, "activation")
    uow.people.index(case.id, "insz", ("85471500213",))
    moved(uow, case, start_timers=(builders.timer(case, days=30),))

    found = uow.cases.activations_of("85471500213", now=later(days=31))

    assert [timer.trigger for timer in found[0][0].due] == ["link_validity"]


def test_a_list_holds_the_cases_of_one_lifecycle_oldest_first(uow: UnitOfWork) -> None:
    younger = opened(uow, opened_at=later(days=1))
    older = opened(uow, opened_at=later(days=-1))
    opened(uow, "activation")

    listed = list(uow.cases.listed("registration", now=START))

    assert [case.id for case, _ in listed] == [older.id, younger.id]


def test_a_list_can_be_that_of_one_entity(uow: UnitOfWork) -> None:
    own = opened(uow)
    opened(uow, entity=builders.OTHER_ENTITY)

    listed = list(uow.cases.listed("registration", now=START, entity=builders.ENTITY))

    assert [case.id for case, _ in listed] == [own.id]


def test_a_list_tells_the_earliest_armed_timer_of_each_case(uow: UnitOfWork) -> None:
    timed, idle = opened(uow), opened(uow, opened_at=later(days=1))
    moved(uow, timed, start_timers=(builders.timer(timed, "b", days=5), builders.timer(timed, "a", days=2)))

    listed = {case.id: due for case, due in uow.cases.listed("registration", now=START)}

    assert listed == {timed.id: later(days=2), idle.id: None}


def test_a_long_list_is_given_whole(uow: UnitOfWork) -> None:
    made = [opened(uow, opened_at=later(minutes=number)) for number in range(45)]

    listed = [case.id for case, _ in uow.cases.listed("registration", now=START)]

    assert listed == [case.id for case in made]


def test_a_reference_is_taken_once_a_case_has_it(uow: UnitOfWork) -> None:
    case = opened(uow)

    assert uow.cases.refs_like(case.ref) is True
    assert uow.cases.refs_like(case.ref[:-1]) is False


def test_identifiers_come_back_as_identifiers(uow: UnitOfWork) -> None:
    case = opened(uow, assignee=builders.uuid())

    found, detail = uow.cases.request(case.ref, now=datetime(2030, 1, 1, tzinfo=UTC))

    assert isinstance(found.id, UUID)
    assert isinstance(found.assignee, UUID)
    assert isinstance(detail.filer, UUID)
