"""Requests told on the memory store: what another document means, and what the desk looks at again (B1-2b, B1-11)."""

from __future__ import annotations

import pytest

from tests import builders
from tests.fakes import ScriptedRegister
from tests.request_file import SECOND_PERSON, submission
from tests.support.world import World
from workflow import filing, registrations
from workflow.errors import GuardRefused, InvalidSubmission
from workflow.identity_register import Created, Found
from workflow.lifecycles.registration import Trigger
from workflow.model import Reason, Slot
from workflow.outbox import MessageKind


@pytest.mark.fact("B1-11", "AM3-2")
def test_approving_looks_again_whether_somebody_else_uses_the_address() -> None:
    world = World()
    ref = world.taken()
    with world.door() as door:
        door.uow.contacts.reserve(world.case(ref).id, (), person_key="nobody")  # an operator freed it by mistake
    world.filed({**SECOND_PERSON, "contact.email": "ZOE.dubois@example.org"})

    with pytest.raises(GuardRefused, match="already used in another file"):
        world.does(world.bart, registrations.approve, ref, extension_confirmed=False)

    assert world.state(ref) == "in_review"


@pytest.mark.fact("B1-2b", "B1-4")
@pytest.mark.parametrize("change", ["number", "country", "type"])
def test_another_document_clears_checks_and_papers(change: str) -> None:
    world = World()
    ref = world.drafted(None, *builders.papers())
    assert world.request(ref).checks_passed == 5
    other = {"number": "AB1234567", "country": "BE", "type": "passport"}[change]
    unchecked = {f"identityCheck.steps.{step}": None for step in ("photoPresent", "onPrado", "photoMatches")}
    changed = submission({f"document.{change}": other, **unchecked}, now=world.now, complete=False)

    world.does(world.anna, filing.edit, ref, changed, ())

    assert world.events(ref)[-1] == "request.document_changed"
    held = world.request(ref)
    assert (held.checks_passed, held.scan_attached, held.declaration_attached) == (0, False, False)
    with world.door() as door:
        assert door.uow.people.attachment(world.case(ref).id, Slot.SCAN) is None
    again = submission({f"document.{change}": other}, now=world.now)
    world.does(world.anna, filing.edit, ref, again, ())
    with pytest.raises(GuardRefused, match="scan"):
        world.does(world.anna, filing.submit, ref, Trigger.SUBMIT)


@pytest.mark.fact("B1-2b")
def test_an_edit_of_the_same_document_keeps_checks_and_papers() -> None:
    world = World()
    ref = world.drafted(None, *builders.papers())

    world.does(world.anna, filing.edit, ref, submission({"residence.city": "Roubaix"}, now=world.now), ())

    held = world.request(ref)
    assert (held.checks_passed, held.scan_attached, held.declaration_attached) == (5, True, True)
    assert world.does(world.anna, filing.submit, ref, Trigger.SUBMIT).case.state == "submitted"


@pytest.mark.fact("B1-5b", "3.5")
def test_a_request_in_review_is_given_to_nobody_outside_the_service_desk() -> None:
    world = World()
    outsider = builders.user("Eva Smets", email="eva@entity.example")
    with world.door() as door:
        door.uow.directory.put_user(outsider)
    ref = world.taken()

    with pytest.raises(InvalidSubmission, match="1 field"):
        world.does(world.bart, registrations.reassign, ref, to=outsider.id)

    assert world.case(ref).assignee == world.bart.id
    with pytest.raises(GuardRefused, match="Four eyes"):
        world.does(world.bart, registrations.reassign, ref, to=world.anna.id)


@pytest.mark.fact("B1-5b")
def test_a_request_that_is_given_back_belongs_to_nobody() -> None:
    world = World()
    ref = world.taken()
    assert world.case(ref).assignee == world.bart.id

    world.does(world.bart, registrations.release, ref)

    assert world.case(ref).assignee is None
    world.does(world.dirk, registrations.take, ref)
    assert world.case(ref).assignee == world.dirk.id


@pytest.mark.fact("B1-10", "B1-17b")
def test_rejecting_a_request_whose_number_exists_leaves_a_task_for_the_register() -> None:
    world = World(register=ScriptedRegister(searches=(Found(()),), creations=(Created("85471500114"),)))
    ref = world.registered()
    assert world.state(ref) == "match_review", "the number is that of a man"

    world.does(world.dirk, registrations.reject, ref, Reason("other", "the number cannot be right"))

    tasks = [row.message.params["problem"] for row in world.queue(ref, MessageKind.M10)]
    assert tasks == ["inconsistent_number", "ksz_correction"]
    assert world.state(ref) == "rejected"
