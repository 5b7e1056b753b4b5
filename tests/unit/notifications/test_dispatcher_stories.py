"""The dispatcher with the real texts and the real case behind it: what its outcomes mean for an activation."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime

import pytest

from notifications.dispatcher import Dispatcher
from notifications.outcome import Accepted, Down, Refused, Transient, Unknown
from notifications.rendering import Renderer
from notifications.sent import Sent
from notifications.transports.recording import RecordingMail, RecordingSms
from tests.support.world import World
from workflow import activations_delivery
from workflow.correspondence import recipient_of
from workflow.model import Activation, Case
from workflow.outbox import Channel, Delivery, DeliveryState, MessageKind, QueuedMessage, Settlement
from workflow.ports import UnitOfWork

S, M = DeliveryState, MessageKind
RENDERER = Renderer(None, applicant_base_url="https://keys.example", base_url="https://desk.example")


@dataclass
class Office:
    """A world whose post is the real dispatcher."""

    world: World = field(default_factory=World)
    mail: RecordingMail = field(default_factory=RecordingMail)
    sms: RecordingSms = field(default_factory=RecordingSms)

    def drain(self, **later: float) -> Sent:
        """Let time pass, then send what is due."""
        self.world.wait(**later)
        return self.dispatcher.drain(self.world.now)

    @property
    def dispatcher(self) -> Dispatcher:
        """The real thing, with scripted providers."""
        return Dispatcher(
            self.world.store.unit_of_work,
            RENDERER,
            self.mail,
            self.sms,
            recipient_of=recipient_of,
            settled=self._settled,
            before_send=self._before_send,
            mail_from="Bisdesk <desk@bisdesk.example>",
        )

    def activation(self, ref: str) -> tuple[Case, Activation]:
        """The activation as it stands."""
        with self.world.store.unit_of_work() as uow:
            return uow.cases.activation(ref, now=self.world.now)

    def rows(self, ref: str, kind: MessageKind) -> list[Delivery]:
        """Its rows of one kind, oldest first."""
        with self.world.store.unit_of_work() as uow:
            case, _ = uow.cases.activation(ref, now=self.world.now)
            return [row for row in uow.outbox.of_case(case.id) if row.message.kind is kind]

    def _settled(self, uow: UnitOfWork, message: QueuedMessage, settlement: Settlement, now: datetime) -> None:
        activations_delivery.settled(uow, message, settlement, now=now, tools=self.world.tools)

    def _before_send(self, uow: UnitOfWork, message: QueuedMessage, now: datetime) -> bool:
        return activations_delivery.before_send(uow, message, now=now, tools=self.world.tools)


@pytest.mark.fact("B2-2", "3.10")
def test_mail_and_code_handed_over_start_the_fourteen_days() -> None:
    office = Office()
    ref = office.world.issuing()

    office.drain()

    case, detail = office.activation(ref)
    assert case.state == "awaiting_code"
    assert detail.first_issued_at == detail.minted_at
    assert {row.state for row in (*office.rows(ref, M.M1), *office.rows(ref, M.M3))} == {S.ACCEPTED}


@pytest.mark.fact("3.38", "3.10")
def test_the_code_stands_in_the_sms_only_and_the_link_in_a_mail_only() -> None:
    office = Office()
    ref = office.world.issuing()

    office.drain()

    [sms] = office.sms.accepted
    mails = b"".join(mail.content for mail in office.mail.accepted).decode().replace("=\r\n", "")
    code = sms.body.split(":")[-1]
    assert "https://keys.example/a/" in mails
    assert "/a/" not in sms.body
    assert not any(group in mails for group in code.split() if len(group) == 5 and group.isupper())
    assert office.activation(ref)[0].state == "awaiting_code"


@pytest.mark.fact("B2-3")
def test_a_code_that_cannot_be_delivered_becomes_one_task_for_the_desk() -> None:
    office = Office()
    office.sms.script.append(Refused("twilio_21614"))
    ref = office.world.issuing()

    office.drain()

    [code] = office.rows(ref, M.M3)
    tasks = office.rows(ref, M.M10)
    assert (code.state, code.error) == (S.FAILED, "twilio_21614")
    assert [task.message.channel for task in tasks] == [Channel.TASK]
    assert office.activation(ref)[0].state == "issuing"


@pytest.mark.fact("B2-3")
def test_a_code_still_refused_after_all_tries_becomes_a_task_within_a_day() -> None:
    office = Office()
    office.sms.script = deque([Transient("twilio_30003")] * 50)
    ref = office.world.issuing()

    for _ in range(24):
        office.drain(hours=1)

    assert len(office.sms.tried) == 5
    assert office.rows(ref, M.M3)[0].state is S.FAILED
    assert len(office.rows(ref, M.M10)) == 1


@pytest.mark.fact("B2-2b")
def test_a_code_whose_outcome_is_unknown_starts_no_clock_until_the_provider_tells() -> None:
    office = Office()
    office.sms.script.append(Unknown("twilio_no_answer"))
    ref = office.world.issuing()

    office.drain()
    between = office.activation(ref)[0].state
    office.sms.lookups.append(Accepted("SM1"))
    office.drain(minutes=10)

    assert between == "issuing"
    assert office.activation(ref)[0].state == "awaiting_code"


@pytest.mark.fact("B2-remint")
def test_an_outage_of_three_days_eats_nobodys_fourteen_days() -> None:
    office = Office()
    office.mail.script = deque([Down("smtp_connect")] * 1000)
    office.sms.script = deque([Down("twilio_connect")] * 1000)
    ref = office.world.issuing()
    minted = office.activation(ref)[1].minted_at
    for _ in range(72):
        office.drain(hours=1)

    office.mail.script.clear()
    office.sms.script.clear()
    office.drain(hours=1)

    case, detail = office.activation(ref)
    assert case.state == "awaiting_code"
    assert detail.minted_at > minted
    assert detail.link_issued_at == detail.minted_at
    to_applicant = [mail for mail in office.mail.accepted if not mail.to.endswith("@entity.example")]
    assert (len(to_applicant), len(office.sms.accepted)) == (2, 1)  # link and explanation; the code
    *outdated, last = [row.state for row in office.rows(ref, M.M1)]
    assert set(outdated) == {S.CANCELLED}
    assert last is S.ACCEPTED


def test_every_mail_that_leaves_is_addressed_to_one_person_only() -> None:
    office = Office()
    office.world.issuing()

    office.drain()

    assert office.mail.accepted
    assert all("," not in mail.to and mail.to.count("@") == 1 for mail in office.mail.accepted)
