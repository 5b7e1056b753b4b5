"""The officers' desk over HTTP: coming in, the lists, a case, acting on it, and saying no without losing anything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bisdesk import views
from bisdesk.demo.stage import ANNA, BART, DIRK
from tests.support.officer import Officer
from tests.support.site import OpenSite, open_site
from workflow.access import Door


@pytest.fixture
def site(tmp_path: Path) -> Iterator[OpenSite]:
    """An installation whose desk is open, without a request."""
    with open_site(tmp_path / "home") as opened:
        yield opened


def officer(site: OpenSite, name: str) -> Officer:
    return Officer(site.base, name, site.people).signs_in()


def history(site: OpenSite, ref: str) -> list[str]:
    """What happened to a request, oldest first."""
    return [str(line["event"]) for line in site.stage.act(BART, lambda door: views.history(door, ref))]


def move_anna(site: OpenSite, entity: str) -> None:
    """Anna works for another entity from now on."""

    def move(door: Door) -> None:
        door.uow.directory.put_user(replace(door.uow.directory.by_email(ANNA), entity=entity))

    site.stage.act(BART, move)


def test_nobody_sees_a_page_of_the_desk_without_signing_in_and_comes_to_it_afterwards(site: OpenSite) -> None:
    ref = site.stage.file("zoe-dubois")
    bart = Officer(site.base, "Bart Claes", site.people)

    bart.goes(f"/desk/requests/{ref}")
    assert (bart.path, "Dubois" in bart.page) == ("/desk/sign-in", False)
    who = next(value for name, value in bart.hidden("/desk/sign-in") if name == "to")
    assert who == f"/desk/requests/{ref}"


def test_an_officer_takes_a_request_in_one_click_and_approves_it_in_three(site: OpenSite) -> None:
    ref = site.stage.file("zoe-dubois")
    bart = officer(site, "Bart Claes")

    bart.goes("/desk/work?tab=unassigned")
    assert ref in bart.text
    assert "Dubois" in bart.text
    bart.does(ref, "take")
    assert site.state(ref) == "in_review"
    bart.does(ref, "approve")

    assert bart.path == f"/desk/requests/{ref}"
    assert site.state(ref) == "approved"


def test_who_filed_a_request_is_offered_neither_to_take_nor_to_approve_it(site: OpenSite) -> None:
    ref = site.stage.file("zoe-dubois")
    anna = officer(site, "Anna Peeters").goes(f"/desk/requests/{ref}")

    assert f"/desk/requests/{ref}/do/take" not in anna.page
    assert f"/desk/requests/{ref}/do/withdraw" in anna.page


def test_the_same_form_sent_twice_takes_the_request_once(site: OpenSite) -> None:
    ref = site.stage.file("zoe-dubois")
    bart = officer(site, "Bart Claes").goes(f"/desk/requests/{ref}")
    hidden = dict(bart.hidden(f"/desk/requests/{ref}/do/take"))

    first = bart.client.post(f"/desk/requests/{ref}/do/take", data=hidden)
    second = bart.client.post(f"/desk/requests/{ref}/do/take", data=hidden)

    assert (first.status_code, second.status_code) == (200, 409)
    assert history(site, ref).count("request.taken") == 1


def test_whoever_comes_second_is_told_who_did_what_and_keeps_the_text(site: OpenSite) -> None:
    ref = site.stage.file("zoe-dubois")
    bart, dirk = officer(site, "Bart Claes"), officer(site, "Dirk Maes")
    bart.does(ref, "take")
    bart.goes(f"/desk/requests/{ref}/do/request_info")
    dirk.does(ref, "reassign", to=DIRK)
    dirk.does(ref, "approve")

    bart.sends(f"/desk/requests/{ref}/do/request_info", fields=["contact.email"], text="Welk adres leest u hier?")

    assert bart.status == 409
    assert "Dirk Maes" in bart.text
    assert "Welk adres leest u hier?" in bart.page
    assert site.state(ref) == "approved"


def test_a_request_that_a_colleague_deals_with_is_taken_over_first(site: OpenSite) -> None:
    ref = site.stage.file("zoe-dubois")
    bart, dirk = officer(site, "Bart Claes"), officer(site, "Dirk Maes")
    bart.does(ref, "take")

    dirk.goes(f"/desk/requests/{ref}")
    assert f"/desk/requests/{ref}/do/approve" not in dirk.page
    dirk.does(ref, "reassign", to=DIRK)
    dirk.does(ref, "approve")

    assert site.state(ref) == "approved"


def test_a_request_goes_back_with_its_fields_and_what_was_not_right_is_shown_again(site: OpenSite) -> None:
    ref = site.stage.file("zoe-dubois")
    bart = officer(site, "Bart Claes").does(ref, "take")

    bart.does(ref, "request_info", text="De geboorteplaats klopt niet.")
    assert (bart.status, "De geboorteplaats klopt niet." in bart.page) == (422, True)
    bart.sends(
        f"/desk/requests/{ref}/do/request_info", fields=["person.birthPlace"], text="De geboorteplaats klopt niet."
    )

    assert site.state(ref) == "info_requested"
    assert "De geboorteplaats klopt niet." in officer(site, "Anna Peeters").goes(f"/desk/requests/{ref}").text


def test_a_reason_is_asked_and_kept_where_a_request_is_ended(site: OpenSite) -> None:
    ref = site.stage.file("zoe-dubois")
    bart = officer(site, "Bart Claes").does(ref, "take")

    bart.does(ref, "reject")
    assert bart.status == 422
    bart.sends(f"/desk/requests/{ref}/do/reject", reason="document", text="De foto is vervangen.")

    assert site.state(ref) == "rejected"
    assert "De foto is vervangen." in bart.goes(f"/desk/requests/{ref}/timeline").text


def test_another_entity_is_not_found_rather_than_forbidden(site: OpenSite) -> None:
    ref = site.stage.file("zoe-dubois")
    move_anna(site, "OVO000009")
    anna = officer(site, "Anna Peeters")

    for path in (f"/desk/requests/{ref}", f"/desk/requests/{ref}/person", "/desk/requests/BR-2026-99999-ZZ"):
        anna.goes(path)
        assert (anna.status, "Dubois" in anna.page) == (404, False), path
    assert ref not in anna.goes("/desk/work?tab=all").text


@pytest.mark.parametrize("part", ["", "/person", "/messages", "/timeline", "/diagram"])
@pytest.mark.parametrize("language", ["nl", "fr", "de", "en"])
def test_every_part_of_a_case_is_shown_in_every_language(site: OpenSite, part: str, language: str) -> None:
    ref = site.stage.file("zoe-dubois")
    bart = officer(site, "Bart Claes").does(ref, "take")

    bart.goes(f"/desk/requests/{ref}{part}?lang={language}")

    assert bart.status == 200
    assert f'<html lang="{language}"' in bart.page


def test_a_session_is_over_after_a_quarter_of_an_hour_without_a_page(site: OpenSite) -> None:
    bart = officer(site, "Bart Claes")
    site.clock.advance(timedelta(minutes=14, seconds=59))
    assert bart.goes("/desk/work").path == "/desk/work"

    site.clock.advance(timedelta(minutes=15))

    assert bart.goes("/desk/work").path == "/desk/sign-in"


def test_signing_out_ends_the_session_for_whoever_has_its_number(site: OpenSite) -> None:
    bart = officer(site, "Bart Claes")
    cookies = dict(bart.client.cookies)
    bart.sends("/desk/sign-out")
    assert bart.path == "/desk/signed-out"

    thief = Officer(site.base, "nobody", site.people)
    thief.client.cookies.update(cookies)

    assert thief.goes("/desk/work").path == "/desk/sign-in"


def test_a_form_of_another_browser_or_site_does_nothing(site: OpenSite) -> None:
    ref = site.stage.file("zoe-dubois")
    bart, dirk = officer(site, "Bart Claes"), officer(site, "Dirk Maes")
    path = f"/desk/requests/{ref}/do/take"
    strange = dict(dirk.goes(f"/desk/requests/{ref}").hidden(path))
    own = dict(bart.goes(f"/desk/requests/{ref}").hidden(path))

    for typed, headers in (
        (strange, {}),
        (own, {"sec-fetch-site": "cross-site"}),
        (own, {"origin": "https://evil.example"}),
        ({}, {}),
    ):
        assert bart.client.post(path, data=typed, headers=headers).status_code == 403
    assert site.state(ref) == "submitted"


def test_a_search_finds_by_what_is_at_hand_and_is_written_down_without_what_was_typed(site: OpenSite) -> None:
    ref = site.stage.file("zoe-dubois")
    bart = officer(site, "Bart Claes")

    for sought in (ref.lower(), "zoe.dubois@example.org", "+33612345678", "880692310285", "Dubois 1985"):
        bart.goes("/desk/search").sends("/desk/search", sought=sought)
        assert ref in bart.text, sought
    bart.goes("/desk/search").sends("/desk/search", sought="Nowak 1990")
    assert ref not in bart.text
    assert not any("Dubois" in row or "880692310285" in row for row in site.dump()["looks"])
    assert len(site.dump()["looks"]) == 6


def test_a_list_says_the_truth_while_no_sweep_runs(site: OpenSite) -> None:
    ref = site.stage.file("zoe-dubois")
    bart = officer(site, "Bart Claes").does(ref, "take")
    bart.does(ref, "request_info", fields=["contact.email"], text="Welk adres?")
    site.clock.advance(timedelta(days=15))

    bart.signs_in().goes("/desk/work?tab=returned")
    assert ref not in bart.text
    assert ref in bart.goes("/desk/work?tab=done").text
    assert history(site, ref)[-1] == "request.info_requested"


@pytest.mark.parametrize(
    "asked",
    [
        "state=%3Cscript%3E", "due=never", "kind=x", "language=xx", "assignee=1", "entity=%00", "tab=none", "after=zzz",
        "after=MjAyNi0xMS0yMFQwOTowMHw" + "0" * 32, "state=submitted&state=%F0%9F%92%A3",
    ],
)  # fmt: skip
def test_an_address_that_nobody_could_have_chosen_asks_nothing(site: OpenSite, asked: str) -> None:
    ref = site.stage.file("zoe-dubois")

    bart = officer(site, "Bart Claes").goes(
        f"/desk/work?tab=all&{asked}" if "tab" not in asked else f"/desk/work?{asked}"
    )

    assert bart.status == 200
    assert "<script>" not in bart.page
    assert 'class="chip"' not in bart.page
    assert ref in bart.goes("/desk/work?tab=unassigned").text


@pytest.mark.parametrize("seen", ["", "-1", "²", "9" * 5000, "1 "])
def test_a_form_that_says_of_no_version_that_it_was_shown_is_not_one_of_ours(site: OpenSite, seen: str) -> None:
    ref = site.stage.file("zoe-dubois")
    bart = officer(site, "Bart Claes").goes(f"/desk/requests/{ref}")

    bart.sends(f"/desk/requests/{ref}/do/take", seen=seen)

    assert (bart.status, site.state(ref)) == (403, "submitted")


@pytest.mark.parametrize("action", ["edit", "check_failed", "no_such_action"])
def test_there_is_no_page_for_what_is_done_elsewhere_or_by_nobody(site: OpenSite, action: str) -> None:
    ref = site.stage.file("zoe-dubois")
    officer(site, "Bart Claes").does(ref, "take").does(
        ref, "request_info", fields=["contact.email"], text="Welk adres?"
    )
    anna = officer(site, "Anna Peeters").goes(f"/desk/requests/{ref}")
    form = dict(anna.hidden("/desk/sign-out")) | {"seen": "9", "reason": "photo", "text": "x"}

    assert f'href="/desk/requests/{ref}/file"' in anna.page
    assert anna.goes(f"/desk/requests/{ref}/do/{action}").path == f"/desk/requests/{ref}"
    assert anna.client.post(f"/desk/requests/{ref}/do/{action}", data=form).status_code == 404
    assert site.state(ref) == "info_requested"


def test_what_was_typed_when_the_session_ended_is_there_after_signing_in_again_and_nothing_was_done(
    site: OpenSite,
) -> None:
    ref = site.stage.file("zoe-dubois")
    path = f"/desk/requests/{ref}/do/request_info"
    bart = officer(site, "Bart Claes").does(ref, "take").goes(path)
    site.clock.advance(timedelta(minutes=16))

    bart.sends(path, fields=["contact.email", "person.birthPlace"], text="Welk adres leest u hier?")
    assert bart.path == "/desk/sign-in"
    assert f'name="to" value="{path}"' in bart.page
    bart.signs_in().goes(path)

    assert (bart.path, "Welk adres leest u hier?" in bart.page) == (path, True)
    assert 'value="contact.email" checked' in bart.page
    assert 'value="person.birthPlace" checked' in bart.page
    assert site.state(ref) == "in_review"
    assert "Welk adres leest u hier?" not in bart.goes(path).page  # handed back once
