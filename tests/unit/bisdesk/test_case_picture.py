"""The picture of one case tells the truth after any way through the real tables: here, so far, and what can come (D13)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bisdesk.describe.case_path import CasePath, Hop
from bisdesk.describe.case_picture import ENGLISH, Speech, StepKind, case_path, case_picture, steps
from bisdesk.describe.case_words import SAYINGS, needed
from tests.support.drawn import Drawn, colours, contrast, corners
from workflow.errors import NotFound
from workflow.lifecycles.activation import State as A
from workflow.lifecycles.activation import activation
from workflow.lifecycles.registration import State as S
from workflow.lifecycles.registration import Trigger as T
from workflow.lifecycles.registration import registration
from workflow.machine import Lifecycle
from workflow.model import NEW, AuditEvent, Timer

CASE = UUID(int=1)
# Classes that only tell what stands there: they look as their block does.
PLAIN = {
    "diagram__state",
    "diagram__way--other",
    "diagram__tip--other",
    "diagram__pill--number",
    "diagram__pill-text--number",
}
BOTH: tuple[Lifecycle[Any], ...] = (registration, activation)
TIMERS = {
    "registration": ("draft_idle", "info_deadline", "consultation", "queue_alert"),
    "activation": (
        "link_validity",
        "activation_limit",
        "link_reminder_1",
        "setup_idle",
        "key_validity",
        "holder_purge",
    ),
}
FILED: list[Hop] = [(None, S.DRAFT, T.CREATE), (S.DRAFT, S.SUBMITTED, T.SUBMIT)]
TAKEN: Hop = (S.SUBMITTED, S.IN_REVIEW, T.TAKE)
RETURNED: list[Hop] = [
    (S.IN_REVIEW, S.INFO_REQUESTED, T.REQUEST_INFO),
    (S.INFO_REQUESTED, S.SUBMITTED, T.RESUBMIT),
    TAKEN,
]


@dataclass(frozen=True)
class Walk:
    """A way through a table, and what is open at its end."""

    name: str
    history: list[Hop]
    open_triggers: tuple[str, ...]
    timers: tuple[Timer, ...]

    @property
    def lifecycle(self) -> Lifecycle[Any]:
        """The table."""
        return next(one for one in BOTH if one.name == self.name)

    @property
    def state(self) -> str:
        """Where it ended."""
        return self.history[-1][1]

    @property
    def path(self) -> CasePath:
        """The same as the picture takes it."""
        return case_path(
            self.lifecycle, self.history, state=self.state, open_triggers=self.open_triggers, timers=self.timers
        )


@st.composite
def walks(draw: st.DrawFn, *, only: str = "") -> Walk:
    """Any way along the rows of a real table, loops as they come; then any of what exists in the state it ends in."""
    tables = [one for one in BOTH if only in ("", one.name)]
    table = tables[draw(st.integers(0, len(tables) - 1))]
    history: list[Hop] = []
    state = NEW
    for _ in range(draw(st.integers(1, 40))):
        rows = [row for row in table.rows if state in row.sources]
        if not rows:
            break
        row = rows[draw(st.integers(0, len(rows) - 1))]
        history.append((None if state == NEW else state, row.target(state), str(row.on)))
        state = row.target(state)
    here = [str(row.on) for row in table.rows if state in row.sources]
    timed = [name for name in here if name in TIMERS[table.name]]
    people = [name for name in here if name not in TIMERS[table.name]]
    chosen = draw(st.lists(st.sampled_from(people), unique=True)) if people else []
    armed = draw(st.lists(st.sampled_from(timed), unique=True)) if timed else []
    due = datetime(2026, 12, 9, 23, tzinfo=UTC)
    return Walk(table.name, history, tuple(chosen), tuple(Timer(CASE, name, due) for name in armed))


def picture(history: Sequence[Hop], *triggers: str, timers: tuple[Timer, ...] = ()) -> Drawn:
    """The picture of a request after a history."""
    path = case_path(registration, history, state=history[-1][1], open_triggers=triggers, timers=timers)
    return Drawn.of(case_picture(path, ENGLISH))


def states(drawn: Drawn, mark: str) -> set[str | None]:
    """The states whose boxes carry a mark."""
    return {group.get("data-state") for group in drawn.marked(f"diagram__state--{mark}")}


def pairs(drawn: Drawn, *kinds: str) -> set[tuple[str | None, str | None]]:
    """From where to where arrows of these kinds lead; those of the key are none."""
    found = (way for kind in kinds for way in drawn.marked(f"diagram__way--{kind}"))
    return {(way.get("data-from"), way.get("data-to")) for way in found if way.get("data-to")}


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


def test_a_picture_is_named_described_and_can_be_scrolled_with_the_keyboard() -> None:
    markup = case_picture(
        case_path(registration, FILED, state=S.SUBMITTED, open_triggers=("take",)), ENGLISH, ident="p1"
    )

    root = Drawn.of(markup).root

    assert (root.get("role"), root.get("aria-labelledby"), root.get("aria-describedby")) == (
        "img",
        "p1-title",
        "p1-desc",
    )
    assert root[0].text == "This case stands at: Submitted"
    assert root[1].text == (
        "Now: Submitted. Visited in this order: Draft, Submitted. Possible next: Take, to In review."
    )
    assert markup.startswith('<div class="diagram" tabindex="0" role="group" aria-labelledby="p1-title">')


def test_words_are_escaped_and_long_ones_are_cut_with_the_whole_as_title() -> None:
    hostile = '<script>alert("x")</script> & ' + "verbazingwekkend " * 6
    speech = Speech(lambda name, /, **values: hostile, lambda instant: "<b>now</b>")
    path = case_path(registration, [*FILED, TAKEN], state=S.IN_REVIEW, open_triggers=("approve", "reject", "reassign"))

    markup = case_picture(path, speech)
    drawn = Drawn.of(markup)

    assert "<script" not in markup
    assert drawn.outside == []
    assert any(title.text == hostile for title in drawn.all("title"))


@pytest.mark.parametrize("lifecycle", BOTH, ids=lambda one: one.name)
def test_a_catalogue_is_told_every_name_that_it_needs(lifecycle: Lifecycle[Any]) -> None:
    names = needed(lifecycle)

    assert {f"state.{lifecycle.name}.{state.value}" for state in lifecycle.states} <= set(names)
    assert {f"trigger.{lifecycle.name}.{row.on}" for row in lifecycle.rows} <= set(names)
    assert set(SAYINGS) <= set(names)


@given(walks(only="activation"))
def test_no_name_is_asked_of_a_catalogue_that_it_was_not_told_of(walk: Walk) -> None:
    asked: set[str] = set()

    def noting(name: str, /, **values: object) -> str:
        asked.add(name)
        return ENGLISH.say(name, **values)

    speech = Speech(noting, ENGLISH.day)
    case_picture(walk.path, speech)
    steps(walk.path, speech)

    assert asked <= set(needed(activation))


def test_a_lifecycle_without_a_layout_has_no_picture() -> None:
    path = case_path(replace(registration, name="unknown"), FILED, state=S.SUBMITTED)

    with pytest.raises(NotFound, match="picture of the lifecycle unknown"):
        case_picture(path, ENGLISH)


def test_an_activation_that_is_blocked_stands_in_a_box_beside_the_path() -> None:
    history: list[Hop] = [
        (None, A.ISSUING, "issue"), (A.ISSUING, A.AWAITING_CODE, "dispatched"),
        (A.AWAITING_CODE, A.AWAITING_CODE, "submit_code"), (A.AWAITING_CODE, A.BLOCKED_ATTEMPTS, "submit_code"),
    ]  # fmt: skip

    drawn = Drawn.of(case_picture(case_path(activation, history, state=A.BLOCKED_ATTEMPTS), ENGLISH))

    assert states(drawn, "current") == {A.BLOCKED_ATTEMPTS}
    assert (A.AWAITING_CODE, A.BLOCKED_ATTEMPTS) in pairs(drawn, "taken")


def test_lines_and_letters_stand_out_against_what_is_behind_them() -> None:
    named = {name.removeprefix("diagram-"): colour for name, colour in colours("_diagram.scss").items()}
    behind = (named["paper"], named["taken-fill"])

    lines = {name: contrast(named[name], named["paper"]) for name in ("faint", "taken", "open", "timer")}
    letters = [contrast(named[name], paper) for name in ("ink", "quiet") for paper in behind]

    assert {name: round(found, 1) for name, found in lines.items() if found < 3} == {}
    assert min(letters) >= 4.5
    assert contrast(named["paper"], named["taken"]) >= 4.5  # the word in the tag
    assert contrast(named["taken"], named["taken-fill"]) >= 3


@given(
    walks(), st.lists(st.sampled_from(("W" * 40, "Überprüfung", "naar", "complémentaire", "i")), min_size=1, max_size=6)
)
def test_no_word_of_a_box_leaves_it_whatever_a_language_says(walk: Walk, words: list[str]) -> None:
    speech = Speech(lambda name, /, **values: " ".join(words), ENGLISH.day)

    drawn = Drawn.of(case_picture(walk.path, speech))

    boxes = {group.get("data-state"): group for group in drawn.marked("diagram__state")}
    for group in boxes.values():
        box = next(part for part in group if part.get("class") == "diagram__box")
        left, top = float(box.get("x", 0)), float(box.get("y", 0))
        for part in group:
            if part.get("class") in ("diagram__name", "diagram__how"):
                (x, y), (right, low) = corners(part)
                assert left <= x
                assert right <= left + float(box.get("width", 0))
                assert top <= y
                assert low <= top + float(box.get("height", 0))
