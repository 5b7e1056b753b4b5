"""The messages of a case at the desk: how far each got in words, to whom, what to do, what it said without link and code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bisdesk.demo.stage import BART
from tests.support.desk_case import with_role
from tests.support.officer import Officer
from tests.support.site import OpenSite, issued_site
from workflow.access import Door
from workflow.codes import grouped
from workflow.model import Role
from workflow.outbox import Channel, Delivery, DeliveryState, MessageKind, Settlement

M = MessageKind
LETTER = re.compile(r'<li class="letter">(.*?)</li>', re.DOTALL)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[OpenSite]:
    """An installation on which link and code went out to Zoë."""
    with issued_site(tmp_path / "home") as opened:
        yield opened


def officer(site: OpenSite, name: str) -> Officer:
    return Officer(site.base, name, site.people).signs_in()


def request_of(site: OpenSite, activation: str) -> str:
    return str(site.stage.activation(activation)["request"])


def rows(site: OpenSite, ref: str, kind: MessageKind) -> list[Delivery]:
    """The rows of a kind of one case, oldest first."""

    def read(door: Door) -> list[Delivery]:
        cases = door.uow.cases
        case = (cases.activation if ref.startswith("AC-") else cases.request)(ref, now=door.now)[0]
        return [row for row in door.uow.outbox.of_case(case.id) if row.message.kind is kind]

    return site.stage.act(BART, read)


def becomes(site: OpenSite, row: Delivery, state: DeliveryState) -> None:
    """A provider tells what became of a message."""

    def write(door: Door) -> None:
        found = door.uow.outbox.find(row.message.id)
        assert door.uow.outbox.move(found, Settlement(state), now=door.now)

    site.stage.act(BART, write)


def test_a_request_lists_its_own_messages_and_those_of_its_activation_in_words(site: OpenSite) -> None:
    ref = request_of(site, site.ref)

    bart = officer(site, "Bart Claes").goes(f"/desk/requests/{ref}/messages?lang=en")

    shown = [" ".join(re.sub(r"<[^>]+>", " ", one).split()) for one in LETTER.findall(bart.page)]
    link = next(one for one in shown if one.startswith("Activation link"))
    assert "z***@e***.org" in " ".join(shown)
    assert "ends in 78" in " ".join(shown)
    assert "20 November 2026, 10:00" in link  # 9:00 UTC
    assert "UTC" not in bart.text
    assert "zoe.dubois@example.org" not in bart.page
    assert "+33612345678" not in bart.page


def test_neither_link_nor_code_is_ever_in_a_page_of_the_desk(site: OpenSite) -> None:
    activation, link, code = site.ref, site.link(), site.code()
    ref = request_of(site, activation)
    bart = officer(site, "Bart Claes")
    bart.goes(f"/desk/requests/{ref}/messages")
    addresses = set(re.findall(r"/desk/messages/[0-9a-f-]{36}", bart.page))
    assert len(addresses) >= 4

    for path in (*addresses, f"/desk/activations/{activation}", f"/desk/activations/{activation}/timeline"):
        bart.goes(path)
        assert bart.status == 200, path
        assert link not in bart.page
        for written in (code, code.replace(" ", ""), grouped(code.replace(" ", ""))):
            assert written not in bart.page
        assert "XXXXX" not in bart.page


@pytest.mark.parametrize(
    ("kind", "sentence"), [(M.M1, "the link stands here"), (M.M3, "the code stands here")], ids=["link", "code"]
)
def test_what_staff_read_is_the_message_with_a_sentence_instead_of_its_secret(
    site: OpenSite, kind: MessageKind, sentence: str
) -> None:
    row = rows(site, site.ref, kind)[0]

    bart = officer(site, "Bart Claes").goes(f"/desk/messages/{row.message.id}?lang=en")

    assert sentence in bart.text
    assert site.ref in bart.text
    assert f'lang="{row.message.language}"' in bart.page.partition("letter__sheet")[2][:60]


@pytest.mark.parametrize(
    ("kind", "state", "told"),
    [
        (M.M1, DeliveryState.BOUNCED, "correct it on the activation"),
        (M.M3, DeliveryState.UNDELIVERED, "issue a new code"),
        (M.M2, DeliveryState.BOUNCED, "send the message again"),
    ],
)  # fmt: skip
def test_what_can_be_done_is_told_where_a_message_did_not_arrive(
    site: OpenSite, kind: MessageKind, state: DeliveryState, told: str
) -> None:
    becomes(site, rows(site, site.ref, kind)[0], state)

    bart = officer(site, "Bart Claes").goes(f"/desk/activations/{site.ref}/messages?lang=en")

    assert told in bart.text
    assert bart.text.count("What you can do:") == 1


def test_a_mail_without_link_is_sent_again_after_the_pause_and_not_twice(site: OpenSite) -> None:
    first = rows(site, site.ref, M.M2)[0]
    page, again = f"/desk/messages/{first.message.id}", f"/desk/messages/{first.message.id}/again"
    bart = officer(site, "Bart Claes").goes(f"{page}?lang=en")
    assert again not in bart.page
    assert "It can be sent again from 20 November 2026, 10:05" in bart.text

    site.clock.advance(timedelta(minutes=5))
    bart.goes(page)
    form = dict(bart.hidden(again))
    sent, twice = bart.client.post(again, data=form), bart.client.post(again, data=form)

    assert (sent.status_code, twice.status_code) == (200, 409)
    assert len(rows(site, site.ref, M.M2)) == 2
    site.tick()
    assert rows(site, site.ref, M.M2)[-1].state is DeliveryState.ACCEPTED


@pytest.mark.fact("B3-retry")
def test_a_message_that_waits_for_staff_is_put_back_into_the_queue(site: OpenSite) -> None:
    ref = request_of(site, site.ref)
    row = rows(site, ref, M.M0)[0]
    becomes(site, row, DeliveryState.PARKED)
    again = f"/desk/messages/{row.message.id}/again"

    bart = officer(site, "Bart Claes").goes(f"/desk/messages/{row.message.id}?lang=en")
    assert "put it back in the queue" in bart.text
    bart.sends(again)

    assert bart.status == 200
    assert [one.state for one in rows(site, ref, M.M0)] == [DeliveryState.QUEUED]


def test_a_mail_with_a_link_is_never_sent_again_from_here(site: OpenSite) -> None:
    row = rows(site, site.ref, M.M1)[0]
    site.clock.advance(timedelta(hours=1))
    bart = officer(site, "Bart Claes").goes(f"/desk/messages/{row.message.id}")
    assert f"/desk/messages/{row.message.id}/again" not in bart.page

    told = bart.client.post(f"/desk/messages/{row.message.id}/again", data=dict(bart.hidden("/desk/sign-out")))

    assert told.status_code == 409
    assert len(rows(site, site.ref, M.M1)) == 1


@pytest.mark.parametrize(
    ("role", "entity", "status"),
    [(Role.TEAM_LEAD, None, 200), (Role.AUDITOR, None, 403), (Role.END_USER, "OVO002949", 403), (Role.OPERATOR, None, 403)],
)  # fmt: skip
def test_what_a_message_says_is_for_staff(site: OpenSite, role: Role, entity: str | None, status: int) -> None:
    row = rows(site, site.ref, M.M1)[0]
    who = with_role(site, "Ie Mand", role, entity)

    assert who.goes(f"/desk/messages/{row.message.id}").status == status


@pytest.mark.parametrize("wanted", ["x", "0190b5d2-5b3f-7a7a-8a3e-000000000000"])
def test_a_message_that_is_none_is_not_found(site: OpenSite, wanted: str) -> None:
    assert officer(site, "Bart Claes").goes(f"/desk/messages/{wanted}").status == 404


def test_the_filer_sees_how_far_the_messages_got_and_no_text(site: OpenSite) -> None:
    ref = request_of(site, site.ref)

    anna = officer(site, "Anna Peeters").goes(f"/desk/requests/{ref}/messages")

    assert len(LETTER.findall(anna.page)) >= 4
    assert "/desk/messages/" not in anna.page


def test_a_task_of_the_desk_stands_among_the_messages_for_those_at_the_desk_and_not_for_the_filer(
    site: OpenSite,
) -> None:
    ref = site.stage.file("marta-nowak")
    site.clock.advance(timedelta(days=7))  # nobody took it: the desk is told (M10)
    site.tick()
    assert [row.message.channel for row in rows(site, ref, M.M10)] == [Channel.TASK]
    watching = (officer(site, "Bart Claes"), with_role(site, "Ella Smets", Role.AUDITOR))

    anna = officer(site, "Anna Peeters").goes(f"/desk/requests/{ref}/messages?lang=en")
    seen = [who.goes(f"/desk/requests/{ref}/messages?lang=en").text for who in watching]

    assert all("Task for the Service desk" in text for text in seen)
    assert anna.status == 200
    assert "Task for the Service desk" not in anna.text
