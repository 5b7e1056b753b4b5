"""A lifecycle as one SVG file: readable in light and dark, with a title and a description, without a font or script of its own.

States, arrows and labels come from the rows; only their places come from `layouts`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from html import escape
from itertools import pairwise
from typing import TypeVar

from bisdesk.describe.diagrams import Move, moves, timers
from bisdesk.describe.layouts import BOX_HEIGHT, BOX_WIDTH, CARD_WIDTH, FIRST, LAYOUTS, PANEL, SPINE, Layout, Route
from bisdesk.describe.meanings import meaning, title
from workflow.errors import NotFound
from workflow.machine import Lifecycle
from workflow.model import NEW

F = TypeVar("F")


@dataclass(frozen=True, slots=True)
class _Arrow:
    """One arrow as it is drawn: main, other or timer."""

    move: Move
    route: Route
    kind: str
    to_ring: bool


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of a card."""

    text: str
    kind: str
    indent: int


@dataclass(frozen=True, slots=True)
class _Card:
    """One end off the main path, with every way to it."""

    state: str
    top: int
    ring: bool
    lines: tuple[_Line, ...]

    @property
    def bottom(self) -> int:
        return self.top + 36 + LINE * len(self.lines)


WIDTH = PANEL + CARD_WIDTH + 20
LINE = 15  # of text in a card
WRAP = 37  # letters in a line of a card
STYLE = """
    .sheet { fill: #ffffff } .ink { fill: #1d2733 } .soft { fill: #566573 }
    .box { fill: #f4f6f8; stroke: #8796a5; stroke-width: 1.2 } .box.main { fill: #e3effb; stroke: #0a5cad; stroke-width: 1.8 }
    .card { fill: #fbf4ee; stroke: #b58a62; stroke-width: 1.2 } .ring { fill: none; stroke: #8796a5; stroke-width: 1.2 }
    .way { fill: none; stroke: #6b7a89; stroke-width: 1.4 } .way.main { stroke: #0a5cad; stroke-width: 2.6 }
    .way.timer { stroke: #a05a00; stroke-dasharray: 6 4 }
    .tip { fill: #6b7a89 } .tip.main { fill: #0a5cad } .tip.timer { fill: #a05a00 }
    .label { fill: #1d2733; stroke: #ffffff; stroke-width: 4; stroke-linejoin: round; paint-order: stroke }
    .label.timer, .clock { fill: #8a4d00 }
    text { font-family: ui-sans-serif, system-ui, "Segoe UI", "DejaVu Sans", Arial, sans-serif; font-size: 12px }
    .name { font-size: 14px; font-weight: 600 } .big { font-size: 19px; font-weight: 600 } .small { font-size: 11px }
    @media (prefers-color-scheme: dark) {
      .sheet { fill: #11171d } .ink { fill: #e8eef4 } .soft { fill: #a3b1be }
      .box { fill: #1c252e; stroke: #64748b } .box.main { fill: #12304d; stroke: #5aa9f5 }
      .card { fill: #2a221a; stroke: #94734f } .ring { stroke: #64748b }
      .way { stroke: #93a2b1 } .way.main { stroke: #5aa9f5 } .way.timer { stroke: #f0a94a }
      .tip { fill: #93a2b1 } .tip.main { fill: #5aa9f5 } .tip.timer { fill: #f0a94a }
      .label { fill: #e8eef4; stroke: #11171d } .label.timer, .clock { fill: #f5bd72 }
    }"""


def svg(lifecycle: Lifecycle[F]) -> str:
    """The picture of a lifecycle. Raises: NotFound for one that has no layout."""
    layout = LAYOUTS.get(lifecycle.name)
    if layout is None:
        raise NotFound("picture of the lifecycle", lifecycle.name)
    cards = _stacked(lifecycle, layout)
    arrows = _routed(lifecycle, layout, floor=cards[-1].bottom)
    parts = [
        *_opening(lifecycle, layout),
        *(_arrow(arrow) for arrow in arrows),
        *(line for state in layout.spots for line in _box(lifecycle, layout, state)),
        *(line for card in cards for line in _drawn_card(card)),
        *(line for arrow in arrows for line in _label(arrow)),
        *_legend(layout.height - 24),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def undrawn(lifecycle: Lifecycle[F]) -> list[Move]:
    """Moves of the table that the picture would leave out: always none, held by a test."""
    layout = LAYOUTS[lifecycle.name]
    drawn = {(arrow.move.source, arrow.move.to) for arrow in _routed(lifecycle, layout, floor=0)}
    return [
        move
        for move in moves(lifecycle)
        if (move.source, move.to) not in drawn
        and move.to not in layout.cards
        and not (move.source in layout.cards and move.to in layout.later)
    ]


def _routed(lifecycle: Lifecycle[F], layout: Layout, *, floor: int) -> list[_Arrow]:
    """Arrows with their routes; what leads away from the cards is one arrow for all of them."""
    ways = moves(lifecycle)
    path = (NEW, *layout.main)
    main = set(pairwise(path))
    routed = []
    for move in ways:
        pair = (move.source, move.to)
        if pair in layout.routes:
            kind = "timer" if move.by_timer else "main" if pair in main else "other"
            routed.append(_Arrow(move, layout.routes[pair], kind, move.to in lifecycle.final))
    for to, route in layout.later.items():
        leaving = [move for move in ways if move.to == to and move.source in layout.cards]
        start = (route.points[0][0], floor)
        routed += [
            _Arrow(
                move,
                replace(route, points=(start, *route.points[1:])),
                "timer" if move.by_timer else "other",
                to in lifecycle.final,
            )
            for move in leaving[:1]
        ]
    return routed


def _opening(lifecycle: Lifecycle[F], layout: Layout) -> list[str]:
    ends = ", ".join(str(state) for state in lifecycle.states if state in lifecycle.closed)
    name = escape(title(lifecycle.name))
    said = f"Main path: {', then '.join(layout.main)}. Ends: {ends}. Every way between the states is listed in docs/lifecycles.md."
    tips = "".join(
        f'<marker id="{kind}" viewBox="0 0 10 10" refX="9" refY="5" markerUnits="userSpaceOnUse" markerWidth="{size}" '
        f'markerHeight="{size}" orient="auto-start-reverse"><path class="tip {kind}" d="M0 0 10 5 0 10z"/></marker>'
        for kind, size in (("main", 13), ("other", 10), ("timer", 10))
    )
    return [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {layout.height}" width="{WIDTH}" height="{layout.height}" '
        f'role="img" aria-labelledby="t d" lang="en">',
        f'<title id="t">{name}: states and transitions</title>',
        f'<desc id="d">{escape(said)}</desc>',
        f"<style>{STYLE}\n</style>",
        f"<defs>{tips}</defs>",
        f'<rect class="sheet" width="{WIDTH}" height="{layout.height}" rx="10"/>',
        f'<text class="ink big" x="20" y="40">{name}</text>',
        f'<circle class="ink" cx="{SPINE}" cy="{FIRST - 44}" r="7"/>',
        f'<text class="soft" x="{PANEL}" y="{layout.cards_from - 16}">Other ends, and every way to them</text>',
    ]


def _arrow(arrow: _Arrow) -> str:
    *others, (x, y) = arrow.route.points
    before_x, before_y = others[-1]
    gap = 5 if arrow.to_ring else 0
    end = (x - gap * _sign(x - before_x), y - gap * _sign(y - before_y))
    path = "M" + " L".join(f"{x} {y}" for x, y in (*others, end))
    return f'<path class="way {arrow.kind}" d="{path}" marker-end="url(#{arrow.kind})"/>'


def _label(arrow: _Arrow) -> list[str]:
    route = arrow.route
    lines = [*_wrapped("\u00a0/ ".join(arrow.move.triggers), 22), *([f"({route.note})"] if route.note else [])]
    upright = route.points[0][0] == route.points[-1][0]
    x, y = route.label
    y -= 0 if route.below else (len(lines) - 1) * (7 if upright else 14)
    return [
        f'<text class="label {arrow.kind}" x="{x}" y="{y + 14 * row}" text-anchor="{route.anchor}">{escape(line)}</text>'
        for row, line in enumerate(lines)
    ]


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)


def _box(lifecycle: Lifecycle[F], layout: Layout, state: str) -> list[str]:
    x, y = layout.spots[state]
    middle = x + BOX_WIDTH // 2
    kind = "main" if state in layout.main else ""
    ring = f'<rect class="ring" x="{x - 4}" y="{y - 4}" width="{BOX_WIDTH + 8}" height="{BOX_HEIGHT + 8}" rx="11"/>'
    return [
        *([ring] if state in lifecycle.final else []),
        f'<rect class="box {kind}" x="{x}" y="{y}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="8"/>',
        f'<text class="ink name" x="{middle}" y="{y + 20}" text-anchor="middle">{state}</text>',
        f'<text class="soft small" x="{middle}" y="{y + 36}" text-anchor="middle">{_turn(lifecycle, state)}</text>',
    ]


def _turn(lifecycle: Lifecycle[F], state: str) -> str:
    turn = meaning(lifecycle.name, state).turn
    return "nobody has to act" if turn == "nobody" else f"turn of the {turn}"


def _stacked(lifecycle: Lifecycle[F], layout: Layout) -> list[_Card]:
    cards, y = [], layout.cards_from
    for state in layout.cards:
        card = _Card(state, y, state in lifecycle.final, tuple(_entries(lifecycle, state)))
        cards.append(card)
        y = card.bottom + 26
    return cards


def _drawn_card(card: _Card) -> list[str]:
    y = card.top
    height = card.bottom - y
    ring = f'<rect class="ring" x="{PANEL - 4}" y="{y - 4}" width="{CARD_WIDTH + 8}" height="{height + 8}" rx="11"/>'
    return [
        *([ring] if card.ring else []),
        f'<rect class="card" x="{PANEL}" y="{y}" width="{CARD_WIDTH}" height="{height}" rx="8"/>',
        f'<text class="ink name" x="{PANEL + 12}" y="{y + 21}">{card.state}</text>',
        *(
            f'<text class="{line.kind} small" x="{PANEL + line.indent}" y="{y + 40 + LINE * row}">{escape(line.text)}</text>'
            for row, line in enumerate(card.lines)
        ),
    ]


def _entries(lifecycle: Lifecycle[F], state: str) -> list[_Line]:
    """What leads to a card, by trigger: the trigger, then the states that it works in, each line with its style."""
    sources: dict[str, list[str]] = {}
    for move in moves(lifecycle):
        if move.to == state:
            for trigger in move.triggers:
                sources.setdefault(trigger, []).append(move.source)
    lines: list[_Line] = []
    for trigger, states in sources.items():
        lines.append(_Line(f"{trigger}, from", "clock" if trigger in timers(lifecycle) else "ink", 12))
        lines += [_Line(line, "soft", 24) for line in _wrapped(", ".join(states), WRAP)]
    return lines


def _wrapped(text: str, letters: int) -> list[str]:
    lines: list[str] = []
    for word in text.split(" "):
        if lines and len(lines[-1]) + 1 + len(word) <= letters:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _legend(y: int) -> list[str]:
    parts, x = [], 24
    for kind, said in (("main", "main path"), ("other", "other moves"), ("timer", "by a timer, when nobody acts")):
        parts.append(f'<path class="way {kind}" d="M{x} {y} L{x + 38} {y}" marker-end="url(#{kind})"/>')
        parts.append(f'<text class="soft" x="{x + 48}" y="{y + 4}">{said}</text>')
        x += 76 + 7 * len(said)
    parts.append(f'<rect class="ring" x="{x}" y="{y - 9}" width="36" height="18" rx="6"/>')
    parts.append(f'<rect class="box" x="{x + 3}" y="{y - 6}" width="30" height="12" rx="4"/>')
    parts.append(f'<text class="soft" x="{x + 46}" y="{y + 4}">final: a case never leaves it</text>')
    return parts
