"""The words of the picture of one case: its name, its names in a catalogue, and that none leaves its box (D13)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bisdesk.describe.case_path import Hop
from bisdesk.describe.case_picture import ENGLISH, Speech, case_path, case_picture, steps
from bisdesk.describe.case_words import SAYINGS, needed
from tests.support.case_walks import BOTH, FILED, TAKEN, Walk, pairs, states, walks
from tests.support.drawn import Drawn, colours, contrast, corners
from workflow.errors import NotFound
from workflow.lifecycles.activation import State as A
from workflow.lifecycles.activation import activation
from workflow.lifecycles.registration import State as S
from workflow.lifecycles.registration import registration
from workflow.machine import Lifecycle


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
