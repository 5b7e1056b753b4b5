"""Both providers out of reach for 72 hours: nothing lost, nothing sent that is no longer true, caught up with fairly (F29)."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from bisdesk.seed import seed
from bisdesk.ticks import tick
from store.schema import upgrade
from tests.builders import START
from tests.proof import people
from tests.proof.faults import Dice
from tests.proof.journal import Copy, Journal, Now
from tests.proof.judge import Evidence, Found, judged
from tests.proof.mail_provider import MailProvider
from tests.proof.place import Place, Proven, in_memory
from tests.proof.reading import Database
from tests.proof.sms_provider import SmsProvider
from tests.proof.worker import PARTS
from tests.support.twilio_server import serving
from workflow.outbox import Delivery, DeliveryState, MessageKind
from workflow.ports_entry import LinkPurpose

M = MessageKind
OUTAGE, LOOKS_EVERY = timedelta(hours=72), timedelta(hours=1)
CROWD, FEW = 30, 2
BUSY, SMALL = people.ENTITIES[0], people.ENTITIES[1:]


@dataclass
class Outage:
    """One database, seen by an installation without providers and by one that has them."""

    cut_off: Proven
    connected: Proven
    now: Now
    journal: Journal
    sms: SmsProvider
    database: Database

    def put(self, at: datetime) -> None:
        """Let it be that instant."""
        self.now.at = at
        self.cut_off.put(at)
        self.connected.put(at)

    def endure(self) -> None:
        """Tick through the whole outage."""
        ends = self.now.at + OUTAGE
        while self.now.at < ends:
            self.put(min(self.now.at + LOOKS_EVERY, ends))
            tick(self.cut_off, PARTS)

    def catch_up(self) -> None:
        """Tick with providers, until everything that can be handed over is."""
        for _ in range(20):
            tick(self.connected, PARTS)
            self.put(self.now.at + LOOKS_EVERY)

    def rows(self, case_id: UUID, kind: MessageKind) -> list[Delivery]:
        """The rows of one kind of a case, oldest first."""
        with self.connected.unit_of_work() as uow:
            return [row for row in uow.outbox.of_case(case_id) if row.message.kind is kind]

    def judged(self) -> Found:
        """The outbox held to the journals."""
        return judged(self.database, Evidence(self.journal.copies, frozenset(), self.sms.told_of()))


@pytest.fixture
def outage() -> Iterator[Outage]:
    """It is about to begin."""
    now = Now(START)
    journal, dice = Journal(now), Dice("outage", 0)
    mail = MailProvider(journal, dice)
    mail.start()
    with (
        in_memory() as folder,
        serving(SmsProvider(world=now, journal=journal, dice=dice)) as sms,
        socket.socket() as deaf,
    ):
        url = f"sqlite:///{folder}/home/bisdesk.db"
        upgrade(url)
        deaf.bind(("127.0.0.1", 0))  # bound and not listening: whoever connects is refused
        nobody = f"127.0.0.1:{deaf.getsockname()[1]}"
        place = Place(url, folder / "home", mail.url, sms.url())
        away = replace(place, smtp=f"smtp://{nobody}?starttls=never", sms=sms.url(base=f"http://{nobody}"))
        ready = Outage(away.app(START), place.app(START), now, journal, sms, Database(url))
        seed(ready.connected, START)
        people.found_entities(ready.connected)
        yield ready
        ready.database.close()
        ready.cut_off.store.dispose()
        ready.connected.store.dispose()
        mail.stop()


@pytest.mark.fact("B3-postpone")
def test_after_three_days_without_providers_nothing_is_lost_and_nothing_was_tried_in_vain(outage: Outage) -> None:
    issued = people.issued(outage.cut_off, range(CROWD))

    outage.endure()
    assert outage.journal.copies == {}
    outage.catch_up()

    found = outage.judged()
    assert found.problems() == {}
    for _, case_id in issued:
        newest = [outage.rows(case_id, kind)[-1] for kind in (M.M1, M.M2, M.M3)]
        assert {row.state for row in newest} <= {DeliveryState.ACCEPTED, DeliveryState.DELIVERED}
        assert [row.attempts for row in newest] == [1, 1, 1]


@pytest.mark.fact("B2-remint")
def test_links_and_codes_that_waited_longer_than_a_day_are_made_anew_and_only_the_new_ones_leave(
    outage: Outage,
) -> None:
    issued = people.issued(outage.cut_off, range(20))

    outage.endure()
    outage.catch_up()

    for _, case_id in issued:
        *old, new = outage.rows(case_id, M.M1)
        assert {row.state for row in old} == {DeliveryState.CANCELLED}
        assert not {str(row.message.id) for row in old} & set(outage.journal.copies)
        assert new.state is DeliveryState.ACCEPTED
        assert new.message.send_before is not None
        assert new.message.send_before > START + OUTAGE + timedelta(days=12)
        assert _is_in_force(outage, case_id, new)


@pytest.mark.fact("3.34", "B3-expire")
def test_a_link_whose_last_moment_passes_during_the_outage_is_never_sent(outage: Outage) -> None:
    issued = people.issued(outage.connected, range(6))
    tick(outage.connected, PARTS)
    outage.put(START + timedelta(days=13))
    tick(outage.connected, PARTS)
    before = dict(outage.journal.copies)
    assert all(people.resend(outage.cut_off, ref) for ref, _ in issued)

    outage.endure()
    outage.catch_up()

    again = [row for row in outage.database.messages() if row.kind == "M1" and '"again": "again"' in row.params]
    assert {row.state for row in again} == {"cancelled"}
    assert len(again) == 6
    assert not {str(row.id) for row in again} & set(outage.journal.copies) - set(before)
    assert outage.judged().problems() == {}


def test_one_entity_with_many_messages_does_not_keep_the_others_waiting_after_an_outage(outage: Outage) -> None:
    people.issued(outage.cut_off, range(CROWD), entity=BUSY)
    few = [
        one
        for place, entity in enumerate(SMALL)
        for one in people.issued(outage.cut_off, range(CROWD + FEW * place, CROWD + FEW * (place + 1)), entity=entity)
    ]

    outage.endure()
    outage.catch_up()

    order = _by_mail(outage)
    of_few = {str(row.message.id) for _, case_id in few for row in outage.rows(case_id, M.M1)}
    last = max(place for place, copy in enumerate(order) if copy.message_id in of_few)
    assert len(order) > 2 * CROWD
    assert last < len(order) / 2, "the links of the small entities left after those of the busy one"


def _by_mail(outage: Outage) -> list[Copy]:
    """The copies of mails in the order in which they were taken."""
    mails = {str(row.id) for row in outage.database.messages() if row.channel == "email"}
    return [copy for name, copies in outage.journal.copies.items() if name in mails for copy in copies]


def _is_in_force(outage: Outage, case_id: UUID, row: Delivery) -> bool:
    """Whether the link of a row is the one that the activation knows."""
    with outage.connected.unit_of_work() as uow:
        _, detail = uow.cases.activation(case_id, now=outage.now.at)
        token = uow.outbox.secret_of(row.message.id)
    assert token is not None
    return detail.link_digest == outage.connected.tools.secrets.token_digest(token, purpose=LinkPurpose.ACTIVATION)
