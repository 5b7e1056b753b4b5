"""Duplicates at the desk: the request beside whom the register found, compared by the rules of matching, and decided from there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bisdesk.demo.stage import BART
from tests.support.desk_case import file_with, with_role
from tests.support.officer import Officer
from tests.support.site import OpenSite, open_site
from workflow import registrations
from workflow.model import Reason, Role

# The simulated register knows Zbigniew Grzegorzewski-Pawlak, 1941-11-30, M, of Szczebrzeszyn.
LIKE = {
    "givenName": "Zbigniew", "familyName": "Grzegorzevsky", "birthDate": "1941-11-30", "sex": "M", "birthCountry": "PL",
    "birthPlace": "Lublin",
}  # fmt: skip
CELL = re.compile(r'<td class="govuk-table__cell match__cell match__cell--(\w+)">\s*(.*?)<strong', re.DOTALL)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[OpenSite]:
    """An installation whose desk is open, without a request."""
    with open_site(tmp_path / "home") as opened:
        yield opened


def officer(site: OpenSite, name: str) -> Officer:
    return Officer(site.base, name, site.people).signs_in()


def found(site: OpenSite, **changed: object) -> str:
    """A request of whose person the register found somebody alike; its reference."""
    ref = file_with(site, "zoe-dubois", person=LIKE | changed)
    site.stage.take(ref)
    site.stage.approve(ref)
    site.tick()
    assert site.state(ref) == "match_review"
    return ref


@pytest.mark.fact("B1-13")
def test_both_stand_side_by_side_with_the_verdict_of_the_rules_in_words(site: OpenSite) -> None:
    ref = found(site)
    bart = officer(site, "Bart Claes").goes(f"/desk/requests/{ref}?lang=en")
    assert f"/desk/requests/{ref}/match" in bart.page

    bart.goes(f"/desk/requests/{ref}/match")

    told = [(verdict, " ".join(value.split())) for verdict, value in CELL.findall(bart.page)]
    assert told == [
        ("alike", "Grzegorzewski-Pawlak"),
        ("same", "Zbigniew"),
        ("same", "30 November 1941"),
        ("same", "Male"),
        ("different", "Szczebrzeszyn"),
    ]
    assert "sound of the name and the year of birth" in bart.text
    assert "4 fields agree, 1 differs" in bart.text
    assert re.search(r"\*{9}\d\d", bart.text)
    assert not re.search(r"41\d{9}", bart.page)  # the number is masked but for its end


def test_accents_and_capitals_are_no_difference(site: OpenSite) -> None:
    ref = found(site, familyName="GRZÉGORZEWSKI PAWLAK", birthPlace="SZCZEBRZESZYN")

    bart = officer(site, "Bart Claes").goes(f"/desk/requests/{ref}/match?lang=en")

    assert [verdict for verdict, _ in CELL.findall(bart.page)] == ["same"] * 5


@pytest.mark.fact("B1-14")
def test_the_same_person_is_confirmed_from_there(site: OpenSite) -> None:
    ref = found(site)
    bart = officer(site, "Bart Claes").goes(f"/desk/requests/{ref}/match?lang=en")
    path = f"/desk/requests/{ref}/do/same_person"
    assert f"{path}?candidate=1" in bart.page

    bart.goes(f"{path}?candidate=1")
    assert re.search(r'name="candidate"[^>]*value="1" checked', bart.page)
    assert site.state(ref) == "match_review"  # looking decides nothing
    bart.sends(path, candidate="1")

    assert site.state(ref) == "completed"
    assert site.stage.request(ref)["numberOrigin"] == "existing"


@pytest.mark.fact("B1-15")
def test_another_person_needs_a_reason(site: OpenSite) -> None:
    ref = found(site)
    path = f"/desk/requests/{ref}/do/different_person"
    bart = officer(site, "Bart Claes").goes(f"/desk/requests/{ref}/match").goes(path)

    bart.sends(path)
    assert bart.status == 422
    bart.sends(path, reason="birth_place", text="")

    assert site.state(ref) == "registering"


@pytest.mark.parametrize(
    ("role", "entity", "status"),
    [(Role.END_USER, "OVO002949", 403), (Role.TEAM_LEAD, None, 403), (Role.AUDITOR, None, 403), (Role.OPERATOR, None, 403)],
)  # fmt: skip
def test_whom_the_register_found_is_for_the_service_desk(
    site: OpenSite, role: Role, entity: str | None, status: int
) -> None:
    ref = found(site)
    who = with_role(site, "Ie Mand", role, entity)

    assert who.goes(f"/desk/requests/{ref}/match").status == status
    assert "Pawlak" not in who.goes(f"/desk/requests/{ref}").page


def test_where_nobody_waits_to_be_judged_the_case_is_shown(site: OpenSite) -> None:
    ref, gone = site.stage.file("zoe-dubois"), site.stage.file("marta-nowak")
    site.stage.act(BART, lambda door: registrations.withdraw(door, gone, Reason("applicant")))
    bart = officer(site, "Bart Claes")

    for one in (ref, gone):
        assert bart.goes(f"/desk/requests/{one}/match").path == f"/desk/requests/{one}"
    assert bart.goes("/desk/requests/BR-2026-99999-ZZ/match").status == 404
