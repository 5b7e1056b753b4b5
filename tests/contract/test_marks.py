"""The port `Marks`: the highest instant that a tick has seen."""

from __future__ import annotations

from tests.builders import START
from tests.contract.steps import later
from workflow.ports import UnitOfWork


def test_before_the_first_tick_there_is_no_mark(uow: UnitOfWork) -> None:
    assert uow.marks.high_water() is None


def test_the_mark_rises_with_the_clock(uow: UnitOfWork) -> None:
    uow.marks.raise_to(START)
    uow.marks.raise_to(later(microseconds=1))

    assert uow.marks.high_water() == later(microseconds=1)


def test_the_mark_is_never_lowered(uow: UnitOfWork) -> None:
    uow.marks.raise_to(later(days=3))

    uow.marks.raise_to(START)

    assert uow.marks.high_water() == later(days=3)
