"""Where the boxes and arrows of the picture of one case stand: the layout of its lifecycle, pressed into a column of 900 pixels.

Labels stand in the boxes, so gaps can be small; ends are boxes in a column on the right. Any two states have a way between them,
also a pair that no row knows any more: a case keeps its history when its table changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from bisdesk.describe.layouts import (
    BOX_HEIGHT,
    BOX_WIDTH,
    EDGE,
    FIRST,
    LANE,
    LAYOUTS,
    LEFT,
    MIDDLE,
    STEP,
    Layout,
    Point,
)
from workflow.errors import NotFound
from workflow.model import NEW

BOX, HIGH = 216, 74  # width and height of a box here
GAP, TOP, MARGIN = 28, 48, 12
SPINE_X = MARGIN + 38  # left of the main path runs what goes back over more than one box
SIDE_X = SPINE_X + BOX + 44
END_X = SIDE_X + BOX + 60
GUTTER = END_X - 26  # what leads to an end runs here
RIGHT = END_X + BOX + 16  # and what leads away from it, here
WIDTH = RIGHT + 14
LEGEND = 76
OUT, SHIFT = 14, 7
BELOW = GAP - 9  # under the loops of a box
# The layout has on its left what is beside the main path; here it is on the right, so that a narrow window begins with the path.
MIRROR = (
    (LEFT, SIDE_X + BOX),
    (LEFT + BOX_WIDTH, SIDE_X),
    (MIDDLE, SPINE_X + BOX),
    (EDGE, SPINE_X),
    (LANE, SPINE_X - 26),
)
Way = tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Spot:
    """One box by its left upper corner, and in which column it stands."""

    x: int
    y: int
    end: bool = False

    @property
    def right(self) -> int:
        """Its right edge."""
        return self.x + BOX

    @property
    def middle(self) -> int:
        """The middle of its height."""
        return self.y + HIGH // 2


@dataclass(frozen=True, slots=True)
class Places:
    """A whole sheet."""

    height: int
    spots: dict[str, Spot]
    laid: dict[tuple[str, str], Way]  # the arrows of the layout

    def way(self, source: str, to: str) -> Way:
        """The corners of an arrow between two states."""
        if (source, to) in self.laid:
            return self.laid[source, to]
        target = self.spots[to]
        if source == NEW or source not in self.spots:
            return ((target.x + BOX // 2, target.y - GAP), (target.x + BOX // 2, target.y))
        here = self.spots[source]
        beside_source = any(spot.y == here.y and here.x < spot.x < END_X for spot in self.spots.values())
        return _way(here, target, beside_source=beside_source)


def places(lifecycle: str) -> Places:
    """The sheet of a lifecycle. Raises: NotFound for one that has no layout."""
    layout = LAYOUTS.get(lifecycle)
    if layout is None:
        raise NotFound("picture of the lifecycle", lifecycle)
    spots = {str(state): Spot(_across(x + BOX_WIDTH), _down(y)) for state, (x, y) in layout.spots.items()}
    ends = {str(state): Spot(END_X, TOP + row * (HIGH + GAP), end=True) for row, state in enumerate(layout.cards)}
    lowest = max(spot.y for spot in (*spots.values(), *ends.values()))
    return Places(lowest + HIGH + LEGEND, spots | ends, _laid(layout))


def beside(way: Way) -> Way:
    """The same way a little aside, for a second arrow; its ends keep touching their boxes."""
    (first, second), (before, last) = way[:2], way[-2:]
    aside = [(x + SHIFT, y + SHIFT) for x, y in way]
    aside[0] = _slid(first, along=second)
    aside[-1] = _slid(last, along=before)
    return tuple(aside)


def loop(spot: Spot, *, second: bool) -> str:
    """The path of a small loop under a box: something happened, or can, and the case stays."""
    x, y = spot.x + (62 if second else 18), spot.y + HIGH
    return f"M{x} {y} C{x} {y + 20} {x + 26} {y + 20} {x + 26} {y + 1}"


def path_of(way: Way) -> str:
    """The corners as the path of an SVG."""
    return "M" + " L".join(f"{x} {y}" for x, y in way)


def _laid(layout: Layout) -> dict[tuple[str, str], Way]:
    return {
        (str(source), str(to)): tuple((_across(x), _down(y)) for x, y in route.points)
        for (source, to), route in layout.routes.items()
        if to not in layout.cards
    }


def _across(x: int) -> int:
    """Columns change sides and get the widths of this sheet."""
    for (since, new), (until, then) in pairwise(MIRROR):
        if x <= until:
            return new + (x - since) * (then - new) // (until - since)
    return MARGIN


def _down(y: int) -> int:
    """Rows keep their order; boxes get higher, and the gaps between them smaller."""
    row, within = divmod(y - FIRST, STEP)
    inside = within * HIGH // BOX_HEIGHT
    return (
        TOP
        + row * (HIGH + GAP)
        + (inside if within <= BOX_HEIGHT else HIGH + (within - BOX_HEIGHT) * GAP // (STEP - BOX_HEIGHT))
    )


def _way(source: Spot, target: Spot, *, beside_source: bool) -> Way:
    """A way that no layout has: to an end, away from one, or between two states that only an older table joined."""
    if source.end:
        return (
            (source.right, source.middle),
            (RIGHT, source.middle),
            (RIGHT, target.middle),
            (target.right, target.middle),
        )
    start, goal = source.y + OUT, target.middle
    if target.end and beside_source:
        corner, below = source.right - 22, source.y + HIGH + BELOW
        return ((corner, source.y + HIGH), (corner, below), (GUTTER, below), (GUTTER, goal), (target.x, goal))
    if target.end:
        return ((source.right, start), (GUTTER, start), (GUTTER, goal), (target.x, goal))
    if source.x == target.x:
        lane = source.x - 14
        return ((source.x, start), (lane, start), (lane, goal), (target.x, goal))
    lane = SIDE_X - 14
    leave, arrive = (source.right, target.x) if source.x < target.x else (source.x, target.right)
    return ((leave, start), (lane, start), (lane, goal), (arrive, goal))


def _slid(point: Point, *, along: Point) -> Point:
    """An end of a way moves only across its last piece."""
    upright = point[0] == along[0]
    return (point[0] + SHIFT, point[1]) if upright else (point[0], point[1] + SHIFT)
