"""One move planned: what it writes follows from the table alone, and nothing is written yet."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from tests.builders import anna, bart, case
from tests.fakes import FakeOtp, PlainSecrets, SeededChance
from workflow.advance import Move, Tools, after, plan
from workflow.calendar import last_day
from workflow.errors import GuardRefused, NotPermitted
from workflow.lifecycles import activation_guards, registration_guards
from workflow.lifecycles.activation import activation
from workflow.lifecycles.registration import registration
from workflow.model import NEW, Actor, Case, Language, Reason, Timer
from workflow.outbox import Audience, Channel, MessageKind
from workflow.policy import DEFAULT, Policy
from workflow.ports import Change

M = MessageKind
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
APPLICANT = Actor.applicant()
BLOCK = activation_guards.Facts(code_matches=False, try_number=3)


def tools(policy: Policy = DEFAULT) -> Tools:
    return Tools(SeededChance(7), PlainSecrets(), FakeOtp(), policy)


def withdrawn(of: Case, *, now: datetime = NOW, actor: Actor | None = None, **more: object) -> Change:
    move = Move(
        trigger="withdraw", actor=actor or Actor.of(anna()), now=now, reason=Reason("other", "moved away"), **more
    )  # type: ignore[arg-type]
    facts = registration_guards.Facts(reason_given=True)
    return plan(of, move, lifecycle=registration, facts=facts, tools=tools())


def blocked(**more: object) -> Change:
    of = case("activation", state="awaiting_code", version=9)
    move = Move(trigger="submit_code", actor=APPLICANT, now=NOW, **more)  # type: ignore[arg-type]
    return plan(of, move, lifecycle=activation, facts=BLOCK, tools=tools())


def test_a_move_tells_state_event_messages_timers_and_erasures_at_once() -> None:
    change = withdrawn(case(state="in_review", version=4))

    assert (change.to, change.event.from_state, change.event.to_state) == ("withdrawn", "in_review", "withdrawn")
    assert [message.kind for message in change.messages] == [M.M6]
    assert [timer.trigger for timer in change.start_timers] == ["consultation"]
    assert change.cancel_timers == change.cancel_messages == ()
    assert {str(what) for what in change.erase} == {"attachments"}
    assert change.release_contacts


def test_the_event_carries_the_next_version_and_who_did_it_as_what() -> None:
    change = withdrawn(case(state="in_review", version=4), actor=Actor.of(bart()))

    assert (change.event.sequence, change.event.event) == (5, "request.withdrawn")
    assert (change.event.actor, change.event.role) == (f"user:{bart().id}", "service_desk")
    assert change.event.reason_code == "other"
    assert json.loads(change.event.payload or "") == {"reasonText": "moved away"}
    assert "moved away" not in repr(change.event)


def test_the_first_event_of_a_case_has_no_state_before_it() -> None:
    facts = registration_guards.Facts(entity_active=True, rights_held=True, agreement_signed=True)
    move = Move(trigger="create", actor=Actor.of(anna()), now=NOW)

    change = plan(case(state=NEW), move, lifecycle=registration, facts=facts, tools=tools())

    assert (change.event.from_state, change.event.to_state) == (None, "draft")
    assert change.closed_at is None


def test_a_move_that_is_refused_plans_nothing() -> None:
    with pytest.raises(NotPermitted):
        withdrawn(case(state="in_review"), actor=Actor.register())
    with pytest.raises(GuardRefused):
        withdrawn(case(state="registering"))


@pytest.mark.fact("R5", "AM3-8", "B2-7")
def test_the_applicant_reads_the_chosen_language_and_the_officer_their_own() -> None:
    change = blocked(language=Language.DE)

    languages = {(message.kind, message.audience): message.language for message in change.messages}
    assert languages == {(M.M9, Audience.APPLICANT): "de", (M.M9, Audience.FILER): None}


def test_messages_of_one_move_share_its_number_and_never_say_who_they_are_for() -> None:
    change = blocked(language=Language.FR, params={M.M9: {"rule": "attempts"}})

    assert {message.sequence for message in change.messages} == {10}
    assert len({message.id for message in change.messages}) == 2
    assert all(message.params == {"rule": "attempts"} for message in change.messages)
    assert all(message.not_before == NOW for message in change.messages)


def test_a_secret_travels_with_its_own_message_only_and_is_not_shown() -> None:
    facts = activation_guards.Facts(has_insz=True, contact_unique=True)
    move = Move(
        trigger="issue",
        actor=Actor.clock(),
        now=NOW,
        secrets={M.M1: "the link", M.M3: "the code"},
        dues={"stuck_at": NOW + timedelta(hours=24)},
    )

    change = plan(case("activation"), move, lifecycle=activation, facts=facts, tools=tools())

    secrets = {(message.kind, message.channel): message.secret for message in change.messages}
    assert secrets == {
        (M.M1, Channel.EMAIL): "the link",
        (M.M2, Channel.EMAIL): None,
        (M.M3, Channel.SMS): "the code",
    }
    assert "the code" not in repr(change)
    assert "the link" not in repr(move)


@pytest.mark.fact("B3b-draft_idle")
def test_a_limit_that_is_ours_follows_the_settings_of_the_day_and_is_frozen() -> None:
    facts = registration_guards.Facts(entity_active=True, rights_held=True, agreement_signed=True)
    move = Move(trigger="create", actor=Actor.of(anna()), now=NOW)

    def idle(policy: Policy) -> str:
        change = plan(case(), move, lifecycle=registration, facts=facts, tools=tools(policy))
        return last_day(change.start_timers[0].due_at).isoformat()

    assert (idle(DEFAULT), idle(Policy(draft_idle_days=3))) == ("2026-12-23", "2026-11-26")


@pytest.mark.fact("R10", "B1-23")
def test_a_deadline_fired_late_counts_from_its_own_instant_and_is_recorded_as_of_now() -> None:
    due = NOW - timedelta(days=3)
    move = Move(trigger="draft_idle", actor=Actor.clock(), now=NOW, occurred_at=due, timer="draft_idle")

    change = plan(case(state="draft"), move, lifecycle=registration, facts=registration_guards.Facts(), tools=tools())

    assert (change.event.occurred_at, change.event.recorded_at) == (due, NOW)
    assert change.closed_at == due
    assert [last_day(timer.due_at).isoformat() for timer in change.start_timers] == ["2026-12-20"]


def test_a_case_closes_once_and_keeps_that_instant() -> None:
    closed = case(state="withdrawn", closed_at=NOW - timedelta(days=31))
    move = Move(trigger="consultation", actor=Actor.clock(), now=NOW, timer="consultation")

    change = plan(closed, move, lifecycle=registration, facts=registration_guards.Facts(), tools=tools())

    assert change.closed_at == closed.closed_at


def due_timers(*days: int, of: Case) -> tuple[Timer, ...]:
    names = ("queue_alert", "info_deadline", "draft_idle")
    return tuple(Timer(of.id, name, NOW - timedelta(days=day)) for name, day in zip(names, days, strict=False))


def test_the_case_after_a_move_has_the_next_version_and_no_timer_that_the_move_stopped() -> None:
    waiting = case(state="in_review", version=4)
    waiting = case(id=waiting.id, state="in_review", version=4, due=due_timers(2, 1, of=waiting))

    moved = after(withdrawn(waiting), now=NOW)

    assert (moved.state, moved.version, moved.due) == ("withdrawn", 5, ())
    assert moved.changed_at == moved.closed_at == NOW


def test_a_timer_that_the_move_starts_in_the_past_is_due_at_once() -> None:
    old = case(state="draft")
    move = Move(
        trigger="draft_idle", actor=Actor.clock(), now=NOW, occurred_at=NOW - timedelta(days=90), timer="draft_idle"
    )

    change = plan(old, move, lifecycle=registration, facts=registration_guards.Facts(), tools=tools())

    assert [timer.trigger for timer in after(change, now=NOW).due] == ["consultation"]


def test_the_same_seed_plans_the_same_move() -> None:
    of = case(state="in_review", version=4)

    def summary() -> Mapping[str, object]:
        change = withdrawn(of)
        return {"event": change.event, "messages": change.messages}

    assert summary() == summary()
