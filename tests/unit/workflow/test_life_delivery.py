"""What the fate of mail and SMS means for an activation (B2-2, B2-3, B3), told on the memory store."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests import builders
from tests.support.world import World
from workflow import activations, activations_delivery, issuing
from workflow.activations_code import TryRefused
from workflow.errors import GuardRefused, InvalidSubmission, NotPermitted
from workflow.model import CodeChannel, Issuer, Role
from workflow.outbox import Channel, DeliveryState, MessageKind, Settlement

M = MessageKind
FAILED = Settlement(DeliveryState.FAILED, error="550", erase_secret=True)
LATER = "no_connection"
OTHER = {
    "person.familyName": "Martin", "person.givenName": "Lou", "person.birthDate": "1971-02-03",
    "contact.email": "lou.martin@example.org", "contact.mobile": "+33612345679", "document.number": "990692310285",
}  # fmt: skip


def down(world: World, *kinds: MessageKind) -> None:
    """Let providers of some kinds be down for an hour."""
    for kind in kinds:
        retry = world.now + timedelta(hours=1)
        world.post.outcomes[kind] = Settlement(DeliveryState.QUEUED, retry, counts=False, error=LATER)


@pytest.mark.fact("B2-2", "R2")
def test_mail_and_sms_together_start_the_fourteen_and_the_thirty_days() -> None:
    world = World()
    ref = world.issuing()
    assert world.state(ref) == "issuing"
    assert world.activation(ref).first_issued_at is None

    world.deliver()

    assert world.state(ref) == "awaiting_code"
    assert world.activation(ref).first_issued_at == world.now
    assert set(world.timers(ref)) == {
        "link_validity", "activation_limit", "link_reminder_1", "link_reminder_2", "limit_reminder",
    }  # fmt: skip


@pytest.mark.fact("B2-2", "R2", "B2-10")
def test_the_first_accepted_message_anchors_the_thirty_days_even_when_the_other_never_leaves() -> None:
    world = World()
    ref = world.issuing()
    down(world, M.M3)
    world.deliver()

    assert world.state(ref) == "issuing"
    assert world.activation(ref).blocks_at is not None
    world.wait(days=31)
    assert world.state(ref) == "blocked_timeout"


@pytest.mark.fact("B2-3")
def test_a_permanent_failure_becomes_a_task_and_keeps_the_state() -> None:
    world = World()
    ref = world.issuing()
    world.post.outcomes[M.M1] = FAILED

    world.deliver()

    assert world.state(ref) == "issuing"
    assert [row.message.channel for row in world.queue(ref, M.M10)] == [Channel.TASK]
    assert world.events(ref).count("activation.dispatch_failed") == 1


@pytest.mark.fact("B2-3", "B3b-issuing_stuck")
def test_an_activation_that_nobody_accepts_for_a_day_becomes_a_task() -> None:
    world = World()
    ref = world.issuing()
    down(world, M.M1, M.M2, M.M3)
    world.deliver()

    world.wait(hours=24)
    world.fire_timers()

    assert "activation.issuing_stuck" in world.events(ref)
    assert len(world.queue(ref, M.M10)) == 1


@pytest.mark.fact("B2-3b")
def test_a_corrected_address_gets_a_new_link_and_keeps_code_and_tries() -> None:
    world = World()
    ref = world.issuing()
    world.post.outcomes[M.M1] = FAILED
    world.deliver()
    code = world.code_of(ref)
    world.post.outcomes.clear()
    world.wait(hours=2)

    world.does(world.bart, activations.correct_email, ref, email="zoe.d@example.org", confirmed=True)
    world.deliver()

    assert world.state(ref) == "awaiting_code"
    assert world.sent(ref, M.M1)[-1].params["again"] == "corrected"
    assert len(world.sent(ref, M.M3)) == 1, "the code stands"
    world.enter(ref, code)
    assert world.state(ref) == "profile_activated"


@pytest.mark.fact("B2-3b", "AM3-2")
def test_an_address_is_corrected_only_after_a_failure_confirmed_and_unique() -> None:
    world = World()
    ref = world.issued()

    with pytest.raises(GuardRefused, match="did not fail"):
        world.does(world.bart, activations.correct_email, ref, email="zoe.d@example.org", confirmed=True)

    other = world.issuing(OTHER)
    world.post.outcomes[M.M1] = FAILED
    world.deliver()
    with pytest.raises(GuardRefused, match="Confirm"):
        world.does(world.bart, activations.correct_email, other, email="lou.m@example.org", confirmed=False)
    with pytest.raises(GuardRefused, match="another file"):
        world.does(world.bart, activations.correct_email, other, email="ZOE.dubois@example.org", confirmed=True)
    with pytest.raises(InvalidSubmission):
        world.does(world.bart, activations.correct_email, other, email="nonsense", confirmed=True)


@pytest.mark.fact("B2-3c")
def test_a_code_is_issued_anew_at_most_twice_while_no_receipt_says_it_arrived() -> None:
    world = World()
    ref = world.issued()
    first = world.code_of(ref)

    for _ in range(2):
        world.does(world.bart, activations.reissue_code, ref)
        world.deliver()
    second = world.code_of(ref)

    assert first != second
    with pytest.raises(GuardRefused, match="as often as it may"):
        world.does(world.bart, activations.reissue_code, ref)
    world.enter(ref, first)
    assert world.activation(ref).attempts_used == 1, "the old code is dead, and a wrong one costs a try"
    world.enter(ref, second)
    assert world.state(ref) == "profile_activated"


@pytest.mark.fact("B2-3c")
def test_a_code_that_was_delivered_is_never_issued_again() -> None:
    world = World()
    ref = world.issuing()
    world.post.outcomes[M.M3] = Settlement(DeliveryState.DELIVERED)
    world.deliver()

    with pytest.raises(GuardRefused, match="has been delivered"):
        world.does(world.bart, activations.reissue_code, ref)


@pytest.mark.fact("B2-remint")
def test_link_and_code_are_minted_anew_when_the_first_acceptance_comes_a_day_late() -> None:
    world = World()
    ref = world.issuing()
    down(world, M.M1, M.M2, M.M3)
    world.deliver()
    before = world.activation(ref)
    world.post.outcomes.clear()

    world.wait(hours=30)
    world.tick()

    after = world.activation(ref)
    assert world.state(ref) == "awaiting_code"
    assert after.link_issued_at == world.now
    assert after.link_expires_at > before.link_expires_at
    assert len(world.sent(ref, M.M1)) == len(world.sent(ref, M.M3)) == 1
    world.enter(ref, world.code_of(ref))
    assert world.state(ref) == "profile_activated"


@pytest.mark.fact("1.5", "B2-1", "B2-2")
def test_an_office_hands_out_the_code_on_paper_once_and_nobody_gets_an_sms() -> None:
    world = World()
    minted = world.mint()
    submission = builders.submission(None, now=world.now)
    insz = "85471500213"

    case = world.does(
        world.anna, issuing.issue_at_office, submission, insz=insz, issuer=Issuer.MUNICIPALITY, minted=minted
    )
    world.deliver()
    assert world.activation(case.ref).code_channel is CodeChannel.PAPER
    assert world.state(case.ref) == "issuing", "the letter is not printed yet"
    code = world.does(world.anna, activations_delivery.print_letter, case.ref)

    assert world.state(case.ref) == "awaiting_code"
    assert world.sent(case.ref, M.M2, M.M3) == []
    assert world.sent(case.ref, M.M1)[0].params["code_by"] == "paper"
    with pytest.raises(GuardRefused, match="printed already"):
        world.does(world.anna, activations_delivery.print_letter, case.ref)
    world.enter(case.ref, code)
    assert world.state(case.ref) == "profile_activated"


@pytest.mark.fact("1.5", "B2-2")
@pytest.mark.parametrize("role", [Role.TEAM_LEAD, Role.AUDITOR, Role.OPERATOR, Role.LOCAL_ADMIN])
def test_whoever_only_watches_is_not_handed_the_code_on_paper(role: Role) -> None:
    world = World()
    submission = builders.submission(None, now=world.now)
    case = world.does(
        world.anna, issuing.issue_at_office, submission, insz="85471500213", issuer=Issuer.MUNICIPALITY,
        minted=world.mint(),
    )  # fmt: skip
    world.deliver()

    with pytest.raises(NotPermitted):
        world.does(builders.user("Nie Mand", role), activations_delivery.print_letter, case.ref)

    assert world.state(case.ref) == "issuing", "the letter still waits for the office"
    assert world.does(world.anna, activations_delivery.print_letter, case.ref)


@pytest.mark.fact("B2-9")
def test_an_office_that_allows_no_renewal_sends_to_a_new_request() -> None:
    world = World()
    submission = builders.submission(None, now=world.now)
    case = world.does(
        world.anna,
        issuing.issue_at_office,
        submission,
        insz="85471500213",
        issuer=Issuer.MUNICIPALITY,
        minted=world.mint(),
    )
    world.deliver()
    world.does(world.anna, activations_delivery.print_letter, case.ref)
    world.wait(days=16)

    with pytest.raises(GuardRefused, match="allows no renewal"):
        world.does(None, activations.renew_link, case.ref)


@pytest.mark.fact("B2-2b")
def test_a_code_typed_before_everything_is_handed_over_is_not_ready() -> None:
    world = World()
    ref = world.issuing()

    outcome = world.enter(ref)

    assert isinstance(outcome, TryRefused)
    assert "not ready" in outcome.reason
    assert world.activation(ref).attempts_used == 0
