"""The picture of one case tells the truth after any way through the real tables: here, so far, and what can come (D13)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given

from bisdesk.describe.case_path import Hop
from bisdesk.describe.case_picture import ENGLISH, Speech, StepKind, case_path, case_picture, steps
from tests.support.case_walks import CASE, FILED, PLAIN, RETURNED, TAKEN, Walk, pairs, picture, states, walks
from tests.support.drawn import Drawn
from workflow.lifecycles.registration import State as S
from workflow.lifecycles.registration import Trigger as T
from workflow.lifecycles.registration import registration
from workflow.model import NEW, AuditEvent, Timer


@given(walks())
def test_the_picture_is_true_after_any_way_through_the_tables(walk: Walk) -> None:
    drawn = Drawn.of(case_picture(walk.path, ENGLISH))

    assert states(drawn, "current") == {walk.state}
    assert states(drawn, "visited") == {to for _, to, _ in walk.history}
    assert pairs(drawn, "taken") == {(source or NEW, to) for source, to, _ in walk.history}
    assert _dashed(drawn) == _open_at_the_end_of(walk)


def _dashed(drawn: Drawn) -> set[tuple[str, str]]:
    ways = [*drawn.marked("diagram__way--possible"), *drawn.marked("diagram__way--timer")]
    return {
        (name, str(way.get("data-to"))) for way in ways for name in (way.get("data-triggers") or "").split() if name
    }


def _open_at_the_end_of(walk: Walk) -> set[tuple[str, str]]:
    """Read from the rows: every open trigger and armed timer, with wherever it may lead."""
    names = {*walk.open_triggers, *(timer.trigger for timer in walk.timers)}
    return {
        (str(row.on), row.target(walk.state))
        for row in walk.lifecycle.rows
        if row.on in names and walk.state in row.sources
    }


@given(walks())
def test_every_visit_has_its_number_and_every_other_state_has_none(walk: Walk) -> None:
    stays = [to for place, (source, to, _) in enumerate(walk.history) if place == 0 or source != to]

    visits = [step for step in steps(walk.path, ENGLISH) if step.kind is not StepKind.POSSIBLE]

    assert [(visit.number, visit.state) for visit in visits] == list(enumerate(stays, 1))
    assert visits[-1].kind is StepKind.CURRENT
    assert all(visit.kind is StepKind.VISITED for visit in visits[:-1])


@given(walks())
def test_the_list_of_steps_tells_all_that_the_picture_shows(walk: Walk) -> None:
    told = steps(walk.path, ENGLISH)
    ahead = [step for step in told if step.kind is StepKind.POSSIBLE]

    assert {step.state for step in told if step.kind is not StepKind.POSSIBLE} == {to for _, to, _ in walk.history}
    assert {(str(step.trigger), step.state) for step in ahead} == _open_at_the_end_of(walk)
    assert {step.trigger for step in ahead if step.by_itself} == {timer.trigger for timer in walk.timers}
    assert all(step.day == "10 Dec 2026" for step in ahead if step.by_itself)
    assert all(step.stays == (step.state == walk.state) for step in ahead)
    happened = sum(times for step in told for _, times in step.repeated)
    assert len([step for step in told if step.kind is not StepKind.POSSIBLE]) + happened == len(walk.history)


@given(walks())
def test_nothing_leaves_the_picture_and_nothing_needs_a_style_of_its_own(walk: Walk) -> None:
    drawn = Drawn.of(case_picture(walk.path, ENGLISH))

    assert drawn.outside == []
    assert drawn.refused == []
    assert drawn.dangling == set()
    assert drawn.unstyled <= PLAIN
    assert drawn.size[0] <= 900


def test_the_current_box_says_so_in_a_word_and_with_a_thick_border() -> None:
    drawn = picture([*FILED, TAKEN])

    assert drawn.words.count("Now") == 1
    assert states(drawn, "current") == {S.IN_REVIEW}


def test_a_request_returned_twice_shows_every_visit_in_order() -> None:
    drawn = picture([*FILED, TAKEN, *RETURNED, *RETURNED])

    assert {"1", "2, 5, 8", "3, 6, 9", "4, 7"} <= set(drawn.words)
    assert pairs(drawn, "taken") == {
        (NEW, S.DRAFT), (S.DRAFT, S.SUBMITTED), (S.SUBMITTED, S.IN_REVIEW), (S.IN_REVIEW, S.INFO_REQUESTED),
        (S.INFO_REQUESTED, S.SUBMITTED),
    }  # fmt: skip


def test_many_visits_are_told_by_the_first_the_last_and_their_number() -> None:
    drawn = picture([*FILED, TAKEN, *RETURNED * 5])

    assert "3 … 18 (×6)" in drawn.words


def test_what_happened_without_a_move_is_a_loop_and_is_counted_in_the_list() -> None:
    history = [*FILED, TAKEN, (S.IN_REVIEW, S.IN_REVIEW, T.REASSIGN), (S.IN_REVIEW, S.IN_REVIEW, T.REASSIGN)]

    drawn = picture(history)
    last = steps(case_path(registration, history, state=S.IN_REVIEW), ENGLISH)[-1]

    assert (S.IN_REVIEW, S.IN_REVIEW) in pairs(drawn, "taken")
    assert last.repeated == (("Reassign", 2),)


@pytest.mark.parametrize(
    ("again", "to"), [("request_info", S.INFO_REQUESTED), ("approve", S.APPROVED), ("release", S.SUBMITTED)]
)
def test_a_move_that_was_taken_and_is_possible_again_is_drawn_twice_side_by_side(again: str, to: str) -> None:
    back: Hop = (S.IN_REVIEW, S.SUBMITTED, T.RELEASE)
    refused: list[Hop] = [(S.IN_REVIEW, S.APPROVED, T.APPROVE), (S.APPROVED, S.IN_REVIEW, T.PERMANENT_ERROR)]

    drawn = picture([*FILED, TAKEN, back, TAKEN, *RETURNED, *refused], again)

    lines = [
        set((way.get("d") or "").strip("M").split(" L"))
        for kind in ("taken", "possible")
        for way in drawn.marked(f"diagram__way--{kind}")
        if (way.get("data-from"), way.get("data-to")) == (S.IN_REVIEW, to)
    ]
    assert len(lines) == 2
    assert lines[0].isdisjoint(lines[1])


def test_after_the_purge_the_way_there_is_left_and_nothing_is_possible() -> None:
    history = [*FILED, TAKEN, (S.IN_REVIEW, S.REJECTED, T.REJECT), (S.REJECTED, S.PURGED, T.T2)]

    drawn = picture(history)

    assert states(drawn, "current") == {S.PURGED}
    assert (S.REJECTED, S.PURGED) in pairs(drawn, "taken")
    assert pairs(drawn, "possible", "timer") == set()
    assert "Nothing more can be done with it." in "".join(drawn.root.itertext())


def test_a_timer_stands_with_its_day_in_the_box_that_it_leads_to() -> None:
    due = Timer(CASE, T.T1, datetime(2026, 12, 9, 12, tzinfo=UTC))

    drawn = picture([*FILED, TAKEN, RETURNED[0]], "resubmit", timers=(due,))

    assert pairs(drawn, "timer") == {(S.INFO_REQUESTED, S.LAPSED)}
    assert any("9\u00a0Dec\u00a02026" in words for words in drawn.words)
    assert "Info deadline on 9 Dec 2026, to Lapsed" in "".join(drawn.root.itertext())


def test_the_day_of_a_timer_is_never_cut_and_comes_before_what_people_can_do() -> None:
    due = Timer(CASE, T.ALERT, datetime(2026, 12, 9, 12, tzinfo=UTC))
    long = Speech(lambda name, /, **values: f"{ENGLISH.say(name, **values)}{' und so weiter' * 4}", ENGLISH.day)
    path = case_path(
        registration, [*FILED, TAKEN], state=S.IN_REVIEW, open_triggers=("reassign", "repeat_message"), timers=(due,)
    )

    drawn = Drawn.of(case_picture(path, long))

    how = drawn.marked("diagram__how")
    assert any("".join(one.itertext()).endswith("9\u00a0Dec\u00a02026") for one in how)
    assert drawn.outside == []


def test_a_trigger_that_does_not_exist_here_is_not_drawn() -> None:
    drawn = picture(FILED, "approve", "take")

    assert pairs(drawn, "possible") == {(S.SUBMITTED, S.IN_REVIEW)}


def test_a_state_that_is_true_and_not_yet_written_down_is_where_the_case_stands() -> None:
    path = case_path(registration, [*FILED, TAKEN, RETURNED[0]], state=S.LAPSED)

    drawn = Drawn.of(case_picture(path, ENGLISH))

    assert states(drawn, "current") == {S.LAPSED}
    assert (S.INFO_REQUESTED, S.LAPSED) in pairs(drawn, "taken")
    assert steps(path, ENGLISH)[-1].trigger is None


def test_a_move_that_only_an_older_table_knew_is_still_drawn() -> None:
    strange: list[Hop] = [(S.SUBMITTED, S.REGISTERED, "by_hand"), (S.REGISTERED, S.MATCH_REVIEW, "undone"),
                          (S.MATCH_REVIEW, S.DRAFT, "again"), (S.DRAFT, "a_state_of_old", "gone"),
                          ("a_state_of_old", S.COMPLETED, "back")]  # fmt: skip

    drawn = picture([*FILED, *strange])

    assert states(drawn, "visited") == {S.DRAFT, S.SUBMITTED, S.REGISTERED, S.MATCH_REVIEW, S.COMPLETED}
    assert (S.SUBMITTED, S.REGISTERED) in pairs(drawn, "taken")
    assert drawn.outside == []


def test_lines_of_the_real_history_are_read_with_their_instants() -> None:
    moment = datetime(2026, 11, 23, 10, tzinfo=UTC)
    event = AuditEvent(
        id=CASE, case_id=CASE, sequence=1, event="request.created", trigger=T.CREATE, from_state=None, to_state=S.DRAFT,
        actor="user:1", role="end_user", entity=None, definition="x", occurred_at=moment, recorded_at=moment,
    )  # fmt: skip

    (only,) = steps(case_path(registration, [event], state=S.DRAFT), ENGLISH)

    assert (only.state, only.at, only.day, only.how) == (S.DRAFT, moment, "23 Nov 2026", "Create")
