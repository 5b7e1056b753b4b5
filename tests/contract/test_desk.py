"""The ports of the officers' desk: sessions, looks, saved views, forms that wait for their owner, who an officer is elsewhere."""

from __future__ import annotations

import pytest

from tests import builders
from tests.contract.steps import later, opened
from workflow.errors import ConcurrentChange, NotFound
from workflow.model import User
from workflow.ports import UnitOfWork
from workflow.ports_desk import KeptForm, Look, Looked, OfficerSession, SavedView

MINE, OTHERS = b"\x01" * 32, b"\x02" * 32
ISSUER = "https://idp.example/op"


@pytest.fixture
def bart(uow: UnitOfWork) -> User:
    uow.directory.put_user(builders.bart())
    return builders.bart()


@pytest.fixture
def anna(uow: UnitOfWork) -> User:
    uow.directory.put_user(builders.anna())
    return builders.anna()


def session(user: User, digest: bytes = MINE, *, hours: float = 12) -> OfficerSession:
    return OfficerSession(digest, user.id, later(), later(seconds=1), later(hours=hours))


def test_a_session_comes_back_as_it_was_written_and_is_seen(uow: UnitOfWork, bart: User) -> None:
    uow.officer_sessions.put(session(bart))

    uow.officer_sessions.seen(MINE, now=later(minutes=5))
    uow.officer_sessions.seen(OTHERS, now=later(minutes=5))

    found = uow.officer_sessions.get(MINE)
    assert found is not None
    assert (found.user_id, found.seen_at, found.ends_at) == (bart.id, later(minutes=5), later(hours=12))
    assert uow.officer_sessions.get(OTHERS) is None


def test_sessions_end_one_by_one_or_all_of_an_officer_or_with_their_time(
    uow: UnitOfWork, bart: User, anna: User
) -> None:
    uow.officer_sessions.put(session(bart))
    uow.officer_sessions.put(session(anna, OTHERS, hours=1))
    uow.officer_sessions.put(session(anna, b"\x03" * 32))

    uow.officer_sessions.drop(MINE)
    assert uow.officer_sessions.drop_over(now=later(hours=1)) == 1
    assert [uow.officer_sessions.get(digest) is None for digest in (MINE, OTHERS, b"\x03" * 32)] == [True, True, False]
    uow.officer_sessions.drop_of(anna.id)
    assert uow.officer_sessions.get(b"\x03" * 32) is None


def test_looks_are_listed_by_case_and_newest_first(uow: UnitOfWork) -> None:
    case = opened(uow)
    first = Look(builders.uuid(later()), later(), "user:bart", "service_desk", Looked.SCAN, case.id)
    second = Look(
        builders.uuid(later()), later(hours=1), "user:bart", "service_desk", Looked.EXPORT, told="state=draft"
    )
    uow.looks.add(first)
    uow.looks.add(second)

    assert uow.looks.of_case(case.id) == [first]
    assert uow.looks.listed(since=later(), limit=5) == [second, first]
    assert uow.looks.listed(since=later(minutes=1), limit=5) == [second]
    assert uow.looks.listed(since=later(), limit=1) == [second]


def test_a_saved_view_is_its_owners_and_replaced_by_name(uow: UnitOfWork, bart: User, anna: User) -> None:
    uow.saved_views.put(SavedView(bart.id, "Late", "due=overdue"))
    uow.saved_views.put(SavedView(bart.id, "Late", "due=today"))
    uow.saved_views.put(SavedView(bart.id, "Again", "tab=returned"))
    uow.saved_views.put(SavedView(anna.id, "Late", "state=draft"))

    uow.saved_views.drop(anna.id, "Again")

    assert uow.saved_views.of(bart.id) == [
        SavedView(bart.id, "Again", "tab=returned"),
        SavedView(bart.id, "Late", "due=today"),
    ]
    uow.saved_views.drop(bart.id, "Late")
    assert [view.name for view in uow.saved_views.of(bart.id)] == ["Again"]


def test_a_kept_form_is_handed_back_once_to_its_owner_in_time(uow: UnitOfWork, bart: User, anna: User) -> None:
    form = KeptForm(MINE, bart.id, "/desk/requests/new", b"sealed", later(hours=1))
    uow.kept_forms.put(form)

    assert uow.kept_forms.take(MINE, user_id=anna.id, now=later()) is None
    assert uow.kept_forms.take(MINE, user_id=bart.id, now=later()) == form
    assert uow.kept_forms.take(MINE, user_id=bart.id, now=later()) is None


def test_a_kept_form_is_gone_after_its_time(uow: UnitOfWork, bart: User) -> None:
    form = KeptForm(MINE, bart.id, "/desk", b"sealed", later(hours=1))
    uow.kept_forms.put(form)
    uow.kept_forms.put(KeptForm(OTHERS, bart.id, "/desk", b"sealed", later(hours=1)))

    assert uow.kept_forms.take(MINE, user_id=bart.id, now=later(hours=1)) is None
    assert uow.kept_forms.drop_over(now=later(hours=1)) == 1


def test_an_officer_is_known_by_the_subject_of_the_identity_provider(uow: UnitOfWork, bart: User, anna: User) -> None:
    uow.directory.know_as(bart.id, ISSUER, "b-1")

    assert uow.directory.by_subject(ISSUER, "b-1").id == bart.id
    for issuer, subject in ((ISSUER, "b-2"), (ISSUER + "b", "-1"), ("https://other.example", "b-1")):
        with pytest.raises(NotFound):
            uow.directory.by_subject(issuer, subject)
    uow.directory.put_user(bart)
    assert uow.directory.by_subject(ISSUER, "b-1").id == bart.id


def test_nobody_takes_the_subject_of_somebody_else(uow: UnitOfWork, bart: User, anna: User) -> None:
    uow.directory.know_as(bart.id, ISSUER, "b-1")

    with pytest.raises(ConcurrentChange):
        uow.directory.know_as(anna.id, ISSUER, "b-1")


def test_entities_are_listed_by_name(uow: UnitOfWork) -> None:
    for code in ("OVO000002", "OVO000001"):
        uow.directory.put_entity(builders.entity(code))

    assert [entity.code for entity in uow.directory.entities()] == ["OVO000001", "OVO000002"]
