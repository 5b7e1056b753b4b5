"""Lifecycles told in words and pictures: nothing of a table is left out, and everything is readable."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest

from bisdesk.describe import as_json, dot, mermaid, svg, table
from bisdesk.describe.diagrams import moves
from bisdesk.describe.layouts import LAYOUTS
from bisdesk.describe.meanings import MEANINGS, TITLES
from bisdesk.describe.picture import undrawn
from bisdesk.describe.words import AUDIENCES, ERASURES, MESSAGES, ROLES, WAYS
from workflow.effects import Erasure
from workflow.errors import NotFound
from workflow.lifecycles.activation import activation
from workflow.lifecycles.message import message
from workflow.lifecycles.registration import registration
from workflow.machine import Lifecycle
from workflow.model import Role
from workflow.outbox import Audience, Channel, MessageKind

ALL: tuple[Lifecycle[Any], ...] = (registration, activation, message)
every_lifecycle = pytest.mark.parametrize("lifecycle", ALL, ids=lambda one: one.name)


@every_lifecycle
def test_every_state_has_a_title_a_turn_and_a_meaning(lifecycle: Lifecycle[Any]) -> None:
    described = MEANINGS[lifecycle.name]

    assert set(described) == set(lifecycle.states)
    assert all(meaning.turn and meaning.says.endswith(".") for meaning in described.values())
    assert TITLES[lifecycle.name]


@pytest.mark.parametrize(
    ("words", "values"),
    [(MESSAGES, MessageKind), (AUDIENCES, Audience), (WAYS, Channel), (ERASURES, Erasure), (ROLES, Role)],
    ids=["messages", "audiences", "channels", "erasures", "roles"],
)
def test_every_value_that_a_row_may_hold_has_its_words(words: dict[str, str], values: type) -> None:
    assert set(words) == set(values)


@every_lifecycle
def test_the_table_has_one_line_for_every_row(lifecycle: Lifecycle[Any]) -> None:
    lines = table(lifecycle).splitlines()

    assert len(lines) == len(lifecycle.rows) + 2
    assert len({line.count(" | ") for line in lines}) == 1


@every_lifecycle
def test_the_picture_draws_every_move_of_the_table(lifecycle: Lifecycle[Any]) -> None:
    assert undrawn(lifecycle) == []


@every_lifecycle
def test_the_picture_draws_no_move_that_the_table_does_not_have(lifecycle: Lifecycle[Any]) -> None:
    pairs = {(move.source, move.to) for move in moves(lifecycle)}

    assert set(LAYOUTS[lifecycle.name].routes) - pairs == set()


@every_lifecycle
def test_the_picture_names_every_state_and_every_moving_trigger(lifecycle: Lifecycle[Any]) -> None:
    words = set(re.findall(r"\w+", " ".join(ElementTree.fromstring(svg(lifecycle)).itertext())))

    assert {str(state) for state in lifecycle.states} <= words
    assert {trigger for move in moves(lifecycle) for trigger in move.triggers} <= words


@every_lifecycle
def test_the_picture_is_well_formed_titled_and_readable_in_the_dark(lifecycle: Lifecycle[Any]) -> None:
    picture = ElementTree.fromstring(svg(lifecycle))
    inside = "{http://www.w3.org/2000/svg}"

    assert picture.get("role") == "img"
    assert picture.get("aria-labelledby") == "t d"
    assert picture.find(f"{inside}title") is not None
    assert picture.find(f"{inside}desc") is not None
    assert "prefers-color-scheme: dark" in (picture.findtext(f"{inside}style") or "")
    assert "http" not in svg(lifecycle).replace("http://www.w3.org/2000/svg", "")


@every_lifecycle
def test_nothing_in_the_picture_lies_outside_it(lifecycle: Lifecycle[Any]) -> None:
    picture = ElementTree.fromstring(svg(lifecycle))
    width, height = float(picture.get("width", 0)), float(picture.get("height", 0))

    boxes = [
        tuple(float(box.get(side, 0)) for side in ("x", "y", "width", "height"))
        for box in picture.iter("{http://www.w3.org/2000/svg}rect")
    ]

    assert all(x >= 0 and y >= 0 and x + wide <= width and y + high <= height for x, y, wide, high in boxes)


@every_lifecycle
def test_mermaid_and_graphviz_name_every_move(lifecycle: Lifecycle[Any]) -> None:
    drawn, graph = mermaid(lifecycle), dot(lifecycle)

    for move in moves(lifecycle):
        assert f"--> {move.to}: {move.label}" in drawn
        assert f'"{move.source}" -> "{move.to}" [label="{move.label}"' in graph


@every_lifecycle
def test_json_holds_every_state_and_row(lifecycle: Lifecycle[Any]) -> None:
    told = json.loads(json.dumps(as_json(lifecycle)))

    assert [state["name"] for state in told["states"]] == [str(state) for state in lifecycle.states]
    assert [row["fact"] for row in told["rows"]] == [row.fact for row in lifecycle.rows]
    assert told["definition"] == lifecycle.definition()


def test_a_lifecycle_without_a_layout_has_no_picture() -> None:
    unknown = replace(registration, name="unknown")

    with pytest.raises(NotFound, match="picture of the lifecycle unknown"):
        svg(unknown)
