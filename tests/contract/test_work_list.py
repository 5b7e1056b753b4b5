"""The port `WorkList`: pages by deadline, closed ones newest first, counts, and no row lost or doubled between pages."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

import pytest

from tests import builders
from tests.contract.steps import later, moved, opened
from workflow.effects import Erasure
from workflow.model import Case, Language, RequestKind
from workflow.ports import UnitOfWork
from workflow.ports_desk import Place, Wanted

OPEN = Wanted()
LAPSING = frozenset({"draft"})


def waiting(uow: UnitOfWork, *, days: float, state: str = "submitted", **more: object) -> Case:
    """A case that somebody has to deal with by so many days after START."""
    case = opened(uow, **more)  # type: ignore[arg-type]  # what a case and its detail are made of
    return moved(uow, case, to=state, moves_deadline=True, act_by=later(days=days))


def closed(uow: UnitOfWork, *, days: float, opened_at: datetime) -> Case:
    """A case that was closed so many days after START."""
    case = opened(uow, opened_at=opened_at)
    return moved(uow, case, to="completed", moves_deadline=True, closed_at=later(days=days), at=opened_at)


def pages(uow: UnitOfWork, wanted: Wanted, *, size: int) -> list[UUID]:
    """The ids of every page, one after the other."""
    found: list[UUID] = []
    after: Place | None = None
    while page := uow.work.page(wanted, now=later(), after=after, limit=size):
        found += [row.case.id for _, row in page]
        after = page[-1][0]
    return found


def test_the_most_urgent_stands_first_and_what_has_no_deadline_last(uow: UnitOfWork) -> None:
    late, never, soon = waiting(uow, days=9), opened(uow), waiting(uow, days=1)
    moved(uow, never, to="approved")

    page = uow.work.page(OPEN, now=later(), after=None, limit=10)

    assert [row.case.id for _, row in page] == [soon.id, late.id, never.id]
    assert [row.act_by for _, row in page] == [later(days=1), later(days=9), None]


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_pages_of_any_size_show_every_row_once_also_where_deadlines_are_equal(uow: UnitOfWork, size: int) -> None:
    cases = [waiting(uow, days=days) for days in (3, 1, 1, 1, 2)]

    found = pages(uow, OPEN, size=size)

    assert sorted(found) == sorted(case.id for case in cases)
    assert found[-1] == cases[0].id


def test_a_change_that_says_nothing_of_the_deadline_leaves_it(uow: UnitOfWork) -> None:
    case = waiting(uow, days=2)

    moved(uow, case, to="in_review")

    assert uow.work.page(OPEN, now=later(), after=None, limit=10)[0][1].act_by == later(days=2)


def test_closed_ones_stand_in_their_own_list_newest_first(uow: UnitOfWork) -> None:
    waiting(uow, days=1)
    old, new = closed(uow, days=3, opened_at=later()), closed(uow, days=2, opened_at=later(days=1))

    assert pages(uow, Wanted(closed=True), size=1) == [new.id, old.id]
    assert len(pages(uow, Wanted(closed=None), size=2)) == 3


def test_a_deadline_that_closes_a_case_closes_it_in_the_list_before_any_sweep(uow: UnitOfWork) -> None:
    draft = waiting(uow, days=1, state="draft")
    wanted, now = Wanted(lapsing=LAPSING), later(days=1)

    assert uow.work.count(wanted, now=later(days=1, seconds=-1), most=10) == 1
    assert uow.work.count(wanted, now=now, most=10) == 0
    done = uow.work.page(Wanted(closed=True, lapsing=LAPSING), now=now, after=None, limit=10)
    assert [row.case.id for _, row in done] == [draft.id]
    assert uow.work.count(Wanted(closed=True, lapsing=LAPSING, lapsed=False), now=now, most=10) == 0


def test_a_list_is_narrowed_by_each_of_its_filters(uow: UnitOfWork) -> None:
    filer, bart = builders.uuid(later()), builders.uuid(later())
    told = {"filer": filer, "kind": RequestKind.REACTIVATION, "language": Language.DE, "fraud_suspected_at": later()}
    other = waiting(uow, days=9)
    mine = moved(uow, waiting(uow, days=1, detail=told, entity="OVO000009"), to="in_review", assignee=bart)

    for wanted in (
        Wanted(states=frozenset({"in_review"})), Wanted(entity="OVO000009"), Wanted(assignee=bart), Wanted(filer=filer),
        Wanted(kind="reactivation"), Wanted(language="de"), Wanted(due_before=later(days=2)), Wanted(fraud=True),
    ):  # fmt: skip
        assert pages(uow, wanted, size=5) == [mine.id], wanted
        assert uow.work.count(wanted, now=later(), most=5) == 1
    assert pages(uow, Wanted(entity=other.entity), size=5) == [other.id]


def test_approvals_that_no_auditor_has_judged_are_a_list_of_their_own(uow: UnitOfWork) -> None:
    bart = builders.bart().id
    told = {"approved_by": bart, "approved_at": later()}
    new = waiting(uow, days=1, detail=told)
    waiting(uow, days=1, detail=told | {"audited_by": builders.anna().id, "audited_at": later()})
    waiting(uow, days=1)

    assert pages(uow, Wanted(closed=None, unaudited=True), size=1) == [new.id]


def test_a_list_is_narrowed_to_what_nobody_has_and_to_what_was_approved_or_closed_of_late(uow: UnitOfWork) -> None:
    bart = builders.bart().id
    free = waiting(uow, days=1)
    told = {"approved_by": bart, "approved_at": later(days=2)}
    late = moved(uow, waiting(uow, days=2, detail=told), to="in_review", assignee=bart)
    early = {"approved_by": bart, "approved_at": later(days=1)}
    moved(uow, waiting(uow, days=3, detail=early), to="in_review", assignee=bart)
    old, new = closed(uow, days=1, opened_at=later()), closed(uow, days=2, opened_at=later())

    assert pages(uow, Wanted(unassigned=True), size=1) == [free.id]
    assert pages(uow, Wanted(approved_from=later(days=2)), size=1) == [late.id]
    assert pages(uow, Wanted(closed=True, closed_from=later(days=2)), size=1) == [new.id]
    assert uow.work.ids(Wanted(closed=True), now=later(), limit=1) in ((old.id,), (new.id,))


def test_requests_are_found_by_how_their_activation_stands_before_any_sweep(uow: UnitOfWork) -> None:
    wanted = Wanted(
        closed=None, activation_in=frozenset({"blocked_timeout"}), activation_past=frozenset({"awaiting_code"})
    )
    made = {}
    for name, state in (("blocked", "blocked_timeout"), ("late", "awaiting_code"), ("active", "active")):
        its = builders.uuid(later())
        made[name] = waiting(uow, days=1, detail={"activation_id": its}).id
        told = {"request_id": made[name], "blocks_at": later(days=30)}
        moved(uow, opened(uow, "activation", id=its, detail=told), to=state)
    waiting(uow, days=1)

    assert pages(uow, wanted, size=1) == [made["blocked"]]
    late = [row.case.id for _, row in uow.work.page(wanted, now=later(days=30), after=None, limit=9)]
    assert set(late) == {made["blocked"], made["late"]}
    assert uow.work.count(wanted, now=later(days=30), most=9) == 2
    since_then = replace(wanted, activation_from=later(days=1))
    assert pages(uow, since_then, size=1) == []
    assert uow.work.ids(since_then, now=later(days=30), limit=9) == (made["late"],)


def test_the_ids_of_a_list_come_in_its_order_and_no_more_than_asked(uow: UnitOfWork) -> None:
    late, soon, soonest = (waiting(uow, days=days) for days in (3, 2, 1))

    assert uow.work.ids(OPEN, now=later(), limit=2) == (soonest.id, soon.id)
    assert uow.work.ids(OPEN, now=later(), limit=9)[-1] == late.id


def test_the_courses_of_many_cases_come_at_once_without_lines_that_stay_in_a_state(uow: UnitOfWork) -> None:
    first, second = waiting(uow, days=1), waiting(uow, days=1)
    first = moved(uow, first, to="in_review", at=later(hours=1))
    moved(uow, first, to="in_review", at=later(hours=2))

    found = uow.work.courses((first.id, second.id, builders.uuid(later())))

    assert {case_id: [one.to_state for one in course] for case_id, course in found.items()} == {
        first.id: ["submitted", "in_review"], second.id: ["submitted"],
    }  # fmt: skip
    assert found[first.id][1].occurred_at == later(hours=1)
    assert uow.work.courses(()) == {}


def test_the_same_are_counted_by_state_and_person_and_no_further_than_asked(uow: UnitOfWork) -> None:
    bart = builders.bart().id
    for days in (1, 2, 3):
        moved(uow, waiting(uow, days=days), to="in_review", assignee=bart)
    waiting(uow, days=1)

    assert uow.work.by_state(OPEN, now=later()) == {"in_review": 3, "submitted": 1}
    assert set(uow.work.by_person(OPEN, now=later(days=2))) == {(bart, 3, 2), (None, 1, 1)}
    assert uow.work.count(OPEN, now=later(), most=2) == 2


def test_flow_and_age_are_counted_between_edges(uow: UnitOfWork) -> None:
    closed(uow, days=8, opened_at=later(days=1))
    moved(uow, opened(uow, opened_at=later(days=9)), to="submitted")
    edges = (later(), later(days=7), later(days=14))

    assert uow.work.flow(OPEN, edges) == [(1, 0), (1, 1)]
    assert uow.work.ageing(OPEN, (later(days=1), later(days=9)), now=later(days=20)) == {"submitted": [0, 0, 1]}


def test_names_come_for_many_cases_at_once_and_not_for_the_erased(uow: UnitOfWork) -> None:
    first, second, gone = (waiting(uow, days=1) for _ in range(3))
    for case, name in ((first, '"Dubois"'), (second, '"Nowak"'), (gone, '"Weg"')):
        uow.people.put(case.id, {"person.familyName": name, "person.givenName": '"Z"'})
    moved(uow, gone, erase=frozenset({Erasure.PERSON}))

    found = uow.work.names((first.id, second.id, gone.id), ("person.familyName",))

    assert found[first.id] == {"person.familyName": '"Dubois"'}
    assert found[second.id] == {"person.familyName": '"Nowak"'}
    assert not found.get(gone.id)


def test_some_cases_are_found_in_the_order_in_which_they_are_asked(uow: UnitOfWork) -> None:
    first, second = waiting(uow, days=1), waiting(uow, days=2)
    other = opened(uow, "activation")

    found = uow.work.found((second.id, other.id, first.id, builders.uuid(later())), now=later())

    assert [row.case.id for row in found] == [second.id, first.id]
    assert uow.work.found((), now=later()) == []
