"""One case as inline SVG: where it stands, the way it took, in order, and what can happen next; all else is faint.

Words come from a catalogue, looks from classes; the same is told as a list by `steps`. It must not know any store or clock.
"""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from bisdesk.describe.case_boxes import BoxText, drawn_text, written
from bisdesk.describe.case_path import CasePath, Next, case_path
from bisdesk.describe.case_places import (
    BOX,
    HIGH,
    MARGIN,
    SIDE_X,
    WIDTH,
    Places,
    Spot,
    beside,
    loop,
    path_of,
    places,
)
from bisdesk.describe.case_steps import Step, StepKind, described, said, steps
from bisdesk.describe.case_words import ENGLISH, Say, Speech
from bisdesk.describe.drawing import Scroller, cut, picture, tag, text, width_of
from workflow.model import NEW

__all__ = ["ENGLISH", "CasePath", "Say", "Speech", "Step", "StepKind", "case_path", "case_picture", "steps"]

TIPS = {"other": 9, "taken": 11, "possible": 11, "timer": 11}  # kinds of arrows with the size of their heads
MOST_NUMBERS = 4  # of visits to one state, in its corner
PILL, MOST_PILL = 13, 84  # the size of its letters, and the room for them


def case_picture(path: CasePath, speech: Speech, *, ident: str = "case") -> Markup:
    """The picture of a case, `ident` apart from every other id of the page. Raises: NotFound for a lifecycle without a layout."""
    sheet = places(path.lifecycle)
    parts = (
        tag("defs", "".join(_tip(ident, kind, size) for kind, size in TIPS.items())),
        *_other_ways(path, sheet, ident),
        *_taken_ways(path, sheet, ident),
        *_possible_ways(path, sheet, ident, speech),
        *(_state(path, state, spot, speech) for state, spot in sheet.spots.items()),
        *_legend(sheet.height, ident, speech),
    )
    title = speech.sentence("title", state=speech.state(path.lifecycle, path.state))
    frame = Scroller(ident, "diagram", WIDTH, sheet.height)
    return picture(frame, parts, title=title, desc=described(path, speech))


def _tip(ident: str, kind: str, size: int) -> str:
    head = tag("path", class_=f"diagram__tip diagram__tip--{kind}", d="M0 0 10 5 0 10z")
    return tag(
        "marker", head, id=f"{ident}-{kind}", viewBox="0 0 10 10", refX=9, refY=5, markerUnits="userSpaceOnUse",
        markerWidth=size, markerHeight=size, orient="auto-start-reverse",
    )  # fmt: skip


def _line(ident: str, kind: str, d: str, /, inside: str = "", **more: str) -> str:
    return tag(
        "path", inside, class_=f"diagram__way diagram__way--{kind}", d=d, marker_end=f"url(#{ident}-{kind})", **more
    )


def _other_ways(path: CasePath, sheet: Places, ident: str) -> Iterator[str]:
    """What the layout shows and this case neither took nor can take now."""
    ahead = {(move.source, move.to) for move in path.possible}
    for pair, way in sheet.laid.items():
        if pair not in path.walked and pair not in ahead:
            yield _line(ident, "other", path_of(way))


def _taken_ways(path: CasePath, sheet: Places, ident: str) -> Iterator[str]:
    for source, to in sorted(path.walked):
        if to not in sheet.spots:
            continue  # a state of an older table; the list tells it
        stays = source == to
        d = loop(sheet.spots[to], second=False) if stays else path_of(sheet.way(source, to))
        yield _line(ident, "taken", d, data_from=source, data_to=to)
        if source == NEW:
            x, y = sheet.way(source, to)[0]
            yield tag("circle", class_="diagram__start", cx=x, cy=y - 6, r=6)


def _possible_ways(path: CasePath, sheet: Places, ident: str, speech: Speech) -> Iterator[str]:
    for to in dict.fromkeys(move.to for move in path.possible):
        moves = path.leads_to(to)
        way = sheet.way(path.state, to)
        aside = (path.state, to) in path.walked or _kind(
            moves
        ) == "timer"  # a timer keeps apart from what people can do
        d = loop(sheet.spots[to], second=True) if to == path.state else path_of(beside(way) if aside else way)
        told = "; ".join(said(path, move, speech) for move in moves)
        yield _line(
            ident, _kind(moves), d, tag("title", Markup.escape(told)), data_from=path.state, data_to=to,
            data_triggers=" ".join(move.trigger for move in moves),
        )  # fmt: skip


def _kind(moves: tuple[Next, ...]) -> str:
    return "timer" if all(move.due_at is not None for move in moves) else "possible"


def _state(path: CasePath, state: str, spot: Spot, speech: Speech) -> str:
    moves, numbers, current = path.leads_to(state), path.numbers(state), state == path.state
    ahead = bool(moves) and not current
    marks = [
        *(["visited"] if numbers else []),
        *(["current"] if current else []),
        *([_kind(moves)] if ahead else []),
        *([] if numbers or ahead else ["other"]),
    ]
    block = " ".join(("diagram__state", *(f"diagram__state--{mark}" for mark in marks)))
    ring = tag("rect", class_="diagram__ring", x=spot.x - 5, y=spot.y - 5, width=BOX + 10, height=HIGH + 10, rx=12)
    parts = (
        ring if ahead and numbers else "",
        tag("rect", class_="diagram__box", x=spot.x, y=spot.y, width=BOX, height=HIGH, rx=8),
        *drawn_text(spot, written(path, BoxText(speech.state(path.lifecycle, state), moves), speech)),
        _pill("number", _numbers(numbers), left=spot.x + 10, y=spot.y) if numbers else "",
        _pill("now", speech.sentence("now"), right=spot.right - 10, y=spot.y) if current else "",
    )
    return tag("g", "".join(parts), class_=block, data_state=state)


def _numbers(numbers: tuple[int, ...]) -> str:
    """The numbers of the visits; of many the first and the last, and how many there were."""
    if len(numbers) <= MOST_NUMBERS:
        return ", ".join(map(str, numbers))
    return f"{numbers[0]} … {numbers[-1]} (×{len(numbers)})"


def _pill(kind: str, said_in_it: str, *, y: int, left: int | None = None, right: int | None = None) -> str:
    """A small tag on the upper edge of a box."""
    shown = cut(said_in_it, PILL, MOST_PILL)
    wide = round(width_of(shown, PILL)) + 16
    x = left if left is not None else (right or 0) - wide
    back = tag("rect", class_=f"diagram__pill diagram__pill--{kind}", x=x, y=y - 11, width=wide, height=20, rx=10)
    looks = f"diagram__pill-text diagram__pill-text--{kind}"
    return back + text(shown, class_=looks, x=x + wide / 2, y=y + 4, text_anchor="middle", full=said_in_it)


def _legend(height: int, ident: str, speech: Speech) -> Iterator[str]:
    columns, rows = (MARGIN, SIDE_X), (height - 40, height - 16)
    for number, kind in enumerate(("taken", "possible", "timer", "other")):
        x, y = columns[number % 2], rows[number // 2]
        yield _line(ident, kind, f"M{x} {y} L{x + 44} {y}")
        full = speech.sentence(f"legend.{kind}")
        yield text(cut(full, PILL, BOX), class_="diagram__legend", x=x + 54, y=y + 4, full=full)
