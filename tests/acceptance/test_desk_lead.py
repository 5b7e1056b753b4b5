"""The team lead's overview over HTTP: every number is that of the list behind it, for those alone whose page it is (L1, L2, L8)."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bisdesk.demo.stage import ANNA, BART, DIRK
from tests.support.officer import Officer
from tests.support.site import OpenSite, open_site
from workflow import overview, registrations
from workflow.access import Door
from workflow.model import Reason, Role

NAMES = ("zoe-dubois", "marta-nowak", "luc-vanderberg", "jurgen-mueller", "siobhan-kelly")
FIGURE = re.compile(r'<a class="figure" href="([^"]+)"><strong class="figure__number">(\d+)</strong> <span>([^<]+)')
NUMBER = re.compile(r'<a class="govuk-link number-link" href="([^"]+)">(\d+)<')
ROW = re.compile(r'<th scope="row"[^>]*><a[^>]*>(BR-[^<]+)</a>')
NEXT = re.compile(r'href="(/desk/work[^"]+)" rel="next"')


@pytest.fixture
def site(tmp_path: Path) -> Iterator[OpenSite]:
    """An installation whose desk is open, with requests in several hands and states."""
    with open_site(tmp_path / "home") as opened:
        yield opened


def busy(site: OpenSite) -> dict[str, str]:
    """Requests in several hands and states, some of them overdue, one at its end and one whose activation is blocked."""
    stage, made = site.stage, {}
    made["blocked"] = stage.request(stage.activation(site.issued("zoe-dubois"))["request"])["ref"]  # type: ignore[arg-type]
    activation = str(stage.request(made["blocked"])["activation"])
    for wrong in ("0" * 20, "1" * 20, "2" * 20):
        site.enter(activation, wrong)
    made["returned"] = stage.file("marta-nowak")
    stage.take(made["returned"])
    stage.ask(made["returned"], ("contact.email",), "Which?")
    made["bart"] = stage.file("luc-vanderberg")
    stage.take(made["bart"])
    site.clock.advance(timedelta(days=6))  # Thursday: to be taken through Monday
    made["free"] = stage.file("jurgen-mueller")
    site.clock.advance(timedelta(days=4))  # Monday
    made["dirk"] = stage.file("siobhan-kelly")
    stage.act(DIRK, lambda door: registrations.take(door, made["dirk"]))
    return {name: str(ref) for name, ref in made.items()}


def officer(site: OpenSite, name: str) -> Officer:
    return Officer(site.base, name, site.people).signs_in()


def with_role(site: OpenSite, role: Role) -> None:
    """Bart has this role from now on, and no other."""

    def change(door: Door) -> None:
        door.uow.directory.put_user(replace(door.uow.directory.by_email(BART), roles=frozenset({role})))

    site.stage.act(DIRK, change)


def behind(who: Officer, address: str) -> list[str]:
    """The references of every page of a list."""
    found, at = list[str](), html.unescape(address)
    while at:
        who.goes(at)
        assert who.status == 200, at
        found += ROW.findall(who.page)
        onward = NEXT.search(who.page)
        at = html.unescape(onward[1]) if onward else ""
    return found


def test_every_number_is_that_of_the_list_behind_its_link(site: OpenSite) -> None:
    busy(site)
    carla = officer(site, "Carla Wouters").goes("/desk/overview")
    figures = FIGURE.findall(carla.page)
    numbers = NUMBER.findall(carla.page)

    told = {label: int(number) for _, number, label in figures}
    assert told == {
        "open aanvragen": 4, "te laat": 1, "te doen vandaag of eerder": 2, "te laat binnen 8 werkuren": 0,
        "niet toegewezen": 1, "geblokkeerde activaties": 1,
    }  # fmt: skip
    assert len(numbers) >= 9
    for address, number in [(address, number) for address, number, _ in figures] + numbers:
        assert len(behind(carla, address)) == int(number), address


def test_who_has_how_much_is_told_with_what_is_overdue_and_what_nobody_has(site: OpenSite) -> None:
    refs = busy(site)
    carla = officer(site, "Carla Wouters").goes("/desk/overview")
    rows = re.findall(
        r'<th scope="row" class="govuk-table__header">([^<]+)</th><td[^>]*><a[^>]*href="([^"]+)">(\d+)<.*?<td[^>]*><a[^>]*>(\d+)<',
        carla.page, re.DOTALL,
    )  # fmt: skip

    assert {name: (int(open_), int(late)) for name, _, open_, late in rows} == {
        "Bart Claes": (1, 1), "Dirk Maes": (1, 0), "niemand": (2, 0),
    }  # fmt: skip
    assert rows[0][0] == "Bart Claes"  # who has most overdue stands first
    addresses = {name: address for name, address, *_ in rows}
    assert behind(carla, addresses["Dirk Maes"]) == [refs["dirk"]]
    assert sorted(behind(carla, addresses["niemand"])) == sorted((refs["free"], refs["returned"]))


def test_every_picture_has_a_sentence_for_a_title_and_its_numbers_as_a_table(site: OpenSite) -> None:
    busy(site)
    carla = officer(site, "Carla Wouters").goes("/desk/overview")
    pictures = re.findall(r'<section class="charted">(.*?)</section>', carla.page, re.DOTALL)

    assert len(pictures) == 4
    titles = [html.unescape(re.search(r"<h2[^>]*>([^<]+)", one)[1]) for one in pictures]  # type: ignore[index]
    assert titles == [
        "Open aanvragen die te laat zijn: 1 van 4", "Open aanvragen ouder dan 14 dagen: 0 van 4",
        "Deze week: 1 bijgekomen, 0 afgesloten", "Aanvragen binnen 5 werkdagen afgehandeld: 1 van 1",
    ]  # fmt: skip
    for one in pictures:
        assert 'role="img"' in one
        assert "<title" in one
        assert "<desc" in one
        assert "<table" in one
        assert "style=" not in one


def test_an_empty_desk_says_so_in_every_language(site: OpenSite) -> None:
    carla = officer(site, "Carla Wouters")

    for language, words in (("nl", "geen open aanvragen"), ("fr", "pas de demandes ouvertes"),
                            ("de", "keine offenen Anträge"), ("en", "no open requests")):  # fmt: skip
        carla.goes(f"/desk/overview?lang={language}")
        assert (carla.status, words in carla.text) == (200, True), language


def test_only_what_was_submitted_and_closed_of_late_counts_as_handled(site: OpenSite) -> None:
    old, new, never = (site.stage.file(name) for name in NAMES[:3])
    withdraw = Reason("officer")
    site.stage.act(ANNA, lambda door: registrations.withdraw(door, old, withdraw))
    site.clock.advance(timedelta(days=overview.SPREAD_DAYS + 2))
    site.stage.act(ANNA, lambda door: registrations.withdraw(door, new, withdraw))
    assert never

    def read(door: Door) -> dict[str, tuple[float, ...]]:
        return dict(overview.overview(door).taken)

    taken = site.stage.act(BART, read)

    assert [len(taken[state]) for state in ("completed", "rejected", "withdrawn")] == [0, 0, 1]
    assert taken["withdrawn"][0] > 5


def test_the_overview_is_for_team_leads_and_auditors(site: OpenSite) -> None:
    readers = {Role.TEAM_LEAD, Role.AUDITOR}

    for role in (*readers, Role.SERVICE_DESK, Role.OPERATOR, Role.LOCAL_ADMIN, Role.HEAD_LOCAL_ADMIN):
        with_role(site, role)
        bart = officer(site, "Bart Claes").goes("/desk/overview")
        assert bart.status == (200 if role in readers else 403), role
        assert ('href="/desk/overview"' in bart.page) is (role in readers), role
    assert officer(site, "Anna Peeters").goes("/desk/overview").status == 403


def test_an_auditor_reads_the_overview_without_lists_that_are_not_theirs(site: OpenSite) -> None:
    busy(site)
    with_role(site, Role.AUDITOR)
    bart = officer(site, "Bart Claes").goes("/desk/overview")

    for address, number, _ in FIGURE.findall(bart.page):
        assert len(behind(bart, address)) == int(number), address
    assert "geblokkeerde activaties" not in bart.goes("/desk/overview").text
