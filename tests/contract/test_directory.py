"""The port `Directory`: officers and entities."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests import builders
from workflow.errors import NotFound
from workflow.model import EntityStatus, Language, Role
from workflow.ports import UnitOfWork


def test_an_officer_comes_back_as_written_with_roles_and_rights(uow: UnitOfWork) -> None:
    anna = replace(builders.anna(), language=Language.FR, roles=frozenset({Role.END_USER, Role.LOCAL_ADMIN}))

    uow.directory.put_user(anna)

    assert uow.directory.by_id(anna.id) == anna
    assert len(anna.rights) == 2


def test_an_officer_may_have_no_entity_no_agreement_and_no_rights(uow: UnitOfWork) -> None:
    bart = builders.bart()

    uow.directory.put_user(bart)

    assert uow.directory.by_id(bart.id) == bart
    assert (bart.entity, bart.agreement_signed_on, bart.rights) == (None, None, ())


@pytest.mark.parametrize("typed", ["anna@entity.example", "Anna@Entity.Example", " anna@ENTITY.example "])
def test_an_officer_is_found_by_their_address_however_it_is_typed(uow: UnitOfWork, typed: str) -> None:
    anna = builders.anna()
    uow.directory.put_user(anna)
    uow.directory.put_user(builders.bart())

    assert uow.directory.by_email(typed) == anna


@pytest.mark.parametrize("typed", ["stranger@entity.example", "no address", ""])
def test_an_address_that_nobody_has_is_not_found_and_not_repeated(uow: UnitOfWork, typed: str) -> None:
    uow.directory.put_user(builders.anna())

    with pytest.raises(NotFound) as refused:
        uow.directory.by_email(typed)

    assert "stranger@" not in str(refused.value)


def test_an_officer_who_does_not_exist_is_not_found(uow: UnitOfWork) -> None:
    with pytest.raises(NotFound):
        uow.directory.by_id(builders.anna().id)


def test_the_names_of_many_officers_are_one_question_and_strangers_are_left_out(uow: UnitOfWork) -> None:
    anna, bart, dirk = builders.anna(), builders.bart(), builders.dirk()
    for user in (anna, bart):
        uow.directory.put_user(user)

    assert uow.directory.names({anna.id, bart.id, dirk.id}) == {anna.id: anna.name, bart.id: bart.name}
    assert uow.directory.names({bart.id}) == {bart.id: bart.name}
    assert uow.directory.names(set()) == {}


def test_putting_an_officer_again_replaces_every_field(uow: UnitOfWork) -> None:
    anna = builders.anna()
    uow.directory.put_user(anna)
    changed = replace(
        anna,
        email="anna.new@entity.example",
        name="Anna N.",
        roles=frozenset({Role.SERVICE_DESK}),
        entity=None,
        rights=(),
    )

    uow.directory.put_user(changed)

    assert uow.directory.by_id(anna.id) == changed
    assert uow.directory.by_email("anna.new@entity.example") == changed
    assert uow.directory.with_role(Role.END_USER) == []
    with pytest.raises(NotFound):
        uow.directory.by_email(anna.email)


def test_officers_are_found_by_a_role_they_hold(uow: UnitOfWork) -> None:
    for user in (builders.anna(), builders.bart(), builders.dirk(), builders.carla()):
        uow.directory.put_user(user)

    desk = uow.directory.with_role(Role.SERVICE_DESK)

    assert {user.name for user in desk} == {"Bart", "Dirk"}
    assert uow.directory.with_role(Role.AUDITOR) == []


def test_an_entity_comes_back_as_written_and_can_be_replaced(uow: UnitOfWork) -> None:
    uow.directory.put_entity(builders.entity())
    uow.directory.put_entity(builders.entity(builders.OTHER_ENTITY))

    uow.directory.put_entity(builders.entity(status=EntityStatus.SUSPENDED))

    assert uow.directory.entity(builders.ENTITY) == builders.entity(status=EntityStatus.SUSPENDED)
    assert uow.directory.entity(builders.OTHER_ENTITY).status is EntityStatus.ACTIVE


def test_an_entity_that_does_not_exist_is_not_found(uow: UnitOfWork) -> None:
    with pytest.raises(NotFound):
        uow.directory.entity("OVO000000")
