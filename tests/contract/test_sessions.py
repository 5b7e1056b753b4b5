"""The port `Sessions`: browsers at a stage, ended one by one, with their case, with their time, or with their person."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.contract.steps import later, moved, opened
from tests.support.world import Store
from workflow.effects import Erasure
from workflow.model import Case
from workflow.ports import UnitOfWork
from workflow.ports_entry import Session, Stage

MINE, OTHERS, THIRD = b"\x01" * 32, b"\x02" * 32, b"\x03" * 32


def session(case: Case, digest: bytes = MINE, stage: Stage = Stage.SETTING_UP, *, hours: float = 4) -> Session:
    """A session of a case that was opened at START and lasts so many hours."""
    return Session(digest, case.id, stage, later(), later(seconds=1), later(hours=hours))


def person(uow: UnitOfWork) -> Case:
    """An activation whose person is known."""
    case = opened(uow, "activation")
    uow.people.put(case.id, {"holder.family_name": '"Dubois"'})
    return case


@pytest.mark.parametrize("stage", Stage)
def test_a_session_comes_back_as_it_was_written(uow: UnitOfWork, stage: Stage) -> None:
    mine = session(person(uow), stage=stage)

    uow.sessions.put(mine)

    assert uow.sessions.get(MINE) == mine
    assert uow.sessions.get(OTHERS) is None


def test_writing_it_again_replaces_it(uow: UnitOfWork) -> None:
    mine = session(person(uow))
    uow.sessions.put(mine)
    seen = replace(mine, stage=Stage.SIGNED_IN, seen_at=later(minutes=7), ends_at=later(hours=5))

    uow.sessions.put(seen)

    assert uow.sessions.get(MINE) == seen


def test_ending_one_leaves_the_others(uow: UnitOfWork) -> None:
    case = person(uow)
    uow.sessions.put(session(case))
    uow.sessions.put(session(case, OTHERS))

    uow.sessions.drop(MINE)
    uow.sessions.drop(THIRD)

    assert uow.sessions.get(MINE) is None
    assert uow.sessions.get(OTHERS) == session(case, OTHERS)


def test_ending_all_of_a_case_leaves_those_of_other_cases(uow: UnitOfWork) -> None:
    case, other = person(uow), person(uow)
    uow.sessions.put(session(case))
    uow.sessions.put(session(case, OTHERS, Stage.SIGNED_IN))
    uow.sessions.put(session(other, THIRD))

    uow.sessions.drop_of(case.id)

    assert [uow.sessions.get(digest) is None for digest in (MINE, OTHERS, THIRD)] == [True, True, False]


def test_those_that_are_over_are_forgotten_from_their_end_on(uow: UnitOfWork) -> None:
    case = person(uow)
    uow.sessions.put(session(case, MINE, hours=1))
    uow.sessions.put(session(case, OTHERS, hours=2))
    uow.sessions.put(session(case, THIRD, hours=3))

    assert uow.sessions.drop_over(now=later(hours=1, microseconds=-1)) == 0
    assert uow.sessions.drop_over(now=later(hours=2)) == 2

    assert [uow.sessions.get(digest) is None for digest in (MINE, OTHERS, THIRD)] == [True, True, False]


@pytest.mark.fact("B1-23")
def test_the_sessions_of_a_person_go_with_the_person_and_nobody_elses(store: Store) -> None:
    with store.unit_of_work() as uow:
        case, other = person(uow), person(uow)
        uow.sessions.put(session(case))
        uow.sessions.put(session(other, OTHERS))
        uow.commit()

    with store.unit_of_work() as uow:
        moved(uow, case, erase=frozenset({Erasure.PERSON}))
        uow.commit()

    with store.unit_of_work() as uow:
        assert uow.sessions.get(MINE) is None
        assert uow.sessions.get(OTHERS) == session(other, OTHERS)
