"""The port `Trail`: the history of all cases by time, narrowed by each of its questions, no line lost or doubled between pages."""

from __future__ import annotations

from uuid import UUID

import pytest

from tests import builders
from tests.contract.steps import later, moved, opened
from workflow.effects import Erasure
from workflow.model import Case
from workflow.ports import UnitOfWork
from workflow.ports_desk import Place, Sought

OTHER = "OVO000009"


def lived(uow: UnitOfWork, *, hours: float, **more: object) -> Case:
    """A case with two lines of history: the first so many hours after START, the second an hour later."""
    case = opened(uow, **more)  # type: ignore[arg-type]  # what a case is made of
    case = moved(uow, case, to="submitted", event=builders.event(case, to="submitted", at=later(hours=hours)))
    second = builders.event(
        case, to="in_review", at=later(hours=hours + 1), event="request.taken", trigger="take", actor="user:bart"
    )
    return moved(uow, case, to="in_review", event=second)


def pages(uow: UnitOfWork, sought: Sought, *, size: int) -> list[UUID]:
    """The ids of every page, one after the other."""
    found: list[UUID] = []
    after: Place | None = None
    while page := uow.trail.page(sought, after=after, limit=size):
        found += [line.event.id for line in page]
        after = page[-1].place
    return found


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_pages_of_any_size_show_every_line_once_newest_first_also_at_the_same_instant(
    uow: UnitOfWork, size: int
) -> None:
    cases = [lived(uow, hours=hours) for hours in (5, 1, 1, 1)]

    found = pages(uow, Sought(), size=size)

    expected = {event.id for case in cases for event in uow.cases.history(case.id)}
    assert (len(found), set(found)) == (8, expected)
    assert found[:2] == [event.id for event in reversed(uow.cases.history(cases[0].id))]


def test_the_trail_is_narrowed_by_each_of_its_questions(uow: UnitOfWork) -> None:
    lived(uow, hours=1)
    other = lived(uow, hours=5, entity=OTHER)
    first, second = uow.cases.history(other.id)

    for sought, expected in (
        (Sought(ref=other.ref), [second.id, first.id]),
        (Sought(entity=OTHER), [second.id, first.id]),
        (Sought(since=later(hours=5)), [second.id, first.id]),
        (Sought(since=later(hours=5), until=later(hours=6)), [first.id]),
        (Sought(entity=OTHER, event="request.taken"), [second.id]),
        (Sought(ref=other.ref, actor="user:bart"), [second.id]),
        (Sought(entity=OTHER, without=frozenset({"take"})), [first.id]),
        (Sought(not_of=builders.ENTITY), [second.id, first.id]),
        (Sought(ref="BR-2026-00000-XX"), []),
    ):
        assert pages(uow, sought, size=1) == expected, sought


def test_a_page_never_says_what_a_line_says_of_a_person_and_the_line_does_until_the_person_is_erased(
    uow: UnitOfWork,
) -> None:
    case = opened(uow)
    told = builders.event(case, to="submitted", at=later(), payload='{"after": {"person.familyName": "Dubois"}}')
    case = moved(uow, case, to="submitted", event=told)

    assert [(line.ref, line.entity, line.event.payload) for line in uow.trail.page(Sought(), after=None, limit=5)] == [
        (case.ref, case.entity, None)
    ]
    line = uow.trail.line(told.id)
    assert line is not None
    assert (line.ref, line.event) == (case.ref, told)
    assert uow.trail.line(builders.uuid(later())) is None

    moved(uow, case, to="purged", erase=frozenset({Erasure.PERSON}))
    erased = uow.trail.line(told.id)
    assert erased is not None
    assert erased.event.payload is None
