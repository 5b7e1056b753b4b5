"""The lists of the desk over HTTP: taking in one click, several at once, promises, views of one's own, and taking a list away."""

from __future__ import annotations

import csv
import io
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bisdesk import views
from bisdesk.acts import Given
from bisdesk.demo.stage import ANNA, BART, DIRK
from bisdesk.web.desk.claiming import Seen, do
from bisdesk.web.desk.export import filename, safe, written
from tests.support.officer import Officer
from tests.support.site import OpenSite, open_site
from workflow import exporting, saved_views, work
from workflow.access import Door
from workflow.errors import GuardRefused
from workflow.model import Actor, Role
from workflow.work import Narrowed, Tab

NAMES = ("zoe-dubois", "marta-nowak", "luc-vanderberg", "jurgen-mueller", "siobhan-kelly")
TAKE, SELECTED = "/desk/work/take", "/desk/work/selected"
BUTTON = re.compile(r'formaction="/desk/work/take" name="row" value="([^"]+)"')
BOX = re.compile(r'name="chosen" id="[^"]+" value="([^"]+)"')
ROW = re.compile(r'<th scope="row"[^>]*><a[^>]*>(BR-[^<]+)</a>')


@pytest.fixture
def site(tmp_path: Path) -> Iterator[OpenSite]:
    """An installation whose desk is open, without a request."""
    with open_site(tmp_path / "home") as opened:
        yield opened


def officer(site: OpenSite, name: str) -> Officer:
    return Officer(site.base, name, site.people).signs_in()


def filed(site: OpenSite, count: int = 3) -> list[str]:
    """Requests that wait to be taken."""
    return [site.stage.file(name) for name in NAMES[:count]]


def rows(who: Officer) -> list[str]:
    """The references of the list that is shown, in its order."""
    return ROW.findall(who.page)


def takes(who: Officer, ref: str) -> Officer:
    """Press the button of a row of the list that is shown."""
    value = next(one for one in BUTTON.findall(who.page) if one.startswith(f"{ref}~"))
    return posts(who, TAKE, form_of=SELECTED, row=value)


def posts(who: Officer, path: str, *, form_of: str, **typed: str | list[str]) -> Officer:
    """Send a form of this page to where one of its buttons leads."""
    return who._shown(who.client.post(path, data=dict(who.hidden(form_of)) | typed))


def chooses(who: Officer, *refs: str, do: str) -> Officer:
    """Tick these rows of the list that is shown, and press a button above it."""
    chosen = [one for one in BOX.findall(who.page) if one.partition("~")[0] in refs]
    return who.sends(SELECTED, chosen=chosen, do=do)


def history(site: OpenSite, ref: str) -> list[str]:
    """What happened to a request, oldest first."""
    return [str(line["event"]) for line in site.stage.act(BART, lambda door: views.history(door, ref))]


def with_roles(site: OpenSite, email: str, *roles: Role) -> None:
    """An officer has other roles from now on."""

    def change(door: Door) -> None:
        door.uow.directory.put_user(replace(door.uow.directory.by_email(email), roles=frozenset(roles)))

    site.stage.act(BART, change)


# Taking (D6, D7)


def test_one_click_takes_a_request_out_of_the_list_and_leads_back_to_the_same_list(site: OpenSite) -> None:
    first, second, _ = filed(site)
    bart = officer(site, "Bart Claes").goes("/desk/work?tab=unassigned&kind=registration")
    assert {value.partition("~")[0] for value in BUTTON.findall(bart.page)} == set(rows(bart))

    takes(bart, first)

    assert (bart.status, bart.path, site.state(first)) == (200, "/desk/work", "in_review")
    assert f"{first} is nu van u." in bart.text
    assert first not in rows(bart)
    assert second in rows(bart)
    assert 'class="chip"' in bart.page  # still narrowed to the kind


def test_the_same_click_twice_takes_once_and_the_second_learns_who_has_it(site: OpenSite) -> None:
    ref = filed(site, 2)[0]
    bart, dirk = officer(site, "Bart Claes"), officer(site, "Dirk Maes")
    bart.goes("/desk/work?tab=unassigned")
    dirk.goes("/desk/work?tab=unassigned")

    takes(dirk, ref)
    takes(bart, ref)

    assert (bart.status, f"{ref} werd niet genomen." in bart.text) == (409, True)
    assert "Dirk Maes behandelt deze aanvraag nu." in bart.text
    assert history(site, ref).count("request.taken") == 1


def test_what_an_address_says_was_taken_is_said_only_where_it_is_true(site: OpenSite) -> None:
    ref = filed(site, 1)[0]
    site.stage.take(ref)  # by Bart

    assert "is nu van u" in officer(site, "Bart Claes").goes(f"/desk/work?taken={ref}").text
    for said in (ref, "BR-2026-99999-ZZ", "<script>"):
        assert "is nu van u" not in officer(site, "Dirk Maes").goes(f"/desk/work?taken={said}").text


def test_nobody_is_offered_what_they_filed_nor_can_take_it_alone_or_among_others(site: OpenSite) -> None:
    ref = filed(site, 1)[0]
    with_roles(site, ANNA, Role.END_USER, Role.SERVICE_DESK)
    anna = officer(site, "Anna Peeters").goes("/desk/work?tab=unassigned")
    assert BUTTON.findall(anna.page) == []
    form = dict(anna.hidden("/desk/sign-out"))

    alone = anna.client.post(TAKE, data=form | {"row": f"{ref}~1"})
    among = anna.client.post(SELECTED, data=form | {"do": "take", "chosen": [f"{ref}~1"]})

    assert (alone.status_code, among.status_code) == (409, 409)
    assert site.state(ref) == "submitted"


def test_a_row_that_no_page_of_ours_made_does_nothing(site: OpenSite) -> None:
    ref = filed(site, 1)[0]
    bart = officer(site, "Bart Claes")

    for row in ("", "x", "BR-2026-00001-7Q", "BR-2026-00001-7Q~", "BR-2026-00001-7Q~-1", "~3", "AC-2026-1~1"):
        for path, typed in (
            (TAKE, {"row": row}), (SELECTED, {"do": "take", "chosen": row}), (SELECTED, {"do": "approve", "chosen": f"{ref}~8"}),
        ):  # fmt: skip
            posts(bart.goes("/desk/work?tab=unassigned"), path, form_of=SELECTED, **typed)
            assert bart.status in (403, 422), (path, typed)
    assert site.state(ref) == "submitted"


# Several at once (D18, L2)


def test_several_requests_are_taken_at_once_and_the_page_says_what_came_of_each(site: OpenSite) -> None:
    refs = filed(site)
    bart = officer(site, "Bart Claes").goes("/desk/work?tab=unassigned")

    chooses(bart, *refs[:2], do="take")

    assert bart.path == "/desk/work/done"
    assert "2 van 2 gedaan" in bart.text
    assert [site.state(ref) for ref in refs] == ["in_review", "in_review", "submitted"]


def test_nothing_chosen_is_an_error_that_says_so_and_does_nothing(site: OpenSite) -> None:
    refs = filed(site)
    bart = officer(site, "Bart Claes").goes("/desk/work?tab=unassigned")

    chooses(bart, do="take")

    assert (bart.status, "Er is niets gekozen." in bart.text) == (422, True)
    assert "<title>Fout:" in bart.page
    assert {site.state(ref) for ref in refs} == {"submitted"}


def test_an_action_that_is_not_open_on_all_is_done_on_none_until_it_is_asked_for_the_rest(site: OpenSite) -> None:
    taken, *free = filed(site)
    site.stage.take(taken)
    bart = officer(site, "Bart Claes").goes("/desk/work?tab=all")

    chooses(bart, taken, *free, do="take")
    assert (bart.status, taken in bart.text) == (409, True)
    assert {site.state(ref) for ref in free} == {"submitted"}
    rest = [value for name, value in bart.hidden(SELECTED) if name == "chosen"]
    assert sorted(one.partition("~")[0] for one in rest) == sorted(free)
    bart.sends(SELECTED, chosen=rest)

    assert "2 van 2 gedaan" in bart.text
    assert {site.state(ref) for ref in free} == {"in_review"}


def test_what_fails_on_one_request_stops_none_of_the_others_and_its_reason_is_told(site: OpenSite) -> None:
    refs = filed(site)
    for ref in refs:
        site.stage.take(ref)
    bart, dirk = officer(site, "Bart Claes"), officer(site, "Dirk Maes")
    bart.goes("/desk/work?tab=mine")
    dirk.does(refs[1], "reassign", to=DIRK)
    dirk.does(refs[1], "reassign", to=BART)  # his again, and no more what he saw

    chooses(bart, *refs, do="release")

    assert "2 van 3 gedaan" in bart.text
    assert "Iemand was u voor." in bart.text
    assert [site.state(ref) for ref in refs] == ["submitted", "in_review", "submitted"]


def test_a_database_that_refuses_one_request_stops_none_of_the_others(site: OpenSite) -> None:
    refs = filed(site)
    bart = officer(site, "Bart Claes").goes("/desk/work?tab=unassigned")
    with sqlite3.connect(site.stage.app.settings.home / "bisdesk.db") as database:
        database.execute(
            "CREATE TRIGGER refuse BEFORE UPDATE ON cases "
            f"WHEN NEW.ref = '{refs[1]}' BEGIN SELECT RAISE(ABORT, 'the disk is tired'); END"
        )

    chooses(bart, *refs, do="take")

    assert (bart.status, "2 van 3 gedaan" in bart.text) == (200, True)
    assert "tired" not in bart.page
    assert [site.state(ref) for ref in refs] == ["in_review", "submitted", "in_review"]


def test_the_rule_of_ownership_holds_where_each_request_is_moved(site: OpenSite) -> None:
    ref = filed(site, 1)[0]
    site.stage.take(ref)  # by Bart

    with pytest.raises(GuardRefused) as refused:
        site.stage.act(DIRK, lambda door: do(door, Seen(ref, 99), Given("release")))

    assert refused.value.guard == "request_is_yours"
    assert site.state(ref) == "in_review"


def test_a_colleagues_requests_are_not_put_back_by_others_but_can_be_assigned(site: OpenSite) -> None:
    refs = filed(site, 2)
    for ref in refs:
        site.stage.take(ref)  # by Bart
    dirk = officer(site, "Dirk Maes").goes("/desk/work?tab=all")

    chooses(dirk, *refs, do="release")
    assert (dirk.status, "Een collega behandelt deze aanvraag." in dirk.text) == (409, True)
    dirk.goes("/desk/work?tab=all")
    chooses(dirk, *refs, do="reassign")
    assert "Aan wie wijst u 2 aanvragen toe?" in dirk.text
    dirk.sends(SELECTED, chosen=[value for name, value in dirk.hidden(SELECTED) if name == "chosen"], to=DIRK)

    assert "2 van 2 gedaan" in dirk.text
    assert sorted(rows(dirk.goes("/desk/work?tab=mine"))) == sorted(refs)


def test_several_are_given_only_to_the_desk_and_never_to_who_filed_them(site: OpenSite) -> None:
    refs = filed(site, 2)
    for ref in refs:
        site.stage.take(ref)
    bart = officer(site, "Bart Claes")

    for to in (ANNA, "nobody@desk.example"):
        bart.goes("/desk/work?tab=mine")
        chooses(bart, *refs, do="reassign")
        assert f'value="{to}"' not in bart.page
        chosen = [value for name, value in bart.hidden(SELECTED) if name == "chosen"]
        bart.sends(SELECTED, chosen=chosen, to=to)
        assert "0 van 2 gedaan" in bart.text, to
    assert sorted(rows(bart.goes("/desk/work?tab=mine"))) == sorted(refs)


def test_the_page_of_results_belongs_to_who_asked_and_is_gone_after_a_while(site: OpenSite) -> None:
    refs = filed(site)
    bart = officer(site, "Bart Claes").goes("/desk/work?tab=unassigned")
    chooses(bart, *refs, do="take")

    assert officer(site, "Dirk Maes").goes("/desk/work/done").path == "/desk/work"
    assert bart.goes("/desk/work/done").path == "/desk/work/done"
    site.clock.advance(timedelta(minutes=11))
    assert bart.goes("/desk/work/done").path == "/desk/work"


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
    bart.sends("/desk/work/views", view="  Deze   week ")

    found = re.search(r'href="(/desk/work\?[^"]+)">Deze week</a>', bart.page)
    assert found
    bart.goes(found[1].replace("&amp;", "&"))
    assert bart.page.count('class="chip"') == 2
    assert "Deze week" not in officer(site, "Dirk Maes").goes("/desk/work").page
    bart.sends("/desk/work/views/drop")
    assert "Deze week" not in bart.page


def test_a_view_needs_a_name_and_there_are_no_more_than_twenty(site: OpenSite) -> None:
    bart = officer(site, "Bart Claes").goes("/desk/work?tab=all")
    for name in ("", "   ", "x" * 61):
        assert bart.goes("/desk/work?tab=all").sends("/desk/work/views", view=name).status == 422, name
    for number in range(saved_views.MOST):
        bart.goes("/desk/work?tab=all").sends("/desk/work/views", view=f"Nummer {number}")

    assert bart.goes("/desk/work?tab=all").sends("/desk/work/views", view="Nummer 20").status == 422
    assert "U hebt al 20 weergaven." in bart.text
    assert bart.goes("/desk/work?tab=all").sends("/desk/work/views", view="Nummer 19").status == 200  # replaced


def test_a_view_keeps_nothing_that_no_page_could_ask(site: OpenSite) -> None:
    bart = officer(site, "Bart Claes").goes("/desk/work?tab=all")

    bart.sends("/desk/work/views", view="Vreemd", back="tab=all&state=%3Cscript%3E&name=Dubois&due=week")

    assert [row for row in site.dump()["saved_views"] if "Dubois" in row or "script" in row] == []
    assert any("due=week" in row for row in site.dump()["saved_views"])


# Taking a list away (L9)


def taken_away(who: Officer, address: str) -> tuple[list[list[str]], bytes, dict[str, str]]:
    """The rows of the file of a list, the file, and the headers that it came with."""
    who.goes(address)
    answer = who.client.post("/desk/work/export", data=dict(who.hidden("/desk/work/export")))
    assert answer.status_code == 200
    text = answer.content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""))), answer.content, dict(answer.headers)


def test_a_list_is_taken_away_with_the_same_filters_and_it_is_written_down(site: OpenSite) -> None:
    taken, *free = filed(site)
    site.stage.take(taken)
    bart = officer(site, "Bart Claes")

    lines, content, headers = taken_away(bart, "/desk/work?tab=all&state=submitted")

    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\n") == content.count(b"\r\n") == 3
    assert headers["content-type"] == "text/csv; charset=utf-8"
    assert headers["content-disposition"] == 'attachment; filename="bisdesk-all-2026-11-20.csv"'
    assert headers["cache-control"] == "no-store"
    assert [line[0] for line in lines[1:]] == rows(bart)
    assert sorted(line[0] for line in lines[1:]) == sorted(free)
    looks = [row for row in site.dump()["looks"] if "export" in row]
    assert len(looks) == 1
    assert "tab=all&state=submitted rows=2" in looks[0]


def test_a_file_holds_no_more_of_a_person_than_the_list_shows(site: OpenSite) -> None:
    filed(site, 1)
    _, content, _ = taken_away(officer(site, "Bart Claes"), "/desk/work?tab=all")

    assert b"Dubois" in content
    for told in ("1985", "zoe.dubois", "+336", "880692310285", "Zoutstraat"):
        assert told.encode() not in content


def test_an_end_user_takes_away_nothing_of_another_entity(site: OpenSite) -> None:
    ref = filed(site, 1)[0]

    def move(door: Door) -> None:
        door.uow.directory.put_user(replace(door.uow.directory.by_email(ANNA), entity="OVO000009"))

    site.stage.act(BART, move)
    anna = officer(site, "Anna Peeters").goes("/desk/work?tab=all")
    form = dict(anna.hidden("/desk/sign-out"))

    answer = anna.client.post("/desk/work/export", data=form | {"back": "tab=all&entity=OVO002949"})

    assert (answer.status_code, ref.encode() in answer.content) == (200, False)


def test_no_link_takes_a_list_away(site: OpenSite) -> None:
    filed(site, 1)
    bart = officer(site, "Bart Claes")

    assert bart.goes("/desk/work/export").path == "/desk/work"
    assert bart.client.post("/desk/work/export", data={"form": "x"}).status_code == 403
    assert site.dump()["looks"] == []


def test_a_long_list_is_cut_where_its_page_says_and_its_name_tells(site: OpenSite) -> None:
    filed(site, 5)

    def take(door: Door) -> int:
        return len(exporting.export(door, Tab.ALL, Narrowed(), query="tab=all", most=2))

    assert site.stage.act(BART, take) == 2
    assert "Ten hoogste 5000 rijen" in officer(site, "Bart Claes").goes("/desk/work?tab=all").text
    day = site.stage.now.date()
    assert filename(Tab.ALL, day, exporting.MOST) == "bisdesk-all-2026-11-20-first-5000.csv"
    assert filename(Tab.ALL, day, exporting.MOST - 1) == "bisdesk-all-2026-11-20.csv"


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "\n", " =", "\uff1d"])
def test_no_cell_is_a_formula(begin: str) -> None:
    line = [f"{begin}HYPERLINK(1)", 'say "x", y', "Ünïcode"]

    content = written([line])

    assert next(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))) == [f"'{line[0]}", *line[1:]]
    assert safe("Dubois, Zoë") == "Dubois, Zoë"


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
