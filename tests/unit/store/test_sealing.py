"""What somebody finds who has the database but not the keys, and what is left of a person once they are erased (I6, B1-23)."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from store.engine import open_engine
from store.unit_of_work import SqlStore
from tests import builders
from tests.builders import START
from tests.contract.steps import ALL_CHANNELS, LEASE, opened
from tests.unit.store.keys import KEYRING
from workflow.effects import Erasure
from workflow.errors import NotFound, Unavailable
from workflow.model import Attachment, Case, ContactClaim, Slot
from workflow.ports import UnitOfWork

MARKED = "Quetzalcoatl"  # in every place where something personal or secret is handed in


def fill(uow: UnitOfWork) -> Case:
    """A case with the mark in every place that may hold something personal or secret."""
    case = opened(uow, "activation", detail={"code_hash": "$argon2id$of a code", "link_digest": b"d" * 32})
    uow.people.put(case.id, {"person.familyName": f'"{MARKED}"'})
    uow.people.attach(case.id, Attachment(Slot.SCAN, "image/jpeg", MARKED.encode()))
    uow.people.index(case.id, "phonetic", (MARKED,))
    uow.people.index(case.id, "insz", (MARKED,))
    uow.contacts.reserve(case.id, (ContactClaim("contact.email", f"{MARKED}@example.org"),), person_key=MARKED)
    uow.keys.put(builders.key(case, secret=MARKED))
    event = builders.event(case, payload=f'{{"reasonText": "{MARKED}"}}')
    assert uow.cases.apply(builders.change(case, event=event, messages=(builders.message(case, secret=MARKED),)))
    return uow.cases.activation(case.id, now=START)[0]


def stored_bytes(url: str) -> bytes:
    """Every byte of the file of a database, and of the log beside it if there is one."""
    path = Path(url.removeprefix("sqlite:///"))
    return b"".join(file.read_bytes() for file in sorted(path.parent.glob(f"{path.name}*")))


def test_nothing_personal_or_secret_stands_in_the_database_in_the_clear(sqlite_url: str) -> None:
    with SqlStore(sqlite_url, KEYRING).unit_of_work() as uow:
        fill(uow)
        uow.directory.put_user(builders.user(MARKED, email=f"{MARKED}@desk.example"))
        uow.commit()

    found = stored_bytes(sqlite_url)

    assert b"AC-2026" in found  # the reference is no secret: the search itself works
    assert MARKED.encode() not in found
    assert MARKED.lower().encode() not in found


@pytest.mark.fact("B1-23")
def test_erasing_the_person_deletes_the_key_and_every_row_that_it_sealed(store: SqlStore) -> None:
    with store.unit_of_work() as uow:
        case = fill(uow)
        uow.commit()

    with store.unit_of_work() as uow:
        assert uow.cases.apply(builders.change(case, erase=frozenset({Erasure.PERSON})))
        uow.commit()

    left = {table: rows_of(store, table) for table in ("data_keys", "sealed_values", "attachments", "contact_claims")}
    assert left == dict.fromkeys(left, 0)
    with store.unit_of_work() as uow:
        assert uow.people.find("phonetic", (MARKED,)) == []
        assert uow.people.find("insz", (MARKED,)) == [case.id]
        assert [key.secret for key in uow.keys.of(case.id)] == [None]
        assert [event.payload for event in uow.cases.history(case.id)] == [None, None]


@pytest.mark.fact("B1-23")
def test_erased_bytes_are_overwritten_in_the_file(sqlite_url: str) -> None:
    engine = open_engine(sqlite_url)
    with SqlStore(sqlite_url, KEYRING).unit_of_work() as uow:
        case = fill(uow)
        uow.commit()
    with engine.connect() as connection:
        wrapped: bytes = connection.execute(text("SELECT wrapped FROM data_keys")).scalar_one()
    assert wrapped in stored_bytes(sqlite_url)

    with SqlStore(sqlite_url, KEYRING).unit_of_work() as uow:
        assert uow.cases.apply(builders.change(case, erase=frozenset({Erasure.PERSON})))
        uow.commit()
    with engine.connect() as connection:
        connection.rollback()
        connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")  # where there is a log at all
    engine.dispose()

    assert wrapped not in stored_bytes(sqlite_url)


@pytest.mark.fact("B1-23")
def test_nothing_personal_can_be_written_to_a_case_that_is_erased(store: SqlStore) -> None:
    with store.unit_of_work() as uow:
        case = fill(uow)
        assert uow.cases.apply(builders.change(case, erase=frozenset({Erasure.PERSON})))
        uow.commit()

    with store.unit_of_work() as uow:
        with pytest.raises(NotFound):
            uow.people.put(case.id, {"person.familyName": '"Again"'})
        with pytest.raises(NotFound):
            uow.people.attach(case.id, Attachment(Slot.SCAN, "image/jpeg", b"again"))


@pytest.mark.fact("B1-23")
def test_a_late_change_of_an_erased_case_keeps_its_event_but_nothing_that_would_be_sealed(store: SqlStore) -> None:
    with store.unit_of_work() as uow:
        case = fill(uow)
        erased = builders.change(case, erase=frozenset({Erasure.PERSON}))
        assert uow.cases.apply(erased)
        uow.commit()

    with store.unit_of_work() as uow:
        later = builders.moved(erased)
        event = builders.event(later, payload=f'{{"reasonText": "{MARKED}"}}')
        assert uow.cases.apply(builders.change(later, event=event, messages=(builders.message(later),)))
        uow.commit()
        history = uow.cases.history(case.id)
        claimed = uow.outbox.claim(ALL_CHANNELS, now=START, lease_until=START + LEASE, limit=10)

    assert [line.payload for line in history] == [None, None, None]
    assert [row.message.secret for row in claimed] == [None, None]


def test_a_value_that_is_moved_to_another_place_opens_nothing(sqlite_url: str) -> None:
    store = SqlStore(sqlite_url, KEYRING)
    with store.unit_of_work() as uow:
        case = opened(uow)
        uow.people.put(case.id, {"person.givenName": '"Zoë"', "person.familyName": '"Dubois"'})
        uow.commit()
    engine = open_engine(sqlite_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE sealed_values SET path = 'x' WHERE path = 'person.givenName'"))
        connection.execute(text("UPDATE sealed_values SET path = 'person.givenName' WHERE path = 'person.familyName'"))
    engine.dispose()

    with store.unit_of_work() as uow, pytest.raises(Unavailable, match="was changed in the database"):
        uow.people.get(case.id)


def test_an_error_of_the_database_never_repeats_a_value(store: SqlStore) -> None:
    with store.unit_of_work() as uow:
        case = opened(uow)
        broken = builders.change(case, detail={"purpose_code": MARKED, "kind": None})
        with pytest.raises(RuntimeError, match="registration_requests") as refused:
            uow.cases.apply(broken)

    assert MARKED not in str(refused.value)
    assert refused.value.__suppress_context__


def rows_of(store: SqlStore, table: str) -> int:
    """How many rows a table has."""
    with store._engine.connect() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())
