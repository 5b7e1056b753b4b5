"""What officers do beside deciding: mend a typo, flag a suspicion, judge an approval; and what they were not shown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bisdesk import views
from tests import builders
from tests.support.world import World
from workflow import dossier, registrations, registrations_desk
from workflow.errors import ConcurrentChange, GuardRefused, InvalidSubmission, NotPermitted
from workflow.explain import explain_request
from workflow.model import AuditEvent, Reason, Role, User

WHY = Reason("document_says", "The passport says Dubois with an x.")
MENDED = {"person.familyName": "Duboix", "residence.city": "Roubaix"}


def mend(world: World, ref: str, user: User | None = None, **values: object) -> None:
    """Bart mends a slip of the pen."""
    given = {name.replace("__", "."): value for name, value in values.items()} or MENDED
    world.does(user or world.bart, registrations_desk.correct_typo, ref, given, reason=WHY)


def history_for(world: World, user: User, ref: str) -> list[str]:
    with world.door(user) as door:
        return [str(line["event"]) for line in views.history(door, ref)]


@pytest.mark.fact("B1-typo")
def test_a_mended_typo_is_kept_with_its_reason_and_what_stood_there_before() -> None:
    world = World()
    ref = world.taken()

    mend(world, ref)

    last = world.history(ref)[-1]
    assert (last.event, last.reason_code) == ("request.typo_corrected", "document_says")
    assert last.payload is not None
    assert '"before": {"person.familyName": "Dubois"' in last.payload
    with world.door(world.bart) as door:
        case, _ = door.uow.cases.request(ref, now=door.now)
        kept = dossier.stored(door.uow, case.id)
    assert (kept.person.family_name, kept.residence.city) == ("Duboix", "Roubaix")


@pytest.mark.fact("B1-typo")
def test_who_mended_it_does_not_approve_it_and_a_colleague_does() -> None:
    world = World()
    ref = world.taken()
    mend(world, ref)

    with pytest.raises(GuardRefused, match="Let a colleague approve it") as refused:
        world.does(world.bart, registrations.approve, ref, extension_confirmed=False)
    world.does(world.dirk, registrations.approve, ref, extension_confirmed=False)

    assert refused.value.guard == "approver_did_not_correct_it"


@pytest.mark.fact("B1-typo")
@pytest.mark.parametrize("path", ["person.birthDate", "contact.email", "contact.mobile", "document.number", "kind"])
def test_what_is_no_slip_of_the_pen_is_not_mended_but_sent_back(path: str) -> None:
    world = World()
    ref = world.taken()
    before = world.history(ref)

    with pytest.raises(InvalidSubmission) as refused:
        mend(world, ref, **{path.replace(".", "__"): "1990-01-01"})

    assert [(one.path, one.code) for one in refused.value.fields] == [(path, "not_mendable")]
    assert world.history(ref) == before


@pytest.mark.fact("B1-typo")
@pytest.mark.parametrize(("value", "code"), [("Dubois", "unchanged"), ("", "required"), ("Dub0is://x", "")])
def test_a_mended_field_has_to_be_right_and_to_change(value: str, code: str) -> None:
    world = World()
    ref = world.taken()

    with pytest.raises(InvalidSubmission) as refused:
        mend(world, ref, person__familyName=value)

    assert refused.value.fields[0].path == "person.familyName"
    assert code in refused.value.fields[0].code


@pytest.mark.fact("B1-typo")
def test_a_name_is_not_mended_where_an_older_file_of_the_person_holds_the_address_under_it() -> None:
    world = World()
    world.activated()
    ref = world.taken()

    with pytest.raises(InvalidSubmission) as refused:
        mend(world, ref)

    assert {(one.path, one.code) for one in refused.value.fields} == {
        ("contact.email", "taken"),
        ("contact.mobile", "taken"),
    }
    assert _last(world, ref).event == "request.taken"


@pytest.mark.fact("B1-fraud")
def test_a_suspicion_is_seen_by_the_team_lead_alone() -> None:
    world = World()
    ref = world.taken()

    world.does(world.bart, registrations_desk.flag_fraud, ref, Reason("person", "Looks unlike the photo of last week."))

    assert "request.fraud_suspected" in history_for(world, world.carla, ref)
    for user in (world.bart, world.dirk, world.anna):
        assert "request.fraud_suspected" not in history_for(world, user, ref)


@pytest.mark.fact("B1-fraud")
def test_a_second_suspicion_is_taken_so_that_no_refusal_tells_of_the_first() -> None:
    world = World()
    ref = world.taken()

    for user in (world.bart, world.dirk):
        world.does(user, registrations_desk.flag_fraud, ref, Reason("person", "The voice."))

    assert [event.event for event in world.history(ref)].count("request.fraud_suspected") == 2


@pytest.mark.fact("B1-fraud")
def test_a_suspicion_decides_nothing_and_the_team_lead_alone_lifts_it() -> None:
    world = World()
    ref = world.taken()
    world.does(world.bart, registrations_desk.flag_fraud, ref, Reason("person", "The voice."))

    with pytest.raises(NotPermitted):
        world.does(world.bart, registrations_desk.unflag_fraud, ref, Reason("unfounded", "Seen again."))
    world.does(world.carla, registrations_desk.unflag_fraud, ref, Reason("unfounded", "Seen again."))
    world.does(world.bart, registrations.approve, ref, extension_confirmed=False)

    with world.door(world.carla) as door:
        _, detail = door.uow.cases.request(ref, now=door.now)
    assert detail.fraud_suspected_at is None


@pytest.mark.fact("B1-audit")
def test_an_approval_is_judged_once_by_somebody_who_did_not_give_it() -> None:
    world = World()
    ref = world.registered()
    auditor = builders.user("Ayla", Role.AUDITOR)
    both = replace(world.bart, roles=world.bart.roles | {Role.AUDITOR})

    with pytest.raises(GuardRefused) as own:
        world.does(both, registrations_desk.judge_approval, ref, Reason("in_order"))
    world.does(auditor, registrations_desk.judge_approval, ref, Reason("remark", "The scan is hard to read."))
    with pytest.raises(GuardRefused) as twice:
        world.does(auditor, registrations_desk.judge_approval, ref, Reason("in_order"))

    assert (own.value.guard, twice.value.guard) == ("auditor_did_not_approve_it", "approval_is_not_judged_yet")
    last = world.history(ref)[-1]
    assert (last.event, last.reason_code, last.role) == ("request.approval_judged", "remark", "auditor")


def test_what_somebody_did_since_the_officer_looked_is_a_conflict_that_says_who_and_what() -> None:
    world = World()
    ref = world.taken()
    seen = world.history(ref)[-1].sequence
    mend(world, ref, person__familyName="Duboix")

    with pytest.raises(ConcurrentChange) as raced, world.door(world.dirk) as door:
        registrations.approve(replace(door, seen=seen), ref, extension_confirmed=False)

    assert (raced.value.event, raced.value.by) == ("request.typo_corrected", "service_desk")
    assert _last(world, ref).event == "request.typo_corrected"


def test_an_alarm_that_rang_since_is_no_conflict() -> None:
    world = World()
    ref = world.taken()
    seen = world.history(ref)[-1].sequence
    world.wait(days=10)
    world.fire_timers()
    assert _last(world, ref).event == "request.waited_too_long"

    with world.door(world.bart) as door:
        registrations.approve(replace(door, seen=seen), ref, extension_confirmed=False)

    assert _last(world, ref).event == "request.approved"


def test_a_deadline_that_passed_since_is_a_conflict() -> None:
    world = World()
    ref = world.taken()
    world.does(world.bart, registrations.request_info, ref, fields=("contact.email",), text="Which address?")
    seen = world.history(ref)[-1].sequence
    world.wait(days=15)

    with pytest.raises(ConcurrentChange) as raced, world.door(world.bart) as door:
        registrations.withdraw(replace(door, seen=seen), ref, Reason("officer"))

    assert raced.value.event == "request.lapsed"


def test_a_colleague_is_told_that_a_request_in_review_can_be_given_on() -> None:
    world = World()
    ref = world.taken()

    with world.door(world.dirk) as door:
        option = explain_request(door, ref).of("reassign")

    assert option is not None
    assert option.open


def _last(world: World, ref: str) -> AuditEvent:
    return world.history(ref)[-1]
