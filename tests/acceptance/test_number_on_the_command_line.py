"""The number on the command line, as at the desk: for those whom it is for, and each look at it is written down."""

from __future__ import annotations

import pytest

from bisdesk.bootstrap import install
from bisdesk.settings import read_settings
from tests.acceptance.desk import ANNA, BART, Desk
from workflow.ports_desk import Look, Looked

NELE = "nele@audit.example"


def looks_at(desk: Desk, ref: str) -> list[Look]:
    """Who looked at a request."""
    app = install(read_settings())
    with app.unit_of_work() as uow:
        return uow.looks.of_case(uow.cases.request(ref, now=desk.now)[0].id)


@pytest.mark.fact("3.33", "AM3-7")
def test_whoever_asked_and_the_desk_see_it_and_leave_their_name(desk: Desk) -> None:
    ref = desk.approved(noteNumber=True)
    desk.ok("request", "show", ref, as_=BART)
    desk.ok("tick", "all")
    assert looks_at(desk, ref) == [], "there was no number to see yet"

    for who in (ANNA, BART, None):
        assert len(desk.ok("request", "show", ref, as_=who)["bisNumber"]) == 11

    looks = looks_at(desk, ref)
    assert [look.what for look in looks] == [Looked.NUMBER] * 3
    assert len({look.actor for look in looks}) == 3
    assert {look.at for look in looks} == {desk.now}
    assert {look.role for look in looks} <= {"end_user", "service_desk"}


@pytest.mark.fact("3.33", "AM3-7")
def test_an_auditor_is_not_shown_it_and_nobody_is_where_it_was_not_asked_for(lite: Desk) -> None:
    asked, other = lite.approved(noteNumber=True), lite.approved(
        noteNumber=False, person__familyName="Martin", person__givenName="Lou", person__birthDate="1971-02-03",
        contact__email="lou.martin@example.org", contact__mobile="+33612345679", document__number="990692310285",
    )  # fmt: skip
    lite.ok("tick", "all")

    assert "bisNumber" not in lite.ok("request", "show", asked, as_=NELE)
    assert "bisNumber" not in lite.ok("request", "show", other, as_=ANNA)
    assert (looks_at(lite, asked), looks_at(lite, other)) == ([], [])
