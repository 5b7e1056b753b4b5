"""Who sees a case, and what the directory says today about who may file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from tests.builders import anna, bart, case, entity, user
from workflow.access import FILING_RIGHTS, Door, request_facts, sees, with_filing_rights
from workflow.lifecycles.registration_guards import Facts
from workflow.model import Actor, Entity, EntityStatus, RegistrationRequest, RequestKind, Right, Role, User

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@dataclass
class Directory:
    """One officer and one entity."""

    user: User
    found: Entity

    def by_id(self, _user_id: UUID) -> User:
        return self.user

    def entity(self, _code: str) -> Entity:
        return self.found


@dataclass
class Unit:
    """As much of a unit of work as is looked at."""

    directory: Directory


@dataclass
class ToolsAtHand:
    """As much of the tools as is looked at."""

    manual_register: bool = False


def door(officer: User, *, status: EntityStatus = EntityStatus.ACTIVE, now: datetime = NOW) -> Door:
    unit = Unit(Directory(officer, entity(status=status)))
    return Door(uow=unit, actor=Actor.of(officer), now=now, tools=ToolsAtHand())  # type: ignore[arg-type]


def rights(begins: date = date(2026, 1, 1), ends: date = date(2026, 12, 31)) -> tuple[Right, ...]:
    return tuple(Right(name, begins, ends) for name in FILING_RIGHTS)


def judged(officer: User, **how: object) -> tuple[bool, bool, bool]:
    facts = with_filing_rights(door(officer, **how), Facts(), entity="OVO002949")  # type: ignore[arg-type]
    return facts.entity_active, facts.rights_held, facts.agreement_signed


@pytest.mark.fact("3.3", "3.19", "B1-1")
def test_who_holds_both_rights_and_signed_may_file_for_an_active_entity() -> None:
    assert judged(anna()) == (True, True, True)


@pytest.mark.fact("3.19", "B1-1")
@pytest.mark.parametrize("missing", FILING_RIGHTS)
def test_one_right_of_the_two_is_not_enough(missing: str) -> None:
    held = tuple(right for right in rights() if right.name != missing)

    assert judged(anna(rights=held))[1] is False


@pytest.mark.fact("3.19", "AM2-2", "B1-1")
@pytest.mark.parametrize(
    ("now", "held"),
    [
        ("2025-12-31T22:59:59.999999", False),
        ("2025-12-31T23:00:00", True),  # the first day begins at midnight in Brussels
        ("2026-06-01T12:00:00", True),
        ("2026-12-31T22:59:59.999999", True),
        ("2026-12-31T23:00:00", False),  # the last day is over in Brussels
    ],
)
def test_a_right_counts_from_its_first_through_its_last_day_in_brussels(now: str, held: bool) -> None:
    instant = datetime.fromisoformat(now).replace(tzinfo=UTC)

    assert judged(anna(rights=rights()), now=instant)[1] is held


@pytest.mark.fact("3.19")
def test_rights_that_follow_each_other_count_as_held() -> None:
    earlier = rights(date(2025, 1, 1), date(2026, 11, 22))
    later = rights(date(2026, 11, 23), date(2027, 11, 22))

    assert judged(anna(rights=earlier + later))[1] is True
    assert judged(anna(rights=earlier))[1] is False


@pytest.mark.fact("3.3", "B1-1")
@pytest.mark.parametrize(
    ("signed_on", "counts"), [(None, False), (date(2026, 11, 24), False), (date(2026, 11, 23), True)]
)
def test_the_agreement_counts_from_the_day_it_was_signed(signed_on: date | None, counts: bool) -> None:
    assert judged(anna(agreement_signed_on=signed_on))[2] is counts


@pytest.mark.fact("B1-1")
@pytest.mark.parametrize("status", [status for status in EntityStatus if status is not EntityStatus.ACTIVE])
def test_only_an_active_entity_files(status: EntityStatus) -> None:
    assert judged(anna(), status=status)[0] is False


@pytest.mark.fact("B1-24")
def test_an_end_user_sees_the_cases_of_their_own_entity_only() -> None:
    own, other = case(entity="OVO002949"), case(entity="OVO000001")

    assert sees(Actor.of(anna()), own)
    assert not sees(Actor.of(anna()), other)
    assert sees(Actor.of(bart()), other)
    assert sees(Actor.clock(), other)


@pytest.mark.fact("3.5")
def test_who_is_also_of_the_service_desk_sees_every_entity() -> None:
    both = user("Emma", Role.END_USER, Role.SERVICE_DESK, entity="OVO002949")

    assert sees(Actor.of(both), case(entity="OVO000001"))


@pytest.mark.fact("B1-4", "B1-26")
@pytest.mark.parametrize(
    ("known", "fact"),
    [
        ({"scan_attached": True, "declaration_attached": True}, {"attachments_present": True}),
        ({"scan_attached": True}, {"attachments_present": False}),
        ({"declaration_attached": True}, {"attachments_present": False}),
        ({"checks_passed": 4}, {"steps_passed": 4}),
        ({"open_remarks": 2}, {"open_remarks": 2}),
        ({"creation_called_at": NOW}, {"creation_called": True}),
        ({}, {"creation_called": False, "number_created": False, "activation_exists": False}),
        ({"number_created": True}, {"number_created": True}),
        ({"activation_id": UUID(int=1)}, {"activation_exists": True}),
        ({"extended_by_law": True}, {"extended_by_law": True, "extension_confirmed": False}),
    ],
)
def test_the_facts_of_a_request_are_read_from_what_is_kept_of_it(
    known: dict[str, object], fact: dict[str, object]
) -> None:
    opened = case()
    detail = replace(RegistrationRequest(opened.id, RequestKind.REGISTRATION, anna().id, False), **known)  # type: ignore[arg-type]

    facts = request_facts(door(bart()), opened, detail)

    assert {name: getattr(facts, name) for name in fact} == fact
    assert (facts.actor, facts.filer) == (bart().id, anna().id)
