"""A request goes back with a reason for each field, and the officer at the desk sees the mail before it leaves (E15)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bisdesk.demo.stage import ANNA, DIRK
from tests.support.desk_case import with_role
from tests.support.officer import Officer
from tests.support.site import OpenSite, open_site
from workflow.access import Door
from workflow.model import Language, Role
from workflow.outbox import MessageKind

BOTH = ["person.birthPlace", "scan"]
OWN = {"reason.person.birthPlace": "Het document zegt Rijsel.", "reason.scan": "De foto is niet te zien."}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[OpenSite]:
    """An installation whose desk is open, without a request."""
    with open_site(tmp_path / "home") as opened:
        yield opened


def officer(site: OpenSite, name: str) -> Officer:
    return Officer(site.base, name, site.people).signs_in()


def before_the_form(site: OpenSite) -> tuple[Officer, str, str]:
    """Bart stands before the form that sends Zoë's request back: he, the reference, the address."""
    ref = site.stage.file("zoe-dubois")
    bart = officer(site, "Bart Claes").does(ref, "take")
    path = f"/desk/requests/{ref}/do/request_info"
    return bart.goes(path), ref, path


def returned_mails(site: OpenSite, ref: str) -> int:
    def count(door: Door) -> int:
        case = door.uow.cases.request(ref, now=door.now)[0]
        return sum(row.message.kind is MessageKind.M5 for row in door.uow.outbox.of_case(case.id))

    return site.stage.act(ANNA, count)


@pytest.mark.fact("B1-6")
def test_each_field_has_its_own_reason_at_the_desk_and_in_the_mail(site: OpenSite) -> None:
    bart, ref, path = before_the_form(site)

    bart.sends(path, fields=BOTH, text="", **OWN)

    assert site.state(ref) == "info_requested"
    anna = officer(site, "Anna Peeters").goes(f"/desk/requests/{ref}")
    mail = next(one.text for one in site.tick() if "Verbeter de gegevens" in one.text)
    for reason in OWN.values():
        assert reason in anna.text
        assert reason in mail
    assert "Uitleg van de Service desk" not in mail  # nothing was said of all of them together


def test_a_text_for_all_is_enough_and_so_are_reasons_for_each_but_not_for_some(site: OpenSite) -> None:
    bart, ref, path = before_the_form(site)

    bart.sends(path, fields=BOTH, text="", **{"reason.scan": "De foto is niet te zien."})
    assert bart.status == 422
    assert "De foto is niet te zien." in bart.page
    bart.sends(path, fields=BOTH, text="Kijk beide na.", **{"reason.scan": "De foto is niet te zien."})

    assert site.state(ref) == "info_requested"


def test_what_was_typed_of_a_field_that_is_not_chosen_any_more_is_left_out(site: OpenSite) -> None:
    bart, ref, path = before_the_form(site)

    bart.sends(path, fields=["scan"], text="", **OWN)

    assert site.stage.request(ref)["remarks"] == {
        "fields": ["scan"], "text": "", "reasons": {"scan": "De foto is niet te zien."},
    }  # fmt: skip


def test_a_reason_longer_than_anybody_reads_is_refused_and_kept(site: OpenSite) -> None:
    bart, ref, path = before_the_form(site)
    long = "x" * 301

    bart.sends(path, fields=["scan"], text="", **{"reason.scan": long})

    assert (bart.status, long in bart.page) == (422, True)
    assert site.state(ref) == "in_review"


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (Language.NL, "Verbeter de gegevens van uw aanvraag"),
        (Language.FR, "Corrigez les données de votre demande"),
        (Language.DE, "Korrigieren Sie die Daten Ihres Antrags"),
        (Language.EN, "Correct the data of your request"),
    ],
)
def test_the_mail_is_seen_first_in_the_language_of_who_filed_and_nothing_is_sent(
    site: OpenSite, language: Language, sentence: str
) -> None:
    set_language(site, language)
    bart, ref, path = before_the_form(site)

    bart.sends(path, fields=BOTH, text="Kijk na.", preview="1", **OWN)

    assert bart.status == 200
    assert sentence in bart.text
    assert bart.page.count("Het document zegt Rijsel.") == 2  # in the mail, and still in the form
    assert bart.page.count('name="fields"') == bart.page.count('type="checkbox"')
    assert bart.page.count(" checked>") == 2
    assert (site.state(ref), returned_mails(site, ref)) == ("in_review", 0)
    bart.sends(path, fields=BOTH, text="Kijk na.", **OWN)
    assert (site.state(ref), returned_mails(site, ref)) == ("info_requested", 1)


def test_what_is_seen_first_is_what_is_sent(site: OpenSite) -> None:
    bart, _, path = before_the_form(site)
    bart.sends(path, fields=BOTH, text="Kijk na.", preview="1", **OWN)
    seen = bart.text

    bart.sends(path, fields=BOTH, text="Kijk na.", **OWN)

    sent = next(one.text for one in site.tick() if "Verbeter de gegevens" in one.text)
    body = [line.strip() for line in sent.splitlines() if line.strip()]
    start = next(place for place, line in enumerate(body) if line.startswith("Verbeter de gegevens"))
    assert all(line in seen for line in body[start:])


def test_a_preview_of_what_could_not_be_sent_says_so(site: OpenSite) -> None:
    bart, ref, path = before_the_form(site)

    bart.sends(path, text="Kijk na.", preview="1")

    assert (bart.status, "Kijk na." in bart.page) == (422, True)
    assert site.state(ref) == "in_review"


def test_whoever_may_not_ask_previews_nothing(site: OpenSite) -> None:
    _, ref, path = before_the_form(site)
    anna = officer(site, "Anna Peeters")
    form = dict(anna.goes("/desk/work").hidden("/desk/sign-out"))
    foreign = with_role(site, "Fien Vreemd", Role.END_USER, "OVO000009")
    strange = dict(foreign.goes("/desk/work").hidden("/desk/sign-out"))
    typed = {"fields": ["scan"], "text": "Kijk na.", "preview": "1", "seen": "1"}

    mine = anna.client.post(path, data=form | typed)
    theirs = foreign.client.post(path, data=strange | typed)

    assert "Kijk na." not in mine.text
    assert theirs.status_code == 404
    assert site.state(ref) == "in_review"


def test_whoever_comes_second_keeps_the_reasons_as_well(site: OpenSite) -> None:
    bart, ref, path = before_the_form(site)
    dirk = officer(site, "Dirk Maes")
    dirk.does(ref, "reassign", to=DIRK)
    dirk.does(ref, "approve")

    bart.sends(path, fields=BOTH, text="Kijk na.", **OWN)

    assert bart.status == 409
    for kept in ("Kijk na.", *OWN.values()):
        assert kept in bart.page


def set_language(site: OpenSite, language: Language) -> None:
    """Anna reads in this language."""

    def write(door: Door) -> None:
        door.uow.directory.put_user(replace(door.uow.directory.by_email(ANNA), language=language))

    site.stage.act(ANNA, write)
