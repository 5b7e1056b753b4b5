"""How far an activation is: told to who knows reference and address together, and to nobody else (trust 2.3, 6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests import builders
from tests.support.visitor import mail_came_back, with_app
from tests.support.world import World
from workflow import activations, activations_delivery, freezing, issuing
from workflow.by_reference import Progress, Told, how_far
from workflow.model import Issuer, Reason
from workflow.outbox import DeliveryState, MessageKind, Settlement

M = MessageKind
EMAIL = "zoe.dubois@example.org"
TODAY = date(2026, 11, 23)
LOST_SMS = Settlement(DeliveryState.FAILED, error="twilio_30006", erase_secret=True)


def told(world: World, ref: str, email: str = EMAIL) -> Told | None:
    """What is answered."""
    return world.does(None, how_far, ref, email)


def known(world: World, ref: str) -> Told:
    """What the person is answered."""
    answer = told(world, ref)
    assert answer is not None
    return answer


def steps(world: World, ref: str) -> dict[str, str]:
    """Every step with its state."""
    return {step.name: step.state for step in known(world, ref).steps}


@pytest.mark.parametrize("email", [EMAIL, "ZOE.Dubois@Example.ORG", f"  {EMAIL} "])
def test_the_pair_is_known_however_the_address_is_written(email: str) -> None:
    world = World()

    assert told(world, world.issued(), email) is not None


@pytest.mark.parametrize(
    "email", ["", "zoe", "@", "zoe.dubois@example.com", "zoedubois@example.org", "x" * 5_000, "\x00"]
)
def test_any_other_address_is_answered_as_if_the_reference_did_not_exist(email: str) -> None:
    world = World()
    ref = world.issued()

    assert told(world, ref, email) is None
    assert told(world, "AC-2026-00000-00", EMAIL) is None


def test_the_address_of_somebody_else_opens_nothing() -> None:
    world = World()
    other = {"contact.email": "marta@example.org", "contact.mobile": "+48512345678", "document.number": "AB1234567",
             "person.familyName": "Nowak", "person.birthDate": "1990-01-02"}  # fmt: skip
    mine, theirs = world.issued(), world.issued(other)

    assert told(world, theirs, EMAIL) is None
    assert told(world, mine, "marta@example.org") is None
    assert told(world, theirs, "marta@example.org") is not None


def test_the_address_that_was_corrected_counts_and_the_old_one_no_more() -> None:
    world = World()
    ref = world.issued()
    mail_came_back(world, ref)
    world.does(world.bart, activations.correct_email, ref, email="zoe.new@example.org", confirmed=True)

    assert told(world, ref) is None
    assert told(world, ref, "zoe.new@example.org") is not None


def test_asking_writes_nothing() -> None:
    world = World()
    ref = world.issued()
    before = world.history(ref)

    known(world, ref)
    told(world, ref, "wrong@example.org")

    assert world.history(ref) == before


@pytest.mark.fact("B2-2", "3.36")
def test_on_the_way_to_the_key_each_step_is_done_in_its_turn() -> None:
    world = World()
    ref = world.issuing()
    waiting = (steps(world, ref), known(world, ref).advice)
    world.deliver()
    ready = (steps(world, ref), known(world, ref).advice, known(world, ref).until)
    world.enter(ref, world.code_of(ref))
    entered = (steps(world, ref), known(world, ref).advice)

    assert waiting == ({"mail": "now", "sms": "now", "code": "later", "key": "later"}, "wait")
    assert ready == ({"mail": "done", "sms": "done", "code": "now", "key": "later"}, "code", date(2026, 12, 7))
    assert entered == ({"mail": "done", "sms": "done", "code": "done", "key": "now"}, "resume")
    assert known(world, ref).steps[2] == Progress("code", "done", TODAY)


@pytest.mark.fact("3.12", "B3b-key_validity")
def test_at_the_end_of_the_way_it_says_until_when_the_keys_work() -> None:
    world = World()
    ref, _ = with_app(world)

    answer = known(world, ref)

    assert {step.state for step in answer.steps} == {"done"}
    assert (answer.advice, answer.until) == ("sign_in", date(2036, 11, 23))


@pytest.mark.fact("B2-8", "B2-10", "3.36")
def test_an_expired_link_is_renewed_until_the_block_and_after_it_only_a_new_request_helps() -> None:
    world = World()
    ref = world.issued()

    world.wait(days=15)
    expired = known(world, ref)
    world.wait(days=16)
    blocked = known(world, ref)

    assert (expired.advice, expired.until, expired.steps[2].state) == ("renew", date(2026, 12, 23), "trouble")
    assert (blocked.advice, blocked.steps[2].state) == ("new_request", "trouble")


@pytest.mark.fact("B2-3")
def test_what_did_not_arrive_is_told_and_leads_to_the_desk() -> None:
    world = World()
    world.post.outcomes[M.M3] = LOST_SMS
    lost_code = world.issued()
    assert steps(world, lost_code)["sms"] == "trouble"

    other = World()
    ref = other.issued()
    mail_came_back(other, ref)

    assert steps(other, ref)["mail"] == "trouble"
    assert known(other, ref).advice == "desk"


@pytest.mark.fact("B2-freeze", "B2-14")
def test_frozen_leads_to_the_desk_and_an_end_to_a_new_request_also_of_what_was_frozen() -> None:
    world = World()
    ref = world.issued()

    world.does(None, freezing.freeze, ref)
    frozen = known(world, ref)
    world.does(world.bart, activations.cancel, ref, Reason("fraud", "somebody else had the phone"))

    assert frozen.advice == "desk"
    assert known(world, ref).advice == "new_request"


def at_a_municipality(world: World, *, mobile: bool = True) -> tuple[str, str]:
    """An activation of an office that renews no links, its code on paper in the hands of the person; reference and code."""
    submission = builders.submission(None, now=world.now)
    if not mobile:
        submission = replace(submission, contact=replace(submission.contact, mobile=None))
    case = world.does(
        world.anna, issuing.issue_at_office, submission, insz="85471500213", issuer=Issuer.MUNICIPALITY,
        minted=world.mint(),
    )  # fmt: skip
    world.deliver()
    return case.ref, world.does(world.anna, activations_delivery.print_letter, case.ref)


@pytest.mark.fact("B2-9", "B2-16")
def test_where_the_office_renews_no_links_an_expired_one_leads_to_a_new_request() -> None:
    world = World()
    ref, _ = at_a_municipality(world)
    valid = known(world, ref).advice

    world.wait(days=15)
    expired = known(world, ref)

    assert valid == "code"
    assert (expired.advice, expired.until) == ("new_request", None)


@pytest.mark.fact("B2-11b", "1.5")
def test_who_has_no_mobile_number_goes_on_with_an_unfinished_set_up_at_the_desk() -> None:
    world = World()
    ref, code = at_a_municipality(world, mobile=False)

    world.enter(ref, code)

    assert (known(world, ref).advice, known(world, ref).until) == ("desk", None)
    assert "sms" not in steps(world, ref)


@pytest.mark.fact("B1-23", "R10")
def test_nothing_is_told_once_the_person_is_erased() -> None:
    world = World()
    ref = world.issued()
    world.does(world.bart, activations.cancel, ref, Reason("withdrawal"))

    world.clock.set(world.timers(ref)["holder_purge"])

    assert told(world, ref) is None
