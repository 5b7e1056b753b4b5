"""The auditor's pages over HTTP: what waits to be judged, all that happened, who looked, and who saw what with four eyes."""

from __future__ import annotations

import html
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from bisdesk.demo.stage import ANNA, BART, DIRK
from tests.support.officer import Officer
from tests.support.site import OpenSite, open_site
from workflow import registrations, registrations_desk, trail
from workflow.access import Door
from workflow.model import CANARY, Language, Reason, RegistrationRequest, RequestKind, Role, User

OTHERS = (
    Role.END_USER, Role.SERVICE_DESK, Role.TEAM_LEAD, Role.LOCAL_ADMIN, Role.HEAD_LOCAL_ADMIN, Role.OPERATOR,
)  # fmt: skip
PAGES = ("/desk/audit", "/desk/audit/events", "/desk/audit/looks", "/desk/audit/four-eyes")
FIGURE = re.compile(r'<a class="figure" href="([^"]+)"><strong class="figure__number">(\d+)</strong>')
ROW = re.compile(r'<th scope="row"[^>]*><a[^>]*>(BR-[^<]+)</a>')
EVENT = re.compile(r'href="(/desk/audit/events/[0-9a-f-]{36})">([^<]+)</a>')
NEXT = re.compile(r'href="(/desk/audit/[^"]+)" rel="next"')
TYPO = Reason("document_says", "Op het paspoort staat een n.")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[OpenSite]:
    """An installation whose desk is open, with an auditor and a team lead who audits as well."""
    with open_site(tmp_path / "home") as opened:
        opened.stage.act(BART, lambda door: _put(door, "Els", Role.AUDITOR))
        opened.stage.act(BART, lambda door: _put(door, "Lea", Role.AUDITOR, Role.TEAM_LEAD))
        yield opened


def officer(site: OpenSite, name: str) -> Officer:
    return Officer(site.base, name, site.people).signs_in()


def approved(site: OpenSite, name: str = "zoe-dubois") -> str:
    """A request that Bart has approved."""
    ref = site.stage.file(name)
    site.stage.take(ref)
    site.stage.approve(ref)
    return ref


def mended(site: OpenSite) -> str:
    """A request in which Bart mended the family name, and whose suspicion he flagged."""
    ref = site.stage.file("luc-vanderberg")
    site.stage.take(ref)
    values = {"person.familyName": "Vandenberg"}
    site.stage.act(BART, lambda door: registrations_desk.correct_typo(door, ref, values, reason=TYPO))
    site.stage.act(BART, lambda door: registrations_desk.flag_fraud(door, ref, Reason("document", "Vreemd papier.")))
    return ref


def happened(who: Officer, address: str) -> list[str]:
    """What every page of the events tells, newest first."""
    found, at = list[str](), address
    while at:
        who.goes(at)
        assert who.status == 200, at
        found += [html.unescape(name) for _, name in EVENT.findall(who.page)]
        onward = NEXT.search(who.page)
        at = html.unescape(onward[1]) if onward else ""
    return found


# Approvals to judge (L7)


def test_approvals_wait_with_counters_that_open_the_very_list(site: OpenSite) -> None:
    for name, days in (("zoe-dubois", 7), ("marta-nowak", 2), ("jurgen-mueller", 0)):
        approved(site, name)
        site.clock.advance(timedelta(days=days))
    els = officer(site, "Els").goes("/desk/audit")
    figures = FIGURE.findall(els.page)

    assert [int(number) for _, number in figures] == [1, 2, 3]
    for address, number in figures:
        assert len(ROW.findall(els.goes(html.unescape(address)).page)) == int(number), address


def test_an_approval_is_judged_from_the_queue_and_leaves_it(site: OpenSite) -> None:
    ref = approved(site)
    els = officer(site, "Els").goes("/desk/audit")
    assert f'href="/desk/requests/{ref}/do/judge_approval"' in els.page

    els.goes(f"/desk/requests/{ref}/do/judge_approval")
    els.sends(f"/desk/requests/{ref}/do/judge_approval", reason="in_order")

    assert ref not in els.goes("/desk/audit").text
    assert "Elke goedkeuring is beoordeeld." in els.text


def test_nobody_is_asked_to_judge_what_they_approved(site: OpenSite) -> None:
    ref = approved(site)

    def change(door: Door) -> None:
        door.uow.directory.put_user(replace(door.uow.directory.by_email(BART), roles=frozenset({Role.AUDITOR})))

    site.stage.act(DIRK, change)
    bart = officer(site, "Bart Claes").goes("/desk/audit")

    assert ref in bart.text
    assert "/do/judge_approval" not in bart.page
    assert "Door iemand anders" in bart.text


# What happened (U1, U2, U8)


def test_events_are_found_by_each_question_and_all_of_them_together(site: OpenSite) -> None:
    first = approved(site)
    site.clock.advance(timedelta(days=2))
    second = site.stage.file("marta-nowak")
    site.stage.act(DIRK, lambda door: registrations.take(door, second))
    els = officer(site, "Els")
    dirk = site.stage.act(BART, lambda door: door.uow.directory.by_email(DIRK).id)

    assert happened(els, f"/desk/audit/events?ref={second.lower()}")[0] == "In behandeling genomen"
    assert happened(els, f"/desk/audit/events?actor=user%3A{dirk}") == ["In behandeling genomen"]
    assert happened(els, "/desk/audit/events?event=request.approved") == ["Goedgekeurd"]
    assert first in els.text
    assert set(happened(els, "/desk/audit/events?event=request.taken&since=2026-11-22&until=2026-11-22")) == {
        "In behandeling genomen"
    }
    assert second in els.text
    assert first not in els.text
    assert happened(els, "/desk/audit/events?event=request.taken&until=2026-11-20") == ["In behandeling genomen"]
    assert first in els.text
    assert happened(els, "/desk/audit/events?entity=OVO000009") == []
    assert happened(els, f"/desk/audit/events?ref={first}&actor=user%3A{dirk}") == []
    assert "Er is niets gebeurd dat hierbij past." in els.text


def test_pages_of_events_show_every_line_once(site: OpenSite) -> None:
    refs = [site.stage.file("zoe-dubois") for _ in range(trail.PAGE // 6)]
    els = officer(site, "Els")
    each = [happened(els, f"/desk/audit/events?ref={ref}") for ref in refs]

    assert sum(map(len, each)) > trail.PAGE  # all at the same instant
    assert sorted(happened(els, "/desk/audit/events")) == sorted(name for names in each for name in names)


def test_an_event_tells_who_what_when_why_and_which_rules(site: OpenSite) -> None:
    ref = mended(site)
    rules = site.stage.act(BART, lambda door: door.uow.cases.request(ref, now=door.now)[0].definition)
    els = officer(site, "Els").goes(f"/desk/audit/events?ref={ref}&event=request.typo_corrected")
    els.goes(EVENT.findall(els.page)[0][0])

    assert rules
    for told in (ref, "Bart Claes", "Service desk", "20 november 2026, 10:00", "2026-11-20T09:00:00Z", "OVO002949",
                 "Zo staat het in het document", "Op het paspoort staat een n.", "Achternaam", rules):  # fmt: skip
        assert told in els.text, told


def test_what_a_requester_was_asked_to_correct_is_told(site: OpenSite) -> None:
    ref = site.stage.file("zoe-dubois")
    site.stage.take(ref)
    site.stage.ask(ref, ("contact.email", "scan"), "Welk adres leest u hier?")
    els = officer(site, "Els").goes(f"/desk/audit/events?ref={ref}&event=request.info_requested")
    els.goes(EVENT.findall(els.page)[0][0])

    for told in ("Welk adres leest u hier?", "Persoonlijk e-mailadres", "Scan van het identiteitsdocument"):
        assert told in els.text, told
    assert "Gewijzigde velden" not in els.text


def test_old_and_new_values_are_for_those_who_handle_requests_alone(site: OpenSite) -> None:
    ref = mended(site)
    address = f"/desk/audit/events?ref={ref}&event=request.typo_corrected"

    els = officer(site, "Els").goes(address)
    els.goes(EVENT.findall(els.page)[0][0])
    assert ("Vanderberg" in els.text, "Vandenberg" in els.text, "niet zichtbaar voor u" in els.text) == (
        False,
        False,
        True,
    )
    lea = officer(site, "Lea").goes(address)
    lea.goes(EVENT.findall(lea.page)[0][0])
    assert "<ins>Vandenberg</ins>" in lea.page
    assert re.search(r"<del>[^<]+</del>", lea.page)


def test_what_was_said_of_a_person_is_gone_with_the_person(site: OpenSite) -> None:
    ref = mended(site)
    site.stage.act(ANNA, lambda door: registrations.withdraw(door, ref, Reason("officer")))
    site.clock.advance(timedelta(days=40))  # no sweep has run
    lea = officer(site, "Lea").goes(f"/desk/audit/events?ref={ref}&event=request.typo_corrected")

    lea.goes(EVENT.findall(lea.page)[0][0])

    assert "Vandenberg" not in lea.text
    assert "Op het paspoort" not in lea.text
    assert "zijn gewist" in lea.text


def test_a_suspicion_of_fraud_is_told_to_the_team_lead_alone(site: OpenSite) -> None:
    ref = mended(site)
    els, lea = officer(site, "Els"), officer(site, "Lea")
    theirs = happened(lea, f"/desk/audit/events?ref={ref}&event=request.fraud_suspected")
    address = EVENT.findall(lea.page)[0][0]

    assert len(theirs) == 1
    assert happened(els, f"/desk/audit/events?ref={ref}&event=request.fraud_suspected") == []
    assert not set(theirs) & set(happened(els, f"/desk/audit/events?ref={ref}"))
    assert theirs[0] not in html.unescape(els.goes("/desk/audit/events").page)  # nor among what can be asked for
    assert els.goes(address).status == 404
    assert lea.goes(address).status == 200


def test_the_heartbeat_is_in_nobodys_trail(site: OpenSite) -> None:
    activation = site.issued()

    def hide(door: Door) -> None:
        case, _ = door.uow.cases.activation(activation, now=door.now)
        event = door.uow.cases.history(case.id)[0]
        ids.append(str(event.id))

    ids: list[str] = []
    site.stage.act(BART, hide)
    els = officer(site, "Els")
    assert els.goes(f"/desk/audit/events/{ids[0]}").status == 200
    _make_heartbeat(site, activation)

    assert els.goes(f"/desk/audit/events/{ids[0]}").status == 404
    assert happened(els, f"/desk/audit/events?ref={activation}") == []
    assert els.goes(f"/desk/audit/events?entity={CANARY}").text.count(activation) == 0


def test_a_question_that_makes_no_sense_is_told_and_kept(site: OpenSite) -> None:
    approved(site)
    els = officer(site, "Els")

    for asked in ("ref=Dubois", "ref=BR-2026", "since=2026-02-30", "until=morgen", "since=0001-01-01"):
        els.goes(f"/desk/audit/events?{asked}")
        assert (els.status, "<title>Fout:" in els.page) == (422, True), asked
        assert f'value="{asked.partition("=")[2]}"' in els.page
        assert EVENT.findall(els.page) == []


def test_an_address_that_nobody_could_have_chosen_breaks_nothing(site: OpenSite) -> None:
    approved(site)
    els = officer(site, "Els")

    for asked in ("actor=user:x", "actor=%00", "event=%3Cscript%3E", "entity=x", "after=zzz", "event=request.x"):
        assert els.goes(f"/desk/audit/events?{asked}").status == 200, asked
        assert "<script>" not in els.page


# Who looked (U3), four eyes (L3, U8)


def test_searches_and_exports_are_told_without_what_was_typed(site: OpenSite) -> None:
    approved(site)
    bart = officer(site, "Bart Claes").goes("/desk/search").sends("/desk/search", sought="Dubois 1985")
    bart.goes("/desk/work?tab=all&kind=registration")
    assert bart.client.post("/desk/lists/export", data=dict(bart.hidden("/desk/lists/export"))).status_code == 200
    els = officer(site, "Els").goes("/desk/audit/looks")

    assert "Zocht: naam en jaar" in els.text
    assert "Downloadde een lijst met 1 rij" in els.text
    assert 'href="/desk/work?tab=all&amp;kind=registration"' in els.page
    assert "Dubois" not in els.text
    site.clock.advance(timedelta(days=8))
    assert "Bart Claes" not in els.signs_in().goes("/desk/audit/looks").text
    assert "Bart Claes" in els.goes("/desk/audit/looks?days=30").text


def test_who_filed_mended_approved_and_judged_stands_in_one_row(site: OpenSite) -> None:
    ref = mended(site)
    site.stage.act(DIRK, lambda door: registrations.reassign(door, ref, to=door.actor.user_id))  # type: ignore[arg-type]
    site.stage.act(DIRK, lambda door: registrations.approve(door, ref, extension_confirmed=True))
    els = officer(site, "Els")
    els.goes(f"/desk/requests/{ref}/do/judge_approval")
    els.sends(f"/desk/requests/{ref}/do/judge_approval", reason="in_order")

    row = re.search(rf"{ref}</a>(.*?)</tr>", els.goes("/desk/audit/four-eyes").page, re.DOTALL)
    assert row
    told = re.sub(r"<[^>]+>", "|", row[1])
    assert [one.strip() for one in told.split("|") if one.strip()] == [
        "OVO002949", "Anna Peeters", "Bart Claes", "Dirk Maes", "20 november 2026", "Els", "De goedkeuring is in orde", "in orde",
    ]  # fmt: skip


@pytest.mark.parametrize("missing", ["filer", "corrected_by", "audited_by"])
def test_eyes_that_are_not_four_are_told(missing: str) -> None:
    one, two, three, four = (UUID(int=number) for number in range(1, 5))
    told = {"filer": one, "corrected_by": two, "audited_by": three, "approved_by": four}

    assert trail.Eyes("BR-1", "OVO1", _detail(**told)).kept
    assert not trail.Eyes("BR-1", "OVO1", _detail(**told | {missing: four})).kept


# Whose pages they are


def test_every_page_is_shown_in_every_language(site: OpenSite) -> None:
    approved(site)
    els = officer(site, "Els")

    for language in Language:
        for page in PAGES:
            assert els.goes(f"{page}?lang={language}").status == 200
            assert f'<html lang="{language}"' in els.page


def test_no_page_of_the_audit_is_for_anybody_else(site: OpenSite) -> None:
    for role in OTHERS:
        site.stage.act(BART, lambda door, role=role: _put(door, f"Otto {role}", role))
        otto = officer(site, f"Otto {role}")
        for page in (*PAGES, "/desk/audit/events/01a1f82f-1e80-7000-9e0d-4e7dc8b306c9"):
            assert otto.goes(page).status == 403, (role, page)
        assert 'href="/desk/audit"' not in otto.page


def _put(door: Door, name: str, *roles: Role) -> None:
    entity = "OVO002949" if Role.END_USER in roles else None
    door.uow.directory.put_user(
        User(
            id=door.tools.chance.uuid(door.now),
            email=f"{name.lower().replace(' ', '-')}@desk.example",
            name=name,
            language=Language.NL,
            roles=frozenset(roles),
            entity=entity,
        )
    )


def _make_heartbeat(site: OpenSite, activation: str) -> None:
    """Let a case be one of the heartbeat's, past all rules: no story of the site makes one."""
    with sqlite3.connect(site.stage.app.settings.home / "bisdesk.db") as database:
        database.execute("UPDATE cases SET entity = ? WHERE ref = ?", (CANARY, activation))


def _detail(**told: Any) -> RegistrationRequest:
    return RegistrationRequest(UUID(int=0), RequestKind.REGISTRATION, note_number=False, **told)
