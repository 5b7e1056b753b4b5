"""Many processes at once on one database: one wins, the others are told who did, and no try is gained."""

from __future__ import annotations

import pytest

from tests import builders
from tests.integration import race_work as work
from tests.integration.conftest import Arena
from tests.integration.race_crowd import crowd
from tests.integration.race_work import WRONG, Tried
from tests.integration.race_world import LINK_EXPIRES, Shared, Waiting, awaiting, submitted, taken
from tests.support.watched import comparisons
from workflow.model import Role

M9 = ["M9 applicant", "M9 filer"]


def officers(arena: Arena) -> list[str]:
    """As many agents of the service desk as there are processes."""
    made = [builders.user(f"Agent{number}", Role.SERVICE_DESK) for number in range(arena.processes)]
    with arena.app.unit_of_work() as uow:
        for user in made:
            uow.directory.put_user(user)
        uow.commit()
    return [user.email for user in made]


@pytest.mark.fact("B1-5")
def test_of_many_officers_who_take_a_request_one_wins(arena: Arena) -> None:
    emails = officers(arena)
    refs = submitted(arena.app, range(20))

    tried = crowd(work.take, [(arena.place, refs, email) for email in emails])

    for ref, *told in zip(refs, *tried, strict=True):
        assert sorted(one.came_to for one in told)[:-1] == sorted(_refused(told)), told
        _one_officer_won(arena, ref, emails, told)


@pytest.mark.postgres
@pytest.mark.fact("B1-5")
def test_officers_who_all_looked_before_one_wrote_are_told_who_was_first(postgres_arena: Arena) -> None:
    emails = officers(postgres_arena)
    refs = submitted(postgres_arena.app, range(20))

    tried = crowd(work.take_after_looking, [(postgres_arena.place, refs, email) for email in emails])

    for ref, *told in zip(refs, *tried, strict=True):
        lost = Tried("concurrent_change", "request.taken by service_desk")
        assert sorted(told, key=str) == [lost] * (len(emails) - 1) + [Tried("won")]
        _one_officer_won(postgres_arena, ref, emails, told)


def _refused(told: list[Tried]) -> list[str]:
    return [one.came_to for one in told if one.came_to in ("concurrent_change", "transition_not_allowed")]


def _one_officer_won(arena: Arena, ref: str, emails: list[str], told: list[Tried]) -> None:
    winners = [email for email, one in zip(emails, told, strict=True) if one.came_to == "won"]
    assert len(winners) == 1
    assert all(one.named == "request.taken by service_desk" for one in told if one.came_to == "concurrent_change")
    assert arena.app.case(ref).assignee == arena.app.officer(winners[0]).user_id
    assert arena.app.events(ref) == ["case.moved", "request.taken"]


@pytest.mark.fact("B1-11", "B1-24", "B1-25")
def test_approval_and_withdrawal_at_once_leave_one_story(arena: Arena) -> None:
    refs = [taken(arena.app, number) for number in range(arena.scaled(10, 5))]

    tried = crowd(work.approve_or_withdraw, [(arena.place, refs)] * arena.processes)

    for ref, *told in zip(refs, *tried, strict=True):
        won = [("withdrawn" if index % 2 else "approved") for index, one in enumerate(told) if one.came_to == "won"]
        events = [event.removeprefix("request.") for event in arena.app.events(ref)]
        happened = events[events.index("taken") + 1 :]
        assert sorted(happened) == sorted(won)
        # Before the register is asked, an approved request can still be withdrawn (B1-25); never the other way round.
        assert happened in (["approved"], ["withdrawn"], ["approved", "withdrawn"])
        assert ("register_search register" in arena.app.owed(ref)) is (happened == ["approved"])


@pytest.mark.slow
@pytest.mark.fact("3.36", "R3", "B2-7", "B3b-max_attempts")
def test_of_thirty_two_parallel_wrong_codes_exactly_three_are_compared(arena: Arena) -> None:
    waiting = awaiting(arena.app, range(arena.scaled(6, 3)))
    each = 32 // arena.processes

    crowd(work.enter_codes, [(arena.place, [(one.ref, [WRONG] * each) for one in waiting])] * arena.processes)

    for one in waiting:
        events = arena.app.events(one.ref)
        assert _compared(arena.app, one) == 3
        assert events.count("activation.try_counted") == 3
        assert arena.app.activation(one.ref).attempts_used == 3
        assert arena.app.case(one.ref).state == "blocked_attempts"
        assert [event.event for event in _blocking(arena.app, one)] == ["activation.code_wrong"]
        assert arena.app.owed(one.ref) == M9


@pytest.mark.slow
@pytest.mark.fact("3.36", "R3", "B2-5")
def test_a_right_code_among_parallel_wrong_ones_gains_no_fourth_comparison(arena: Arena) -> None:
    waiting = awaiting(arena.app, range(arena.scaled(8, 4)))
    each = 32 // arena.processes
    # The right code stands at another place in every round: in another process, early or late.
    codes = [[[WRONG] * each for _ in range(arena.processes)] for _ in waiting]
    for number, one in enumerate(waiting):
        codes[number][number % arena.processes][number % each] = one.code

    given = [
        [(one.ref, codes[number][index]) for number, one in enumerate(waiting)] for index in range(arena.processes)
    ]
    told = crowd(work.enter_codes, [(arena.place, rounds) for rounds in given])

    for number, one in enumerate(waiting):
        words = [word for process in told for word in process[number]]
        _one_end(arena.app, one, words)


def _one_end(app: Shared, one: Waiting, words: list[str]) -> None:
    events, used, accepted = app.events(one.ref), app.activation(one.ref).attempts_used, words.count("accepted")
    assert _compared(app, one) == events.count("activation.try_counted") == used <= 3, (words, events)
    assert accepted == events.count("activation.code_accepted")
    assert app.activation(one.ref).code_hash is None
    if accepted:
        assert app.case(one.ref).state == "profile_activated"
        assert app.owed(one.ref) == []
    else:
        assert (app.case(one.ref).state, used) == ("blocked_attempts", 3)
        assert app.owed(one.ref) == M9


def _compared(app: Shared, one: Waiting) -> int:
    return comparisons(app.settings.home, f"code {one.case_id}")


def _blocking(app: Shared, one: Waiting) -> list:
    return [event for event in app.history(one.ref) if event.to_state == "blocked_attempts" != event.from_state]


@pytest.mark.slow
@pytest.mark.fact("R1", "B2-5", "B2-8", "B2-9")
def test_activation_expiry_and_renewal_at_the_last_instant_leave_one_story(arena: Arena) -> None:
    waiting = awaiting(arena.app, range(arena.scaled(15, 6)))
    refs = [(one.ref, one.code) for one in waiting]

    entered, _, renewed = crowd(work.at_the_edge, [(arena.place, refs, LINK_EXPIRES)] * 3)

    for one, entry, renewal in zip(waiting, entered, renewed, strict=True):
        events = arena.app.events(one.ref)[1:]
        assert events.count("activation.code_accepted") == (entry.came_to == "CodeAccepted")
        assert events.count("activation.link_renewed") == (renewal.came_to == "won")
        assert events.count("activation.link_expired") <= 1
        assert _compared(arena.app, one) == arena.app.activation(one.ref).attempts_used <= 1
        _holds_together(arena.app, one.ref, activated="activation.code_accepted" in events)


def _holds_together(app: Shared, ref: str, *, activated: bool) -> None:
    """Used up together, or still to be used: never half of it."""
    detail, state = app.activation(ref), app.case(ref).state
    if activated:
        assert state == "profile_activated"
        assert (detail.code_hash, app.owed(ref)) == (None, [])
        assert app.armed(ref) == ["setup_idle", "setup_reminder"]
    else:
        renewed = detail.renewals == 1
        assert state == ("awaiting_code" if renewed else "link_expired")
        assert app.owed(ref) == ["M8 applicant"] * renewed
        assert detail.code_hash is not None
