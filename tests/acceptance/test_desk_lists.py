"""The lists of the desk over HTTP: promises, filters, views of one's own, and what an empty or a late list says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bisdesk.demo.stage import BART
from tests.support.desk_lists import BOX, NAMES, filed, officer, rows, with_roles
from tests.support.site import OpenSite, open_site
from workflow import saved_views, work
from workflow.model import Actor, Role
from workflow.work import Narrowed, Tab


@pytest.fixture
def site(tmp_path: Path) -> Iterator[OpenSite]:
    """An installation whose desk is open, without a request."""
    with open_site(tmp_path / "home") as opened:
        yield opened


# Promises (D4, D5, L8)


def test_a_row_says_how_the_promise_stands_and_since_when_it_is_paused(site: OpenSite) -> None:
    waits, returned = filed(site, 2)  # on a Friday morning: five working days are over on the next Friday
    site.stage.take(returned)
    site.stage.ask(returned, ("contact.email",), "Which?")
    bart = officer(site, "Bart Claes").goes("/desk/work?tab=all")

    assert "Gepauzeerd sinds 20 november 2026" in bart.text
    assert "tegen 27 november 2026" in bart.text
    site.clock.advance(timedelta(days=10))
    text = bart.signs_in().goes("/desk/work?tab=unassigned").text
    assert re.search(r"\d werkdag(en)? te laat", text), text
    assert waits in text


def test_badges_cost_no_question_for_each_row(site: OpenSite) -> None:
    def asked() -> tuple[int, int]:
        with site.stage.app.store.look() as uow:
            door = site.stage.app.door(uow, Actor("user:x", frozenset({Role.SERVICE_DESK})), site.stage.now)
            shown = work.page(door, Tab.ALL, Narrowed())
            assert all(row.promise for row in shown.rows)
            return len(shown.rows), uow.statements  # type: ignore[attr-defined]  # of the SQL store

    filed(site, 1)
    one = asked()
    for name in NAMES[1:]:
        site.stage.file(name)
    many = asked()

    assert (one[0], many[0]) == (1, 5)
    assert one[1] == many[1]


def test_the_filter_shows_what_will_be_too_late_within_so_many_working_hours_and_nothing_else(site: OpenSite) -> None:
    early = filed(site, 1)[0]  # Friday 20 November, 10:00: too late on Friday 27 at 10:00
    site.clock.advance(timedelta(days=3))
    late = site.stage.file(NAMES[1])
    paused = site.stage.file(NAMES[2])
    site.stage.take(paused)
    site.stage.ask(paused, ("contact.email",), "Which?")
    site.clock.advance(timedelta(days=3))  # Thursday 26, 10:00: eight working hours before
    bart = officer(site, "Bart Claes")

    assert rows(bart.goes("/desk/work?tab=all&breach=4")) == []
    assert rows(bart.goes("/desk/work?tab=all&breach=8")) == [early]
    assert rows(bart.goes("/desk/work?tab=all&breach=40")) == [early, late]
    assert "(2)" in bart.page
    site.clock.advance(timedelta(days=1, seconds=1))  # broken: no more a warning; the other one is due on Monday
    assert rows(bart.signs_in().goes("/desk/work?tab=all&breach=8")) == [late]


def test_what_will_be_too_late_has_pages_as_every_list(site: OpenSite) -> None:
    refs = [site.stage.file("zoe-dubois") for _ in range(work.PAGE + 2)]
    bart, pages = officer(site, "Bart Claes"), list[list[str]]()
    address = "/desk/work?tab=all&breach=40"
    while address:
        pages.append(rows(bart.goes(address)))
        found = re.search(r'href="(/desk/work[^"]+)" rel="next"', bart.page)
        address = found[1].replace("&amp;", "&") if found else ""

    assert [len(page) for page in pages] == [work.PAGE, 2]
    assert sorted(pages[0] + pages[1]) == sorted(refs)


def test_a_list_is_narrowed_to_what_nobody_deals_with(site: OpenSite) -> None:
    taken, free = filed(site, 2)
    site.stage.take(taken)

    assert rows(officer(site, "Bart Claes").goes("/desk/work?tab=all&assignee=nobody")) == [free]


# Views of one's own (D2)


def test_filters_are_kept_under_a_name_opened_again_and_forgotten(site: OpenSite) -> None:
    filed(site)
    bart = officer(site, "Bart Claes").goes("/desk/work?tab=all&state=submitted&due=week")
    bart.sends("/desk/lists/views", view="  Deze   week ")

    found = re.search(r'href="(/desk/work\?[^"]+)">Deze week</a>', bart.page)
    assert found
    bart.goes(found[1].replace("&amp;", "&"))
    assert bart.page.count('class="chip"') == 2
    assert "Deze week" not in officer(site, "Dirk Maes").goes("/desk/work").page
    bart.sends("/desk/lists/views/drop")
    assert "Deze week" not in bart.page


def test_a_view_needs_a_name_and_there_are_no_more_than_twenty(site: OpenSite) -> None:
    bart = officer(site, "Bart Claes").goes("/desk/work?tab=all")
    for name in ("", "   ", "x" * 61):
        assert bart.goes("/desk/work?tab=all").sends("/desk/lists/views", view=name).status == 422, name
    for number in range(saved_views.MOST):
        bart.goes("/desk/work?tab=all").sends("/desk/lists/views", view=f"Nummer {number}")

    assert bart.goes("/desk/work?tab=all").sends("/desk/lists/views", view="Nummer 20").status == 422
    assert "U hebt al 20 weergaven." in bart.text
    assert bart.goes("/desk/work?tab=all").sends("/desk/lists/views", view="Nummer 19").status == 200  # replaced


def test_a_view_keeps_nothing_that_no_page_could_ask(site: OpenSite) -> None:
    bart = officer(site, "Bart Claes").goes("/desk/work?tab=all")

    bart.sends("/desk/lists/views", view="Vreemd", back="tab=all&state=%3Cscript%3E&name=Dubois&due=week")

    assert [row for row in site.dump()["saved_views"] if "Dubois" in row or "script" in row] == []
    assert any("due=week" in row for row in site.dump()["saved_views"])


# Any list


def test_every_list_is_empty_in_words_rather_than_blank(site: OpenSite) -> None:
    with_roles(site, BART, Role.SERVICE_DESK, Role.TEAM_LEAD, Role.AUDITOR)
    bart = officer(site, "Bart Claes")

    for tab in Tab:
        assert bart.goes(f"/desk/work?tab={tab}").status == 200, tab
        assert BOX.findall(bart.page) == []


def test_a_blocked_activation_is_in_its_list_from_the_first_instant_on(site: OpenSite) -> None:
    activation = site.issued()
    ref = next(ref for ref in rows(officer(site, "Bart Claes").goes("/desk/work?tab=done")))
    bart = officer(site, "Bart Claes")
    assert rows(bart.goes("/desk/work?tab=blocked")) == []

    site.clock.advance(timedelta(days=31))  # no sweep has run

    assert rows(bart.signs_in().goes("/desk/work?tab=blocked")) == [ref]
    assert site.state(activation) == "blocked_timeout"
