"""Many officers at their browsers who act on one request at the same instant: one does it, the others are told who did.

On SQLite, and on PostgreSQL with two server processes that know nothing of each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from uuid import UUID

import pytest

from bisdesk import views
from bisdesk.demo.stage import BART, DIRK
from tests import builders
from tests.support.officer import Officer
from tests.support.site import OpenSite, open_site
from tests.support.site_crowd import at_once, second_server
from workflow.model import Role
from workflow.officers import open_for

CROWD = 32
PEOPLE = ("zoe-dubois", "luc-vanderberg", "jurgen-mueller")
FIRST = UUID("01900000-0000-7000-8000-0000000a0000")
EACH = 3  # officers for each of two deeds
TYPED: dict[str, dict[str, str]] = {
    "take": {},
    "release": {},
    "reassign": {"to": DIRK},
    "withdraw": {"reason": "applicant"},
}
EVENTS = {"take": "taken", "release": "released", "reassign": "reassigned", "withdraw": "withdrawn"}


@dataclass
class Floor:
    """An open desk with its officers, spread over all of its servers."""

    site: OpenSite
    bases: list[str]
    officers: list[Officer] = field(default_factory=list)

    def filled(self, count: int) -> Floor:
        """So many more officers have come in."""
        made = [
            builders.user(f"Agent{number:02}", Role.SERVICE_DESK, Role.TEAM_LEAD, id=UUID(int=FIRST.int + number))
            for number in range(count)
        ]
        with self.site.stage.app.unit_of_work() as uow:
            for user in made:
                uow.directory.put_user(user)
            uow.commit()
        self.officers += [
            self.comes_in(user.name, user.email, base) for user, base in zip(made, cycle(self.bases), strict=False)
        ]
        return self

    def comes_in(self, name: str, email: str, base: str) -> Officer:
        """An officer with a session, at one of the servers."""
        officer = Officer(base, name, self.site.people)
        token = self.site.stage.act(None, lambda door: open_for(door, door.uow.directory.by_email(email).id))
        officer.client.cookies.set("desk", token)
        return officer

    def history(self, ref: str) -> list[str]:
        """What happened to a request, oldest first."""
        return [str(line["event"]) for line in self.site.stage.act(BART, lambda door: views.history(door, ref))]


@pytest.fixture(params=["sqlite", pytest.param("two servers", marks=pytest.mark.postgres)])
def floor(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Floor]:
    """An installation that is served once on SQLite, twice on PostgreSQL."""
    home = tmp_path / "home"
    if request.param == "sqlite":
        with open_site(home) as site:
            yield Floor(site, [site.base])
        return
    url = request.getfixturevalue("postgres_url")
    with open_site(home, database=url) as site:
        environment = {
            "BISDESK_ENV": "test", "BISDESK_HOME": str(home), "BISDESK_BASE_URL": site.base, "BISDESK_DATABASE_URL": url,
        }  # fmt: skip
        with second_server(environment, site.clock.now()) as other:
            yield Floor(site, [site.base, other])


@pytest.mark.fact("B1-5")
def test_of_thirty_two_officers_who_take_a_request_at_once_one_has_it_and_all_others_read_who(floor: Floor) -> None:
    ref = floor.site.stage.file("zoe-dubois")
    crowd = floor.filled(CROWD).officers
    for one in crowd:
        one.goes(f"/desk/requests/{ref}")

    at_once([lambda one=one: _does(one, ref, "take") for one in crowd])

    won = [one for one in crowd if one.status == 200]
    assert [one.status for one in crowd if one not in won] == [409] * (CROWD - 1)
    assert len(won) == 1
    assert all(f"{won[0].name}" in _told(one) for one in crowd if one not in won)
    assert floor.history(ref)[-1] == "request.taken"
    assert floor.history(ref).count("request.taken") == 1
    assert won[0].name in won[0].goes(f"/desk/requests/{ref}").text


@pytest.mark.fact("B1-5", "B1-5b", "B1-24")
@pytest.mark.parametrize(
    ("one_deed", "other_deed"), [("take", "withdraw"), ("withdraw", "reassign"), ("reassign", "release")]
)
def test_of_two_deeds_at_once_one_is_done_and_whoever_came_second_reads_who_did_it(
    one_deed: str, other_deed: str, floor: Floor
) -> None:
    crowd = floor.filled(2 * EACH).officers
    owner = [floor.comes_in("Bart Claes", BART, base) for base, _ in zip(cycle(floor.bases), range(EACH), strict=False)]
    both = [(one, one_deed) for one in crowd[:EACH]] + [
        (one, other_deed) for one in (owner if other_deed == "release" else crowd[EACH:])
    ]

    for name in PEOPLE:
        ref = floor.site.stage.file(name)
        if one_deed != "take":
            owner[0].does(ref, "take")
        before = floor.history(ref)
        for one, deed in both:
            _stands_before(one, ref, deed)

        at_once([lambda one=one, deed=deed, ref=ref: _does(one, ref, deed) for one, deed in both])

        won = [(one, deed) for one, deed in both if one.status == 200]
        lost = [one for one, _ in both if one is not won[0][0]]
        assert [deed for _, deed in won] in ([one_deed], [other_deed])
        assert [one.status for one in lost] == [409] * (len(both) - 1)
        assert all(won[0][0].name in _told(one) for one in lost)
        assert floor.history(ref) == [*before, f"request.{EVENTS[won[0][1]]}"]


def _stands_before(one: Officer, ref: str, deed: str) -> None:
    """Somebody has the button of a deed on the screen."""
    one.goes(f"/desk/requests/{ref}")
    if f'<form action="/desk/requests/{ref}/do/{deed}"' not in one.page:
        one.goes(f"/desk/requests/{ref}/do/{deed}")


def _does(one: Officer, ref: str, deed: str) -> None:
    one.sends(f"/desk/requests/{ref}/do/{deed}", **TYPED[deed])


def _told(one: Officer) -> str:
    """What the page says, without the bar in which everybody reads their own name."""
    return one.page.partition("<main")[2]
