"""What stands in a box of the picture of one case: the name of its state, and how one gets there now, cut to the room it has.

Nothing is lost by a cut: the whole text is its title, and the list of steps tells all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bisdesk.describe.case_path import CasePath, Next
from bisdesk.describe.case_places import BOX, HIGH, Spot
from bisdesk.describe.case_words import Speech
from bisdesk.describe.drawing import cut, tag, text, width_of, wrapped

NAME, NAME_LINE, SMALL, SMALL_LINE = 15, 17, 13, 14  # sizes of letters, and of their lines
ROOM, INDENT = BOX - 20, 16
BELOW_PILL = 6  # the tags on the upper edge take some of the height
INNER = HIGH - 2 * BELOW_PILL
MOST_NAME_LINES = 2
UNBROKEN = "\u00a0"  # a day stays on one line
ICONS = {
    "go": "M0 -4 H8 M5 -7 L8 -4 L5 -1",
    "stay": "M8 -6 A4 4 0 1 0 8 -2 M8.5 -9 V-5.5 H5",
    "timer": "M4 -8.5 A4.2 4.2 0 1 0 4.01 -8.5 M4 -7 V-4.2 H6.4",
}


@dataclass(frozen=True, slots=True)
class BoxText:
    """What has to be said in a box."""

    name: str
    moves: tuple[Next, ...]


@dataclass(frozen=True, slots=True)
class Small:
    """One line under the name; a line that goes on has no icon."""

    shown: str
    full: str
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """The lines of a box as they fit."""

    name: str
    name_lines: tuple[str, ...]
    small: tuple[Small, ...]


def written(path: CasePath, asked: BoxText, speech: Speech) -> Written:
    """The text of a box in lines."""
    lines = wrapped(asked.name, NAME, ROOM)
    if len(lines) > MOST_NAME_LINES:
        rest = " ".join(lines[MOST_NAME_LINES - 1 :])
        lines = [*lines[: MOST_NAME_LINES - 1], cut(rest, NAME, ROOM)]
    most = (INNER - NAME_LINE * len(lines)) // SMALL_LINE
    return Written(asked.name, tuple(lines), tuple(_small(path, asked.moves, speech, most)))


def drawn_text(spot: Spot, box: Written) -> Iterator[str]:
    """The lines of a box, in the middle of its height."""
    high = NAME_LINE * len(box.name_lines) + SMALL_LINE * len(box.small)
    y = spot.y + (HIGH - high) / 2 + 13 + (BELOW_PILL / 2 if box.small else 0)
    for line in box.name_lines:
        full = box.name if line.endswith("…") else None
        yield text(line, class_="diagram__name", x=spot.x + BOX / 2, y=y, text_anchor="middle", full=full)
        y += NAME_LINE
    for small in box.small:
        yield _drawn_small(spot, small, y - 1)
        y += SMALL_LINE


def _drawn_small(spot: Spot, small: Small, y: float) -> str:
    said = text(small.shown, class_="diagram__how", x=spot.x + 10 + INDENT, y=y, full=small.full)
    if not small.icon:
        return said
    return tag("path", class_="diagram__icon", d=ICONS[small.icon], transform=f"translate({spot.x + 11} {y})") + said


def _small(path: CasePath, moves: tuple[Next, ...], speech: Speech, most: int) -> list[Small]:
    """Whole where there is room, else a line each, else as many as fit and how many there are besides; days come first."""
    moves = tuple(sorted(moves, key=lambda move: move.due_at is None))
    whole = [line for move in moves for line in _lines(path, move, speech)]
    if len(whole) <= most:
        return whole
    single = [_line(path, move, speech) for move in moves]
    if len(single) <= most:
        return single
    kept, rest = single[: most - 1], single[most - 1 :]
    more = cut(speech.sentence("more", count=len(rest)), SMALL, ROOM - INDENT)
    return [*kept, Small(more, "; ".join(line.full for line in rest))]


def _lines(path: CasePath, move: Next, speech: Speech) -> list[Small]:
    how, day = _parts(path, move, speech)
    full = f"{how}{day}"
    first, *more = wrapped(full, SMALL, ROOM - INDENT)
    return [Small(first, first, _icon(move)), *(Small(line, line) for line in more)]


def _line(path: CasePath, move: Next, speech: Speech) -> Small:
    """One line; of a timer the day is never cut."""
    how, day = _parts(path, move, speech)
    return Small(f"{cut(how, SMALL, ROOM - INDENT - width_of(day, SMALL))}{day}", f"{how}{day}", _icon(move))


def _parts(path: CasePath, move: Next, speech: Speech) -> tuple[str, str]:
    how = speech.trigger(path.lifecycle, move.trigger)
    if move.due_at is None:
        return how, ""
    return how, f", {speech.day(move.due_at)}".replace(" ", UNBROKEN).replace(UNBROKEN, " ", 1)


def _icon(move: Next) -> str:
    return "timer" if move.due_at is not None else "stay" if move.stays else "go"
