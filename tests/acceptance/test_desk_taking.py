"""Taking requests out of a list over HTTP: in one click, or several at once, and what is told of what could not be done."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bisdesk import views
from bisdesk.acts import Given
from bisdesk.demo.stage import ANNA, BART, DIRK
from bisdesk.web.desk.claiming import Seen, do
from tests.support.desk_lists import BUTTON, SELECTED, TAKE, chooses, filed, officer, posts, rows, takes, with_roles
from tests.support.site import OpenSite, open_site
from workflow.errors import GuardRefused
from workflow.model import Role


@pytest.fixture
def site(tmp_path: Path) -> Iterator[OpenSite]:
    """An installation whose desk is open, without a request."""
    with open_site(tmp_path / "home") as opened:
        yield opened


def history(site: OpenSite, ref: str) -> list[str]:
    """What happened to a request, oldest first."""
    return [str(line["event"]) for line in site.stage.act(BART, lambda door: views.history(door, ref))]


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

    assert bart.path == "/desk/lists/done"
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

    assert officer(site, "Dirk Maes").goes("/desk/lists/done").path == "/desk/work"
    assert bart.goes("/desk/lists/done").path == "/desk/lists/done"
    site.clock.advance(timedelta(minutes=11))
    assert bart.goes("/desk/lists/done").path == "/desk/work"
