"""Filing at the desk over HTTP: page by page to a request like any other, saying no in words, losing nothing (E1-E18)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bisdesk.demo.stage import ANNA, BART
from tests.support import papers
from tests.support.desk_case import with_role
from tests.support.filer import ANSWERS, ELIGIBLE, PAPERS, ZONE, begins, draft, files, fills
from tests.support.officer import Officer
from tests.support.site import OpenSite, open_site
from workflow import dossier, registrations
from workflow.access import Door
from workflow.model import Role, Slot
from workflow.submission import to_json

CHECKS = ("photo", "prado", "likeness", "authentic", "validity")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[OpenSite]:
    """An installation whose desk is open, without a request."""
    with open_site(tmp_path / "home") as opened:
        yield opened


@pytest.fixture
def anna(site: OpenSite) -> Officer:
    """An end user at her desk."""
    return Officer(site.base, "Anna Peeters", site.people).signs_in()


def kept(site: OpenSite, ref: str) -> dict[str, object]:
    """What is stored of a request."""
    return site.stage.act(
        ANNA, lambda door: to_json(dossier.stored(door.uow, door.uow.cases.request(ref, now=door.now)[0].id))
    )


def attached(site: OpenSite, ref: str) -> list[Slot]:
    """Which papers are stored of a request."""
    return site.stage.act(
        ANNA, lambda door: [slot for slot in Slot if door.uow.people.attachment(_id(door, ref), slot)]
    )


def sent(site: OpenSite, anna: Officer) -> str:
    """A request that was filled in, sent from its last page."""
    ref = draft(site)
    path = f"/desk/requests/{ref}/file/check"
    anna.goes(path).sends(path)
    return ref


def requests(site: OpenSite) -> int:
    """How many requests there are."""
    return site.stage.act(BART, lambda door: len(list(door.uow.cases.listed("registration", now=door.now))))


def test_a_request_filled_in_page_by_page_is_the_one_that_a_file_would_have_made(site: OpenSite, anna: Officer) -> None:
    ref = files(anna)

    assert anna.path == f"/desk/requests/{ref}/filed"
    assert (site.state(ref), ref in anna.text) == ("submitted", True)
    file = json.loads((Path("bisdesk/demo/people/zoe-dubois.json")).read_text("utf-8"))
    same = {"person", "residence", "contact", "document", "eligibility"}
    expected = {name: {key: value for key, value in file[name].items() if value is not None} for name in same}
    expected["person"]["otherGivenNames"] = ["Maria", "Anne"]
    del expected["residence"]["box"]
    assert {name: kept(site, ref)[name] for name in same} == expected


def test_the_answer_is_expected_on_the_day_on_which_the_desk_is_warned(site: OpenSite, anna: Officer) -> None:
    sent(site, anna)

    assert "24 november 2026" in anna.text  # Friday 20 November and 2 working days (B3b)


def test_the_desk_sees_what_was_filed_and_can_take_it(site: OpenSite, anna: Officer) -> None:
    ref = sent(site, anna)
    bart = Officer(site.base, "Bart Claes", site.people).signs_in()

    bart.does(ref, "take")

    assert site.state(ref) == "in_review"


@pytest.mark.parametrize("condition", [name for name in ELIGIBLE if name.startswith("eligibility")])
def test_a_person_who_cannot_be_registered_leads_to_an_explanation_and_to_no_draft(
    site: OpenSite, anna: Officer, condition: str
) -> None:
    begins(anna, **{condition: "no"})

    assert (anna.status, "Er is niets bewaard" in anna.text, requests(site)) == (200, True, 0)


def test_questions_that_were_not_answered_are_named_all_at_once(site: OpenSite, anna: Officer) -> None:
    anna.goes("/desk/new").sends("/desk/new")

    assert (anna.status, requests(site)) == (422, 0)
    assert anna.page.count('class="govuk-error-message"') == 4


def test_the_first_form_sent_twice_opens_one_draft(site: OpenSite, anna: Officer) -> None:
    anna.goes("/desk/new")
    hidden = dict(anna.hidden("/desk/new"))

    answers = [anna.client.post("/desk/new", data=hidden | ELIGIBLE) for _ in range(3)]

    assert len({answer.url.path for answer in answers}) == 1
    assert requests(site) == 1


def test_somebody_without_rights_is_told_which_is_missing_before_they_begin(site: OpenSite, anna: Officer) -> None:
    site.clock.set(site.stage.now + timedelta(days=5 * 365))  # every right is over
    anna.signs_in().goes("/desk/new")

    assert '<form action="/desk/new"' not in anna.page
    assert "U mist een recht om aanvragen in te dienen" in anna.text
    assert anna.page.count("mailto:") >= 2  # help, and who can give the right


@pytest.mark.parametrize("step", range(5))
def test_a_check_that_fails_asks_before_it_ends_the_request_and_says_what_to_tell(
    site: OpenSite, anna: Officer, step: int
) -> None:
    sheet = CHECKS[step]
    ref = draft(site, until=sheet)
    answer = next(name for name in ANSWERS[sheet] if ".steps." in name)

    fills(anna, ref, sheet, {answer: "no"})
    assert (site.state(ref), "Stap" in anna.text) == ("draft", True)
    anna.sends(f"/desk/requests/{ref}/file/{sheet}", stop="yes")

    assert site.state(ref) == "stopped"
    assert "Wat u de persoon zegt" in anna.text


def test_a_document_that_is_over_is_no_slip_that_ends_a_request_unasked(site: OpenSite, anna: Officer) -> None:
    ref = draft(site)
    path = f"/desk/requests/{ref}/file/validity"

    anna.goes(path).sends(path, **ANSWERS["validity"] | {"document.expiresOn.year": "2025"})
    assert (site.state(ref), "geen wet verlengt" in anna.text) == ("draft", True)
    anna.goes(path)

    assert 'value="2029"' in anna.page  # the answer of before stands


def test_a_driving_licence_gets_an_explanation_and_changes_nothing(site: OpenSite, anna: Officer) -> None:
    ref = begins(anna)
    fills(anna, ref, "document", {"document.type": "driving_licence"})

    assert (anna.status, "rijbewijs" in anna.text, "document" in kept(site, ref)) == (200, True, False)


def test_every_wrong_field_of_a_page_is_named_and_what_was_typed_stays(site: OpenSite, anna: Officer) -> None:
    ref = begins(anna)
    fills(anna, ref, "contact", {"contact.email": "zoe.dubois", "contact.mobile": "12", "contact.language": ""})

    assert anna.status == 422
    assert anna.page.count('class="govuk-error-message"') == 3
    assert 'value="zoe.dubois"' in anna.page
    assert 'value="12"' in anna.page
    assert "Fout: " in anna.page
    assert "contact" not in kept(site, ref)


def test_half_a_page_can_be_kept_for_later_but_nothing_that_is_wrong(site: OpenSite, anna: Officer) -> None:
    ref = begins(anna)
    half = {"contact.mobile": "", "contact.language": "", "later": "yes"}
    fills(anna, ref, "contact", half)
    assert (anna.status, kept(site, ref)["contact"]) == (200, {"email": "zoe.dubois@example.org"})

    fills(anna, ref, "contact", half | {"contact.email": "zoe"})
    assert (anna.status, kept(site, ref)["contact"]) == (422, {"email": "zoe.dubois@example.org"})


def test_going_on_leads_to_the_first_page_that_lacks_something(site: OpenSite, anna: Officer) -> None:
    ref = draft(site, until="birth")

    anna.goes(f"/desk/requests/{ref}").goes(f"/desk/requests/{ref}/file")

    assert anna.path == f"/desk/requests/{ref}/file/birth"


def test_a_request_that_lacks_something_says_what_and_is_not_sent(site: OpenSite, anna: Officer) -> None:
    ref = draft(site, until="contact")
    path = f"/desk/requests/{ref}/file/check"

    anna.goes(path).sends(path)

    assert (anna.status, site.state(ref)) == (422, "draft")
    for name in ("contact", "purpose", "papers"):
        assert f"/desk/requests/{ref}/file/{name}?back=check" in anna.page


def test_a_change_from_the_last_page_leads_back_to_it(site: OpenSite, anna: Officer) -> None:
    ref = draft(site)
    path = f"/desk/requests/{ref}/file/address"

    anna.goes(f"{path}?back=check").sends(path, **ANSWERS["address"] | {"residence.street": "Rue Nationale"})

    assert (anna.path, "Rue Nationale" in anna.text) == (f"/desk/requests/{ref}/file/check", True)


def test_a_request_that_came_back_is_opened_again_filled_in_with_its_reasons(site: OpenSite, anna: Officer) -> None:
    ref = site.stage.file("zoe-dubois")
    site.stage.take(ref)
    site.stage.ask(ref, ("person.birthPlace",), "Op het document staat Roubaix.")

    anna.goes(f"/desk/requests/{ref}/file")
    assert "Op het document staat Roubaix." in anna.text
    path = f"/desk/requests/{ref}/file/birth"
    anna.goes(f"{path}?back=check").sends(path, **ANSWERS["birth"] | {"person.birthPlace": "Roubaix"})
    anna.sends(f"/desk/requests/{ref}/file/check")

    assert site.state(ref) == "submitted"
    assert kept(site, ref)["person"]["birthPlace"] == "Roubaix"  # type: ignore[index]


def test_sending_twice_sends_once_and_says_how_it_stands(site: OpenSite, anna: Officer) -> None:
    ref = draft(site)
    path = f"/desk/requests/{ref}/file/check"
    hidden = dict(anna.goes(path).hidden(path))

    for _ in range(2):
        anna.client.post(path, data=hidden)

    events = site.stage.act(BART, lambda door: [event.trigger for event in door.uow.cases.history(_id(door, ref))])
    assert events.count("submit") == 1


def test_an_address_that_another_file_has_is_named_without_naming_anybody(site: OpenSite, anna: Officer) -> None:
    site.stage.file("zoe-dubois")
    other = {"person.familyName": "Nowak", "person.givenName": "Marta", "document.number": "990012345678"}
    ref = draft(site, changed=other)
    path = f"/desk/requests/{ref}/file/check"

    anna.goes(path).sends(path)

    assert (anna.status, site.state(ref)) == (422, "draft")
    assert anna.text.count("Dit is al in gebruik in een ander dossier") == 4  # address and number, above and beside


def test_a_zone_fills_in_what_is_empty_and_shows_which_digit_does_not_fit(site: OpenSite, anna: Officer) -> None:
    ref = draft(site, until="zone")
    path = f"/desk/requests/{ref}/file/zone"

    anna.goes(path).sends(path, **{"document.mrz": ZONE})
    assert (anna.path, anna.text.count("klopt niet")) == (f"{path}/read", 0)
    assert kept(site, ref)["person"] == {
        "givenName": "Zoe", "otherGivenNames": ["Marie"], "familyName": "Dubois", "birthDate": "1985-07-15", "sex": "F",
    }  # fmt: skip
    anna.goes(path).sends(path, **{"document.mrz": ZONE.replace("8507158F8", "8507168F8")})

    assert anna.text.count("klopt niet") >= 2  # birth date, zone as a whole
    assert kept(site, ref)["person"]["birthDate"] == "1985-07-15"  # type: ignore[index]  # what stands is not written over


def test_no_zone_at_all_is_said_in_words_and_changes_nothing(site: OpenSite, anna: Officer) -> None:
    ref = draft(site, until="zone")
    path = f"/desk/requests/{ref}/file/zone"

    anna.goes(path).sends(path, **{"document.mrz": "P<FRA"})

    assert (anna.status, "36 of 44 tekens" in anna.text, "P&lt;FRA" in anna.page) == (422, True, True)
    assert "mrz" not in kept(site, ref)["document"]  # type: ignore[operator]


def test_papers_that_are_refused_are_named_and_the_good_one_is_not_kept_alone(site: OpenSite, anna: Officer) -> None:
    ref = draft(site, until="papers")
    path = f"/desk/requests/{ref}/file/papers"

    anna.goes(path).sends(path, {"scan": b"GIF89a", "declaration": PAPERS["declaration"]}, **ANSWERS["papers"])
    assert (anna.status, "geen PDF, JPEG of PNG" in anna.text) == (422, True)
    assert attached(site, ref) == []
    anna.goes(path).sends(path, PAPERS, **ANSWERS["papers"])

    assert attached(site, ref) == list(Slot)

    assert anna.path == f"/desk/requests/{ref}/file/check"


def test_what_two_papers_can_weigh_is_let_in_and_more_is_refused_in_words(site: OpenSite, anna: Officer) -> None:
    ref = draft(site, until="papers")
    path = f"/desk/requests/{ref}/file/papers"

    heavy = papers.jpeg() + b"\0" * (9 * 2**20)
    anna.goes(path).sends(path, {"scan": heavy, "declaration": heavy}, **ANSWERS["papers"])
    assert (anna.path, attached(site, ref)) == (f"/desk/requests/{ref}/file/check", list(Slot))
    anna.goes(path).sends(path, {"scan": heavy, "declaration": heavy + heavy}, **ANSWERS["papers"])

    assert (anna.path, "groter dan 10 MB" in anna.text) == (path, True)


def test_what_was_typed_when_the_session_ended_is_there_after_signing_in_again(site: OpenSite, anna: Officer) -> None:
    ref = draft(site, until="contact")
    path = f"/desk/requests/{ref}/file/contact"
    anna.goes(path)
    site.clock.set(site.stage.now + timedelta(minutes=16))

    anna.sends(path, **ANSWERS["contact"])
    assert anna.path == "/desk/sign-in"
    anna.sends("/desk/sign-in", who=_card(anna, "Anna Peeters"))

    assert (anna.path, 'value="zoe.dubois@example.org"' in anna.page) == (path, True)
    assert "contact" not in kept(site, ref)
    assert 'value="zoe.dubois@example.org"' not in anna.goes(path).page  # handed back once


def test_nobody_else_is_handed_what_was_typed(site: OpenSite, anna: Officer) -> None:
    ref = draft(site, until="contact")
    path = f"/desk/requests/{ref}/file/contact"
    anna.goes(path)
    site.clock.set(site.stage.now + timedelta(minutes=16))
    anna.sends(path, **ANSWERS["contact"])

    anna.sends("/desk/sign-in", who=_card(anna, "Bart Claes"))

    assert "zoe.dubois@example.org" not in anna.page


def test_a_draft_is_its_entitys_alone_and_the_desk_fills_in_nothing(site: OpenSite, anna: Officer) -> None:
    ref = draft(site, until="photo")
    bart = Officer(site.base, "Bart Claes", site.people).signs_in()
    foreign = with_role(site, "Fien Vreemd", Role.END_USER, "OVO000009")

    assert anna.goes(f"/desk/requests/{ref}/file/photo").status == 200
    assert foreign.goes(f"/desk/requests/{ref}/file/photo").status == 404
    assert bart.goes(f"/desk/requests/{ref}/file/photo").status == 403
    assert bart.goes("/desk/new").status == 403


def test_a_withdrawn_request_is_filled_in_no_further(site: OpenSite, anna: Officer) -> None:
    ref = site.stage.file("zoe-dubois")
    site.stage.act(
        ANNA, lambda door: registrations.withdraw(door, ref, registrations.reason_for("withdraw", "officer", None))
    )

    anna.goes(f"/desk/requests/{ref}/file/names")

    assert anna.path == f"/desk/requests/{ref}"


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_declaration_to_sign_is_there_empty_and_filled_in(site: OpenSite, anna: Officer, language: str) -> None:
    ref = draft(site)

    filled = anna.goes(f"/desk/requests/{ref}/declaration/{language}").text
    empty = anna.goes(f"/desk/declaration/{language}").text

    assert ("Dubois" in filled, "880692310285" in filled, "Dubois" in empty) == (True, True, False)
    assert anna.goes("/desk/declaration/fr").status == 404


def _card(officer: Officer, name: str) -> str:
    from tests.support.officer import CARD

    return next(user for user, told in CARD.findall(officer.page) if name in told)


def _id(door: Door, ref: str):  # type: ignore[no-untyped-def]
    return door.uow.cases.request(ref, now=door.now)[0].id


@pytest.mark.parametrize(
    ("text", "kept_as"),
    [
        ("Zo\0e", None), ("Zo\u202ee", None), ("\u200b", None), ("<script>alert(1)</script>", None), ("x" * 5000, None),
        ("Zoe\u0308", "Zo\u00eb"), ("D'Arcy-\u0160\u0106", "D'Arcy-\u0160\u0106"), ("O\u2019Neill", None),
    ],
)  # fmt: skip
def test_odd_letters_are_kept_exactly_or_refused_on_their_field_and_never_run(
    site: OpenSite, anna: Officer, text: str, kept_as: str | None
) -> None:
    ref = draft(site, until="names")

    fills(anna, ref, "names", {"person.givenName": text})

    person = kept(site, ref).get("person", {})
    assert isinstance(person, dict)
    if anna.status == 422:
        assert kept_as is None
        assert ('id="person.givenName-error"' in anna.page, person) == (True, {})
    else:
        assert person["givenName"] == (kept_as or text)
    assert "<script>alert" not in anna.page
