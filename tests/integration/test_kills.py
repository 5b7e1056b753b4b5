"""Killed between any two steps: nothing acknowledged is lost, and at most one extra, identical copy of a message results.

Each stretch of work is done once to count its points, then once for each point by a process that dies there.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.integration import kill_points as points
from tests.integration.conftest import Arena
from tests.integration.kill_points import Mortal
from tests.integration.kill_stage import Killed, Stage
from tests.integration.race_issuing import issuing
from tests.integration.race_world import BART, BLOCKS, LINK_EXPIRES, START, awaiting, taken
from workflow import registrations, registrations_register
from workflow.errors import TransitionNotAllowed
from workflow.identity_register import Found

AFTER_EXPIRY = LINK_EXPIRES + timedelta(hours=1)
LINK, EXPLANATION, CODE, NEW_LINK = "M1 applicant", "M2 applicant", "M3 applicant", "M8 applicant"
FILED, COMPLETED, BLOCKED = "M0 filer", "M4 filer", ["M9 applicant", "M9 filer"]


RUNNING = ["activation_limit", "limit_reminder", "link_reminder_1", "link_reminder_2", "link_validity"]


@pytest.mark.slow
@pytest.mark.fact("B2-2")
def test_killed_while_link_and_code_are_sent_the_days_begin_once_and_at_most_one_mail_comes_twice(arena: Arena) -> None:
    stage = Stage(arena, points.send, START, lambda app, number: [issuing(app, range(number, number + 1))[0].ref])
    doubled = 0

    for killed in stage.kills(sqlite=40, postgres=36):
        killed.taken_over()

        assert killed.events() == ["case.moved", "activation.first_message_accepted", "activation.dispatched"]
        assert stage.later.armed(killed.ref) == RUNNING
        killed.all_arrived(LINK, EXPLANATION, CODE)
        doubled += killed.unrecorded(points.MAIL_TAKEN)

    assert doubled >= 8, "the window in which a copy is made was never met"


@pytest.mark.slow
@pytest.mark.fact("B2-9")
def test_killed_between_a_renewal_and_its_mail_nothing_that_was_promised_is_lost(arena: Arena) -> None:
    stage = Stage(arena, points.renew_and_send, AFTER_EXPIRY, one_awaiting)

    for killed in stage.kills(sqlite=28, postgres=22):
        killed.taken_over()

        renewed = killed.events().count("activation.link_renewed")
        assert renewed == (killed.durable >= 2)  # the expiry is settled before
        assert renewed >= killed.told
        assert killed.events().count("activation.link_expired") == 1
        killed.all_arrived(*[NEW_LINK] * renewed)


@pytest.mark.slow
@pytest.mark.fact("B2-3c")
def test_killed_between_a_new_code_and_its_sms_it_leaves_once_and_never_twice(arena: Arena) -> None:
    stage = Stage(arena, points.reissue_and_send, START, one_awaiting)

    for killed in stage.kills(sqlite=23, postgres=19):
        killed.taken_over()

        reissued = killed.events().count("activation.code_reissued")
        assert reissued == (killed.durable >= 1)
        assert reissued >= killed.told
        killed.all_arrived(*[CODE] * reissued)


@pytest.mark.slow
@pytest.mark.fact("B1-11", "R8")
def test_killed_while_approving_an_officer_who_asks_again_approves_once(arena: Arena) -> None:
    stage = Stage(arena, points.approve, START, lambda app, number: [taken(app, number)])

    for killed in stage.kills(sqlite=7, postgres=4):
        assert killed.events().count("request.approved") == killed.durable >= killed.told
        asked_again = _approved_again(killed, stage.later)

        assert asked_again is not killed.durable
        assert killed.events()[-1:] == ["request.approved"]
        assert killed.events().count("request.approved") == 1
        assert stage.later.owed(killed.ref) == [FILED, "register_search register"]


@pytest.mark.slow
@pytest.mark.fact("B1-12", "B1-20", "R8")
def test_killed_while_the_register_is_asked_one_number_is_created_and_never_blindly_again(arena: Arena) -> None:
    stage = Stage(arena, points.ask_register, START, lambda app, number: [approved(app, number)])
    found = 0

    for killed in stage.kills(sqlite=60, postgres=36):
        afterwards = killed.taken_over()

        created = killed.trail.count(points.CREATED), afterwards.count(points.CREATED)
        assert sum(created) == 1
        if killed.unrecorded(points.CREATION_OFFERED) and created[1]:
            assert points.SEARCHED in afterwards[: afterwards.index(points.CREATION_OFFERED)], "created blindly"
        found += _judged(killed)
        _one_number(killed)
        _activation_issued(killed)

    assert found >= 5, "no answer was ever lost"


@pytest.mark.slow
@pytest.mark.fact("R1", "B2-8", "B2-10")
def test_killed_while_sweeping_each_timer_fires_once_and_each_message_is_owed_once(arena: Arena) -> None:
    stage = Stage(arena, points.sweep, BLOCKS, lambda app, number: [one.ref for one in awaiting(app, three(number))])

    for killed in stage.kills(sqlite=30, postgres=8):
        fired = {ref: len(stage.later.events(ref)) > 1 for ref in killed.refs}
        assert set(fired.values()) == {killed.durable > 0}, "half a batch"
        killed.taken_over()

        for ref in killed.refs:
            assert stage.later.events(ref) == ["case.moved", "activation.link_expired", "activation.blocked_by_time"]
        killed.all_arrived(*BLOCKED * 3)


def one_awaiting(app: Mortal, number: int) -> list[str]:
    """An activation whose link and code are out."""
    return [awaiting(app, range(number, number + 1))[0].ref]


def approved(app: Mortal, number: int) -> str:
    """A request that Bart approved; its reference."""
    ref = taken(app, number)
    app.does(app.officer(BART), registrations.approve, ref, extension_confirmed=False)
    return ref


def three(number: int) -> range:
    """The numbers of three cases of their own."""
    return range(number * 3, number * 3 + 3)


def _approved_again(killed: Killed, app: Mortal) -> bool:
    """Whether asking once more approved it; when it was approved before, that is said."""
    try:
        app.does(app.officer(BART), registrations.approve, killed.ref, extension_confirmed=False)
    except TransitionNotAllowed:
        return False
    return True


def _judged(killed: Killed) -> bool:
    """Whether what was created came to light as somebody found; then Bart says that it is this very person."""
    app = killed.stage.later
    lost = killed.unrecorded(points.CREATED)
    assert app.case(killed.ref).state == ("match_review" if lost else "completed")
    if lost:
        bart = app.officer(BART)
        candidates = app.does(bart, registrations_register.candidates, killed.ref)
        insz = str(candidates[0]["insz"])
        app.does(bart, registrations_register.same_person, killed.ref, insz, app.mint(app.clock.now()))
        killed.taken_over()
    return lost


def _one_number(killed: Killed) -> None:
    """The register knows this person once."""
    app = killed.stage.later
    with app.found(killed.ref) as (uow, case, detail):
        person = registrations_register.question_for(uow, case.id)
        assert detail.number_origin == "created"
    answer = app.register.search(person)
    assert isinstance(answer, Found)
    assert len(answer.candidates) == 1


def _activation_issued(killed: Killed) -> None:
    """One activation followed, and all that is owed for it arrived."""
    app = killed.stage.later
    with app.found(killed.ref) as (uow, _, detail):
        activation = uow.cases.activation(detail.activation_id, now=app.clock.now())[0]
    Killed(killed.stage, [killed.ref, activation.ref], killed.trail).all_arrived(
        FILED, COMPLETED, LINK, EXPLANATION, CODE
    )
