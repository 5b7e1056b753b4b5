"""The weekly flow: what came in stands on the line, what went out hangs under it, both parted by kind."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass

from bisdesk.describe.chart_parts import (
    LABEL,
    LINE,
    NUMBER,
    WIDTH,
    Block,
    Caption,
    Cell,
    Chart,
    Table,
    chart,
    filled,
    keys,
    nothing,
    plate,
)
from bisdesk.describe.drawing import plain, tag, text, width_of

HALF = 150  # the height of the highest bar
LEAST = 3  # what is not nought is seen
NARROWEST, WIDEST_BAR, BETWEEN = 44, 52, 12


@dataclass(frozen=True, slots=True)
class Week:
    """One week: its name, and a count for each kind that came and that went."""

    name: str
    came: tuple[int, ...]
    went: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeklyFlow:
    """Weeks in order, with the names of what came and of what went."""

    caption: Caption
    what: str  # heads the column of weeks
    came: str  # In
    went: str  # Out
    came_kinds: tuple[str, ...]
    went_kinds: tuple[str, ...]
    weeks: tuple[Week, ...]


@dataclass(frozen=True, slots=True)
class _Column:
    """Where one week stands."""

    x: float
    bar: float
    line: float  # the height of the line of nought
    most: int
    foot: float  # where names stand


def weekly_flow(asked: WeeklyFlow) -> Chart:
    """What came and went, week by week; wider than the column of a page where weeks are many."""
    table = _table(asked)
    up, low = (max((sum(side) for side in sides), default=0) for sides in _sides(asked))
    most = max(up, low)
    if not most:
        return nothing(asked.caption, table)
    pitch = _pitch(asked)
    width = max(WIDTH, pitch * len(asked.weeks))
    pitch = width / len(asked.weeks)
    parts, top = _keys(asked)
    line = top + LINE + max(HALF * up / most, LEAST * len(asked.came_kinds))
    foot = line + max(HALF * low / most, LEAST * len(asked.went_kinds)) + 2 * LINE
    bar = min(WIDEST_BAR, pitch - BETWEEN)
    for number, week in enumerate(asked.weeks):
        parts += _week(asked, week, _Column(pitch * (number + 0.5), bar, line, most, foot))
    parts.append(tag("path", class_="chart__axis", d=f"M0 {line:g} H{width:g}"))
    return chart(asked.caption, parts, table, width=width, height=foot + 8)


def _sides(asked: WeeklyFlow) -> tuple[list[tuple[int, ...]], list[tuple[int, ...]]]:
    return [week.came for week in asked.weeks], [week.went for week in asked.weeks]


def _pitch(asked: WeeklyFlow) -> float:
    """How far weeks stand apart so that neither names nor sums touch."""
    sums = (asked.caption.numbers.whole(sum(side)) for week in asked.weeks for side in (week.came, week.went))
    names = (width_of(plain(week.name), LABEL) for week in asked.weeks)
    return max(NARROWEST, max(names) + BETWEEN, max(width_of(one, NUMBER) for one in sums) + BETWEEN)


def _keys(asked: WeeklyFlow) -> tuple[list[str], float]:
    """The two lists of kinds, each under its own word."""
    parts: list[str] = []
    y = 0.0
    first = 0
    for word, kinds in ((asked.came, asked.came_kinds), (asked.went, asked.went_kinds)):
        parts.append(text(plain(word), class_="chart__heading", x=0, y=y + 17))
        found = keys(asked.caption.ident, kinds, y=y + LINE, width=WIDTH, first=first)
        parts += found.parts
        y += LINE + found.height + 4
        first += len(kinds)
    return parts, y


def _week(asked: WeeklyFlow, week: Week, column: _Column) -> Iterator[str]:
    numbers = asked.caption.numbers
    up = yield from _side(asked.caption, week.came, column, first=0, down=False)
    low = yield from _side(asked.caption, week.went, column, first=len(asked.came_kinds), down=True)
    yield _said(numbers.whole(sum(week.came)), "chart__number chart__number--total", column.x, column.line - up - 6)
    yield _said(numbers.whole(sum(week.went)), "chart__number chart__number--total", column.x, column.line + low + 16)
    yield _said(plain(week.name), "chart__label", column.x, column.foot)


def _said(words: str, looks: str, x: float, y: float) -> str:
    return text(words, class_=looks, x=x, y=y, text_anchor="middle")


def _side(
    caption: Caption, counts: Sequence[int], column: _Column, *, first: int, down: bool
) -> Generator[str, None, float]:
    """The stack of one side, from the line outwards; gives back how high it is."""
    reach = 0.0
    room = max(HALF * sum(counts) / column.most - LEAST * sum(map(bool, counts)), 0.0)
    for series, count in enumerate(counts, first):
        if not count:
            continue
        high = LEAST + count / sum(counts) * room
        y = column.line + reach if down else column.line - reach - high
        block = Block(column.x - column.bar / 2, y, column.bar, high)
        yield filled(caption.ident, series, block)
        yield plate(caption.numbers.whole(count), block)
        reach += high
    return reach


def _table(asked: WeeklyFlow) -> Table:
    head = (asked.what, *asked.came_kinds, asked.came, *asked.went_kinds, asked.went)
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (week.name, *week.came, sum(week.came), *week.went, sum(week.went)) for week in asked.weeks
    )
    return Table(head, rows)
