"""A heat-map of weekday and hour: when work comes in. Every cell says its number; the shade only helps to find the busy hours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

from bisdesk.describe.chart_parts import NUMBER, Caption, Cell, Chart, Table, chart, column_for, label, nothing
from bisdesk.describe.drawing import plain, tag, text, width_of

CELL, HIGH, HEAD, MOST_LABEL = 28, 28, 26, 160
LEVELS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatMap:
    """Counts by weekday and hour: a row a day, a column an hour."""

    caption: Caption
    what: str  # heads the column of days
    total: str
    hours: tuple[str, ...]
    days: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


def heat_map(asked: HeatMap) -> Chart:
    """The map; cells are as wide as their largest number."""
    table = _table(asked)
    most = max((count for row in asked.counts for count in row), default=0)
    if not most:
        return nothing(asked.caption, table)
    left = column_for(asked.days, most=MOST_LABEL) + 10
    said = (*(asked.caption.numbers.whole(count) for row in asked.counts for count in row), *map(plain, asked.hours))
    cell = max(CELL, *(width_of(one, NUMBER) + 6 for one in said))
    parts = [
        text(plain(hour), class_="chart__number", x=left + cell * (column + 0.5), y=17, text_anchor="middle")
        for column, hour in enumerate(asked.hours)
    ]
    for row, (day, counts) in enumerate(zip(asked.days, asked.counts, strict=True)):
        y = HEAD + HIGH * row
        parts.append(label(day, x=0, y=y + 19, room=left - 10))
        parts += _cells(asked, counts, _Line(left, y, cell, most))
    return chart(
        asked.caption, parts, table, width=left + cell * len(asked.hours) + 2, height=HEAD + HIGH * len(asked.days) + 2
    )


@dataclass(frozen=True, slots=True)
class _Line:
    """Where one day stands."""

    left: float
    y: float
    cell: float
    most: int


def _cells(asked: HeatMap, counts: tuple[int, ...], line: _Line) -> Iterator[str]:
    for column, (_, count) in enumerate(zip(asked.hours, counts, strict=True)):
        level = ceil(LEVELS * count / line.most)
        x = line.left + line.cell * column
        yield tag(
            "rect", class_=f"chart__cell chart__cell--{level}", x=x + 1, y=line.y + 1, width=line.cell - 2, height=HIGH - 2,
        )  # fmt: skip
        if count:
            yield text(
                asked.caption.numbers.whole(count), class_=f"chart__number chart__number--{level}",
                x=x + line.cell / 2, y=line.y + 18.5, text_anchor="middle",
            )  # fmt: skip


def _table(asked: HeatMap) -> Table:
    columns = [sum(column) for column in zip(*asked.counts, strict=True)] or [0] * len(asked.hours)
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (day, *counts, sum(counts)) for day, counts in zip(asked.days, asked.counts, strict=True)
    )
    return Table((asked.what, *asked.hours, asked.total), rows, (asked.total, *columns, sum(columns)))
