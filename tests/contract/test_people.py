"""The port `People`: sealed values by path, papers, blind indexes."""

from __future__ import annotations

from tests import builders
from tests.contract.steps import later, opened
from workflow.model import Attachment, Slot
from workflow.ports import UnitOfWork


def test_values_come_back_as_they_were_written(uow: UnitOfWork) -> None:
    case = opened(uow)
    values = {
        "person.givenName": '"Zoë 日本 🙂"',
        "person.otherGivenNames": '["Maria", "José"]',
        "": "empty path",
        "empty": "",
    }

    uow.people.put(case.id, values)

    assert uow.people.get(case.id) == values


def test_nothing_is_known_of_a_case_without_values(uow: UnitOfWork) -> None:
    assert uow.people.get(opened(uow).id) == {}


def test_putting_a_value_replaces_that_one_and_leaves_the_others(uow: UnitOfWork) -> None:
    case = opened(uow)
    uow.people.put(case.id, {"a": "1", "b": "2"})

    uow.people.put(case.id, {"b": "3", "c": "4"})

    assert uow.people.get(case.id) == {"a": "1", "b": "3", "c": "4"}


def test_putting_nothing_changes_nothing(uow: UnitOfWork) -> None:
    case = opened(uow)
    uow.people.put(case.id, {"a": "1"})

    uow.people.put(case.id, {})

    assert uow.people.get(case.id) == {"a": "1"}


def test_replacing_under_a_prefix_drops_what_is_there_and_no_longer_named(uow: UnitOfWork) -> None:
    case = opened(uow)
    uow.people.put(case.id, {"person.givenName": "1", "person.sex": "2", "personal": "3", "review.text": "4"})

    uow.people.replace(case.id, {"person.givenName": "5"}, prefix="person.")

    assert uow.people.get(case.id) == {"person.givenName": "5", "personal": "3", "review.text": "4"}


def test_a_prefix_is_taken_literally(uow: UnitOfWork) -> None:
    case = opened(uow)
    uow.people.put(case.id, {"a_b.x": "1", "aXb.x": "2", "A_B.x": "3", "a%": "4"})

    uow.people.replace(case.id, {}, prefix="a_b.")
    uow.people.replace(case.id, {}, prefix="%")

    assert uow.people.get(case.id) == {"aXb.x": "2", "A_B.x": "3", "a%": "4"}


def test_replacing_under_an_empty_prefix_drops_everything_else_of_this_case_only(uow: UnitOfWork) -> None:
    case, other = opened(uow), opened(uow)
    uow.people.put(case.id, {"a": "1", "b": "2"})
    uow.people.put(other.id, {"a": "1"})

    uow.people.replace(case.id, {"c": "3"}, prefix="")

    assert uow.people.get(case.id) == {"c": "3"}
    assert uow.people.get(other.id) == {"a": "1"}


def test_the_same_value_of_two_persons_is_kept_apart(uow: UnitOfWork) -> None:
    case, other = opened(uow), opened(uow)
    uow.people.put(case.id, {"a": "same"})
    uow.people.put(other.id, {"a": "same"})

    uow.people.put(case.id, {"a": "changed"})

    assert (uow.people.get(case.id), uow.people.get(other.id)) == ({"a": "changed"}, {"a": "same"})


def test_a_paper_comes_back_byte_by_byte_from_its_own_slot(uow: UnitOfWork) -> None:
    case = opened(uow)
    scan = Attachment(Slot.SCAN, "image/jpeg", bytes(range(256)) * 400)

    uow.people.attach(case.id, scan)

    assert uow.people.attachment(case.id, Slot.SCAN) == scan
    assert uow.people.attachment(case.id, Slot.DECLARATION) is None


def test_attaching_again_replaces_the_paper_of_that_slot(uow: UnitOfWork) -> None:
    case = opened(uow)
    for paper in builders.papers():
        uow.people.attach(case.id, paper)
    better = Attachment(Slot.SCAN, "image/png", b"better")

    uow.people.attach(case.id, better)

    assert uow.people.attachment(case.id, Slot.SCAN) == better
    assert uow.people.attachment(case.id, Slot.DECLARATION) == builders.papers()[1]


def test_a_case_is_found_by_any_value_of_its_index(uow: UnitOfWork) -> None:
    case = opened(uow)
    uow.people.index(case.id, "phonetic", ("TBS|1985", "KR|1985"))

    assert uow.people.find("phonetic", ("KR|1985",)) == [case.id]
    assert uow.people.find("phonetic", ("XX|1900", "TBS|1985")) == [case.id]
    assert uow.people.find("phonetic", ("XX|1900",)) == []
    assert uow.people.find("phonetic", ()) == []


def test_a_case_is_found_once_although_several_of_its_values_fit(uow: UnitOfWork) -> None:
    case = opened(uow)
    uow.people.index(case.id, "phonetic", ("TBS|1985", "KR|1985"))

    assert uow.people.find("phonetic", ("TBS|1985", "KR|1985")) == [case.id]


def test_every_case_that_fits_is_found_oldest_first(uow: UnitOfWork) -> None:
    younger, older, stranger = opened(uow, opened_at=later(days=2)), opened(uow, opened_at=later(days=1)), opened(uow)
    for case in (younger, older):
        uow.people.index(case.id, "document", ("FR|880692310285",))
    uow.people.index(stranger.id, "document", ("FR|1",))

    assert uow.people.find("document", ("FR|880692310285",)) == [older.id, younger.id]


def test_one_index_knows_nothing_of_another(uow: UnitOfWork) -> None:
    case = opened(uow)
    uow.people.index(case.id, "insz", ("85471500213",))

    assert uow.people.find("document", ("85471500213",)) == []


def test_indexing_again_replaces_the_entries_of_that_index_only(uow: UnitOfWork) -> None:
    case = opened(uow)
    uow.people.index(case.id, "insz", ("85471500213",))
    uow.people.index(case.id, "document", ("FR|1",))

    uow.people.index(case.id, "insz", ("85471500411",))

    assert uow.people.find("insz", ("85471500213",)) == []
    assert uow.people.find("insz", ("85471500411",)) == [case.id]
    assert uow.people.find("document", ("FR|1",)) == [case.id]


def test_the_same_value_given_twice_is_one_entry(uow: UnitOfWork) -> None:
    case = opened(uow)

    uow.people.index(case.id, "phonetic", ("TBS|1985", "TBS|1985"))

    assert uow.people.find("phonetic", ("TBS|1985",)) == [case.id]


def test_an_index_can_be_emptied(uow: UnitOfWork) -> None:
    case = opened(uow)
    uow.people.index(case.id, "username", ("zoe.dubois",))

    uow.people.index(case.id, "username", ())

    assert uow.people.find("username", ("zoe.dubois",)) == []
